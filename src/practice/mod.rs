//! The practice of a community: founding it from its charter, and the charter's
//! own reviews.

pub mod apply;
pub mod charter_review;
pub mod closing;
pub mod charter_vote;
pub mod discussion_seed;
pub mod learning;
pub mod newcomer_unanswered;
pub mod question;
pub mod quiet_check_in;
pub mod thread_watch;
pub mod unanswered;
pub mod worksheet;
pub mod session_rating;
pub mod solution_check;
pub mod stage_check;
