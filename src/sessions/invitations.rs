//! Who has which series in their calendar. Whatever happened (a series begins or
//! changes, somebody joins, pauses, leaves), an act looks at whoever's calendar is not as
//! the series is (`super::judge`) and mails what is missing, some members a transaction.

mod batch;
mod errand;

use std::collections::HashMap;
use std::num::NonZero;
use std::panic::resume_unwind;
use std::sync::Mutex;
use std::thread::{self, available_parallelism};

use chrono::NaiveDate;

use batch::Batch;

use super::event::View;
use super::judge::{self, Deed, Standing};
use super::letters::{self, Desk, To};
use super::times::Times;
use crate::cadence::act::{Act, Ahead, Recipient};
use crate::cadence::{Outcome, Running};
use crate::lists::home::Home;
use crate::outbox::catalogue::INVITATION;
use crate::outbox::compose;
use crate::store::invitations::{self, Invitation};
use crate::store::members::{self, Member};
use crate::store::series::{self, Series};
use crate::store::sessions::Session;
use crate::store::{self, Millis, Tx, acts, communities, rsvps, sessions};
use crate::trail::Step;

pub use errand::Errand;

/// Members of one transaction: other writers get their turn in between.
const MEMBERS: i64 = 100;

/// Fewer are not worth a thread.
const FEWEST: usize = 20;

/// The act that tells of a series that changed.
const CHANGE: &str = "session-change";
/// The act that brings the calendars of those into line who have joined, left or changed.
pub const OF_MEMBERS: &str = "member-sessions";

/// A series begins: whoever may come is invited.
pub const ACT: Act = Act::new(INVITATION.name, |tx, act| {
    Box::pin(run(tx, act, INVITATION.name))
})
.mailing(INVITATION.name, |tx, ahead| Box::pin(audience(tx, ahead)));

/// A series has changed. It cannot be muted: a calendar that is wrong helps nobody.
pub const CHANGE_ACT: Act = Act::new(CHANGE, |tx, act| Box::pin(run(tx, act, CHANGE)));

/// Somebody has joined, left, or changed what matters.
pub const MEMBERS_ACT: Act = Act::new(OF_MEMBERS, |tx, act| Box::pin(of_members(tx, act)));

/// Plans that a series' members are told.
///
/// # Errors
/// Where the database refuses.
pub async fn plan(tx: &mut Tx, series: &Series, errand: Errand, now: Millis) -> store::Result<()> {
    acts::insert(tx, series.community_id, errand.name, &errand.write(), now).await
}

/// Plans that whoever was not told of a series is, where nothing else does.
///
/// # Errors
/// Where the database refuses.
pub async fn plan_owed(tx: &mut Tx, series: &Series, now: Millis) -> store::Result<()> {
    match invitations::owed(tx, series, 0, 1).await?.is_empty() {
        true => Ok(()),
        false => of_somebody(tx, series.community_id, now).await,
    }
}

/// Plans that the calendars of those are brought into line who have joined, left or
/// changed, where the community has a series. It is planned once, however many they are.
///
/// # Errors
/// Where the database refuses.
pub async fn of_somebody(tx: &mut Tx, community: i64, now: Millis) -> store::Result<()> {
    let has_any = series::any(tx, community).await?;
    if !has_any || acts::any_due(tx, community, OF_MEMBERS, now).await? {
        return Ok(());
    }
    // Two at the same moment of a clock that stands are two.
    let about = (acts::last(tx).await? + 1).to_string();
    acts::insert(tx, community, OF_MEMBERS, &about, now).await
}

/// Whom a series that begins goes to.
async fn audience(tx: &mut Tx, ahead: &Ahead<'_>) -> store::Result<Vec<Recipient>> {
    let all = members::of_community(tx, ahead.community).await?;
    let here = all
        .iter()
        .filter(|one| one.on_list() && one.state == "active");
    Ok(here.map(|one| Recipient::planned(&one.address)).collect())
}

async fn run(tx: &mut Tx, act: &Running<'_>, name: &'static str) -> store::Result<Outcome> {
    communities::lock(tx, act.community.id).await?;
    let read = Errand::read(name, &act.about);
    let Some(errand) = read else {
        return Ok(Outcome::Dropped("it does not say what to tell".into()));
    };
    let Some(series) = series::by_id(tx, errand.series).await? else {
        return Ok(Outcome::Dropped("there is no such series any more".into()));
    };
    if series.version > errand.version && errand.on.is_none() {
        // The later one tells all.
        return Ok(Outcome::Merged("a later change stands for it".into()));
    }
    let told = Round::new(act, &series, errand).serve(tx).await?;
    if let Some(after) = told.rest {
        let rest = Errand { after, ..errand };
        plan(tx, &series, rest, act.due_at).await?;
    }
    Ok(Outcome::Done(told.said()))
}

/// It is about `NUMBER`, or `NUMBER.SERIES.AFTER` where it goes on: after that member of
/// that series.
async fn of_members(tx: &mut Tx, act: &Running<'_>) -> store::Result<Outcome> {
    communities::lock(tx, act.community.id).await?;
    let mut parts = act.about.splitn(3, '.');
    let mut number = || parts.next().and_then(|part| part.parse::<i64>().ok());
    let (count, from, after) = (number(), number().unwrap_or(0), number().unwrap_or(0));
    let mut all = series::of_community(tx, act.community.id).await?;
    all.sort_by_key(|series| series.id);
    let mut told = Told::default();
    for series in all.iter().filter(|series| series.id >= from) {
        let after = if series.id == from { after } else { 0 };
        let errand = Errand {
            after,
            ..Errand::all(series)
        };
        let round = Round::new(act, series, errand).serve(tx).await?;
        told.mails += round.mails;
        told.rest = round.rest;
        if let Some(after) = round.rest {
            let about = format!("{}.{}.{after}", count.unwrap_or(0), series.id);
            acts::insert(tx, act.community.id, OF_MEMBERS, &about, act.due_at).await?;
            break;
        }
    }
    Ok(Outcome::Done(told.said()))
}

/// What a transaction has mailed, and the member after whom it goes on.
#[derive(Clone, Copy, Debug, Default)]
struct Told {
    mails: usize,
    rest: Option<i64>,
}

impl Told {
    fn said(self) -> String {
        let what = match self.mails {
            0 => "nobody had to be told".to_owned(),
            count => format!("mailed to {count} members"),
        };
        match self.rest {
            Some(_) => format!("{what}; the other members follow"),
            None => what,
        }
    }
}

/// One transaction's members of one series.
struct Round<'a> {
    act: &'a Running<'a>,
    series: &'a Series,
    errand: Errand,
}

impl<'a> Round<'a> {
    fn new(act: &'a Running<'a>, series: &'a Series, errand: Errand) -> Round<'a> {
        Round {
            act,
            series,
            errand,
        }
    }

    async fn serve(&self, tx: &mut Tx) -> store::Result<Told> {
        let mut told = Told::default();
        let owed = invitations::owed(tx, self.series, self.errand.after, MEMBERS).await?;
        let (Some(last), Some(times)) = (owed.last(), Times::of(self.series)) else {
            return Ok(told);
        };
        told.rest = (owed.len() as i64 == MEMBERS).then_some(last.id);
        let rows = sessions::of_series(tx, self.series.id).await?;
        let span = (self.errand.after, last.id);
        let known = invitations::batch(tx, self.series.id, span).await?;
        let view = View {
            series: self.series,
            times,
            rows: &rows,
        };
        let mut calls = Calls::new(self.act, view, &self.errand);
        if let Some(on) = self.errand.on {
            calls.desk.going = rsvps::going(tx, self.series.id, &on.to_string()).await?;
        }
        let known: Known<'_> = known.iter().map(|one| (one.member_id, one)).collect();
        let mut batch = Batch::default();
        for (some, failed) in calls.settle_all(&owed, &known) {
            batch.append(some);
            for (member, error) in failed {
                calls.failed(tx, member, &error).await?;
            }
        }
        told.mails = batch.mails();
        batch.write(tx, &calls.desk.home).await?;
        Ok(told)
    }
}

/// What members were told before, by their keys.
type Known<'a> = HashMap<i64, &'a Invitation>;

/// What some members are sent, and those whose mail cannot be composed.
type Share<'m> = (Batch, Vec<(&'m Member, compose::Error)>);

/// A series, ready to be told.
struct Calls<'a> {
    desk: Desk<'a>,
    next: Option<NaiveDate>,
    /// The one session that the errand is about.
    one: Option<(Session, NaiveDate)>,
    /// The version in which it was changed: a later one has an errand of its own.
    version: i64,
    now: Millis,
}

impl<'a> Calls<'a> {
    fn new(act: &'a Running<'a>, view: View<'a>, errand: &Errand) -> Calls<'a> {
        let now = act.ctx.now();
        let coming = letters::coming(&view, now);
        let row = |on: NaiveDate| {
            let its = view.rows.iter().find(|row| row.on_date == on.to_string());
            its.map(|row| (row.clone(), on))
        };
        Calls {
            // One that was moved past the others is the first by its original day.
            next: coming.iter().map(|(on, _)| *on).min(),
            one: errand.on.and_then(row),
            version: errand.version,
            now,
            desk: Desk {
                home: Home {
                    ctx: act.ctx,
                    community: act.community,
                    charter: &act.charter,
                },
                coming: coming
                    .iter()
                    .take(letters::NAMED + 1)
                    .map(|(_, at)| *at)
                    .collect(),
                view,
                going: 0,
                texts: Mutex::default(),
                drafts: Mutex::default(),
            },
        }
    }

    /// A mail that cannot be composed is its recipient's alone.
    async fn failed(
        &self,
        tx: &mut Tx,
        member: &Member,
        error: &compose::Error,
    ) -> store::Result<()> {
        let step = Step::of_person(Some(member.community_id), &member.address, self.now);
        let reason = error.to_string();
        step.record(tx, "invitation", "failed", &reason).await
    }

    /// What members are sent: most of the work of a series for many, so each processor does
    /// a share.
    fn settle_all<'m>(&self, owed: &'m [Member], known: &Known<'_>) -> Vec<Share<'m>> {
        let processors = available_parallelism().map_or(1, NonZero::get);
        let shares = processors.min(owed.len() / FEWEST).max(1);
        let mut shares = owed.chunks(owed.len().div_ceil(shares).max(1));
        let Some(own) = shares.next() else {
            return Vec::new();
        };
        thread::scope(|scope| {
            let others: Vec<_> = shares
                .map(|some| scope.spawn(|| self.settle_some(some, known)))
                .collect();
            let mut all = vec![self.settle_some(own, known)];
            all.extend(others.into_iter().map(joined));
            all
        })
    }

    fn settle_some<'m>(&self, some: &'m [Member], known: &Known<'_>) -> Share<'m> {
        let (mut batch, mut failed) = (Batch::default(), Vec::new());
        for member in some {
            let its = known.get(&member.id).copied();
            if let Err(error) = self.settle(&mut batch, member, its) {
                failed.push((member, error));
            }
        }
        (batch, failed)
    }

    /// What one member is sent and will have been told.
    fn settle(
        &self,
        batch: &mut Batch,
        member: &Member,
        known: Option<&Invitation>,
    ) -> Result<(), compose::Error> {
        let stands = Standing {
            series: self.desk.view.series,
            next: self.next,
        };
        match (judge::judge(&stands, member, known), known) {
            (Deed::Nothing, _) => {}
            (Deed::Invite, known) => self.invite(batch, member, known)?,
            (_, None) => {}
            (Deed::Note, Some(known)) => batch.note(self.noted(known, "invited")),
            (Deed::Replace, Some(known)) => {
                batch.retract(known);
                self.invite(batch, member, Some(known))?;
            }
            (Deed::Retract, Some(known)) => {
                batch.retract(known);
                batch.note(self.noted(known, "cancelled"));
            }
            (Deed::Readdress, Some(known)) => {
                let told = self.change(batch, member, known, Deed::Cancel)?;
                self.invite(batch, member, Some(&told))?;
            }
            (deed, Some(known)) => drop(self.change(batch, member, known, deed)?),
        }
        Ok(())
    }

    /// Invites somebody from the next session on; their SEQUENCE goes on from what they
    /// were sent before.
    fn invite(
        &self,
        batch: &mut Batch,
        member: &Member,
        known: Option<&Invitation>,
    ) -> Result<(), compose::Error> {
        let series = self.desk.view.series;
        let Some(next) = self.next else { return Ok(()) };
        let invited = Invitation {
            community_id: series.community_id,
            series_id: series.id,
            member_id: member.id,
            address: member.address.clone(),
            sequence: known.map_or(0, |one| one.sequence + i64::from(!one.waits())),
            dtstamp: self.now,
            version: series.version,
            invited_from: next.to_string(),
            state: "invited".to_owned(),
            ..Invitation::default()
        };
        let to = To {
            member,
            known: &invited,
        };
        let mail = self.desk.invite(&to)?;
        batch.invite(invited, mail);
        Ok(())
    }

    /// Tells somebody who has it what is different; gives what they then know.
    fn change(
        &self,
        batch: &mut Batch,
        member: &Member,
        known: &Invitation,
        deed: Deed,
    ) -> Result<Invitation, compose::Error> {
        let mut told = Invitation {
            sequence: known.sequence + 1,
            dtstamp: self.now,
            version: self.desk.view.series.version,
            ..known.clone()
        };
        let to = |told| To {
            member,
            known: told,
        };
        match (deed, self.one_of(known)) {
            (Deed::Update, Some((row, on))) if on.to_string() >= known.invited_from => {
                told.version = known.version + 1;
                batch.send(self.desk.one(&to(&told), (row, on))?);
            }
            // What they never had does not change.
            (Deed::Update, Some(_)) => {
                let version = known.version + 1;
                told.clone_from(&Invitation {
                    version,
                    ..known.clone()
                });
            }
            (Deed::Update, None) => batch.send(self.desk.update(&to(&told))?),
            (Deed::End, _) => {
                batch.send(self.desk.end(&to(&told))?);
                told.state = "ended".to_owned();
            }
            _ => {
                batch.send(self.desk.cancel(&to(&told))?);
                told.state = "cancelled".to_owned();
            }
        }
        batch.note(told.clone());
        Ok(told)
    }

    /// The one session that has changed, where it is all that this member was not told.
    fn one_of(&self, known: &Invitation) -> Option<(&Session, NaiveDate)> {
        let only = known.version + 1 == self.version;
        let one = self.one.as_ref().filter(|_| only);
        one.map(|(row, on)| (row, *on))
    }

    /// Nothing is sent, and this version counts as known.
    fn noted(&self, known: &Invitation, state: &str) -> Invitation {
        Invitation {
            version: self.desk.view.series.version,
            state: state.to_owned(),
            ..known.clone()
        }
    }
}

/// What a thread has made; what went wrong in it goes wrong here.
fn joined<T>(thread: thread::ScopedJoinHandle<'_, T>) -> T {
    thread.join().unwrap_or_else(|why| resume_unwind(why))
}

#[cfg(test)]
mod tests;
