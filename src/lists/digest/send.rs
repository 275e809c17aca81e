//! A digest's mails: their content, made once a group, and their rows.

use std::collections::HashMap;

use sha2::{Digest as _, Sha256};

use super::page::{self, Thread};
use super::select::{Form, Group, Plan};
use super::{Sent, attached};
use crate::cadence::Running;
use crate::outbox::catalogue::DIGEST;
use crate::outbox::compose::{self, Letter};
use crate::outbox::release;
use crate::store::digests::{self, Fresh};
use crate::store::mails::{self, NewMail};
use crate::store::offers::Offer;
use crate::store::{self, Tx};
use crate::trail::Step;

/// The largest mail of attached posts, in octets.
const LARGEST: usize = 1_000_000;

/// Makes what this plan says: a mail a group (more, where posts are attached), and
/// a row for each member.
pub(super) async fn send(
    tx: &mut Tx,
    act: &Running<'_>,
    posts: &[Fresh],
    plan: &Plan,
) -> Result<Sent, compose::Error> {
    let mut sent = Sent::default();
    for group in &plan.groups {
        let posts: Vec<&Fresh> = group.posts.iter().filter_map(|p| posts.get(*p)).collect();
        for (from, to) in parts(tx, group, &posts).await? {
            let some = posts.get(from..to).unwrap_or_default();
            // Of several mails the first takes along what waits for its readers.
            let items = match from {
                0 => group.items.as_slice(),
                _ => &[],
            };
            let id = one(tx, act, group, some, items).await?;
            sent.mails.insert(id);
        }
        sent.members += group.to.len();
    }
    Ok(sent)
}

/// Which posts stand in which mail.
async fn parts(tx: &mut Tx, group: &Group, posts: &[&Fresh]) -> store::Result<Vec<(usize, usize)>> {
    if group.form != Form::Mime {
        return Ok(vec![(0, posts.len())]);
    }
    let mails: Vec<i64> = posts.iter().map(|post| post.mail_id).collect();
    let sizes: HashMap<i64, i64> = digests::sizes(tx, &mails).await?.into_iter().collect();
    let size = |mail: &i64| sizes.get(mail).map_or(0, |size| *size as usize);
    Ok(attached::split(
        &mails.iter().map(size).collect::<Vec<_>>(),
        LARGEST,
    ))
}

/// One mail to all members of a group. Other members got it already where their
/// transaction came first: it is found by its Message-ID, which follows from what
/// the mail brings.
async fn one(
    tx: &mut Tx,
    act: &Running<'_>,
    group: &Group,
    posts: &[&Fresh],
    items: &[Vec<Offer>],
) -> Result<String, compose::Error> {
    let same: Vec<&Offer> = items.first().into_iter().flatten().collect();
    let message_id = message_id(act, group.form, posts, &same);
    let known = mails::by_message_id(tx, &message_id).await?;
    let mail = match known.first() {
        Some(mail) => mail.id,
        None => compose_one(tx, act, group.form, (posts, &same), &message_id).await?,
    };
    let to: Vec<(i64, &str)> = group.to.iter().map(|(id, to)| (*id, to.as_str())).collect();
    let (community, now) = (act.community.id, act.ctx.now());
    digests::insert_recipients(tx, (community, mail), &to, now).await?;
    let step = Step::of_message(Some(community), &message_id, now);
    let count = format!("for {} recipients", to.len());
    step.record(tx, "composed", DIGEST.name, &count).await?;
    for theirs in items {
        for (number, item) in (1..).zip(theirs) {
            release::merge(tx, item, (mail, number), &message_id, now).await?;
        }
    }
    Ok(message_id)
}

async fn compose_one(
    tx: &mut Tx,
    act: &Running<'_>,
    form: Form,
    (posts, mails): (&[&Fresh], &[&Offer]),
    message_id: &str,
) -> Result<i64, compose::Error> {
    let (sections, abouts) = release::sections(tx, act.community, mails).await?;
    let threads = page::threads(posts, sections.len());
    let keys: Vec<i64> = posts.iter().map(|post| post.id).collect();
    let texts = match form {
        Form::Page => digests::texts(tx, &keys).await?.into_iter().collect(),
        _ => HashMap::new(),
    };
    let (page, shown) = page::page(act, form, (&threads, sections), &texts);
    let day = crate::clock::moment(act.due_at).with_timezone(&act.charter.timezone);
    let own = day.format("on=%Y-%m-%d").to_string();
    let abouts = [vec![own], abouts].concat();
    let letter = Letter {
        about: abouts.join(", "),
        ..Letter::default()
    };
    let mut content =
        compose::compose(act.ctx, act.community, &DIGEST, &page, &letter, message_id)?;
    if form == Form::Mime {
        content = attached::attach(&content, &copies(tx, posts).await?, &mark(message_id));
    }
    let mail = insert(tx, act, message_id, &content).await?;
    let shown = threads.get(..shown).unwrap_or_default();
    digests::insert_items(tx, mail, &items(shown)).await?;
    Ok(mail)
}

async fn insert(
    tx: &mut Tx,
    act: &Running<'_>,
    message_id: &str,
    content: &[u8],
) -> store::Result<i64> {
    let row = NewMail {
        community_id: act.community.id,
        name: DIGEST.name,
        post_id: None,
        message_id,
        roster_version: None,
        concerns: "",
        created_at: act.ctx.now(),
        content,
    };
    mails::insert(tx, &row).await
}

/// (number, post) of each post whose thread has a number.
fn items(threads: &[Thread<'_>]) -> Vec<(i64, i64)> {
    let of = |thread: &Thread<'_>| {
        let number = thread.number;
        let posts = thread.posts.iter().map(move |post| (number, post.id));
        posts.collect::<Vec<_>>()
    };
    threads.iter().flat_map(of).collect()
}

/// The posts as they went to the list.
async fn copies(tx: &mut Tx, posts: &[&Fresh]) -> store::Result<Vec<Vec<u8>>> {
    let mut copies = Vec::new();
    for post in posts {
        copies.push(mails::content(tx, post.mail_id).await?);
    }
    Ok(copies)
}

/// The same for the same digest, form, posts and what goes with them, so that a content is made once.
fn message_id(act: &Running<'_>, form: Form, posts: &[&Fresh], items: &[&Offer]) -> String {
    let mut hash = Sha256::new();
    hash.update(format!("{} {} {form:?}", act.community.id, act.due_at));
    for post in posts {
        hash.update(post.id.to_be_bytes());
    }
    for item in items {
        hash.update(format!(" {}", item.mail_id));
    }
    let name: String = hash
        .finalize()
        .iter()
        .take(12)
        .map(|b| format!("{b:02x}"))
        .collect();
    format!("{name}@{}", act.ctx.settings.domain)
}

/// What boundaries are made from.
fn mark(message_id: &str) -> String {
    message_id.chars().take(16).collect()
}
