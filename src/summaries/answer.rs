//! What answers a reply to a mail of this room: a receipt, or one clarification. Both
//! concern what their mail concerned, so that a reply to them is heard by the same.

use crate::cadence::act::Reply;
use crate::lists::home::Home;
use crate::lists::post::Outcome;
use crate::outbox::compose::{self, Letter};
use crate::store::{Millis, Tx, answers, counted_answers};
use crate::templates::Phrase;
use crate::templates::mails::{Clarification, Receipt};

const DAY: Millis = 86_400_000;

/// Answers to one address and community in a day: a machine must come to an end.
const MOST_A_DAY: i64 = 20;

/// One clarification about one mail in so long.
const ONCE: Millis = 7 * DAY;

/// Says what was done.
///
/// # Errors
/// Where the database refuses or the answer cannot be composed.
pub async fn done(
    tx: &mut Tx,
    reply: &Reply<'_>,
    done: &[Phrase],
    concerns: &str,
) -> Result<(), compose::Error> {
    let home = Home::of(reply.ctx, reply.arrival);
    let (community, now) = (home.community.id, home.now());
    let whom = (community, reply.speaker.address.as_str());
    if !counted_answers::note(tx, whom, "receipt", (now - DAY, now), MOST_A_DAY).await? {
        return Ok(());
    }
    let mail = Receipt {
        community: home.community.name.clone(),
        done: done.iter().map(|phrase| home.say(phrase)).collect(),
        owner_address: home.address("owner"),
        ..Receipt::default()
    };
    compose::send(
        tx,
        home.ctx,
        home.community,
        &mail,
        &letter(reply, concerns),
    )
    .await?;
    Ok(())
}

/// Says what could not be done and, by a phrase of examples, what would be understood; once
/// about a mail, then silence.
///
/// # Errors
/// Where the database refuses or the answer cannot be composed.
pub async fn clarify(
    tx: &mut Tx,
    reply: &Reply<'_>,
    (done, problem): (&[Phrase], &Phrase),
    (concerns, examples): (&str, &'static str),
) -> Result<Outcome, compose::Error> {
    let home = Home::of(reply.ctx, reply.arrival);
    let (community, to) = (home.community.id, reply.speaker.address.as_str());
    let once = format!("unclear:{concerns}");
    if !answers::may_go(tx, community, to, &once, home.now(), ONCE).await? {
        // What was understood is said all the same.
        if !done.is_empty() {
            self::done(tx, reply, done, concerns).await?;
        }
        return Ok((
            "command",
            format!("not understood; {to} was told once about {concerns}"),
        ));
    }
    let mail = Clarification {
        community: home.community.name.clone(),
        problem: home.say(problem),
        done: done.iter().map(|phrase| home.say(phrase)).collect(),
        examples: home
            .say(&Phrase::new(examples))
            .split(" | ")
            .map(str::to_owned)
            .collect(),
        owner_address: home.address("owner"),
        ..Clarification::default()
    };
    compose::send(
        tx,
        home.ctx,
        home.community,
        &mail,
        &letter(reply, concerns),
    )
    .await?;
    Ok((
        "command",
        format!("not understood ({}); asked back", problem.key),
    ))
}

fn letter(reply: &Reply<'_>, concerns: &str) -> Letter {
    let member = reply.speaker.member.as_ref().map(|member| member.id);
    Letter {
        to: vec![(member, reply.speaker.address.clone())],
        in_reply_to: reply.arrival.message.message_id.clone(),
        concerns: concerns.to_owned(),
        ..Letter::default()
    }
}
