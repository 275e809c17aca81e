//! One file a command.

pub mod demo;
pub mod init;
pub mod inspect;
