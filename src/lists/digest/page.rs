//! A digest as it is read: its threads by number, and the beginnings of its posts.

use std::collections::HashMap;

use super::excerpt::excerpt;
use super::period::Calendar;
use super::select::Form;
use crate::cadence::Running;
use crate::config::ArchivePolicy;
use crate::links;
use crate::message::words::bare_subject;
use crate::store::digests::Fresh;
use crate::templates::Phrase;
use crate::templates::mails::{BundleSection, Digest, DigestItem, DigestMessage};

/// How large a page may grow, in octets of HTML: well-known readers show no more
/// than 102 kB of a mail.
const LARGEST: usize = 85_000;

/// What a thread and a post cost besides their text, in octets of HTML.
const MARKUP: usize = 600;

/// The most names of a thread's authors.
const MOST_AUTHORS: usize = 8;

/// A thread of a digest, with the places of its posts.
#[derive(Clone, Debug)]
pub(super) struct Thread<'a> {
    pub number: i64,
    pub posts: Vec<&'a Fresh>,
}

/// The threads of these posts, in the order of their first new post; so many numbers
/// are taken.
pub(super) fn threads<'a>(posts: &[&'a Fresh], taken: usize) -> Vec<Thread<'a>> {
    let mut threads: Vec<Thread<'a>> = Vec::new();
    let mut known: HashMap<i64, usize> = HashMap::new();
    for post in posts {
        let place = *known.entry(post.thread_id).or_insert(threads.len());
        match threads.get_mut(place) {
            Some(thread) => thread.posts.push(post),
            None => threads.push(Thread {
                number: (taken + place) as i64 + 1,
                posts: vec![post],
            }),
        }
    }
    threads
}

/// The page of these threads, and of mails that go with it; `texts` are the beginnings of the posts by key. Gives
/// also how many of the threads found room.
pub(super) fn page(
    act: &Running<'_>,
    form: Form,
    (threads, sections): (&[Thread<'_>], Vec<BundleSection>),
    texts: &HashMap<i64, String>,
) -> (Digest, usize) {
    let (slug, domain) = (&act.community.slug, &act.ctx.settings.domain);
    let mut writer = Writer {
        calendar: Calendar::new(act),
        act,
        texts,
        room: LARGEST.saturating_sub(sections.iter().map(size).sum()),
        with_text: form == Form::Page,
    };
    // Titles first: a thread that cannot be shown can at least be named.
    let titles: Vec<DigestItem> = threads.iter().map_while(|t| writer.title(t)).collect();
    let shown = titles.len();
    let items = titles.into_iter().zip(threads);
    let items = items.map(|(item, thread)| writer.texts_of(item, thread));
    let items: Vec<DigestItem> = items.collect();
    let left = threads.get(shown..).unwrap_or_default().iter();
    let page = Digest {
        community: act.community.name.clone(),
        period: writer.period(threads),
        tag: act.charter.list.subject_tag.clone(),
        posts: threads.iter().map(|t| t.posts.len() as u32).sum(),
        threads: threads.len() as u32,
        left_out: left.map(|t| t.posts.len() as u32).sum(),
        attached: form == Form::Mime,
        items,
        sections,
        headlines: form != Form::Page,
        archive_url: match act.charter.list.archive {
            ArchivePolicy::None => String::new(),
            _ => links::front(&act.ctx.settings.base_url, slug),
        },
        leave_address: format!("{slug}-leave@{domain}"),
        owner_address: format!("{slug}-owner@{domain}"),
    };
    (page, shown)
}

struct Writer<'a> {
    calendar: Calendar<'a>,
    act: &'a Running<'a>,
    texts: &'a HashMap<i64, String>,
    /// Octets that are left.
    room: usize,
    with_text: bool,
}

impl Writer<'_> {
    /// A thread without its posts; `None` where no room is left.
    fn title(&mut self, thread: &Thread<'_>) -> Option<DigestItem> {
        let first = thread.posts.first()?;
        let item = DigestItem {
            number: thread.number as u32,
            subject: self.subject(&first.thread_subject),
            count: thread.posts.len() as u32,
            authors: authors(&thread.posts),
            topic: first.topic.clone(),
            private: thread.posts.iter().any(|post| post.members_only != 0),
            url: self.url(first),
            ..DigestItem::default()
        };
        // A subject is named twice, among the contents and above its posts.
        let cost = MARKUP + 2 * escaped(&item.subject) + escaped(&item.authors);
        self.room = self.room.checked_sub(cost)?;
        Some(item)
    }

    fn texts_of(&mut self, mut item: DigestItem, thread: &Thread<'_>) -> DigestItem {
        if !self.with_text {
            return item;
        }
        let messages = thread.posts.iter().map_while(|post| self.message(post));
        item.messages = messages.collect();
        item.more = item.count - item.messages.len() as u32;
        item
    }

    fn message(&mut self, post: &Fresh) -> Option<DigestMessage> {
        let text = self.texts.get(&post.id).map(|text| excerpt(text));
        let message = DigestMessage {
            author: name(post).to_owned(),
            when: self.calendar.date(self.calendar.day(post.archived_at)),
            text: text.unwrap_or_default(),
            url: self.url(post),
            address: post.author_address.clone(),
        };
        let lines = message.text.iter().map(|line| escaped(line) + 5);
        let cost = MARKUP + lines.sum::<usize>();
        self.room = self.room.checked_sub(cost)?;
        Some(message)
    }

    fn subject(&self, subject: &str) -> String {
        match bare_subject(subject) {
            bare if bare.is_empty() => self.calendar.say(&Phrase::new("no_subject")),
            bare => bare.chars().take(200).collect(),
        }
    }

    fn url(&self, post: &Fresh) -> String {
        match self.act.charter.list.archive {
            ArchivePolicy::None => String::new(),
            _ => links::message(
                &self.act.ctx.settings.base_url,
                &self.act.community.slug,
                &post.message_id,
            ),
        }
    }

    fn period(&self, threads: &[Thread<'_>]) -> String {
        let days = threads.iter().flat_map(|thread| &thread.posts);
        let days = days.map(|post| self.calendar.day(post.archived_at));
        let today = self.calendar.day(self.act.due_at);
        let first = days.clone().min().unwrap_or(today);
        self.calendar.period(first, days.max().unwrap_or(today))
    }
}

/// The octets of a mail that goes with it.
fn size(section: &BundleSection) -> usize {
    let lines = section.lines.iter().map(|line| escaped(line) + 5);
    MARKUP + 2 * escaped(&section.subject) + lines.sum::<usize>()
}

/// The octets of a text in HTML.
fn escaped(text: &str) -> usize {
    let marks = text.matches(['<', '>', '&', '"', '\'']).count();
    text.len() + 5 * marks
}

/// The author as people know them.
fn name(post: &Fresh) -> &str {
    match post.author_name.as_str() {
        "" => post.author_address.split('@').next().unwrap_or_default(),
        name => name,
    }
}

fn authors(posts: &[&Fresh]) -> String {
    let mut names: Vec<&str> = Vec::new();
    for post in posts {
        if !names.contains(&name(post)) {
            names.push(name(post));
        }
    }
    let more = names.len() > MOST_AUTHORS;
    names.truncate(MOST_AUTHORS);
    names.join(", ") + if more { ", …" } else { "" }
}
