//! A reply to several mails of ours that came as one: each answer goes to the address
//! at which a reply to that mail alone would have come, and is understood there.

use chrono::DateTime;
use lettre::Address;

use super::digest;
use super::digest::which::{Found, Item, Part, which};
use super::moderation;
use super::post::{Arrival, Outcome};
use super::rules::is_survey_answer;
use super::speaker::Speaker;
use crate::context::Context;
use crate::identity::tokens::Purpose;
use crate::lists::commands;
use crate::outbox::compose;
use crate::store::intake::{self, NewMessage};
use crate::store::mails::Mail;
use crate::store::offers::{self, Section};
use crate::store::{Tx, communities};
use crate::surveys;
use crate::trail::Step;

pub use crate::outbox::release::CONCERNS;

/// Somebody replied to that bundle. What names no section and is a command is done.
///
/// # Errors
/// Where the database refuses or an answer cannot be composed.
pub async fn reply(
    tx: &mut Tx,
    ctx: &Context,
    arrival: &Arrival<'_>,
    mail: &Mail,
    speaker: &Speaker,
) -> Result<Outcome, compose::Error> {
    let sections = offers::sections(tx, mail.id, &speaker.address).await?;
    let items: Vec<Item> = sections.iter().map(item).collect();
    let has_survey = sections.iter().any(is_survey);
    match which(&items, &arrival.mail.subject, &arrival.mail.text) {
        _ if has_survey && is_survey_answer(&arrival.mail.visible_text) => {
            stray(tx, ctx, arrival).await?;
            Ok(("discarded", SECRET.to_owned()))
        }
        Found::Parts(parts) if !digest::reply::is_request(arrival.mail) => {
            hand_all_in(tx, ctx, arrival, &sections, &parts).await
        }
        _ => commands::in_reply(tx, ctx, arrival, speaker, &names(&sections)).await,
    }
}

/// The names of the mails, each once.
pub(super) fn names(sections: &[Section]) -> Vec<&str> {
    let mut names: Vec<&str> = sections.iter().map(|one| one.name.as_str()).collect();
    names.dedup();
    names
}

/// Why an answer is not handed in.
const SECRET: &str = "it answers a survey, which has an address of its own for that";

/// Whether answers to it are secret. What came to another address than its own was never
/// sealed, and is answered there alone.
fn is_survey(section: &Section) -> bool {
    surveys::MAILS.contains(&section.name.as_str())
}

/// Tells whoever answered a survey here that nobody has seen it; nothing of it is kept.
async fn stray(tx: &mut Tx, ctx: &Context, arrival: &Arrival<'_>) -> Result<(), compose::Error> {
    moderation::survey_reply(tx, ctx, arrival, true).await?;
    let remains = format!("Message-ID: <{}>\r\n\r\n", arrival.message.message_id);
    intake::replace_raw(tx, arrival.message.id, remains.as_bytes()).await?;
    Ok(())
}

fn item(section: &Section) -> Item {
    Item {
        number: u32::try_from(section.number).unwrap_or(0),
        subject: section.name.clone(),
        posts: Vec::new(),
    }
}

/// Hands in what answers one of these sections.
///
/// # Errors
/// Where the database refuses or an answer cannot be written.
pub(super) async fn hand_all_in(
    tx: &mut Tx,
    ctx: &Context,
    arrival: &Arrival<'_>,
    sections: &[Section],
    parts: &[Part],
) -> Result<Outcome, compose::Error> {
    let (mut told, mut is_stray) = (Vec::new(), false);
    for part in parts {
        let of = |section: &&Section| section.number == i64::from(part.number);
        match sections.iter().find(of) {
            Some(section) if is_survey(section) => is_stray = true,
            Some(section) => {
                let id = hand_in(tx, ctx, arrival, section, part).await?;
                told.push(format!("item {} ({id})", part.number));
            }
            None => {}
        }
    }
    if is_stray {
        stray(tx, ctx, arrival).await?;
    }
    if told.is_empty() && is_stray {
        return Ok(("discarded", SECRET.to_owned()));
    }
    let reason = format!("understood as an answer to {}", told.join(", "));
    Ok(("forwarded", reason))
}

/// Hands a part in as a mail of its author to the section's own address.
async fn hand_in(
    tx: &mut Tx,
    ctx: &Context,
    arrival: &Arrival<'_>,
    section: &Section,
    part: &Part,
) -> Result<String, compose::Error> {
    let community = communities::by_id(tx, section.community_id).await?;
    let domain = &ctx.settings.domain;
    let token = ctx.secret.sign(Purpose::Reply, section.outbox_id);
    let to = format!("{}-reply+{token}@{domain}", community.slug);
    let message_id = digest::reply::own_id(&arrival.message.message_id, part.number, domain);
    let raw = write(ctx, arrival, section, part, (&to, &message_id))
        .ok_or_else(|| compose::Error::Aside("its author's address cannot be written".into()))?;
    let new = NewMessage {
        message_id: &message_id,
        envelope_from: &arrival.message.envelope_from,
        via: "digest",
        peer: "",
        helo: "",
        received_at: ctx.now(),
        raw: &raw,
    };
    intake::insert(tx, &new, std::slice::from_ref(&to), ctx.now()).await?;
    let step = Step::of_message(Some(community.id), &message_id, ctx.now());
    let reason = format!("item {}, from {}", part.number, arrival.message.message_id);
    step.record(tx, "digest-reply", section.name.as_str(), &reason)
        .await?;
    Ok(message_id)
}

fn write(
    ctx: &Context,
    arrival: &Arrival<'_>,
    section: &Section,
    part: &Part,
    (to, message_id): (&str, &str),
) -> Option<Vec<u8>> {
    let from: Address = arrival.mail.from.first()?.address.parse().ok()?;
    let now = ctx.today().fixed_offset();
    let date: DateTime<_> = arrival.mail.date.map_or(now, |date| date.fixed_offset());
    let text = part.text.lines().collect::<Vec<_>>().join("\r\n");
    let raw = format!(
        "From: <{from}>\r\nTo: <{to}>\r\nSubject: Re: {}\r\nDate: {}\r\nMessage-ID: <{message_id}>\r\n\
         In-Reply-To: <{}>\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\
         Content-Transfer-Encoding: 8bit\r\n\r\n{text}\r\n",
        section.name,
        date.to_rfc2822(),
        section.message_id
    );
    Some(raw.into_bytes())
}
