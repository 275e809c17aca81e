//! What must not be lost, and what is asked beside it.

use folkmoot::outbox::catalogue::{CHARTER_REVIEW, DELIVERY_TROUBLE, Entry};

/// No mail of these is ever dropped, but by its recipient's own wish.
pub const KEPT: [&str; 3] = ["agenda-call", "health-check", "health-check-results"];

/// Something that is asked of everybody, which nobody would miss.
pub static ASK: Entry = CHARTER_REVIEW;
/// Something asked of those with a role.
pub static ROLE_ASK: Entry = DELIVERY_TROUBLE;
