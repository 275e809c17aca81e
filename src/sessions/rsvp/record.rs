//! An answer becomes a row, unless a later one is known.

use super::instance::Instance;
use crate::calendar::read::Partstat;
use crate::lists::home::Home;
use crate::store::members::Member;
use crate::store::rsvps::{self, Rsvp};
use crate::store::series::Series;
use crate::store::{self, Millis, Tx, invitations};
use crate::trail::Step;

/// What somebody answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Answer {
    /// Whether they come.
    pub(super) partstat: Partstat,
    /// The SEQUENCE that they answer.
    pub(super) sequence: i64,
    /// When they answered.
    pub(super) dtstamp: Millis,
    /// Their remark, or empty.
    pub(super) comment: String,
    /// mail, text or page.
    pub(super) via: &'static str,
    /// Who shall come in their place.
    pub(super) delegates: Vec<String>,
}

/// How an answer came, for the trail.
pub(super) struct Noted<'a> {
    pub(super) home: &'a Home<'a>,
    /// The Message-ID, or empty.
    pub(super) message_id: &'a str,
    /// Why it is theirs.
    pub(super) how: &'a str,
}

impl Noted<'_> {
    /// Records an answer; says what became of it.
    pub(super) async fn note(
        &self,
        tx: &mut Tx,
        member: &Member,
        series: &Series,
        instance: &Instance,
        answer: &Answer,
    ) -> store::Result<String> {
        let row = Rsvp {
            community_id: series.community_id,
            series_id: series.id,
            member_id: member.id,
            on_date: instance.key(),
            partstat: answer.partstat.name().to_owned(),
            sequence: answer.sequence,
            dtstamp: answer.dtstamp,
            comment: answer.comment.clone(),
            at: self.home.now(),
            via: answer.via.to_owned(),
        };
        let is_new = rsvps::put(tx, &row).await?;
        let what = match instance.on {
            Some(on) => format!("{} {on}", series.slug),
            None => series.slug.clone(),
        };
        let told = match is_new {
            true => format!("{} for {what}", row.partstat),
            false => format!("{} for {what} is older than what is known", row.partstat),
        };
        let step = Step {
            address: member.address.clone(),
            ..Step::of_message(Some(series.community_id), self.message_id, row.at)
        };
        let verdict = if is_new { "recorded" } else { "stale" };
        let reason = format!("{told}; {}", self.how);
        step.record(tx, "rsvp", verdict, &reason).await?;
        Ok(told)
    }
}

/// An answer that was given now, by a person and no calendar: after all that they
/// answered before, and to what they were told last.
pub(super) async fn now(
    tx: &mut Tx,
    (series, member): (&Series, &Member),
    instance: &Instance,
    answer: Answer,
) -> store::Result<Answer> {
    let told = invitations::of(tx, series.id, member.id).await?;
    let known = rsvps::of_member(tx, series.id, member.id).await?;
    let key = instance.key();
    let known = known.iter().find(|one| one.on_date == key);
    let sequences = [told.map(|one| one.sequence), known.map(|one| one.sequence)];
    let sequence = sequences.into_iter().flatten().max().unwrap_or(0);
    Ok(Answer {
        sequence,
        dtstamp: answer.dtstamp.max(known.map_or(0, |one| one.dtstamp)),
        ..answer
    })
}
