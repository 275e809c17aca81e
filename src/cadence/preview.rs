//! What the charter will cause and has caused: every session, and every mail of the
//! acts that the registry lists, in order. Nothing is sent or changed. When anything
//! falls due is asked where the engine asks it ([`super::moments`]), and what has room
//! where the release asks it ([`crate::outbox::budget`]).

mod ahead;
mod past;
mod waiting;

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};

use super::act::{Act, Ahead, Mailing, Plan, Recipient};
use super::judge::{self, Case};
use super::moments::{self, Moment, Sitting};
use super::registry::ACTS;
use super::{Outcome, plan};
use crate::clock::moment;
use crate::config::Charter;
use crate::config::charter::Session;
use crate::sessions::standing;
use crate::store::communities::Community;
use crate::store::mutes::Mute;
use crate::store::{self, Millis, Tx, mutes, stopped};

/// No calendar has more lines.
pub const MOST_LINES: usize = 10_000;

/// Nor names more recipients, over all its lines.
pub const MOST_RECIPIENTS: usize = 200_000;

/// How a session is called among the mails.
pub const SESSION: &str = "session";

/// One line of the calendar.
#[derive(Clone, Debug, serde::Serialize)]
pub struct Line {
    /// The nominal moment due, or when the session begins.
    #[serde(serialize_with = "rfc3339")]
    pub at: Millis,
    /// The mail's name in the catalogue, or `session`.
    pub mail: String,
    /// The series, where it is about a session.
    pub series: Option<String>,
    /// The session's original day, else the local day on which it is due.
    pub on: NaiveDate,
    /// planned, sent, merged or dropped, of the act as a whole.
    pub outcome: &'static str,
    /// Why; may be empty.
    pub reason: String,
    /// Whom it goes to.
    pub recipients: Vec<Recipient>,
}

/// A calendar.
#[derive(Clone, Debug, Default)]
pub struct Calendar {
    /// Its lines, by moment.
    pub lines: Vec<Line>,
    /// Whether there would be more within the time asked for.
    pub is_cut: bool,
}

/// How many recipients of a planned mail it reaches in which way.
#[derive(Clone, Copy, Debug, Default, serde::Serialize)]
pub struct Budgets {
    /// It goes to them, at once or later.
    pub planned: usize,
    /// Those of them to whom it goes later.
    pub waiting: usize,
    /// It is a section of another mail.
    pub merged: usize,
    /// It does not go.
    pub dropped: usize,
}

impl Budgets {
    /// Counts the recipients of a line.
    pub fn of(line: &Line) -> Budgets {
        let count = |outcome| {
            let all = line.recipients.iter();
            all.filter(|one| one.outcome == outcome).count()
        };
        let waits = |one: &&Recipient| one.outcome == "planned" && one.reason.starts_with("waits");
        Budgets {
            planned: count("planned"),
            waiting: line.recipients.iter().filter(waits).count(),
            merged: count("merged"),
            dropped: count("dropped"),
        }
    }

    /// These and those.
    pub fn and(self, other: Budgets) -> Budgets {
        Budgets {
            planned: self.planned + other.planned,
            waiting: self.waiting + other.waiting,
            merged: self.merged + other.merged,
            dropped: self.dropped + other.dropped,
        }
    }
}

fn rfc3339<S: serde::Serializer>(at: &Millis, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(&crate::clock::rfc3339(*at))
}

/// What is planned from `now` to `to`, and, where `since` is given, what became of
/// all that was due from then on.
///
/// # Errors
/// Where the database refuses.
pub async fn calendar(
    tx: &mut Tx,
    community: &Community,
    charter: &Charter,
    (since, now, to): (Option<Millis>, Millis, Millis),
) -> store::Result<Calendar> {
    let charter = &standing::charter(tx, community.id, charter).await?;
    let mut all = past::lines(tx, (community.id, charter), since, now).await?;
    let known = |line: &Line| (line.at, line.mail.clone(), line.series.clone());
    let rows: Vec<_> = all.iter().map(known).collect();
    let mut ahead = planned(tx, (community.id, charter), (now, to)).await?;
    ahead.retain(|line| !rows.contains(&known(line)));
    ahead.extend(waiting::lines(tx, (community.id, charter), (now, to)).await?);
    ahead.sort_by_key(|line| line.at);
    ahead::walk(tx, (community.id, charter), &mut ahead, now).await?;
    all.extend(ahead);
    if let Some(since) = since {
        all.extend(past::sessions(tx, community.id, (since, now)).await?);
    }
    all.extend(sessions(charter, now, to));
    all.sort_by(|a, b| (a.at, &a.mail, &a.series).cmp(&(b.at, &b.mail, &b.series)));
    Ok(cut(all))
}

fn cut(all: Vec<Line>) -> Calendar {
    let (mut lines, mut named) = (Vec::new(), 0);
    let count = all.len();
    for line in all {
        named += line.recipients.len();
        if lines.len() == MOST_LINES || named > MOST_RECIPIENTS {
            break;
        }
        lines.push(line);
    }
    let is_cut = lines.len() < count;
    Calendar { lines, is_cut }
}

/// The sessions that begin in a while.
fn sessions(charter: &Charter, from: Millis, to: Millis) -> Vec<Line> {
    let (from, to) = (moment(from), moment(to));
    let of = |session| {
        moments::all_sittings(session, charter)
            .skip_while(move |sitting| sitting.starts < from)
            .take_while(move |sitting| sitting.starts <= to)
            .take(MOST_LINES + 1)
    };
    let mut lines = Vec::new();
    for session in &charter.sessions {
        lines.extend(of(session).map(|sitting| Line {
            at: sitting.starts.timestamp_millis(),
            mail: SESSION.to_owned(),
            series: Some(session.slug.clone()),
            on: sitting.on,
            outcome: match sitting.cancelled {
                Some(_) => "dropped",
                None => "planned",
            },
            reason: said_of(session, sitting),
            recipients: Vec::new(),
        }));
    }
    lines
}

/// What a session is called, and what became of it.
fn said_of(session: &Session, sitting: Sitting) -> String {
    let title = &session.title;
    match (sitting.cancelled, session.exceptions.get(&sitting.on)) {
        (Some(why), _) => format!("{title} ({})", past::said_cancelled(&why)),
        (None, Some(_)) => format!("{title} (moved from {})", sitting.on),
        (None, None) => title.clone(),
    }
}

/// The mails that acts will send whose moments are still to come.
async fn planned(
    tx: &mut Tx,
    (community, charter): (i64, &Charter),
    (now, to): (Millis, Millis),
) -> store::Result<Vec<Line>> {
    let muted = mutes::of_community(tx, community).await?;
    let mut audiences = Audiences::default();
    let mut lines = Vec::new();
    for act in ACTS {
        let Some(mailing) = act.mailing else { continue };
        for moment in coming(act, charter, now, to) {
            let ahead = Ahead {
                community,
                charter,
                about: &moment.about,
                due_at: moment.due,
            };
            let who = audiences.of(tx, mailing, &ahead).await?;
            // Not every session brings every mail.
            if who.is_empty() && matches!(act.plan, Plan::Sessions(_)) {
                continue;
            }
            lines.push(line(act, &ahead, &muted, (&moment, who)));
        }
    }
    Ok(lines)
}

/// The moments of an act from now on, of all its series.
fn coming(act: &Act, charter: &Charter, now: Millis, to: Millis) -> Vec<Moment> {
    let mut found = Vec::new();
    for series in moments::series(act, charter) {
        let next = moments::after(act, charter, &series, (now, plan::LAST));
        let within = next.take_while(|moment| moment.due <= to);
        found.extend(within.take(MOST_LINES + 1));
    }
    found
}

/// Who would get a mail, asked once for each thing that it can be about.
#[derive(Default)]
struct Audiences {
    known: BTreeMap<(&'static str, String), Vec<Recipient>>,
}

impl Audiences {
    async fn of(
        &mut self,
        tx: &mut Tx,
        mailing: Mailing,
        ahead: &Ahead<'_>,
    ) -> store::Result<Vec<Recipient>> {
        // Who comes to one session need not come to the next.
        let key = (mailing.mail, ahead.about.to_owned());
        if let Some(known) = self.known.get(&key) {
            return Ok(known.clone());
        }
        let mut who = (mailing.audience)(tx, ahead).await?;
        for one in who.iter_mut().filter(|one| one.outcome == "planned") {
            if stopped::is_stopped(tx, &one.address, mailing.mail).await? {
                *one = Recipient::other(
                    &one.address,
                    "dropped",
                    "they have stopped this kind of mail",
                );
            }
        }
        self.known.insert(key, who.clone());
        Ok(who)
    }
}

fn line(
    act: &Act,
    ahead: &Ahead<'_>,
    muted: &[Mute],
    (moment, who): (&Moment, Vec<Recipient>),
) -> Line {
    let case = Case {
        act,
        charter: ahead.charter,
        about: ahead.about,
        due_at: ahead.due_at,
    };
    let objection = judge::silenced(&case, muted, ahead.due_at);
    let (outcome, reason) = match &objection {
        None => ("planned", String::new()),
        Some(other) => (word(other), other.parts().1.to_owned()),
    };
    let recipients = match &objection {
        None => who,
        Some(_) => all_alike(who, outcome, &reason),
    };
    Line {
        at: moment.due,
        mail: act
            .mailing
            .map_or(act.name, |mailing| mailing.mail)
            .to_owned(),
        series: series_of(act, ahead.charter, &moment.about),
        on: moment.on,
        outcome,
        reason,
        recipients,
    }
}

/// The outcome of an act in the calendar's words.
fn word(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Done(_) => "sent",
        Outcome::Merged(_) => "merged",
        Outcome::Dropped(_) => "dropped",
    }
}

fn all_alike(who: Vec<Recipient>, outcome: &'static str, reason: &str) -> Vec<Recipient> {
    let alike = |one: Recipient| Recipient::other(&one.address, outcome, reason);
    who.into_iter().map(alike).collect()
}

/// The series of sessions that an act is about.
fn series_of(act: &Act, charter: &Charter, about: &str) -> Option<String> {
    let key = moments::key_of(about);
    let is_session = matches!(act.plan, super::act::Plan::Sessions(_));
    let known = charter.sessions.iter().any(|session| session.slug == key);
    (is_session && known).then(|| key.to_owned())
}

/// The day that a row is about: its session's, else that on which it is due.
fn day_of(charter: &Charter, about: &str, due: DateTime<Utc>) -> NaiveDate {
    let said = about.split_once(' ').and_then(|(_, day)| day.parse().ok());
    said.unwrap_or_else(|| due.with_timezone(&charter.timezone).date_naive())
}
