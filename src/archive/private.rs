//! Threads that stay among members: `[members]` in the subject of any post keeps
//! the whole thread, earlier and later posts, from whoever is none.

use crate::store::{self, Millis, Tx, guests, posts};
use crate::trail::Step;

/// The tag, in lower case.
const TAG: &str = "[members]";

/// Whether a subject asks for its thread to stay among members.
pub fn is_private(subject: &str) -> bool {
    subject.to_lowercase().contains(TAG)
}

/// Keeps a thread among members, where this subject or any post of it asks for
/// that. Guests are none: what they get of it ends here.
///
/// # Errors
/// Where the database refuses.
pub async fn keep(
    tx: &mut Tx,
    community: i64,
    thread: i64,
    subject: &str,
    at: Millis,
) -> store::Result<()> {
    if !is_private(subject) && !posts::is_members_only(tx, community, thread).await? {
        return Ok(());
    }
    posts::keep_among_members(tx, community, thread).await?;
    let of = guests::Thread { community, thread };
    for guest in guests::of_thread(tx, of).await? {
        let step = Step::of_person(Some(community), &guest, at);
        let reason = "the thread stays among members";
        guests::end(tx, of, &guest, reason, at).await?;
        step.record(tx, "guest", "ended", reason).await?;
    }
    guests::end_all(tx, of, at).await.map(drop)
}

#[cfg(test)]
mod tests {
    use super::is_private;

    #[test]
    fn the_tag_counts_in_any_case_and_place() {
        for (subject, wanted) in [
            ("[members] Salaries", true),
            ("Re: [pumps] [Members] Salaries", true),
            ("AW: [MEMBERS]Salaries", true),
            ("Members only?", false),
            ("[members", false),
            ("", false),
        ] {
            assert_eq!(is_private(subject), wanted, "{subject}");
        }
    }
}
