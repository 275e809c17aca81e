//! Numbers that name an item: `Re 2: …`, `#3`, `item 3`.

use super::{Part, plain};

/// Words that may stand before a number, lower-cased.
const WORDS: [&str; 24] = [
    "re",
    "aw",
    "antw",
    "antwort",
    "sv",
    "vs",
    "odp",
    "zu",
    "item",
    "topic",
    "thread",
    "number",
    "no",
    "nr",
    "punkt",
    "thema",
    "beitrag",
    "point",
    "sujet",
    "punto",
    "tema",
    "onderwerp",
    "message",
    "post",
];

/// The longest number, in digits.
const LONGEST: usize = 4;

/// A number in front of a line, and what follows it there.
struct Marker<'a> {
    number: u32,
    rest: &'a str,
    /// A word stands before it; without one it could be anything.
    is_named: bool,
}

/// What stands behind each number in front of a line, where there is one. Before
/// the first, a greeting may stand. A number without a word (`2: …`) counts only
/// where the reply begins with one.
pub(super) fn parts(visible: &str) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    let mut greeting: Vec<&str> = Vec::new();
    let mut lines: Vec<&str> = Vec::new();
    let mut number = None;
    let first = visible.lines().find(|line| !line.trim().is_empty());
    let bare = first.and_then(marker).is_some_and(|found| !found.is_named);
    for line in visible.lines() {
        let found = marker(line).filter(|found| found.is_named || bare);
        match found {
            Some(found) => {
                end(&mut parts, number, &mut lines);
                number = Some(found.number);
                lines.push(found.rest);
            }
            None if number.is_none() => greeting.push(line),
            None => lines.push(line),
        }
    }
    end(&mut parts, number, &mut lines);
    greet(&mut parts, &greeting);
    parts
}

fn end(parts: &mut Vec<Part>, number: Option<u32>, lines: &mut Vec<&str>) {
    if let Some(number) = number {
        parts.push(plain(number, &lines.join("\n")));
    }
    lines.clear();
}

/// What an author wrote is not dropped: it opens the first answer.
fn greet(parts: &mut [Part], greeting: &[&str]) {
    let greeting = greeting.join("\n");
    if let (Some(first), false) = (parts.first_mut(), greeting.trim().is_empty()) {
        first.text = format!("{}\n\n{}", greeting.trim(), first.text);
    }
}

/// A number in a subject, where it is the whole of it, stands in front of a colon,
/// or ends it as `#3` or `item 3`.
pub(super) fn in_subject(subject: &str) -> Option<u32> {
    if let Some(found) = marker(subject) {
        return Some(found.number);
    }
    let mut words = subject.split_whitespace().rev();
    let last = words.next()?;
    let before = words.next().unwrap_or_default().to_lowercase();
    match last.strip_prefix('#') {
        Some(digits) => number(digits),
        None if WORDS.contains(&before.as_str()) && before != "re" => number(last),
        None => None,
    }
}

/// The number that this text is, with or without a word before it.
pub(super) fn alone(text: &str) -> Option<u32> {
    let found = marker(text)?;
    found.rest.trim().is_empty().then_some(found.number)
}

fn number(digits: &str) -> Option<u32> {
    let plain = digits.bytes().all(|byte| byte.is_ascii_digit());
    let short = !digits.is_empty() && digits.len() <= LONGEST;
    digits.parse().ok().filter(|_| plain && short)
}

fn marker(line: &str) -> Option<Marker<'_>> {
    let line = line.trim().trim_start_matches(['*', '_']);
    let word_end = line
        .find(|c: char| !c.is_alphabetic())
        .unwrap_or(line.len());
    let (word, behind) = line.split_at_checked(word_end)?;
    let is_named = WORDS.contains(&word.to_lowercase().as_str());
    if !is_named && !word.is_empty() {
        return None;
    }
    let open = |c: char| c.is_whitespace() || "#[(".contains(c) || (is_named && ".:".contains(c));
    let digits = behind.trim_start_matches(open);
    let has_hash = behind.contains('#') && !digits.contains('#');
    let end = digits
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(digits.len());
    let (digits, rest) = digits.split_at_checked(end)?;
    Some(Marker {
        number: number(digits)?,
        rest: ended(rest, is_named, has_hash)?,
        is_named,
    })
}

/// What follows a number, where it ends as a marker does: with a colon (but not that
/// of a time, `3:30`), or with the line. A list's `3.` or `3)` counts behind a word.
fn ended(rest: &str, is_named: bool, has_hash: bool) -> Option<&str> {
    let rest = rest.trim_start_matches([']', ')', '*', '_']);
    if rest.trim().is_empty() {
        return Some("");
    }
    if let Some(behind) = rest.trim_start().strip_prefix([':', '：']) {
        let is_time = behind.starts_with(|c: char| c.is_ascii_digit());
        return (!is_time).then(|| behind.trim_start_matches(['*', '_']).trim_start());
    }
    let dashed = rest.trim_start().strip_prefix(['-', '–', '—']);
    let dotted = rest.strip_prefix(['.', ',']);
    let behind = dashed
        .or(dotted)
        .filter(|behind| behind.starts_with(char::is_whitespace));
    match behind {
        Some(behind) if is_named || has_hash => Some(behind.trim_start()),
        _ if has_hash && rest.starts_with(char::is_whitespace) => Some(rest.trim_start()),
        _ => None,
    }
}
