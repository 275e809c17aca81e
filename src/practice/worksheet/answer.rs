//! The one answer to a reply: a receipt that restates what was done and names what was
//! not; or, where nothing was, the words that would have been understood.

use super::settle::Settler;
use super::{DAY, recipient};
use crate::lists::post::{Arrival, Outcome};
use crate::message::words::worksheet::Problem;
use crate::outbox::compose::{self, Letter};
use crate::store::worksheets::Item;
use crate::store::{Tx, answers};
use crate::templates::Phrase;
use crate::templates::mails::{self, Clarification, Receipt, Setting};

/// The longest first line that is shown again, in characters.
const LONGEST_READ: usize = 80;

/// What came of a reply.
#[derive(Clone, Debug, Default)]
pub(super) struct Told {
    /// What was done, or had been before, a sentence each.
    pub done: Vec<String>,
    /// What could not be done, a sentence each.
    pub not_done: Vec<String>,
    /// What was not understood.
    pub problems: Vec<Problem>,
    /// The items that were settled, for the trail.
    pub keys: Vec<String>,
}

/// What is said of an item. Its title is gone after an erasure.
pub(super) fn line(item: &Item, what: &str) -> String {
    let Item { number, title, .. } = item;
    match title.as_str() {
        "" => format!("{number}: {what}"),
        title => format!("{number}. {title}: {what}"),
    }
}

/// Answers; gives the outcome.
pub(super) async fn answer(
    tx: &mut Tx,
    by: &Settler<'_>,
    arrival: &Arrival<'_>,
    told: Told,
    concerns: String,
) -> Result<Outcome, compose::Error> {
    let letter = Letter {
        to: vec![recipient(by.member)],
        in_reply_to: arrival.message.message_id.clone(),
        concerns,
        ..Letter::default()
    };
    if told.done.is_empty() && told.not_done.is_empty() {
        return unclear(tx, by, arrival, &told, &letter).await;
    }
    let outcome = match told.keys.is_empty() {
        true => "worksheet: nothing was left to do".to_owned(),
        false => format!("worksheet: {}", told.keys.join(", ")),
    };
    let mail = receipt(by, told);
    compose::send(tx, by.home.ctx, by.home.community, &mail, &letter).await?;
    Ok(("command", outcome))
}

fn receipt(by: &Settler<'_>, told: Told) -> Receipt {
    let plain = |name| Setting {
        name,
        value: String::new(),
    };
    let not_done = told.not_done.into_iter().map(plain);
    let problems = told.problems.iter().map(|problem| Setting {
        name: subject(problem),
        value: by.home.say(&Phrase::new(reason(problem))),
    });
    let rows: Vec<_> = not_done.chain(problems).collect();
    let heading = by.home.say(&Phrase::new("worksheet_not_done"));
    let told_rows = (!rows.is_empty()).then_some(mails::Told { heading, rows });
    Receipt {
        community: by.home.community.name.clone(),
        done: told.done,
        told: told_rows.into_iter().collect(),
        undo: String::new(),
        owner_address: by.home.address("owner"),
        table: Vec::new(),
    }
}

/// The line or number that a problem is about.
fn subject(problem: &Problem) -> String {
    match problem {
        Problem::Unread(line) | Problem::Which(line) => line.clone(),
        Problem::NoSuch(number) | Problem::Twice(number) => number.to_string(),
    }
}

fn reason(problem: &Problem) -> &'static str {
    match problem {
        Problem::Unread(_) => "worksheet_unread",
        Problem::Which(_) => "worksheet_which",
        Problem::NoSuch(_) => "worksheet_no_such",
        Problem::Twice(_) => "worksheet_twice",
    }
}

/// One helpful answer a day.
async fn unclear(
    tx: &mut Tx,
    by: &Settler<'_>,
    arrival: &Arrival<'_>,
    told: &Told,
    letter: &Letter,
) -> Result<Outcome, compose::Error> {
    let (community, to) = (by.home.community.id, &by.member.address);
    if !answers::may_go(tx, community, to, "worksheet-unclear", by.home.now(), DAY).await? {
        let why = format!("not understood; {to} had an explanation today");
        return Ok(("command", why));
    }
    let mut lines = arrival.mail.visible_text.lines().map(str::trim);
    let first = lines.find(|line| !line.is_empty()).unwrap_or_default();
    // What is wrong with a line that was meant says more than that none was.
    let is_clear = |problem: &&Problem| !matches!(problem, Problem::Unread(_));
    let problem = match told.problems.iter().find(is_clear) {
        Some(problem) => format!(
            "{}: {}",
            subject(problem),
            by.home.say(&Phrase::new(reason(problem)))
        ),
        None => by.home.say(&Phrase::new("worksheet_unclear")),
    };
    let examples = by.home.say(&Phrase::new("worksheet_examples"));
    let mail = Clarification {
        community: by.home.community.name.clone(),
        read: first.chars().take(LONGEST_READ).collect(),
        problem,
        examples: examples.split(", ").map(str::to_owned).collect(),
        owner_address: by.home.address("owner"),
        ..Clarification::default()
    };
    compose::send(tx, by.home.ctx, by.home.community, &mail, letter).await?;
    Ok(("command", format!("not understood; explained it to {to}")))
}
