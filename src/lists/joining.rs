//! Joining. What a request does depends on the charter's policy and on how surely
//! its author is known, because a From line proves nothing:
//!
//! | policy | a proven author | a bare From line |
//! | --- | --- | --- |
//! | `open` | joins at once | is asked to confirm |
//! | `confirm` | is asked to confirm | is asked to confirm |
//! | `approve` | moderators decide | moderators decide |
//! | `confirm+approve` | confirms, then moderators decide | the same |
//! | `invite` | is told that people invite | the same |
//!
//! With `approve` moderators may let in an address that nobody has proven, and its
//! owner may be a third person: `confirm+approve` is the safe form. Whatever the
//! policy, nobody gets more mail from it than `limits` allows.

mod approval;
mod bans;
pub mod decision;
mod ends;
mod entry;
mod invitation;
pub(in crate::lists) mod limits;
mod outcome;

pub use approval::{Verdict, answered};
pub use ends::{END, REMINDER, end, remind};
pub use invitation::{Invited, Inviter, invite};
pub use outcome::too_late;

use super::confirmation;
use super::home::Home;
use super::post::{Arrival, Outcome};
use super::speaker::{self, Speaker};
use crate::config::Subscription;
use crate::context::Context;
use crate::identity::{Strength, tokens};
use crate::message::oneline::oneline;
use crate::outbox::compose::{self, Letter};
use crate::store::joinings::{self, Joining};
use crate::store::tokens::Token;
use crate::store::{self, Millis, Tx, acts, communities, members};
use crate::templates::mails::Confirm;
use crate::trail::Step;

/// The kind of token by which an address confirms that it wants to join.
pub const CONFIRM: &str = "join";

/// The kind of token by which somebody accepts an invitation.
pub const INVITE: &str = "invite";

/// A day, in milliseconds.
const DAY: Millis = 86_400_000;

/// What moderators are shown of a request, in lines.
const MOST_LINES: usize = 20;

/// And in characters.
const MOST_WORDS: usize = 2_000;

/// Somebody wrote to `-join`, or said so elsewhere.
///
/// # Errors
/// Where the database refuses or an answer cannot be composed.
pub async fn asked(
    tx: &mut Tx,
    ctx: &Context,
    arrival: &Arrival<'_>,
    speaker: &Speaker,
) -> Result<Outcome, compose::Error> {
    let Some(who) = newcomer(ctx, arrival, speaker) else {
        return Ok(speaker::no_person());
    };
    let home = Home::of(ctx, arrival);
    communities::lock(tx, home.community.id).await?;
    joinings::lock(tx, &who.address).await?;
    let member = members::by_address(tx, home.community.id, &who.address).await?;
    if member.is_some_and(|member| member.on_list()) {
        let reason = format!("{} is a member already", who.address);
        return Ok(("command", reason));
    }
    if bans::is_banned(tx, home.community.id, &who.address).await? {
        let reason = format!("{} is banned and gets no answer", who.address);
        return Ok(("discarded", reason));
    }
    begin(tx, &home, who, speaker.strength).await
}

async fn begin(
    tx: &mut Tx,
    home: &Home<'_>,
    who: Joining,
    strength: Strength,
) -> Result<Outcome, compose::Error> {
    if home.community.closed_at.is_some() {
        let id = (home.community.id, who.address.as_str());
        return match limits::reached(tx, id, strength, home.now()).await? {
            Some(reason) => Ok(("discarded", reason)),
            None => outcome::refuse(tx, home, who).await,
        };
    }
    if strength.may_change()
        && let Some(invited) = open_invitation(tx, home, &who.address).await?
    {
        return entry::enter(tx, home, &invited, "accepted an invitation").await;
    }
    let policy = home.charter.list.subscription;
    let at_once = match policy {
        Subscription::Open => strength.may_change(),
        Subscription::Confirm => strength == Strength::Token,
        _ => false,
    };
    if at_once {
        return entry::enter(tx, home, &who, "asked by mail, and is proven").await;
    }
    let id = (home.community.id, who.address.as_str());
    if let Some(reason) = limits::reached(tx, id, strength, home.now()).await? {
        return Ok(("discarded", reason));
    }
    match policy {
        Subscription::Approve => approval::ask(tx, home, who).await,
        Subscription::ConfirmApprove if strength == Strength::Token => {
            approval::ask(tx, home, who).await
        }
        Subscription::Invite => outcome::refuse(tx, home, who).await,
        _ => ask_to_confirm(tx, home, who).await,
    }
}

async fn open_invitation(
    tx: &mut Tx,
    home: &Home<'_>,
    address: &str,
) -> store::Result<Option<Joining>> {
    let open = joinings::open(tx, home.community.id, address).await?;
    Ok(open.filter(|open| open.stage == "invited" && open.expires_at > home.now()))
}

/// The request as it will be kept. Who has proven an address speaks for that one.
fn newcomer(ctx: &Context, arrival: &Arrival<'_>, speaker: &Speaker) -> Option<Joining> {
    let from = arrival.mail.from.first()?;
    if speaker::is_machine(arrival) {
        return None;
    }
    let address = match speaker.strength {
        Strength::Token => &speaker.address,
        _ => &from.address,
    };
    Some(Joining {
        community_id: arrival.community.id,
        address: address.clone(),
        name: name(from.name.as_deref().unwrap_or_default()),
        words: words(&arrival.mail.visible_text),
        request_id: arrival.message.message_id.clone(),
        proven: speaker.strength.may_change(),
        created_at: ctx.now(),
        ..Joining::default()
    })
}

/// A name goes into headers and lists: one line, and not a long one.
fn name(text: &str) -> String {
    oneline(text).chars().take(200).collect()
}

/// The first lines of what they wrote, without control characters.
fn words(text: &str) -> String {
    let lines = text.trim().lines().take(MOST_LINES).map(oneline);
    let text = lines.collect::<Vec<_>>().join("\n");
    text.chars().take(MOST_WORDS).collect()
}

/// Asks the owner of the address whether they meant it.
async fn ask_to_confirm(
    tx: &mut Tx,
    home: &Home<'_>,
    mut who: Joining,
) -> Result<Outcome, compose::Error> {
    (who.stage, who.expires_at) = ("confirm".into(), home.now() + confirmation::DAYS * DAY);
    who.id = joinings::insert(tx, &who).await?;
    acts::insert(
        tx,
        who.community_id,
        END,
        &who.id.to_string(),
        who.expires_at,
    )
    .await?;
    let reply_to = token(tx, home, &who, CONFIRM).await?;
    let letter = Letter {
        to: vec![(None, who.address.clone())],
        reply_to,
        in_reply_to: who.request_id.clone(),
        ..Letter::default()
    };
    let mail = Confirm {
        community: home.community.name.clone(),
        about: home.charter.charter.domain.clone(),
        address: who.address.clone(),
        days: confirmation::DAYS as u32,
        owner_address: home.address("owner"),
        ..Confirm::default()
    };
    compose::send(tx, home.ctx, home.community, &mail, &letter).await?;
    let reason = format!("join: asked {} to confirm", who.address);
    Ok(("command", reason))
}

/// Makes the token of a request and gives the address that a reply goes to.
async fn token(tx: &mut Tx, home: &Home<'_>, who: &Joining, kind: &str) -> store::Result<String> {
    let (token, hash) = tokens::random_token();
    let row = Token {
        community_id: who.community_id,
        kind: kind.to_owned(),
        address: who.address.clone(),
        subject: who.id.to_string(),
        created_at: home.now(),
        expires_at: who.expires_at,
        used_at: None,
    };
    store::tokens::insert(tx, &hash, &row).await?;
    Ok(home.address(&format!("confirm+{token}")))
}

/// The owner of the address said yes to a confirmation or an invitation.
///
/// # Errors
/// Where the database refuses or an answer cannot be composed.
pub async fn confirmed(
    tx: &mut Tx,
    home: &Home<'_>,
    arrival: &Arrival<'_>,
    request: &Token,
) -> Result<Outcome, compose::Error> {
    communities::lock(tx, home.community.id).await?;
    let Some(mut who) = of_token(tx, request).await?.filter(Joining::is_open) else {
        let reason = "what it confirms has ended already".to_owned();
        return Ok(("discarded", reason));
    };
    who.request_id.clone_from(&arrival.message.message_id);
    who.proven = true;
    joinings::prove(tx, who.id).await?;
    if bans::is_banned(tx, home.community.id, &who.address).await? {
        let reason = format!("{} is banned and gets no answer", who.address);
        return Ok(("discarded", reason));
    }
    match (request.kind.as_str(), home.charter.list.subscription) {
        (CONFIRM, Subscription::Approve | Subscription::ConfirmApprove) => {
            approval::ask(tx, home, who).await
        }
        (CONFIRM, Subscription::Invite) => {
            joinings::decide(tx, who.id, "refused", "the charter", home.now()).await?;
            outcome::tell(tx, home, &who, outcome::What::InviteOnly).await?;
            let reason = "only whom somebody invites can join now".to_owned();
            Ok(("command", reason))
        }
        _ => entry::enter(tx, home, &who, "confirmed by mail").await,
    }
}

/// The owner of the address said no.
///
/// # Errors
/// Where the database refuses.
pub async fn declined(tx: &mut Tx, home: &Home<'_>, request: &Token) -> store::Result<()> {
    let Some(who) = of_token(tx, request).await? else {
        return Ok(());
    };
    joinings::decide(tx, who.id, "declined", &who.address, home.now()).await?;
    trail(tx, home, &who, "declined", "by themselves").await
}

async fn of_token(tx: &mut Tx, request: &Token) -> store::Result<Option<Joining>> {
    match request.subject.parse() {
        Ok(id) => joinings::by_id(tx, id).await,
        Err(_) => Ok(None),
    }
}

async fn trail(
    tx: &mut Tx,
    home: &Home<'_>,
    who: &Joining,
    verdict: &str,
    reason: &str,
) -> store::Result<()> {
    let step = Step::of_person(Some(home.community.id), &who.address, home.now());
    step.record(tx, "joining", verdict, reason).await
}
