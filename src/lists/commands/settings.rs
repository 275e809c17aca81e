//! What a member can choose by a word: how posts come, a pause, copies, topics.
//! Pure: a word changes the member it is given, and says what it did.

use chrono::{DateTime, Days, NaiveDate, NaiveTime, Utc};
use chrono_tz::Tz;

use crate::cadence::cron::from_wall_clock;
use crate::message::words::{Delivery, Word};
use crate::store::members::Member;
use crate::templates::Phrase;

/// The longest pause, in days: whoever wants more leaves or says `set none`.
const LONGEST_PAUSE: u64 = 3_650;

/// What a word did to a member's settings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Set {
    /// Done; the sentence says what.
    Done(Phrase),
    /// Impossible; the sentence says why and what would work.
    Refused(Phrase),
}

/// Applies a word, where it is one of the settings; `None` where it is another.
/// `topics` are the charter's.
pub fn set(
    member: &mut Member,
    word: &Word,
    topics: &[&str],
    (now, zone): (DateTime<Utc>, Tz),
) -> Option<Set> {
    let zone = member.tz.parse().unwrap_or(zone);
    let today = now.with_timezone(&zone).date_naive();
    let done = |key| Some(Set::Done(Phrase::new(key)));
    match word {
        Word::SetDelivery(delivery) => {
            let (name, key) = delivery_of(*delivery);
            name.clone_into(&mut member.delivery);
            // The other form is asked for by name each time.
            if *delivery == Delivery::Digest {
                "page".clone_into(&mut member.digest_form);
            }
            done(key)
        }
        Word::SetMimeDigest => {
            (member.delivery, member.digest_form) = ("digest".to_owned(), "mime".to_owned());
            done("set_digest_mime")
        }
        Word::SetOwn(on) => {
            member.own = i64::from(*on);
            done(if *on { "set_own_on" } else { "set_own_off" })
        }
        Word::SetCopies(on) => {
            member.copies = i64::from(*on);
            done(if *on {
                "set_copies_on"
            } else {
                "set_copies_off"
            })
        }
        Word::SetTopics(wanted) => Some(choose_topics(member, wanted, topics)),
        Word::Pause => {
            (member.state, member.paused_until) = ("paused".to_owned(), None);
            done("paused")
        }
        Word::PauseDays(days) => {
            let until = today.checked_add_days(Days::new(u64::from(*days)));
            Some(pause(member, until, today, zone))
        }
        Word::PauseUntil(day) => Some(pause(member, Some(*day), today, zone)),
        Word::Resume => {
            (member.state, member.paused_until) = ("active".to_owned(), None);
            done("resumed")
        }
        Word::Less => Some(less(member)),
        _ => None,
    }
}

fn delivery_of(delivery: Delivery) -> (&'static str, &'static str) {
    match delivery {
        Delivery::Each => ("each", "set_each"),
        Delivery::Digest => ("digest", "set_digest"),
        Delivery::Headlines => ("headlines", "set_headlines"),
        Delivery::None => ("none", "set_none"),
    }
}

/// One step less mail: each post, then a digest, then titles, then nothing.
fn less(member: &mut Member) -> Set {
    let (delivery, key) = match member.delivery.as_str() {
        "each" => ("digest", "set_digest"),
        "digest" => ("headlines", "set_headlines"),
        _ => ("none", "set_none"),
    };
    delivery.clone_into(&mut member.delivery);
    Set::Done(Phrase::new(key))
}

fn choose_topics(member: &mut Member, wanted: &[String], topics: &[&str]) -> Set {
    if let Some(unknown) = wanted.iter().find(|name| !topics.contains(&name.as_str())) {
        let known = topics.join(", ");
        let key = if topics.is_empty() {
            "no_topics"
        } else {
            "unknown_topic"
        };
        return Set::Refused(
            Phrase::new(key)
                .with("topic", unknown)
                .with("topics", known),
        );
    }
    member.topics = wanted.join(",");
    Set::Done(match wanted.is_empty() {
        true => Phrase::new("set_topics_all"),
        false => Phrase::new("set_topics").with("topics", wanted.join(", ")),
    })
}

/// A pause until a day begins in the member's zone.
fn pause(member: &mut Member, until: Option<NaiveDate>, today: NaiveDate, zone: Tz) -> Set {
    let latest = today.checked_add_days(Days::new(LONGEST_PAUSE));
    let Some(day) = until.filter(|day| *day > today && Some(*day) <= latest) else {
        return Set::Refused(Phrase::new("bad_pause"));
    };
    let ends = from_wall_clock(day.and_time(NaiveTime::MIN), zone).timestamp_millis();
    (member.state, member.paused_until) = ("paused".to_owned(), Some(ends));
    Set::Done(Phrase::new("paused_until").with("date", day.to_string()))
}

#[cfg(test)]
mod tests;
