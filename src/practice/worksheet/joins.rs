//! Requests to join that wait for a moderator.

use super::gather::{MOST_OF_SOURCE, Source};
use super::holds::SOON;
use super::item::{Item, Rank, age, short};
use super::settle::{Settled, Settler};
use crate::lists::home::Home;
use crate::lists::joining::{Verdict, decision};
use crate::message::words::worksheet::Choice;
use crate::outbox::compose;
use crate::store::joinings::{self, Joining};
use crate::store::{self, Tx};
use crate::templates::Phrase;

const KIND: &str = "join";

pub(super) const SOURCE: Source = Source {
    kind: KIND,
    gather: |tx, home| Box::pin(gather(tx, home)),
    settle: Some(|tx, by, key, said| Box::pin(settle(tx, by, key, said))),
};

async fn gather(tx: &mut Tx, home: &Home<'_>) -> store::Result<Vec<Item>> {
    let waiting = joinings::waiting(tx, home.community.id, MOST_OF_SOURCE as i64).await?;
    Ok(waiting.iter().map(|who| item(home, who)).collect())
}

fn item(home: &Home<'_>, who: &Joining) -> Item {
    let rank = match who.expires_at - home.now() < SOON {
        true => Rank::Soon,
        false => Rank::Decision,
    };
    let title = Phrase::new("worksheet_join").with("address", named(who));
    let proven = match who.proven {
        true => "worksheet_proven",
        false => "worksheet_unproven",
    };
    let detail = Phrase::new("worksheet_join_more")
        .with("age", age(home, who.created_at))
        .with("end", home.day(who.expires_at))
        .with("proven", home.say(&Phrase::new(proven)));
    let detail = ("worksheet_release_drop", &detail);
    Item::new(KIND, who.id, rank, who.created_at).deciding(home, &title, detail)
}

/// The address is what is decided about; a name can be anybody's.
fn named(who: &Joining) -> String {
    match who.name.trim() {
        "" => who.address.clone(),
        name => format!("{} ({})", who.address, short(name)),
    }
}

/// What APPROVE and DECLINE do in a reply to the mail about the request.
async fn settle(
    tx: &mut Tx,
    by: &Settler<'_>,
    key: &str,
    said: &Choice,
) -> Result<Settled, compose::Error> {
    let id = key.parse().unwrap_or_default();
    let (verdict, told) = match said {
        Choice::Drop(reason) => (Verdict::Reject(reason.clone()), "worksheet_declined"),
        _ => (Verdict::Accept, "worksheet_let_in"),
    };
    match decision::decide(tx, &by.home, id, by.member, verdict).await? {
        true => Ok(Settled::Done(by.home.say(&Phrase::new(told)))),
        false => Ok(Settled::before(by)),
    }
}
