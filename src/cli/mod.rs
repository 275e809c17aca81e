//! One file a command.

pub mod init;
