//! What is to be known before it is decided who gets which posts.

use std::collections::{HashMap, HashSet};

use super::select::wanted;
use crate::context::Context;
use crate::outbox::release::digest;
use crate::store::digests::{self, Fresh, Range};
use crate::store::members::Member;
use crate::store::offers::Offer;
use crate::store::{self, Tx};

/// All that decides who gets which posts.
#[derive(Clone, Debug, Default)]
pub(super) struct Gathered {
    /// The posts that somebody may be owed, in order.
    pub posts: Vec<Fresh>,
    /// The members whose turn it is, in order.
    pub members: Vec<Owed>,
    /// The last post that this digest brings.
    pub to: i64,
}

/// A member, and what they are owed.
#[derive(Clone, Debug)]
pub(super) struct Owed {
    pub member: Member,
    /// The posts behind the first, up to the second.
    pub stretches: Vec<(i64, i64)>,
    /// Threads that they do not want.
    pub muted: HashSet<i64>,
    /// Posts that came to them one by one.
    pub got: HashSet<i64>,
    /// Their addresses, where they do not want their own posts back.
    pub own: HashSet<String>,
    /// Mails that go with their digest, in order.
    pub items: Vec<Offer>,
}

/// Reads what these members may be owed, up to the post `to`.
pub(super) async fn gather(
    tx: &mut Tx,
    due: Vec<Member>,
    range: Range,
    to: i64,
) -> store::Result<Gathered> {
    let mut stretches = by_member(
        digests::owed(tx, range)
            .await?
            .into_iter()
            .map(|(member, after, to)| (member, (after, to))),
    );
    for member in due.iter().filter(|member| member.receives_digest()) {
        let theirs = stretches.entry(member.id).or_insert_with(Vec::new);
        theirs.push((member.digested_to, to));
    }
    let after = stretches.values().flatten().map(|(after, _)| *after).min();
    let posts = digests::fresh(tx, range.community_id, after.unwrap_or(to), to).await?;
    let to = match posts.last() {
        Some(last) if !digests::is_complete(&posts) => last.id,
        _ => to,
    };
    let first_mail = posts
        .iter()
        .map(|post| post.mail_id)
        .min()
        .unwrap_or(i64::MAX);
    let mut muted = by_member(digests::muted(tx, range).await?);
    let mut got = by_member(digests::got(tx, range, first_mail).await?);
    let mut own = by_member(digests::own_addresses(tx, range).await?);
    let members = due.into_iter().map(|member| Owed {
        stretches: stretches.remove(&member.id).unwrap_or_default(),
        muted: set(muted.remove(&member.id)),
        got: set(got.remove(&member.id)),
        own: set(own.remove(&member.id)),
        items: Vec::new(),
        member,
    });
    Ok(Gathered {
        members: members.collect(),
        posts,
        to,
    })
}

/// Adds the mails that go with the digests of those who get one.
pub(super) async fn items(
    tx: &mut Tx,
    ctx: &Context,
    gathered: &mut Gathered,
    range: Range,
) -> store::Result<()> {
    let holders = digest::holders(tx, range, ctx.now(), i64::MAX).await?;
    let Gathered { posts, members, .. } = gathered;
    for owed in members {
        let is_holder = holders.contains(&owed.member.id);
        if is_holder && owed.member.receives_digest() && !wanted(owed, posts).is_empty() {
            owed.items = digest::take(tx, ctx, &owed.member).await?;
        }
    }
    Ok(())
}

fn by_member<T>(rows: impl IntoIterator<Item = (i64, T)>) -> HashMap<i64, Vec<T>> {
    let mut all: HashMap<i64, Vec<T>> = HashMap::new();
    for (member, what) in rows {
        all.entry(member).or_default().push(what);
    }
    all
}

fn set<T: std::hash::Hash + Eq>(rows: Option<Vec<T>>) -> HashSet<T> {
    rows.into_iter().flatten().collect()
}
