//! Replies as real people's programs write them: each with one word of ours in place
//! of its author's own text, and each as it is.
//!
//! `cargo test --test it real_replies -- --nocapture` prints the figures that
//! docs/figures.md states.

use std::collections::BTreeMap;

use folkmoot::lists::digest::which::{Found, Item, thread_command, which};
use folkmoot::message::words::{self, Delivery, Word};
use folkmoot::message::{Mail, parse};
use mail_parser::{MessageParser, MimeHeaders as _};

use crate::support::{mbox, testdata};

/// A reply in which the author's own words stand no more, only a gap for ours.
struct Frame {
    name: String,
    subject: String,
    kind: &'static str,
    before: String,
    after: String,
}

impl Frame {
    fn mail(&self, words: &str) -> Mail {
        let shown = match self.kind {
            "html" => words.replace('\n', "<br>"),
            _ => words.to_owned(),
        };
        let raw = format!(
            "From: Ann Example <ann@x.example>\nTo: pumps@lists.example\nSubject: {}\n\
             MIME-Version: 1.0\nContent-Type: text/{}; charset=utf-8\n\
             Content-Transfer-Encoding: 8bit\n\n{}{shown}{}",
            self.subject, self.kind, self.before, self.after
        );
        parse(raw.as_bytes())
    }
}

/// What a mail of ours is answered with, and whether it is understood.
struct Probe {
    to: &'static str,
    words: &'static str,
    understood: fn(&Mail) -> bool,
}

fn answers(mail: &Mail, word: &Word) -> bool {
    words::answer(mail).word.as_ref() == Some(word)
}

fn asks(mail: &Mail, word: Word) -> bool {
    words::commands(mail) == [word]
}

fn means(mail: &Mail, word: Word) -> bool {
    words::misdirected(mail) == Some(word)
}

/// Items that nobody's real mail is about.
fn items() -> Vec<Item> {
    let titles = ["Seal of pump four", "Coupling guards", "Night shift rota"];
    let item = |(n, title): (u32, &&str)| Item {
        number: n,
        subject: (*title).to_owned(),
        posts: vec![(i64::from(n), format!("What to do about {title}, please?"))],
    };
    (1..).zip(&titles).map(item).collect()
}

fn found(mail: &Mail) -> Found {
    which(&items(), &mail.subject, &mail.text)
}

fn is_item(mail: &Mail, number: u32, text: &str) -> bool {
    matches!(found(mail), Found::Parts(parts)
        if parts.len() == 1 && parts[0].number == number && parts[0].text == text)
}

const PROBES: [Probe; 24] = [
    Probe {
        to: "moderation",
        words: "ACCEPT",
        understood: |m| answers(m, &Word::Accept),
    },
    Probe {
        to: "moderation",
        words: "accept, thanks",
        understood: |m| answers(m, &Word::Accept),
    },
    Probe {
        to: "moderation",
        words: "REJECT Please ask at the desk.",
        understood: |m| answers(m, &Word::Reject("Please ask at the desk.".into())),
    },
    Probe {
        to: "moderation",
        words: "Discard",
        understood: |m| answers(m, &Word::Discard),
    },
    Probe {
        to: "moderation",
        words: "TRUST",
        understood: |m| answers(m, &Word::Trust),
    },
    Probe {
        to: "moderation",
        words: "ban",
        understood: |m| answers(m, &Word::Ban),
    },
    Probe {
        to: "confirmation",
        words: "Yes",
        understood: |m| words::answer(m).is_yes && !words::answer(m).is_question,
    },
    Probe {
        to: "confirmation",
        words: "ok",
        understood: |m| words::answer(m).is_yes && !words::answer(m).is_question,
    },
    Probe {
        to: "confirmation",
        words: "Ja, gerne",
        understood: |m| words::answer(m).is_yes && !words::answer(m).is_question,
    },
    Probe {
        to: "confirmation",
        words: "No, thank you.",
        understood: |m| words::answer(m).is_no,
    },
    Probe {
        to: "confirmation",
        words: "What is this?",
        understood: |m| words::answer(m).is_question,
    },
    Probe {
        to: "digest",
        words: "Re 2: The red one fits.",
        understood: |m| is_item(m, 2, "The red one fits."),
    },
    Probe {
        to: "digest",
        words: "#3: Not on Friday.",
        understood: |m| is_item(m, 3, "Not on Friday."),
    },
    Probe {
        to: "digest",
        words: "mute 3",
        understood: |m| thread_command(&m.visible_text) == Some(("mute", 3)),
    },
    Probe {
        to: "receipt",
        words: "set digest",
        understood: |m| asks(m, Word::SetDelivery(Delivery::Digest)),
    },
    Probe {
        to: "receipt",
        words: "pause 14d",
        understood: |m| asks(m, Word::PauseDays(14)),
    },
    Probe {
        to: "receipt",
        words: "leave",
        understood: |m| asks(m, Word::Leave),
    },
    Probe {
        to: "receipt",
        words: "Please unsubscribe me\nThanks",
        understood: |m| asks(m, Word::Leave),
    },
    Probe {
        to: "receipt",
        words: "which\nwho",
        understood: |m| words::commands(m) == [Word::Which, Word::Who],
    },
    Probe {
        to: "list",
        words: "unsubscribe",
        understood: |m| means(m, Word::Leave),
    },
    Probe {
        to: "list",
        words: "Abmelden",
        understood: |m| means(m, Word::Leave),
    },
    Probe {
        to: "list",
        words: "mute",
        understood: |m| means(m, Word::Mute),
    },
    Probe {
        to: "list",
        words: "set nomail",
        understood: |m| means(m, Word::SetDelivery(Delivery::None)),
    },
    Probe {
        to: "list",
        words: "Which seal fits?",
        understood: |m| words::misdirected(m).is_none() && m.visible_text == "Which seal fits?",
    },
];

/// The cases whose own text is known: it is taken out where it stands.
fn known() -> Vec<Frame> {
    let frame = |case: &testdata::Case| {
        let visible = case.expect["visible"].as_str()?.trim();
        let mail = parse(&case.raw);
        let at = mail.text.find(visible).filter(|_| !visible.is_empty())?;
        Some(Frame {
            name: case.id.clone(),
            subject: mail.subject.clone(),
            kind: "plain",
            before: mail.text[..at].to_owned(),
            after: mail.text[at + visible.len()..].to_owned(),
        })
    };
    testdata::cases("reply-trim")
        .iter()
        .filter_map(frame)
        .collect()
}

/// Where what a program quotes begins, found by plain means, not by the product's.
fn quote_of_text(text: &str) -> Option<usize> {
    let mut at = 0;
    let mut paragraph = 0;
    let mut lines = text.split_inclusive('\n').peekable();
    let mut blank = true;
    while let Some(line) = lines.next() {
        let begins = line.trim_start();
        if line.trim().is_empty() {
            blank = true;
        } else {
            if blank && !begins.starts_with('>') {
                paragraph = at;
            }
            let quotes = begins.starts_with('>');
            let block = begins.trim_start_matches('*').starts_with("From:")
                && text[at..].lines().take(6).any(|l| l.contains("Subject:"));
            let rule = begins.starts_with("-----Original Message")
                || line.starts_with("________________________________");
            if block || rule {
                return Some(at);
            }
            if quotes {
                // What introduces a quote stands right above it and ends in a colon.
                let above = text[..at].trim_end();
                return above.ends_with(':').then_some(paragraph);
            }
            blank = false;
        }
        at += line.len();
    }
    None
}

fn quote_of_html(html: &str) -> Option<usize> {
    let marks = [
        "<div class=\"gmail_quote",
        "<div id=\"appendonsend\"",
        "<hr style=\"display:inline-block;width:98%\"",
        "<div id=\"divRplyFwdMsg\"",
        "<div class=\"moz-cite-prefix\"",
        "<div style=\"border:none;border-top:solid",
        "<div id=\"yahoo_quoted",
    ];
    marks.iter().filter_map(|mark| html.find(mark)).min()
}

/// A top-posted reply: own words, then the rest as its program wrote it.
fn top_posted(text: &str) -> Option<usize> {
    let at = quote_of_text(text)?;
    let (own, rest) = (text[..at].trim(), &text[at..]);
    let quotes_only = rest
        .lines()
        .rev()
        .skip_while(|l| !l.starts_with('>'))
        .count()
        > 0
        || !rest.contains("\n>");
    (!own.is_empty() && quotes_only && !answers_below(rest)).then_some(at)
}

/// Whether anything but quotes, an attribution and a signature stands in the rest.
fn answers_below(rest: &str) -> bool {
    let mut lines = rest.lines().skip_while(|line| !line.starts_with('>'));
    let below = lines.find(|line| !line.starts_with('>') && !line.trim().is_empty());
    below.is_some_and(|line| line != "-- " && !line.starts_with("____"))
}

/// Real replies of the list, as text and as HTML alone, one a thread so that none
/// weighs more than others.
fn of_the_list(mailbox: &[u8]) -> Vec<Frame> {
    let mut frames = Vec::new();
    for (n, raw) in mbox::split(mailbox).iter().enumerate() {
        let Some(message) = MessageParser::default().parse(raw.as_slice()) else {
            continue;
        };
        let subject = parse(raw).subject;
        let text = message
            .text_bodies()
            .next()
            .filter(|part| part.is_text() && !part.is_text_html());
        let text = text
            .and_then(|part| part.text_contents())
            .map(|t| t.replace("\r\n", "\n"));
        if let Some((text, at)) = text.and_then(|t| top_posted(&t).map(|at| (t, at))) {
            let after = format!("\n\n{}", &text[at..]);
            frames.push(Frame {
                name: format!("text {n}"),
                subject: subject.clone(),
                kind: "plain",
                before: String::new(),
                after,
            });
        }
        let html = message
            .html_bodies()
            .find(|part| part.is_content_type("text", "html"));
        let html = html.and_then(|part| part.text_contents());
        if let Some((html, at)) = html.and_then(|h| quote_of_html(h).map(|at| (h, at))) {
            let before = "<html><body><div dir=\"ltr\">".to_owned();
            let after = format!("</div><br>{}", &html[at..]);
            frames.push(Frame {
                name: format!("html {n}"),
                subject: subject.clone(),
                kind: "html",
                before,
                after,
            });
        }
    }
    frames
}

fn source(frame: &Frame) -> &'static str {
    match frame.name.split(' ').next() {
        Some("text") => "list, text",
        Some("html") => "list, HTML alone",
        _ => "known cases",
    }
}

/// Prints `what: right of all` for each kind of mail and source, and gives all misses.
fn table(frames: &[Frame]) -> Vec<String> {
    let mut counts: BTreeMap<(&str, &str), (usize, usize)> = BTreeMap::new();
    let mut misses = Vec::new();
    for frame in frames {
        for probe in &PROBES {
            let mail = frame.mail(probe.words);
            let count = counts.entry((source(frame), probe.to)).or_default();
            count.1 += 1;
            match (probe.understood)(&mail) {
                true => count.0 += 1,
                false => misses.push(format!(
                    "{} {:?} in reply to a {}",
                    frame.name, probe.words, probe.to
                )),
            }
        }
    }
    for ((source, to), (right, all)) in counts {
        println!("| {source} | {to} | {right} of {all} |");
    }
    misses
}

#[test]
fn one_word_above_a_real_quote_is_understood() {
    let Some(mailbox) = testdata::mailbox() else {
        return;
    };
    let mut frames = known();
    frames.extend(of_the_list(&mailbox));
    println!("{} frames", frames.len());
    let misses = table(&frames);
    let path = std::env::var("X_MISSES").ok();
    if let Some(path) = path {
        std::fs::write(path, misses.join("\n")).unwrap();
    }
    assert!(misses.is_empty(), "{} misses", misses.len());
}

/// What a mail as its author wrote it would set in motion, were it a reply to ours.
fn effects(mail: &Mail) -> Vec<(&'static str, String)> {
    let mut effects = Vec::new();
    let answer = words::answer(mail);
    let decides = [
        Word::Accept,
        Word::Discard,
        Word::Trust,
        Word::Ban,
        Word::Approve,
    ];
    match answer.word {
        Some(word @ (Word::Reject(_) | Word::Decline(_))) => {
            effects.push(("moderation", format!("{word:?}")))
        }
        Some(word) if decides.contains(&word) => effects.push(("moderation", format!("{word:?}"))),
        _ => {}
    }
    if answer.is_yes && !answer.is_question {
        effects.push(("confirmation, plain yes", String::new()));
    }
    if answer.is_no {
        effects.push(("confirmation, no", String::new()));
    }
    if let Found::Parts(parts) = found(mail) {
        effects.push(("digest", format!("{:?}", parts[0].number)));
    }
    let known = |word: &Word| !matches!(word, Word::Unknown(_));
    let asked: Vec<Word> = words::commands(mail).into_iter().filter(known).collect();
    if !asked.is_empty() {
        effects.push(("receipt or -request", format!("{asked:?}")));
    }
    if let Some(word) = words::misdirected(mail) {
        effects.push(("list", format!("{word:?}")));
    }
    effects
}

#[test]
fn real_mail_as_it_is_sets_nothing_in_motion() {
    let Some(mailbox) = testdata::mailbox() else {
        return;
    };
    let mut mails: Vec<(String, Mail)> = mbox::split(&mailbox)
        .iter()
        .enumerate()
        .map(|(n, raw)| (format!("list {n}"), parse(raw)))
        .collect();
    let trimmed = testdata::cases("reply-trim");
    mails.extend(
        trimmed
            .iter()
            .map(|case| (case.id.clone(), parse(&case.raw))),
    );
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let mut out = String::new();
    for (name, mail) in &mails {
        for (to, what) in effects(mail) {
            *counts.entry(to).or_default() += 1;
            out += &format!(
                "{name} | {to} | {what} | {:?}\n",
                mail.visible_text.chars().take(160).collect::<String>()
            );
        }
    }
    println!("{} mails: {counts:?}", mails.len());
    if let Ok(path) = std::env::var("X_HITS") {
        std::fs::write(path, out).unwrap();
    }
}
