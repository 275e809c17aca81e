//! Series of sessions: who is invited, who comes, what is asked before and after.

pub mod feed;
