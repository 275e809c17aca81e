//! Who has which series in their calendar. Whatever happened (a series begins or
//! changes, somebody joins, pauses, leaves), an act looks at whoever's calendar is not as
//! the series is (`super::judge`) and mails what is missing, some members a transaction.

use chrono::NaiveDate;

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
use crate::store::{self, Millis, Tx, acts, communities, mails, offers, rsvps, sessions};

/// Members of one transaction: other writers get their turn in between.
const MEMBERS: i64 = 100;

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

/// What an act has to tell, and how far it has come: `SERIES.VERSION.AFTER`, and the day
/// of one session where it is about that alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Errand {
    name: &'static str,
    series: i64,
    version: i64,
    after: i64,
    on: Option<NaiveDate>,
}

impl Errand {
    /// A series begins.
    pub fn first(series: &Series) -> Errand {
        Errand {
            name: INVITATION.name,
            ..Errand::all(series)
        }
    }

    /// A series has changed.
    pub fn all(series: &Series) -> Errand {
        Errand {
            name: CHANGE,
            series: series.id,
            version: series.version,
            after: 0,
            on: None,
        }
    }

    /// One session of it has.
    pub fn one(series: &Series, on: NaiveDate) -> Errand {
        Errand {
            on: Some(on),
            ..Errand::all(series)
        }
    }

    fn write(&self) -> String {
        let on = self.on.map(|day| format!(".{day}")).unwrap_or_default();
        format!("{}.{}.{}{on}", self.series, self.version, self.after)
    }

    fn read(name: &'static str, text: &str) -> Option<Errand> {
        let mut parts = text.splitn(4, '.');
        let mut number = || parts.next()?.parse::<i64>().ok();
        let (series, version, after) = (number()?, number()?, number()?);
        let on = match parts.next() {
            None => None,
            Some(day) => Some(day.parse().ok()?),
        };
        Some(Errand {
            name,
            series,
            version,
            after,
            on,
        })
    }
}

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
        for member in &owed {
            let its = known.iter().find(|one| one.member_id == member.id);
            told.mails += calls.settle_safely(tx, member, its).await?;
        }
        Ok(told)
    }
}

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
            next: coming.first().map(|(on, _)| *on),
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
            },
        }
    }

    /// Settles one member; a mail that cannot be composed is theirs alone.
    async fn settle_safely(
        &self,
        tx: &mut Tx,
        member: &Member,
        known: Option<&Invitation>,
    ) -> store::Result<usize> {
        match self.settle(tx, member, known).await {
            Ok(mails) => Ok(mails),
            Err(compose::Error::Store(error)) => Err(error),
            Err(error) => {
                let step = crate::trail::Step::of_person(
                    Some(member.community_id),
                    &member.address,
                    self.now,
                );
                let reason = error.to_string();
                step.record(tx, "invitation", "failed", &reason).await?;
                Ok(0)
            }
        }
    }

    async fn settle(
        &self,
        tx: &mut Tx,
        member: &Member,
        known: Option<&Invitation>,
    ) -> Result<usize, compose::Error> {
        let series = self.desk.view.series;
        let stands = Standing {
            series,
            next: self.next,
        };
        let deed = judge::judge(&stands, member, known);
        match (deed, known) {
            (Deed::Nothing, _) => Ok(0),
            (Deed::Invite, known) => self.invite(tx, member, known).await,
            (_, None) => Ok(0),
            (Deed::Note, Some(known)) => self.note(tx, known, "invited").await,
            (Deed::Replace, Some(known)) => {
                self.retract(tx, known).await?;
                self.invite(tx, member, Some(known)).await
            }
            (Deed::Retract, Some(known)) => {
                self.retract(tx, known).await?;
                self.note(tx, known, "cancelled").await
            }
            (Deed::Readdress, Some(known)) => {
                self.change(tx, member, known, Deed::Cancel).await?;
                let known = invitations::of(tx, series.id, member.id).await?;
                self.invite(tx, member, known.as_ref())
                    .await
                    .map(|one| one + 1)
            }
            (deed, Some(known)) => self.change(tx, member, known, deed).await,
        }
    }

    /// Invites somebody from the next session on; their SEQUENCE goes on from what they
    /// were sent before.
    async fn invite(
        &self,
        tx: &mut Tx,
        member: &Member,
        known: Option<&Invitation>,
    ) -> Result<usize, compose::Error> {
        let series = self.desk.view.series;
        let Some(next) = self.next else { return Ok(0) };
        let mut invited = Invitation {
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
        let message_id = self.desk.invite(tx, &to).await?;
        let mail = mails::by_message_id(tx, &message_id).await?;
        // One that never went may have had the same name.
        invited.mail_id = mail.last().map(|mail| mail.id);
        invitations::put(tx, &invited).await?;
        Ok(1)
    }

    /// Tells somebody who has it what is different.
    async fn change(
        &self,
        tx: &mut Tx,
        member: &Member,
        known: &Invitation,
        deed: Deed,
    ) -> Result<usize, compose::Error> {
        let version = self.desk.view.series.version;
        let mut told = Invitation {
            sequence: known.sequence + 1,
            dtstamp: self.now,
            version,
            ..known.clone()
        };
        let to = |told| To {
            member,
            known: told,
        };
        let mut mails = 1;
        match (deed, self.one_of(known)) {
            (Deed::Update, Some((row, on))) if on.to_string() >= known.invited_from => {
                told.version = known.version + 1;
                self.desk.one(tx, &to(&told), (row, on)).await?;
            }
            // What they never had does not change.
            (Deed::Update, Some(_)) => {
                let version = known.version + 1;
                told.clone_from(&Invitation {
                    version,
                    ..known.clone()
                });
                mails = 0;
            }
            (Deed::Update, None) => drop(self.desk.update(tx, &to(&told)).await?),
            (Deed::End, _) => {
                self.desk.end(tx, &to(&told)).await?;
                told.state = "ended".to_owned();
            }
            _ => {
                self.desk.cancel(tx, &to(&told)).await?;
                told.state = "cancelled".to_owned();
            }
        }
        invitations::put(tx, &told).await?;
        Ok(mails)
    }

    /// The one session that has changed, where it is all that this member was not told.
    fn one_of(&self, known: &Invitation) -> Option<(&Session, NaiveDate)> {
        let only = known.version + 1 == self.version;
        let one = self.one.as_ref().filter(|_| only);
        one.map(|(row, on)| (row, *on))
    }

    async fn note(
        &self,
        tx: &mut Tx,
        known: &Invitation,
        state: &str,
    ) -> Result<usize, compose::Error> {
        let noted = Invitation {
            version: self.desk.view.series.version,
            state: state.to_owned(),
            ..known.clone()
        };
        invitations::put(tx, &noted).await?;
        Ok(0)
    }

    /// Takes back the invitation that has not gone.
    async fn retract(&self, tx: &mut Tx, known: &Invitation) -> store::Result<()> {
        let Some(mail) = known.mail_id.filter(|_| known.waits()) else {
            return Ok(());
        };
        let why = "another invitation stands for it, or none is needed";
        offers::retract(tx, mail, why, self.now).await
    }
}

#[cfg(test)]
mod tests;
