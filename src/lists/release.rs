//! Posts that waited for something that has happened since: their author's address
//! has become a member's, or they have accepted the charter.

use super::moderation::{self, By, Choice};
use super::post::{self, Arrival};
use super::rules::Verdict;
use crate::context::Context;
use crate::message;
use crate::store::held::{self, Held};
use crate::store::{self, Tx, communities, intake};
use crate::templates::Phrase;

/// Lets out the held posts from one address where no rule speaks against them any
/// more. `by` is the key of the phrase that says what has happened.
///
/// # Errors
/// Where the database refuses.
pub async fn posts_of(
    tx: &mut Tx,
    ctx: &Context,
    community: i64,
    from: &str,
    by: &'static str,
) -> store::Result<()> {
    for post in held::list(tx, community).await? {
        one(tx, ctx, &post, from, by).await?;
    }
    Ok(())
}

async fn one(
    tx: &mut Tx,
    ctx: &Context,
    post: &Held,
    from: &str,
    by: &'static str,
) -> store::Result<()> {
    let message = intake::message(tx, post.raw_id).await?;
    let mail = message::parse(&message.raw);
    if mail
        .from
        .first()
        .is_none_or(|author| author.address != from)
    {
        return Ok(());
    }
    let community = communities::by_id(tx, post.community_id).await?;
    let Some(charter) = ctx.charter(&community) else {
        return Ok(());
    };
    let arrival = Arrival {
        intake: post.id,
        community: &community,
        charter: &charter,
        message: &message,
        mail: &mail,
    };
    if post::judge(tx, ctx, &arrival).await?.verdict != Verdict::Accept {
        return Ok(());
    }
    let by = By {
        name: ctx
            .templates
            .say(&charter.language, &community.slug, &Phrase::new(by)),
        address: String::new(),
    };
    match moderation::decide(tx, ctx, post.id, &Choice::Accept, &by).await {
        Err(moderation::Refused::Store(error)) => Err(error),
        // Somebody else was first, or it cannot be: the post stays as it is.
        _ => Ok(()),
    }
}
