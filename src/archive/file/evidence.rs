//! The place of a post whose references say nothing, and of those that waited for it.

use super::super::threads::Hints;
use super::Own;
use crate::store::placing::{self, Near};
use crate::store::{self, Tx, posts};

const DAY: i64 = 86_400_000;

/// A subject alone joins an answer to what was written so shortly before it. Longer ago,
/// people say the same of something else.
const WINDOW: i64 = 7 * DAY;

/// The hexadecimal digits of a Thread-Index that name the conversation.
pub(in crate::archive) const CONVERSATION: usize = 44;

/// Outlook's conversation; else what is quoted; else, shortly after, the subject.
pub(in crate::archive) async fn place(
    tx: &mut Tx,
    own: &Own<'_>,
    hints: &Hints,
) -> store::Result<Option<(i64, Option<i64>)>> {
    if let Some(place) = by_index(tx, own, hints).await? {
        return Ok(Some(place));
    }
    for name in &hints.quoted {
        let found = posts::by_permalink(tx, own.community, name).await?;
        let found = found.filter(|post| post.id != own.id);
        if let Some(post) = found {
            return Ok(Some((post.thread_id, Some(post.id))));
        }
    }
    if !hints.is_bare_answer || hints.base_subject.is_empty() {
        return Ok(None);
    }
    let when = (own.sent_at - WINDOW, own.sent_at);
    let near = placing::by_subject(tx, own.community, &hints.base_subject, when, own.id).await?;
    // Which post of the thread is answered nobody knows: its first, as Zawinski has it.
    let root = near
        .map(|near| near.thread_id)
        .filter(|root| *root != own.id);
    Ok(root.map(|root| (root, Some(root))))
}

async fn by_index(
    tx: &mut Tx,
    own: &Own<'_>,
    hints: &Hints,
) -> store::Result<Option<(i64, Option<i64>)>> {
    let Some(conversation) = hints.thread_index.get(..CONVERSATION) else {
        return Ok(None);
    };
    let near = placing::near(tx, own.community, conversation, own.id).await?;
    Ok(among(&near, &hints.thread_index))
}

/// Below the longest index that is a beginning of its own; else beside the first.
pub(in crate::archive) fn among(near: &[Near], index: &str) -> Option<(i64, Option<i64>)> {
    let answers = |one: &&Near| is_above(&one.thread_index, index);
    let parent = near
        .iter()
        .filter(answers)
        .max_by_key(|one| one.thread_index.len());
    let place = parent.map(|parent| (parent.thread_id, Some(parent.id)));
    // What answers it comes below it, and is no sign of another thread.
    let beside = || near.iter().find(|one| !is_above(index, &one.thread_index));
    place.or_else(|| beside().map(|beside| (beside.thread_id, None)))
}

pub(in crate::archive) fn is_above(above: &str, below: &str) -> bool {
    above.len() < below.len() && below.starts_with(above)
}

/// Posts that answer nothing yet and this one by other evidence: they came before it.
pub(super) async fn waiting(tx: &mut Tx, own: &Own<'_>, hints: &Hints) -> store::Result<Vec<i64>> {
    let mut waiting = Vec::new();
    for name in placing::decided_below(tx, own.community, own.message_id).await? {
        let post = posts::by_message_id(tx, own.community, &name).await?;
        waiting.extend(post.map(|post| post.id));
    }
    if let Some(conversation) = hints.thread_index.get(..CONVERSATION) {
        let near = placing::near(tx, own.community, conversation, own.id).await?;
        let is_waiting = |one: &&Near| {
            one.parent_id.is_none() && is_above(&hints.thread_index, &one.thread_index)
        };
        waiting.extend(near.iter().filter(is_waiting).map(|one| one.id));
    }
    waiting.retain(|id| *id != own.id);
    Ok(waiting)
}
