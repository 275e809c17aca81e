use std::io::{BufReader, Cursor};
use std::path::PathBuf;
use std::process::Command;

use chrono::{DateTime, TimeZone, Utc};
use proptest::prelude::*;

use super::*;

fn at() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 1, 5, 9, 0, 0).unwrap()
}

fn read(file: &[u8]) -> Vec<MboxMessage> {
    MboxReader::new(file)
        .map(|entry| match entry.expect("memory can be read") {
            Entry::Message(message) => message,
            other => panic!("too large: {other:?}"),
        })
        .collect()
}

fn bodies(file: &str) -> Vec<String> {
    read(file.as_bytes())
        .into_iter()
        .map(|m| String::from_utf8(m.bytes).unwrap())
        .collect()
}

#[test]
fn separators_are_told_from_text() {
    let cases: &[(&str, Option<(&str, &str)>)] = &[
        (
            "From ann@plant.example Mon Jan  5 09:00:00 2026",
            Some(("ann@plant.example", "2026-01-05T09:00:00Z")),
        ),
        (
            "From ann at plant.example  Mon Jan  5 09:00:00 2026",
            Some(("ann at plant.example", "2026-01-05T09:00:00Z")),
        ),
        (
            "From 12@xxx Mon Jan 05 09:00:00 +0100 2026",
            Some(("12@xxx", "2026-01-05T08:00:00Z")),
        ),
        (
            "From a@b.example Mon Jan 5 09:00 2026 -0730",
            Some(("a@b.example", "2026-01-05T16:30:00Z")),
        ),
        (
            "From a@b.example Mon, 5 Jan 2026 09:00:00 +0000",
            Some(("a@b.example", "2026-01-05T09:00:00Z")),
        ),
        (
            "From MAILER-DAEMON Thu Jan  1 00:00:00 UTC 1970",
            Some(("MAILER-DAEMON", "1970-01-01T00:00:00Z")),
        ),
        ("From what you said on Monday, I assume nothing", None),
        ("From Mon to Fri we open at 09:00", None),
        ("From a@b.example Mon Feb 31 09:00:00 2026", None),
        ("From a@b.example Mon Jan  5 99:00:00 2026", None),
        ("From ", None),
    ];
    for (line, expected) in cases {
        let found = FromLine::parse(line.as_bytes());
        let found = found.map(|f| {
            (
                f.sender,
                f.date
                    .unwrap()
                    .to_rfc3339_opts(chrono::SecondsFormat::Secs, true),
            )
        });
        let expected = expected.map(|(sender, date)| (sender.to_owned(), date.to_owned()));
        assert_eq!(found, expected, "{line}");
    }
}

#[test]
fn both_line_ends_and_a_missing_last_one() {
    let lf = "From a@b.example Mon Jan  5 09:00:00 2026\nA: 1\n\none\n\nFrom c@d.example Mon Jan  5 09:00:00 2026\nA: 2\n\ntwo";
    let expected = ["A: 1\r\n\r\none\r\n", "A: 2\r\n\r\ntwo\r\n"];
    assert_eq!(bodies(lf), expected);
    assert_eq!(bodies(&lf.replace('\n', "\r\n")), expected);
}

#[test]
fn a_sentence_after_an_empty_line_stays_in_the_message() {
    let file = "From a@b.example Mon Jan  5 09:00:00 2026\nA: 1\n\nFrom what I saw, it leaks.\n\n>From here on\n>>From there\n";
    assert_eq!(
        bodies(file),
        ["A: 1\r\n\r\nFrom what I saw, it leaks.\r\n\r\nFrom here on\r\n>From there\r\n"]
    );
}

#[test]
fn a_separator_needs_an_empty_line_before_it() {
    let file = "From a@b.example Mon Jan  5 09:00:00 2026\nA: 1\n\ntext\nFrom c@d.example Mon Jan  5 09:00:00 2026\n";
    assert_eq!(bodies(file).len(), 1);
}

#[test]
fn a_message_over_the_limit_is_reported_and_the_next_one_read() {
    let big = "x".repeat(200_000);
    let file = format!(
        "From a@b.example Mon Jan  5 09:00:00 2026\nA: 1\n\n{big}\n\nFrom c@d.example Mon Jan  5 09:00:00 2026\nA: 2\n\ntwo\n"
    );
    let mut reader = MboxReader::with_limit(file.as_bytes(), 1_000);
    let first = reader.next().unwrap().unwrap();
    assert!(
        matches!(first, Entry::TooLarge { offset: 0, size, .. } if size > 200_000),
        "{first:?}"
    );
    let Entry::Message(second) = reader.next().unwrap().unwrap() else {
        panic!("small")
    };
    assert_eq!(second.bytes, b"A: 2\r\n\r\ntwo\r\n");
    assert_eq!(second.from.sender, "c@d.example");
    assert!(reader.next().is_none());
    assert_eq!(reader.position(), file.len() as u64);
}

#[test]
fn what_is_no_mailbox_is_an_error_and_nothing_is_nothing() {
    assert_eq!(bodies(""), Vec::<String>::new());
    assert_eq!(bodies("\n\n"), Vec::<String>::new());
    let mut reader = MboxReader::new(&b"Subject: a mail\n\nnot a mailbox\n"[..]);
    assert!(
        reader
            .next()
            .unwrap()
            .unwrap_err()
            .to_string()
            .contains("no mbox file")
    );
    assert!(reader.next().is_none());
}

#[test]
fn a_sender_cannot_make_another_separator() {
    let mut writer = MboxWriter::new(Vec::new());
    writer.write("a b\nFrom c", at(), b"A: 1\r\n\r\n").unwrap();
    writer.write("", at(), b"A: 2\r\n\r\n").unwrap();
    let found = read(&writer.finish().unwrap());
    assert_eq!(found[0].from.sender, "abFromc");
    assert_eq!(found[1].from.sender, "MAILER-DAEMON");
    assert_eq!(found[1].from.date, Some(at()));
}

/// The documented line ends: carriage returns before a line feed are one CRLF.
fn normal(message: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    for line in message.split_inclusive(|byte| *byte == b'\n') {
        let end = line
            .iter()
            .rposition(|byte| !matches!(byte, b'\r' | b'\n'))
            .map_or(0, |i| i + 1);
        out.extend_from_slice(&line[..end]);
        out.extend_from_slice(b"\r\n");
    }
    out
}

fn line() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        Just(b"From a@b.example Mon Jan  5 09:00:00 2026".to_vec()),
        Just(b">From x".to_vec()),
        Just(b">>>From ".to_vec()),
        Just(Vec::new()),
        Just(b"\r".to_vec()),
        Just(vec![b'y'; 70_000]),
        proptest::collection::vec(any::<u8>(), 0..40),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]
    #[test]
    fn what_is_written_is_read_again(
        messages in proptest::collection::vec(proptest::collection::vec(line(), 0..8), 0..5),
        crlf: bool,
    ) {
        let end: &[u8] = if crlf { b"\r\n" } else { b"\n" };
        let messages: Vec<Vec<u8>> = messages.iter().map(|lines| lines.join(end)).collect();
        let mut writer = MboxWriter::new(Vec::new());
        for message in &messages {
            writer.write("ann@plant.example", at(), message).unwrap();
        }
        let file = writer.finish().unwrap();
        let found: Vec<Vec<u8>> = read(&file).into_iter().map(|m| m.bytes).collect();
        prop_assert_eq!(found, messages.iter().map(|m| normal(m)).collect::<Vec<_>>());
    }

    #[test]
    fn any_bytes_are_read_to_their_end(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let mut file = b"From \n".to_vec();
        file.extend(bytes);
        let mut reader = MboxReader::with_limit(Cursor::new(&file), 100);
        prop_assert!(reader.by_ref().all(|entry| entry.is_ok()));
        prop_assert_eq!(reader.position(), file.len() as u64);
    }
}

fn testdata() -> Option<PathBuf> {
    let named = std::env::var_os("FOLKMOOT_TESTDATA").map(PathBuf::from);
    let found = named.unwrap_or_else(|| PathBuf::from("../shared/testdata"));
    if !found.is_dir() {
        eprintln!(
            "SKIPPED: no real mail at {}; set FOLKMOOT_TESTDATA",
            found.display()
        );
        return None;
    }
    Some(found)
}

#[test]
fn mailboxes_of_others_have_as_many_messages_as_they_say() {
    let Some(root) = testdata() else { return };
    let cases = std::fs::read_to_string(root.join("cases.jsonl")).unwrap();
    let mut seen = 0;
    for line in cases.lines().filter(|line| line.contains(r#""mbox_path""#)) {
        let case: serde_json::Value = serde_json::from_str(line).unwrap();
        let expect = &case["expect"];
        let count = expect["count"]
            .as_u64()
            .or_else(|| expect["messages"].as_u64())
            .unwrap();
        let file = std::fs::File::open(root.join(case["mbox_path"].as_str().unwrap())).unwrap();
        let found = MboxReader::new(BufReader::new(file))
            .map(Result::unwrap)
            .count();
        assert_eq!(found as u64, count, "{}", case["id"]);
        seen += 1;
    }
    assert!(seen >= 2);
}

#[test]
fn a_real_lists_mailbox_survives_a_round_trip() {
    let Some(root) = testdata() else { return };
    let unpacked = Command::new("gunzip")
        .arg("-c")
        .arg(root.join("lists/usrp-users.mbox.gz"))
        .output();
    let Ok(unpacked) = unpacked else {
        return eprintln!("SKIPPED: no gunzip on this machine");
    };
    let first = read(&unpacked.stdout);
    let separators = unpacked
        .stdout
        .split(|b| *b == b'\n')
        .filter(|l| l.starts_with(b"From "))
        .count();
    assert_eq!(first.len(), separators);
    assert!(
        first
            .iter()
            .all(|message| message.bytes.starts_with(b"Return-Path:"))
    );
    let mut writer = MboxWriter::new(Vec::with_capacity(unpacked.stdout.len()));
    for message in &first {
        writer
            .write(
                &message.from.sender,
                message.from.date.unwrap(),
                &message.bytes,
            )
            .unwrap();
    }
    let second = read(&writer.finish().unwrap());
    assert!(
        first
            .iter()
            .zip(&second)
            .all(|(a, b)| a.bytes == b.bytes && a.from == b.from)
    );
    assert_eq!(first.len(), second.len());
}
