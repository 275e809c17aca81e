//! Message-IDs and list identifiers.

use super::address::normalise;
use super::headers::Section;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use mail_parser::HeaderValue;

/// The most references kept: the first ones name the thread, the last ones the place in it.
const MOST: usize = 200;
/// The octets of a Thread-Index that name the conversation, and those of each answer.
const CONVERSATION: usize = 22;
const ANSWER: usize = 5;
/// The longest identifier, in octets: a line of a header.
const LONGEST: usize = 998;

/// The identifiers of an In-Reply-To or References field (RFC 5322, section 3.6.4), in
/// order, without repetitions; of a long list the middle is left out.
pub(super) fn of_header(value: &HeaderValue<'_>) -> Vec<String> {
    let all: Vec<String> = match value {
        HeaderValue::Text(text) => clean(text).into_iter().collect(),
        HeaderValue::TextList(list) => list.iter().filter_map(|id| clean(id)).collect(),
        _ => Vec::new(),
    };
    cut_middle(without_repetitions(all))
}

/// An identifier without angle brackets; `None` where none is left.
pub(super) fn clean(text: &str) -> Option<String> {
    let id: String = text
        .chars()
        .filter(|c| !c.is_whitespace() && !c.is_control())
        .collect();
    let id = id.trim_start_matches('<').trim_end_matches('>');
    (!id.is_empty() && id.len() <= LONGEST).then(|| id.to_string())
}

fn without_repetitions(ids: Vec<String>) -> Vec<String> {
    let mut seen = std::collections::HashSet::new();
    ids.into_iter()
        .filter(|id| seen.insert(id.clone()))
        .collect()
}

fn cut_middle(mut ids: Vec<String>) -> Vec<String> {
    if ids.len() > MOST {
        let tail = ids.split_off(ids.len() - MOST / 2);
        ids.truncate(MOST / 2);
        ids.extend(tail);
    }
    ids
}

/// The identifiers of all List-Id fields (RFC 2919), lower-cased, for the loop check.
pub(super) fn list_ids(bytes: &[u8], head: &Section) -> Vec<String> {
    head.all(bytes, "List-Id")
        .take(MOST)
        .filter_map(|field| list_id(&field.text_in(bytes)))
        .collect()
}

/// The addresses that lists left in X-BeenThere and X-Loop.
pub(super) fn been_to(bytes: &[u8], head: &Section) -> Vec<String> {
    let fields = head
        .all(bytes, "X-BeenThere")
        .chain(head.all(bytes, "X-Loop"));
    fields
        .take(MOST)
        .filter_map(|field| normalise(&field.text_in(bytes)))
        .collect()
}

/// Thread-Index as Outlook writes it ([MS-OXOMSG], 2.2.1.3): 22 octets of the
/// conversation, and five more for each answer. In hexadecimal, so that whose it answers
/// is a prefix of it; empty where the field is none.
pub(super) fn thread_index(bytes: &[u8], head: &Section) -> String {
    let Some(field) = head.find(bytes, "Thread-Index") else {
        return String::new();
    };
    let text: String = field.text_in(bytes).split_whitespace().collect();
    let decoded = Some(text)
        .filter(|text| text.len() <= LONGEST)
        .and_then(|text| STANDARD.decode(text).ok());
    let is_one = |octets: &Vec<u8>| {
        octets.len() >= CONVERSATION && (octets.len() - CONVERSATION).is_multiple_of(ANSWER)
    };
    let octets = decoded.filter(is_one).unwrap_or_default();
    octets.iter().map(|octet| format!("{octet:02x}")).collect()
}

fn list_id(text: &str) -> Option<String> {
    let inner = text
        .rsplit_once('<')
        .map_or(text, |(_, rest)| rest.split('>').next().unwrap_or(rest));
    clean(inner).map(|id| id.to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_references_keep_both_ends() {
        let ids = (0..500)
            .map(|n| format!("<{n}@x.example>").into())
            .collect();
        let kept = of_header(&HeaderValue::TextList(ids));
        assert_eq!(
            (kept.len(), kept[0].as_str(), kept[199].as_str()),
            (200, "0@x.example", "499@x.example")
        );
    }

    #[test]
    fn list_ids_are_read_with_and_without_a_phrase() {
        assert_eq!(
            list_id("Pumps <Pumps.Lists.Example>").as_deref(),
            Some("pumps.lists.example")
        );
        assert_eq!(
            list_id("pumps.lists.example").as_deref(),
            Some("pumps.lists.example")
        );
        assert_eq!(list_id("<>"), None);
    }
}
