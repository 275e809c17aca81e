//! Who may enter an archive. Every page of an archive comes through here before
//! it looks for anything, so that what is private cannot be told from what is not
//! there.

use std::sync::Arc;

use super::answer::{Found, Refusal};
use super::pages::notice::Notice;
use super::pages::parts::{self, Link};
use super::pages::post::anchor;
use super::visitor::Visitor;
use crate::clock::moment;
use crate::config::Charter;
use crate::config::charter::{ArchivePolicy, Subscription};
use crate::context::Context;
use crate::store::Tx;
use crate::store::communities::{self, Community};
use crate::store::posts::{self, Post};

/// An archive that this visitor may read.
pub(super) struct Archive {
    /// Its community.
    pub(super) community: Community,
    /// The community's charter.
    pub(super) charter: Arc<Charter>,
    /// Whether the visitor reads it as a member: also what stays among members.
    pub(super) of_members: bool,
}

impl Archive {
    /// What the head of its pages shows.
    pub(super) fn head(&self) -> parts::Community {
        parts::Community {
            slug: self.community.slug.clone(),
            name: self.community.name.clone(),
            language: self.charter.language.clone(),
            is_private: !self.is_public(),
        }
    }

    /// Whether everybody may read it: then mail addresses are shortened.
    pub(super) fn is_public(&self) -> bool {
        matches!(self.charter.list.archive, ArchivePolicy::Public)
    }

    /// The post of that name in paths. One that stays among members is not found by
    /// others, like any that is not there.
    pub(super) async fn post(&self, tx: &mut Tx, permalink: &str) -> Found<Post> {
        let is_one = permalink.len() == 40
            && permalink
                .bytes()
                .all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        if !is_one {
            return Err(Refusal::NotFound);
        }
        let found = posts::by_permalink(tx, self.community.id, permalink).await?;
        found
            .filter(|post| post.members_only == 0 || self.of_members)
            .ok_or(Refusal::NotFound)
    }

    /// The post of that name, to be shown: of one that was erased there is nothing but
    /// that it was here.
    pub(super) async fn legible(&self, tx: &mut Tx, permalink: &str) -> Found<Post> {
        let post = self.post(tx, permalink).await?;
        match post.erased_at {
            None => Ok(post),
            Some(at) => {
                let thread = self.path(&format!("t/{permalink}#{}", anchor(permalink)));
                let day = moment(at).format("%-d %B %Y").to_string();
                let notice = Notice::erased(&day, Link::new(thread, "The thread that it was in"));
                Err(Refusal::Erased(Box::new(notice)))
            }
        }
    }

    /// A path below its front.
    pub(super) fn path(&self, rest: &str) -> String {
        format!("/c/{}/{rest}", self.community.slug)
    }
}

/// Lets a visitor into the archive of `slug`, where its charter lets everybody in or
/// they are a member. To others an archive for members says so, since every mail's Archived-At names it, but
/// not even the name of its community; one that there is none of is not found,
/// like any slug that nobody has.
pub(super) async fn enter(
    tx: &mut Tx,
    ctx: &Context,
    slug: &str,
    visitor: &Visitor,
) -> Found<Archive> {
    if !is_slug(slug) {
        return Err(Refusal::NotFound);
    }
    let community = communities::by_slug(tx, slug)
        .await?
        .ok_or(Refusal::NotFound)?;
    let charter = ctx.charter(&community).ok_or(Refusal::NotFound)?;
    let of_members = visitor.is_member(tx, ctx, community.id).await?;
    match charter.list.archive {
        ArchivePolicy::None if !visitor.is_operator() => Err(Refusal::NotFound),
        ArchivePolicy::Members if !of_members => {
            let notice = for_members(ctx, &community, &charter);
            Err(Refusal::MembersOnly(Box::new(notice)))
        }
        ArchivePolicy::None | ArchivePolicy::Members | ArchivePolicy::Public => Ok(Archive {
            community,
            charter,
            of_members,
        }),
    }
}

/// The archive of a community for one of its members; not found where it keeps none.
pub(super) fn enter_as_member(ctx: &Context, community: Community) -> Found<Archive> {
    let charter = ctx.charter(&community).ok_or(Refusal::NotFound)?;
    match charter.list.archive {
        ArchivePolicy::None => Err(Refusal::NotFound),
        ArchivePolicy::Members | ArchivePolicy::Public => Ok(Archive {
            community,
            charter,
            of_members: true,
        }),
    }
}

fn for_members(ctx: &Context, community: &Community, charter: &Charter) -> Notice {
    let owner = format!("{}-owner@{}", charter.slug, ctx.settings.domain);
    Notice::members_only(
        &charter.slug,
        &join_address(ctx, community, charter),
        &owner,
    )
}

/// Where to write to join; empty where nobody can.
pub(super) fn join_address(ctx: &Context, community: &Community, charter: &Charter) -> String {
    match charter.list.subscription {
        _ if community.closed_at.is_some() => String::new(),
        Subscription::Invite => String::new(),
        _ => format!("{}-join@{}", charter.slug, ctx.settings.domain),
    }
}

/// Whether it can be one at all: whatever else is asked for never reaches the database.
pub(super) fn is_slug(text: &str) -> bool {
    (1..=24).contains(&text.len())
        && text
            .bytes()
            .all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'-'))
}
