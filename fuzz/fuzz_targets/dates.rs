//! Any date is a moment that can be written in every way we write one, or none.
#![no_main]

use chrono::{DateTime, Datelike, Utc};
use folkmoot::archive::mbox::{FromLine, MboxWriter};
use folkmoot::message::parse;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|value: &[u8]| {
    if let Some(date) = parse(&[b"Date: ", value, b"\r\n\r\n"].concat()).date {
        assert!((1899..=3001).contains(&date.year()), "{date}");
        check(date);
    }
    let line = [b"From a@x.example ", value].concat();
    if let Some(date) = FromLine::parse(&line).and_then(|read| read.date) {
        check(date);
    }
});

fn check(date: DateTime<Utc>) {
    // No post is older than the count of time (see `archive::transfer`).
    if date.timestamp() < 0 {
        return;
    }
    let text = folkmoot::clock::rfc3339(date.timestamp_millis());
    assert!(DateTime::parse_from_rfc3339(&text).is_ok(), "{text}");
    let mut writer = MboxWriter::new(Vec::new());
    writer.write("a@x.example", date, b"").expect("memory");
    let written = writer.finish().expect("memory");
    let line = written.split(|octet| *octet == b'\n').next();
    let read = FromLine::parse(line.unwrap_or_default()).and_then(|read| read.date);
    let seconds = |date: DateTime<Utc>| date.timestamp();
    assert_eq!(read.map(seconds), Some(seconds(date)), "{text}");
}
