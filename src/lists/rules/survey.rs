//! The shape of an answer to a survey: digits and nothing else.

use std::sync::LazyLock;

use regex::Regex;

/// Five to nine digits from 0 to 5: apart, or each behind the number of its
/// question (`1) 4`, `Q2: 5`).
static ANSWERS: LazyLock<[Regex; 2]> = LazyLock::new(|| {
    let compiled = |pattern| Regex::new(pattern).expect("a pattern of our own");
    [
        compiled(r"^[0-5](?:[\s,;/.]+[0-5]){4,8}[\s,;.]*$"),
        compiled(
            r"(?i)^q?[1-9]\s*[).:=-]\s*[0-5](?:[\s,;]+q?[1-9]\s*[).:=-]\s*[0-5]){4,8}[\s,;.]*$",
        ),
    ]
});

/// An answer is short; a longer text is none.
const LONGEST: usize = 400;

/// Reply prefixes of the common languages, in lower case.
const PREFIXES: [&str; 14] = [
    "re", "aw", "antw", "antwort", "sv", "vs", "vá", "odp", "rv", "res", "ref", "rif", "r", "ynt",
];

/// Whether a text is nothing but the digits of a survey's answer.
pub fn is_answer(text: &str) -> bool {
    let text = text.trim();
    text.len() <= LONGEST && ANSWERS.iter().any(|shape| shape.is_match(text))
}

/// Whether a subject begins as a reply's does: `Re:`, `AW:`, `[list] Re:`, `回复：`.
pub(super) fn is_answer_subject(subject: &str) -> bool {
    let subject = subject.trim_start();
    let behind_tag = subject
        .strip_prefix('[')
        .and_then(|rest| rest.split_once(']'));
    let subject = behind_tag.map_or(subject, |(_, rest)| rest.trim_start());
    let prefix = subject.split_once([':', '：']).map(|(prefix, _)| prefix);
    prefix.is_some_and(|prefix| {
        let prefix = prefix.trim().to_lowercase();
        PREFIXES.contains(&prefix.as_str()) || matches!(prefix.as_str(), "回复" | "答复" | "回覆")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_in_the_shape_of_an_answer() {
        let cases = [
            ("4 5 3 4 5", true),
            ("4, 5, 3, 4, 5, 0, 1", true),
            ("4\n5\n3\n4\n5\n2\n1\n", true),
            ("1) 4\n2) 5\n3) 3\n4) 4\n5) 5", true),
            ("Q1: 4, Q2: 5, Q3: 3, Q4: 4, Q5: 5", true),
            ("1=4 2=5 3=3 4=4 5=5 6=0 7=1", true),
            ("4 5 3 4", false),
            ("4 5 3 4 5 1 2 3 4 5", false),
            ("4 5 3 4 6", false),
            ("45345", false),
            ("4 5 3 4 5 good", false),
            ("12 5 3 4 5", false),
            ("1) pumps 2) seals", false),
            ("", false),
        ];
        for (text, expected) in cases {
            assert_eq!(is_answer(text), expected, "{text:?}");
        }
    }

    #[test]
    fn subjects_of_replies() {
        for subject in ["Re: x", "AW: x", "[pumps] Re: x", "回复：x", "re : x"] {
            assert!(is_answer_subject(subject), "{subject}");
        }
        for subject in ["Report: x", "x", "[pumps] x", ""] {
            assert!(!is_answer_subject(subject), "{subject}");
        }
    }
}
