//! Words about posts: `split POST`, `move POST to POST`, `redact POST`. A post is named by the link to
//! its page or by its Message-ID.

use super::Word;
use super::line::Token;

/// The longest name of a post, in octets: a line.
const LONGEST: usize = 998;

/// What stands between two posts.
const TO: [&str; 7] = ["to", "below", "under", "unter", "zu", "nach", "->"];

/// Reads what follows `split`.
pub(super) fn split(rest: &[Token]) -> Option<Word> {
    let [one] = rest else { return None };
    post(one).map(Word::SplitThread)
}

/// Reads what follows `redact`.
pub(super) fn redact(rest: &[Token]) -> Option<Word> {
    let [one] = rest else { return None };
    post(one).map(Word::Redact)
}

/// Reads what follows `move`, where it is about posts.
pub(super) fn shift(rest: &[Token]) -> Option<Word> {
    let named = |word: &&Token| !TO.contains(&word.plain.as_str());
    let words: Vec<&Token> = rest.iter().filter(named).take(3).collect();
    let [one, other] = words.as_slice() else {
        return None;
    };
    Some(Word::MovePost(post(one)?, post(other)?))
}

fn post(word: &Token) -> Option<String> {
    let raw = word.raw.as_str();
    let is_link = raw.contains("://") && (raw.contains("/m/") || raw.contains("/t/"));
    let is_id = raw
        .split_once('@')
        .is_some_and(|(left, right)| !left.is_empty() && !right.is_empty());
    ((is_link || is_id) && raw.len() <= LONGEST).then(|| raw.to_owned())
}

#[cfg(test)]
mod tests {
    use super::super::verbs::{Place, read};
    use super::*;
    use crate::message::words::line::Line;

    #[test]
    fn posts_are_named_by_link_or_message_id() {
        let (link, id) = ("https://lists.example/c/pumps/m/00ff", "a.1@plant.example");
        let split = |post: &str| Some(Word::SplitThread(post.to_owned()));
        let moved = |post: &str, to: &str| Some(Word::MovePost(post.to_owned(), to.to_owned()));
        let gone = |post: &str| Some(Word::Redact(post.to_owned()));
        let table = [
            (format!("redact {link}"), gone(link)),
            (format!("please take down <{id}>"), gone(id)),
            (format!("lösche Beitrag {link}"), gone(link)),
            ("redact this".to_owned(), None),
            ("erase".to_owned(), Some(Word::Erase)),
            (format!("split {link}"), split(link)),
            (format!("Split <{id}>"), split(id)),
            (format!("bitte trenne {link}"), split(link)),
            (format!("move {link} to <{id}>"), moved(link, id)),
            (format!("verschiebe {id} unter {link}."), moved(id, link)),
            (format!("move {link}"), None),
            ("split the bill".to_owned(), None),
            ("split".to_owned(), None),
            (format!("move {link} to Tuesday"), None),
        ];
        for (text, word) in table {
            assert_eq!(read(&Line::new(&text), Place::Request), word, "{text}");
            assert_eq!(
                read(&Line::new(&text), Place::List),
                None,
                "{text}: talk, on the list"
            );
        }
    }
}
