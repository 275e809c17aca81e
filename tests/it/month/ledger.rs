//! What everybody should have got: a model of the list, simple enough to be right,
//! and the comparison with the mailboxes.

use std::collections::{BTreeMap, BTreeSet};

use crate::support::sink::Received;
use crate::support::{Mail, Sink};

/// What brings mail because nobody has answered or decided.
const WATCHES: [&str; 3] = ["unanswered", "newcomer-unanswered", "worksheet"];

/// A post that went to the list.
#[derive(Clone, Debug)]
pub struct Sent {
    /// Its Message-ID without angle brackets.
    pub id: String,
    /// The Message-ID of its thread's first post.
    pub thread: String,
    /// What it is on; empty where it is on nothing in particular.
    pub topic: &'static str,
    /// Its subject, as its author wrote it.
    pub subject: String,
    /// The address of its author.
    pub by: String,
}

/// How posts come to a person.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Delivery {
    /// Each by itself.
    #[default]
    Each,
    /// A digest that is a page.
    Page,
    /// A digest of whole mails.
    Mime,
    /// Titles.
    Headlines,
    /// Not at all.
    None,
}

/// What the list should know of a person.
#[derive(Clone, Debug, Default)]
pub struct Person {
    /// How posts come.
    pub delivery: Delivery,
    /// Nothing for now.
    pub paused: bool,
    /// Their own posts do not come back.
    pub no_own: bool,
    /// Further addresses of theirs.
    pub linked: Vec<String>,
    /// The topics that they want; all where there is none.
    pub topics: Vec<&'static str>,
    /// Threads that they muted.
    pub muted: BTreeSet<String>,
    /// Threads that they follow.
    pub followed: BTreeSet<String>,
    /// Posts for their next digest.
    pub owed: Vec<Sent>,
}

impl Person {
    fn wants(&self, post: &Sent, address: &str) -> bool {
        let is_own = post.by == address || self.linked.contains(&post.by);
        !(self.paused || self.muted.contains(&post.thread) || self.no_own && is_own)
    }

    fn likes(&self, topic: &str) -> bool {
        topic.is_empty() || self.topics.is_empty() || self.topics.contains(&topic)
    }

    fn gets(&self, post: &Sent, address: &str) -> bool {
        let comes = self.delivery == Delivery::Each && self.likes(post.topic);
        self.wants(post, address) && (comes || self.followed.contains(&post.thread))
    }

    fn is_owed(&self, post: &Sent, address: &str) -> bool {
        let digest = !matches!(self.delivery, Delivery::Each | Delivery::None);
        digest && self.wants(post, address) && self.likes(post.topic)
    }
}

/// The model: who is on the list, and what came to whom so far.
#[derive(Default)]
pub struct Ledger {
    /// Members, by the address to which their mail goes.
    pub people: BTreeMap<String, Person>,
    /// Guests of threads, by (thread, address).
    pub guests: BTreeSet<(String, String)>,
    posts: Boxes,
    ours: Boxes,
    /// What the mailboxes hold, as far as they have been read.
    found_posts: Boxes,
    found_ours: Boxes,
    read: usize,
}

impl Ledger {
    /// A post went to the list, and on to whoever is in `also`.
    pub fn published(&mut self, post: &Sent, also: &[String]) {
        let mut to: BTreeSet<String> = also.iter().cloned().collect();
        for (address, person) in &mut self.people {
            if person.gets(post, address) {
                to.insert(address.clone());
            } else if person.is_owed(post, address) {
                person.owed.push(post.clone());
            }
        }
        let guests = self
            .guests
            .iter()
            .filter(|(thread, _)| *thread == post.thread);
        to.extend(
            guests
                .map(|(_, guest)| guest.clone())
                .filter(|guest| *guest != post.by),
        );
        for address in to {
            push(&mut self.posts, address, post.id.clone());
        }
    }

    /// These mails of ours went out, each person's in this order.
    pub fn heard(&mut self, mails: &[(String, &'static str)]) {
        for (address, name) in mails {
            push(&mut self.ours, address.clone(), (*name).to_owned());
        }
    }

    /// Compares every mailbox with the model.
    #[track_caller]
    pub fn compare(&mut self, sink: &Sink, when: &str) {
        for one in sink.received().into_iter().skip(self.read) {
            self.read += 1;
            let mail = one.mail();
            match mail.header("Folkmoot-Mail") {
                // `watches.rs` tells of these: here few questions are answered.
                name if WATCHES.contains(&name.as_str()) => {}
                // Those of several communities come as one.
                name if name == "digest" && is_of_watches(&mail) && !self.has_digest(&one.to) => {}
                name if name.is_empty() => push(&mut self.found_posts, one.to, mail.message_id()),
                name => push(&mut self.found_ours, one.to, name),
            }
        }
        same(
            &self.ours,
            &self.found_ours,
            &format!("{when}: our own mails"),
            false,
        );
        same(
            &self.posts,
            &self.found_posts,
            &format!("{when}: posts"),
            true,
        );
    }

    fn has_digest(&self, address: &str) -> bool {
        let person = self.people.get(address);
        person.is_some_and(|person| !matches!(person.delivery, Delivery::Each | Delivery::None))
    }

    /// A digest came: it holds what its reader is owed, and nothing else.
    #[track_caller]
    pub fn digest(&mut self, address: &str, digest: &Received) {
        let person = self.people.get_mut(address).expect(address);
        let owed = std::mem::take(&mut person.owed);
        let (mut expected, mut found): (Vec<String>, Vec<String>) = match person.delivery {
            Delivery::Mime => (ids(&owed), attached(&digest.raw)),
            _ => (titles(&owed), shown(&digest.mail())),
        };
        expected.sort();
        found.sort();
        assert_eq!(
            found,
            expected,
            "the digest of {address}:\n{}",
            digest.mail().text()
        );
    }

    /// Who is owed a digest.
    pub fn owed(&self) -> Vec<String> {
        let owed = self.people.iter();
        let owed = owed.filter(|(_, person)| !person.owed.is_empty() && !person.paused);
        owed.map(|(address, _)| address.clone()).collect()
    }
}

type Boxes = BTreeMap<String, Vec<String>>;

fn push(boxes: &mut Boxes, to: String, what: String) {
    boxes.entry(to).or_default().push(what);
}

/// Says whose mailbox differs, and how. Of what goes out at once, the order says nothing.
#[track_caller]
fn same(expected: &Boxes, found: &Boxes, what: &str, in_any_order: bool) {
    let everybody: BTreeSet<&String> = expected.keys().chain(found.keys()).collect();
    let mut wrong = String::new();
    for address in everybody {
        let of = |boxes: &Boxes| {
            let mut of = boxes.get(address).cloned().unwrap_or_default();
            if in_any_order {
                of.sort();
            }
            of
        };
        let (expected, found) = (of(expected), of(found));
        if expected != found {
            let from = expected
                .iter()
                .zip(&found)
                .take_while(|(a, b)| a == b)
                .count();
            wrong += &format!(
                "\n{address}: after the same {from}, should have {:?}, has {:?}",
                expected.get(from..).unwrap_or_default(),
                found.get(from..).unwrap_or_default()
            );
        }
    }
    assert!(wrong.is_empty(), "{what}{wrong}");
}

fn ids(posts: &[Sent]) -> Vec<String> {
    posts.iter().map(|post| post.id.clone()).collect()
}

/// Whether a bundle holds nothing but what is not looked at here.
fn is_of_watches(mail: &Mail) -> bool {
    let about = mail.header("Folkmoot-About");
    let merged: Vec<&str> = about.split(',').skip(1).collect();
    let name = |one: &str| one.split(';').next().unwrap_or_default().trim().to_owned();
    !merged.is_empty()
        && merged
            .iter()
            .all(|one| WATCHES.contains(&name(one).as_str()))
}

/// The Message-IDs of the mails that a digest holds.
fn attached(raw: &[u8]) -> Vec<String> {
    let read = mail_parser::MessageParser::default()
        .parse(raw)
        .expect("a mail");
    let inner = read.parts.iter().filter_map(|part| part.message());
    inner
        .filter_map(|one| one.message_id().map(str::to_owned))
        .collect()
}

/// A line for each thread: how many posts it has. The first post that is owed names it.
fn titles(posts: &[Sent]) -> Vec<String> {
    let mut threads: BTreeMap<&str, (String, usize)> = BTreeMap::new();
    for post in posts {
        let entry = threads
            .entry(&post.thread)
            .or_insert((bare(&post.subject), 0));
        entry.1 += 1;
    }
    let told = threads.into_values();
    told.map(|(subject, count)| format!("{subject}: {count}"))
        .collect()
}

/// The same of a digest's contents.
fn shown(digest: &Mail) -> Vec<String> {
    let text = digest.text();
    let contents = text.split("=====").next().unwrap_or_default();
    let mut told = Vec::new();
    let mut title = None;
    for line in contents.lines() {
        let count = line
            .split(" \u{b7} ")
            .nth(1)
            .and_then(|count| count.split(' ').next());
        match (line.split_once(". "), count, title.take()) {
            (_, Some(count), Some(title)) => told.push(format!("{title}: {count}")),
            (Some((number, subject)), ..) if number.parse::<u32>().is_ok() => {
                title = Some(subject.trim().to_owned());
            }
            _ => {}
        }
    }
    told
}

/// A subject without the mark of its topic, which a digest shows elsewhere.
fn bare(subject: &str) -> String {
    let marks = ["[seals] ", "[motors] ", "[members] "].into_iter();
    let found = marks.clone().find_map(|mark| subject.strip_prefix(mark));
    found.unwrap_or(subject).to_owned()
}
