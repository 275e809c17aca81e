//! Composing a mail of our own: its templates, its headers, its row.

mod parcel;
mod text;

use lettre::address::Envelope;
use lettre::message::Mailbox;
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::{Address, Message};
use serde::Serialize;

use super::attached::{self, Attachment};
use super::catalogue::{self, Class, Entry, Replies};
use super::invite::CalendarPart;
use super::picture::Picture;
use crate::context::Context;
use crate::message::{headers, oneline::oneline, wire};
use crate::random;
use crate::store::communities::Community;
use crate::store::{self, Millis, Tx, failing, stopped};
use crate::templates::mails::Mail;

pub use parcel::{Kept, Parcel, enqueue_all};
pub use text::Text;

/// Whom a mail goes to, and what its header says beside its text.
#[derive(Clone, Debug, Default)]
pub struct Letter {
    /// (member, address) of each recipient; the member where there is one.
    pub to: Vec<(Option<i64>, String)>,
    /// The address that it comes from; empty: the community's owner address.
    pub from: String,
    /// The address that replies go to; empty: what the mail's entry says
    /// ([`Replies`]).
    pub reply_to: String,
    /// What follows the community in `Folkmoot-About`, as `on=2026-01-01`; empty: today.
    pub about: String,
    /// The Message-ID that it answers, without angle brackets; or empty.
    pub in_reply_to: String,
    /// Further Message-IDs of its thread, oldest first, without angle brackets.
    pub references: Vec<String>,
    /// What a reply to it is about, as `hold:12`; or empty.
    pub concerns: String,
    /// Its Message-ID without angle brackets, where several mails with texts of
    /// their own are one to their recipients; empty: a new one.
    pub message_id: String,
    /// What is attached.
    pub attachments: Vec<Attachment>,
    /// The invitation that it carries; then nothing else is attached.
    pub calendar: Option<CalendarPart>,
    /// The one picture that its HTML form shows, by `cid:`.
    pub picture: Option<Picture>,
    /// When a mail that is offered fell due; `None`: now.
    pub due_at: Option<Millis>,
    /// The last moment at which it makes sense; `None`: what its entry says.
    pub expires_at: Option<Millis>,
    /// The series that it invites to, which counts once; or empty.
    pub series: String,
}

/// Why a mail could not be composed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database refused.
    #[error(transparent)]
    Store(#[from] sqlx::Error),
    /// A template is broken or an address cannot be written.
    #[error("the mail {0} cannot be composed: {1}; try `folkmoot check`")]
    Mail(&'static str, String),
    /// It cannot be done as things stand; the text says what to change. What was
    /// to be done is set aside until `queue retry`.
    #[error("{0}; then run `folkmoot queue retry`")]
    Aside(String),
}

/// Composes a mail and makes its rows; gives the Message-ID. Nothing is sent
/// before the transaction is committed and the relay's bell is rung.
///
/// # Errors
/// See [`Error`].
pub async fn send<M: Mail>(
    tx: &mut Tx,
    ctx: &Context,
    community: &Community,
    mail: &M,
    letter: &Letter,
) -> Result<String, Error> {
    let entry = catalogue::by_name(M::NAME)
        .ok_or_else(|| Error::Mail(M::NAME, "it is not in the catalogue".into()))?;
    let message_id = match letter.message_id.as_str() {
        "" => random::message_id(&ctx.settings.domain),
        given => given.to_owned(),
    };
    let content = compose(ctx, community, entry, mail, letter, &message_id)?;
    enqueue(tx, ctx, community, entry, letter, &message_id, &content).await?;
    Ok(message_id)
}

/// Makes the rows of a mail that is composed already. What the budget rules is offered
/// (see [`super::release`]); all else goes.
///
/// # Errors
/// Where the database refuses.
pub async fn enqueue(
    tx: &mut Tx,
    ctx: &Context,
    community: &Community,
    entry: &Entry,
    letter: &Letter,
    message_id: &str,
    content: &[u8],
) -> store::Result<()> {
    let one = Parcel {
        entry,
        letter,
        message_id,
        content,
    };
    enqueue_all(tx, ctx, community, &[one]).await.map(drop)
}

/// Why a mail of ours does not go to that address; an answer always does. An invitation
/// to join is somebody else's wish.
pub(super) async fn unwanted(
    tx: &mut Tx,
    entry: &Entry,
    address: &str,
) -> store::Result<Option<String>> {
    if entry.is_transactional() && *entry != catalogue::LIST_INVITATION {
        return Ok(None);
    }
    if stopped::is_stopped(tx, address, entry.name).await? {
        return Ok(Some("they have stopped this kind of mail".to_owned()));
    }
    failing::closed(tx, address).await
}

/// A mail's bytes, but for what is personal ([`super::personal`]).
///
/// # Errors
/// [`Error::Mail`] where a template is broken or an address cannot be written.
pub fn compose<M: Mail>(
    ctx: &Context,
    community: &Community,
    entry: &'static Entry,
    mail: &M,
    letter: &Letter,
    message_id: &str,
) -> Result<Vec<u8>, Error> {
    let text = (M::TEMPLATE, mail);
    compose_from(ctx, community, entry, text, letter, message_id)
}

/// The same of any template and what it may say.
///
/// # Errors
/// As [`compose`].
pub fn compose_from(
    ctx: &Context,
    community: &Community,
    entry: &'static Entry,
    (template, fields): (&str, &impl Serialize),
    letter: &Letter,
    message_id: &str,
) -> Result<Vec<u8>, Error> {
    let text = Text::render(ctx, community, entry.name, (template, fields))?;
    assemble(ctx, community, entry, text, letter, message_id)
}

/// Puts the header around a text.
fn assemble(
    ctx: &Context,
    community: &Community,
    entry: &'static Entry,
    text: Text,
    letter: &Letter,
    message_id: &str,
) -> Result<Vec<u8>, Error> {
    let fail = |error: &dyn std::fmt::Display| Error::Mail(entry.name, error.to_string());
    let domain = &ctx.settings.domain;
    let about = match letter.about.as_str() {
        "" => today(ctx, community),
        said => said.to_owned(),
    };
    let owner = format!("{}-owner@{domain}", community.slug);
    let address = |text: &str| text.parse::<Address>().map_err(|error| fail(&error));
    let reply_to = if letter.reply_to.is_empty() {
        &owner
    } else {
        &letter.reply_to
    };
    let from = if letter.from.is_empty() {
        &owner
    } else {
        &letter.from
    };
    // lettre asks for an envelope; the real one is made for each recipient.
    let envelope = Envelope::new(None, vec![address(&owner)?]).map_err(|error| fail(&error))?;
    let mut message = Message::builder()
        .envelope(envelope)
        .from(Mailbox::new(Some(oneline(&community.name)), address(from)?))
        .subject(text.subject.as_str())
        .message_id(Some(format!("<{message_id}>")));
    if entry.replies == Replies::Said || !letter.reply_to.is_empty() {
        message = message.reply_to(Mailbox::new(None, address(reply_to)?));
    }
    if !letter.in_reply_to.is_empty() {
        message = message.in_reply_to(format!("<{}>", letter.in_reply_to));
    }
    if let Some(thread) = thread(letter) {
        message = message.references(thread);
    }
    for (name, value) in own_fields(community, entry, &about, domain) {
        message = message.raw_header(HeaderValue::new(
            HeaderName::new_from_ascii_str(name),
            value,
        ));
    }
    let calendar = letter.calendar.as_ref();
    let text = text.into_parts(letter.picture.as_ref());
    let parts = attached::around(text, &letter.attachments, calendar);
    let parts = parts.map_err(|error| fail(&error))?;
    let message = message.multipart(parts).map_err(|error| fail(&error))?;
    Ok(without_date(&wire::canonical(&message.formatted()).bytes))
}

/// The language in which a community is written to.
pub fn language(ctx: &Context, community: &Community) -> String {
    let charter = ctx.charter(community);
    charter.map_or_else(|| "en".to_owned(), |charter| charter.language.clone())
}

/// What stands in References: the thread, and last what is answered (RFC 5322,
/// section 3.6.4).
fn thread(letter: &Letter) -> Option<String> {
    let answered = Some(&letter.in_reply_to).filter(|id| !id.is_empty());
    let earlier = letter.references.iter().filter(|id| Some(*id) != answered);
    let all: Vec<_> = earlier
        .chain(answered)
        .map(|id| format!("<{id}>"))
        .collect();
    (!all.is_empty()).then(|| all.join(" "))
}

/// The community's date, for a mail that answers somebody and is about no day.
pub fn today(ctx: &Context, community: &Community) -> String {
    let zone = ctx.charter(community).map(|charter| charter.timezone);
    let today = ctx.today().with_timezone(&zone.unwrap_or_default());
    today.format("on=%Y-%m-%d").to_string()
}

/// The fields that every mail of our own carries (interfaces.md, "Headers").
fn own_fields(
    community: &Community,
    entry: &Entry,
    about: &str,
    domain: &str,
) -> Vec<(&'static str, String)> {
    let slug = &community.slug;
    let mut fields = vec![
        ("Folkmoot-Mail", entry.name.to_owned()),
        (
            "Folkmoot-About",
            format!("{}; community={slug}; {about}", entry.name),
        ),
        (
            "Auto-Submitted",
            if entry.answers {
                "auto-replied"
            } else {
                "auto-generated"
            }
            .to_owned(),
        ),
        ("List-Id", format!("<{slug}.{domain}>")),
        ("List-Help", format!("<mailto:{slug}-request@{domain}>")),
        ("List-Owner", format!("<mailto:{slug}-owner@{domain}>")),
    ];
    // Conversation is left, and a kind stopped, with one press: that field is personal.
    if entry.class == Class::Transactional {
        let leave = format!("<mailto:{slug}-leave@{domain}>");
        fields.push(("List-Unsubscribe", leave));
    }
    fields
}

const DATE: &[u8] = b"Date:";

/// lettre dates every message with the system's clock. The date is the moment of
/// the first attempt by our own (`outbox::personal`), so this one is taken out.
fn without_date(message: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(message.len());
    let mut at = 0;
    loop {
        let end = headers::line_end(message, at);
        let line = message.get(at..end).unwrap_or_default();
        if line.is_empty() || line == b"\r\n" {
            break;
        }
        let name = line.get(..DATE.len()).unwrap_or_default();
        if !name.eq_ignore_ascii_case(DATE) {
            out.extend_from_slice(line);
        }
        at = end;
    }
    out.extend_from_slice(message.get(at..).unwrap_or_default());
    out
}
