//! The catalogue as Markdown, for `docs/mails.md`.

use super::{CATALOGUE, Class, Entry};

const DAY: i64 = 86_400_000;

/// The table of all mails.
pub fn markdown() -> String {
    let mut text = String::from(
        "| mail | class | what brings it about | to | priority | waits at most | a reply may say |\n\
         |---|---|---|---|:-:|---|---|\n",
    );
    let mut all: Vec<&Entry> = CATALOGUE.iter().collect();
    all.sort_by_key(|entry| (class(entry.class), entry.name));
    for entry in all {
        text.push_str(&row(entry));
    }
    text
}

fn row(entry: &Entry) -> String {
    let expiry = entry.expiry.map(|expiry| format!("{} days", expiry / DAY));
    let priority = entry
        .is_offered()
        .then(|| entry.priority.number().to_string());
    format!(
        "| `{}` | {} | {} | {} | {} | {} | {} |\n",
        entry.name,
        class(entry.class),
        entry.trigger,
        entry.audience,
        priority.unwrap_or_default(),
        expiry.unwrap_or_default(),
        entry.verbs.join(", ")
    )
}

fn class(class: Class) -> &'static str {
    match class {
        Class::Transactional => "transactional",
        Class::Conversation => "conversation",
        Class::Programme => "programme",
        Class::Role => "role",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_entry_says_what_a_reader_needs() {
        for entry in CATALOGUE {
            let Entry { name, .. } = entry;
            assert!(!entry.trigger.is_empty(), "{name}: what brings it about");
            assert!(!entry.audience.is_empty(), "{name}: whom it goes to");
            assert_eq!(entry.is_offered(), entry.expiry.is_some(), "{name}: expiry");
        }
    }
}
