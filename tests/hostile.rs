//! Mails made to exhaust whoever reads them: each is read on a small stack, in little
//! time and memory. `FOLKMOOT_FULL=1` runs the full counts; a debug build is given more time.

#[path = "hostile/bombs.rs"]
mod bombs;
#[path = "support/mutate.rs"]
mod mutate;

use std::path::Path;
use std::time::Duration;

use folkmoot::message::footer::Footer;
use folkmoot::message::scrub::scrub_all;
use folkmoot::message::{ListCopy, Mail, attachments, fields, parse, rewrite, wire, words};
use folkmoot::web::text::blocks;
use mutate::{Numbers, mutated};
use serde::Deserialize;

/// The stack of the thread that reads the bombs, in octets: an eighth of what the node's
/// own threads have at least.
const STACK: usize = 256 * 1024;
/// How long a mail of up to 1 MiB may take (P4 of the bar).
const LONGEST: Duration = Duration::from_millis(100);
/// What one mail may cost over the others, in KiB (P4 of the bar).
const MOST_KIB: u64 = 50 * 1024;

/// How many times the time of a release build a debug build may take.
const fn patience() -> u32 {
    if cfg!(debug_assertions) { 40 } else { 1 }
}

/// All that is done with the bytes of a mail on its way to a list, without a database.
fn read(raw: &[u8]) -> Mail {
    let scrubbed = scrub_all(raw, "lists.example", "lists.example");
    let copy = ListCopy {
        subject_tag: Some("[pumps]".into()),
        footer: Some(Footer {
            text: "-- \nPumps\n".into(),
            html: "<p>Pumps</p>\n".into(),
        }),
        set: vec![("List-Id".into(), "<pumps.lists.example>".into())],
        message_id: "<1@lists.example>".into(),
        date: "Mon, 5 Jan 2026 09:00:00 +0000".into(),
        ..ListCopy::default()
    };
    assert!(wire::is_fit(&rewrite(&scrubbed.bytes, &copy).bytes));
    let mail = parse(raw);
    let _ = (words::commands(&mail), words::answer(&mail));
    let _ = (blocks(&mail.text), fields(raw));
    let _ = attachments::entities(raw);
    mail
}

/// How long this thread has had a processor: whatever else runs on the machine does not count.
fn busy() -> Duration {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").expect("what Linux knows");
    let nanos = text.split(' ').next().and_then(|text| text.parse().ok());
    Duration::from_nanos(nanos.expect("a time"))
}

/// The most memory this process has had, in KiB.
fn peak_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("what Linux knows of us");
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let digits = line.and_then(|rest| rest.split_whitespace().next());
    digits.and_then(|text| text.parse().ok()).expect("VmHWM")
}

/// P4: no depth, width or length of anything costs more than a little.
#[test]
fn no_bomb_costs_stack_time_or_memory() {
    let reading = std::thread::Builder::new().stack_size(STACK);
    let reading = reading.spawn(|| {
        read(b"Subject: warm\r\n\r\n<p>up\r\n");
        let mut slow = Vec::new();
        for (name, raw) in bombs::all() {
            let (began, before) = (busy(), peak_kib());
            read(&raw);
            let (took, more) = (busy() - began, peak_kib() - before);
            // For each MiB, begun ones as whole.
            let limit = LONGEST * patience() * (1 + (raw.len() >> 20) as u32);
            println!("{name}: {} octets, {took:?}, +{more} KiB", raw.len());
            if took > limit || more > MOST_KIB {
                slow.push(format!("{name}: {took:?}, +{more} KiB"));
            }
        }
        assert!(slow.is_empty(), "too much: {slow:#?}");
    });
    reading.expect("a thread").join().expect("no bomb goes off");
}

/// P3, without the node: whatever a mail is broken into, it is read, and quickly.
#[test]
fn mutated_mails_are_read_quickly() {
    let full = std::env::var_os("FOLKMOOT_FULL").is_some();
    let count = if full { 100_000 } else { 1_500 };
    let seeds = seeds();
    let (mut numbers, mut times) = (Numbers(7), Vec::with_capacity(count));
    for _ in 0..count {
        let raw = mutated(&seeds, &mut numbers);
        let began = busy();
        read(&raw);
        times.push(busy() - began);
    }
    times.sort();
    let (middle, p99) = (times[count / 2], times[count * 99 / 100]);
    let last = times.last();
    println!("{count} mails: median {middle:?}, p99 {p99:?}, slowest {last:?}");
    assert!(p99 <= Duration::from_millis(50) * patience(), "{p99:?}");
}

/// The seeds of all fuzz targets that are mails.
fn seeds() -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/seeds");
    let mut seeds = Vec::new();
    for target in [
        "message_parse",
        "scrub",
        "mime_structure",
        "headers",
        "replies",
    ] {
        let files = std::fs::read_dir(folder.join(target)).expect(target);
        let mut paths: Vec<_> = files.map(|file| file.expect("a seed").path()).collect();
        paths.sort();
        seeds.extend(
            paths
                .iter()
                .map(|path| std::fs::read(path).expect("a seed")),
        );
    }
    seeds
}

#[derive(Deserialize)]
struct Names {
    name: Vec<Name>,
}

#[derive(Deserialize)]
struct Name {
    given: String,
    kept: String,
}

/// A10: a file's name, by each way in which a mail can say it.
#[test]
fn attachment_names_are_only_names() {
    let table = include_str!("data/attachment-names.toml");
    let table: Names = toml::from_str(table).expect("the table");
    assert!(table.name.len() >= 20);
    for Name { given, kept } in table.name {
        assert_eq!(attachments::safe_name(&given), kept, "{given:?}");
        for field in [extended(&given), encoded(&given)] {
            let raw = format!(
                "Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n\r\nhello\r\n--x\r\n\
                 Content-Type: text/html\r\n{field}\r\n\r\n<script>alert(1)</script>\r\n--x--\r\n"
            );
            let mail = parse(raw.as_bytes());
            let found: Vec<_> = mail.attachments.iter().map(|file| &*file.name).collect();
            let none = ["part-2.html"];
            let expected = if kept.is_empty() { none } else { [&*kept] };
            // A decoder may take away what the table still has, and adds nothing.
            let plain = |name: &str| name.replace([' ', '_'], "");
            assert_eq!(found.len(), 1, "{field}");
            assert_eq!(plain(found[0]), plain(expected[0]), "{field}");
        }
    }
    let long = attachments::safe_name(&format!("{}.pdf.exe", "ü".repeat(1_000)));
    assert!(long.len() <= 120 && long.ends_with(".pdf.exe"), "{long}");
}

/// RFC 2231.
fn extended(name: &str) -> String {
    let octets: String = name.bytes().map(|octet| format!("%{octet:02X}")).collect();
    format!("Content-Disposition: attachment; filename*=utf-8''{octets}")
}

/// An encoded word in quotation marks, as many programs write it.
fn encoded(name: &str) -> String {
    let octets: String = name.bytes().map(|octet| format!("={octet:02X}")).collect();
    format!("Content-Disposition: attachment; filename=\"=?utf-8?Q?{octets}?=\"")
}

/// A charset that is declared and is not true, and dates that are none.
#[test]
fn no_charset_or_date_makes_more_of_a_mail_than_it_is() {
    for charset in [
        "utf-7",
        "utf-16",
        "utf-32",
        "iso-2022-jp",
        "iso-2022-kr",
        "hz-gb-2312",
        "x-user-defined",
        "replacement",
        "us-ascii",
        "utf-8\0",
        "ebcdic-cp-us",
        "ibm037",
        "\"",
        "",
    ] {
        for body in [
            "+ADw-script+AD4-alert(1)+ADw-/script+AD4-",
            "\x1b$B\x1b(J<b>\x0e\x0f",
            "~{~}~~<p>",
            "\u{fffe}\u{feff}<i>",
        ] {
            let raw = format!("Content-Type: text/html; charset={charset}\r\n\r\n{body}\r\n");
            let mail = parse(raw.as_bytes());
            let html = mail.html.unwrap_or_default().to_ascii_lowercase();
            assert!(!html.contains("<script"), "{charset}: {html}");
            assert!(mail.text.len() <= 4 * raw.len());
        }
    }
    for date in [
        "31 Feb 2026 00:00:00 +0000",
        "1 Jan 99999 00:00:00 +0000",
        "1 Jan 0000 00:00:00 +0000",
        "1 Jan 2026 99:99:99 +9999",
        "1 Jan 2026 00:00:00 -99999999999999999999",
        "18446744073709551616 Jan 18446744073709551616",
        "\0",
    ] {
        let mail = parse(format!("Date: {date}\r\n\r\n").as_bytes());
        let ms = mail.date.map(|date| date.timestamp_millis());
        assert!(ms.is_none_or(|ms| ms.abs() < 40_000_000_000_000), "{date}");
    }
}
