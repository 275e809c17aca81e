//! How soon questions are answered.

use super::{count, median, share};
use crate::store::Millis;
use crate::summaries::events::{Events, Post, Window};
use crate::summaries::figure::Value;

const HOUR: Millis = 3_600_000;

/// Questions that another human answered within so many hours, of all questions of the
/// window; one that nobody answered counts as not yet.
pub fn within(events: &Events, window: Window, hours: i64) -> Value {
    let waits = waits(events, window);
    let is_soon = |wait: &&Option<Millis>| wait.is_some_and(|wait| wait <= hours * HOUR);
    share(waits.iter().filter(is_soon).count(), waits.len())
}

/// Hours until the first answer, the median of the questions that have one; only where
/// more than half of all have.
pub fn median_hours(events: &Events, window: Window) -> Value {
    let waits = waits(events, window);
    let answered: Vec<f64> = waits
        .iter()
        .flatten()
        .map(|wait| *wait as f64 / HOUR as f64)
        .collect();
    match answered.len() * 2 > waits.len() {
        true => median(answered),
        false => Value::TooLittle,
    }
}

/// Questions of the window that nobody else has answered by the cut-off.
pub fn open(events: &Events, window: Window) -> Value {
    let waits = waits(events, window);
    count(waits.iter().filter(|wait| wait.is_none()).count())
}

/// How long each question of the window waited for its first answer.
fn waits(events: &Events, window: Window) -> Vec<Option<Millis>> {
    let is_asked = |post: &&Post| post.is_question && window.has(post.at);
    let questions = events.posts.iter().filter(is_asked);
    let threads = events.threads();
    let wait = |post: &Post| Some(threads.answered_at(post, window.to)? - post.at);
    questions.map(wait).collect()
}
