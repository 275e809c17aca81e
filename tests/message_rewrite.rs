//! What leaves is fit for any relay, whatever came in; and what need not change does not.

use folkmoot::message::footer::Footer;
use folkmoot::message::headers::section;
use folkmoot::message::{ListCopy, Rewritten, parse, rewrite, wire};
use proptest::prelude::*;

fn pumps() -> ListCopy {
    ListCopy {
        set: vec![
            ("List-Id".into(), "Pumps <pumps.lists.example>".into()),
            ("Reply-To".into(), "pumps@lists.example".into()),
        ],
        add: vec![(
            "Received".into(),
            "from a.example by lists.example; Mon, 5 Jan 2026 09:00:00 +0000".into(),
        )],
        subject_tag: Some("[pumps]".into()),
        footer: Some(Footer {
            text: "-- \nPumps\n".into(),
            html: "<p>Pumps</p>\n".into(),
        }),
        authserv_id: Some("mx.lists.example".into()),
        message_id: "<new@lists.example>".into(),
        date: "Mon, 5 Jan 2026 09:00:00 +0000".into(),
        ..ListCopy::default()
    }
}

fn text(out: &Rewritten) -> String {
    String::from_utf8_lossy(&out.bytes).into_owned()
}

const HEAD: &str = "From: ann@x.example\r\nSubject: Hello\r\nMessage-ID: <1@x.example>\r\nDate: Mon, 5 Jan 2026 08:00:00 +0000\r\n";

fn mail(fields: &str, body: &str) -> Vec<u8> {
    format!("{HEAD}{fields}\r\n{body}").into_bytes()
}

#[test]
fn a_plain_post_gets_tag_fields_and_footer() {
    let out = text(&rewrite(&mail("X-Own: stays\r\n", "Hi.\r\n"), &pumps()));
    assert_eq!(
        out,
        "Received: from a.example by lists.example; Mon, 5 Jan 2026 09:00:00 +0000\r\n\
         List-Id: Pumps <pumps.lists.example>\r\nReply-To: pumps@lists.example\r\n\
         From: ann@x.example\r\nSubject: [pumps] Hello\r\nMessage-ID: <1@x.example>\r\n\
         Date: Mon, 5 Jan 2026 08:00:00 +0000\r\nX-Own: stays\r\n\r\nHi.\r\n-- \r\nPumps\r\n"
    );
}

#[test]
fn other_lists_and_transport_leave_no_trace() {
    let fields = "Return-Path: <x@y.example>\r\nList-Id: old\r\nList-Unsubscribe: <x>\r\nSender: s@y.example\r\nBcc: b@x.example\r\n\
        Precedence: list\r\nX-Mailman-Version: 2\r\nArchived-At: <x>\r\nDelivered-To: d@x.example\r\nErrors-To: e@x.example\r\n\
        Authentication-Results: MX.lists.example; dkim=pass\r\nAuthentication-Results: other.example; dkim=pass\r\n\
        Resent-From: r@x.example\r\nDKIM-Signature: v=1\r\nReply-To: me@x.example\r\n";
    let out = text(&rewrite(&mail(fields, "Hi.\r\n"), &pumps()));
    for gone in [
        "Return-Path",
        "old",
        "Unsubscribe",
        "Sender",
        "Bcc",
        "Precedence",
        "Mailman",
        "Archived",
        "Delivered",
        "Errors",
        "MX.lists",
        "DKIM",
        "me@x",
    ] {
        assert!(!out.contains(gone), "{gone} in {out}");
    }
    assert!(out.contains("other.example; dkim=pass") && out.contains("Resent-From"));
    let untouched = ListCopy {
        subject_tag: None,
        footer: None,
        ..pumps()
    };
    assert!(text(&rewrite(&mail(fields, "Hi.\r\n"), &untouched)).contains("DKIM-Signature: v=1"));
}

#[test]
fn what_is_missing_is_given() {
    let out = text(&rewrite(b"From: a@x.example\r\n\r\nHi.\r\n", &pumps()));
    for field in [
        "Subject: [pumps]\r\n",
        "Message-ID: <new@lists.example>\r\n",
        "Date: Mon, 5 Jan 2026 09:00",
    ] {
        assert!(out.contains(field), "{out}");
    }
}

/// A text part of each encoding and charset, and how its text reads afterwards.
#[test]
fn the_footer_is_put_in_the_way_the_part_is_carried() {
    let footer = Footer {
        text: "-- \nGrüße\n".into(),
        html: "<p>Grüße</p>\n".into(),
    };
    let copy = ListCopy {
        footer: Some(footer),
        ..ListCopy::default()
    };
    for (fields, body, want) in [
        (
            "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n",
            "ä\r\n",
            "ä\n-- \nGrüße\n",
        ),
        (
            "Content-Type: text/plain; charset=utf-8\r\n",
            "a\r\n",
            "a\n-- \nGrüße\n",
        ),
        (
            "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n",
            "=C3=A4 =\r\nb",
            "ä b\n-- \nGrüße\n",
        ),
        (
            "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n",
            "a=",
            "a\n-- \nGrüße\n",
        ),
        (
            "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n",
            "w6Q=\r\n",
            "ä\n-- \nGrüße\n",
        ),
        (
            "Content-Type: text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: quoted-printable\r\n",
            "=E4\r\n",
            "ä\n-- \nGrüße\n",
        ),
        ("Content-Type: text/plain\r\n", "a\r\n", "a\n-- \nGruesse\n"),
        ("", "no line end", "no line end\n-- \nGruesse\n"),
    ] {
        let out = rewrite(&mail(fields, body), &copy);
        assert_eq!(parse(&out.bytes).text, want, "{fields} {}", text(&out));
    }
}

#[test]
fn both_forms_get_the_footer_and_attachments_do_not() {
    let body = "--b\r\nContent-Type: multipart/alternative; boundary=c\r\n\r\n--c\r\n\r\nHi\r\n--c\r\nContent-Type: text/html\r\n\r\n\
        <html><body>Hi</body></html>\r\n--c--\r\n--b\r\nContent-Type: text/plain; name=a.txt\r\n\r\nfile\r\n--b--\r\n";
    let out = text(&rewrite(
        &mail("Content-Type: multipart/mixed; boundary=b\r\n", body),
        &pumps(),
    ));
    assert!(out.contains("Hi\r\n-- \r\nPumps\r\n\r\n--c"), "{out}");
    assert!(
        out.contains("<html><body>Hi\r\n<p>Pumps</p>\r\n</body></html>\r\n--c--"),
        "{out}"
    );
    assert!(out.contains("\r\nfile\r\n--b--\r\n"), "{out}");
}

#[test]
fn sealed_mail_gets_no_footer() {
    for (fields, body) in [
        (
            "Content-Type: multipart/signed; boundary=b\r\n",
            "--b\r\n\r\nHi\r\n--b--\r\n",
        ),
        (
            "Content-Type: application/pkcs7-mime\r\nContent-Transfer-Encoding: base64\r\n",
            "AAAA\r\n",
        ),
        ("", "-----BEGIN PGP SIGNED MESSAGE-----\r\nHi\r\n"),
    ] {
        let raw = mail(fields, body);
        let out = text(&rewrite(&raw, &pumps()));
        assert!(out.ends_with(&format!("\r\n\r\n{body}")), "{out}");
        assert!(parse(&raw).is_signed_or_encrypted);
    }
}

#[test]
fn long_lines_and_nul_are_encoded_in_their_part_only() {
    let long = "x".repeat(100_000);
    let body = format!(
        "--b\r\n\r\n{long}\r\n--b\r\nContent-Type: image/png\r\nContent-Transfer-Encoding: 8bit\r\n\r\n{long}\0\r\n--b\r\n\r\nlast\r\n--b--\r\n"
    );
    let out = rewrite(
        &mail("Content-Type: multipart/mixed; boundary=b\r\n", &body),
        &ListCopy::default(),
    );
    assert!(wire::is_fit(&out.bytes));
    let shown = text(&out);
    assert!(
        shown.contains("Content-Transfer-Encoding: quoted-printable")
            && shown.contains("Content-Transfer-Encoding: base64")
    );
    assert!(shown.ends_with("--b\r\n\r\nlast\r\n--b--\r\n"));
    let mail = parse(&out.bytes);
    assert_eq!(mail.text, format!("{long}\nlast"));
    assert_eq!(mail.attachments[0].size, 100_001);
}

#[test]
fn a_part_without_an_empty_line_is_encoded_once() {
    let long = "x".repeat(1_500);
    let inner = [
        format!(" folded before its first name\r\n{long}\r\n"),
        format!("\u{e4}: no field\r\n{long}\r\n"),
        format!(" {long}\r\n"),
    ];
    let heads = [
        "Content-Type: message/rfc822\r\n\r\n",
        "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nX-Part: 1\r\n--b--",
        "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\
         Content-Type: multipart/mixed; boundary=b\r\n--b--",
        "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n",
    ];
    for (head, body) in heads
        .iter()
        .flat_map(|head| inner.iter().map(move |body| (head, body)))
    {
        let raw = format!("{head}{body}");
        let once = rewrite(raw.as_bytes(), &ListCopy::default());
        let twice = rewrite(&once.bytes, &ListCopy::default());
        assert!(wire::is_fit(&once.bytes));
        assert_eq!(text(&once), text(&twice), "{head}");
        let kept = text(&once).contains(&long) || parse(&once.bytes).text.contains(&long);
        assert!(
            kept || text(&once).contains("xxx=\r\n"),
            "{head}: {}",
            text(&once)
        );
    }
}

#[test]
fn a_line_of_998_octets_is_no_long_line() {
    for (length, is_kept) in [(998, true), (999, false)] {
        let line = "x".repeat(length);
        let out = rewrite(&mail("", &format!("{line}\r\n")), &ListCopy::default());
        assert_eq!(text(&out).contains(&line), is_kept, "{length}");
    }
}

#[test]
fn no_value_of_ours_can_begin_a_field() {
    let evil = "x\r\nBcc: victim@x.example\r\n\r\nbody\0";
    let copy = ListCopy {
        set: vec![("List-Id".into(), evil.into()), (evil.into(), "x".into())],
        add: vec![("Received".into(), evil.into())],
        subject_tag: Some(evil.into()),
        message_id: evil.into(),
        date: evil.into(),
        ..ListCopy::default()
    };
    let out = rewrite(b"From: a@x.example\r\n\r\nHi.\r\n", &copy);
    let head = section(&out.bytes, 0, out.bytes.len());
    assert!(head.find(&out.bytes, "Bcc").is_none(), "{}", text(&out));
    assert!(out.bytes.ends_with(b"\r\n\r\nHi.\r\n"));
}

/// Bombs that would cost a naive parser seconds or its stack.
#[test]
fn bombs_are_read_quickly() {
    let nested: String = (0..10_000)
        .map(|n| format!("Content-Type: multipart/mixed; boundary=b{n}\r\n\r\n--b{n}\r\n"))
        .collect();
    let bombs = [
        nested,
        "Content-Type: message/rfc822\r\n\r\n".repeat(10_000),
        format!(
            "{}\r\n",
            "Content-Type: multipart/digest; boundary=b\r\n\r\n--b\r\n\r\n".repeat(10_000)
        ),
        format!("From: {}\r\n\r\n", "a@x.example, ".repeat(500_000)),
        format!(
            "To: a@x.example\r\n{}\r\n",
            "Cc: b@x.example\r\n".repeat(100_000)
        ),
        format!("From: {}a@x.example\r\n\r\n", "(".repeat(100_000)),
        format!("Date: Mon{} 5 Jan 2026\r\n\r\n", "(".repeat(50_000)),
        format!("Subject: {}\r\n\r\n", "=?utf-8?q?x?= ".repeat(50_000)),
        format!("References: {}\r\n\r\n", "<a@x.example> ".repeat(100_000)),
        format!("Content-Type: text/html\r\n\r\n{}", "<div>".repeat(200_000)),
        format!("Content-Type: text/html\r\n\r\n{}", "<b><a><i>".repeat(300)),
        format!(
            "Content-Type: multipart/mixed; boundary=b\r\n\r\n{}",
            "--b\r\n\r\nx\r\n".repeat(50_000)
        ),
        format!("\r\n{}", "> ".repeat(200_000)),
        format!("\r\n{}", "On 1 \n".repeat(50_000)),
    ];
    for bomb in bombs {
        let began = folkmoot::clock::monotonic();
        let out = rewrite(bomb.as_bytes(), &pumps());
        parse(bomb.as_bytes());
        let took = began.elapsed();
        let name: String = bomb.chars().take(60).collect();
        eprintln!("{took:?} {name:?}");
        assert!(wire::is_fit(&out.bytes), "{name:?}");
        assert!(
            took.as_secs() < 5,
            "{took:?} for {name:?}, in a build without optimisation"
        );
    }
}

fn copies() -> impl Strategy<Value = ListCopy> {
    prop_oneof![Just(ListCopy::default()), Just(pumps())]
}

/// Pieces of mail that break parsers when put together.
fn mailish() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        Just(b"From: a@x.example\r\n".to_vec()),
        Just(b"Subject: =?utf-8?q?=C3=BC?=\n".to_vec()),
        Just(b"Content-Type: multipart/mixed; boundary=b\r\n".to_vec()),
        Just(b"Content-Type: multipart/signed; boundary=\"c d\"\n".to_vec()),
        Just(b"Content-Type: text/html; charset=utf-16\r\n".to_vec()),
        Just(b"Content-Type: message/rfc822\r\n".to_vec()),
        Just(b"Content-Transfer-Encoding: base64\r\n".to_vec()),
        Just(b"Content-Transfer-Encoding: quoted-printable\r\n".to_vec()),
        Just(b"\r\n".to_vec()),
        Just(b"\n".to_vec()),
        Just(b"\r".to_vec()),
        Just(b"\0".to_vec()),
        Just(b"--b\r\n".to_vec()),
        Just(b"--b--\r\n".to_vec()),
        Just(b"--c d".to_vec()),
        Just(b"</body>=".to_vec()),
        Just(b"\r\n.\r\n".to_vec()),
        Just(vec![b'x'; 1_500]),
        Just([b"X-Long: ".to_vec(), vec![b'y'; 1_200]].concat()),
        proptest::collection::vec(any::<u8>(), 0..40),
    ];
    proptest::collection::vec(piece, 0..30).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_comes_in_leaves_fit(raw in mailish(), copy in copies()) {
        let out = rewrite(&raw, &copy);
        prop_assert!(wire::is_fit(&out.bytes), "{:?} became {:?}", raw, text(&out));
        parse(&raw);
    }

    #[test]
    fn arbitrary_octets_leave_fit(raw in proptest::collection::vec(any::<u8>(), 0..3_000), copy in copies()) {
        prop_assert!(wire::is_fit(&rewrite(&raw, &copy).bytes));
        parse(&raw);
    }

    #[test]
    fn a_copy_of_a_copy_is_the_same(raw in mailish()) {
        let once = rewrite(&raw, &ListCopy::default()).bytes;
        let twice = rewrite(&once, &ListCopy::default()).bytes;
        prop_assert_eq!(text(&Rewritten { bytes: once, notes: vec![], ..Rewritten::default() }), text(&Rewritten { bytes: twice, notes: vec![], ..Rewritten::default() }));
    }

    #[test]
    fn a_sound_mail_leaves_as_it_came(lines in proptest::collection::vec("[ -~]{0,200}", 0..40), own in "[ -~]{0,100}") {
        let raw = mail(&format!("X-Own: a{own}\r\n"), &lines.iter().map(|line| format!("{line}\r\n")).collect::<String>());
        prop_assert_eq!(text(&rewrite(&raw, &ListCopy::default())), String::from_utf8_lossy(&raw).into_owned());
    }
}
