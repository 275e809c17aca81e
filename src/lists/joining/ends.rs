//! What time does to those who wait: moderators are reminded once, and what nobody
//! answered ends.

use super::approval;
use super::outcome::{self, What};
use super::{DAY, Joining, trail};
use crate::cadence::{Outcome, Running};
use crate::lists::home::Home;
use crate::outbox::compose;
use crate::store::{self, Tx, communities, joinings, tokens, wishes};
use crate::templates::Phrase;

/// The act that ends a request.
pub const END: &str = "joining-end";

/// The act that reminds moderators of one.
pub const REMINDER: &str = "joining-reminder";

/// Requests and tokens are forgotten so long after their end.
const KEPT: i64 = 90 * DAY;

/// Ends a request that nobody has answered.
///
/// # Errors
/// Where the database refuses.
pub async fn end(tx: &mut Tx, act: &Running<'_>) -> store::Result<Outcome> {
    let home = home(act);
    forget(tx, home.now()).await?;
    let Some(who) = waiting(tx, act).await? else {
        return Ok(Outcome::Dropped("it is decided already".into()));
    };
    if who.expires_at > home.now() {
        return Ok(Outcome::Dropped("it waits for somebody else now".into()));
    }
    joinings::decide(tx, who.id, "expired", "time", home.now()).await?;
    let reason = format!("nobody answered, at the stage {}", who.stage);
    trail(tx, &home, &who, "expired", &reason).await?;
    if who.stage == "approve" {
        passing(tell_all(tx, &home, &who).await)?;
    }
    let text = format!("the request of {} ended unanswered", who.address);
    Ok(Outcome::Done(text))
}

async fn tell_all(tx: &mut Tx, home: &Home<'_>, who: &Joining) -> Result<(), compose::Error> {
    outcome::tell(tx, home, who, What::Expired(approval::DAYS)).await?;
    let said = Phrase::new("outcome_expired");
    approval::tell_others(tx, home, who, None, (said, "")).await
}

/// Reminds moderators of a request that still waits for them.
///
/// # Errors
/// Where the database refuses.
pub async fn remind(tx: &mut Tx, act: &Running<'_>) -> store::Result<Outcome> {
    let home = home(act);
    let found = waiting(tx, act).await?;
    let Some(who) = found.filter(|who| who.stage == "approve") else {
        return Ok(Outcome::Dropped("it is decided already".into()));
    };
    let days = approval::DAYS - (who.expires_at - home.now()).max(0) / DAY;
    match approval::mail_moderators(tx, &home, &who, days).await {
        Ok(_) => Ok(Outcome::Done("moderators were reminded".into())),
        Err(compose::Error::Store(error)) => Err(error),
        Err(error) => Ok(Outcome::Dropped(error.to_string())),
    }
}

/// A mail that cannot be composed must not keep a request open for ever.
fn passing(sent: Result<(), compose::Error>) -> store::Result<()> {
    match sent {
        Err(compose::Error::Store(error)) => Err(error),
        Err(error) => {
            tracing::error!(%error, "nobody is told that a request to join has ended");
            Ok(())
        }
        Ok(()) => Ok(()),
    }
}

fn home<'a>(act: &'a Running<'_>) -> Home<'a> {
    Home {
        ctx: act.ctx,
        community: act.community,
        charter: &act.charter,
    }
}

async fn waiting(tx: &mut Tx, act: &Running<'_>) -> store::Result<Option<Joining>> {
    communities::lock(tx, act.community.id).await?;
    let found = match act.about.parse() {
        Ok(id) => joinings::by_id(tx, id).await?,
        Err(_) => None,
    };
    Ok(found.filter(Joining::is_open))
}

/// What ended long ago is of no use to anybody, and says who wanted what.
async fn forget(tx: &mut Tx, now: i64) -> store::Result<()> {
    let before = now - KEPT;
    tokens::purge(tx, before).await?;
    wishes::purge(tx, before).await?;
    joinings::purge(tx, before).await?;
    Ok(())
}
