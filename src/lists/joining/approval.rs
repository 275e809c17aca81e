//! Moderators decide who joins, by replying. Whoever is first wins; the others are
//! told in the same thread.

use super::outcome::{self, What};
use super::{DAY, END, Joining, REMINDER, bans, decision, entry, trail};
use crate::context::Context;
use crate::lists::home::Home;
use crate::lists::post::{Arrival, Outcome};
use crate::lists::roles::{self, Act};
use crate::lists::speaker::Speaker;
use crate::message::words::{self, Answer, Word};
use crate::outbox::compose::{self, Letter};
use crate::random;
use crate::store::members::Member;
use crate::store::{Tx, acts, communities, joinings};
use crate::templates::Phrase;
use crate::templates::mails::{Clarification, JoinRequest, ModerationOutcome};

/// How long a request waits for moderators, in days.
pub(super) const DAYS: i64 = 14;

/// After so many they are reminded.
const REMINDED_AFTER: i64 = 7;

/// What a moderator said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// They join.
    Accept,
    /// They do not, for this reason; may be empty.
    Reject(String),
    /// They do not, and hear nothing.
    Discard,
    /// The same, and they may not ask again.
    Ban,
}

/// Puts a request before the moderators.
pub(super) async fn ask(
    tx: &mut Tx,
    home: &Home<'_>,
    mut who: Joining,
) -> Result<Outcome, compose::Error> {
    let now = home.now();
    (who.stage, who.expires_at) = ("approve".into(), now + DAYS * DAY);
    if who.id == 0 {
        who.id = joinings::insert(tx, &who).await?;
    }
    let about = who.id.to_string();
    acts::insert(
        tx,
        who.community_id,
        REMINDER,
        &about,
        now + REMINDED_AFTER * DAY,
    )
    .await?;
    acts::insert(tx, who.community_id, END, &about, who.expires_at).await?;
    let notice = mail_moderators(tx, home, &who, 0).await?;
    joinings::move_on(tx, who.id, &who.stage, who.expires_at, &notice).await?;
    trail(tx, home, &who, "waits", "moderators decide").await?;
    let reason = format!("join: moderators decide about {}", who.address);
    Ok(("command", reason))
}

/// Mails the moderators, again after `waited` days; gives the Message-ID.
pub(super) async fn mail_moderators(
    tx: &mut Tx,
    home: &Home<'_>,
    who: &Joining,
    waited: i64,
) -> Result<String, compose::Error> {
    let deciders = roles::deciders(tx, home.community.id).await?;
    if deciders.is_empty() {
        return Err(compose::Error::Aside(
            "the community has nobody to decide who joins; name a facilitator in its charter"
                .into(),
        ));
    }
    let message_id = random::message_id(&home.ctx.settings.domain);
    for decider in &deciders {
        let letter = Letter {
            to: recipients(std::slice::from_ref(decider)),
            in_reply_to: who.notice_id.clone(),
            concerns: format!("joining:{}", who.id),
            // To all of them it is one mail, with a link of each one's own.
            message_id: message_id.clone(),
            ..Letter::default()
        };
        let mail = JoinRequest {
            community: home.community.name.clone(),
            address: who.address.clone(),
            is_proven: who.proven,
            name: who.name.clone(),
            words: who.words.lines().map(str::to_owned).collect(),
            days: DAYS as u32,
            waits_days: waited as u32,
            dropped_on: home.day(who.expires_at),
            decide_url: decision::url(tx, home, who, decider).await?,
        };
        compose::send(tx, home.ctx, home.community, &mail, &letter).await?;
    }
    Ok(message_id)
}

fn recipients(members: &[Member]) -> Vec<(Option<i64>, String)> {
    let to = |member: &Member| (Some(member.id), member.address.clone());
    members.iter().map(to).collect()
}

/// A moderator replied to the mail about request `id`.
///
/// # Errors
/// Where the database refuses or an answer cannot be composed.
pub async fn answered(
    tx: &mut Tx,
    ctx: &Context,
    arrival: &Arrival<'_>,
    speaker: &Speaker,
    id: i64,
) -> Result<Outcome, compose::Error> {
    let home = Home::of(ctx, arrival);
    communities::lock(tx, home.community.id).await?;
    let may = |member: &&Member| roles::may(member, Act::DecideJoins);
    let Some(by) = speaker.on_list().filter(may) else {
        let reason = format!("{} does not decide who joins", speaker.address);
        return Ok(("discarded", reason));
    };
    let found = joinings::by_id(tx, id).await?;
    let Some(who) = found.filter(|who| who.community_id == home.community.id) else {
        return Ok(("discarded", "there is no such request any more".into()));
    };
    if !who.is_open() {
        let reason = format!("decided already: {} by {}", who.stage, who.decided_by);
        return Ok(("command", reason));
    }
    match verdict(&words::answer(arrival.mail)) {
        Some(verdict) => decide(tx, &home, who, by, verdict).await,
        None => not_understood(tx, &home, arrival, by, id).await,
    }
}

fn verdict(answer: &Answer) -> Option<Verdict> {
    match &answer.word {
        Some(Word::Accept | Word::Approve | Word::Trust | Word::Confirm) => Some(Verdict::Accept),
        Some(Word::Reject(reason) | Word::Decline(reason)) => Some(Verdict::Reject(reason.clone())),
        Some(Word::Discard) => Some(Verdict::Discard),
        Some(Word::Ban) => Some(Verdict::Ban),
        _ if answer.is_question => None,
        _ if answer.is_yes => Some(Verdict::Accept),
        _ if answer.is_no => Some(Verdict::Reject(answer.text.clone())),
        _ => None,
    }
}

pub(super) async fn decide(
    tx: &mut Tx,
    home: &Home<'_>,
    who: Joining,
    by: &Member,
    verdict: Verdict,
) -> Result<Outcome, compose::Error> {
    let (name, now) = (name(by), home.now());
    let reason = match &verdict {
        Verdict::Reject(reason) => reason.as_str(),
        _ => "",
    };
    let key = match &verdict {
        Verdict::Accept => {
            entry::enter(tx, home, &who, &format!("accepted by {}", by.address)).await?;
            "outcome_accepted"
        }
        Verdict::Reject(reason) => {
            joinings::decide(tx, who.id, "rejected", &by.address, now).await?;
            outcome::tell(tx, home, &who, What::Rejected(reason.clone())).await?;
            "outcome_rejected"
        }
        Verdict::Discard => {
            joinings::decide(tx, who.id, "rejected", &by.address, now).await?;
            "outcome_discarded"
        }
        Verdict::Ban => {
            joinings::decide(tx, who.id, "rejected", &by.address, now).await?;
            bans::ban(tx, home.community.id, &who.address, &by.address, now).await?;
            "outcome_banned"
        }
    };
    let verdict = key.trim_start_matches("outcome_");
    trail(
        tx,
        home,
        &who,
        verdict,
        &format!("by {}: {reason}", by.address),
    )
    .await?;
    let said = Phrase::new(key).with("by", name);
    tell_others(tx, home, &who, Some(by.id), (said, reason)).await?;
    let done = format!("{} of {}: {verdict} by {}", "join", who.address, by.address);
    Ok(("command", done))
}

fn name(by: &Member) -> String {
    match by.name.is_empty() {
        true => by.address.clone(),
        false => by.name.clone(),
    }
}

/// The other moderators are told in the thread of the mail that asked them.
pub(super) async fn tell_others(
    tx: &mut Tx,
    home: &Home<'_>,
    who: &Joining,
    decider: Option<i64>,
    (said, reason): (Phrase, &str),
) -> Result<(), compose::Error> {
    let mut others = roles::deciders(tx, home.community.id).await?;
    others.retain(|other| Some(other.id) != decider);
    if others.is_empty() {
        return Ok(());
    }
    let letter = Letter {
        to: recipients(&others),
        in_reply_to: who.notice_id.clone(),
        concerns: format!("joining:{}", who.id),
        ..Letter::default()
    };
    let mail = ModerationOutcome {
        community: home.community.name.clone(),
        subject: who.address.clone(),
        joining: true,
        outcome: home.say(&said.with("at", home.moment(home.now()))),
        reason: reason.to_owned(),
        too_late: false,
    };
    compose::send(tx, home.ctx, home.community, &mail, &letter).await?;
    Ok(())
}

async fn not_understood(
    tx: &mut Tx,
    home: &Home<'_>,
    arrival: &Arrival<'_>,
    by: &Member,
    id: i64,
) -> Result<Outcome, compose::Error> {
    let first = arrival.mail.visible_text.trim().lines().next();
    let mail = Clarification {
        community: home.community.name.clone(),
        read: first.unwrap_or_default().chars().take(80).collect(),
        problem: home.say(&Phrase::new("joining_undecided")),
        examples: home
            .say(&Phrase::new("joining_words"))
            .split(", ")
            .map(str::to_owned)
            .collect(),
        owner_address: home.address("owner"),
        ..Clarification::default()
    };
    let letter = Letter {
        to: vec![(Some(by.id), by.address.clone())],
        in_reply_to: arrival.message.message_id.clone(),
        // So that a reply to the explanation decides, too.
        concerns: format!("joining:{id}"),
        ..Letter::default()
    };
    compose::send(tx, home.ctx, home.community, &mail, &letter).await?;
    let reason = format!("{} decided nothing, and was told the words", by.address);
    Ok(("command", reason))
}
