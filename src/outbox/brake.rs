//! The brake: where too many people tell their providers that a community's mail is
//! spam, its programme mail stops, before the providers refuse all of its mail. Where
//! the mail of all communities together is complained about so often, that of all stops:
//! providers judge the one server that it comes from.

use crate::context::Context;
use crate::store::{self, Millis, Tx, complaints};
use crate::trail::Step;

/// Complaints and mails of so long are counted, in milliseconds.
const WINDOW: Millis = 30 * 86_400_000;

/// One complaint in a small list is one person's, two may be one person's twice.
const FEWEST_TO_STOP: i64 = 3;
const FEWEST_TO_WARN: i64 = 2;

/// Why a mail is not sent while the brake is on.
pub const REASON: &str =
    "the community's programme mail has stopped: too many complaints in 30 days";

/// Why no community's mail is sent while the brake of the installation is on.
pub const EVERYWHERE: &str =
    "programme mail of all communities has stopped: too many complaints in 30 days";

/// What complaints lead to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Brake {
    /// Nothing.
    Off,
    /// One mail in a thousand: somebody should look at what is sent.
    Warn,
    /// Three in a thousand: no programme mail until they are fewer.
    On,
}

/// Judges a number of complaints among a number of mails.
pub fn judge(complaints: i64, sent: i64) -> Brake {
    let in_a_thousand = |most: i64| complaints.saturating_mul(1_000) >= sent.saturating_mul(most);
    match complaints {
        many if many >= FEWEST_TO_STOP && in_a_thousand(3) => Brake::On,
        some if some >= FEWEST_TO_WARN && in_a_thousand(1) => Brake::Warn,
        _ => Brake::Off,
    }
}

/// Counts a complaint, and records where it led; whoever calls tells the facilitators.
///
/// # Errors
/// Where the database refuses.
pub async fn complained(tx: &mut Tx, ctx: &Context, community: i64) -> store::Result<Brake> {
    complaints::insert(tx, community, ctx.now()).await?;
    let since = ctx.now() - WINDOW;
    let count = complaints::since(tx, community, since).await?;
    let sent = complaints::sent_since(tx, community, since).await?;
    let brake = judge(count, sent);
    let verdict = match brake {
        Brake::Off => "noted",
        Brake::Warn => "warning",
        Brake::On => "programme mail stopped",
    };
    let step = Step {
        community_id: Some(community),
        at: ctx.now(),
        ..Step::default()
    };
    let reason = format!("{count} complaints about {sent} mails in 30 days");
    step.record(tx, "complaint", verdict, &reason).await?;
    note_everywhere(tx, ctx).await?;
    Ok(brake)
}

/// Records where the complaints about all communities lead.
async fn note_everywhere(tx: &mut Tx, ctx: &Context) -> store::Result<()> {
    let found = everywhere(tx, ctx.now()).await?;
    let verdict = match found.brake {
        Brake::Off => return Ok(()),
        Brake::Warn => "warning for all communities",
        Brake::On => "programme mail of all communities stopped",
    };
    let step = Step {
        at: ctx.now(),
        ..Step::default()
    };
    step.record(tx, "complaint", verdict, &found.told()).await
}

/// How things stand with the mail of all communities together.
#[derive(Clone, Copy, Debug)]
pub struct Everywhere {
    /// What the complaints lead to.
    pub brake: Brake,
    /// Complaints in 30 days.
    pub complaints: i64,
    /// Mails in the same time; where they are many, so many at least.
    sent: i64,
}

impl Everywhere {
    /// In words.
    pub fn told(&self) -> String {
        let Everywhere {
            complaints, sent, ..
        } = self;
        let at_least = match *sent > complaints.saturating_mul(1_000) {
            true => "more than ",
            false => "",
        };
        let sent = sent.min(&complaints.saturating_mul(1_000)).to_owned();
        format!(
            "{complaints} complaints about {at_least}{sent} mails of all communities in 30 days"
        )
    }
}

/// Judges the complaints about all communities.
///
/// # Errors
/// Where the database refuses.
pub async fn everywhere(tx: &mut Tx, now: Millis) -> store::Result<Everywhere> {
    let since = now - WINDOW;
    let complaints = complaints::since_anywhere(tx, since).await?;
    // Mails are many: no more are counted than change the verdict, and none where a few
    // complaints change nothing.
    let sent = match complaints < FEWEST_TO_WARN {
        true => 0,
        false => {
            let most = complaints.saturating_mul(1_000).saturating_add(1);
            complaints::sent_anywhere(tx, since, most).await?
        }
    };
    Ok(Everywhere {
        brake: judge(complaints, sent),
        complaints,
        sent,
    })
}

/// Whether a community may send no programme mail at that moment.
///
/// # Errors
/// Where the database refuses.
pub async fn is_on(tx: &mut Tx, community: i64, now: Millis) -> store::Result<bool> {
    let since = now - WINDOW;
    let count = complaints::since(tx, community, since).await?;
    // Mails are many, and counted only where it matters how many.
    if count < FEWEST_TO_STOP {
        return Ok(false);
    }
    let sent = complaints::sent_since(tx, community, since).await?;
    Ok(judge(count, sent) == Brake::On)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_complaint_in_a_list_of_ten_stops_nothing() {
        let table = [
            ((0, 0), Brake::Off),
            ((1, 10), Brake::Off),
            ((2, 10), Brake::Warn),
            ((2, 2_000), Brake::Warn),
            ((2, 2_001), Brake::Off),
            ((3, 10), Brake::On),
            ((3, 1_000), Brake::On),
            ((3, 1_001), Brake::Warn),
            ((30, 10_000), Brake::On),
        ];
        for ((complaints, sent), brake) in table {
            assert_eq!(judge(complaints, sent), brake, "{complaints} of {sent}");
        }
    }
}
