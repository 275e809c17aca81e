//! Which posts a member's digest brings, and who gets the same.

use std::collections::BTreeMap;

use super::gather::{Gathered, Owed};
use crate::store::digests::Fresh;
use crate::store::members::Member;
use crate::store::offers::Offer;

/// How a digest looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Form {
    /// One text with links.
    Page,
    /// Titles only.
    Headlines,
    /// The posts as they went to the list, attached (RFC 2046, section 5.1.5).
    Mime,
}

impl Form {
    fn of(member: &Member) -> Form {
        match (member.delivery.as_str(), member.digest_form.as_str()) {
            ("headlines", _) => Form::Headlines,
            (_, "mime") => Form::Mime,
            _ => Form::Page,
        }
    }
}

/// What is to be sent to whom.
#[derive(Clone, Debug, Default)]
pub(super) struct Plan {
    pub groups: Vec<Group>,
    /// The last member who is in a group or is owed nothing, where not all could be.
    pub last_member: Option<i64>,
}

/// Members who get the same.
#[derive(Clone, Debug)]
pub(super) struct Group {
    pub form: Form,
    /// Places in the list of posts, in order.
    pub posts: Vec<usize>,
    /// (member, address).
    pub to: Vec<(i64, String)>,
    /// Mails that go with it, the same ones to each: for each member, in order.
    pub items: Vec<Vec<Offer>>,
}

/// What members share who get the same: the form, the places of the posts, and the mails
/// that go with them.
type Same = (Form, Vec<usize>, Vec<i64>);

/// A member of a group: key, address and what goes with their digest.
type Reader = ((i64, String), Vec<Offer>);

/// Puts members who get the same together, in at most `contents` groups; whoever
/// comes behind the one that would need one more is left for the next plan.
pub(super) fn plan(gathered: &Gathered, contents: usize) -> Plan {
    let mut groups: BTreeMap<Same, Vec<Reader>> = BTreeMap::new();
    let mut last_member = None;
    let mut before = None;
    for owed in &gathered.members {
        let posts = wanted(owed, &gathered.posts);
        let mails = owed.items.iter().map(|item| item.mail_id).collect();
        let key = (Form::of(&owed.member), posts, mails);
        if !key.1.is_empty() && groups.len() >= contents && !groups.contains_key(&key) {
            last_member = before;
            break;
        }
        if !key.1.is_empty() {
            let to = (owed.member.id, owed.member.address.clone());
            let items = owed.items.clone();
            groups.entry(key).or_default().push((to, items));
        }
        before = Some(owed.member.id);
    }
    let group = |((form, posts, _), readers): (Same, Vec<Reader>)| {
        let (to, items) = readers.into_iter().unzip();
        Group {
            form,
            posts,
            to,
            items,
        }
    };
    Plan {
        groups: groups.into_iter().map(group).collect(),
        last_member,
    }
}

/// The places of the posts that are due to this member.
pub(super) fn wanted(owed: &Owed, posts: &[Fresh]) -> Vec<usize> {
    let is_due = |post: &Fresh| {
        let mut stretches = owed.stretches.iter();
        stretches.any(|(after, to)| post.id > *after && post.id <= *to)
    };
    let is_wanted = |post: &Fresh| {
        !owed.muted.contains(&post.thread_id)
            && !owed.got.contains(&post.id)
            && !owed.own.contains(&post.author_address)
            && is_of_topic(&owed.member.topics, &post.topic)
    };
    let all = posts.iter().enumerate();
    all.filter(|(_, post)| is_due(post) && is_wanted(post))
        .map(|(place, _)| place)
        .collect()
}

/// Whether somebody who wants these topics (none: all) wants a post of that one.
fn is_of_topic(wanted: &str, topic: &str) -> bool {
    let named = |name: &str| name.trim().eq_ignore_ascii_case(topic);
    wanted.is_empty() || topic.is_empty() || wanted.split(',').any(named)
}

#[cfg(test)]
mod tests;
