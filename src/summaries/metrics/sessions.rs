//! Whether sessions take place, who comes, and who runs them.

use std::collections::BTreeSet;

use super::{count, median, share};
use crate::summaries::events::{Events, Person, Window};
use crate::summaries::figure::Value;

/// Sessions that were to begin in the window, those cancelled included.
pub fn planned(events: &Events, window: Window) -> Value {
    count(events.planned(window).count())
}

/// Those that took place.
pub fn held(events: &Events, window: Window) -> Value {
    count(events.held(window).count())
}

/// Cadence kept: held of planned.
pub fn cadence_kept(events: &Events, window: Window) -> Value {
    let planned = events.planned(window).count();
    share(events.held(window).count(), planned)
}

/// Of those who had said that they come, those who came, over all sessions held of which
/// somebody has said who came.
pub fn show_rate(events: &Events, window: Window) -> Value {
    let (mut came, mut accepted) = (0, 0);
    for session in events.held(window) {
        let Some(there) = &session.came else { continue };
        came += session.accepted.intersection(&there.members).count();
        accepted += session.accepted.len();
    }
    share(came, accepted)
}

/// The median of how many came to a session, guests included, where somebody has said.
pub fn attendance_median(events: &Events, window: Window) -> Value {
    let came = events
        .held(window)
        .filter_map(|session| session.came.as_ref());
    median(
        came.map(|came| (came.members.len() as u64 + came.guests) as f64)
            .collect(),
    )
}

/// Different hosts of so many sessions held.
pub fn host_spread(events: &Events, window: Window) -> Value {
    let hosts: BTreeSet<Person> = events.held(window).filter_map(|one| one.host).collect();
    share(hosts.len(), events.held(window).count())
}

/// Agenda items that came from members who do not facilitate, of all of the window.
pub fn agenda_ownership(events: &Events, window: Window) -> Value {
    let facilitating = events.members.iter().filter(|member| member.facilitates);
    let facilitators: BTreeSet<Person> = facilitating.map(|member| member.person).collect();
    let items: Vec<Person> = events
        .items
        .iter()
        .filter(|item| window.has(item.at))
        .map(|item| item.proposer)
        .collect();
    let from_members = items.iter().filter(|who| !facilitators.contains(who));
    share(from_members.count(), items.len())
}
