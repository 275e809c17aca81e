//! What must not be lost: the kinds, and what stands for those that no act sends yet.

use folkmoot::cadence::registry;
use folkmoot::outbox::catalogue::{CHARTER_REVIEW, DELIVERY_TROUBLE, Entry, Priority};

/// No mail of these is ever dropped, but by its recipient's own wish.
pub const KEPT: [&str; 3] = ["agenda-call", "health-check", "health-check-results"];

/// Something that is asked of everybody, which nobody would miss.
pub static ASK: Entry = CHARTER_REVIEW;
/// Something asked of those with a role.
pub static ROLE_ASK: Entry = DELIVERY_TROUBLE;
static AGENDA: Entry = Entry {
    priority: Priority::Agenda,
    ..CHARTER_REVIEW
};
/// What stands for a kind that this version has no act for: a mail of the same weight.
pub fn stand_in(name: &str) -> Option<&'static Entry> {
    // Some are sent by an act of another name, which understands the replies to them.
    if registry::by_name(name).is_some() || registry::hearing(name).is_some() {
        return None;
    }
    match name {
        "agenda-call" => Some(&AGENDA),
        _ => None,
    }
}

/// What an offer says of itself that stands for one of these.
pub const SIMULATED: &str = "simulated";
