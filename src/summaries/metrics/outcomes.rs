//! What comes of it all, and what is about to end.

use super::count;
use crate::summaries::events::{DAY, Events, Published, Window};
use crate::summaries::figure::Value;

/// Learnings that were accepted in the window.
pub fn learnings_new(events: &Events, window: Window) -> Value {
    let new = events.learnings.iter().filter(|one| window.has(one.at));
    count(new.count())
}

/// Terms of facilitators that end in the 90 days behind the cut-off.
pub fn terms_ending(events: &Events, window: Window) -> Value {
    let next = Window {
        from: window.to,
        to: window.to + 90 * DAY,
    };
    count(events.terms.iter().filter(|end| next.has(**end)).count())
}

/// The newest result of a survey that closed in the window, as the survey published it.
pub fn published(events: &Events, window: Window, metric: &str) -> Value {
    let is_it = |one: &&Published| one.metric == metric && window.has(one.closed_at);
    let newest = events.published.iter().rfind(is_it);
    newest.map_or(Value::TooLittle, |one| one.value.clone())
}
