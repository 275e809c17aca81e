//! Authors as Pipermail shows them, hidden from harvesters: `bob at plant.example (Bob B.)`.

use crate::message::{self, Mailbox, address};

/// The author that a message names in that way, if it does.
pub fn author(raw: &[u8]) -> Option<Mailbox> {
    let fields = message::fields(raw);
    let (_, text) = fields
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case("From"))?;
    let text = text.trim();
    let (bare, name) = match text.split_once(" (") {
        Some((bare, name)) => (bare, name.strip_suffix(')').unwrap_or(name).trim()),
        None => (text, ""),
    };
    let (local, domain) = bare.trim().split_once(" at ")?;
    if local.contains(char::is_whitespace) || domain.contains(char::is_whitespace) {
        return None;
    }
    let address = address::normalise(&format!("{local}@{domain}"))?;
    Some(Mailbox {
        name: (!name.is_empty()).then(|| name.to_owned()),
        address,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_obscured_author_is_known_again() {
        let table = [
            (
                "bob at plant.example (Bob B.)",
                Some(("bob@plant.example", Some("Bob B."))),
            ),
            ("bob at plant.example", Some(("bob@plant.example", None))),
            (
                "j.m at mill.example (=?iso-8859-1?Q?J=FCrgen_M=2E?=)",
                Some(("j.m@mill.example", Some("Jürgen M."))),
            ),
            ("Bob <bob@plant.example>", None),
            ("Bob at the plant (bob)", None),
            ("look at", None),
            ("", None),
        ];
        for (field, expected) in table {
            let raw = format!("Subject: a\r\nFrom: {field}\r\n\r\nb\r\n");
            let found = author(raw.as_bytes());
            let found = found
                .as_ref()
                .map(|one| (one.address.as_str(), one.name.as_deref()));
            assert_eq!(found, expected, "{field}");
        }
    }
}
