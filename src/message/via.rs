//! The From of a post whose author's own may not stay: the list's address under the
//! author's name.

use super::Mailbox;
use super::address::local_of;
use super::encoded_word;
use super::oneline::oneline;

/// Authors that are named; more are in Reply-To or Cc.
const MOST: usize = 3;
/// The longest name that is shown, in characters; one of a community may be as long.
const LONGEST: usize = 100;

/// `"NAME via COMMUNITY" <ADDRESS>` as it stands in a header: ASCII, unable to carry a
/// line end into the header. No author's whole address is in it: clients would show
/// that, and filters take such a name for a trick.
pub fn from(authors: &[Mailbox], community: &str, address: &str) -> String {
    let names: Vec<String> = authors.iter().take(MOST).map(name).collect();
    let name = cut(&names.join(", "));
    let community = cut(&oneline(community));
    let suffix = format!("via {community}");
    // It may have come through this list already.
    let name = match name.is_empty() || name.ends_with(&suffix) {
        true if name.is_empty() => community,
        true => name,
        false => format!("{name} {suffix}"),
    };
    match name.is_ascii() && !name.contains("=?") {
        true => format!(
            "\"{}\" <{address}>",
            name.replace('\\', "\\\\").replace('"', "\\\"")
        ),
        false => format!("{} <{address}>", encoded_word::encode(&name)),
    }
}

/// What an author is called: the display name, else the local part of the address.
pub fn name(author: &Mailbox) -> String {
    let given = without_domains(&oneline(author.name.as_deref().unwrap_or_default()));
    match given.is_empty() {
        true => local_of(&author.address).trim_matches('"').to_owned(),
        false => given,
    }
}

/// `Ann (ann@x.example)` as `Ann (ann)`: what follows an `@` at once goes.
fn without_domains(name: &str) -> String {
    let mut out = String::new();
    let mut chars = name.chars().peekable();
    let is_domain = |c: &char| c.is_alphanumeric() || "-._[]".contains(*c);
    while let Some(c) = chars.next() {
        if c == '@' && chars.peek().is_some_and(is_domain) {
            while chars.next_if(is_domain).is_some() {}
        } else {
            out.push(c);
        }
    }
    out.trim().to_owned()
}

fn cut(name: &str) -> String {
    match name.char_indices().nth(LONGEST) {
        None => name.to_owned(),
        Some((at, _)) => format!("{}…", name.get(..at).unwrap_or_default().trim_end()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(name: &str, want: &str) {
        let author = Mailbox {
            name: Some(name.to_owned()),
            address: "ann.lee@x.example".into(),
        };
        let field = format!(
            "From: {}\r\n\r\n",
            from(&[author], "Pumps", "pumps@lists.example")
        );
        let read = crate::message::parse(field.as_bytes());
        let [only] = read.from.as_slice() else {
            panic!("{field} has {} authors", read.from.len());
        };
        assert_eq!(only.address, "pumps@lists.example", "{field}");
        assert_eq!(only.name.as_deref(), Some(want), "{field}");
        assert!(field.is_ascii() && !field.trim_end().contains('\n'));
        assert!(!field.contains("x.example"), "{field}");
    }

    #[test]
    fn names_say_who_wrote_and_can_do_no_harm() {
        check("Ann Lee", "Ann Lee via Pumps");
        check("Lee, Ann", "Lee, Ann via Pumps");
        check(
            "Ann \"The\\ Valve\" Lee",
            "Ann \"The\\ Valve\" Lee via Pumps",
        );
        check("Jörg Müller", "Jörg Müller via Pumps");
        check("", "ann.lee via Pumps");
        check("ann.lee@x.example", "ann.lee via Pumps");
        check("Ann (ann.lee@x.example)", "Ann (ann.lee) via Pumps");
        check("<ann.lee@x.example>", "<ann.lee> via Pumps");
        check("@x.example", "ann.lee via Pumps");
        check("Ann @ Pumps", "Ann @ Pumps via Pumps");
        check("Ann via Pumps", "Ann via Pumps");
        check(
            "=?utf-8?Q?boss=40bank.example?=",
            "=?utf-8?Q?boss=40bank.example?= via Pumps",
        );
        check("Ann\r\nBcc: b", "Ann Bcc: b via Pumps");
        check("李安", "李安 via Pumps");
        let long = "ü".repeat(200);
        check(&long, &format!("{}… via Pumps", "ü".repeat(100)));
    }

    #[test]
    fn several_authors_are_all_named() {
        let author = |name: &str| Mailbox {
            name: Some(name.to_owned()),
            address: "a@x.example".into(),
        };
        let authors = ["Ann", "Bo", "Cy", "Di"].map(author);
        let field = from(&authors, "Pumps", "pumps@lists.example");
        assert_eq!(field, "\"Ann, Bo, Cy via Pumps\" <pumps@lists.example>");
    }
}
