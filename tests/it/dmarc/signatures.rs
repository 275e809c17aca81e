//! A signature is said to hold where a verifier finds that it does, and nowhere else.

use folkmoot::message::footer::Footer;
use folkmoot::message::{ListCopy, Rewritten, rewrite};
use serde::Deserialize;

use crate::support::author_keys::{How, Keys};

const ANN: (&str, &str) = ("plant.example", "a");

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Cases {
    case: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    fields: String,
    #[serde(default)]
    simple: bool,
    #[serde(default)]
    length: bool,
    subject: Option<String>,
    #[serde(default)]
    more: String,
    #[serde(default)]
    body: String,
    does: Vec<String>,
    holds: bool,
}

impl Case {
    fn how(&self) -> How<'_> {
        How {
            fields: &self.fields,
            simple: self.simple,
            length: self.length,
        }
    }

    fn post(&self) -> Vec<u8> {
        let body = match self.body.as_str() {
            "long" => "seal ".repeat(400),
            _ => "Which seal?".to_owned(),
        };
        let subject = match self.subject.as_deref() {
            Some("") => String::new(),
            subject => format!("Subject: {}\r\n", subject.unwrap_or("Seals")),
        };
        format!(
            "From: Ann <ann@plant.example>\r\nTo: pumps@lists.example.org\r\n{subject}\
             Date: Mon, 2 Mar 2026 10:00:00 +0100\r\nMessage-ID: <1@plant.example>\r\n{}\r\n{body}\r\n\r\n",
            self.more
        )
        .into_bytes()
    }

    fn copy(&self) -> ListCopy {
        let does = |what: &str| self.does.iter().any(|one| one == what);
        let field = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let mut set = vec![field("List-Id", "<pumps.lists.example.org>")];
        if does("reply-to") {
            set.push(field("Reply-To", "pumps@lists.example.org"));
        }
        if does("sender") {
            set.push(field("Sender", "pumps-owner@lists.example.org"));
        }
        ListCopy {
            set,
            later: vec!["List-Unsubscribe".into()],
            subject_tag: does("tag").then(|| "[pumps]".to_owned()),
            footer: does("footer").then(|| Footer {
                text: "Pumps\n".into(),
                html: String::new(),
            }),
            ..ListCopy::default()
        }
    }
}

fn cases() -> Vec<Case> {
    let cases: Cases = toml::from_str(include_str!("../../data/signatures.toml")).expect("cases");
    cases.case
}

fn leaves(copy: &Rewritten) -> Vec<u8> {
    [
        b"List-Unsubscribe: <https://lists.example.org/u/x>\r\n",
        &copy.bytes[..],
    ]
    .concat()
}

#[test]
fn what_is_said_of_a_signature_is_what_receivers_find() {
    let mut keys = Keys::default();
    keys.add(ANN.0, ANN.1);
    for case in cases() {
        let raw = keys.sign(&case.post(), ANN, case.how());
        let copy = rewrite(&raw, &case.copy());
        let said: Vec<bool> = copy.signatures.iter().map(|one| one.is_intact).collect();
        assert_eq!(said, [case.holds], "{}: {:?}", case.name, copy.notes);
        let signature = &copy.signatures[0];
        assert_eq!((&*signature.domain, &*signature.selector), ANN);
        let found = keys.verify(&leaves(&copy));
        match case.holds {
            true => assert_eq!(
                found,
                [("a".into(), "plant.example".into(), true)],
                "{}",
                case.name
            ),
            false => assert_eq!(found, [], "{}: what is broken goes", case.name),
        }
        let noted = copy
            .notes
            .iter()
            .any(|note| note.contains("DKIM-Signature of plant.example"));
        assert_eq!(noted, !case.holds, "{}", case.name);
    }
}

// The table would mean little if its signatures did not hold before.
#[test]
fn each_signature_held_before_and_would_have_broken() {
    let mut keys = Keys::default();
    keys.add(ANN.0, ANN.1);
    for case in cases().iter().filter(|case| !case.length) {
        let raw = keys.sign(&case.post(), ANN, case.how());
        let found = keys.verify(&raw);
        // mail-auth's signer and verifier differ about a signature that covers itself.
        let covers_itself = case.fields.contains("DKIM");
        assert!(covers_itself || found[0].2, "{}: {found:?}", case.name);
    }
}

#[test]
fn of_several_signatures_the_intact_ones_stay() {
    let mut keys = Keys::default();
    for selector in ["a", "b", "c"] {
        keys.add("plant.example", selector);
    }
    let case = &cases()[0];
    let mut raw = case.post();
    for (selector, fields) in [
        ("a", "From:Subject"),
        ("b", "From:Date"),
        ("c", "From:Subject"),
    ] {
        let how = How {
            fields,
            ..case.how()
        };
        raw = keys.sign(&raw, ("plant.example", selector), how);
    }
    let tagged = ListCopy {
        subject_tag: Some("[pumps]".into()),
        ..ListCopy::default()
    };
    let copy = rewrite(&raw, &tagged);
    let said: Vec<(usize, &str, bool)> = copy
        .signatures
        .iter()
        .map(|one| (one.place, one.selector.as_str(), one.is_intact))
        .collect();
    assert_eq!(said, [(0, "c", false), (1, "b", true), (2, "a", false)]);
    assert_eq!(
        keys.verify(&copy.bytes),
        [("b".into(), "plant.example".into(), true)]
    );
}

#[test]
fn line_ends_of_a_file_break_nothing() {
    let mut keys = Keys::default();
    keys.add(ANN.0, ANN.1);
    for case in cases().iter().filter(|case| case.holds) {
        let raw = keys.sign(&case.post(), ANN, case.how());
        let raw = String::from_utf8(raw).expect("text").replace("\r\n", "\n");
        let copy = rewrite(raw.as_bytes(), &case.copy());
        assert!(copy.signatures[0].is_intact, "{}", case.name);
        assert!(keys.verify(&leaves(&copy))[0].2, "{}", case.name);
    }
}

#[test]
fn hostile_headers_cost_little_and_do_no_harm() {
    let case = &cases()[0];
    let post = String::from_utf8(case.post()).expect("text");
    let names = "from:".repeat(50_000);
    let hostile = [
        format!("DKIM-Signature: v=1; a=ed25519-sha256; d=x; s=x; b=AA==; bh=AA==; h={names}\r\n"),
        "DKIM-Signature: v=1; a=rsa-sha256; d=x.example; s=x; b=AA==; bh=AA==; h=from; l=99999999999\r\n"
            .repeat(2_000),
        "DKIM-Signature: \u{fc};;=;=;h=:::;b=\r\nDKIM-Signature:\r\n".to_owned(),
        "X: a\rDKIM-Signature: v=1\r\nDKIM-Signature: v=1\0\r\n".to_owned(),
    ];
    for fields in hostile {
        let copy = rewrite(format!("{fields}{post}").as_bytes(), &case.copy());
        let intact = copy.signatures.iter().filter(|one| one.is_intact);
        assert!(intact.count() <= 20);
        assert!(folkmoot::message::wire::is_fit(&copy.bytes));
    }
}
