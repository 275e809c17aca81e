//! Reads what happened, and gives the figures of it.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{NaiveDate, NaiveTime, TimeZone};

use super::disclosure::{self, Told};
use super::events::Window;
use super::events::{Came, Events, Item, Learning, Member, Person, Post, Session};
use super::figure::Figures;
use super::{metrics, published, released};
use crate::config::Charter;
use crate::message::visible::visible_text;
use crate::practice::question;
use crate::store::communities::Community;
use crate::store::figures::{self, Due, Posted, Span};
use crate::store::{self, Millis, Tx, members, summaries};

pub use super::released::release;

/// A community and its charter as it stands.
pub type Of<'a> = (&'a Community, &'a Charter);

/// All figures, as those may read them who facilitate: nothing is taken out. Period 0 is
/// the 90 days before `cut_off`; periods 1 to 4 are the 90 days before each moment of
/// `earlier`, the latest first (more are ignored). Reads only, with a
/// dozen queries for all periods.
///
/// # Errors
/// Where the database refuses.
pub async fn figures(
    tx: &mut Tx,
    of: Of<'_>,
    cut_off: Millis,
    earlier: &[Millis],
) -> store::Result<Figures> {
    let windows = windows(cut_off, earlier);
    let events = events(tx, of, &windows).await?;
    Ok(Figures {
        definitions: metrics::VERSION,
        cut_off,
        all: metrics::all(&events, &windows),
    })
}

/// What may be told of them in a summary (docs/decisions/0009): small groups merged or left
/// out, and nothing whose difference to what was told before gives somebody away. A period
/// that was told is told as it was. Reads only: whoever sends it notes it with
/// [`release`].
///
/// # Errors
/// Where the database refuses.
pub async fn told(
    tx: &mut Tx,
    of: Of<'_>,
    cut_off: Millis,
    earlier: &[Millis],
) -> store::Result<Figures> {
    let known = figures(tx, of, cut_off, earlier).await?;
    let before = summaries::of_community(tx, of.0.id).await?;
    let before: Vec<Told> = before.iter().map(released::was_told).collect();
    Ok(disclosure::may_be_told(
        known,
        &ends(cut_off, earlier),
        &before,
    ))
}

/// The moments at which the periods end, period 0 first.
pub(super) fn ends(cut_off: Millis, earlier: &[Millis]) -> Vec<Millis> {
    let all = [cut_off].into_iter().chain(earlier.iter().copied());
    all.take(5).collect()
}

fn windows(cut_off: Millis, earlier: &[Millis]) -> Vec<Window> {
    let ends = ends(cut_off, earlier);
    ends.into_iter().map(Window::ending).collect()
}

/// Everything that the windows look at.
///
/// # Errors
/// Where the database refuses.
pub async fn events(
    tx: &mut Tx,
    (community, charter): Of<'_>,
    windows: &[Window],
) -> store::Result<Events> {
    let span = Span {
        community: community.id,
        from: windows.iter().map(|one| one.from).min().unwrap_or_default(),
        to: windows.iter().map(|one| one.to).max().unwrap_or_default(),
    };
    Ok(Events {
        founded_at: community.created_at,
        members: on_list(tx, community.id).await?,
        posts: posts(tx, span).await?,
        sessions: sessions(tx, span).await?,
        items: items(tx, span).await?,
        learnings: learnings(tx, span).await?,
        terms: terms(charter),
        published: published::of(tx, community.id, charter).await?,
    })
}

async fn on_list(tx: &mut Tx, community: i64) -> store::Result<Vec<Member>> {
    let all = members::of_community(tx, community).await?;
    let belongs = |row: &&members::Member| {
        row.state != "pending" && row.roles().any(|role| role != "sponsor")
    };
    Ok(all.iter().filter(belongs).map(member).collect())
}

fn member(row: &members::Member) -> Member {
    let pauses = row.state == "paused";
    Member {
        person: Person(row.person_id),
        joined_at: row.joined_at,
        left_at: row.left_at.filter(|_| row.state == "left"),
        paused_until: pauses.then(|| row.paused_until.unwrap_or(Millis::MAX)),
        facilitates: row.has_role("facilitator"),
        unit: row.org.trim().to_owned(),
    }
}

async fn posts(tx: &mut Tx, span: Span) -> store::Result<Vec<Post>> {
    let rows = figures::posts(tx, span).await?;
    let questions = questions(tx, span).await?;
    let mut people = People::default();
    let mut posts: Vec<Post> = rows
        .iter()
        .map(|row| post(row, &questions, &mut people))
        .collect();
    posts.sort_by_key(|post| post.at);
    Ok(posts)
}

fn post(row: &Posted, questions: &BTreeSet<i64>, people: &mut People) -> Post {
    Post {
        author: people.of(row.person_id, &row.author_address),
        at: row.at,
        thread: row.thread_id,
        is_root: row.id == row.thread_id,
        is_question: questions.contains(&row.id),
        answers: people.of(row.answers_person, &row.answers_address),
    }
}

/// Those who have no person here get a key of their own.
#[derive(Default)]
struct People(BTreeMap<String, i64>);

impl People {
    fn of(&mut self, person: Option<i64>, address: &str) -> Option<Person> {
        if person.is_some() || address.is_empty() {
            return person.map(Person);
        }
        let next = -1 - self.0.len() as i64;
        Some(Person(*self.0.entry(address.to_owned()).or_insert(next)))
    }
}

/// The first posts of threads that ask something, in their authors' own words.
async fn questions(tx: &mut Tx, span: Span) -> store::Result<BTreeSet<i64>> {
    let mut found = BTreeSet::new();
    let mut after = 0;
    loop {
        let page = figures::asking(tx, span, after).await?;
        let Some(last) = page.last() else {
            return Ok(found);
        };
        after = last.id;
        let asks =
            |one: &&figures::Asking| question::is_question(&one.subject, &visible_text(&one.text));
        found.extend(page.iter().filter(asks).map(|one| one.id));
    }
}

async fn sessions(tx: &mut Tx, span: Span) -> store::Result<Vec<Session>> {
    let rows = figures::sessions(tx, span).await?;
    let came = by_session(figures::came(tx, span).await?);
    let accepted = by_session(figures::accepted(tx, span).await?);
    let of = |row: &Due| Session {
        at: row.starts_at,
        was_held: row.state == "held",
        host: row.host.map(Person),
        accepted: accepted.get(&row.id).cloned().unwrap_or_default(),
        came: (row.counted == 1).then(|| Came {
            members: came.get(&row.id).cloned().unwrap_or_default(),
            guests: row.guests.lines().filter(|guest| !guest.is_empty()).count() as u64,
        }),
    };
    Ok(rows.iter().map(of).collect())
}

fn by_session(rows: Vec<(i64, i64)>) -> BTreeMap<i64, BTreeSet<Person>> {
    let mut by: BTreeMap<i64, BTreeSet<Person>> = BTreeMap::new();
    for (session, person) in rows {
        by.entry(session).or_default().insert(Person(person));
    }
    by
}

async fn items(tx: &mut Tx, span: Span) -> store::Result<Vec<Item>> {
    let item = |(person, at)| Item {
        proposer: Person(person),
        at,
    };
    Ok(figures::items(tx, span)
        .await?
        .into_iter()
        .map(item)
        .collect())
}

async fn learnings(tx: &mut Tx, span: Span) -> store::Result<Vec<Learning>> {
    let learning = |(person, at): (Option<i64>, Millis)| Learning {
        author: person.map(Person),
        at,
    };
    let rows = figures::learnings(tx, span).await?;
    Ok(rows.into_iter().map(learning).collect())
}

/// A term ends with its last day, in the community's zone.
fn terms(charter: &Charter) -> Vec<Millis> {
    let last_days = charter.facilitators.iter().filter_map(|one| one.term_until);
    let end = |day: NaiveDate| {
        let evening = NaiveTime::from_hms_opt(23, 59, 59)?;
        let end = charter.timezone.from_local_datetime(&day.and_time(evening));
        Some(end.latest()?.timestamp_millis())
    };
    last_days.filter_map(end).collect()
}
