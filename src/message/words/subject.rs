//! A subject without what programs and lists put before it.

use super::line::lower;
use unicode_normalization::UnicodeNormalization;

/// The longest subject looked at, in characters, and the most prefixes taken off.
const LONGEST: usize = 1_000;
const MOST_PREFIXES: usize = 20;

/// How programs mark replies and forwarded mail, lower-cased, in the common languages.
const PREFIXES: [&str; 55] = [
    "re",
    "aw",
    "antw",
    "antwort",
    "sv",
    "vs",
    "va",
    "vá",
    "rif",
    "ris",
    "r",
    "odp",
    "pd",
    "tr",
    "ynt",
    "ilt",
    "i",
    "fw",
    "fwd",
    "wg",
    "rv",
    "res",
    "enc",
    "bls",
    "trs",
    "atb",
    "yht",
    "doorst",
    "vl",
    "fs",
    "vb",
    "ref",
    "rép",
    "rep",
    "zc",
    "απ",
    "σχετ",
    "πρθ",
    "отв",
    "отв.",
    "ha",
    "ответ",
    "回复",
    "回覆",
    "答复",
    "答覆",
    "转发",
    "轉寄",
    "返信",
    "転送",
    "답장",
    "회신",
    "전달",
    "תשובה",
    "رد",
];
/// What stands where there is no subject, lower-cased.
const NOTHING: [&str; 8] = [
    "no subject",
    "kein betreff",
    "(no subject)",
    "(kein betreff)",
    "(sans objet)",
    "(sin asunto)",
    "(nessun oggetto)",
    "(geen onderwerp)",
];

/// What a subject says (compare the base subject of RFC 5256, section 2.1).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Subject {
    /// Without prefixes and tags.
    pub text: String,
    /// There was a mark of a reply or of a forwarded mail.
    pub is_reply: bool,
}

/// Takes off what stands before a subject, as often as it does.
pub fn read(subject: &str) -> Subject {
    let whole: String = subject.chars().take(LONGEST).nfkc().collect();
    let (mut rest, mut is_reply) = (whole.trim(), false);
    for _ in 0..MOST_PREFIXES {
        if let Some(behind) = without_prefix(rest) {
            (rest, is_reply) = (behind, true);
        } else if let Some(behind) = without_tag(rest) {
            rest = behind;
        } else {
            break;
        }
    }
    let empty = NOTHING.contains(&lower(rest).as_str());
    Subject {
        text: if empty { "" } else { rest }.to_string(),
        is_reply,
    }
}

/// Behind `Re:`, `AW :`, `Re[2]:`, `Re (3):` or `Re^2:`.
fn without_prefix(text: &str) -> Option<&str> {
    let (before, behind) = text.split_once([':', '：'])?;
    let count = |c: char| c.is_ascii_digit() || "[]()^ *".contains(c);
    let name = lower(before.trim().trim_end_matches(count));
    PREFIXES
        .contains(&name.as_str())
        .then(|| behind.trim_start())
}

/// Behind a list's `[tag]`.
fn without_tag(text: &str) -> Option<&str> {
    let (_, behind) = text.strip_prefix('[')?.split_once(']')?;
    Some(behind.trim_start())
}
