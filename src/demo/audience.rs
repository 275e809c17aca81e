//! Who should have got what, kept apart from the product, so that it can be
//! held against what came.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::mailboxes::Delivered;

/// The expectation.
#[derive(Debug, Default)]
pub(super) struct Audience {
    /// Who gets posts, and from when on (milliseconds since 1970).
    members: BTreeMap<String, i64>,
    /// (thread, address) of those from outside who get one thread.
    guests: BTreeSet<(String, String)>,
    /// (thread, address) of those who want no more of one thread.
    muted: BTreeSet<(String, String)>,
    /// (address, Message-ID) of every copy that must come.
    expected: BTreeSet<(String, String)>,
}

impl Audience {
    /// Posts reach `address` from `at` on.
    pub(super) fn reaches(&mut self, address: &str, at: i64) {
        self.members.insert(address.to_owned(), at);
    }

    /// Posts reach `address` no more.
    pub(super) fn loses(&mut self, address: &str) {
        self.members.remove(address);
    }

    /// Whether `address` belongs to it, also while it pauses.
    pub(super) fn has(&self, address: &str) -> bool {
        self.members.contains_key(address)
    }

    /// A post of that thread goes out at `at`: everybody of this moment must get a copy.
    pub(super) fn post(&mut self, thread: &str, message_id: &str, at: i64) {
        let wants = |address: &str| {
            !self
                .muted
                .contains(&(thread.to_owned(), address.to_owned()))
        };
        let members = self.members.iter();
        let now = members.filter(|(address, since)| **since <= at && wants(address));
        let copies = now.map(|(address, _)| (address.clone(), message_id.to_owned()));
        self.expected.extend(copies);
    }

    /// `address` gets the posts of that thread from now on.
    pub(super) fn lets_in(&mut self, thread: &str, address: &str) {
        self.guests.insert((thread.to_owned(), address.to_owned()));
    }

    /// `address` gets no more of that thread.
    pub(super) fn mutes(&mut self, thread: &str, address: &str) {
        self.muted.insert((thread.to_owned(), address.to_owned()));
    }

    /// A post of that thread goes out: its guests get a copy.
    pub(super) fn answer(&mut self, thread: &str, message_id: &str) {
        let of_thread = self.guests.iter().filter(|(named, _)| named == thread);
        let copies = of_thread.map(|(_, address)| (address.clone(), message_id.to_owned()));
        self.expected.extend(copies);
    }

    /// What is missing, doubled, or should not have come, a sentence each.
    pub(super) fn compare(&self, mails: &[(String, Arc<Delivered>)]) -> Vec<String> {
        let mut came: BTreeMap<(String, String), usize> = BTreeMap::new();
        let mut wrong = Vec::new();
        for (address, mail) in mails {
            let key = (address.clone(), mail.message_id.clone());
            if mail.kind.is_none() && !self.expected.contains(&key) {
                wrong.push(format!("{} got {}, which was not for them", key.0, key.1));
            }
            *came.entry(key).or_default() += 1;
        }
        let missing = self.expected.iter().filter(|key| !came.contains_key(key));
        wrong.extend(missing.map(|(address, id)| format!("{address} never got {id}")));
        let twice = came.iter().filter(|(_, count)| **count > 1);
        wrong.extend(twice.map(|((address, id), n)| format!("{address} got {id} {n} times")));
        wrong
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mail(to: &str, message_id: &str, kind: Option<&str>) -> (String, Arc<Delivered>) {
        let delivered = Delivered {
            envelope_from: String::new(),
            message_id: message_id.to_owned(),
            kind: kind.map(str::to_owned),
            at: 0,
            raw: Vec::new(),
        };
        (to.to_owned(), Arc::new(delivered))
    }

    #[test]
    fn what_is_missing_doubled_or_too_much_is_told() {
        let mut audience = Audience::default();
        audience.reaches("ann", 0);
        audience.reaches("bo", 0);
        audience.reaches("ines", 50);
        audience.reaches("eve", 0);
        audience.mutes("t", "eve");
        audience.post("t", "one", 10);
        audience.loses("eve");
        audience.loses("bo");
        audience.post("u", "two", 50);
        let mut mails = vec![mail("ann", "one", None), mail("bo", "one", None)];
        mails.extend([mail("ann", "two", None), mail("ines", "two", None)]);
        mails.push(mail("sam", "w", Some("welcome")));
        assert_eq!(audience.compare(&mails), Vec::<String>::new());
        audience.lets_in("t", "olga");
        audience.answer("u", "one");
        audience.answer("t", "re");
        assert_eq!(audience.compare(&mails), ["olga never got re"]);
        mails.push(mail("olga", "re", None));
        assert_eq!(audience.compare(&mails), Vec::<String>::new());
        let missing = audience.compare(&mails[1..]);
        assert_eq!(missing, ["ann never got one"]);
        mails.push(mail("bo", "two", None));
        mails.push(mail("ann", "one", None));
        mails.push(mail("sam", "w", Some("welcome")));
        let wrong = audience.compare(&mails);
        let expected = [
            "bo got two, which was not for them",
            "ann got one 2 times",
            "sam got w 2 times",
        ];
        assert_eq!(wrong, expected);
    }
}
