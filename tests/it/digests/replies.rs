//! Replies to a digest find their threads.
