//! What a session is about: members are asked before, each line of a reply is an item,
//! and they vote for those of others. It is kept with the session, wherever that moves.

mod call;
mod change;
mod reply;

pub use call::{ACT, NAME};
pub(super) use change::Author;
pub(super) use reply::{Told, answer, changed, has_votes, read};

use std::cmp::Reverse;

use super::before;
use crate::lists::home::Home;
use crate::store::agendas::{self, Item};
use crate::store::hosts::Key;
use crate::store::{self, Tx};
use crate::templates::Phrase;
use crate::templates::mails::AgendaLine;

/// The most items of a session, those that were dropped among them.
const MOST_ITEMS: usize = 60;
/// The most items that one member has on it, but for its host.
const MOST_OF_MEMBER: usize = 10;
/// The most items that a mail shows.
const MOST_SHOWN: usize = 15;

/// The open items of a session: those that most members want first, then the oldest.
///
/// # Errors
/// Where the database refuses.
pub async fn open(tx: &mut Tx, key: &Key) -> store::Result<Vec<Item>> {
    let mut all = agendas::items(tx, key).await?;
    all.retain(is_open);
    all.sort_by_key(|item| (Reverse(item.votes), item.number));
    Ok(all)
}

fn is_open(item: &Item) -> bool {
    item.state == "open"
}

/// The same as a mail shows them, and how many more there are.
pub(super) fn lines(items: &[Item]) -> (Vec<AgendaLine>, usize) {
    let (shown, more) = items.split_at(items.len().min(MOST_SHOWN));
    let line = |item: &Item| AgendaLine {
        number: item.number,
        text: item.text.clone(),
        by: before::called(&item.name, &item.address).to_owned(),
        votes: item.votes,
    };
    (shown.iter().map(line).collect(), more.len())
}

/// An item in one line: "2. Seals for hot water (Cleo, 3 votes)".
fn line(home: &Home<'_>, item: &Item) -> String {
    let by = before::called(&item.name, &item.address);
    let key = match item.votes {
        0 => "agenda_line_unwanted",
        1 => "agenda_line_one",
        _ => "agenda_line",
    };
    let phrase = Phrase::new(key)
        .with("number", item.number.to_string())
        .with("text", item.text.clone())
        .with("by", by);
    home.say(&phrase.with("votes", item.votes.to_string()))
}
