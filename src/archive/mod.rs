//! Threads, search, import and export.

pub mod fetch;
pub mod file;
pub mod fold;
pub mod transfer;
pub mod mbox;
pub mod out;
pub mod private;
pub mod query;
pub mod rebuild;
pub mod relocate;
pub mod source;
pub mod threads;
