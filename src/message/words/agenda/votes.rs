//! Votes and changes: `+2`, `+1 +3`, `+2, 3`, `-2`, `2: another text`.

use super::line::is_polite;

/// The most numbers of one line.
const MOST_OF_LINE: usize = 25;
/// An item's number has at most so many digits.
const LONGEST_NUMBER: usize = 3;

/// What people put before a number that they do not mean as a vote.
const BEFORE_NUMBER: &str = "item|items|topic|point|number|no|nr|punkt|thema|nummer|vorschlag";

/// The votes that a line begins with (for or against a number), and what stands behind
/// them; `None` where it has none. Numbers alone are votes, too: `2, 5`.
pub(super) fn votes(line: &str) -> Option<(Vec<(bool, u32)>, &str)> {
    let (mut all, mut rest, mut sign) = (Vec::new(), line.trim(), None);
    while all.len() < MOST_OF_LINE {
        let next = without_joint(rest, !all.is_empty());
        let Some((found, number, behind)) = one(next, sign) else {
            break;
        };
        all.push((found.unwrap_or(true), number));
        (rest, sign) = (behind, found);
    }
    let behind = rest.trim();
    let (first, _) = all.first()?;
    // "-5 degrees is too cold" is somebody's item, and so is "2 pumps of three".
    let is_item = match (sign, first) {
        (None, _) => !is_polite(behind),
        (Some(_), true) => behind.starts_with(['%', '°', '€', '$']),
        (Some(_), false) => !is_polite(behind) && !behind.starts_with([',', ';', ':', '.', '(']),
    };
    (!is_item).then_some((all, behind))
}

/// A number with its sign, or with the one before it; and what stands behind.
fn one(text: &str, before: Option<bool>) -> Option<(Option<bool>, u32, &str)> {
    let (sign, bare) = match text.chars().next()? {
        '+' | '👍' => (Some(true), text.get(text.chars().next()?.len_utf8()..)?),
        c @ ('-' | '–' | '−') => (Some(false), text.get(c.len_utf8()..)?),
        _ => (before, text),
    };
    let bare = bare.trim_start().trim_start_matches('#');
    let digits = bare.bytes().take_while(u8::is_ascii_digit).count();
    let (number, behind) = bare.split_at_checked(digits)?;
    if !(1..=LONGEST_NUMBER).contains(&digits) || is_inside(behind, sign.is_some()) {
        return None;
    }
    // "2+" as somebody may write it.
    let (sign, behind) = match (sign, behind.strip_prefix('+')) {
        (None, Some(rest)) if !rest.starts_with(|c: char| c.is_ascii_digit()) => (Some(true), rest),
        _ => (sign, behind),
    };
    let number = number.parse().ok().filter(|number| *number > 0)?;
    Some((sign, number, behind))
}

/// Whether a number goes on, or begins something else: "2nd", "3.5", "16:00", "4-stage",
/// "1) text", "1. text", "2: text".
fn is_inside(behind: &str, is_signed: bool) -> bool {
    let mut next = behind.chars();
    let (mark, then) = (next.next(), next.next());
    let goes_on = then.is_some_and(char::is_alphanumeric);
    match mark {
        Some('.' | ':') if !is_signed && behind.chars().any(char::is_alphanumeric) => true,
        Some('.' | ',' | ':' | '-' | '–') => goes_on,
        Some(c) => c.is_alphanumeric() || "%)/°".contains(c),
        None => false,
    }
}

/// What stands between two votes.
fn without_joint(text: &str, is_between: bool) -> &str {
    let text = text.trim_start();
    if !is_between {
        return text;
    }
    let text = text.trim_start_matches([',', ';', '&', '.', ' ']);
    let joints = ["and ", "und "];
    let found = joints.iter().find_map(|joint| {
        let (head, rest) = text.split_at_checked(joint.len())?;
        head.eq_ignore_ascii_case(joint).then_some(rest)
    });
    found.unwrap_or(text).trim_start()
}

/// `2: another text`, also `item 2: …` and `#2 = …`.
pub(super) fn edit(line: &str) -> Option<(u32, &str)> {
    let (head, text) = line.split_once([':', '='])?;
    let head = head.trim().trim_start_matches('#');
    let number = head.rsplit([' ', '#']).next().unwrap_or(head);
    let before = head.strip_suffix(number)?.trim().trim_end_matches('#');
    let before = before.trim_end_matches('.').to_lowercase();
    let is_named = before.is_empty() || BEFORE_NUMBER.split('|').any(|word| word == before);
    let is_number = number.bytes().all(|byte| byte.is_ascii_digit());
    let text_begins = text.trim_start().starts_with(char::is_alphabetic);
    if !is_named || !is_number || number.len() > LONGEST_NUMBER || !text_begins {
        return None;
    }
    let number = number.parse().ok().filter(|number| *number > 0)?;
    Some((number, text.trim()))
}
