//! Sessions of which nothing was told: without a word of their host no recap goes out.

use super::gather::Source;
use super::item::{Item, Rank, day, local_day, short};
use super::{DAY, gather};
use crate::lists::home::Home;
use crate::store::reports::{self, Untold};
use crate::store::{self, Millis, Tx};
use crate::templates::Phrase;

/// A host has so long to answer before anybody else is told.
const PATIENCE: Millis = DAY;

/// So long after a session it can be told.
const OLDEST: Millis = 14 * DAY;

pub(super) const SOURCE: Source = Source {
    kind: "untold",
    gather: |tx, home| Box::pin(gather(tx, home)),
    settle: None,
};

async fn gather(tx: &mut Tx, home: &Home<'_>) -> store::Result<Vec<Item>> {
    let span = (home.now() - OLDEST, home.now() - PATIENCE);
    let most = gather::MOST_OF_SOURCE as i64;
    let all = reports::untold(tx, home.community.id, span, most).await?;
    let mut items = Vec::new();
    for one in &all {
        if is_late(tx, home, one).await? {
            items.push(item(home, one));
        }
    }
    Ok(items)
}

/// Where nobody is asked nobody is late: not where the charter wants no answer, and of a
/// session that it has no more, only where somebody was asked while it had.
async fn is_late(tx: &mut Tx, home: &Home<'_>, one: &Untold) -> store::Result<bool> {
    let planned = home
        .charter
        .sessions
        .iter()
        .find(|session| session.slug == one.slug);
    match planned {
        Some(session) => Ok(session.attendance.is_some() && session.recap.is_some()),
        None => Ok(!reports::asked(tx, one.id).await?.is_empty()),
    }
}

fn item(home: &Home<'_>, one: &Untold) -> Item {
    let title = Phrase::new("worksheet_untold")
        .with("what", short(&one.title))
        .with("day", day(home, local_day(home, one.starts_at)));
    let more = Phrase::new("worksheet_untold_more");
    Item::new("untold", one.id, Rank::Person, one.ends_at).saying(home, &title, &more)
}
