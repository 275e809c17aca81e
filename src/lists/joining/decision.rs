//! The page on which a moderator decides about one request: a link of each one's own,
//! in the mail that asks them.

use super::approval::{self, Verdict};
use crate::context::Context;
use crate::identity::tokens;
use crate::lists::home::Home;
use crate::lists::moderation::desk::Closed;
use crate::lists::roles::{self, Act};
use crate::outbox::compose;
use crate::store::communities::{self, Community};
use crate::store::joinings::{self, Joining};
use crate::store::members::{self, Member};
use crate::store::tokens::Token;
use crate::store::{self, Tx};

/// The kind of these tokens. Their subject is the id of the request.
pub const KIND: &str = "decide-join";

/// Makes the link of one moderator.
pub(super) async fn url(
    tx: &mut Tx,
    home: &Home<'_>,
    who: &Joining,
    moderator: &Member,
) -> store::Result<String> {
    let (token, hash) = tokens::random_token();
    let row = Token {
        community_id: home.community.id,
        kind: KIND.to_owned(),
        address: moderator.address.clone(),
        subject: who.id.to_string(),
        created_at: home.now(),
        expires_at: who.expires_at,
        used_at: None,
    };
    store::tokens::insert(tx, &hash, &row).await?;
    Ok(format!("{}/join/{token}", home.ctx.settings.base_url))
}

/// What a link opens.
pub struct Opened {
    /// The community.
    pub community: Community,
    /// Whose link it is.
    pub moderator: Member,
    /// The request, decided ones too.
    pub who: Joining,
}

/// Opens the link with that token. It changes nothing.
///
/// # Errors
/// See [`Closed`].
pub async fn open(tx: &mut Tx, ctx: &Context, token: &str) -> Result<Opened, Closed> {
    let hash = tokens::hash(token);
    let found = store::tokens::find(tx, &hash).await?;
    let found = found
        .filter(|found| found.kind == KIND)
        .ok_or(Closed::Unknown)?;
    // Somebody may have shown it to a whole list.
    if found.expires_at <= ctx.now() || store::tokens::is_revoked(tx, &hash).await? {
        return Err(Closed::Ended);
    }
    let community = communities::by_id(tx, found.community_id).await?;
    let moderator = members::by_address(tx, community.id, &found.address).await?;
    let moderator = moderator.ok_or(Closed::Unknown)?;
    let id = found.subject.parse().map_err(|_| Closed::Unknown)?;
    request(tx, community, moderator, id).await
}

/// Request `id`, for a member who decides who joins as things stand now.
///
/// # Errors
/// See [`Closed`].
pub async fn request(
    tx: &mut Tx,
    community: Community,
    moderator: Member,
    id: i64,
) -> Result<Opened, Closed> {
    let found = joinings::by_id(tx, id).await?;
    let who = found.filter(|who| who.community_id == community.id && who.stage != "invited");
    let who = who.ok_or(Closed::Unknown)?;
    if !roles::may(&moderator, Act::DecideJoins) {
        return Err(Closed::Unknown);
    }
    Ok(Opened {
        community,
        moderator,
        who,
    })
}

/// Decides; false where the request does not wait any more, and nothing is done.
///
/// # Errors
/// Where the database refuses or a mail cannot be composed.
pub async fn decide(
    tx: &mut Tx,
    home: &Home<'_>,
    id: i64,
    by: &Member,
    verdict: Verdict,
) -> Result<bool, compose::Error> {
    // One decision after the other: whoever comes second finds it closed.
    communities::lock(tx, home.community.id).await?;
    let found = joinings::by_id(tx, id).await?;
    let waits = |who: &Joining| who.is_open() && who.stage == "approve";
    let Some(who) = found.filter(waits) else {
        return Ok(false);
    };
    approval::decide(tx, home, who, by, verdict).await?;
    Ok(true)
}
