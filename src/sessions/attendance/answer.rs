//! The one answer to a host's reply: what is kept now, or what cannot be told.

use super::Candidate;
use super::record::Kept;
use crate::lists::home::Home;
use crate::lists::post::{Arrival, Outcome};
use crate::message::oneline::oneline;
use crate::message::words::attendance::Doubt;
use crate::outbox::compose::{self, Letter};
use crate::outbox::moot;
use crate::sessions::recap;
use crate::store::members::Member;
use crate::store::reports::Action;
use crate::store::series::Series;
use crate::store::sessions::Session;
use crate::store::{Tx, answers, counted_answers};
use crate::templates::Phrase;
use crate::templates::mails::{Clarification, Receipt};

const DAY: i64 = 86_400_000;

/// Machines that hide what they are get no more receipts in a day.
const MOST_RECEIPTS: i64 = 20;

/// So many names stand in a receipt.
const MOST_NAMED: usize = 40;

/// The longest piece of notes in a receipt, in characters.
const LONGEST_NOTES: usize = 160;

/// What is asked for is asked back once.
const ONCE: i64 = 400 * DAY;

/// Who is answered, and about what.
pub(super) struct Asking<'a> {
    pub home: Home<'a>,
    pub arrival: &'a Arrival<'a>,
    pub by: &'a Member,
    pub series: &'a Series,
    pub row: &'a Session,
}

impl Asking<'_> {
    fn say(&self, phrase: Phrase) -> String {
        self.home.say(&phrase)
    }

    /// A reply to the answer is one to the mail that asked.
    fn letter(&self) -> Letter {
        Letter {
            to: vec![(Some(self.by.id), self.by.address.clone())],
            in_reply_to: self.arrival.message.message_id.clone(),
            concerns: moot::concerns(moot::CAME, self.row.id),
            ..Letter::default()
        }
    }

    fn about(&self) -> String {
        format!("{} {}", self.series.slug, self.row.on_date)
    }
}

/// Says what is kept of the session now.
pub(super) async fn noted(
    tx: &mut Tx,
    asking: &Asking<'_>,
    kept: &Kept,
) -> Result<Outcome, compose::Error> {
    let home = &asking.home;
    let (whom, now) = ((home.community.id, asking.by.address.as_str()), home.now());
    let outcome = (
        "command",
        format!("attendance of {} is kept", asking.about()),
    );
    if !counted_answers::note(tx, whom, "receipt", (now - DAY, now), MOST_RECEIPTS).await? {
        return Ok(outcome);
    }
    let mail = Receipt {
        community: home.community.name.clone(),
        done: done(asking, kept),
        undo: undo(tx, asking).await?,
        owner_address: home.address("owner"),
        ..Receipt::default()
    };
    compose::send(tx, home.ctx, home.community, &mail, &asking.letter()).await?;
    Ok(outcome)
}

fn done(asking: &Asking<'_>, kept: &Kept) -> Vec<String> {
    let day = asking.home.day(asking.row.starts_at);
    let of_session = |key| {
        let phrase = Phrase::new(key).with("title", asking.series.title.clone());
        phrase.with("day", day.clone())
    };
    let report = &kept.report;
    let mut said = Vec::new();
    said.push(match (report.counted, kept.count()) {
        (false, _) => asking.say(of_session("attendance_unknown")),
        (true, 0) => asking.say(of_session("attendance_nobody")),
        (true, count) => asking.say(of_session("attendance_came").with("count", count.to_string())),
    });
    if !kept.came.is_empty() {
        said.push(asking.say(Phrase::new("attendance_names").with("names", names(&kept.came))));
    }
    let guests: Vec<String> = report.guests().map(str::to_owned).collect();
    if !guests.is_empty() {
        said.push(asking.say(Phrase::new("attendance_guests").with("names", names(&guests))));
    }
    if !report.notes.is_empty() {
        let text = shown(&report.notes, LONGEST_NOTES);
        said.push(asking.say(Phrase::new("attendance_notes").with("text", text)));
    }
    let line = |key, action: &Action| {
        let phrase = Phrase::new(key).with("number", action.number.to_string());
        asking.say(phrase.with("what", shown(&whole(action), LONGEST_NOTES)))
    };
    said.extend(
        kept.actions
            .iter()
            .filter(|one| one.done_at.is_none())
            .map(|one| line("attendance_action", one)),
    );
    said.extend(kept.done.iter().map(|one| line("attendance_done", one)));
    if !report.recording.is_empty() {
        let link = Phrase::new("attendance_recording").with("link", report.recording.clone());
        said.push(asking.say(link));
    }
    said
}

fn whole(action: &Action) -> String {
    let who = match action.who.as_str() {
        "" => String::new(),
        who => format!("{who}: "),
    };
    let due = match action.due.as_str() {
        "" => String::new(),
        due => format!(" ({due})"),
    };
    format!("{who}{}{due}", action.what)
}

fn shown(text: &str, most: usize) -> String {
    let line = oneline(text);
    match line.chars().count() > most {
        true => line.chars().take(most - 1).chain(['…']).collect(),
        false => line,
    }
}

fn names(all: &[String]) -> String {
    let named = all.iter().take(MOST_NAMED).map(|name| oneline(name));
    let more = all.len().saturating_sub(MOST_NAMED);
    let rest = (more > 0).then(|| format!("+ {more}"));
    named.chain(rest).collect::<Vec<_>>().join(", ")
}

/// How it is changed, and when it is told to everybody.
async fn undo(tx: &mut Tx, asking: &Asking<'_>) -> Result<String, compose::Error> {
    let home = &asking.home;
    let key = match recap::moment(tx, home, asking.series, asking.row).await? {
        Some(at) => Phrase::new("attendance_recap").with("at", home.moment(at)),
        None if recap::was_sent(tx, home, asking.series, asking.row).await? => {
            Phrase::new("attendance_recap_gone").with("list", home.address(""))
        }
        None => Phrase::new("attendance_no_recap"),
    };
    Ok(asking.say(key))
}

/// Asks back once what cannot be told; nothing is kept of the reply.
pub(super) async fn unclear(
    tx: &mut Tx,
    asking: &Asking<'_>,
    roster: &[Candidate],
    doubts: &[Doubt],
) -> Result<Outcome, compose::Error> {
    let problem = doubts.iter().map(|doubt| problem(asking, roster, doubt));
    let problem: Vec<String> = problem.collect();
    let read = match doubts.first() {
        Some(Doubt::Unread(line)) => line.clone(),
        _ => String::new(),
    };
    clarify(tx, asking, "attendance-unclear", (read, problem.join(" "))).await
}

fn problem(asking: &Asking<'_>, roster: &[Candidate], doubt: &Doubt) -> String {
    asking.say(match doubt {
        Doubt::Which(word, all) => {
            let named = |at: &usize| {
                let one = roster.get(*at)?;
                Some(match one.invited.number {
                    Some(number) => format!("{} ({number})", one.name()),
                    None => format!("{} ({})", one.name(), one.invited.address),
                })
            };
            let all: Vec<String> = all.iter().take(MOST_NAMED).filter_map(named).collect();
            let phrase = Phrase::new("attendance_which").with("word", shown(word, 40));
            phrase.with("names", all.join(", "))
        }
        Doubt::NoSuch(number) => {
            Phrase::new("attendance_no_such").with("number", number.to_string())
        }
        Doubt::Unread(_) => Phrase::new("attendance_unread"),
    })
}

/// The session is too long ago.
pub(super) async fn too_late(tx: &mut Tx, asking: &Asking<'_>) -> Result<Outcome, compose::Error> {
    let problem = asking.say(Phrase::new("attendance_late"));
    clarify(tx, asking, "attendance-late", (String::new(), problem)).await
}

/// It did not take place.
pub(super) async fn cancelled(tx: &mut Tx, asking: &Asking<'_>) -> Result<Outcome, compose::Error> {
    let problem = asking.say(Phrase::new("attendance_cancelled"));
    clarify(tx, asking, "attendance-off", (String::new(), problem)).await
}

/// One helpful answer about a session, then silence.
async fn clarify(
    tx: &mut Tx,
    asking: &Asking<'_>,
    kind: &str,
    (read, problem): (String, String),
) -> Result<Outcome, compose::Error> {
    let home = &asking.home;
    let (community, to) = (home.community.id, asking.by.address.as_str());
    let once = format!("{kind}:{}", asking.row.id);
    let about = asking.about();
    if !answers::may_go(tx, community, to, &once, home.now(), ONCE).await? {
        let why = format!("not kept ({kind}); {to} was told once about {about}");
        return Ok(("command", why));
    }
    let examples = match kind {
        "attendance-unclear" => home.say(&Phrase::new("attendance_examples")),
        _ => String::new(),
    };
    let mail = Clarification {
        community: home.community.name.clone(),
        read,
        problem,
        examples: examples
            .split(" | ")
            .filter(|one| !one.is_empty())
            .map(str::to_owned)
            .collect(),
        owner_address: home.address("owner"),
        ..Clarification::default()
    };
    compose::send(tx, home.ctx, home.community, &mail, &asking.letter()).await?;
    Ok((
        "command",
        format!("not kept ({kind}); asked back about {about}"),
    ))
}
