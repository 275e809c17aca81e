use super::*;
use crate::message::parse;
use proptest::prelude::*;
use serde::Deserialize;

/// One file of tests/data/words.
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct Cases {
    /// Body lines to `-request`, each with what it asks for.
    lines: Vec<[String; 2]>,
    /// Bodies to the list, each with the command that it is; "" is a post.
    to_list: Vec<[String; 2]>,
    /// First lines of answers: "yes", "no", "question", "yes question" or "".
    answers: Vec<[String; 2]>,
    case: Vec<Case>,
}

/// One mail and what is read in it. What is left out is not looked at.
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct Case {
    name: String,
    subject: String,
    body: Option<String>,
    html: Option<String>,
    raw: Option<String>,
    commands: Option<Vec<String>>,
    misdirected: Option<String>,
    answer: Option<Expected>,
    visible: Option<String>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct Expected {
    word: String,
    yes: bool,
    no: bool,
    question: bool,
    text: Option<String>,
}

fn files() -> Vec<Cases> {
    let files = [
        include_str!("../../../tests/data/words/commands.toml"),
        include_str!("../../../tests/data/words/answers.toml"),
        include_str!("../../../tests/data/words/misdirected.toml"),
        include_str!("../../../tests/data/words/quoting.toml"),
        include_str!("../../../tests/data/words/html.toml"),
    ];
    files
        .iter()
        .map(|text| toml::from_str(text).unwrap())
        .collect()
}

fn mail_of(subject: &str, kind: &str, body: &str) -> Mail {
    let raw = format!(
        "From: Ann Example <ann@x.example>\nTo: pumps@lists.example\nSubject: {subject}\n\
         MIME-Version: 1.0\nContent-Type: text/{kind}; charset=utf-8\n\n{body}"
    );
    parse(raw.as_bytes())
}

impl Case {
    fn mail(&self) -> Mail {
        match (&self.raw, &self.html, &self.body) {
            (Some(raw), _, _) => parse(raw.as_bytes()),
            (_, Some(html), _) => mail_of(&self.subject, "html", html),
            (_, _, body) => mail_of(&self.subject, "plain", body.as_deref().unwrap_or_default()),
        }
    }

    /// What is not as it should be.
    fn misses(&self) -> Vec<String> {
        let mail = self.mail();
        let mut misses = Vec::new();
        let mut compare = |what: &str, want: String, got: String| {
            if want != got {
                misses.push(format!("{}: {what}: want {want}, got {got}", self.name));
            }
        };
        if let Some(want) = &self.commands {
            let got: Vec<String> = commands(&mail).iter().map(shown).collect();
            compare("commands", format!("{want:?}"), format!("{got:?}"));
        }
        if let Some(want) = &self.misdirected {
            compare("misdirected", want.clone(), optional(misdirected(&mail)));
        }
        if let Some(want) = &self.visible {
            compare("visible", want.clone(), mail.visible_text.clone());
        }
        if let Some(want) = &self.answer {
            let got = answer(&mail);
            compare("word", want.word.clone(), optional(got.word));
            let flags = |yes, no, question| format!("yes {yes}, no {no}, question {question}");
            compare(
                "flags",
                flags(want.yes, want.no, want.question),
                flags(got.is_yes, got.is_no, got.is_question),
            );
            let text = want.text.clone();
            compare("text", text.clone().unwrap_or(got.text.clone()), got.text);
        }
        misses
    }
}

fn shown(word: &Word) -> String {
    format!("{word:?}")
}

fn optional(word: Option<Word>) -> String {
    word.as_ref().map(shown).unwrap_or_default()
}

fn body(text: &str) -> Mail {
    mail_of("", "plain", text)
}

fn none_missing(misses: Vec<String>) {
    assert!(misses.is_empty(), "{}", misses.join("\n"));
}

#[test]
fn lines_ask_for_what_they_say() {
    let lines = files().into_iter().flat_map(|file| file.lines);
    let wrong = lines.filter_map(|[line, want]| {
        let got: Vec<String> = commands(&body(&line)).iter().map(shown).collect();
        (got.join(" ") != want).then(|| format!("{line}: want {want}, got {got:?}"))
    });
    none_missing(wrong.collect());
}

#[test]
fn only_what_is_meant_for_us_is_no_post() {
    let lines = files().into_iter().flat_map(|file| file.to_list);
    let wrong = lines.filter_map(|[line, want]| {
        let got = optional(misdirected(&body(&line)));
        (got != want).then(|| format!("{line}: want {want}, got {got}"))
    });
    none_missing(wrong.collect());
}

#[test]
fn the_first_word_answers() {
    let lines = files().into_iter().flat_map(|file| file.answers);
    let wrong = lines.filter_map(|[line, want]| {
        let got = answer(&body(&line));
        let flags = [
            (got.is_yes, "yes"),
            (got.is_no, "no"),
            (got.is_question, "question"),
        ];
        let said: Vec<&str> = flags.iter().filter(|f| f.0).map(|f| f.1).collect();
        (said.join(" ") != want).then(|| format!("{line}: want {want}, got {said:?}"))
    });
    none_missing(wrong.collect());
}

#[test]
fn mails_are_read_as_they_are_meant() {
    let cases: Vec<Case> = files().into_iter().flat_map(|file| file.case).collect();
    none_missing(cases.iter().flat_map(Case::misses).collect());
}

#[test]
fn there_are_many_cases() {
    let count =
        |file: &Cases| file.lines.len() + file.to_list.len() + file.answers.len() + file.case.len();
    assert!(files().iter().map(count).sum::<usize>() >= 300);
}

/// Pieces of commands in any order, with what stands around them.
fn pieces() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("set topics ".to_string()),
        Just("pause until ".to_string()),
        Just("2026-12-24".to_string()),
        Just("invite a@x.example, ".to_string()),
        Just("REJECT ".to_string()),
        Just("\n".to_string()),
        Just("> ".to_string()),
        Just("confirm ".to_string()),
        Just("ﷺ".to_string()),
        Just("4294967295w ".to_string()),
        any::<String>(),
    ];
    proptest::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_written_little_comes_of_it(subject in pieces(), text in pieces()) {
        let mail = Mail { subject, visible_text: text, ..Mail::default() };
        let words = commands(&mail);
        prop_assert!(words.len() <= MOST_COMMANDS);
        prop_assert!(!words.contains(&Word::End));
        for word in words {
            if let Word::Unknown(line) = &word {
                prop_assert!(line.chars().count() <= LONGEST_UNKNOWN && !line.contains('\n'));
            }
            if let Word::Reject(reason) = &word {
                prop_assert!(reason.chars().count() <= LONGEST_TEXT);
            }
        }
        prop_assert!(answer(&mail).text.chars().count() <= LONGEST_TEXT);
        let _ = misdirected(&mail);
    }

    #[test]
    fn prose_that_is_quoted_or_long_asks_for_nothing(line in "[a-zA-Z ]{0,60}") {
        let quoted = format!("> {line}\n> leave\n> mute\n");
        prop_assert_eq!(misdirected(&body(&quoted)), None);
        prop_assert_eq!(commands(&body(&quoted)), Vec::new());
    }
}
