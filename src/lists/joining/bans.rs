//! Whom a community's moderators have banned.

use crate::lists::standing::{self, Verdict};
use crate::message::address as addresses;
use crate::store::{self, Millis, Tx, members, standings};

/// Whether that address, or another one of the same person, may not join. What was
/// said of an address goes before what was said of its whole domain.
pub(super) async fn is_banned(tx: &mut Tx, community: i64, address: &str) -> store::Result<bool> {
    let mut all = vec![address.to_owned()];
    if let Some(person) = members::person_with(tx, address).await? {
        all.extend(members::addresses_of(tx, person).await?);
    }
    let named: Vec<&str> = all.iter().map(String::as_str).collect();
    let found = standings::about(tx, community, &named).await?;
    let of = |pattern: &str| found.iter().find(|one| one.pattern == pattern);
    let is_banned = |address: &&str| {
        let domain = format!("*@{}", addresses::domain_of(address));
        of(address)
            .or_else(|| of(&domain))
            .is_some_and(|one| one.verdict == Verdict::Ban.as_str())
    };
    Ok(named.iter().any(is_banned))
}

/// Bans an address.
pub(super) async fn ban(
    tx: &mut Tx,
    community: i64,
    address: &str,
    by: &str,
    now: Millis,
) -> store::Result<()> {
    let why = ("asked to join", by);
    standing::set(tx, community, address, Verdict::Ban, why, now).await
}
