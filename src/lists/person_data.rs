//! All that is held of a person, over all communities: one JSON document, for
//! whoever it is about.

use serde_json::{Value, json};

use super::bounces;
use crate::clock::rfc3339;
use crate::context::Context;
use crate::outbox::attached::Attachment;
use crate::outbox::compose::{self, Letter};
use crate::store::communities::Community;
use crate::store::{
    self, Tx, agendas, asks, communities, hosts, learnings, members, offers, people, proposals,
    reports, rsvps, stories, thanks, trail,
};
use crate::templates::mails::Export;

/// The attachment's name.
const FILE: &str = "folkmoot-export.json";

/// Everything that is kept of the owner of that address; `None` where nobody is
/// known by it and it wrote nothing.
///
/// # Errors
/// Where the database refuses.
pub async fn gather(tx: &mut Tx, ctx: &Context, address: &str) -> store::Result<Option<Value>> {
    let person = members::person_with(tx, address).await?;
    let addresses = match person {
        Some(person) => members::addresses_of(tx, person).await?,
        None => vec![address.to_owned()],
    };
    let mut posts = Vec::new();
    for community in communities::all(tx).await? {
        for own in &addresses {
            for post in people::posts(tx, community.id, own).await? {
                posts.push(json!({
                    "community": community.slug,
                    "message_id": post.message_id,
                    "subject": post.subject,
                    "at": rfc3339(post.sent_at),
                    "url": crate::links::message(&ctx.settings.base_url, &community.slug, &post.message_id),
                    "raw": raw(tx, post.raw_id).await?,
                }));
            }
        }
    }
    if person.is_none() && posts.is_empty() && !people::is_known(tx, address).await? {
        return Ok(None);
    }
    let stopped = match person {
        Some(person) => people::stopped(tx, person).await?,
        None => Vec::new(),
    };
    Ok(Some(json!({
        "addresses": addresses,
        "memberships": memberships(tx, address).await?,
        "stopped_mails": stopped,
        "asked_for_half_so_often": offers::halved(tx, address).await?,
        "mails_not_sent": not_sent(tx, &addresses).await?,
        "posts": posts,
        "learnings": kept(tx, &addresses).await?,
        "asks_of_sponsors": asked(tx, &addresses).await?,
        "mails_to_you": mails(tx, &addresses).await?,
        "delivery": delivery(tx, ctx, &addresses).await?,
        "recorded": recorded(tx, &addresses).await?,
    })))
}

/// What is offered to them and waits, was merged or dropped.
async fn not_sent(tx: &mut Tx, addresses: &[String]) -> store::Result<Vec<Value>> {
    let mut found = Vec::new();
    for own in addresses {
        for offer in offers::of_recipient(tx, own, i64::MAX).await? {
            found.push(json!({
                "mail": offer.name,
                "message_id": offer.message_id,
                "state": offer.state,
                "reason": offer.reason,
                "at": rfc3339(offer.done_at.unwrap_or(offer.next_at)),
            }));
        }
    }
    Ok(found)
}

/// What was kept of their posts for others, or is to be.
async fn kept(tx: &mut Tx, addresses: &[String]) -> store::Result<Vec<Value>> {
    let mut found = Vec::new();
    for own in addresses {
        for learning in learnings::of_author(tx, own).await? {
            found.push(json!({
                "title": learning.title,
                "summary": learning.summary,
                "tags": learning.tags,
                "state": learning.state,
                "at": rfc3339(learning.created_at),
            }));
        }
    }
    Ok(found)
}

async fn raw(tx: &mut Tx, id: i64) -> store::Result<String> {
    let message = store::intake::message(tx, id).await?;
    Ok(String::from_utf8_lossy(&message.raw).into_owned())
}

async fn memberships(tx: &mut Tx, address: &str) -> store::Result<Vec<Value>> {
    let mut found = Vec::new();
    for member in members::of_address(tx, address).await? {
        let community = communities::by_id(tx, member.community_id).await?;
        found.push(json!({
            "community": community.slug,
            "address": member.address,
            "name": member.name,
            "roles": member.roles().collect::<Vec<_>>(),
            "delivery": member.delivery,
            "own_copies": member.own != 0,
            "topics": member.topics,
            "paused_until": member.paused_until.map(rfc3339),
            "org": member.org,
            "tz": member.tz,
            "state": member.state,
            "joined_at": rfc3339(member.joined_at),
            "left_at": member.left_at.map(rfc3339),
            "answers": answers(tx, member.id).await?,
            "attended": attended(tx, member.id).await?,
            "agenda_items_and_votes": agenda(tx, member.id).await?,
            "asked_to_host": hosting(tx, member.id).await?,
            "thanks": thanked(tx, member.id).await?,
            "charter_changes_proposed": proposed(tx, member.id).await?,
            "charter_votes": votes(tx, member.id).await?,
            "stories": stories_of(tx, member.id).await?,
        }));
    }
    Ok(found)
}

/// What they thanked others for, and others them.
async fn thanked(tx: &mut Tx, member: i64) -> store::Result<Vec<Value>> {
    let all = thanks::of_member(tx, member).await?;
    let told = all.iter().map(|one| {
        json!({
            "said_by_them": one.by_id == member,
            "text": one.text,
            "state": one.state,
            "at": rfc3339(one.at),
        })
    });
    Ok(told.collect())
}

/// What they answered to invitations.
async fn answers(tx: &mut Tx, member: i64) -> store::Result<Vec<Value>> {
    let all = rsvps::named(tx, member).await?;
    let told = all.iter().map(|one| {
        json!({
            "series": one.slug,
            "on": (!one.on_date.is_empty()).then_some(&one.on_date),
            "partstat": one.partstat,
            "comment": one.comment,
            "at": rfc3339(one.at),
        })
    });
    Ok(told.collect())
}

/// The sessions that they came to, as far as somebody has said.
async fn attended(tx: &mut Tx, member: i64) -> store::Result<Vec<Value>> {
    let all = reports::of_member(tx, member).await?;
    let told = all
        .iter()
        .map(|one| json!({ "series": one.slug, "on": one.on_date }));
    Ok(told.collect())
}

/// What they wanted to talk about at sessions, and what they voted for.
async fn agenda(tx: &mut Tx, member: i64) -> store::Result<Vec<Value>> {
    let all = agendas::of_member(tx, member).await?;
    let told = all.iter().map(|one| {
        json!({
            "series": one.series,
            "on": one.on_date,
            "number": one.number,
            "text": (!one.text.is_empty()).then_some(&one.text),
            "at": rfc3339(one.at),
        })
    });
    Ok(told.collect())
}

/// The sessions that they were asked to host, and what became of it.
async fn hosting(tx: &mut Tx, member: i64) -> store::Result<Vec<Value>> {
    let all = hosts::of_member(tx, member).await?;
    let told = all.iter().map(|one| {
        json!({
            "series": one.series,
            "on": one.on_date,
            "state": one.state,
            "at": rfc3339(one.asked_at),
        })
    });
    Ok(told.collect())
}

/// The changes of the charter that they proposed.
async fn proposed(tx: &mut Tx, member: i64) -> store::Result<Vec<Value>> {
    let all = proposals::of_member(tx, member).await?;
    let told = all.iter().map(|one| {
        json!({
            "part": one.key,
            "text": one.after,
            "state": one.state,
            "at": rfc3339(one.opened_at),
        })
    });
    Ok(told.collect())
}

/// How they vote on what is open. What they answer to surveys is not here: nothing that is
/// kept says whose an answer is.
async fn votes(tx: &mut Tx, member: i64) -> store::Result<Vec<Value>> {
    let all = proposals::votes_of_member(tx, member).await?;
    let told = all.iter().map(|one| {
        json!({
            "part": one.key,
            "text": one.after,
            "vote": one.vote,
            "forgotten_at": rfc3339(one.closes_at),
        })
    });
    Ok(told.collect())
}

/// What they told of what the community did for them.
async fn stories_of(tx: &mut Tx, member: i64) -> store::Result<Vec<Value>> {
    let all = stories::of_member(tx, member).await?;
    let told = all.iter().map(|one| {
        json!({
            "text": one.text,
            "cycle": one.cycle,
            "signed": one.signed,
            "state": one.state,
            "allowed_by": one.consent,
            "at": rfc3339(one.created_at),
        })
    });
    Ok(told.collect())
}

/// What they asked of a sponsor, or promised or declined as one.
async fn asked(tx: &mut Tx, addresses: &[String]) -> store::Result<Vec<Value>> {
    let mut found = Vec::new();
    for own in addresses {
        for ask in asks::of_address(tx, own).await? {
            found.push(json!({
                "text": ask.text,
                "cost": ask.cost,
                "state": ask.state,
                "reason": ask.reason,
                "is_promised_by_you": ask.owner == *own,
                "due_on": ask.due_on,
                "at": rfc3339(ask.created_at),
            }));
        }
    }
    Ok(found)
}

async fn mails(tx: &mut Tx, addresses: &[String]) -> store::Result<Vec<Value>> {
    let mut found = Vec::new();
    for address in addresses {
        for mail in people::mails(tx, address).await? {
            found.push(json!({
                "mail": mail.name,
                "message_id": mail.message_id,
                "to": address,
                "state": mail.state,
                "at": rfc3339(mail.done_at.unwrap_or(mail.created_at)),
            }));
        }
    }
    Ok(found)
}

/// What failed, and what was stopped for it.
async fn delivery(tx: &mut Tx, ctx: &Context, addresses: &[String]) -> store::Result<Vec<Value>> {
    let mut found = Vec::new();
    for address in addresses {
        found.extend(
            bounces::known(tx, address, ctx.now())
                .await?
                .map(|known| known.value),
        );
    }
    Ok(found)
}

async fn recorded(tx: &mut Tx, addresses: &[String]) -> store::Result<Vec<Value>> {
    let mut found = Vec::new();
    for address in addresses {
        for step in trail::of_address(tx, address).await? {
            found.push(json!({
                "address": address,
                "at": rfc3339(step.at),
                "step": step.step,
                "verdict": step.verdict,
                "reason": step.reason,
            }));
        }
    }
    Ok(found)
}

/// Mails everything to the letter's recipient; gives the reason of the outcome.
///
/// # Errors
/// Where the database refuses or the mail cannot be composed.
pub async fn send(
    tx: &mut Tx,
    ctx: &Context,
    community: &Community,
    letter: &Letter,
) -> Result<String, compose::Error> {
    let Some((_, address)) = letter.to.first() else {
        return Ok("nobody to send it to".to_owned());
    };
    let found = gather(tx, ctx, address)
        .await?
        .unwrap_or_else(|| json!({ "addresses": [address] }));
    let bytes = serde_json::to_vec_pretty(&found).unwrap_or_default();
    let mail = Export {
        community: ctx.settings.domain.clone(),
        address: address.clone(),
        file: FILE.to_owned(),
        size: format!("{} kB", bytes.len().div_ceil(1024)),
        contents: Vec::new(),
        owner_address: format!("{}-owner@{}", community.slug, ctx.settings.domain),
    };
    let letter = Letter {
        attachments: vec![Attachment {
            name: FILE.to_owned(),
            media_type: "application/json".to_owned(),
            bytes,
        }],
        ..letter.clone()
    };
    compose::send(tx, ctx, community, &mail, &letter).await?;
    Ok(format!("sent everything that is kept to {address}"))
}
