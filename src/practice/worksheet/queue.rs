//! What the machine cannot get on with. The operator can; a facilitator can tell them.

use super::DAY;
use super::gather::{MOST_OF_SOURCE, Source};
use super::item::{Item, Rank, age};
use crate::lists::home::Home;
use crate::store::intake::{self, Parked};
use crate::store::{self, Millis, Tx, attention};
use crate::templates::Phrase;

/// A mail that another server has not taken for so long is told of.
const PATIENCE: Millis = DAY;

pub(super) const SOURCE: Source = Source {
    kind: "queue",
    gather: |tx, home| Box::pin(gather(tx, home)),
    settle: None,
};

async fn gather(tx: &mut Tx, home: &Home<'_>) -> store::Result<Vec<Item>> {
    let mut items = Vec::new();
    items.extend(aside(tx, home).await?);
    items.extend(stuck(tx, home).await?);
    Ok(items)
}

/// Messages to the community that were set aside: one item for all of them, another
/// one when there are more.
async fn aside(tx: &mut Tx, home: &Home<'_>) -> store::Result<Option<Item>> {
    let all = intake::parked(tx, MOST_OF_SOURCE as i64).await?;
    let ours: Vec<&Parked> = all.iter().filter(|one| is_ours(home, one)).collect();
    let (Some(first), Some(last)) = (ours.first(), ours.last()) else {
        return Ok(None);
    };
    let title = match ours.len() {
        1 => Phrase::new("worksheet_aside"),
        many => Phrase::new("worksheet_asides").with("count", many.to_string()),
    };
    let detail = Phrase::new("worksheet_aside_more").with("age", age(home, first.received_at));
    let item = Item::new("aside", last.id, Rank::Soon, first.received_at);
    Ok(Some(item.saying(home, &title, &detail)))
}

/// A message that is set aside belongs to no community yet: its address says to which.
fn is_ours(home: &Home<'_>, one: &Parked) -> bool {
    let to = one.recipient.to_lowercase();
    let Some((local, domain)) = to.rsplit_once('@') else {
        return false;
    };
    let of_slug = local.strip_prefix(home.community.slug.as_str());
    let what = of_slug.map(|rest| rest.split('+').next().unwrap_or_default());
    let known = [
        "", "-owner", "-request", "-join", "-leave", "-confirm", "-reply", "-rsvp", "-bounces",
    ];
    domain == home.ctx.settings.domain && what.is_some_and(|what| known.contains(&what))
}

async fn stuck(tx: &mut Tx, home: &Home<'_>) -> store::Result<Option<Item>> {
    let until = home.now() - PATIENCE;
    let (count, first, since) = attention::stuck(tx, home.community.id, until).await?;
    let title = match count {
        0 => return Ok(None),
        1 => Phrase::new("worksheet_stuck"),
        many => Phrase::new("worksheet_stucks").with("count", many.to_string()),
    };
    let detail = Phrase::new("worksheet_stuck_more").with("age", age(home, since));
    let item = Item::new("stuck", first, Rank::Delivery, since);
    Ok(Some(item.saying(home, &title, &detail)))
}
