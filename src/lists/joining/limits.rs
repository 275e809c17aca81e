//! The limits against sign-up bombing: whoever writes `-join` in a victim's name
//! makes us write to the victim at most once a list, and three times a day over all
//! lists. Addresses are compared as they are: what a plus sign or a dot means in
//! one is known to its own server alone.

use super::DAY;
use crate::identity::Strength;
use crate::store::{self, Millis, Tx, joinings, wishes};

/// So many of these mails a day go to one address, over all lists.
const MOST_A_DAY: usize = 3;

/// No request waits longer than this.
const LONGEST: Millis = 14 * DAY;

/// Why no mail that nobody has proven to want may go to this address of that
/// community; `None` where there is room for one.
pub async fn reached(
    tx: &mut Tx,
    (community, address): (i64, &str),
    strength: Strength,
    now: Millis,
) -> store::Result<Option<String>> {
    let known = joinings::recent(tx, address, now - LONGEST).await?;
    let mut today = 0;
    for one in known.iter().filter(|one| one.stage != "joined") {
        let is_of_today = one.created_at > now - DAY;
        today += usize::from(is_of_today);
        let waits = one.is_open() && one.expires_at > now;
        if one.community_id == community && (waits || is_of_today) {
            return Ok(Some(format!("{address} has been written to already")));
        }
    }
    let wished = wishes::recent(tx, address, now - DAY).await?;
    today += wished.iter().filter(|wish| wish.far == address).count();
    // The three a day protect a victim; who proves the address is none. What was
    // relayed can be handed in again by whoever has it.
    let is_too_many = today >= MOST_A_DAY && !strength.may_change();
    Ok(is_too_many.then(|| format!("{address} has been written to {today} times today")))
}
