//! The practice of a community: founding it from its charter, and the charter's
//! own reviews.

pub mod apply;
pub mod charter_review;
pub mod discussion_seed;
pub mod question;
pub mod solution_check;
