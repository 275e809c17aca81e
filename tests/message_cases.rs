//! The message room on real mail: it never panics, and its rates do not fall below
//! what was once measured. The cases stand beside the project or at `$FOLKMOOT_TESTDATA`.

use folkmoot::message::{self, Mail, rewrite::ListCopy, wire};
use serde_json::Value;
use std::path::{Path, PathBuf};

fn testdata() -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/testdata");
    let folder = std::env::var_os("FOLKMOOT_TESTDATA").map_or(beside, PathBuf::from);
    let found = folder.join("cases.jsonl").is_file().then_some(folder);
    if found.is_none() {
        eprintln!("SKIPPED: no test data; set FOLKMOOT_TESTDATA to the folder with cases.jsonl");
    }
    found
}

struct Case {
    id: String,
    expect: Value,
    case: Value,
    raw: Vec<u8>,
}

impl Case {
    fn mail(&self) -> Mail {
        message::parse(&self.raw)
    }

    fn strings(&self, key: &str) -> Vec<String> {
        let list = self.expect[key].as_array().cloned().unwrap_or_default();
        list.iter()
            .filter_map(|value| value.as_str().map(str::to_string))
            .collect()
    }
}

fn cases(kind: &str) -> Vec<Case> {
    let Some(folder) = testdata() else {
        return Vec::new();
    };
    let lines = std::fs::read_to_string(folder.join("cases.jsonl")).unwrap();
    let all = lines
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap());
    all.filter(|case| kind.is_empty() || case["kind"] == kind)
        .map(|case| {
            let path = case["eml_path"].as_str();
            let file = path.map(|path| std::fs::read(folder.join(path)).unwrap());
            let raw = file
                .or_else(|| case["raw"].as_str().map(|raw| raw.as_bytes().to_vec()))
                .unwrap_or_default();
            Case {
                id: case["id"].as_str().unwrap().into(),
                expect: case["expect"].clone(),
                raw,
                case,
            }
        })
        .collect()
}

/// Asserts that at least `floor` in a hundred cases hold, and names those that do not.
fn at_least(floor: usize, what: &str, cases: &[Case], holds: impl Fn(&Case) -> Option<bool>) {
    let judged: Vec<(&Case, bool)> = cases
        .iter()
        .filter_map(|case| Some((case, holds(case)?)))
        .collect();
    let misses: Vec<&str> = judged
        .iter()
        .filter(|(_, right)| !right)
        .map(|(case, _)| case.id.as_str())
        .collect();
    let right = judged.len() - misses.len();
    eprintln!(
        "{what}: {right} of {} right; missed {misses:#?}",
        judged.len()
    );
    assert!(
        right * 100 >= floor * judged.len(),
        "{what}: {right} of {}, floor {floor} %",
        judged.len()
    );
}

fn squeezed(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn every_mail_is_read_and_leaves_fit_for_the_wire() {
    let copy = ListCopy {
        subject_tag: Some("[pumps]".into()),
        footer: Some(message::footer::Footer {
            text: "-- \nPumps – a list\n".into(),
            html: "<p>Pumps – a list</p>\n".into(),
        }),
        message_id: "<1@lists.example>".into(),
        date: "Mon, 5 Jan 2026 09:00:00 +0000".into(),
        ..ListCopy::default()
    };
    for case in cases("") {
        let before = case.mail();
        let out = message::rewrite(&case.raw, &copy);
        assert!(wire::is_fit(&out.bytes), "{}", case.id);
        let after = message::parse(&out.bytes);
        assert_eq!(
            before.attachments.len(),
            after.attachments.len(),
            "{}",
            case.id
        );
        assert!(
            after.subject.to_lowercase().contains("[pumps]"),
            "{}: {}",
            case.id,
            after.subject
        );
    }
}

/// The same octets each time: a failure names the case and the round.
fn mutated(raw: &[u8], seed: usize) -> Vec<u8> {
    let mut state = seed as u64 * 0x9e37_79b9 + 1;
    let mut next = |below: usize| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % below.max(1)
    };
    let pieces: [&[u8]; 8] = [
        b"\0",
        b"\r",
        b"\n",
        b"\r\n\r\n",
        b"--",
        b"\"",
        b"=?utf-8?q?",
        &[b'x'; 1_200],
    ];
    let mut out = raw.to_vec();
    for _ in 0..8 {
        let (at, piece) = (next(out.len()), pieces[next(pieces.len())]);
        let gone = next(4).min(out.len() - at);
        out.splice(at..at + gone, piece.iter().copied());
    }
    out
}

#[test]
fn mutated_mail_is_read_and_leaves_fit_for_the_wire() {
    for case in cases("")
        .iter()
        .filter(|case| (1..30_000).contains(&case.raw.len()))
    {
        for seed in 0..2 {
            let raw = mutated(&case.raw, seed);
            message::parse(&raw);
            assert!(
                wire::is_fit(&message::rewrite(&raw, &ListCopy::default()).bytes),
                "{} {seed}",
                case.id
            );
        }
    }
}

#[test]
fn addresses() {
    at_least(100, "addresses", &cases("address"), |case| {
        let valid = case.expect["valid"].as_bool()?;
        Some(message::address::normalise(case.case["address"].as_str()?).is_some() == valid)
    });
}

#[test]
fn malformed_mail_shows_its_words() {
    let cases = cases("mime-malformed");
    at_least(98, "text", &cases, |case| {
        let wanted = [case.strings("text"), case.strings("words")].concat();
        let mail = case.mail();
        let shown = squeezed(&format!("{} {}", mail.text, mail.subject));
        (!wanted.is_empty()).then(|| wanted.iter().all(|words| shown.contains(&squeezed(words))))
    });
}

#[test]
fn replies_show_what_was_added() {
    let cases = cases("reply-trim");
    at_least(100, "visible", &cases, |case| {
        let want = case.expect["visible"].as_str()?;
        Some(squeezed(&case.mail().visible_text) == squeezed(want))
    });
    at_least(100, "contains", &cases, |case| {
        let visible = squeezed(&case.mail().visible_text);
        Some(
            case.strings("contains")
                .iter()
                .all(|words| visible.contains(&squeezed(words))),
        )
    });
    at_least(100, "absent", &cases, |case| {
        let visible = squeezed(&case.mail().visible_text);
        Some(
            case.strings("absent")
                .iter()
                .all(|words| !visible.contains(&squeezed(words))),
        )
    });
}

#[test]
fn html_is_dead() {
    let alive = [
        "<script", "<img", "<svg", "<math", "<style", "<iframe", "<object", "<embed", "<form",
        "<link", "<base", "<meta",
    ];
    at_least(100, "html", &cases("html-xss"), |case| {
        let html = case.mail().html?.to_lowercase();
        let tags = html
            .split('<')
            .skip(1)
            .filter_map(|piece| piece.split('>').next());
        let handlers = tags.clone().any(|tag| {
            tag.contains(" on") || tag.contains("javascript:") || tag.contains("style=")
        });
        let forbidden = case
            .strings("not_contain")
            .iter()
            .any(|bad| html.contains(&bad.to_lowercase()));
        Some(!handlers && !forbidden && !alive.iter().any(|tag| html.contains(tag)))
    });
    at_least(100, "text around html", &cases("html-xss"), |case| {
        let mail = case.mail();
        let marker = case.expect["marker"].as_str()?;
        case.expect["benign"]
            .as_bool()?
            .then(|| mail.text.contains(&format!("{marker}-begin")))
    });
}

#[test]
fn calendar_replies() {
    at_least(100, "itip", &cases("itip-reply"), |case| {
        let wanted = case.expect["replies"].as_array()?.first();
        let mail = case.mail();
        let is_reply = mail.kind == message::Kind::Rsvp;
        let right = match (wanted, &mail.calendar) {
            (Some(want), Some(got)) => {
                let event = got.first()?;
                let attendee = event.attendees.first()?;
                event.uid == case.expect["uid"].as_str()?
                    && attendee.address.as_deref() == want["attendee"].as_str()
                    && attendee.partstat.as_deref() == want["partstat"].as_str()
            }
            (wanted, _) => wanted.is_none(),
        };
        Some(right && is_reply == case.expect["is_reply"].as_bool()?)
    });
}

#[test]
fn reports_and_machines() {
    at_least(88, "bounce", &cases("bounce"), |case| {
        let bounced = case.mail().kind == message::Kind::Bounce;
        Some(bounced == case.expect["is_bounce"].as_bool()?)
    });
    at_least(60, "autoreply", &cases("autoreply"), |case| {
        Some((case.mail().kind == message::Kind::AutoReply) == case.expect["auto"].as_bool()?)
    });
    at_least(100, "complaint", &cases("complaint"), |case| {
        Some(
            (case.mail().kind == message::Kind::FeedbackReport)
                == case.expect["complaint"].as_bool()?,
        )
    });
}
