//! Where the items come from.

use std::collections::HashSet;
use std::future::Future;
use std::pin::Pin;

use super::item::Item;
use super::settle::Settle;
use super::{
    complaints, holds, hosts, joins, queue, recaps, reviews, terms, unanswered, unreached,
};
use crate::lists::home::Home;
use crate::store::{self, Tx, worksheets};

/// The most items of one source.
pub(super) const MOST_OF_SOURCE: usize = 200;

/// Items that are being gathered.
pub(super) type Gathering<'a> = Pin<Box<dyn Future<Output = store::Result<Vec<Item>>> + Send + 'a>>;

/// Finds the items of a kind as things stand.
pub(super) type Gather = for<'a> fn(&'a mut Tx, &'a Home<'a>) -> Gathering<'a>;

/// A kind of thing that needs a person.
pub(super) struct Source {
    /// What the keys of its items begin with.
    pub kind: &'static str,
    /// Finds them.
    pub gather: Gather,
    /// Does what RELEASE and DROP mean, where they mean more than that the item is not
    /// named again.
    pub settle: Option<Settle>,
}

/// Every source; of two items with the same key the earlier one counts.
pub(super) static SOURCES: &[Source] = &[
    queue::SOURCE,
    complaints::SOURCE,
    holds::SOURCE,
    hosts::SOURCE,
    joins::SOURCE,
    unanswered::NEWCOMERS,
    unanswered::QUESTIONS,
    recaps::SOURCE,
    unreached::SOURCE,
    terms::SOURCE,
    reviews::SOURCE,
];

/// All that needs a person, whatever was decided about it: the most urgent first,
/// then the oldest; what is as old stays in its source's order.
///
/// # Errors
/// Where the database refuses.
pub(super) async fn all(tx: &mut Tx, home: &Home<'_>) -> store::Result<Vec<Item>> {
    let (mut known, mut items) = (HashSet::new(), Vec::new());
    for source in SOURCES {
        for item in (source.gather)(tx, home)
            .await?
            .into_iter()
            .take(MOST_OF_SOURCE)
        {
            if known.insert(item.key.clone()) {
                items.push(item);
            }
        }
    }
    items.sort_by_key(|item| (item.rank, item.since));
    Ok(items)
}

/// The same without what facilitators have settled or put off.
///
/// # Errors
/// Where the database refuses.
pub(super) async fn open(tx: &mut Tx, home: &Home<'_>) -> store::Result<Vec<Item>> {
    let hidden = worksheets::hidden(tx, home.community.id, home.now()).await?;
    let hidden: HashSet<String> = hidden.into_iter().collect();
    let mut items = all(tx, home).await?;
    items.retain(|item| !hidden.contains(&item.key));
    Ok(items)
}
