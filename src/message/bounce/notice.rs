//! Notices in words: found by what they announce, and read line by line. Every step
//! goes over the text once.

use super::formats::{ANNOUNCEMENTS, BEFORE, BEHIND, DELAYS, REASONS, RETURNED};
use super::recipients::{as_written, one_line};
use super::sender::Evidence;
use super::status::{Codes, cut};
use super::{Class, MOST, Recipient};
use crate::message::address::{local_of, normalise};
use crate::message::parse::Mail;
use regex::Regex;
use std::collections::HashSet;
use std::sync::LazyLock;

/// The most octets of a mail's text that are read as a notice.
const LONGEST: usize = 64 * 1024;
/// The most lines of it.
const MOST_LINES: usize = 1_000;
/// How far into a notice the first announcement of a stranger may stand, in octets.
const EARLY: usize = 800;
/// How far behind an address its reason may stand, in octets.
const REASON: usize = 1_500;

/// What subjects say of mail that may still arrive.
const DELAYED_SUBJECTS: [&str; 4] = [
    "(delay)",
    "delayed mail",
    "warning: message",
    "not yet been delivered",
];

static ANNOUNCING: LazyLock<Option<Regex>> = LazyLock::new(|| any_of(ANNOUNCEMENTS));
static DELAYING: LazyLock<Option<Regex>> = LazyLock::new(|| any_of(DELAYS));
static GIVING_REASON: LazyLock<Option<Regex>> = LazyLock::new(|| any_of(REASONS));
static LEADING: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(&format!(r#"(?:{})[\s'"<(\[*>-]*\z"#, alternatives(BEFORE))).ok());
static FOLLOWING: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(&format!(r#"\A[\s'">)\],:]*(?:{})"#, alternatives(BEHIND))).ok());
/// What may be an address; whether it is one the strict parser says.
static ADDRESS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r#"[^\s<>()\[\]"',;:=|（）《》「」，、。：；]{1,64}@[^\s<>()\[\]"',;:|（）《》「」，、。：；]{1,255}"#).ok()
});

fn alternatives(words: &[&str]) -> String {
    words
        .iter()
        .map(|words| regex::escape(words))
        .collect::<Vec<_>>()
        .join("|")
}

fn any_of(words: &[&str]) -> Option<Regex> {
    Regex::new(&alternatives(words)).ok()
}

/// The words of a mail that may be a bounce, before the mail that came back.
#[derive(Debug, Default)]
pub(crate) struct Notice {
    /// The text in lower case, every run of spaces one space; lines stay apart in `lines`.
    pub(crate) text: String,
    lines: Vec<Line>,
    announced: Option<usize>,
    has_reason: bool,
    delayed: bool,
    original: String,
    /// The same with ASCII letters in lower case: places are the same in both.
    lower: String,
    /// The first codes in all of it, for those who have none of their own.
    codes: Codes,
    /// The Message-ID in the header that stands behind the notice.
    pub(super) returned_message_id: Option<String>,
}

#[derive(Debug)]
struct Line {
    /// Where it begins in `text`.
    at: usize,
    /// As it is written.
    original: String,
}

impl Notice {
    pub(crate) fn of(mail: &Mail) -> Notice {
        let all: Vec<&str> = cut(&mail.text, LONGEST).lines().take(MOST_LINES).collect();
        let end = end_of_notice(&all);
        let (own, returned) = all.split_at(end.min(all.len()));
        let mut notice = Notice::default();
        for line in own {
            notice.take_line(line);
        }
        let found = |pattern: &LazyLock<Option<Regex>>, text: &str| {
            LazyLock::force(pattern)
                .as_ref()
                .and_then(|one| one.find(text))
                .map(|one| one.start())
        };
        notice.announced = found(&ANNOUNCING, &notice.text);
        notice.has_reason = found(&GIVING_REASON, &notice.text).is_some();
        let subject = mail.subject.to_lowercase();
        notice.delayed = found(&DELAYING, &notice.text).is_some()
            || DELAYED_SUBJECTS.iter().any(|words| subject.contains(words));
        notice.original = own.join("\n");
        notice.codes = Codes::of(&notice.original);
        notice.lower = notice.original.to_ascii_lowercase();
        notice.returned_message_id = returned.iter().find_map(|line| message_id(line));
        notice
    }

    fn take_line(&mut self, line: &str) {
        if !self.text.is_empty() {
            self.text.push(' ');
        }
        let at = self.text.len();
        let lower = line.replace(['’', '`'], "'").to_lowercase();
        let words: Vec<&str> = lower.split_whitespace().collect();
        self.text.push_str(&words.join(" "));
        self.lines.push(Line {
            at,
            original: line.to_string(),
        });
    }

    /// It says that something was not delivered.
    pub(super) fn announces(&self) -> bool {
        self.announced.is_some()
    }

    /// It says why, as servers say it, about somebody whom it lists.
    pub(super) fn explains(&self) -> bool {
        self.has_reason && self.has_address()
    }

    /// It says so at its beginning: people come to it later, and in a conversation.
    pub(super) fn announces_early(&self) -> bool {
        self.announced.is_some_and(|at| at < EARLY)
    }

    /// It names somebody whom it is about.
    pub(super) fn has_address(&self) -> bool {
        !self.placed(&HashSet::new()).is_empty()
    }

    /// The recipients, each with what stands in the notice between it and the next.
    pub(super) fn recipients(&self, addresses: Vec<String>) -> Vec<Recipient> {
        let place = |address: &String| self.lower.find(address.as_str());
        let mut places: Vec<usize> = addresses.iter().filter_map(place).collect();
        places.sort_unstable();
        let one = |address: String| {
            let at = place(&address).unwrap_or_default();
            let next = places.partition_point(|place| *place <= at);
            let end = places.get(next).copied().unwrap_or(self.original.len());
            self.recipient(address, self.original.get(at..end).unwrap_or_default())
        };
        addresses.into_iter().map(one).collect()
    }

    fn recipient(&self, address: String, about: &str) -> Recipient {
        let reason = cut(about, REASON);
        let codes = Some(Codes::of(reason)).filter(|codes| codes.class().is_some());
        let codes = codes.unwrap_or_else(|| self.codes.clone());
        Recipient {
            class: self.class(&codes),
            status: codes.enhanced,
            diagnostic: one_line(reason),
            address,
        }
    }

    /// What is announced as failed has failed for good, unless a code says otherwise.
    fn class(&self, codes: &Codes) -> Class {
        match codes.class() {
            _ if self.delayed => Class::Transient,
            Some(class) => class,
            None if self.announces() || self.has_reason => Class::Permanent,
            None => Class::Unknown,
        }
    }

    /// The addresses that the notice is about, in order.
    pub(super) fn addresses(&self, mail: &Mail, sent: &Evidence) -> Vec<String> {
        let others = uninvolved(mail);
        let placed = self.placed(&others);
        if !placed.is_empty() {
            return placed;
        }
        let bare = self.bare_names(&sent.domain);
        if !bare.is_empty() {
            return bare;
        }
        self.only_one(&others).into_iter().collect()
    }

    /// Those that stand where a bounce puts them: behind its words, before its words, or
    /// at the beginning of a line below the announcement.
    fn placed(&self, others: &HashSet<String>) -> Vec<String> {
        let mut seen = HashSet::new();
        let mut found = Vec::new();
        for one in self.mentions(others).take(MOST) {
            let placed = self.is_placed(&one);
            if placed && seen.insert(one.address.clone()) {
                found.push(one.address);
            }
        }
        found
    }

    fn is_placed(&self, one: &Mention) -> bool {
        let before = self.text.get(..one.at).unwrap_or_default();
        let near = before
            .char_indices()
            .rev()
            .nth(60)
            .map_or(before, |(at, _)| before.get(at..).unwrap_or_default());
        let behind = cut(self.text.get(one.end..).unwrap_or_default(), 60);
        let says = |pattern: &LazyLock<Option<Regex>>, text: &str| {
            LazyLock::force(pattern)
                .as_ref()
                .is_some_and(|pattern| pattern.is_match(text))
        };
        let listed =
            one.leads && (one.ends_in_colon || self.announced.is_some_and(|at| at < one.at));
        let serves = is_service(local_of(&one.address)) && !one.ends_in_colon;
        !serves && (listed || says(&LEADING, near) || says(&FOLLOWING, behind))
    }

    /// All addresses in the notice but those of the correspondents.
    fn mentions<'a>(&'a self, others: &'a HashSet<String>) -> impl Iterator<Item = Mention> + 'a {
        let pattern = LazyLock::force(&ADDRESS).as_ref();
        let all = pattern
            .into_iter()
            .flat_map(|one| one.find_iter(&self.text));
        all.filter_map(move |found| {
            let address = as_written(trimmed(found.as_str())?)?;
            let involved = !others.contains(&address);
            involved.then(|| self.mention(address, found.start(), found.end()))
        })
    }

    fn mention(&self, address: String, at: usize, end: usize) -> Mention {
        let index = self
            .lines
            .partition_point(|line| line.at <= at)
            .saturating_sub(1);
        let start = self.lines.get(index).map_or(0, |line| line.at);
        let before = self.text.get(start..at).unwrap_or_default();
        let behind = self.text.get(end..).unwrap_or_default();
        let marks = |c: char| " <>*-\"'[(|".contains(c);
        let label = before.trim_matches(marks);
        Mention {
            address,
            at,
            end,
            leads: label.is_empty() || LABELS.contains(&label),
            ends_in_colon: before.ends_with('<') && behind.starts_with(">:"),
        }
    }

    /// AOL names its own users without a domain, each on a line of its own.
    fn bare_names(&self, domain: &str) -> Vec<String> {
        let Some(announced) = self.announced.filter(|_| !domain.is_empty()) else {
            return Vec::new();
        };
        let listing = self.text.get(announced..).unwrap_or_default();
        if !self
            .text
            .contains("following recipients could not be delivered")
            && !listing.contains("following recipients:")
        {
            return Vec::new();
        }
        let below = self.lines.iter().filter(|line| line.at > announced);
        let indented = below.filter(|line| line.original.starts_with([' ', '\t']));
        let names = indented
            .map(|line| line.original.trim())
            .filter(|name| !name.contains(' '));
        names
            .take(MOST)
            .filter_map(|name| normalise(&format!("{name}@{domain}")))
            .collect()
    }

    /// A failure that names one address alone is about it.
    fn only_one(&self, others: &HashSet<String>) -> Option<String> {
        let all = self.mentions(others).take(MOST).map(|one| one.address);
        let all: HashSet<String> = all.filter(|one| !is_service(local_of(one))).collect();
        (all.len() == 1).then(|| all.into_iter().next()).flatten()
    }
}

/// What stands before an address in a list of failed ones.
const LABELS: [&str; 10] = [
    "to:",
    "recipient:",
    "user:",
    "e-mail:",
    "email:",
    "address:",
    "an:",
    "à:",
    "para:",
    "a:",
];

#[derive(Debug)]
struct Mention {
    address: String,
    at: usize,
    end: usize,
    /// Nothing stands before it on its line.
    leads: bool,
    /// It is written `<ann@x.example>:`, as qmail and Postfix do.
    ends_in_colon: bool,
}

/// The line at which the mail that came back begins.
fn end_of_notice(lines: &[&str]) -> usize {
    let mut named = false;
    for (index, line) in lines.iter().enumerate() {
        let lower = line.to_lowercase();
        let is_header = [
            "received: from",
            ">received: from",
            "return-path: <",
            ">return-path: <",
            "received: by",
        ]
        .iter()
        .any(|start| lower.starts_with(start));
        let marked = named && RETURNED.iter().any(|words| lower.contains(words));
        if index > 0 && (marked || is_header && named) {
            return index;
        }
        named |= lower.contains('@');
    }
    lines.len()
}

fn message_id(line: &str) -> Option<String> {
    let (name, value) = line.trim_start_matches(['>', ' ']).split_once(':')?;
    let known = name.eq_ignore_ascii_case("message-id") && value.contains('@');
    known.then(|| crate::message::ids::clean(value)).flatten()
}

/// Whoever writes and whom it is written to did not fail to get this mail.
fn uninvolved(mail: &Mail) -> HashSet<String> {
    let all = mail
        .from
        .iter()
        .chain(&mail.to)
        .chain(&mail.cc)
        .chain(&mail.reply_to);
    all.map(|one| one.address.clone()).collect()
}

/// Addresses in notices that are there to be asked.
fn is_service(local: &str) -> bool {
    let names = [
        "postmaster",
        "mailer-daemon",
        "support",
        "abuse",
        "helpdesk",
        "noreply",
        "no-reply",
        "hostmaster",
        "webmaster",
        "mailmaster",
    ];
    names.contains(&local) || local.contains("bounces+") || local.ends_with("-bounces")
}

/// An address without the marks around it; archives cut addresses short with dots.
fn trimmed(text: &str) -> Option<&str> {
    let bare = text
        .trim_start_matches(['*', '-', '.', '/', '{', '&'])
        .trim_end_matches(['.', '!', '?', '*', '/', '}', '-']);
    (!text.ends_with("..")).then_some(bare)
}
