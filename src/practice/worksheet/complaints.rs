//! People who told their providers that the community's mail is spam. Nobody is named:
//! they told a provider, not the facilitators.

use super::DAY;
use super::gather::Source;
use super::item::{Item, Rank};
use crate::lists::home::Home;
use crate::outbox::brake;
use crate::store::{self, Millis, Tx, attention};
use crate::templates::Phrase;

/// The complaints of so long are told.
const WINDOW: Millis = 30 * DAY;

pub(super) const SOURCE: Source = Source {
    kind: "complaints",
    gather: |tx, home| Box::pin(gather(tx, home)),
    settle: None,
};

/// One item for all of them; a further complaint makes it another one.
async fn gather(tx: &mut Tx, home: &Home<'_>) -> store::Result<Vec<Item>> {
    let since = home.now() - WINDOW;
    let (count, last, at) = attention::complaints(tx, home.community.id, since).await?;
    if count == 0 {
        return Ok(Vec::new());
    }
    let title = match count {
        1 => Phrase::new("worksheet_complaint"),
        many => Phrase::new("worksheet_complaints").with("count", many.to_string()),
    };
    let is_braked = brake::is_on(tx, home.community.id, home.now()).await?;
    let (kind, rank, detail) = match is_braked {
        true => ("brake", Rank::Soon, "worksheet_brake_more"),
        false => ("complaints", Rank::Delivery, "worksheet_complaints_more"),
    };
    let item = Item::new(kind, last, rank, at);
    Ok(vec![item.saying(home, &title, &Phrase::new(detail))])
}
