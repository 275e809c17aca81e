//! The way to decide that each moderator has of their own: a token in the address
//! that replies go to, and the same in the link to a page.

use super::moderators;
use crate::context::Context;
use crate::identity::tokens;
use crate::store::communities::Community;
use crate::store::holds::{self, Hold};
use crate::store::members::Member;
use crate::store::tokens::Token;
use crate::store::{self, Tx, communities};

/// The kind of these tokens. Their subject is the ids of the posts that they are for.
pub const KIND: &str = "moderate";

/// How long a mail's token works, in milliseconds.
const VALID: i64 = super::DAYS as i64 * super::DAY;

/// The way to decide that stands in one mail to one moderator.
pub(super) struct Way {
    /// Where a reply goes.
    pub reply_to: String,
    /// The page.
    pub url: String,
}

/// Makes a way for a moderator to decide about these posts.
pub(super) async fn way(
    tx: &mut Tx,
    ctx: &Context,
    community: &Community,
    moderator: &Member,
    holds: &[i64],
) -> store::Result<Way> {
    let (token, hash) = tokens::random_token();
    let ids: Vec<String> = holds.iter().map(i64::to_string).collect();
    let row = Token {
        community_id: community.id,
        kind: KIND.to_owned(),
        address: moderator.address.clone(),
        subject: ids.join(","),
        created_at: ctx.now(),
        expires_at: ctx.now() + VALID,
        used_at: None,
    };
    store::tokens::insert(tx, &hash, &row).await?;
    let settings = &ctx.settings;
    Ok(Way {
        reply_to: format!("{}-reply+{token}@{}", community.slug, settings.domain),
        url: format!("{}/hold/{token}", settings.base_url),
    })
}

/// The posts that a token is for.
pub fn ids(token: &Token) -> Vec<i64> {
    listed(&token.subject)
}

/// The posts that a mail concerns: `hold:12,13`.
pub fn concerned(concerns: &str) -> Vec<i64> {
    listed(concerns.strip_prefix("hold:").unwrap_or_default())
}

fn listed(ids: &str) -> Vec<i64> {
    ids.split(',').filter_map(|id| id.parse().ok()).collect()
}

/// What a link to the page opens.
pub struct Desk {
    /// Whose posts they are.
    pub community: Community,
    /// Whose link it is.
    pub moderator: Member,
    /// The posts, decided ones too.
    pub holds: Vec<Hold>,
}

/// Why a link opens nothing.
#[derive(Debug, thiserror::Error)]
pub enum Closed {
    /// The database refused.
    #[error(transparent)]
    Store(#[from] sqlx::Error),
    /// It was never one, or is not its owner's any more.
    #[error("no such link")]
    Unknown,
    /// Its time is over.
    #[error("the link has ended")]
    Ended,
}

/// Opens the link with that token. It changes nothing.
///
/// # Errors
/// See [`Closed`].
pub async fn open(tx: &mut Tx, ctx: &Context, token: &str) -> Result<Desk, Closed> {
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
    let moderator = moderator(tx, &community, &found.address).await?;
    let moderator = moderator.ok_or(Closed::Unknown)?;
    let mut all = Vec::new();
    for id in ids(&found) {
        all.extend(holds::by_id(tx, id).await?);
    }
    Ok(Desk {
        community,
        moderator,
        holds: all,
    })
}

/// The moderator of that address, as things stand now: who has left or lost the role
/// decides no more.
pub(super) async fn moderator(
    tx: &mut Tx,
    community: &Community,
    address: &str,
) -> store::Result<Option<Member>> {
    let member = store::members::by_address(tx, community.id, address).await?;
    let Some(member) = member else {
        return Ok(None);
    };
    let all = moderators(tx, community.id).await?;
    Ok(all.into_iter().find(|one| one.id == member.id))
}
