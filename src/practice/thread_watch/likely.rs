//! Who is likely to answer: those who have answered others lately.

use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};

use super::Waiting;
use crate::archive::fetch::{self, Asked};
use crate::archive::fold::fold;
use crate::archive::query::Query;
use crate::clock::moment;
use crate::lists::roles::{self, Act};
use crate::message::words::bare_subject;
use crate::outbox::catalogue::{NEWCOMER_UNANSWERED, UNANSWERED};
use crate::outbox::moot;
use crate::store::members::{self, Member};
use crate::store::watches::{self, Answerer};
use crate::store::{self, Millis, Tx, stopped};

/// So many members are asked at once about a question.
pub const AT_ONCE: usize = 3;

/// So many are asked in all, whoever passes.
pub const MOST_ASKED: usize = 6;

const DAY: Millis = 86_400_000;

/// How far back answers count.
const LATELY: Millis = 180 * DAY;

/// Nobody is asked twice in so long, so that the load rotates.
const ROTATES: Millis = 7 * DAY;

/// The most words of a question that are looked up in the archive.
const MOST_WORDS: usize = 8;

/// Shorter words are in every post.
const SHORTEST_WORD: usize = 5;

/// A word that is in so many posts says nothing.
const COMMON: usize = 60;

/// Who is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Those who may know: who has written about it first, then who answers often.
    Experts,
    /// Those who were new themselves not long ago; facilitators last.
    Peers,
}

impl Kind {
    /// The mail that asks them.
    pub fn mail(self) -> &'static str {
        match self {
            Kind::Experts => UNANSWERED.name,
            Kind::Peers => NEWCOMER_UNANSWERED.name,
        }
    }
}

/// The first `most` of those who are likely to answer and may be asked now; of equals
/// always the same.
///
/// # Errors
/// Where the database refuses.
pub async fn likely(
    tx: &mut Tx,
    (community, now): (i64, Millis),
    waiting: &Waiting,
    (kind, most): (Kind, usize),
) -> store::Result<Vec<Member>> {
    let lately = now - LATELY;
    let only_questions = kind == Kind::Experts;
    let mut found = watches::answerers(tx, community, lately, only_questions).await?;
    let asked = asked(tx, (community, now), waiting).await?;
    let asker = members::person_with(tx, &waiting.root.author_address).await?;
    found.retain(|one| {
        let member = &one.member;
        may_be_asked(member) && !asked.contains(&member.id) && Some(member.person_id) != asker
    });
    match kind {
        Kind::Experts => by_words(tx, (community, lately), waiting, &mut found).await?,
        Kind::Peers => found.sort_by_key(newest_first),
    }
    willing(tx, kind, found, most).await
}

fn may_be_asked(member: &Member) -> bool {
    member.on_list()
        && member.state == "active"
        && member.delivery != "none"
        && roles::may(member, Act::Post)
}

/// Those who were asked about this, whatever became of it, or about anything of late.
async fn asked(
    tx: &mut Tx,
    (community, now): (i64, Millis),
    waiting: &Waiting,
) -> store::Result<HashSet<i64>> {
    let concerns = moot::concerns(moot::ASKED, waiting.root.id);
    let this = watches::asked(tx, community, &concerns).await?;
    let mut all: HashSet<i64> = this.iter().filter_map(|one| one.member_id).collect();
    for kind in [Kind::Experts, Kind::Peers] {
        let kind = (kind.mail(), moot::ASKED);
        all.extend(watches::asked_since(tx, community, kind, now - ROTATES).await?);
    }
    Ok(all)
}

fn newest_first(one: &Answerer) -> (bool, Reverse<Millis>, Reverse<Millis>, i64) {
    let member = &one.member;
    let is_facilitator = member.has_role("facilitator");
    let (joined, last) = (Reverse(member.joined_at), Reverse(one.last_at));
    (is_facilitator, joined, last, member.id)
}

/// Who has used the question's words in answers comes first, then who answers most.
async fn by_words(
    tx: &mut Tx,
    (community, since): (i64, Millis),
    waiting: &Waiting,
    found: &mut [Answerer],
) -> store::Result<()> {
    let day = moment(since).format("%Y-%m-%d");
    let mut shared: HashMap<String, usize> = HashMap::new();
    for word in words(waiting) {
        let query = format!("{word} after:{day}");
        let asked = Asked {
            community,
            now: since + LATELY,
            of_members: true,
            offset: 0,
            limit: COMMON,
        };
        let found = fetch::search(tx, &Query::parse(&query), asked).await?;
        if found.total >= COMMON {
            continue;
        }
        let posts = found.posts.into_iter().map(|whole| whole.post);
        let answers = posts.filter(|post| post.id != post.thread_id);
        let authors: HashSet<String> = answers.map(|post| post.author_address).collect();
        for author in authors {
            *shared.entry(author).or_default() += 1;
        }
    }
    let words = |one: &Answerer| shared.get(&one.member.address).copied().unwrap_or(0);
    found.sort_by_key(|one| (Reverse(words(one)), Reverse(one.answers), one.member.id));
    Ok(())
}

/// The words of a question that may say what it is about, its subject's first.
fn words(waiting: &Waiting) -> Vec<String> {
    let subject = bare_subject(&waiting.root.subject);
    let folded = fold(&format!("{subject} {}", waiting.text));
    let mut words: Vec<String> = Vec::new();
    for word in folded.split(' ') {
        let is_long = word.chars().count() >= SHORTEST_WORD;
        if is_long && !words.iter().any(|known| known == word) {
            words.push(word.to_owned());
        }
        if words.len() == MOST_WORDS {
            break;
        }
    }
    words
}

/// Whoever has stopped such mails is passed over.
async fn willing(
    tx: &mut Tx,
    kind: Kind,
    found: Vec<Answerer>,
    most: usize,
) -> store::Result<Vec<Member>> {
    let mut willing = Vec::new();
    for one in found {
        if willing.len() == most {
            break;
        }
        if !stopped::is_stopped(tx, &one.member.address, kind.mail()).await? {
            willing.push(one.member);
        }
    }
    Ok(willing)
}
