//! A post: judged, archived, and its audience frozen, all in one transaction.

use super::rules::{self, Case, Decision, Proof, Verdict};
use super::{
    agreement, audience, closed, commands, dmarc, guests, includes, moderation, secrets, speaker,
    standing, topics, transforms,
};
use crate::archive::file::file;
use crate::archive::threads::{Hints, ancestry};
use crate::cadence::act::Posted;
use crate::cadence::plan;
use crate::config::Charter;
use crate::context::Context;
use crate::identity::{Checked, strength};
use crate::links;
use crate::message::{self, Mail, words};
use crate::outbox::compose;
use crate::routing::Intent;
use crate::sessions::recap;
use crate::store::communities::Community;
use crate::store::intake::{self, Message};
use crate::store::mails::{self, NewMail};
use crate::store::members::{self, Member};
use crate::store::posts::{self, NewPost};
use crate::store::{self, Tx, communities};
use crate::trail::Step;

const HOUR: i64 = 3_600_000;

/// The outcome of a post that is looked at again later: nothing else may be kept of this
/// time. See [`dmarc::waits`].
pub const WAITS: &str = "waits";

/// A message addressed to a list, with all that is known of both.
pub struct Arrival<'a> {
    /// Its row of `intake`: one recipient of the message.
    pub intake: i64,
    /// The community.
    pub community: &'a Community,
    /// Its charter.
    pub charter: &'a Charter,
    /// The message as it came.
    pub message: &'a Message,
    /// The message as it was understood.
    pub mail: &'a Mail,
}

/// What became of it: an intake outcome and its reason.
pub type Outcome = (&'static str, String);

/// Judges a post and, where no rule objects, files and sends it.
///
/// # Errors
/// Where the database refuses or a mail about it cannot be composed; nothing is done
/// then.
pub async fn process(
    tx: &mut Tx,
    ctx: &Context,
    arrival: &Arrival<'_>,
) -> Result<Outcome, compose::Error> {
    // First of all, so that what is judged, filed and sent is the same.
    match secrets::take_out(tx, ctx, arrival.community.id, arrival.message).await? {
        None => pass(tx, ctx, arrival).await,
        Some(message) => {
            let mail = message::parse(&message.raw);
            let arrival = Arrival {
                message: &message,
                mail: &mail,
                ..*arrival
            };
            pass(tx, ctx, &arrival).await
        }
    }
}

async fn pass(
    tx: &mut Tx,
    ctx: &Context,
    arrival: &Arrival<'_>,
) -> Result<Outcome, compose::Error> {
    if let Some(outcome) = misdirected(tx, ctx, arrival).await? {
        return Ok(outcome);
    }
    if arrival.community.closed_at.is_some() {
        return closed::post(tx, ctx, arrival).await;
    }
    let decision = judge(tx, ctx, arrival).await?;
    let reason = decision.reason();
    let step = Step::of_message(
        Some(arrival.community.id),
        &arrival.message.message_id,
        ctx.now(),
    );
    match decision.verdict {
        Verdict::Accept => {}
        Verdict::Hold => {
            step.record(tx, "rules", "hold", &reason).await?;
            moderation::hold(tx, ctx, arrival, &decision.findings).await?;
            return Ok(("held", reason));
        }
        Verdict::Discard => {
            step.record(tx, "rules", "discard", &reason).await?;
            if decision.is_survey_reply() {
                moderation::survey_reply(tx, ctx, arrival, false).await?;
                // Nobody may read the answers: not even in the message as it came.
                let remains = format!("Message-ID: <{}>\r\n\r\n", arrival.message.message_id);
                intake::replace_raw(tx, arrival.message.id, remains.as_bytes()).await?;
            }
            return Ok(("discarded", reason));
        }
    }
    if let Some(reason) = dmarc::waits(ctx, arrival) {
        return Ok((WAITS, reason));
    }
    step.record(tx, "rules", "accept", &reason).await?;
    Ok(publish(tx, ctx, arrival).await?)
}

/// A member's mail to the list that is nothing but a command, such as `unsubscribe`
/// or, in a reply, `mute`, or `DONE 2` below a recap: it is done, and goes to nobody.
async fn misdirected(
    tx: &mut Tx,
    ctx: &Context,
    arrival: &Arrival<'_>,
) -> Result<Option<Outcome>, compose::Error> {
    let word = match words::misdirected(arrival.mail) {
        Some(word) => word,
        None => match recap::done_in(tx, arrival).await? {
            Some(word) => word,
            None => return Ok(None),
        },
    };
    let author = speaker::asking(tx, ctx, arrival, &Intent::Post).await?;
    match author.filter(|author| author.on_list().is_some()) {
        Some(author) => commands::perform(tx, ctx, arrival, &author, None, vec![word])
            .await
            .map(Some),
        // Whoever is no member may be one under another address: a person decides.
        None => Ok(None),
    }
}

/// Judges a post, and does nothing about it.
///
/// # Errors
/// Where the database refuses.
pub async fn judge(tx: &mut Tx, ctx: &Context, arrival: &Arrival<'_>) -> store::Result<Decision> {
    let (community, mail) = (arrival.community, arrival.mail);
    let from = mail.from.first().map_or("", |from| from.address.as_str());
    let author = includes::author(tx, ctx, arrival).await?;
    let list_id = transforms::list_id(&community.slug, &ctx.settings.domain);
    let address = format!("{}@{}", community.slug, ctx.settings.domain);
    // Members of an included community were never asked to agree to this charter.
    let has_agreed = |author: &Member| {
        author.community_id != community.id || agreement::has_agreed(author, community, ctx.now())
    };
    // Counted only for a charter that asks: an author may have written thousands.
    let list = &arrival.charter.list;
    let posts_so_far = match list.probation {
        0 => 0,
        _ => posts::of_author(tx, community.id, from, 0).await?,
    };
    let posts_this_hour = match list.rate {
        None => 0,
        Some(_) => posts::of_author(tx, community.id, from, ctx.now() - HOUR).await?,
    };
    Ok(rules::judge(&Case {
        address: &address,
        mail,
        fields: &message::fields(&arrival.message.raw),
        envelope_from: &arrival.message.envelope_from,
        proof: proof(ctx, arrival),
        size: arrival.message.raw.len() as u64,
        list,
        list_id: &list_id,
        author: author.as_ref(),
        standing: standing::of_author(tx, community.id, mail, author.as_ref()).await?,
        posts_so_far,
        posts_this_hour,
        has_agreed: author.as_ref().is_some_and(has_agreed),
        is_reply: !mail.in_reply_to.is_empty() || !mail.references.is_empty(),
        is_guest: guests::may_answer(tx, arrival).await?,
    }))
}

/// What speaks for the author besides the From line. A part of a reply to a digest came
/// by its member's token.
fn proof(ctx: &Context, arrival: &Arrival<'_>) -> Proof {
    let trusted = &ctx.settings.authentication.trusted_authserv;
    let checked = Checked::from_text(&arrival.message.checked);
    let mail = arrival.mail;
    if arrival.message.via == "digest" || strength::of(mail, trusted, &checked).may_hear() {
        return Proof::Some;
    }
    match strength::is_refused(mail, trusted, &checked) {
        true => Proof::Refused,
        false => Proof::None,
    }
}

/// Files a post and freezes its audience, unless it is here already: a sender
/// that never heard our 250 sends again (RFC 1047).
///
/// # Errors
/// Where the database refuses; nothing is done then.
pub async fn publish(tx: &mut Tx, ctx: &Context, arrival: &Arrival<'_>) -> store::Result<Outcome> {
    let (community, message, mail) = (arrival.community, arrival.message, arrival.mail);
    // From here on alone: two nodes may hold the same message, or two of one thread.
    communities::lock(tx, community.id).await?;
    let author = mail.from.first();
    let address = author.map_or("", |author| author.address.as_str());
    let digest = mail.body_digest.as_bytes();
    if posts::twin(tx, community.id, &message.message_id, address, digest)
        .await?
        .is_some()
    {
        return Ok((
            "duplicate",
            "this message is in the archive already".to_owned(),
        ));
    }
    let name = author
        .and_then(|author| author.name.clone())
        .unwrap_or_default();
    let permalink = links::permalink(&message.message_id);
    let post = new_post(ctx.now(), arrival, &permalink, (&name, address));
    let id = file(tx, &post, &Hints::of(arrival.mail)).await?;
    set_topic(tx, arrival, id).await?;
    send(tx, ctx, arrival, id).await?;
    if message.via != intake::BY_ACT && !speaker::is_machine(arrival) {
        plan_watches(tx, ctx, arrival, (id, address)).await?;
    }
    Ok(("accepted", format!("archived as post {id}")))
}

/// What falls due because somebody has written: is the question answered, and the like.
async fn plan_watches(
    tx: &mut Tx,
    ctx: &Context,
    arrival: &Arrival<'_>,
    (post, address): (i64, &str),
) -> store::Result<()> {
    let community = arrival.community.id;
    let author = members::by_address(tx, community, address).await?;
    let filed = posts::by_id(tx, post).await?;
    let posted = Posted {
        post,
        charter: arrival.charter,
        is_root: filed.is_some_and(|filed| filed.thread_id == post),
        is_first: posts::of_author(tx, community, address, 0).await? == 1,
        author: author.as_ref(),
        subject: &arrival.mail.subject,
        text: &arrival.mail.visible_text,
    };
    plan::after_post(tx, community, &posted, ctx.now()).await
}

/// Says which topic a post is on: its own subject's, else that of what it answers.
async fn set_topic(tx: &mut Tx, arrival: &Arrival<'_>, post: i64) -> store::Result<()> {
    let topics = arrival.charter.topics.iter();
    let names: Vec<&str> = topics.map(|topic| topic.name.as_str()).collect();
    if names.is_empty() {
        return Ok(());
    }
    let topic = match topics::topic_of(&arrival.mail.subject, &names) {
        Some(own) => Some(own.to_owned()),
        None => posts::topic_above(tx, post).await?,
    };
    match topic {
        Some(topic) => posts::set_topic(tx, post, &topic).await,
        None => Ok(()),
    }
}

fn new_post<'a>(
    now: i64,
    arrival: &'a Arrival<'_>,
    permalink: &'a str,
    author: (&'a str, &'a str),
) -> NewPost<'a> {
    let (message, mail) = (arrival.message, arrival.mail);
    NewPost {
        community_id: arrival.community.id,
        raw_id: message.id,
        message_id: &message.message_id,
        permalink,
        body_digest: mail.body_digest.as_bytes(),
        subject: &mail.subject,
        author_name: author.0,
        author_address: author.1,
        sent_at: believable(mail.date.map(|date| date.timestamp_millis()), now),
        archived_at: now,
        text: &mail.text,
        references: references(&message.message_id, mail),
    }
}

/// What a message refers to, nearest last, itself left out.
pub fn references(own: &str, mail: &Mail) -> Vec<String> {
    let found = ancestry(own, &mail.references, &mail.in_reply_to);
    found.into_iter().map(str::to_owned).collect()
}

/// A post's own date where it can be true: not before mail had dates, not after
/// tomorrow. A month view must not open with a mail from 2092.
pub fn believable(date: Option<i64>, now: i64) -> i64 {
    const DAY: i64 = 86_400_000;
    date.filter(|date| *date > 0 && *date < now + DAY)
        .unwrap_or(now)
}

async fn send(tx: &mut Tx, ctx: &Context, arrival: &Arrival<'_>, post: i64) -> store::Result<()> {
    let mut copy = transforms::list_copy(ctx, arrival);
    let filed = posts::by_id(tx, post).await?;
    if filed.is_some_and(|post| post.members_only == 1) {
        // There is no page of it that everybody may see.
        copy.set.retain(|(name, _)| name != "Archived-At");
    }
    let rewritten = dmarc::content(ctx, arrival, copy);
    let step = Step::of_message(
        Some(arrival.community.id),
        &arrival.message.message_id,
        ctx.now(),
    );
    step.record(tx, "transforms", "done", &rewritten.notes.join("; "))
        .await?;
    // Read here, inside the transaction: this is the moment of freezing.
    let roster_version = communities::by_id(tx, arrival.community.id)
        .await?
        .roster_version;
    let mail = NewMail {
        community_id: arrival.community.id,
        name: "post",
        post_id: Some(post),
        message_id: &arrival.message.message_id,
        roster_version: Some(roster_version),
        concerns: "",
        created_at: ctx.now(),
        content: &rewritten.bytes,
    };
    let mail = mails::insert(tx, &mail).await?;
    audience::freeze(tx, ctx, arrival, (post, mail)).await
}
