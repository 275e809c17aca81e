//! What the silent answer: a choice of the mail, or words, which are for people.

use crate::cadence::act::Reply;
use crate::lists::membership::{self, add_role};
use crate::lists::post::Outcome;
use crate::lists::receipt;
use crate::lists::{commands, digest, owner};
use crate::message::Mail;
use crate::message::words::{Word, chosen};
use crate::outbox::compose;
use crate::store::Tx;
use crate::store::members::Member;
use crate::templates::Phrase;
use crate::trail::Step;

/// The days of a pause that was asked for in one word.
const PAUSE_DAYS: u32 = 30;

/// What they may choose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice {
    /// To read, and not to be expected to write.
    Listen,
    /// To be a member as before.
    Back,
    /// To get nothing for thirty days.
    Pause,
    /// To leave.
    Leave,
}

/// The words for each, English and German.
const CHOICES: [(Choice, &str); 4] = [
    (
        Choice::Listen,
        "listen|i listen|just listen|listener|zuhören|ich höre zu|nur zuhören|mitlesen|ich lese mit|nur mitlesen",
    ),
    (Choice::Back, "back|i'm back|zurück|wieder dabei"),
    (Choice::Pause, "pause|pausieren|eine pause|take a break"),
    (Choice::Leave, "leave|i leave|verlassen|austreten|abmelden"),
];

/// The choice that a reply makes; `TOPIC text` and whatever else are words for people.
pub fn choice(mail: &Mail) -> Option<Choice> {
    chosen(mail, &CHOICES).copied()
}

/// Somebody answered.
///
/// # Errors
/// Where the database refuses or an answer cannot be composed.
pub(super) async fn hear(tx: &mut Tx, reply: &Reply<'_>) -> Result<Outcome, compose::Error> {
    let (ctx, arrival, speaker) = (reply.ctx, reply.arrival, reply.speaker);
    let choice = choice(arrival.mail).filter(|_| speaker.on_list().is_some());
    let word = match choice {
        Some(Choice::Listen) => return turn(tx, reply, "listener").await,
        Some(Choice::Back) => return turn(tx, reply, "member").await,
        Some(Choice::Pause) => Word::PauseDays(PAUSE_DAYS),
        Some(Choice::Leave) => Word::Leave,
        None if digest::reply::is_request(arrival.mail) || is_blank(arrival.mail) => {
            return commands::in_reply(tx, ctx, arrival, speaker, &[super::NAME]).await;
        }
        None => return owner::to_facilitators(tx, ctx, arrival).await,
    };
    commands::perform(tx, ctx, arrival, speaker, None, vec![word]).await
}

fn is_blank(mail: &Mail) -> bool {
    mail.visible_text.trim().is_empty()
}

/// Makes them a listener, or a member again, and says what that means. Who also holds
/// another role may still write by it.
async fn turn(tx: &mut Tx, reply: &Reply<'_>, role: &str) -> Result<Outcome, compose::Error> {
    let (ctx, community) = (reply.ctx, reply.arrival.community.id);
    let found = membership::for_change(tx, community, &reply.speaker.address).await?;
    let Some(mut member) = found.filter(Member::on_list) else {
        return Ok(("command", "they are no member any more".to_owned()));
    };
    add_role(&mut member, role);
    membership::save(tx, &member).await?;
    let step = Step::of_person(Some(community), &member.address, ctx.now());
    let reason = format!("by mail: {role}, in answer to {}", super::NAME);
    step.record(tx, "membership", "changed", &reason).await?;
    let (done, undo) = match role {
        "listener" => ("turned_listener", Some(Phrase::new("undo_listener"))),
        _ => ("turned_member", None),
    };
    let whom = (Some(member.id), reply.speaker.address.as_str());
    receipt::send(tx, ctx, reply.arrival, whom, &[Phrase::new(done)], undo).await?;
    Ok(("command", format!("{} is now: {role}", member.address)))
}
