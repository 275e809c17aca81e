//! All threads of an archive at once, for rebuilding it.

use std::collections::HashMap;

use super::{ancestry, nearest_parent};

/// What a mail says about its place.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Refs {
    /// Its Message-ID, without angle brackets; empty where it has none.
    pub message_id: String,
    /// References, nearest last.
    pub references: Vec<String>,
    /// In-Reply-To.
    pub in_reply_to: Vec<String>,
}

/// Where a mail stands: indices into the mails as they were given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Placed {
    /// The mail it answers, if the archive holds one.
    pub parent: Option<usize>,
    /// The mail that its thread begins with; itself at a root.
    pub root: usize,
}

/// Places every mail, in whatever order they come. Where two mails have one
/// Message-ID, the first is the one that is answered.
pub fn forest(mails: &[Refs]) -> Vec<Placed> {
    let mut by_id: HashMap<&str, usize> = HashMap::new();
    for (index, mail) in mails
        .iter()
        .enumerate()
        .filter(|(_, m)| !m.message_id.is_empty())
    {
        by_id.entry(&mail.message_id).or_insert(index);
    }
    let mut parents: Vec<Option<usize>> = vec![None; mails.len()];
    for (index, mail) in mails.iter().enumerate() {
        let ancestry = ancestry(&mail.message_id, &mail.references, &mail.in_reply_to);
        let find = |id: &str| by_id.get(id).copied();
        parents[index] = nearest_parent(Some(index), &ancestry, find, |above| parents[above]);
    }
    roots(&parents)
}

/// Each chain is followed once: what is known of an ancestor ends it.
fn roots(parents: &[Option<usize>]) -> Vec<Placed> {
    let mut root: Vec<Option<usize>> = vec![None; parents.len()];
    for start in 0..parents.len() {
        let mut chain = vec![start];
        let mut at = start;
        while let (None, Some(above)) = (root[at], parents[at]) {
            at = above;
            chain.push(at);
        }
        let found = root[at].unwrap_or(at);
        chain.iter().for_each(|link| root[*link] = Some(found));
    }
    let placed = parents.iter().zip(root).enumerate();
    placed
        .map(|(at, (parent, root))| Placed {
            parent: *parent,
            root: root.unwrap_or(at),
        })
        .collect()
}
