//! Members whom mail does not reach.

use super::gather::Source;
use super::item::{Item, Rank, age, who};
use super::settle::{Settled, Settler};
use crate::lists::bounces;
use crate::lists::home::Home;
use crate::message::words::worksheet::Choice;
use crate::outbox::compose;
use crate::store::attention::{self, Unreached};
use crate::store::{self, Tx, members};
use crate::templates::Phrase;

const KIND: &str = "unreached";

pub(super) const SOURCE: Source = Source {
    kind: KIND,
    gather: |tx, home| Box::pin(gather(tx, home)),
    settle: Some(|tx, by, key, said| Box::pin(settle(tx, by, key, said))),
};

async fn gather(tx: &mut Tx, home: &Home<'_>) -> store::Result<Vec<Item>> {
    let all = attention::unreached(tx, home.community.id).await?;
    Ok(all.iter().map(|one| item(home, one)).collect())
}

/// Who is back and fails again is another item.
fn item(home: &Home<'_>, one: &Unreached) -> Item {
    let title = Phrase::new("worksheet_unreached").with("who", who(&one.name, &one.address));
    let detail = Phrase::new("worksheet_unreached_more")
        .with("age", age(home, one.since))
        .with("address", one.address.clone())
        .with("diagnostic", one.diagnostic.clone());
    let key = format!("{}.{}", one.id, one.since);
    let detail = ("worksheet_release", &detail);
    Item::new(KIND, key, Rank::Delivery, one.since).deciding(home, &title, detail)
}

/// What RESUME does in a reply to the mail about them.
async fn settle(
    tx: &mut Tx,
    by: &Settler<'_>,
    key: &str,
    said: &Choice,
) -> Result<Settled, compose::Error> {
    if *said != Choice::Release {
        return Ok(Settled::Unknown);
    }
    let id = key.split('.').next().and_then(|id| id.parse().ok());
    let Some(member) = members::by_id(tx, id.unwrap_or_default()).await? else {
        return Ok(Settled::before(by));
    };
    let why = format!("{} puts them back", by.member.address);
    match bounces::reset(tx, by.home.ctx, &member.address, &why).await? {
        true => Ok(Settled::Done(
            by.home.say(&Phrase::new("worksheet_resumed")),
        )),
        false => Ok(Settled::before(by)),
    }
}
