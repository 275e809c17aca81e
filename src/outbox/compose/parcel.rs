//! Mails that are composed, and written together: one statement for many of them.

use super::text::Text;
use super::{Error, Letter, assemble, unwanted};
use crate::context::Context;
use crate::outbox::catalogue::Entry;
use crate::outbox::offer;
use crate::random;
use crate::store::communities::Community;
use crate::store::mails::{self, NewMail};
use crate::store::outbox::{self, NewRow};
use crate::store::{self, Tx, offers, trail};
use crate::trail::Step;

/// A mail that has no rows yet.
#[derive(Clone, Copy, Debug)]
pub struct Parcel<'a> {
    /// What kind of mail it is.
    pub entry: &'a Entry,
    /// Whom it goes to.
    pub letter: &'a Letter,
    /// Its Message-ID without angle brackets.
    pub message_id: &'a str,
    /// Its bytes.
    pub content: &'a [u8],
}

/// A mail that has no rows yet, kept until others go with it.
#[derive(Clone, Debug)]
pub struct Kept {
    entry: &'static Entry,
    letter: Letter,
    message_id: String,
    content: Vec<u8>,
}

impl Kept {
    /// Composes it.
    ///
    /// # Errors
    /// [`Error::Mail`] where an address cannot be written.
    pub fn compose(
        ctx: &Context,
        community: &Community,
        (entry, text): (&'static Entry, Text),
        mut letter: Letter,
    ) -> Result<Kept, Error> {
        let message_id = match std::mem::take(&mut letter.message_id) {
            none if none.is_empty() => random::message_id(&ctx.settings.domain),
            given => given,
        };
        let content = assemble(ctx, community, entry, text, &letter, &message_id)?;
        letter.calendar = None;
        letter.picture = None;
        Ok(Kept {
            entry,
            letter,
            message_id,
            content,
        })
    }

    /// What is written of it.
    pub fn parcel(&self) -> Parcel<'_> {
        Parcel {
            entry: self.entry,
            letter: &self.letter,
            message_id: &self.message_id,
            content: &self.content,
        }
    }
}

/// Makes the rows of mails that are composed already, and gives their keys, in order. What
/// the budget rules is offered (see [`crate::outbox::release`]); all else goes.
///
/// # Errors
/// Where the database refuses.
pub async fn enqueue_all(
    tx: &mut Tx,
    ctx: &Context,
    community: &Community,
    all: &[Parcel<'_>],
) -> store::Result<Vec<i64>> {
    let rows: Vec<NewMail<'_>> = all.iter().map(|one| row(ctx, community, one)).collect();
    let keys = mails::insert_all(tx, &rows).await?;
    let (mut offered, mut sent) = (Vec::new(), Vec::new());
    for (one, mail) in all.iter().zip(&keys) {
        for (member, address) in &one.letter.to {
            match one.entry.is_offered() {
                true => {
                    let to = (*member, address.as_str());
                    offered.push(offer::row(ctx, (community, *mail), one, to));
                }
                false => sent.push(NewRow {
                    community_id: community.id,
                    mail_id: *mail,
                    member_id: *member,
                    recipient: address,
                }),
            }
        }
    }
    offers::insert_all(tx, &offered).await?;
    outbox::insert_all(tx, &sent, ctx.now()).await?;
    for (one, mail) in all
        .iter()
        .zip(&keys)
        .filter(|(one, _)| !one.entry.is_offered())
    {
        drop_unwanted(tx, ctx, one, *mail).await?;
    }
    let steps: Vec<Step> = all.iter().map(|one| step(ctx, community, one)).collect();
    trail::insert_all(tx, &steps).await?;
    Ok(keys)
}

fn row<'a>(ctx: &Context, community: &Community, one: &Parcel<'a>) -> NewMail<'a> {
    NewMail {
        community_id: community.id,
        name: one.entry.name,
        post_id: None,
        message_id: one.message_id,
        roster_version: None,
        concerns: &one.letter.concerns,
        created_at: ctx.now(),
        content: one.content,
    }
}

async fn drop_unwanted(
    tx: &mut Tx,
    ctx: &Context,
    one: &Parcel<'_>,
    mail: i64,
) -> store::Result<()> {
    for (_, address) in &one.letter.to {
        if let Some(why) = unwanted(tx, one.entry, address).await? {
            outbox::drop_one(tx, mail, address, &why, ctx.now()).await?;
        }
    }
    Ok(())
}

fn step(ctx: &Context, community: &Community, one: &Parcel<'_>) -> Step {
    Step {
        step: "composed".to_owned(),
        verdict: one.entry.name.to_owned(),
        reason: format!("for {} recipients", one.letter.to.len()),
        ..Step::of_message(Some(community.id), one.message_id, ctx.now())
    }
}
