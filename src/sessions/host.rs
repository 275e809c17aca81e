//! Who hosts a session: who is asked for it in turn, what they answer, and what the host
//! is told before it begins.

use crate::store::hosts::{self, Key};
use crate::store::members::Member;
use crate::store::series::Series;
use crate::store::{self, Tx};

/// By what a session's host and agenda are kept: they outlive a move and a changed rule.
pub fn key(series: &Series, day: &str) -> Key {
    Key {
        community: series.community_id,
        series: series.slug.clone(),
        on: day.to_owned(),
    }
}

/// The member who hosts the session of that original day (`2026-03-24`), where one has
/// agreed to and belongs to the list still.
///
/// # Errors
/// Where the database refuses.
pub async fn of(tx: &mut Tx, series: &Series, day: &str) -> store::Result<Option<Member>> {
    hosts::agreed(tx, &key(series, day)).await
}
