//! Whether the recipient of an offer may get it at all, whatever the budget says.

use std::collections::HashMap;
use std::sync::Arc;

use chrono_tz::Tz;

use super::backoff;
use crate::config::Charter;
use crate::context::Context;
use crate::outbox::brake::{self, Brake};
use crate::outbox::catalogue::{self, Entry};
use crate::outbox::compose;
use crate::outbox::moot;
use crate::store::members::{self, Member};
use crate::store::offers::Offer;
use crate::store::{self, Millis, Tx, communities};

/// Somebody who has paused may resume at any time; it is looked whether they have.
const LOOK_AGAIN: Millis = 86_400_000;

/// Why an offer goes no further.
pub(super) enum Fate {
    /// It is looked at again at that moment.
    Wait(Millis, &'static str),
    /// It ends.
    Drop(String),
}

/// What the budget needs to know of the recipient.
pub(super) struct Standing {
    /// Where their mail goes today.
    pub(super) address: String,
    /// Whose clock rules.
    pub(super) zone: Tz,
    /// The charter of the mail's community.
    pub(super) charter: Arc<Charter>,
    /// Whether they chose a digest of its posts.
    pub(super) gets_digests: bool,
}

/// What is the same for all whom a transaction serves, looked up once.
#[derive(Default)]
pub(super) struct Desk {
    charters: HashMap<i64, Option<Arc<Charter>>>,
    brakes: HashMap<i64, bool>,
    brake_everywhere: Option<bool>,
}

impl Desk {
    async fn charter(
        &mut self,
        tx: &mut Tx,
        ctx: &Context,
        community: i64,
    ) -> store::Result<Option<Arc<Charter>>> {
        if let Some(known) = self.charters.get(&community) {
            return Ok(known.clone());
        }
        let charter = ctx.charter(&communities::by_id(tx, community).await?);
        self.charters.insert(community, charter.clone());
        Ok(charter)
    }

    async fn is_braked(&mut self, tx: &mut Tx, id: i64, now: Millis) -> store::Result<bool> {
        if let Some(known) = self.brakes.get(&id) {
            return Ok(*known);
        }
        let is_on = brake::is_on(tx, id, now).await?;
        self.brakes.insert(id, is_on);
        Ok(is_on)
    }

    async fn is_braked_everywhere(&mut self, tx: &mut Tx, now: Millis) -> store::Result<bool> {
        if let Some(known) = self.brake_everywhere {
            return Ok(known);
        }
        let is_on = brake::everywhere(tx, now).await?.brake == Brake::On;
        self.brake_everywhere = Some(is_on);
        Ok(is_on)
    }
}

/// Looks at who is to get it.
pub(super) async fn judge(
    tx: &mut Tx,
    ctx: &Context,
    desk: &mut Desk,
    offer: &Offer,
) -> store::Result<Result<(&'static Entry, Standing), Fate>> {
    let Some(charter) = desk.charter(tx, ctx, offer.community_id).await? else {
        return Ok(dropped("the charter cannot be read; see `folkmoot check`"));
    };
    let Some(entry) = catalogue::by_name(&offer.name) else {
        return Ok(dropped("this version knows no such mail"));
    };
    let member = match offer.member_id {
        Some(id) => members::by_id(tx, id).await?,
        None => None,
    };
    if let Some(fate) = member
        .as_ref()
        .and_then(|member| of_member(member, offer, ctx.now()))
    {
        return Ok(Err(fate));
    }
    if let Some(reason) = compose::unwanted(tx, entry, &offer.recipient).await? {
        return Ok(Err(Fate::Drop(reason)));
    }
    if offer.kind != "role" && desk.is_braked(tx, offer.community_id, ctx.now()).await? {
        return Ok(Err(braked(offer, brake::REASON, ctx.now())));
    }
    if let Some(reason) = moot::reason(tx, offer).await? {
        return Ok(Err(Fate::Drop(reason)));
    }
    if offer.kind != "role" && desk.is_braked_everywhere(tx, ctx.now()).await? {
        return Ok(Err(braked(offer, brake::EVERYWHERE, ctx.now())));
    }
    if let Some(reason) = backoff::judge(tx, ctx, entry, offer).await? {
        return Ok(dropped(reason));
    }
    let zone = member.as_ref().and_then(|member| member.tz.parse().ok());
    let standing = Standing {
        gets_digests: member.as_ref().is_some_and(Member::receives_digest),
        address: member.map_or_else(|| offer.recipient.clone(), |member| member.address),
        zone: zone.unwrap_or(charter.timezone),
        charter,
    };
    Ok(Ok((entry, standing)))
}

/// What a brake does: what it stops is not sent later. An invitation to a series waits as
/// long as it makes sense, because whoever never got it would get no change of it either.
fn braked(offer: &Offer, reason: &'static str, now: Millis) -> Fate {
    const DAY: Millis = 86_400_000;
    match offer.kind == "series" && now < offer.expires_at {
        true => Fate::Wait((now + DAY).min(offer.expires_at), reason),
        false => Fate::Drop(reason.to_owned()),
    }
}

fn dropped<T>(reason: &str) -> Result<T, Fate> {
    Err(Fate::Drop(reason.to_owned()))
}

/// What being a member says: who has paused gets nothing before they are back.
fn of_member(member: &Member, offer: &Offer, now: Millis) -> Option<Fate> {
    let reason = match member.state.as_str() {
        "left" => return Some(Fate::Drop("has left the community".to_owned())),
        // The act that ends the pause may come a moment later.
        "paused" if member.paused_until.is_some_and(|until| until <= now) => return None,
        "paused" => "they have paused",
        "bouncing" => "mail to them comes back",
        _ => return None,
    };
    if now >= offer.expires_at {
        return Some(Fate::Drop(format!("expired: {reason}")));
    }
    let until = member.paused_until.unwrap_or(Millis::MAX);
    let until = until.max(now + 1).min(now + LOOK_AGAIN);
    Some(Fate::Wait(until.min(offer.expires_at), reason))
}
