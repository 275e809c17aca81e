//! The order in which a thread is read.

use std::collections::HashMap;

/// A post of a thread.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Node {
    /// Its id.
    pub id: i64,
    /// The post it answers; one that is not among the nodes counts as none.
    pub parent: Option<i64>,
    /// When it was sent, in milliseconds since 1970.
    pub date: i64,
}

/// A post in its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Leaf {
    /// Its index among the nodes as they were given.
    pub index: usize,
    /// How far it is indented, 0 at a root.
    pub depth: usize,
}

/// Every node exactly once: each behind the one it answers, answers to the same
/// one by date. Beyond `max_depth` nothing is indented further. Posts in a circle
/// come last, the earliest of them as a root.
pub fn tree_order(nodes: &[Node], max_depth: usize) -> Vec<Leaf> {
    let mut by_date: Vec<usize> = (0..nodes.len()).collect();
    by_date.sort_by_key(|index| (nodes[*index].date, nodes[*index].id));
    let answers = answers(nodes, &by_date);
    let mut walk = Walk {
        answers: &answers,
        seen: vec![false; nodes.len()],
        order: Vec::new(),
    };
    let is_root = |index: &&usize| answers.parent[**index].is_none();
    by_date
        .iter()
        .filter(is_root)
        .for_each(|root| walk.descend(*root, max_depth));
    by_date
        .iter()
        .for_each(|rest| walk.descend(*rest, max_depth));
    walk.order
}

struct Answers {
    parent: Vec<Option<usize>>,
    children: Vec<Vec<usize>>,
}

fn answers(nodes: &[Node], by_date: &[usize]) -> Answers {
    let index: HashMap<i64, usize> = nodes.iter().enumerate().map(|(i, n)| (n.id, i)).collect();
    let mut parent = vec![None; nodes.len()];
    let mut children = vec![Vec::new(); nodes.len()];
    for child in by_date {
        let above = nodes[*child].parent.and_then(|id| index.get(&id)).copied();
        parent[*child] = above.filter(|above| above != child);
        if let Some(above) = parent[*child] {
            children[above].push(*child);
        }
    }
    Answers { parent, children }
}

struct Walk<'a> {
    answers: &'a Answers,
    seen: Vec<bool>,
    order: Vec<Leaf>,
}

impl Walk<'_> {
    /// With a stack of our own: a thread may be as deep as the archive is long.
    fn descend(&mut self, root: usize, max_depth: usize) {
        let mut stack = vec![(root, 0)];
        while let Some((index, depth)) = stack.pop() {
            if std::mem::replace(&mut self.seen[index], true) {
                continue;
            }
            self.order.push(Leaf { index, depth });
            let below = (depth + 1).min(max_depth);
            stack.extend(
                self.answers.children[index]
                    .iter()
                    .rev()
                    .map(|child| (*child, below)),
            );
        }
    }
}
