//! What a member's next digest owes them, kept whenever the member changes.

use crate::store::members::Member;
use crate::store::{self, Tx, digests};

/// Keeps count of what is owed to a member who was `before` (`None`: not here)
/// and is `after`, as it stands in the database. From when somebody gets digests,
/// theirs bring what is posted from then on: what came before they have, or did
/// not want. Whoever stops gets with the next digest what had been posted until
/// then. Nobody who has left is owed anything.
///
/// # Errors
/// Where the database refuses.
pub async fn changed(tx: &mut Tx, before: Option<&Member>, after: &Member) -> store::Result<()> {
    if !after.on_list() {
        return digests::forget(tx, after.id).await;
    }
    let was = before.filter(|member| member.receives_digest());
    match (was, after.receives_digest()) {
        (None, true) => {
            let last = digests::last_post(tx).await?;
            digests::set_mark(tx, after.id, last).await
        }
        (Some(was), false) => {
            let last = digests::last_post(tx).await?;
            if was.digested_to < last {
                digests::owe(tx, was, was.digested_to, last).await?;
            }
            Ok(())
        }
        _ => Ok(()),
    }
}
