//! A moderator's reply to a mail about posts that wait.

use super::{By, Choice, DAY, Refused, decide, desk, outcome, wording};
use crate::context::Context;
use crate::lists::post::{self, Arrival};
use crate::lists::speaker::Speaker;
use crate::message::Mail;
use crate::message::words::{self, Word};
use crate::outbox::compose::{self, Letter};
use crate::store::holds;
use crate::store::members::Member;
use crate::store::tokens::Token;
use crate::store::{Tx, answers};
use crate::templates::Phrase;
use crate::templates::mails::Clarification;

/// Lines of a reply that are read for decisions.
const MOST_LINES: usize = 60;

/// Does what a moderator's reply to a mail with a token of their own says.
///
/// # Errors
/// Where the database refuses or an answer cannot be composed.
pub async fn reply_to_token(
    tx: &mut Tx,
    ctx: &Context,
    arrival: &Arrival<'_>,
    token: &Token,
    speaker: &Speaker,
) -> Result<post::Outcome, compose::Error> {
    if token.expires_at <= ctx.now() {
        return Ok(("discarded", "its token has ended".to_owned()));
    }
    reply(tx, ctx, arrival, &desk::ids(token), speaker).await
}

/// Does what a moderator's reply says about the posts of these ids.
///
/// # Errors
/// Where the database refuses or an answer cannot be composed.
pub async fn reply(
    tx: &mut Tx,
    ctx: &Context,
    arrival: &Arrival<'_>,
    ids: &[i64],
    speaker: &Speaker,
) -> Result<post::Outcome, compose::Error> {
    let Some(moderator) = desk::moderator(tx, arrival.community, &speaker.address).await? else {
        let why = format!("{} moderates here no more", speaker.address);
        return Ok(("discarded", why));
    };
    let asked = asked(arrival.mail, ids);
    if asked.is_empty() {
        return unclear(tx, ctx, arrival, ids, &moderator).await;
    }
    let mut done = Vec::new();
    for (id, choice) in asked {
        done.push(act(tx, ctx, arrival, (id, &choice), &moderator).await?);
    }
    Ok(("command", done.join("; ")))
}

async fn act(
    tx: &mut Tx,
    ctx: &Context,
    arrival: &Arrival<'_>,
    (id, choice): (i64, &Choice),
    moderator: &Member,
) -> Result<String, compose::Error> {
    let by = By::moderator(moderator);
    match decide(tx, ctx, id, choice, &by).await {
        Ok(()) => Ok(format!("post {id}: {} by {}", choice.end().0, by.name)),
        Err(Refused::Gone(_)) => too_late(tx, ctx, arrival, id, moderator).await,
        Err(Refused::Store(error)) => Err(error.into()),
        Err(Refused::Mail(error)) => Err(error),
        Err(Refused::Charter) => Err(compose::Error::Aside(Refused::Charter.to_string())),
    }
}

async fn too_late(
    tx: &mut Tx,
    ctx: &Context,
    arrival: &Arrival<'_>,
    id: i64,
    moderator: &Member,
) -> Result<String, compose::Error> {
    if let Some(hold) = holds::by_id(tx, id).await? {
        let answered = &arrival.message.message_id;
        outcome::too_late(tx, ctx, arrival.community, &hold, moderator, answered).await?;
    }
    Ok(format!("post {id} was decided already"))
}

/// What a reply asks for: one decision about the one post, or a line for each, with
/// the numbers of the posts that it means.
fn asked(mail: &Mail, ids: &[i64]) -> Vec<(i64, Choice)> {
    if let [id] = ids {
        let choice = words::answer(mail).word.and_then(choice);
        return choice.map(|choice| (*id, choice)).into_iter().collect();
    }
    let mut asked: Vec<(i64, Choice)> = Vec::new();
    let lines = mail.visible_text.lines().map(str::trim);
    for line in lines.filter(|line| !line.is_empty()).take(MOST_LINES) {
        let (meant, rest) = numbers(line, ids);
        let said = Mail {
            visible_text: rest,
            ..Mail::default()
        };
        let Some(choice) = words::answer(&said).word.and_then(choice) else {
            continue;
        };
        for id in meant {
            if asked.iter().all(|(known, _)| *known != id) {
                asked.push((id, choice.clone()));
            }
        }
    }
    asked
}

/// The numbers behind the first word of a line, those that `ids` has, and the line
/// without them: "REJECT 3, 4 off topic" means 3 and 4 and says "REJECT off topic".
fn numbers(line: &str, ids: &[i64]) -> (Vec<i64>, String) {
    let mut words = line.split_whitespace();
    let mut rest = vec![words.next().unwrap_or_default()];
    let mut meant = Vec::new();
    for word in words {
        let bare = word.trim_matches(|c: char| !c.is_alphanumeric());
        let is_first = rest.len() == 1;
        match bare.parse::<i64>() {
            Ok(id) if is_first => meant.extend(ids.iter().filter(|known| **known == id)),
            _ if is_first && is_all(bare) => meant.extend(ids),
            _ if is_first && is_and(bare) => {}
            _ => rest.push(word),
        }
    }
    (meant, rest.join(" "))
}

fn is_all(word: &str) -> bool {
    ["all", "alle", "alles"].contains(&word.to_lowercase().as_str())
}

fn is_and(word: &str) -> bool {
    ["", "and", "und"].contains(&word.to_lowercase().as_str())
}

fn choice(word: Word) -> Option<Choice> {
    Some(match word {
        Word::Accept | Word::Approve => Choice::Accept,
        Word::Reject(reason) | Word::Decline(reason) => Choice::Reject(reason),
        Word::Discard => Choice::Discard,
        Word::Trust => Choice::Trust,
        Word::Ban => Choice::Ban,
        _ => return None,
    })
}

/// One helpful answer a day to what could not be understood.
async fn unclear(
    tx: &mut Tx,
    ctx: &Context,
    arrival: &Arrival<'_>,
    ids: &[i64],
    moderator: &Member,
) -> Result<post::Outcome, compose::Error> {
    let (community, to) = (arrival.community, &moderator.address);
    let kind = "moderation-unclear";
    if !answers::may_go(tx, community.id, to, kind, ctx.now(), DAY).await? {
        let why = format!("not understood; {to} had an explanation today");
        return Ok(("command", why));
    }
    let (key, number) = match ids {
        [_] => ("hold_unclear", String::new()),
        _ => (
            "hold_unclear_which",
            ids.first().map_or(String::new(), |id| format!(" {id}")),
        ),
    };
    let first = arrival.mail.visible_text.lines().next().unwrap_or_default();
    let words = wording::say(ctx, community, &Phrase::new("hold_words"));
    let mail = Clarification {
        community: community.name.clone(),
        read: first.chars().take(80).collect(),
        problem: wording::say(ctx, community, &Phrase::new(key)),
        examples: words
            .split(", ")
            .map(|word| format!("{word}{number}"))
            .collect(),
        owner_address: format!("{}-owner@{}", community.slug, ctx.settings.domain),
        ..Clarification::default()
    };
    let named: Vec<String> = ids.iter().map(i64::to_string).collect();
    let letter = Letter {
        to: vec![(Some(moderator.id), to.clone())],
        in_reply_to: arrival.message.message_id.clone(),
        concerns: format!("hold:{}", named.join(",")),
        ..Letter::default()
    };
    compose::send(tx, ctx, community, &mail, &letter).await?;
    Ok(("command", format!("not understood; explained it to {to}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str, ids: &[i64]) -> Vec<(i64, Choice)> {
        let mail = Mail {
            visible_text: text.to_owned(),
            ..Mail::default()
        };
        asked(&mail, ids)
    }

    #[test]
    fn one_post_needs_no_number() {
        assert_eq!(said("ACCEPT", &[12]), [(12, Choice::Accept)]);
        let rejected = Choice::Reject("off topic 12".into());
        assert_eq!(said("reject off topic 12", &[12]), [(12, rejected)]);
        assert_eq!(said("I think it is fine", &[12]), []);
    }

    #[test]
    fn a_line_names_the_posts_that_it_means() {
        let off = Choice::Reject("off topic in 2026".into());
        let table = [
            ("ACCEPT 12", vec![(12, Choice::Accept)]),
            (
                "accept #12, 13 and 14",
                vec![
                    (12, Choice::Accept),
                    (13, Choice::Accept),
                    (14, Choice::Accept),
                ],
            ),
            (
                "REJECT 13 off topic in 2026\n\nDISCARD all",
                vec![(13, off), (12, Choice::Discard), (14, Choice::Discard)],
            ),
            ("ACCEPT", vec![]),
            ("ACCEPT 99", vec![]),
            ("ACCEPT 99999999999999999999999", vec![]),
            ("12 ACCEPT", vec![]),
        ];
        for (text, expected) in table {
            assert_eq!(said(text, &[12, 13, 14]), expected, "{text}");
        }
    }
}
