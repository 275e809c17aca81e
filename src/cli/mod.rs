//! One file a command.

pub mod inspect;
