//! `OBJECT`: a member who reads the summary before the sponsor does takes a quotation out
//! of it. Anybody may, because a story tells of others too; nobody learns who did. Where it
//! is its author, it is told to no sponsor any more.

use super::answer;
use super::sponsor_summary::{self, PREVIEW, concerned};
use crate::cadence::act::Reply;
use crate::lists::post;
use crate::lists::{commands, digest, owner};
use crate::outbox::compose;
use crate::store::members::Member;
use crate::store::sponsor_summaries::{self as summaries, Item, Summary};
use crate::store::{self, Tx, stories};
use crate::templates::Phrase;

/// What objects, English and German.
const OBJECTS: [&str; 5] = [
    "object",
    "objection",
    "widerspruch",
    "widersprechen",
    "einspruch",
];

/// What would be understood.
const EXAMPLES: &str = "object_examples";

/// The numbers that a reply objects to, each once; none: to all that is quoted.
pub fn read(text: &str) -> Option<Vec<i64>> {
    let mut lines = text.lines().map(str::trim);
    let line = lines.find(|line| begins(line))?;
    let rest = line
        .split_once(char::is_whitespace)
        .map_or("", |(_, rest)| rest);
    let words = rest.split(|c: char| !c.is_ascii_digit());
    let mut numbers: Vec<i64> = words.filter_map(|word| word.parse().ok()).collect();
    numbers.dedup();
    numbers.truncate(10);
    Some(numbers)
}

/// "Object lessons are fine" objects to nothing: what follows is a number or nothing.
fn begins(line: &str) -> bool {
    let mut words = line.split_whitespace();
    let first = words.next().unwrap_or_default().to_lowercase();
    let first = first.trim_matches(|c: char| !c.is_alphabetic());
    let next = words.next().unwrap_or_default();
    let is_number = next
        .trim_start_matches(['(', '[', '#'])
        .starts_with(|c: char| c.is_ascii_digit());
    OBJECTS.contains(&first) && (next.is_empty() || is_number)
}

/// A member answers what they were shown.
///
/// # Errors
/// Where the database refuses or an answer cannot be composed.
pub(super) async fn hear(tx: &mut Tx, reply: &Reply<'_>) -> Result<post::Outcome, compose::Error> {
    let (ctx, arrival) = (reply.ctx, reply.arrival);
    let numbers = read(&arrival.mail.visible_text);
    let summary = match concerned(PREVIEW, &reply.mail.concerns) {
        Some(id) => summaries::by_id(tx, id).await?,
        None => None,
    };
    let summary = summary.filter(|one| one.community_id == arrival.community.id);
    let (Some(member), Some(numbers), Some(summary)) = (reply.speaker.on_list(), numbers, summary)
    else {
        return match digest::reply::is_request(arrival.mail) {
            true => commands::in_reply(tx, ctx, arrival, reply.speaker, &[PREVIEW]).await,
            false => owner::to_facilitators(tx, ctx, arrival).await,
        };
    };
    let items = quoted(tx, &summary, &numbers).await?;
    let concerns = reply.mail.concerns.as_str();
    if items.is_empty() {
        let problem = Phrase::new("object_nothing");
        return answer::clarify(tx, reply, (&[], &problem), (concerns, EXAMPLES)).await;
    }
    for item in &items {
        take_out(tx, reply, (member, &summary), item).await?;
    }
    sponsor_summary::recall(tx, &summary, ctx.now()).await?;
    let has_gone = sponsor_summary::has_gone(tx, &summary).await?;
    let said = Phrase::new(if has_gone {
        "object_late"
    } else {
        "object_done"
    });
    answer::done(tx, reply, std::slice::from_ref(&said), concerns).await?;
    // Who objected to what is in no record.
    Ok(("command", format!("summary {}: an objection", summary.id)))
}

/// What a summary quotes under these numbers.
async fn quoted(tx: &mut Tx, summary: &Summary, numbers: &[i64]) -> store::Result<Vec<Item>> {
    let all = summaries::items(tx, summary.id).await?;
    let is_meant = |item: &Item| numbers.is_empty() || numbers.contains(&item.number);
    let items = all.into_iter().filter(|item| item.kind != "ask");
    Ok(items.filter(is_meant).collect())
}

async fn take_out(
    tx: &mut Tx,
    reply: &Reply<'_>,
    (member, summary): (&Member, &Summary),
    item: &Item,
) -> store::Result<()> {
    summaries::object(tx, summary.id, item, reply.ctx.now()).await?;
    if item.kind != "story" {
        return Ok(());
    }
    let story = stories::by_id(tx, item.item.parse().unwrap_or(0)).await?;
    if let Some(own) = story.filter(|story| story.member_id == member.id) {
        stories::withdraw(tx, own.id).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_objection_names_numbers() {
        for (text, wanted) in [
            ("OBJECT 1", Some(vec![1])),
            ("object", Some(vec![])),
            ("Object (2).\nThat is mine.", Some(vec![2])),
            ("Hello,\n\nOBJECT 1 and 2", Some(vec![1, 2])),
            ("Widerspruch 1", Some(vec![1])),
            ("Object lessons are fine", None),
            ("I object to nothing", None),
            ("", None),
        ] {
            assert_eq!(read(text), wanted, "{text}");
        }
    }
}
