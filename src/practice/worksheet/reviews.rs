//! A review of the charter that nobody answered, or that did not take place.

use super::DAY;
use super::gather::Source;
use super::item::{Item, Rank};
use crate::lists::home::Home;
use crate::practice::charter_review;
use crate::store::{self, Millis, Tx, attention};
use crate::templates::Phrase;

/// Facilitators have so long to answer.
const PATIENCE: Millis = 14 * DAY;

/// What is older is left to the next review.
const OLDEST: Millis = 180 * DAY;

pub(super) const SOURCE: Source = Source {
    kind: "review",
    gather: |tx, home| Box::pin(gather(tx, home)),
    settle: None,
};

async fn gather(tx: &mut Tx, home: &Home<'_>) -> store::Result<Vec<Item>> {
    let mut items = Vec::new();
    items.extend(missed(tx, home).await?);
    items.extend(unanswered(tx, home).await?);
    Ok(items)
}

async fn unanswered(tx: &mut Tx, home: &Home<'_>) -> store::Result<Option<Item>> {
    let since = |at: Millis| home.now() - at;
    let review = attention::last_review(tx, home.community.id).await?;
    let waits =
        review.filter(|one| one.answers == 0 && (PATIENCE..OLDEST).contains(&since(one.at)));
    Ok(waits.map(|review| {
        let title = Phrase::new("worksheet_review").with("day", home.day(review.at));
        let item = Item::new("review", review.mail_id, Rank::Community, review.at);
        item.saying(home, &title, &Phrase::new("worksheet_review_more"))
    }))
}

/// The last one fell due, and nobody was asked.
async fn missed(tx: &mut Tx, home: &Home<'_>) -> store::Result<Option<Item>> {
    let (community, now) = (home.community.id, home.now());
    let last = attention::missed(tx, community, charter_review::NAME, now).await?;
    Ok(last.filter(|due| now - due < OLDEST).map(|due| {
        let title = Phrase::new("worksheet_missed").with("day", home.day(due));
        let item = Item::new("missed", due, Rank::Community, due);
        item.saying(home, &title, &Phrase::new("worksheet_review_more"))
    }))
}
