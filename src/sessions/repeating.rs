//! A series that is added on the command line or by mail: it becomes the charter's, as if
//! its file named it. The file's next application finds it there and keeps it.

use std::fmt::Write as _;

use chrono::{Datelike, NaiveDate, Weekday};

use super::change::{Changed, Refused};
use super::series as affairs;
use super::single::{self, New};
use crate::cadence::plan;
use crate::config::{Charter, duration};
use crate::lists::home::Home;
use crate::message::words::Every;
use crate::store::communities;
use crate::store::{self, Tx};
use crate::trail::Step;

/// When a series takes place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rhythm {
    /// Recurrence rule (RFC 5545, section 3.3.10), as a charter has it.
    pub rule: String,
    /// The last day on which one may start.
    pub until: Option<NaiveDate>,
}

impl Rhythm {
    /// What a mail asks for, from that day on: by the day of the week, and where it is
    /// monthly by which one of the month it is.
    pub fn of(every: Every, first: NaiveDate) -> Rhythm {
        let day = by_day(first.weekday());
        let rule = match every {
            Every::Weeks(1) => format!("FREQ=WEEKLY;BYDAY={day}"),
            Every::Weeks(count) => format!("FREQ=WEEKLY;INTERVAL={count};BYDAY={day}"),
            // Not every month has a fifth one: that is the last.
            Every::Month => match first.day0() / 7 + 1 {
                5 => format!("FREQ=MONTHLY;BYDAY=-1{day}"),
                which => format!("FREQ=MONTHLY;BYDAY={which}{day}"),
            },
        };
        Rhythm { rule, until: None }
    }
}

fn by_day(day: Weekday) -> String {
    day.to_string()[..2].to_uppercase()
}

/// Adds a series to the charter, and invites everybody; gives its slug. `by` is who adds it.
///
/// # Errors
/// Where the database refuses.
pub async fn add(
    tx: &mut Tx,
    home: &Home<'_>,
    (new, rhythm): (&New, &Rhythm),
    by: &str,
) -> store::Result<Changed<String>> {
    if home.community.closed_at.is_some() {
        return Ok(Err(Refused::Closed));
    }
    communities::lock(tx, home.community.id).await?;
    let slug = match single::fits(tx, home, new, by).await? {
        Ok(slug) => slug,
        Err(why) => return Ok(Err(why)),
    };
    // Whoever changed the charter while this waited for the lock is not undone.
    let current = communities::by_id(tx, home.community.id).await?;
    let text = match Charter::parse(&current.charter, "") {
        Ok(charter) => charter.to_toml() + &table(home, new, rhythm, &slug),
        Err(_) => return Ok(Err(Refused::Rule("the charter cannot be read".into()))),
    };
    let charter = match Charter::parse(&text, "the charter with it") {
        Ok(charter) => charter,
        Err(problems) => {
            let what: Vec<String> = problems.iter().map(ToString::to_string).collect();
            return Ok(Err(Refused::Rule(what.join("; "))));
        }
    };
    let base = current.charter_base.as_str();
    communities::update(tx, current.id, &current.name, &charter.to_toml(), base).await?;
    let community = communities::by_id(tx, current.id).await?;
    affairs::align(tx, home.ctx, &community, &charter).await?;
    plan::plan(tx, community.id, &charter, home.now()).await?;
    let step = Step::of_person(Some(community.id), by, home.now());
    step.record(tx, "session", "series", &slug).await?;
    Ok(Ok(slug))
}

/// The series as a charter writes it.
fn table(home: &Home<'_>, new: &New, rhythm: &Rhythm, slug: &str) -> String {
    let starts = new.starts.with_timezone(&home.charter.timezone);
    let mut text = String::from("\n[[session]]\n");
    let mut say = |key: &str, value: &str| {
        // A value of TOML, with its quotes and escapes.
        let _ = writeln!(text, "{key} = {}", toml::Value::from(value));
    };
    say("slug", slug);
    say("title", new.title.trim());
    say("rule", &rhythm.rule);
    say("starts", &starts.format("%Y-%m-%dT%H:%M").to_string());
    if let Some(until) = rhythm.until {
        say("until", &until.to_string());
    }
    say("duration", &duration::show(new.duration));
    for (key, value) in [("location", &new.location), ("link", &new.link)] {
        if !value.is_empty() {
            say(key, value);
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rhythm_is_a_rule_by_the_day_of_the_week() {
        let table = [
            (Every::Weeks(1), "2026-04-07", "FREQ=WEEKLY;BYDAY=TU"),
            (
                Every::Weeks(2),
                "2026-04-09",
                "FREQ=WEEKLY;INTERVAL=2;BYDAY=TH",
            ),
            (Every::Month, "2026-04-01", "FREQ=MONTHLY;BYDAY=1WE"),
            (Every::Month, "2026-04-14", "FREQ=MONTHLY;BYDAY=2TU"),
            (Every::Month, "2026-04-28", "FREQ=MONTHLY;BYDAY=4TU"),
            (Every::Month, "2026-04-30", "FREQ=MONTHLY;BYDAY=-1TH"),
        ];
        for (every, first, rule) in table {
            let rhythm = Rhythm::of(every, first.parse().unwrap());
            assert_eq!(rhythm.rule, rule, "{first}");
        }
    }
}
