//! Answers to invitations, from any calendar, in plain words, or on a page. An answer is
//! no post and is never archived; its remark is kept with it.
//!
//! Whoever answers must be the one in whose name they do (`who`), and what was answered
//! before changes nothing that was answered later (`record`).

mod ask;
mod instance;
pub mod page;
mod pass_on;
pub mod plain;
mod record;
mod text;
mod who;

use std::collections::BTreeMap;

use crate::calendar::read::{Answered, CalendarReply, Partstat};
use crate::context::Context;
use crate::lists::home::Home;
use crate::lists::post::{Arrival, Outcome};
use crate::outbox::compose;
use crate::store::members::Member;
use crate::store::series::{self, Series};
use crate::store::{self, Tx, invitations};
use instance::{Days, Instance};
use record::Answer;
use who::Who;

pub use ask::{KIND, confirmed};
pub use page::{link as page_link, token as page_token};
pub use text::in_words;
pub(super) use text::noted_on;

/// The longest remark kept, in characters.
const LONGEST_COMMENT: usize = 500;

/// An answer that a calendar sent, to any address of the community; `token` is that of a
/// member's own address, where it came to one.
///
/// # Errors
/// Where the database refuses or a mail about it cannot be composed.
pub async fn heard(
    tx: &mut Tx,
    ctx: &Context,
    arrival: &Arrival<'_>,
    token: Option<&str>,
) -> Result<Outcome, compose::Error> {
    let home = Home::of(ctx, arrival);
    let Some(calendar) = &arrival.mail.calendar else {
        return Ok(discarded("it holds no calendar".into()));
    };
    let found = series_of(tx, home.community.id, calendar).await?;
    if found.is_empty() {
        return Ok(discarded(nothing_found(calendar)));
    }
    let owner = who::owner(tx, ctx, arrival, token).await?;
    let Some(event) = calendar
        .events
        .iter()
        .find(|one| found.contains_key(&one.uid))
    else {
        return Ok(discarded(nothing_found(calendar)));
    };
    let who = who::judge(tx, ctx, arrival, owner, event).await?;
    let said = Said {
        home: &home,
        arrival,
        calendar,
        found,
    };
    match who {
        Who::Nobody(why) => Ok(discarded(why)),
        Who::Member(member, how) if calendar.method == "COUNTER" => {
            said.counter(tx, &member, how).await
        }
        Who::Member(member, how) => said.accept(tx, &member, how).await,
        Who::Unknown(owner, address) => said.propose(tx, &owner, &address).await,
        Who::Doubtful(_) if calendar.method == "COUNTER" => Ok(discarded(
            "nothing shows that it is from whom it names; it proposes another time".into(),
        )),
        Who::Doubtful(member) => said.ask(tx, &member).await,
    }
}

/// The series of the community that it is about, by UID.
async fn series_of(
    tx: &mut Tx,
    community: i64,
    calendar: &CalendarReply,
) -> store::Result<BTreeMap<String, Series>> {
    let mut found = BTreeMap::new();
    // Calendars answer one UID a mail.
    for event in &calendar.events {
        if found.contains_key(&event.uid) || found.len() > 1 {
            continue;
        }
        if let Some(series) = series::by_uid(tx, community, &event.uid).await? {
            found.insert(event.uid.clone(), series);
        }
    }
    Ok(found)
}

fn nothing_found(calendar: &CalendarReply) -> String {
    match (calendar.first(), calendar.oddities.first()) {
        (None, Some(odd)) => format!("a calendar's answer, but {odd}"),
        (first, _) => {
            let uid = first.map_or("", |event| event.uid.as_str());
            format!("a calendar's answer to {uid:?}, which is none of this community's series")
        }
    }
}

fn discarded(why: String) -> Outcome {
    ("discarded", why)
}

/// What somebody's calendar said.
struct Said<'a> {
    home: &'a Home<'a>,
    arrival: &'a Arrival<'a>,
    calendar: &'a CalendarReply,
    found: BTreeMap<String, Series>,
}

impl Said<'_> {
    /// Each answer in it with what it is about; what is about nothing, in words.
    async fn answers(
        &self,
        tx: &mut Tx,
        of: &Member,
    ) -> store::Result<(Vec<(Series, Instance, Answer)>, Vec<String>)> {
        let own = who::addresses(tx, of).await?;
        let (mut all, mut odd) = (Vec::new(), self.calendar.oddities.clone());
        let (mut sent, mut days) = (BTreeMap::new(), Days::default());
        for series in self.found.values() {
            let told = invitations::of(tx, series.id, of.id).await?;
            sent.insert(series.id, told.map_or(0, |told| told.sequence));
        }
        for event in &self.calendar.events {
            let Some(series) = self.found.get(&event.uid) else {
                continue;
            };
            let Some(answer) = answer(event, &own, self.home.now()) else {
                odd.push("it answers neither yes nor no".into());
                continue;
            };
            // It would keep out every answer to come (RFC 5546, section 2.1.5).
            let last = sent.get(&series.id).copied().unwrap_or(0);
            if answer.sequence > last {
                odd.push(format!(
                    "it answers SEQUENCE {}, and the last that they were sent is {last}",
                    answer.sequence
                ));
                continue;
            }
            match instance::of(tx, series, event, &mut days).await? {
                Ok(instance) => all.push((series.clone(), instance, answer)),
                Err(why) => odd.push(why),
            }
        }
        odd.dedup();
        Ok((all, odd))
    }

    async fn accept(
        &self,
        tx: &mut Tx,
        member: &Member,
        how: &str,
    ) -> Result<Outcome, compose::Error> {
        let (answers, mut told) = self.answers(tx, member).await?;
        if answers.is_empty() {
            return Ok(discarded(told.join("; ")));
        }
        for (series, instance, answer) in &answers {
            let step = record::Noted {
                home: self.home,
                message_id: &self.arrival.message.message_id,
                how,
            };
            told.push(step.note(tx, member, series, instance, answer).await?);
            if answer.partstat == Partstat::Delegated {
                self.delegates(tx, member, series, instance, answer).await?;
            }
        }
        Ok((
            "rsvp",
            format!("{}: {how}; {}", member.address, told.join("; ")),
        ))
    }

    async fn delegates(
        &self,
        tx: &mut Tx,
        member: &Member,
        series: &Series,
        instance: &Instance,
        answer: &Answer,
    ) -> Result<(), compose::Error> {
        for guest in &answer.delegates {
            let what = pass_on::About {
                series,
                instance: Some(instance),
                member,
                comment: &answer.comment,
            };
            pass_on::delegate(tx, self.home, &what, guest).await?;
        }
        Ok(())
    }

    /// Another time is proposed: people decide.
    async fn counter(
        &self,
        tx: &mut Tx,
        member: &Member,
        how: &str,
    ) -> Result<Outcome, compose::Error> {
        let own = who::addresses(tx, member).await?;
        let mut events = self.calendar.events.iter();
        let event = events.find(|event| self.found.contains_key(&event.uid));
        let series = event.and_then(|event| self.found.get(&event.uid));
        let (Some(event), Some(series)) = (event, series) else {
            return Ok(discarded("it proposes nothing".into()));
        };
        let instance = instance::of(tx, series, event, &mut Days::default())
            .await?
            .ok();
        let comment = comment(event, &own);
        let about = pass_on::About {
            series,
            instance: instance.as_ref(),
            member,
            comment: &comment,
        };
        let starts = event.starts.as_ref();
        let told = pass_on::counter(tx, self.home, &about, starts).await?;
        Ok((
            "forwarded",
            format!("{how}; another time is proposed: {told}"),
        ))
    }

    async fn propose(
        &self,
        tx: &mut Tx,
        owner: &Member,
        address: &str,
    ) -> Result<Outcome, compose::Error> {
        let mut events = self.calendar.events.iter();
        let event = events.find(|event| self.found.contains_key(&event.uid));
        let series = event.and_then(|event| self.found.get(&event.uid));
        let (Some(event), Some(series)) = (event, series) else {
            return Ok(discarded("it answers nothing".into()));
        };
        let of = [address.to_owned()];
        let answer = answer(event, &of, self.home.now());
        let instance = instance::of(tx, series, event, &mut Days::default())
            .await?
            .ok();
        let comment = comment(event, &of);
        let about = pass_on::About {
            series,
            instance: instance.as_ref(),
            member: owner,
            comment: &comment,
        };
        let says = answer.map(|answer| answer.partstat);
        let told = pass_on::unknown(tx, self.home, &about, (address, says)).await?;
        let reason = format!(
            "{address} answered an invitation of {}, whose answer stays as it is: {told}",
            owner.address
        );
        Ok(("forwarded", reason))
    }

    async fn ask(&self, tx: &mut Tx, member: &Member) -> Result<Outcome, compose::Error> {
        let (answers, odd) = self.answers(tx, member).await?;
        match answers.as_slice() {
            [] => Ok(discarded(odd.join("; "))),
            all => ask::ask(tx, self.home, self.arrival, member, all).await,
        }
    }
}

/// What an event answers, for somebody with these addresses; `None` where it says
/// nothing.
fn answer(event: &Answered, own: &[String], now: store::Millis) -> Option<Answer> {
    let attendee = who::replying(event, own)?;
    Some(Answer {
        partstat: attendee.says()?,
        sequence: event.sequence,
        dtstamp: event.dtstamp.map_or(now, |at| at.timestamp_millis()),
        comment: comment(event, own),
        via: "mail",
        delegates: attendee.delegates.clone(),
    })
}

fn comment(event: &Answered, own: &[String]) -> String {
    let remark = event.remark(who::replying(event, own)).unwrap_or_default();
    remark.chars().take(LONGEST_COMMENT).collect()
}

#[cfg(test)]
mod tests;
