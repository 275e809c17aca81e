//! What happened in a community, as the metrics read it. People are opaque keys.

use std::collections::{BTreeMap, BTreeSet};

use super::figure::Value;
use crate::store::Millis;

/// A day, in milliseconds.
pub const DAY: Millis = 86_400_000;

/// A human: a key that says nothing. Whoever wrote and has no person here has one too.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Person(pub i64);

/// Everything that is known of some periods.
#[derive(Clone, Debug, Default)]
pub struct Events {
    /// When the community began.
    pub founded_at: Millis,
    /// Whoever has been on the list.
    pub members: Vec<Member>,
    /// What people wrote, by moment. What the community writes itself is none.
    pub posts: Vec<Post>,
    /// Sessions, by when they begin.
    pub sessions: Vec<Session>,
    /// What somebody wanted to talk about at a session, and did not take back.
    pub items: Vec<Item>,
    /// What was accepted as worth keeping.
    pub learnings: Vec<Learning>,
    /// When the terms of those who facilitate end.
    pub terms: Vec<Millis>,
    /// What closed surveys have published, oldest first.
    pub published: Vec<Published>,
}

/// Somebody on the list.
#[derive(Clone, Debug)]
pub struct Member {
    /// Who.
    pub person: Person,
    /// When they joined, last.
    pub joined_at: Millis,
    /// When they left, if they did.
    pub left_at: Option<Millis>,
    /// Until when they pause, if they do; the end of time where they did not say.
    pub paused_until: Option<Millis>,
    /// Whether they facilitate.
    pub facilitates: bool,
    /// Their part of the organisation; may be empty.
    pub unit: String,
}

/// What somebody wrote.
#[derive(Clone, Debug)]
pub struct Post {
    /// Who; nobody where they were erased.
    pub author: Option<Person>,
    /// When.
    pub at: Millis,
    /// The thread's key.
    pub thread: i64,
    /// Whether it begins the thread.
    pub is_root: bool,
    /// Whether it begins the thread and asks something.
    pub is_question: bool,
    /// Whose post it answers, where that is known.
    pub answers: Option<Person>,
}

/// A session whose time has come.
#[derive(Clone, Debug)]
pub struct Session {
    /// When it begins.
    pub at: Millis,
    /// Whether it took place; else it was planned or cancelled.
    pub was_held: bool,
    /// Who has agreed to host it.
    pub host: Option<Person>,
    /// Who has said that they come.
    pub accepted: BTreeSet<Person>,
    /// Who came, where somebody has said.
    pub came: Option<Came>,
}

/// Who came to a session.
#[derive(Clone, Debug, Default)]
pub struct Came {
    /// Members.
    pub members: BTreeSet<Person>,
    /// How many others.
    pub guests: u64,
}

/// A line of an agenda.
#[derive(Clone, Copy, Debug)]
pub struct Item {
    /// Whose.
    pub proposer: Person,
    /// When it came.
    pub at: Millis,
}

/// A learning that was accepted.
#[derive(Clone, Copy, Debug)]
pub struct Learning {
    /// The author of what it is made of; nobody where they were erased.
    pub author: Option<Person>,
    /// When it was accepted.
    pub at: Millis,
}

/// A published result of a closed survey.
#[derive(Clone, Debug)]
pub struct Published {
    /// The metric: `health-safety`, `solution-rate`.
    pub metric: String,
    /// When the survey closed, to the day: the day's first moment in UTC.
    pub closed_at: Millis,
    /// What may be said.
    pub value: Value,
}

/// A stretch of time that a figure is about: behind `from`, up to `to`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// The moment before its first.
    pub from: Millis,
    /// Its last moment: the cut-off.
    pub to: Millis,
}

impl Window {
    /// The 90 days before a cut-off.
    pub fn ending(to: Millis) -> Window {
        let from = to - 90 * DAY;
        Window { from, to }
    }

    /// Whether a moment lies in it.
    pub fn has(&self, at: Millis) -> bool {
        self.from < at && at <= self.to
    }
}

impl Member {
    /// Whether they are on the list at that moment.
    pub fn is_on(&self, at: Millis) -> bool {
        self.joined_at <= at && self.left_at.is_none_or(|left| left > at)
    }

    /// Whether they are there for 30 days and do not pause.
    fn is_eligible(&self, at: Millis) -> bool {
        let pauses = self.paused_until.is_some_and(|until| until > at);
        self.is_on(at) && self.joined_at + 30 * DAY <= at && !pauses
    }
}

impl Events {
    /// Whether nothing can be said of a window: the community came later, and nothing
    /// older was brought along.
    pub fn is_before_all(&self, window: Window) -> bool {
        let is_later = self.founded_at >= window.to;
        is_later && !self.posts.iter().any(|post| window.has(post.at))
    }

    /// Those on the list at the end of a window.
    pub fn members_at(&self, at: Millis) -> impl Iterator<Item = &Member> {
        self.members.iter().filter(move |member| member.is_on(at))
    }

    /// Those of whom participation could be expected: tenure of 30 days, not paused.
    pub fn eligible(&self, at: Millis) -> impl Iterator<Item = &Member> {
        let is = move |member: &&Member| member.is_eligible(at);
        self.members.iter().filter(is)
    }

    /// (who, when) of each contribution of a window: a post, an item of an agenda, a
    /// learning.
    pub fn contributions(&self, window: Window) -> impl Iterator<Item = (Person, Millis)> {
        let posts = self.posts.iter().map(|post| (post.author, post.at));
        let items = self.items.iter().map(|item| (Some(item.proposer), item.at));
        let learnings = self.learnings.iter().map(|one| (one.author, one.at));
        let all = posts.chain(items).chain(learnings);
        all.filter_map(|(who, at)| Some((who?, at)))
            .filter(move |(_, at)| window.has(*at))
    }

    /// The same, and each session that somebody came to.
    pub fn takings_part(&self, window: Window) -> impl Iterator<Item = (Person, Millis)> {
        let held = self.held(window);
        let came = held.flat_map(|session| {
            let members = session.came.iter().flat_map(|came| &came.members);
            members.map(|person| (*person, session.at))
        });
        self.contributions(window).chain(came)
    }

    /// The sessions that were to begin in a window.
    pub fn planned(&self, window: Window) -> impl Iterator<Item = &Session> {
        let is_in = move |session: &&Session| window.has(session.at);
        self.sessions.iter().filter(is_in)
    }

    /// Those that took place.
    pub fn held(&self, window: Window) -> impl Iterator<Item = &Session> {
        self.planned(window).filter(|session| session.was_held)
    }

    /// The units of all whose unit is known.
    pub fn units(&self) -> BTreeMap<Person, &str> {
        let is_known = |member: &&Member| !member.unit.is_empty();
        let known = self.members.iter().filter(is_known);
        known
            .map(|member| (member.person, member.unit.as_str()))
            .collect()
    }

    /// All posts by their threads.
    pub fn threads(&self) -> Threads<'_> {
        let mut threads = BTreeMap::new();
        for post in &self.posts {
            let of_thread: &mut Vec<&Post> = threads.entry(post.thread).or_default();
            of_thread.push(post);
        }
        Threads(threads)
    }
}

/// Posts by their threads.
pub struct Threads<'a>(BTreeMap<i64, Vec<&'a Post>>);

impl Threads<'_> {
    /// When somebody else wrote in a post's thread after it, first, up to the cut-off.
    pub fn answered_at(&self, post: &Post, to: Millis) -> Option<Millis> {
        let is_answer = |other: &&&Post| {
            let is_others = other.author.is_none() || other.author != post.author;
            other.at > post.at && other.at <= to && is_others
        };
        let answers = self.0.get(&post.thread)?.iter().filter(is_answer);
        answers.map(|answer| answer.at).min()
    }
}
