//! A facilitator's answer to the mail about members whom mail does not reach.

use super::stop;
use crate::cadence::act::Reply;
use crate::lists::commands;
use crate::lists::post::Outcome;
use crate::message::address;
use crate::outbox::compose;
use crate::store::Tx;
use crate::store::members::{self, Member};

/// Lines that are read, and members that one answer puts back.
const MOST: usize = 50;

/// `RESUME ADDRESS` puts a member back; everything else is for whoever understands
/// replies.
///
/// # Errors
/// Where the database refuses or an answer cannot be composed.
pub async fn reply(tx: &mut Tx, reply: &Reply<'_>) -> Result<Outcome, compose::Error> {
    let (ctx, arrival, speaker) = (reply.ctx, reply.arrival, reply.speaker);
    let named = named(&arrival.mail.visible_text);
    let is_facilitator = speaker
        .on_list()
        .is_some_and(|member| member.has_role("facilitator"));
    if named.is_empty() || !is_facilitator {
        return commands::in_reply(tx, ctx, arrival, speaker, &[&reply.mail.name]).await;
    }
    let mut done = Vec::new();
    for address in named {
        let found = members::by_address(tx, arrival.community.id, &address).await?;
        let Some(member) = found.filter(Member::on_list) else {
            continue;
        };
        let why = format!("{} puts them back", speaker.address);
        if stop::reset(tx, ctx, &member.address, &why).await? {
            done.push(member.address);
        }
    }
    let reason = match done.is_empty() {
        true => "resume: none of those is a member whom mail does not reach".to_owned(),
        false => format!("resume: {}", done.join(", ")),
    };
    Ok(("command", reason))
}

/// The addresses behind the word, in English or German.
fn named(text: &str) -> Vec<String> {
    let behind = |line: &str| {
        let (word, rest) = line.trim().split_once(char::is_whitespace)?;
        let is_word = ["resume", "wieder"].contains(&word.to_lowercase().as_str());
        is_word.then(|| address::normalise(rest.trim().trim_matches(['<', '>'])))?
    };
    text.lines().take(MOST).filter_map(behind).collect()
}

#[cfg(test)]
mod tests {
    use super::named;

    #[test]
    fn addresses_stand_behind_the_word() {
        let text = "RESUME Ann@x.example\nresume <bob@x.example>\nresume\nWieder cleo@x.example\nHello ann@x.example";
        assert_eq!(
            named(text),
            ["ann@x.example", "bob@x.example", "cleo@x.example"]
        );
        assert!(named("resume tomorrow").is_empty());
    }
}
