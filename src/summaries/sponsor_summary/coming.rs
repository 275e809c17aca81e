//! What the next ninety days bring, by the charter.

use chrono::{DateTime, TimeDelta, Utc};

use crate::cadence::cron::CronLine;
use crate::cadence::moments;
use crate::clock::moment;
use crate::config::charter::Session;
use crate::lists::home::Home;
use crate::store::Millis;
use crate::templates::Phrase;

/// So far is looked ahead, in days.
const DAYS: i64 = 90;

/// Sessions of one series that are counted at most: more than one a day are not planned.
const MOST_SESSIONS: usize = 100;

/// A line for each series, the reviews and the health check.
pub(super) fn lines(home: &Home<'_>, from: Millis) -> Vec<String> {
    let span = (moment(from), moment(from) + TimeDelta::days(DAYS));
    let sessions = home.charter.sessions.iter();
    let mut lines: Vec<String> = sessions
        .filter_map(|session| series(home, session, span))
        .collect();
    let review = home.charter.charter.review.as_ref();
    lines.extend(review.and_then(|line| once(home, "sum_coming_review", line, span)));
    let check = home.charter.health_check.as_ref();
    lines.extend(check.and_then(|check| once(home, "sum_coming_check", &check.schedule, span)));
    lines
}

fn series(
    home: &Home<'_>,
    session: &Session,
    (from, to): (DateTime<Utc>, DateTime<Utc>),
) -> Option<String> {
    let all = moments::sittings(session, home.charter)
        .skip_while(|one| one.starts < from)
        .take_while(|one| one.starts <= to);
    let days: Vec<String> = all
        .take(MOST_SESSIONS)
        .map(|one| home.day(one.starts.timestamp_millis()))
        .collect();
    let (first, rest) = days.split_first()?;
    let key = match rest.len() {
        0 => "sum_coming_session",
        _ => "sum_coming_sessions",
    };
    let phrase = Phrase::new(key)
        .with("title", session.title.clone())
        .with("date", first.clone())
        .with("more", rest.len().to_string());
    Some(home.say(&phrase))
}

fn once(
    home: &Home<'_>,
    key: &'static str,
    line: &CronLine,
    (from, to): (DateTime<Utc>, DateTime<Utc>),
) -> Option<String> {
    let next = line.next_after(from, home.charter.timezone)?;
    let day = || home.day(next.timestamp_millis());
    (next <= to).then(|| home.say(&Phrase::new(key).with("date", day())))
}
