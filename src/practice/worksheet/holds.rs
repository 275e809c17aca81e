//! Posts that wait for a moderator.

use super::DAY;
use super::gather::{MOST_OF_SOURCE, Source};
use super::item::{Item, Rank, age, short, who};
use super::settle::{Settled, Settler};
use crate::lists::home::Home;
use crate::lists::moderation::{self, By, Choice, Refused};
use crate::message::words::worksheet::Choice as Said;
use crate::outbox::compose;
use crate::store::holds::{self, Hold};
use crate::store::{self, Millis, Tx};
use crate::templates::Phrase;

/// What is given up before the worksheet after the next one is urgent.
pub(super) const SOON: Millis = 8 * DAY;

const KIND: &str = "hold";

pub(super) const SOURCE: Source = Source {
    kind: KIND,
    gather: |tx, home| Box::pin(gather(tx, home)),
    settle: Some(|tx, by, key, said| Box::pin(settle(tx, by, key, said))),
};

async fn gather(tx: &mut Tx, home: &Home<'_>) -> store::Result<Vec<Item>> {
    let waiting = holds::open(tx, home.community.id, MOST_OF_SOURCE as i64).await?;
    Ok(waiting.iter().map(|hold| item(home, hold)).collect())
}

fn item(home: &Home<'_>, hold: &Hold) -> Item {
    let rank = match hold.expires_at - home.now() < SOON {
        true => Rank::Soon,
        false => Rank::Decision,
    };
    let title = Phrase::new("worksheet_hold")
        .with("author", who(&hold.author_name, &hold.author))
        .with("subject", short(&hold.subject));
    let detail = Phrase::new("worksheet_hold_more")
        .with("age", age(home, hold.held_at))
        .with("end", home.day(hold.expires_at))
        .with("reason", moderation::reasons(hold).join(" "));
    let detail = ("worksheet_release_drop", &detail);
    Item::new(KIND, hold.intake_id, rank, hold.held_at).deciding(home, &title, detail)
}

/// What ACCEPT, REJECT and DISCARD do in a reply to the mail about the post.
async fn settle(
    tx: &mut Tx,
    by: &Settler<'_>,
    key: &str,
    said: &Said,
) -> Result<Settled, compose::Error> {
    let id = key.parse().unwrap_or_default();
    let choice = match said {
        Said::Drop(reason) if reason.is_empty() => Choice::Discard,
        Said::Drop(reason) => Choice::Reject(reason.clone()),
        _ => Choice::Accept,
    };
    let done = moderation::decide(tx, by.home.ctx, id, &choice, &By::moderator(by.member)).await;
    let is_first = match done {
        Ok(()) => true,
        Err(Refused::Gone(_)) => false,
        Err(Refused::Store(error)) => return Err(error.into()),
        Err(Refused::Mail(error)) => return Err(error),
        Err(Refused::Charter) => {
            return Err(compose::Error::Aside(Refused::Charter.to_string()));
        }
    };
    let Some(hold) = holds::by_id(tx, id).await? else {
        return Ok(Settled::before(by));
    };
    let told = moderation::outcome_sentence(by.home.ctx, by.home.community, &hold);
    Ok(match is_first {
        true => Settled::Done(told),
        false => Settled::Before(told),
    })
}
