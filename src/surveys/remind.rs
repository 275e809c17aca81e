//! The one reminder of a health check, to those who have neither answered nor skipped.

use super::ask;
use crate::cadence::{Outcome, Running};
use crate::store::{self, Tx, acts, surveys};

/// Reminds; the act is about the wave.
pub const NAME: &str = "survey-remind";

/// Writes to the next members who have not answered, and plans itself anew where there
/// are more. Who has paused is not reminded: the mail waits, and ends with the survey.
///
/// # Errors
/// Where the database refuses.
pub async fn run(tx: &mut Tx, act: &Running<'_>) -> store::Result<Outcome> {
    let Some(asked) = ask::of_act(tx, act).await? else {
        return Ok(Outcome::Dropped("the survey has closed".into()));
    };
    let waiting = surveys::unanswered(tx, asked.wave.id, ask::BATCH).await?;
    let home = (act.community, &*act.charter);
    for invitee in &waiting {
        if let Err(why) = ask::write(tx, act.ctx, home, &asked, (invitee, "", true)).await? {
            return Ok(Outcome::Dropped(why));
        }
        surveys::set_reminded(tx, invitee.id).await?;
    }
    let count = waiting.len();
    if i64::try_from(count).unwrap_or(ask::BATCH) == ask::BATCH {
        acts::insert(tx, act.community.id, NAME, &act.about, act.due_at + 1).await?;
    }
    Ok(Outcome::Done(format!("offered to {count} members")))
}
