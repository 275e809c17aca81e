//! Threads, search, import and export.

pub mod document;
pub mod fetch;
pub mod file;
pub mod fold;
pub mod keeping;
pub mod mbox;
pub mod out;
pub mod private;
pub mod query;
pub mod rank;
pub mod rebuild;
pub mod relocate;
pub mod snippet;
pub mod source;
pub mod threads;
pub mod transfer;
