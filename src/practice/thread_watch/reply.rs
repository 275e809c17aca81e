//! Replies of those who were asked: their words go into the thread as a post of their
//! own; whoever passes is replaced.

use super::likely::{Kind, MOST_ASKED, likely};
use super::{Waiting, put, shown, waiting};
use crate::cadence::act::Reply;
use crate::lists::post::Outcome;
use crate::lists::receipt;
use crate::lists::thread_reply::{self, Place, Said};
use crate::lists::{commands, digest};
use crate::message::Mail;
use crate::message::attachments::entities;
use crate::message::words::chosen;
use crate::outbox::compose;
use crate::outbox::moot;
use crate::store::members::Member;
use crate::store::posts::{self, Post};
use crate::store::{self, Tx, communities, watches};
use crate::templates::Phrase;
use crate::templates::mails::{NewcomerUnanswered, Unanswered};
use crate::trail::Step;

/// How people say that they cannot answer.
const PASS: [((), &str); 1] = [(
    (),
    "pass|i pass|weiter|passe|ich passe|weiterfragen|weitergeben|skip",
)];

/// Whether a reply says that its author cannot answer.
pub fn is_pass(mail: &Mail) -> bool {
    chosen(mail, &PASS).is_some()
}

/// Somebody replied to a mail that put a question to them.
///
/// # Errors
/// Where the database refuses or an answer cannot be composed.
pub async fn hear(tx: &mut Tx, reply: &Reply<'_>) -> Result<Outcome, compose::Error> {
    let mail = reply.arrival.mail;
    let is_blank =
        mail.visible_text.trim().is_empty() && entities(&reply.arrival.message.raw).is_empty();
    let root = match is_blank {
        true => None,
        false => root(tx, reply).await?,
    };
    let member = reply.speaker.on_list();
    match (root, member) {
        (Some(root), Some(member)) if is_pass(mail) => pass(tx, reply, &root, member).await,
        (Some(root), _) if !digest::reply::is_request(mail) => post(tx, reply, &root).await,
        _ => {
            let name = reply.mail.name.as_str();
            commands::in_reply(tx, reply.ctx, reply.arrival, reply.speaker, &[name]).await
        }
    }
}

/// The question that the mail was about.
async fn root(tx: &mut Tx, reply: &Reply<'_>) -> store::Result<Option<Post>> {
    let Some((_, id)) = moot::concerned(&reply.mail.concerns) else {
        return Ok(None);
    };
    let found = posts::by_id(tx, id).await?;
    Ok(found.filter(|post| post.community_id == reply.arrival.community.id))
}

/// Their words, as a post of theirs in the thread.
async fn post(tx: &mut Tx, reply: &Reply<'_>, root: &Post) -> Result<Outcome, compose::Error> {
    let message = reply.arrival.message;
    let said = Said {
        message_id: message.message_id.clone(),
        text: reply.arrival.mail.visible_text.trim().to_owned(),
        quoted: Vec::new(),
        attachments: entities(&message.raw),
    };
    let place = Place::of_root(root);
    let reason = format!(
        "an answer to {}, from {}",
        root.message_id, message.message_id
    );
    let trail = ("watch-reply", reason.as_str());
    thread_reply::hand_in(tx, reply.ctx, reply.arrival, (&said, &place), trail).await?;
    Ok(("forwarded", format!("goes to the list as {reason}")))
}

/// Notes that they cannot answer, and asks the next one.
async fn pass(
    tx: &mut Tx,
    reply: &Reply<'_>,
    root: &Post,
    member: &Member,
) -> Result<Outcome, compose::Error> {
    let (ctx, community) = (reply.ctx, reply.arrival.community.id);
    communities::lock(tx, community).await?;
    let is_new = watches::pass(tx, root.id, member.id, ctx.now()).await?;
    let next = match is_new {
        true => ask_next(tx, reply, root).await?,
        false => None,
    };
    let (key, then) = match &next {
        Some(next) => ("passed_on", format!("asked {} instead", next.address)),
        None => ("passed", "nobody else is asked".to_owned()),
    };
    let reason = format!("{} cannot answer; {then}", member.address);
    let step = Step::of_message(Some(community), &root.message_id, ctx.now());
    step.record(tx, &reply.mail.name, "passed", &reason).await?;
    let whom = (Some(member.id), reply.speaker.address.as_str());
    receipt::send(tx, ctx, reply.arrival, whom, &[Phrase::new(key)], None).await?;
    Ok(("command", reason))
}

/// The next one who may answer, asked at once; nobody where it is answered, or was put to
/// enough people. Who was told, and not asked, makes room for nobody.
async fn ask_next(
    tx: &mut Tx,
    reply: &Reply<'_>,
    root: &Post,
) -> Result<Option<Member>, compose::Error> {
    let (ctx, arrival) = (reply.ctx, reply.arrival);
    let community = arrival.community;
    let is_asked =
        moot::concerned(&reply.mail.concerns).is_some_and(|(kind, _)| kind == moot::ASKED);
    let Ok(waiting) = waiting(tx, community.id, &root.id.to_string()).await? else {
        return Ok(None);
    };
    let asked = watches::asked(tx, community.id, &reply.mail.concerns).await?;
    if !is_asked || asked.len() >= MOST_ASKED {
        return Ok(None);
    }
    let kind = match reply.mail.name == Kind::Peers.mail() {
        true => Kind::Peers,
        false => Kind::Experts,
    };
    let next = likely(tx, (community.id, ctx.now()), &waiting, (kind, 1)).await?;
    if !next.is_empty() {
        ask(tx, reply, (&waiting, kind), &next).await?;
    }
    Ok(next.into_iter().next())
}

async fn ask(
    tx: &mut Tx,
    reply: &Reply<'_>,
    (waiting, kind): (&Waiting, Kind),
    next: &[Member],
) -> Result<usize, compose::Error> {
    let home = (reply.ctx, reply.arrival.community, reply.arrival.charter);
    let (what, whom) = ((waiting, moot::ASKED), (next, None));
    let thread = shown(home, waiting);
    match kind {
        Kind::Experts => {
            let mail = Unanswered { thread, others: 0 };
            put(tx, home, what, whom, &mail).await
        }
        Kind::Peers => {
            let mail = NewcomerUnanswered { thread, others: 0 };
            put(tx, home, what, whom, &mail).await
        }
    }
}
