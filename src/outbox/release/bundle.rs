//! Several mails of the programme for one person at the same time, or several worksheets,
//! become sections of one, which counts once. Each keeps its bytes and its own address for replies.

use super::Candidate;
use crate::context::Context;
use crate::message::{self, Mail, headers};
use crate::outbox::catalogue::{self, DIGEST};
use crate::outbox::compose::{self, Letter};
use crate::store::communities::{self, Community};
use crate::store::offers::{self, NewOffer, Offer};
use crate::store::{self, Millis, Tx, mails, outbox};
use crate::templates::mails::{Bundle, BundleSection};

/// What is due within so long is one mail, in milliseconds.
pub(super) const SPAN: Millis = 72 * 3_600_000;

/// The most sections: nobody reads more, and a header line must hold their names.
pub(super) const MOST: usize = 9;

/// What a bundle's row says that it is about, by which a reply to it is known.
pub const CONCERNS: &str = "bundle";

/// Makes one mail of these and records where each of them is; the first one's
/// community sends it. False where it cannot be composed: each goes alone then.
pub(super) async fn send(
    tx: &mut Tx,
    ctx: &Context,
    all: &[&Candidate],
    now: Millis,
) -> store::Result<bool> {
    let Some(first) = all.first() else {
        return Ok(false);
    };
    let community = communities::by_id(tx, first.offer.community_id).await?;
    let offers: Vec<&Offer> = all.iter().map(|one| &one.offer).collect();
    let (sections, abouts) = sections(tx, &community, &offers).await?;
    let bundle = Bundle {
        community: community.name.clone(),
        sections,
        owner_address: format!("{}-owner@{}", community.slug, ctx.settings.domain),
    };
    let to = (first.offer.member_id, first.standing.address.clone());
    let today = compose::today(ctx, &community);
    let letter = Letter {
        to: vec![to],
        about: format!("{today}, {}", abouts.join(", ")),
        concerns: CONCERNS.to_owned(),
        ..Letter::default()
    };
    let message_id = match compose::send(tx, ctx, &community, &bundle, &letter).await {
        Ok(message_id) => message_id,
        Err(compose::Error::Store(error)) => return Err(error),
        Err(error) => {
            tracing::error!(%error, "a digest of several mails cannot be composed");
            return Ok(false);
        }
    };
    let made = mails::by_message_id(tx, &message_id).await?;
    let Some(mail) = made.first() else {
        return Ok(false);
    };
    count(tx, first, mail.id, now).await?;
    for (number, offer) in (1..).zip(offers) {
        merge(tx, offer, (mail.id, number), &message_id, now).await?;
    }
    Ok(true)
}

/// Records that a mail has become section `number` of another, of that key and
/// Message-ID.
///
/// # Errors
/// Where the database refuses.
pub async fn merge(
    tx: &mut Tx,
    offer: &Offer,
    into: (i64, i64),
    message_id: &str,
    now: Millis,
) -> store::Result<()> {
    let reason = format!("a section of the digest <{message_id}>");
    offers::merge(tx, offer.id, &reason, into, now).await?;
    // A reply to this section alone finds the mail by this row.
    let (of, whom) = (offer.community_id, &offer.recipient);
    outbox::insert_dropped(tx, of, offer.mail_id, whom, &reason, now).await
}

/// These mails as sections of one of this community, and what each is about.
///
/// # Errors
/// Where the database refuses.
pub async fn sections(
    tx: &mut Tx,
    community: &Community,
    all: &[&Offer],
) -> store::Result<(Vec<BundleSection>, Vec<String>)> {
    let (mut sections, mut abouts) = (Vec::new(), Vec::new());
    for (number, one) in (1..).zip(all) {
        let content = mails::content(tx, one.mail_id).await?;
        let of = communities::by_id(tx, one.community_id).await?;
        let mail = message::parse(&content);
        sections.push(BundleSection {
            number,
            answers_to: own_address(one, &mail),
            subject: mail.subject,
            community: match of.id == community.id {
                true => String::new(),
                false => of.name,
            },
            lines: mail.text.trim().lines().map(str::to_owned).collect(),
        });
        let header = headers::section(&content, 0, content.len());
        let about = header.find(&content, "Folkmoot-About");
        abouts.extend(about.map(|field| field.text_in(&content)));
    }
    Ok((sections, abouts))
}

/// Where alone a mail can be answered that usually stands alone: what is said to a survey
/// is kept sealed, and would not be where it came with the answers to other mails.
fn own_address(offer: &Offer, mail: &Mail) -> String {
    let stands_alone = catalogue::by_name(&offer.name).is_some_and(|entry| entry.alone);
    let to = mail.reply_to.first().filter(|_| stands_alone);
    to.map_or_else(String::new, |to| to.address.clone())
}

/// The bundle is one mail of its kind.
async fn count(tx: &mut Tx, first: &Candidate, mail: i64, now: Millis) -> store::Result<()> {
    let row = NewOffer {
        community_id: first.offer.community_id,
        mail_id: mail,
        member_id: first.offer.member_id,
        recipient: &first.standing.address,
        name: DIGEST.name,
        kind: &first.offer.kind,
        series: "",
        priority: first.offer.priority,
        due_at: now,
        expires_at: now,
    };
    offers::insert_sent(tx, &row).await
}
