//! Deliveries that the relay refused for good, or gave up after five days of answers:
//! they count as a bounce does.

use super::count::{self, Failure};
use crate::cadence::{Outcome, Running};
use crate::message::fault;
use crate::outbox::compose;
use crate::store::{self, Tx, outbox};

pub use crate::store::outbox::REFUSED;

/// Counts the deliveries that the act names. The relay room writes it with their end,
/// so that none is lost.
///
/// # Errors
/// Where the database refuses.
pub async fn refused(tx: &mut Tx, act: &Running<'_>) -> store::Result<Outcome> {
    let ids: Vec<i64> = act
        .about
        .split(',')
        .filter_map(|id| id.parse().ok())
        .collect();
    let mut counted = 0;
    for id in ids {
        let Some((delivery, community)) = outbox::by_id(tx, id).await? else {
            continue;
        };
        if delivery.state != "failed" {
            continue;
        }
        let failure = Failure {
            delivery: &delivery,
            community,
            fault: fault::of_reply(&delivery.reply),
            diagnostic: delivery.reply.clone(),
        };
        match count::count(tx, act.ctx, &failure).await {
            Ok(_) => counted += 1,
            Err(compose::Error::Store(error)) => return Err(error),
            Err(error) => return Ok(Outcome::Dropped(error.to_string())),
        }
    }
    Ok(Outcome::Done(format!(
        "{counted} refused deliveries were counted"
    )))
}
