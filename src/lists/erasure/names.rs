//! The names of somebody who is erased: in what hosts wrote about sessions, as a guest's and
//! in notes where it is the whole name; and in what was recorded of who was asked what.

use crate::store::reports;
use crate::store::{self, Tx, erasure, members};

/// What stands where a name stood: how many came stays as it was.
const INSTEAD: &str = "(erased)";

/// The names that a person goes by, each once: as a member, and above their posts.
///
/// # Errors
/// Where the database refuses.
pub(super) async fn of(
    tx: &mut Tx,
    person: Option<i64>,
    addresses: &[String],
) -> store::Result<Vec<String>> {
    let mut all = Vec::new();
    if let Some(person) = person {
        let memberships = members::of_person(tx, person).await?;
        all.extend(memberships.into_iter().map(|member| member.name));
    }
    for address in addresses {
        all.extend(erasure::names_above_posts(tx, address).await?);
    }
    let mut names: Vec<String> = all.iter().map(|name| name.trim().to_owned()).collect();
    names.retain(|name| !name.is_empty());
    names.sort();
    names.dedup();
    Ok(names)
}

/// Forgets these names wherever a session's guests or notes have them.
///
/// # Errors
/// Where the database refuses.
pub(super) async fn forget(tx: &mut Tx, names: &[String]) -> store::Result<()> {
    if names.is_empty() {
        return Ok(());
    }
    for report in reports::in_words(tx).await? {
        let mut without = report.clone();
        for name in names {
            without.guests = without_guest(&without.guests, name);
            without.notes = without_name(&without.notes, name);
        }
        if without != report {
            reports::put(tx, &without).await?;
        }
    }
    for name in names.iter().filter(|name| is_whole(name)) {
        erasure::forget_name(tx, name, INSTEAD).await?;
    }
    Ok(())
}

/// One word alone may be anybody's, or no name at all.
fn is_whole(name: &str) -> bool {
    name.split_whitespace().count() > 1
}

/// Guests stand a line each.
fn without_guest(guests: &str, name: &str) -> String {
    let is_theirs = |line: &str| line.trim().to_lowercase() == name.to_lowercase();
    let line = |line| if is_theirs(line) { INSTEAD } else { line };
    guests.lines().map(line).collect::<Vec<_>>().join("\n")
}

fn without_name(notes: &str, name: &str) -> String {
    if !is_whole(name) {
        return notes.to_owned();
    }
    let mut out = String::with_capacity(notes.len());
    let mut rest = notes;
    while let Some(at) = rest.find(name) {
        let (before, found) = rest.split_at(at);
        let after = found.get(name.len()..).unwrap_or_default();
        let joins = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
        let is_whole = !joins(before.chars().next_back()) && !joins(after.chars().next());
        out.push_str(before);
        out.push_str(if is_whole { INSTEAD } else { name });
        rest = after;
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_goes_where_it_is_theirs() {
        let guests = "Bo\nCleo Meier\nCLEO MEIER \nCleo Meier-Lang";
        let left = "Bo\n(erased)\n(erased)\nCleo Meier-Lang";
        assert_eq!(without_guest(guests, "Cleo Meier"), left);
        let table = [
            ("Cleo Meier measured it.", "(erased) measured it."),
            ("by Cleo Meier, Cleo Meier", "by (erased), (erased)"),
            ("Cleo Meiers Pumpe", "Cleo Meiers Pumpe"),
            ("Cleo did", "Cleo did"),
        ];
        for (notes, left) in table {
            assert_eq!(without_name(notes, "Cleo Meier"), left);
        }
        assert_eq!(without_name("Rose is dry", "Rose"), "Rose is dry");
    }
}
