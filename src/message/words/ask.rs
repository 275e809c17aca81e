//! `ask sponsor: TEXT`, with what it costs and by when on lines of their own below it.

use chrono::NaiveDate;

use super::Word;
use super::courtesy;

/// Lines below the first that are looked at.
const MOST_LINES: usize = 20;

/// The longest ask that is kept, in characters: it is read among others in one mail.
const LONGEST: usize = 200;

/// The longest note on what it costs, in characters.
const LONGEST_COST: usize = 60;

/// The ask with the lines `cost: …` and `by: 2030-01-31` below it, down to a rule. Other
/// lines go on with its text until one is empty.
pub(super) fn with_terms(text: &str, below: &[&str]) -> Word {
    let (mut said, mut cost, mut by) = (text.trim().to_owned(), String::new(), None);
    let mut goes_on = true;
    for line in below.iter().take(MOST_LINES).map(|line| line.trim()) {
        if courtesy::is_rule(line) {
            break;
        }
        let (key, value) = line.split_once(':').unwrap_or(("", line));
        match key.trim().to_lowercase().as_str() {
            "cost" | "costs" | "kosten" | "kostet" => cost = value.trim().to_owned(),
            "by" | "bis" => by = day(value),
            _ if line.is_empty() => goes_on = false,
            _ if goes_on => said = format!("{said} {line}"),
            _ => {}
        }
    }
    Word::AskSponsor(cut(&said, LONGEST), cut(&cost, LONGEST_COST), by)
}

fn day(text: &str) -> Option<NaiveDate> {
    text.trim().trim_end_matches('.').parse().ok()
}

fn cut(text: &str, longest: usize) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    words.join(" ").chars().take(longest).collect()
}

#[cfg(test)]
mod tests {
    use super::super::{Word, commands};
    use crate::message::Mail;

    #[test]
    fn an_ask_has_its_terms_below() {
        let ask = |text: &str, cost: &str, by: &str| {
            vec![Word::AskSponsor(text.into(), cost.into(), by.parse().ok())]
        };
        for (text, wanted) in [
            ("ask sponsor: A room", ask("A room", "", "")),
            (
                "Ask sponsor: A room\nCost: 300 EUR\nby: 2030-01-31",
                ask("A room", "300 EUR", "2030-01-31"),
            ),
            (
                "ask the sponsor A room for us\nall year\n\nThanks!\nFay",
                ask("A room for us all year", "", ""),
            ),
            (
                "Sponsor fragen: Ein Raum\nKosten: 300\nbis: 2030-01-31\n-- \nFay",
                ask("Ein Raum", "300", "2030-01-31"),
            ),
            ("ask sponsor: A room\nby: soon", ask("A room", "", "")),
        ] {
            let mail = Mail {
                text: text.to_owned(),
                visible_text: text.to_owned(),
                ..Mail::default()
            };
            assert_eq!(commands(&mail), wanted, "{text}");
        }
    }
}
