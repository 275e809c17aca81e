//! The item that a reply's subject names.

use super::{Item, marker};
use crate::message::words::bare_subject;

/// A title that is shorter must be the whole subject: "Re: Seal" is not about
/// everything with a seal in it.
const SHORTEST_PART: usize = 10;

/// The number of the item that the subject names by its number or by its title.
pub(super) fn number(items: &[Item], subject: &str) -> Option<u32> {
    let bare = bare_subject(subject);
    let by_number = marker::in_subject(subject).or_else(|| marker::in_subject(&bare));
    by_number.or_else(|| by_title(items, &bare))
}

fn by_title(items: &[Item], subject: &str) -> Option<u32> {
    let subject = normal(subject);
    let titles: Vec<(u32, String)> = items
        .iter()
        .map(|item| (item.number, normal(&bare_subject(&item.subject))))
        .filter(|(_, title)| !title.is_empty())
        .collect();
    let only = |matches: &dyn Fn(&str) -> bool| {
        let mut found = titles.iter().filter(|(_, title)| matches(title));
        let (number, _) = found.next()?;
        found.next().is_none().then_some(*number)
    };
    only(&|title| title == subject).or_else(|| {
        only(&|title| title.chars().count() >= SHORTEST_PART && subject.contains(title))
    })
}

/// Letters and digits in lower case with single spaces between the words, so that
/// wrapping, emphasis and punctuation make no difference.
pub(super) fn normal(text: &str) -> String {
    let words = text.split(|c: char| !c.is_alphanumeric());
    let words: Vec<String> = words
        .filter(|w| !w.is_empty())
        .map(str::to_lowercase)
        .collect();
    words.join(" ")
}
