//! A reason in English, for the trail and the command line.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use crate::templates::Phrase;

static ENGLISH: LazyLock<BTreeMap<String, String>> = LazyLock::new(|| {
    let text = include_str!("../../../templates/en/phrases.toml");
    toml::from_str(text).unwrap_or_default()
});

/// The phrase's English text with its values; its key where there is no such text.
pub(super) fn say(phrase: &Phrase) -> String {
    let Some(text) = ENGLISH.get(phrase.key) else {
        return phrase.key.to_owned();
    };
    // Piece by piece, so that a value that looks like a place stays as it is.
    let mut out = String::new();
    let mut rest = text.as_str();
    while let Some((before, after)) = rest.split_once("{{") {
        let (name, behind) = after.split_once("}}").unwrap_or((after, ""));
        let value = phrase.values.iter().find(|(known, _)| *known == name);
        out.push_str(before);
        out.push_str(value.map_or(name, |(_, value)| value));
        rest = behind;
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_fill_their_places_and_nothing_else() {
        let phrase = Phrase::new("rule-hops").with("count", "{{most}}");
        let phrase = phrase.with("most", "50");
        let expected = "it has passed {{most}} servers; 50 is the limit";
        assert_eq!(say(&phrase), expected);
        assert_eq!(say(&Phrase::new("no-such")), "no-such");
    }
}
