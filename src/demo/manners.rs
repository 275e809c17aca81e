//! Mailboxes that do not just take their mail: some refuse it, some send it back, some
//! answer by themselves.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use super::mailboxes::Delivered;
use super::sink::{Answer, Moment, Script};
use crate::intake::Reply;

/// A server tries for so long before it sends a mail back, in milliseconds.
const GIVES_UP_AFTER: i64 = 20 * 60_000;

/// A mail program answers so long after a mail came, in milliseconds.
const ANSWERS_AFTER: i64 = 60_000;

/// What a mailbox does that is not as it should be.
#[derive(Debug, Clone)]
pub(super) enum Manner {
    /// Its server refuses each recipient at once.
    Refuses,
    /// Its server takes mail, and sends it back later.
    Returns,
    /// It keeps its mail, and answers each with this text.
    Answers {
        /// What it says.
        text: String,
        /// Until when, in milliseconds since 1970.
        until: i64,
    },
}

/// What is sent because a mail came.
#[derive(Debug, Clone)]
pub(super) struct Reaction {
    /// When, in milliseconds since 1970.
    pub(super) due: i64,
    /// Whose mailbox it was for.
    pub(super) address: String,
    /// What came.
    pub(super) mail: Arc<Delivered>,
    /// The text of an automatic answer; `None` where the mail comes back.
    pub(super) text: Option<String>,
}

/// Who behaves how, and what follows from it.
#[derive(Debug, Default)]
pub(super) struct Manners {
    by_address: BTreeMap<String, Manner>,
    waiting: VecDeque<Reaction>,
}

impl Manners {
    pub(super) fn set(&mut self, address: &str, manner: Option<Manner>) {
        match manner {
            Some(manner) => self.by_address.insert(address.to_owned(), manner),
            None => self.by_address.remove(address),
        };
    }

    /// What the sink says to recipients who are refused.
    pub(super) fn script(&self) -> Script {
        let all = self.by_address.iter();
        let refused = all.filter(|(_, manner)| matches!(manner, Manner::Refuses));
        let answer = |address: &String| Answer {
            to: address.clone(),
            at: Moment::Rcpt,
            reply: Reply::no_such_user(address),
        };
        Script {
            answers: refused.map(|(address, _)| answer(address)).collect(),
            ..Script::default()
        }
    }

    /// Whether a mail that came stays in that mailbox. What it brings about is noted.
    pub(super) fn keeps(&mut self, address: &str, mail: &Arc<Delivered>) -> bool {
        let (after, text) = match self.by_address.get(address) {
            Some(Manner::Returns) => (GIVES_UP_AFTER, None),
            Some(Manner::Answers { text, until }) if mail.at < *until => {
                (ANSWERS_AFTER, Some(text.clone()))
            }
            _ => return true,
        };
        let keeps = text.is_some();
        self.waiting.push_back(Reaction {
            due: mail.at + after,
            address: address.to_owned(),
            mail: mail.clone(),
            text,
        });
        keeps
    }

    /// The first that is due by `now`, which is taken out.
    pub(super) fn due(&mut self, now: i64) -> Option<Reaction> {
        let place = self.waiting.iter().position(|one| one.due <= now)?;
        self.waiting.remove(place)
    }

    /// When the next falls due.
    pub(super) fn next_due(&self) -> Option<i64> {
        self.waiting.iter().map(|one| one.due).min()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mail(at: i64) -> Arc<Delivered> {
        Arc::new(Delivered {
            envelope_from: String::new(),
            message_id: String::new(),
            kind: None,
            at,
            raw: Vec::new(),
        })
    }

    #[test]
    fn what_is_returned_is_not_kept_and_what_is_answered_is() {
        let mut manners = Manners::default();
        assert!(manners.keeps("kim", &mail(0)));
        assert_eq!(manners.next_due(), None);
        manners.set("kim", Some(Manner::Returns));
        let text = "Away".to_owned();
        manners.set("bo", Some(Manner::Answers { text, until: 9 }));
        assert!(!manners.keeps("kim", &mail(0)));
        assert!(manners.keeps("bo", &mail(5)));
        assert!(manners.keeps("bo", &mail(9)));
        assert_eq!(manners.next_due(), Some(5 + ANSWERS_AFTER));
        assert!(manners.due(ANSWERS_AFTER).is_none());
        let first = manners.due(GIVES_UP_AFTER).map(|one| one.address);
        let second = manners.due(GIVES_UP_AFTER).map(|one| one.address);
        assert_eq!(
            (first.as_deref(), second.as_deref()),
            (Some("kim"), Some("bo"))
        );
        assert_eq!(manners.next_due(), None);
        manners.set("kim", None);
        assert!(manners.keeps("kim", &mail(0)));
    }
}
