//! Threads, search, import and export.
