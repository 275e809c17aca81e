//! Whom a community's moderators have banned.

use crate::store::{self, Millis, Tx};

/// Whether that address may not join.
pub(super) async fn is_banned(
    _tx: &mut Tx,
    _community: i64,
    _address: &str,
) -> store::Result<bool> {
    Ok(false)
}

/// Bans an address.
pub(super) async fn ban(
    _tx: &mut Tx,
    _community: i64,
    _address: &str,
    _by: &str,
    _now: Millis,
) -> store::Result<()> {
    Ok(())
}
