//! A reply to a digest: each answer goes into its thread as a post of its author,
//! judged as any other; a command is done; what names no item is asked about.

use sha2::{Digest as _, Sha256};

use super::which::{self, Found, Item, Part, which};
use crate::context::Context;
use crate::links;
use crate::lists::post::{Arrival, Outcome};
use crate::lists::speaker::Speaker;
use crate::lists::thread_reply::{self, Place, Said};
use crate::lists::{bundle, commands};
use crate::message::attachments::entities;
use crate::message::words::{self, Word, bare_subject};
use crate::message::{self, Mail, oneline::oneline};
use crate::outbox::compose::{self, Letter};
use crate::store::digests::{self, Brought};
use crate::store::mails;
use crate::store::offers::{self, Section};
use crate::store::{self, Tx, counted_answers};
use crate::templates::Phrase;
use crate::templates::mails::Clarification;

const DAY: i64 = 86_400_000;

/// The most items that a question names.
const MOST_EXAMPLES: usize = 12;

/// Visible lines that a command may have besides its own: a greeting, a name.
const MORE_LINES: usize = 2;

/// Somebody replied to the digest with that key.
///
/// # Errors
/// Where the database refuses or an answer cannot be composed.
pub async fn reply(
    tx: &mut Tx,
    ctx: &Context,
    arrival: &Arrival<'_>,
    digest: i64,
    speaker: &Speaker,
) -> Result<Outcome, compose::Error> {
    let brought = digests::brought(tx, digest).await?;
    let sections = offers::sections(tx, digest, &speaker.address).await?;
    let items = [of_sections(tx, &sections).await?, items(&brought)].concat();
    if let Some((verb, number)) = which::thread_command(&arrival.mail.visible_text) {
        let thread = brought.iter().find(|post| post.number == i64::from(number));
        let said = saying(arrival.mail, verb);
        let arrival = Arrival {
            mail: &said,
            ..*arrival
        };
        return match thread {
            Some(post) => commands::run(tx, ctx, &arrival, speaker, Some(post.thread_id)).await,
            None => ask(tx, ctx, &arrival, (digest, &items), speaker, Some(number)).await,
        };
    }
    let found = which(&items, &arrival.mail.subject, &arrival.mail.text);
    match found {
        // An item and nothing but a command: the command is about its thread.
        Found::Parts(parts) if of_thread(arrival.mail, &brought, &parts).is_some() => {
            let thread = of_thread(arrival.mail, &brought, &parts);
            commands::run(tx, ctx, arrival, speaker, thread).await
        }
        Found::Parts(parts) => answers(tx, ctx, arrival, (&brought, &sections), &parts).await,
        // A bare `stop` means the mails that came with it, where some did.
        _ if is_request(arrival.mail) && !sections.is_empty() => {
            commands::in_reply(tx, ctx, arrival, speaker, &bundle::names(&sections)).await
        }
        _ if is_request(arrival.mail) => commands::run(tx, ctx, arrival, speaker, None).await,
        Found::NoItem(number) => {
            ask(tx, ctx, arrival, (digest, &items), speaker, Some(number)).await
        }
        Found::Unclear => ask(tx, ctx, arrival, (digest, &items), speaker, None).await,
    }
}

/// The thread that a reply's one command is about, where it is nothing else.
fn of_thread(mail: &Mail, brought: &[Brought], parts: &[Part]) -> Option<i64> {
    let [part] = parts else { return None };
    let post = brought
        .iter()
        .find(|post| post.number == i64::from(part.number))?;
    is_command(mail, is_of_thread).then_some(post.thread_id)
}

/// What came with the posts goes where a reply to it alone would have gone, all else to
/// the list.
async fn answers(
    tx: &mut Tx,
    ctx: &Context,
    arrival: &Arrival<'_>,
    (brought, sections): (&[Brought], &[Section]),
    parts: &[Part],
) -> Result<Outcome, compose::Error> {
    let is_section = |part: &Part| {
        let number = i64::from(part.number);
        sections.iter().any(|section| section.number == number)
    };
    let (asked, posts): (Vec<Part>, Vec<Part>) = parts.iter().cloned().partition(is_section);
    if asked.is_empty() {
        return post_all(tx, ctx, arrival, brought, (&posts, posts.len() == 1)).await;
    }
    let told = bundle::hand_all_in(tx, ctx, arrival, sections, &asked).await?;
    if posts.is_empty() {
        return Ok(told);
    }
    let posted = post_all(tx, ctx, arrival, brought, (&posts, false)).await?;
    Ok(("forwarded", format!("{}; {}", told.1, posted.1)))
}

/// The mails that came with a digest as what a reply may quote.
async fn of_sections(tx: &mut Tx, sections: &[Section]) -> store::Result<Vec<Item>> {
    let mut items = Vec::new();
    for section in sections {
        let content = mails::content(tx, section.mail_id).await?;
        let mail = message::parse(&content);
        items.push(Item {
            number: u32::try_from(section.number).unwrap_or(0),
            // No post has this key.
            posts: vec![(-section.number, mail.text)],
            subject: mail.subject,
        });
    }
    Ok(items)
}

/// The digest that a question of ours was about.
pub fn asked_about(mail: &mails::Mail) -> Option<i64> {
    mail.concerns.strip_prefix("digest:")?.parse().ok()
}

/// Whether a mail is nothing but commands, and no answer to a question of ours.
pub fn is_request(mail: &Mail) -> bool {
    is_command(mail, is_no_answer)
}

/// A mail that says only this.
fn saying(mail: &Mail, words: &str) -> Mail {
    Mail {
        subject: String::new(),
        text: words.to_owned(),
        visible_text: words.to_owned(),
        ..mail.clone()
    }
}

/// Whether a mail is nothing but commands, all of which may be meant here.
fn is_command(mail: &Mail, may_be: fn(&Word) -> bool) -> bool {
    let lines = mail.visible_text.lines();
    let said = lines.filter(|line| !line.trim().is_empty()).count();
    let words = words::commands(&Mail {
        subject: String::new(),
        ..mail.clone()
    });
    let meant = |word: &Word| !matches!(word, Word::Unknown(_)) && may_be(word);
    said > 0 && !words.is_empty() && words.iter().all(meant) && said <= words.len() + MORE_LINES
}

/// Whether a word asks for something, and is not the answer to a question of ours:
/// "I agree!" is what people say to a digest.
fn is_no_answer(word: &Word) -> bool {
    !matches!(
        word,
        Word::Confirm
            | Word::Agree
            | Word::Accept
            | Word::Reject(_)
            | Word::Discard
            | Word::Trust
            | Word::Ban
            | Word::Approve
            | Word::Decline(_)
    )
}

/// What can be meant by a command beside an item: "yes" and "leave" are answers there.
fn is_of_thread(word: &Word) -> bool {
    matches!(
        word,
        Word::Mute | Word::Unmute | Word::Follow | Word::Unfollow | Word::SetDelivery(_)
    )
}

fn items(brought: &[Brought]) -> Vec<Item> {
    let mut items: Vec<Item> = Vec::new();
    for post in brought {
        let number = u32::try_from(post.number).unwrap_or(0);
        if items.last().is_none_or(|item| item.number != number) {
            items.push(Item {
                number,
                subject: post.thread_subject.clone(),
                posts: Vec::new(),
            });
        }
        // Its address in the archive may be quoted too.
        let text = format!("{}\n{}", post.text, links::permalink(&post.message_id));
        if let Some(item) = items.last_mut() {
            item.posts.push((post.post_id, text));
        }
    }
    items
}

/// Hands each part in as a mail of its author to the list, where it is judged,
/// held or sent as every other.
async fn post_all(
    tx: &mut Tx,
    ctx: &Context,
    arrival: &Arrival<'_>,
    brought: &[Brought],
    (parts, is_only): (&[Part], bool),
) -> Result<Outcome, compose::Error> {
    let mut told = Vec::new();
    for part in parts {
        let of_item = |post: &&Brought| post.number == i64::from(part.number);
        let quoted = brought.iter().find(|post| Some(post.post_id) == part.post);
        let Some(answered) = quoted.or_else(|| brought.iter().rfind(of_item)) else {
            continue;
        };
        let id = hand_in(tx, ctx, arrival, (part, is_only), answered).await?;
        told.push(format!("item {} ({id})", part.number));
    }
    Ok((
        "forwarded",
        format!("goes to the list as an answer to {}", told.join(", ")),
    ))
}

async fn hand_in(
    tx: &mut Tx,
    ctx: &Context,
    arrival: &Arrival<'_>,
    (part, is_only): (&Part, bool),
    answered: &Brought,
) -> Result<String, compose::Error> {
    let message = arrival.message;
    let said = Said {
        message_id: match is_only {
            true => message.message_id.clone(),
            false => own_id(&message.message_id, part.number, &ctx.settings.domain),
        },
        text: part.text.clone(),
        quoted: part.quoted.clone(),
        attachments: if is_only {
            entities(&message.raw)
        } else {
            Vec::new()
        },
    };
    let place = Place::from(answered);
    let reason = format!("item {}, from {}", part.number, message.message_id);
    let trail = ("digest-reply", reason.as_str());
    thread_reply::hand_in(tx, ctx, arrival, (&said, &place), trail).await?;
    Ok(said.message_id)
}

/// The same for the same part of the same reply, so that one which comes twice is
/// known again.
pub fn own_id(message_id: &str, number: u32, domain: &str) -> String {
    let hash = Sha256::digest(format!("{message_id} {number}"));
    let name: String = hash
        .iter()
        .take(12)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    format!("{name}@{domain}")
}

/// Asks once which item is meant; a reply to the question is understood as one to
/// the digest.
async fn ask(
    tx: &mut Tx,
    ctx: &Context,
    arrival: &Arrival<'_>,
    (digest, items): (i64, &[Item]),
    speaker: &Speaker,
    number: Option<u32>,
) -> Result<Outcome, compose::Error> {
    let (whom, now) = ((arrival.community.id, speaker.address.as_str()), ctx.now());
    let most = commands::MOST_EXPLANATIONS;
    // A machine that hides what it is would answer the question, and so on.
    if !counted_answers::note(tx, whom, "explanation", (now - DAY, now), most).await? {
        let reason = format!("names no item; {} was asked often enough today", whom.1);
        return Ok(("command", reason));
    }
    let (slug, domain) = (&arrival.community.slug, &ctx.settings.domain);
    let language = compose::language(ctx, arrival.community);
    let say = |phrase: &Phrase| ctx.templates.say(&language, slug, phrase);
    let problem = match number {
        Some(number) => Phrase::new("digest_no_item").with("number", number.to_string()),
        None => Phrase::new("digest_unclear"),
    };
    let example = |item: &Item| {
        let number = Phrase::new("digest_example").with("number", item.number.to_string());
        let of = Phrase::new("digest_example_of").with("example", say(&number));
        say(&of.with("subject", bare_subject(&item.subject)))
    };
    let first = arrival
        .mail
        .visible_text
        .lines()
        .find(|line| !line.trim().is_empty());
    let mail = Clarification {
        community: arrival.community.name.clone(),
        read: oneline(first.unwrap_or_default())
            .chars()
            .take(80)
            .collect(),
        problem: say(&problem),
        examples: items.iter().take(MOST_EXAMPLES).map(example).collect(),
        owner_address: format!("{slug}-owner@{domain}"),
        ..Clarification::default()
    };
    let letter = Letter {
        to: vec![(
            speaker.member.as_ref().map(|m| m.id),
            speaker.address.clone(),
        )],
        in_reply_to: arrival.message.message_id.clone(),
        concerns: format!("digest:{digest}"),
        ..Letter::default()
    };
    compose::send(tx, ctx, arrival.community, &mail, &letter).await?;
    Ok((
        "command",
        format!(
            "names no item of the digest; asked {} which",
            speaker.address
        ),
    ))
}
