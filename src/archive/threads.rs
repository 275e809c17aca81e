//! Who answers whom (RFC 5322, section 3.6.4): pure helpers.
//!
//! References decide, nearest last; In-Reply-To counts only where no reference is
//! in the archive. [`Hints`] has what counts where these say nothing. Nothing here recurses, and a mail
//! that claims to answer itself or its own answers is a root instead.

mod forest;
mod hints;
mod tree;

pub use forest::{Placed, Refs, forest};
pub use hints::Hints;
pub use tree::{Leaf, Node, tree_order};

/// References of one mail that are considered: the nearest ones.
pub const MAX_REFERENCES: usize = 100;
/// Ancestors that are followed when looking for a circle.
const MAX_ANCESTORS: usize = 10_000;

/// The Message-IDs that a mail may answer, nearest last, without itself and
/// without repetition: In-Reply-To first, since it counts least, then References.
pub fn ancestry<'a>(
    own: &str,
    references: &'a [String],
    in_reply_to: &'a [String],
) -> Vec<&'a str> {
    let mut nearest_first: Vec<&str> = Vec::new();
    let replied = in_reply_to.iter().rev().take(MAX_REFERENCES);
    for id in references.iter().rev().take(MAX_REFERENCES).chain(replied) {
        if id != own && !nearest_first.contains(&id.as_str()) {
            nearest_first.push(id);
        }
    }
    nearest_first.reverse();
    nearest_first
}

/// The nearest of `ancestry` (nearest last) that `find` knows and whose own
/// ancestors, followed by `parent`, do not lead back to `own`. `own` is `None`
/// for a post that is not yet in the archive, which nothing can lead back to.
pub fn nearest_parent<Id: Copy + Eq>(
    own: Option<Id>,
    ancestry: &[&str],
    find: impl Fn(&str) -> Option<Id>,
    parent: impl Fn(Id) -> Option<Id>,
) -> Option<Id> {
    let known = ancestry.iter().rev().filter_map(|id| find(id));
    known
        .into_iter()
        .find(|candidate| own.is_none_or(|own| !descends(*candidate, own, &parent)))
}

/// Whether `post` is `ancestor` or lies below it. A chain that is too long to be
/// followed counts as a circle.
fn descends<Id: Copy + Eq>(post: Id, ancestor: Id, parent: impl Fn(Id) -> Option<Id>) -> bool {
    let mut at = post;
    for _ in 0..MAX_ANCESTORS {
        if at == ancestor {
            return true;
        }
        match parent(at) {
            Some(above) => at = above,
            None => return false,
        }
    }
    true
}

#[cfg(test)]
mod tests;
