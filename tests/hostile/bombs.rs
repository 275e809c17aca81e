//! The bombs, each a mail of up to a few MiB.

use std::fmt::Write;
use std::io::{Cursor, Write as _};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

const DEEP: usize = 10_000;

/// Every bomb with its name.
pub fn all() -> Vec<(&'static str, Vec<u8>)> {
    let mut all = mime();
    all.extend(files());
    all.extend(headers());
    all.extend(bodies());
    all.into_iter()
        .map(|(name, raw)| (name, raw.into_bytes()))
        .collect()
}

fn mime() -> Vec<(&'static str, String)> {
    let level = |n| format!("Content-Type: multipart/mixed; boundary=b{n}\r\n\r\n--b{n}\r\n");
    let deep: String = (0..DEEP).map(level).collect();
    let same = "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n".repeat(DEEP);
    let message = "Content-Type: message/rfc822\r\n\r\n".repeat(DEEP);
    let both: String = (0..DEEP)
        .map(|n| format!("Content-Type: multipart/digest; boundary=b{n}\r\n\r\n--b{n}\r\n\r\n"))
        .collect();
    let wide = |head: &str| {
        let start = "Content-Type: multipart/mixed; boundary=b\r\n\r\n";
        format!(
            "{start}{}--b--\r\n",
            format!("--b\r\n{head}\r\nx\r\n").repeat(DEEP)
        )
    };
    let open: String = (0..49).map(level).collect();
    let lines = format!("{open}{}", "--b\r\n--bb\r\n--b0-\r\n".repeat(60_000));
    let long = "b".repeat(60_000);
    let half = "b".repeat(59_999);
    let boundary = format!("Content-Type: multipart/mixed; boundary={long}\r\n\r\n--{half}\r\n");
    let pieces: String = (0..DEEP).fold(String::new(), |mut all, n| {
        let _ = write!(all, ";\r\n filename*{n}*=%41");
        all
    });
    let named = format!("Content-Disposition: attachment{pieces}\r\n\r\nx\r\n");
    let attached =
        |n| format!("--b\r\nContent-Disposition: attachment; filename=f{n}\r\n\r\nx\r\n");
    let files: String = (0..DEEP).map(attached).collect();
    let files = format!("Content-Type: multipart/mixed; boundary=b\r\n\r\n{files}--b--\r\n");
    vec![
        ("multipart in multipart", deep),
        ("multipart in itself", same),
        ("message in message", message),
        ("digest in digest", both),
        ("parts in a row", wide("")),
        (
            "messages in a row",
            wide("Content-Type: message/rfc822\r\n"),
        ),
        (
            "reports in a row",
            wide("Content-Type: message/delivery-status\r\n"),
        ),
        ("attachments in a row", files),
        ("lines that are almost boundaries", lines),
        ("a boundary of 60,000 octets", boundary),
        ("a file name in 10,000 pieces", named),
    ]
}

/// Office files, attached.
fn files() -> Vec<(&'static str, String)> {
    let document = |xml: &str| zipped(&[("word/document.xml".to_owned(), xml)]);
    let name = |n: usize| format!("{n:x}");
    let many: Vec<(String, &str)> = (0..15_000).map(|n| (name(n), "")).collect();
    let slide = |n: usize| format!("ppt/slides/slide{}.xml", n + 1);
    let slides: Vec<(String, &str)> = (0..5_000).map(|n| (slide(n), "<a:t>x</a:t>")).collect();
    // Each end of a directory might be the one.
    let ends = [b"PK\x03\x04".as_slice(), &b"PK\x05\x06".repeat(20_000)].concat();
    let texts = [
        ("a file of 100 MB", document(&" ".repeat(100 << 20))),
        ("elements in elements", document(&"<w:p>".repeat(1 << 20))),
        ("texts in texts", document(&"<w:t>x".repeat(1 << 20))),
        (
            "fields without end",
            document(&format!("<w:t {}", "a='b' ".repeat(500_000))),
        ),
        ("references", document(&"<w:t>&amp;</w:t>".repeat(200_000))),
        ("files of an archive", zipped(&many)),
        ("slides", zipped(&slides)),
        ("ends of an archive", ends),
    ];
    let attached = |file: &[u8], times: usize| {
        let part = format!(
            "--b\r\nContent-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\n\
             Content-Disposition: attachment; filename=f.docx\r\n\r\n{}\r\n",
            STANDARD.encode(file)
        );
        format!(
            "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n{}--b--\r\n",
            part.repeat(times)
        )
    };
    // So many are looked at; together they are no more than one.
    let hundred = attached(&document(&"<w:p>".repeat(1 << 17)), 100);
    let mut all = vec![("a hundred files", hundred)];
    all.extend(texts.map(|(name, file)| (name, attached(&file, 1))));
    all
}

fn zipped(files: &[(String, &str)]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in files {
        writer
            .start_file(name.as_str(), SimpleFileOptions::default())
            .expect("a file");
        writer.write_all(content.as_bytes()).expect("its content");
    }
    writer.finish().expect("an archive").into_inner()
}

fn headers() -> Vec<(&'static str, String)> {
    let fields = [
        "From",
        "To",
        "Date",
        "Message-ID",
        "References",
        "Content-Type",
        "Received",
        "Subject",
        "Content-Disposition",
        "Authentication-Results",
        "List-Id",
        "Auto-Submitted",
        "DKIM-Signature",
    ];
    let with = |text: &str| {
        let all = fields.map(|name| format!("{name}: {text}\r\n"));
        format!("{}\r\nbody\r\n", all.concat())
    };
    let fold = |text: &str| {
        text.as_bytes()
            .chunks(500)
            .fold(String::new(), |mut all, piece| {
                let _ = write!(all, "{}\r\n ", String::from_utf8_lossy(piece));
                all
            })
    };
    let comments = format!("{}a@x.example{}", "(".repeat(DEEP), ")".repeat(DEEP));
    let routes = "<@a,@b:".repeat(3_000);
    let groups = "g:".repeat(5_000);
    let quotes = "\"\\\"".repeat(6_000);
    let words = "=?utf-8?q?=41?= ".repeat(1_200);
    let nested = format!("{}x{}", "=?utf-8?q?".repeat(1_500), "?=".repeat(1_500));
    let addresses = "a@x.example, ".repeat(20_000);
    let ids = "<a@x.example> ".repeat(18_000);
    let results = format!(
        "mx.example; {}",
        "dkim=pass header.d=x.example; ".repeat(8_000)
    );
    let parameters = format!("text/plain{}", "; a=b".repeat(10_000));
    let one = |name: &str, text: &str| format!("{name}: {}\r\n\r\nbody\r\n", fold(text).trim_end());
    vec![
        ("comments in comments", with(&fold(&comments))),
        ("comments never closed", with(&"(".repeat(60_000))),
        ("routes", with(&fold(&routes))),
        ("groups in groups", with(&fold(&groups))),
        ("quotation marks", with(&fold(&quotes))),
        ("encoded words", with(&fold(&words))),
        ("encoded words in encoded words", with(&nested)),
        (
            "500,000 address lines",
            format!("To: {}\r\nbody\r\n", "a@x.example,\r\n ".repeat(500_000)),
        ),
        ("addresses", one("To", &addresses)),
        ("references", one("References", &ids)),
        ("results", one("Authentication-Results", &results)),
        ("parameters", one("Content-Type", &parameters)),
        (
            "fields",
            format!("{}\r\nbody\r\n", "X: y\r\n".repeat(40_000)),
        ),
        (
            "one field of all",
            "Content-Type: text/plain\r\n".repeat(10_000),
        ),
        (
            "a header of 1 MiB",
            format!("X: {}\r\n\r\nbody\r\n", "x".repeat(1 << 20)),
        ),
        (
            "folds",
            format!("Subject: x{}\r\n\r\nbody\r\n", "\r\n x".repeat(60_000)),
        ),
        ("colons", format!("{}\r\n\r\n", "a:".repeat(120_000))),
    ]
}

fn bodies() -> Vec<(&'static str, String)> {
    let html = |body: &str| format!("Content-Type: text/html\r\n\r\n{body}\r\n");
    let text = |body: &str| format!("Subject: Re: x\r\n\r\n{body}\r\n");
    let calendar =
        |body: &str| format!("Content-Type: text/calendar; method=REPLY\r\n\r\n{body}\r\n");
    let quoted: String = (1..1_000)
        .map(|n| format!("{} x\r\n", ">".repeat(n)))
        .collect();
    let entities = "&amp;&#x41;&bogus".repeat(20_000);
    vec![
        ("divs", html(&"<div>".repeat(DEEP))),
        ("quotes in quotes", html(&"<blockquote>".repeat(DEEP))),
        ("tables in tables", html(&"<table><tr><td>".repeat(DEEP))),
        ("letters in bold", html(&"<b><i><font>".repeat(DEEP))),
        ("lists in lists", html(&"<ul><li>".repeat(DEEP))),
        ("pictures of lines", html(&"<svg><g>".repeat(DEEP))),
        ("formulas", html(&"<math><mi>".repeat(DEEP))),
        ("links in links", html(&"<a href=x>".repeat(DEEP))),
        (
            "attributes",
            html(&format!("<p {}>", "a=b ".repeat(50_000))),
        ),
        ("entities", html(&entities)),
        ("comments of HTML", html(&"<!--".repeat(50_000))),
        ("angles", html(&"<".repeat(200_000))),
        ("quotes of text", text(&quoted)),
        (
            "deep quotes",
            text(&format!("{}x\r\n", "> ".repeat(DEEP)).repeat(20)),
        ),
        (
            "attributions",
            text(&"On Mon, Ann wrote:\r\n".repeat(20_000)),
        ),
        ("signatures", text(&"-- \r\n".repeat(50_000))),
        ("links", text(&"https://lists.example/u/a ".repeat(20_000))),
        (
            "half tokens",
            text(&format!("pumps-reply+{}\r\n", "a".repeat(60)).repeat(8_000)),
        ),
        ("one long word", text(&"x".repeat(1 << 20))),
        ("blank lines", text(&"\r\n".repeat(300_000))),
        (
            "commands",
            text(&"join\r\nset topics a,b\r\n".repeat(20_000)),
        ),
        (
            "soft line ends",
            format!(
                "Content-Transfer-Encoding: quoted-printable\r\n\r\n{}",
                "=\r\n".repeat(200_000)
            ),
        ),
        (
            "events in events",
            calendar(&"BEGIN:VEVENT\r\n".repeat(DEEP)),
        ),
        (
            "folds of a calendar",
            calendar(&format!("BEGIN:VEVENT\r\nUID:{}", "x\r\n ".repeat(50_000))),
        ),
        (
            "repeated for ever",
            calendar(
                "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART:00010101T000000\r\nRRULE:FREQ=SECONDLY\r\nEND:VEVENT\r\nEND:VCALENDAR",
            ),
        ),
        (
            "parameters of a calendar",
            calendar(&format!(
                "BEGIN:VEVENT\r\nATTENDEE{}:mailto:a@x.example",
                ";X=y".repeat(50_000)
            )),
        ),
    ]
}
