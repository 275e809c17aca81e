//! What a sponsor's reply says, line by line. Quoted text is never read: only what is
//! visible counts. Pure.

use chrono::NaiveDate;

/// Lines that are looked at.
const MOST_LINES: usize = 100;

/// Things that one reply may say.
const MOST_SAID: usize = 20;

/// The longest reason or question that is kept, in characters.
pub const LONGEST: usize = 2_000;

/// Something that a reply says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Said {
    /// They will see to the ask of that number.
    Support(i64),
    /// They will not, and why (may be empty).
    Decline(i64, String),
    /// They want to know something about it.
    Question(i64, String),
    /// One of the three without a number.
    Unnumbered,
    /// A summary each month.
    Monthly,
    /// A summary each quarter.
    Quarterly,
    /// They accept to be the sponsor.
    Accept,
    /// What was promised is done.
    Done,
    /// It comes by that day; `None` where that is no day.
    Date(Option<NaiveDate>),
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Verb {
    Support,
    Decline,
    Question,
    Monthly,
    Quarterly,
    Accept,
    Done,
    Date,
}

/// English and German.
const VERBS: [(&str, Verb); 22] = [
    ("support", Verb::Support),
    ("supported", Verb::Support),
    ("unterstützen", Verb::Support),
    ("unterstütze", Verb::Support),
    ("decline", Verb::Decline),
    ("declined", Verb::Decline),
    ("ablehnen", Verb::Decline),
    ("question", Verb::Question),
    ("frage", Verb::Question),
    ("monthly", Verb::Monthly),
    ("monatlich", Verb::Monthly),
    ("quarterly", Verb::Quarterly),
    ("vierteljährlich", Verb::Quarterly),
    ("accept", Verb::Accept),
    ("accepted", Verb::Accept),
    ("annehmen", Verb::Accept),
    ("einverstanden", Verb::Accept),
    ("done", Verb::Done),
    ("erledigt", Verb::Done),
    ("date", Verb::Date),
    ("datum", Verb::Date),
    ("termin", Verb::Date),
];

/// Everything that the visible text of a reply says.
pub fn read(text: &str) -> Vec<Said> {
    let lines: Vec<&str> = text.lines().take(MOST_LINES).collect();
    let mut said = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        let Some((verb, rest)) = verb(line) else {
            continue;
        };
        let below = lines.get(at + 1..).unwrap_or_default();
        said.extend(one(verb, rest, below));
        if said.len() >= MOST_SAID {
            said.truncate(MOST_SAID);
            break;
        }
    }
    said
}

/// The verb that a line begins with, and what follows it.
fn verb(line: &str) -> Option<(Verb, &str)> {
    let line = line.trim_start_matches(['*', '-', '•', ' ', '\t', '_']);
    let end = line
        .find(|c: char| !c.is_alphabetic())
        .unwrap_or(line.len());
    let (word, rest) = line.split_at(end);
    let word = word.to_lowercase();
    let found = VERBS.iter().find(|(known, _)| *known == word);
    let (_, verb) = found?;
    let rest = rest.trim_start_matches(['*', '_', ' ', '\t', ':', ',']);
    let rest = rest.trim_end_matches(['*', '_', ' ', '\t']);
    is_meant(*verb, rest).then_some((*verb, rest))
}

/// "Done is better than perfect" is prose, and so is "Question everything!" or "Support is
/// what we need".
fn is_meant(verb: Verb, rest: &str) -> bool {
    let words = rest.split_whitespace().count();
    match verb {
        Verb::Support | Verb::Decline | Verb::Question => numbers(rest).is_some() || words == 0,
        Verb::Date => words <= 3,
        _ => words == 0 || rest.chars().all(|c| !c.is_alphanumeric()) || is_polite(rest),
    }
}

fn is_polite(rest: &str) -> bool {
    let polite = ["please", "bitte", "thanks", "thank", "you", "danke", "it"];
    let words = rest.split_whitespace().map(|word| {
        let word = word.to_lowercase();
        word.trim_matches(|c: char| !c.is_alphabetic()).to_owned()
    });
    let mut words = words.filter(|word| !word.is_empty());
    words.all(|word| polite.contains(&word.as_str()))
}

fn one(verb: Verb, rest: &str, below: &[&str]) -> Vec<Said> {
    let of_numbers = |make: fn(i64, String) -> Said, text: fn(&str, &[&str]) -> String| {
        let Some((numbers, rest)) = numbers(rest) else {
            return vec![Said::Unnumbered];
        };
        let said = text(rest, below);
        let all = numbers.into_iter();
        all.map(|number| make(number, said.clone())).collect()
    };
    match verb {
        Verb::Support => of_numbers(|number, _| Said::Support(number), |_, _| String::new()),
        Verb::Decline => of_numbers(Said::Decline, reason),
        Verb::Question => of_numbers(Said::Question, question),
        Verb::Monthly => vec![Said::Monthly],
        Verb::Quarterly => vec![Said::Quarterly],
        Verb::Accept => vec![Said::Accept],
        Verb::Done => vec![Said::Done],
        Verb::Date => vec![Said::Date(day(rest))],
    }
}

/// The numbers that a text begins with, and what follows them: `1`, `#2.`, `1, 2 and 3`.
fn numbers(text: &str) -> Option<(Vec<i64>, &str)> {
    let mut found = Vec::new();
    let mut rest = text;
    loop {
        let bare = rest.trim_start_matches(['#', ' ', ',', '&', '(']);
        let bare = match found.is_empty() {
            true => bare,
            false => ["and ", "und "]
                .iter()
                .find_map(|word| bare.strip_prefix(word))
                .unwrap_or(bare)
                .trim_start_matches(['#', ' ']),
        };
        let digits = bare.chars().take_while(char::is_ascii_digit).count();
        let (number, behind) = bare.split_at(digits);
        let is_number = (1..=4).contains(&digits) && !behind.starts_with(char::is_alphabetic);
        // A second number counts only in a list: "SUPPORT 1 300 EUR are fine" is about 1.
        let is_listed = found.is_empty() || rest.trim_start().starts_with([',', '&', 'a', 'u']);
        match number.parse() {
            Ok(number) if is_number && is_listed => {
                found.push(number);
                rest = behind;
            }
            _ => break,
        }
    }
    let rest = rest.trim_start_matches(['.', ')', ':', ',', ' ', '-', '–', '*']);
    (!found.is_empty()).then_some((found, rest))
}

/// The rest of the line, and what stands right below it.
fn reason(rest: &str, below: &[&str]) -> String {
    let own = below
        .iter()
        .take_while(|line| !line.trim().is_empty() && verb(line).is_none());
    joined(rest, own.copied())
}

/// The rest of the line, and all below it down to the next verb.
fn question(rest: &str, below: &[&str]) -> String {
    joined(
        rest,
        below
            .iter()
            .copied()
            .take_while(|line| verb(line).is_none()),
    )
}

fn joined<'a>(first: &str, rest: impl Iterator<Item = &'a str>) -> String {
    let mut text = first.trim().to_owned();
    for line in rest {
        text.push('\n');
        text.push_str(line.trim_end());
    }
    text.trim().chars().take(LONGEST).collect()
}

fn day(text: &str) -> Option<NaiveDate> {
    let word = text.split_whitespace().last()?;
    word.trim_matches(|c: char| !c.is_ascii_digit())
        .parse()
        .ok()
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Deserialize)]
    struct Table {
        case: Vec<Case>,
    }

    #[derive(Deserialize)]
    struct Case {
        text: String,
        said: Vec<String>,
    }

    fn written(said: &Said) -> String {
        match said {
            Said::Support(number) => format!("support {number}"),
            Said::Decline(number, why) => format!("decline {number} {why}").trim_end().to_owned(),
            Said::Question(number, text) => {
                format!("question {number} {text}").trim_end().to_owned()
            }
            Said::Date(Some(day)) => format!("date {day}"),
            Said::Date(None) => "date ?".to_owned(),
            other => format!("{other:?}").to_lowercase(),
        }
    }

    #[test]
    fn what_sponsors_write_is_read() {
        let table = include_str!("../../../tests/data/sponsor-replies.toml");
        let table: Table = toml::from_str(table).expect("the table");
        assert!(table.case.len() > 20);
        for case in table.case {
            let said: Vec<String> = read(&case.text).iter().map(written).collect();
            assert_eq!(said, case.said, "{:?}", case.text);
        }
    }

    proptest::proptest! {
        #[test]
        fn nothing_is_too_odd_to_be_read(text in ".{0,400}") {
            proptest::prop_assert!(read(&text).len() <= MOST_SAID);
        }
    }
}
