//! What stands behind a figure: the threads, sessions, agenda items, newcomers and learnings
//! that were counted. Of figures that compare people there is none: nobody is ranked.

use std::collections::BTreeMap;

use super::events::{Events, Person, Post, Window};
use super::gather::{self, Of};
use crate::store::posts;
use crate::store::{self, Millis, Tx, evidence, members};

/// So many pieces are shown, the newest.
pub const MOST: usize = 200;

/// What a figure counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Threads that began with a question.
    Questions,
    /// Sessions.
    Sessions,
    /// Agenda items.
    Items,
    /// Members who have just joined.
    Newcomers,
    /// Learnings.
    Learnings,
}

/// One thing that was counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// When.
    pub at: Millis,
    /// What it is: a subject, a title, a name.
    pub what: String,
    /// The Message-ID of the post that shows it, or nothing.
    pub message_id: String,
    /// What became of it.
    pub fate: Fate,
}

/// What became of a thing that was counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    /// A question, or a newcomer's first post: nobody answered by the cut-off.
    Unanswered,
    /// Somebody else answered so many milliseconds later.
    Answered(Millis),
    /// A newcomer who has not written.
    Silent,
    /// A session: its state, and how many came where somebody has said.
    Session(String, Option<usize>),
    /// An agenda item: its session, and whether it is a facilitator's.
    Wanted {
        /// The title of the series and the session's day.
        of: String,
        /// Whether who wanted it facilitates.
        by_facilitator: bool,
    },
    /// A learning.
    Kept,
}

/// What a metric counts; `None` where it compares people, or adds up what others count.
pub fn kind(metric: &str) -> Option<Kind> {
    Some(match metric {
        "questions-open" => Kind::Questions,
        _ if metric.starts_with("first-response") => Kind::Questions,
        "cadence-kept" | "show-rate" | "attendance-median" | "host-spread" => Kind::Sessions,
        _ if metric.starts_with("sessions-") => Kind::Sessions,
        "agenda-ownership" => Kind::Items,
        _ if metric.starts_with("newcomers-") => Kind::Newcomers,
        "learnings-new" => Kind::Learnings,
        _ => return None,
    })
}

/// All of a kind in a window, the newest first, [`MOST`] at most.
///
/// # Errors
/// Where the database refuses.
pub async fn of(tx: &mut Tx, of: Of<'_>, kind: Kind, window: Window) -> store::Result<Vec<Piece>> {
    let stretch = (of.0.id, window.from, window.to, MOST as i64);
    match kind {
        Kind::Questions => questions(tx, of, window).await,
        Kind::Newcomers => newcomers(tx, of, window).await,
        Kind::Items => items(tx, of, (stretch, window)).await,
        Kind::Sessions => {
            let all = evidence::sessions(tx, stretch).await?;
            Ok(all.into_iter().map(session).collect())
        }
        Kind::Learnings => {
            let all = evidence::learnings(tx, stretch).await?;
            Ok(all.into_iter().map(learning).collect())
        }
    }
}

/// The same questions, answered by the same rule, as the figures count.
async fn questions(tx: &mut Tx, of: Of<'_>, window: Window) -> store::Result<Vec<Piece>> {
    let events = gather::events(tx, of, &[window]).await?;
    let asked = |post: &&Post| post.is_question && window.has(post.at);
    let asked: Vec<&Post> = events.posts.iter().filter(asked).collect();
    let mut pieces = Vec::new();
    for post in asked.iter().rev().take(MOST) {
        let mut piece = thread(tx, post.thread).await?;
        piece.at = post.at;
        piece.fate = fate(&events, post, window);
        pieces.push(piece);
    }
    // Those that still wait come first.
    pieces.sort_by_key(|piece| piece.fate != Fate::Unanswered);
    Ok(pieces)
}

fn fate(events: &Events, post: &Post, window: Window) -> Fate {
    let answered = events.threads().answered_at(post, window.to);
    answered.map_or(Fate::Unanswered, |at| Fate::Answered(at - post.at))
}

/// A thread, by the post that began it.
async fn thread(tx: &mut Tx, id: i64) -> store::Result<Piece> {
    let root = posts::by_id(tx, id).await?;
    let (what, message_id) = root
        .map(|root| (root.subject, root.message_id))
        .unwrap_or_default();
    Ok(Piece {
        at: 0,
        what,
        message_id,
        fate: Fate::Unanswered,
    })
}

async fn newcomers(tx: &mut Tx, of: Of<'_>, window: Window) -> store::Result<Vec<Piece>> {
    let events = gather::events(tx, of, &[window]).await?;
    let firsts = first_posts(&events);
    let mut joined = members::of_community(tx, of.0.id).await?;
    joined.retain(|member| {
        let is_one = member.state != "pending" && member.roles().any(|role| role != "sponsor");
        is_one && window.has(member.joined_at)
    });
    joined.sort_by_key(|member| std::cmp::Reverse(member.joined_at));
    let mut pieces = Vec::new();
    for member in joined.into_iter().take(MOST) {
        let first = firsts.get(&Person(member.person_id));
        let first = first.filter(|post| post.at >= member.joined_at);
        let (message_id, fate) = match first {
            Some(post) => (
                thread(tx, post.thread).await?.message_id,
                fate(&events, post, window),
            ),
            None => (String::new(), Fate::Silent),
        };
        let what = match member.name.trim() {
            "" => member.address.clone(),
            name => name.to_owned(),
        };
        pieces.push(Piece {
            at: member.joined_at,
            what,
            message_id,
            fate,
        });
    }
    Ok(pieces)
}

/// The first post of each in the window; posts are by moment.
fn first_posts(events: &Events) -> BTreeMap<Person, &Post> {
    let mut firsts = BTreeMap::new();
    for post in &events.posts {
        if let Some(author) = post.author {
            firsts.entry(author).or_insert(post);
        }
    }
    firsts
}

async fn items(
    tx: &mut Tx,
    of: Of<'_>,
    (stretch, window): (evidence::Stretch, Window),
) -> store::Result<Vec<Piece>> {
    let events = gather::events(tx, of, &[window]).await?;
    let facilitates = |person: i64| {
        let mut members = events.members.iter();
        members.any(|member| member.facilitates && member.person == Person(person))
    };
    let piece = |item: evidence::Item| Piece {
        at: item.at,
        message_id: String::new(),
        fate: Fate::Wanted {
            of: format!("{}, {}", item.title, item.on_date),
            by_facilitator: facilitates(item.person_id),
        },
        what: item.text,
    };
    let all = evidence::items(tx, stretch).await?;
    Ok(all.into_iter().map(piece).collect())
}

fn session(row: evidence::Session) -> Piece {
    let guests = row.guests.lines().filter(|guest| !guest.is_empty()).count();
    let members = usize::try_from(row.members).unwrap_or_default();
    let came = (row.counted == 1).then_some(members + guests);
    Piece {
        at: row.starts_at,
        what: row.title,
        message_id: String::new(),
        fate: Fate::Session(row.state, came),
    }
}

fn learning(row: evidence::Learning) -> Piece {
    Piece {
        at: row.at,
        what: row.title,
        message_id: row.message_id,
        fate: Fate::Kept,
    }
}
