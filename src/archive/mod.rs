//! Threads, search, import and export.

pub mod fold;
pub mod mbox;
pub mod query;
pub mod threads;
