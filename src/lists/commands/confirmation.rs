//! What was asked for in a mail that proves nothing waits until its owner says that
//! they meant it; erasing waits for a plain yes however sure it is who asks.

use super::{Desk, canonical, perform};
use crate::context::Context;
use crate::identity::{Strength, tokens};
use crate::lists::erasure;
use crate::lists::home::Home;
use crate::lists::post::{Arrival, Outcome};
use crate::lists::speaker::Speaker;
use crate::message::Mail;
use crate::message::words::{self, Word};
use crate::outbox::compose::{self, Letter};
use crate::store::members::Member;
use crate::store::tokens::Token;
use crate::store::{self, Tx, counted_answers, members};
use crate::templates::mails::Confirm;

/// How long a request waits for its confirmation, in days.
const VALID_DAYS: i64 = 3;
const DAY: i64 = 86_400_000;

/// Nobody is asked more often in a day, whoever writes in their name.
const MOST_A_DAY: i64 = 3;

/// Proposals of members that reach one facilitator in a day. They are counted by
/// themselves, so that whoever decides can still ask for something.
const MOST_PROPOSALS: i64 = 10;
/// Proposals of one member in a day.
const MOST_PROPOSED: i64 = 3;

/// The kind of token that confirms commands.
pub const COMMANDS: &str = "command";
/// The kind of token that confirms an erasure.
pub const ERASE: &str = "erase";

/// Asks the member whether they meant what was asked in their name.
pub(super) async fn ask(tx: &mut Tx, desk: &Desk<'_>) -> Result<Outcome, compose::Error> {
    let lines: Vec<String> = desk.asked.iter().map(canonical::text).collect();
    let mut subject = lines.join("\n");
    if let Some(thread) = desk.thread {
        subject = format!("thread {thread}\n{subject}");
    }
    let home = Home::of(desk.ctx, desk.arrival);
    let mail = Confirm {
        commands: lines,
        ..blank(&home, &desk.speaker.address)
    };
    request(tx, &home, (COMMANDS, &subject), &mail, desk.letter()).await
}

/// Asks whether all that is kept of somebody shall go.
pub(super) async fn erasure(tx: &mut Tx, desk: &mut Desk<'_>) -> Result<(), compose::Error> {
    let home = Home::of(desk.ctx, desk.arrival);
    let outcome = ask_erasure(tx, &home, &desk.speaker.address, desk.letter()).await?;
    desk.elsewhere = Some(outcome);
    Ok(())
}

/// Asks the owner of an address whether all that is kept of them shall go. The letter
/// says to whom.
///
/// # Errors
/// Where the database refuses or the mail cannot be composed.
pub async fn ask_erasure(
    tx: &mut Tx,
    home: &Home<'_>,
    address: &str,
    letter: Letter,
) -> Result<Outcome, compose::Error> {
    let mail = Confirm {
        erasing: true,
        ..blank(home, address)
    };
    request(tx, home, (ERASE, ""), &mail, letter).await
}

/// Asks every facilitator whether a member's proposal shall be: whoever confirms it first
/// does it. Gives how many are asked.
///
/// # Errors
/// Where the database refuses or a mail cannot be composed.
pub(super) async fn propose(
    tx: &mut Tx,
    home: &Home<'_>,
    by: &Member,
    word: &Word,
) -> Result<usize, compose::Error> {
    let (line, now) = (canonical::text(word), home.now());
    let whom = (home.community.id, by.address.as_str());
    if !counted_answers::note(tx, whom, "proposes", (now - DAY, now), MOST_PROPOSED).await? {
        return Ok(0);
    }
    let facilitators = members::with_role(tx, home.community.id, "facilitator").await?;
    let mut count = 0;
    for one in &facilitators {
        let mail = Confirm {
            commands: vec![line.clone()],
            proposed_by: match by.name.as_str() {
                "" => by.address.clone(),
                name => name.to_owned(),
            },
            ..blank(home, &one.address)
        };
        let letter = Letter {
            to: vec![(Some(one.id), one.address.clone())],
            ..Letter::default()
        };
        let counter = ("proposal", MOST_PROPOSALS);
        let asked = counted(tx, home, (COMMANDS, &line), (&mail, letter), counter).await?;
        count += usize::from(asked.0 == "command");
    }
    Ok(count)
}

fn blank(home: &Home<'_>, address: &str) -> Confirm {
    Confirm {
        community: home.community.name.clone(),
        about: home.charter.charter.domain.clone(),
        address: address.to_owned(),
        days: VALID_DAYS as u32,
        owner_address: home.address("owner"),
        ..Confirm::default()
    }
}

async fn request(
    tx: &mut Tx,
    home: &Home<'_>,
    what: (&str, &str),
    mail: &Confirm,
    letter: Letter,
) -> Result<Outcome, compose::Error> {
    counted(tx, home, what, (mail, letter), ("confirm", MOST_A_DAY)).await
}

/// Asks, unless the address was asked so often today: `counter` and its limit.
async fn counted(
    tx: &mut Tx,
    home: &Home<'_>,
    (kind, subject): (&str, &str),
    (mail, letter): (&Confirm, Letter),
    (counter, most): (&str, i64),
) -> Result<Outcome, compose::Error> {
    let (ctx, community, address) = (home.ctx, home.community, &mail.address);
    let now = ctx.now();
    let whom = (community.id, address.as_str());
    if !counted_answers::note(tx, whom, counter, (now - DAY, now), most).await? {
        return Ok((
            "discarded",
            format!("{address} was asked often enough today"),
        ));
    }
    let (token, hash) = tokens::random_token();
    let row = Token {
        community_id: community.id,
        kind: kind.to_owned(),
        address: address.clone(),
        subject: subject.to_owned(),
        created_at: now,
        expires_at: now + VALID_DAYS * DAY,
        used_at: None,
    };
    store::tokens::insert(tx, &hash, &row).await?;
    let letter = Letter {
        reply_to: home.address(&format!("confirm+{token}")),
        ..letter
    };
    compose::send(tx, ctx, community, mail, &letter).await?;
    Ok(("command", format!("asked {address} to confirm")))
}

/// Somebody confirmed what was asked in their name; the token is used up already.
///
/// # Errors
/// Where the database refuses or an answer cannot be composed.
pub async fn confirmed(
    tx: &mut Tx,
    ctx: &Context,
    arrival: &Arrival<'_>,
    request: &Token,
) -> Result<Outcome, compose::Error> {
    if request.kind == ERASE {
        let reason = erasure::erase(tx, ctx, &request.address, "confirmed by mail").await?;
        return Ok(("command", reason));
    }
    let (thread, lines) = thread_and_lines(&request.subject);
    let speaker = Speaker {
        address: request.address.clone(),
        name: String::new(),
        member: members::by_address(tx, arrival.community.id, &request.address).await?,
        strength: Strength::Token,
    };
    perform(tx, ctx, arrival, &speaker, thread, read(lines)).await
}

fn thread_and_lines(subject: &str) -> (Option<i64>, &str) {
    let Some((first, rest)) = subject.split_once('\n') else {
        return (None, subject);
    };
    match first.strip_prefix("thread ").and_then(|id| id.parse().ok()) {
        Some(thread) => (Some(thread), rest),
        None => (None, subject),
    }
}

/// Canonical lines back to words.
fn read(lines: &str) -> Vec<Word> {
    words::commands(&Mail {
        text: lines.to_owned(),
        visible_text: lines.to_owned(),
        ..Mail::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::words::{Delivery, Every};

    #[test]
    fn what_is_kept_is_read_again() {
        let asked = [
            Word::SetDelivery(Delivery::Headlines),
            Word::SetMimeDigest,
            Word::SetOwn(false),
            Word::SetCopies(true),
            Word::SetTopics(vec!["seals".into(), "motors".into()]),
            Word::SetTopics(vec![]),
            Word::PauseUntil(chrono::NaiveDate::from_ymd_opt(2026, 12, 24).unwrap()),
            Word::PauseDays(14),
            Word::Pause,
            Word::Resume,
            Word::Page,
            Word::Desk,
            Word::Mute,
            Word::Unfollow,
            Word::MuteMail(
                "agenda-call".into(),
                chrono::NaiveDate::from_ymd_opt(2026, 12, 24).unwrap(),
            ),
            Word::UnmuteMail("agenda-call".into()),
            Word::Agree,
            Word::Less,
            Word::Stop(Some("charter-review".into())),
            Word::Invite(vec!["bo@plant.example".into(), "cy@plant.example".into()]),
            Word::Link("bo@home.example".into()),
            Word::AddSession(
                "2026-03-24T16:00:00".parse().unwrap(),
                90,
                "Seals: why?".into(),
            ),
            Word::AddSeries(
                Every::Weeks(2),
                "2026-03-24T16:00:00".parse().unwrap(),
                90,
                "Seals: why?".into(),
            ),
            Word::AddSeries(
                Every::Month,
                "2026-03-24T16:00:00".parse().unwrap(),
                60,
                "Seals".into(),
            ),
            Word::MoveSession(
                "clinic".into(),
                "2026-03-24".parse().unwrap(),
                "2026-03-25T09:30:00".parse().unwrap(),
            ),
            Word::CancelSession(
                "clinic".into(),
                "2026-03-24".parse().unwrap(),
                "our host is ill".into(),
            ),
            Word::SplitThread("a.1@plant.example".into()),
            Word::Redact("a.1@plant.example".into()),
            Word::MovePost(
                "https://lists.example/c/pumps/m/00ff".into(),
                "a.1@plant.example".into(),
            ),
            Word::Poll("Which day?".into(), vec!["Tuesday".into(), "Friday".into()]),
        ];
        let sponsor =
            Word::AskSponsor("A room".into(), "300 EUR".into(), "2030-01-31".parse().ok());
        assert_eq!(read(&canonical::text(&sponsor)), [sponsor]);
        let lines: Vec<String> = asked.iter().map(canonical::text).collect();
        // One mail asks for so many at most.
        for (lines, asked) in lines.chunks(20).zip(asked.chunks(20)) {
            assert_eq!(read(&lines.join("\n")), asked);
        }
        let kept = format!("thread 12\n{}", lines.join("\n"));
        assert_eq!(thread_and_lines(&kept), (Some(12), &*lines.join("\n")));
    }
}
