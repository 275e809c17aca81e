//! How those fare who have just come.

use std::collections::BTreeMap;

use super::{count, share};
use crate::store::Millis;
use crate::summaries::events::{DAY, Events, Member, Person, Post, Window};
use crate::summaries::figure::Value;

/// An answer comes in time within so long.
const SOON: Millis = 2 * DAY;

/// A second contribution comes in time within so long of the first.
const AGAIN: Millis = 60 * DAY;

fn newcomers(events: &Events, window: Window) -> impl Iterator<Item = &Member> {
    let is_new = move |member: &&Member| window.has(member.joined_at);
    events.members.iter().filter(is_new)
}

/// How many have joined in the window, also if they left again.
pub fn joined(events: &Events, window: Window) -> Value {
    count(newcomers(events, window).count())
}

/// Newcomers whose first post somebody else followed up in its thread within 48 hours, of
/// those who have written one.
pub fn answered(events: &Events, window: Window) -> Value {
    let threads = events.threads();
    let firsts = first_posts(events, window);
    let is_soon = |post: &&&Post| {
        let answer = threads.answered_at(post, window.to);
        answer.is_some_and(|at| at - post.at <= SOON)
    };
    share(firsts.values().filter(is_soon).count(), firsts.len())
}

/// When each newcomer of a window joined.
fn since(events: &Events, window: Window) -> BTreeMap<Person, Millis> {
    let newcomers = newcomers(events, window);
    newcomers.map(|one| (one.person, one.joined_at)).collect()
}

/// The first post of each newcomer who has written since they joined.
fn first_posts(events: &Events, window: Window) -> BTreeMap<Person, &Post> {
    let since = since(events, window);
    let mut firsts: BTreeMap<Person, &Post> = BTreeMap::new();
    for post in events.posts.iter().filter(|post| post.at <= window.to) {
        let Some((who, joined)) = post.author.and_then(|who| since.get_key_value(&who)) else {
            continue;
        };
        let first = firsts.get(who).map_or(Millis::MAX, |first| first.at);
        if post.at >= *joined && post.at < first {
            firsts.insert(*who, post);
        }
    }
    firsts
}

/// Newcomers who have taken part a second time within 60 days of the first, of those who
/// have taken part at all (a post, a session attended, an agenda item, a learning).
pub fn second(events: &Events, window: Window) -> Value {
    let times = times(events, window);
    let is_again = |times: &&Vec<Millis>| match times.as_slice() {
        [first, second, ..] => second - first <= AGAIN,
        _ => false,
    };
    share(times.values().filter(is_again).count(), times.len())
}

/// When each newcomer has taken part since they joined, in order.
fn times(events: &Events, window: Window) -> BTreeMap<Person, Vec<Millis>> {
    let since = since(events, window);
    let mut times: BTreeMap<Person, Vec<Millis>> = BTreeMap::new();
    for (who, at) in events.takings_part(window) {
        if since.get(&who).is_some_and(|joined| at >= *joined) {
            times.entry(who).or_default().push(at);
        }
    }
    times.values_mut().for_each(|times| times.sort_unstable());
    times
}
