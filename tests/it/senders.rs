//! Our own checks of senders, each case of a table against a DNS server of the test.

use std::time::Duration;

use folkmoot::clock;
use folkmoot::config::settings::Resolvers;
use folkmoot::identity::check::{Handed, Terms, check};
use folkmoot::identity::{Checked, Resolver};
use folkmoot::message;
use serde::Deserialize;

use crate::support::dns::{Dns, Mode};
use crate::support::signer::{Signer, Unusual};
use crate::support::{mail, testdata, wait};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Cases {
    case: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    from: Option<String>,
    #[serde(default)]
    no_from: bool,
    envelope: Option<String>,
    #[serde(default)]
    helo: String,
    #[serde(default)]
    peer: String,
    via: Option<String>,
    #[serde(default)]
    zone: Vec<[String; 3]>,
    #[serde(default)]
    withdraw: Vec<String>,
    #[serde(default)]
    sign: Vec<Sign>,
    #[serde(default)]
    change: String,
    #[serde(default)]
    seal: Vec<Seal>,
    #[serde(default)]
    change_last: bool,
    #[serde(default)]
    top: String,
    #[serde(default)]
    mode: String,
    #[serde(default)]
    forgiving: bool,
    strength: String,
    policy: String,
    #[serde(default)]
    own: Vec<usize>,
    #[serde(default)]
    says: Vec<String>,
    #[serde(default)]
    not: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Sign {
    d: String,
    #[serde(default)]
    expires: u64,
    #[serde(default)]
    length: bool,
    #[serde(default)]
    not_from: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Seal {
    d: String,
    passed: bool,
    author: Option<String>,
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Runtime::new().expect("a runtime")
}

#[test]
fn each_sender_is_found_out() {
    let text = include_str!("../data/senders.toml");
    let cases: Cases = toml::from_str(text).expect("the table");
    assert!(cases.case.len() > 50);
    let runtime = runtime();
    let wrong: Vec<String> = cases
        .case
        .iter()
        .filter_map(|case| wrong(case, &runtime.block_on(checked(case))))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What is not as the case wants it.
fn wrong(case: &Case, found: &Checked) -> Option<String> {
    let policy = format!("{:?}", found.policy).to_lowercase();
    let says = |part: &String| found.results.contains(part);
    let is_right = found.strength.name() == case.strength
        && policy == case.policy
        && found.author_signatures == case.own
        && case.says.iter().all(says)
        && !case.not.iter().any(says)
        && Checked::from_text(&found.to_text()) == *found;
    (!is_right).then(|| format!("{}: {found:?}", case.name))
}

async fn checked(case: &Case) -> Checked {
    let dns = Dns::start();
    let raw = made(case, &dns).await;
    for name in &case.withdraw {
        dns.withdraw(name);
    }
    for [name, kind, value] in &case.zone {
        dns.publish(name, kind, value);
    }
    dns.behave(match case.mode.as_str() {
        "silent" => Mode::Silent,
        "fails" => Mode::Fails,
        _ => Mode::Answers,
    });
    let named = Resolver::new(&Resolvers::Named(vec![dns.address()]));
    let resolver = match case.forgiving {
        true => named.forgiving(),
        false => named,
    };
    let handed = Handed {
        raw: &raw,
        mail: &message::parse(&raw),
        envelope_from: case.envelope.as_deref().unwrap_or("ann@x.example"),
        helo: &case.helo,
        peer: &case.peer,
        via: case.via.as_deref().unwrap_or("lmtp"),
    };
    check(&resolver, handed, terms()).await
}

/// Ten seconds ahead of the machine's clock, by which the signatures are made.
fn terms() -> Terms<'static> {
    static TRUSTED: std::sync::OnceLock<Vec<String>> = std::sync::OnceLock::new();
    let trusted = || vec!["sealer.example".to_owned(), "other.example".to_owned()];
    Terms {
        trusted_sealers: TRUSTED.get_or_init(trusted),
        now: clock::system_ms() + 10_000,
    }
}

async fn made(case: &Case, dns: &Dns) -> Vec<u8> {
    let from = case.from.as_deref().unwrap_or("Ann <ann@x.example>");
    let from = match case.no_from {
        true => String::new(),
        false => format!("From: {from}\r\n"),
    };
    let mut raw = format!(
        "{from}To: <pumps@lists.example>\r\nSubject: Seals\r\nMessage-ID: <one@x.example>\r\n\r\n\
         Which seal for hot water?\r\n"
    )
    .into_bytes();
    for sign in &case.sign {
        let how = Unusual {
            expires: sign.expires,
            length: sign.length,
            not_from: sign.not_from,
        };
        raw = Signer::new(dns, &sign.d, "one").sign_unusually(&raw, how);
    }
    raw = changed(raw, &case.change);
    for seal in &case.seal {
        let author = seal.author.as_deref().unwrap_or("x.example");
        let sealer = Signer::new(dns, &seal.d, "arc");
        raw = sealer.seal(dns, &raw, author, seal.passed).await;
    }
    if case.change_last {
        raw = changed(raw, "text");
    }
    [case.top.as_bytes(), &raw].concat()
}

fn changed(raw: Vec<u8>, what: &str) -> Vec<u8> {
    let text = String::from_utf8(raw).expect("plain text");
    let (old, new) = match what {
        "text" => ("water?\r\n", "water?\r\nA footer\r\n"),
        "subject" => ("Subject: Seals", "Subject: [pumps] Seals"),
        "from" => ("<ann@x.example>", "<eve@x.example>"),
        _ => return text.into_bytes(),
    };
    assert!(text.contains(old), "{text}");
    text.replace(old, new).into_bytes()
}

#[test]
fn real_signatures_are_verified() {
    for case in testdata::cases("dkim") {
        let dns = Dns::start();
        for (name, record) in case.found["dns"].as_object().expect("records") {
            dns.publish(name, "TXT", record.as_str().expect("a record"));
        }
        let raw = mail::crlf(&case.raw);
        let resolver = Resolver::new(&Resolvers::Named(vec![dns.address()]));
        let read = message::parse(&raw);
        let handed = handed(&raw, &read);
        let found = runtime().block_on(check(&resolver, handed, terms()));
        let expected = case.expect["dkim"].as_str().expect("pass or fail");
        let results = &found.results;
        assert_eq!(
            results.contains("dkim=pass"),
            expected == "pass",
            "{results}"
        );
        assert_eq!(
            results.contains("dkim=fail"),
            expected == "fail",
            "{results}"
        );
    }
}

/// A domain whose name servers are silent delays the mail that names it, and no other.
#[test]
fn one_silent_domain_is_not_taken_for_all() {
    let dns = Dns::start();
    dns.hush("slow.internal");
    let signer = Signer::new(&dns, "x.example", "one");
    let resolver = Resolver::new(&Resolvers::Named(vec![dns.address()]));
    let runtime = runtime();
    let start = wait::now();
    let raw = b"From: <eve@slow.internal>\r\n\r\nHello\r\n";
    let found = runtime.block_on(check(&resolver, handed(raw, &message::parse(raw)), terms()));
    assert!(found.results.contains("dmarc=temperror"), "{found:?}");
    assert!(start.elapsed() < Duration::from_secs(7), "{found:?}");
    let start = wait::now();
    let raw = signer.sign(b"From: <ann@x.example>\r\nSubject: Seals\r\n\r\nHello\r\n");
    let found = runtime.block_on(check(
        &resolver,
        handed(&raw, &message::parse(&raw)),
        terms(),
    ));
    assert_eq!(found.strength.name(), "aligned", "{found:?}");
    assert!(start.elapsed() < Duration::from_secs(1));
}

fn handed<'a>(raw: &'a [u8], mail: &'a message::Mail) -> Handed<'a> {
    Handed {
        raw,
        mail,
        envelope_from: "",
        helo: "",
        peer: "",
        via: "lmtp",
    }
}

#[test]
fn a_resolver_that_is_away_is_waited_for_once() {
    let dns = Dns::start();
    dns.behave(Mode::Silent);
    let resolver = Resolver::new(&Resolvers::Named(vec![dns.address()]));
    let runtime = runtime();
    let start = wait::now();
    for number in 0..50 {
        let raw = format!("From: <ann@n{number}.internal>\r\n\r\nHello\r\n").into_bytes();
        let read = message::parse(&raw);
        let handed = handed(&raw, &read);
        let found = runtime.block_on(check(&resolver, handed, terms()));
        assert!(found.results.contains("dmarc=temperror"), "{found:?}");
    }
    let took = start.elapsed();
    assert!(took < Duration::from_secs(5), "{took:?}");
    assert!(dns.asked().len() < 10, "{:?}", dns.asked());
}

#[test]
fn whatever_is_written_there_is_checked_or_not_and_never_harms() {
    let dns = Dns::start();
    let resolver = Resolver::new(&Resolvers::Named(vec![dns.address()]));
    let runtime = runtime();
    let long = "x".repeat(300_000);
    let names = "a:".repeat(5_000);
    let many = "DKIM-Signature: v=1; d=x.example; s=one; b=AA==; bh=AA==; h=from\r\n".repeat(3_000);
    let nested = "(".repeat(200_000);
    for evil in [
        "DKIM-Signature:\r\n".to_owned(),
        "DKIM-Signature: v=1; a=; b=; bh=; c=/; d=; h=; s=; t=; x=\r\n".to_owned(),
        "DKIM-Signature: v=1; a=rsa-sha1; d=x.example; s=one; b=AA==; bh=AA==; h=from\r\n".to_owned(),
        "DKIM-Signature: v=1; d=x..example; s=\u{0}; b=AA==; bh=AA==; h=from; x=99999999999999999999\r\n".to_owned(),
        format!("DKIM-Signature: v=1; d={}.example; s=one; b=AA==; bh=AA==; h=from\r\n", "x".repeat(70)),
        format!("DKIM-Signature: v=1; d=x.example; s=one; b=AA==; bh=AA==; h={names}from\r\n"),
        format!("X: {long}\r\n"),
        format!("From: {nested}\r\n"),
        many,
        "ARC-Seal: i=1\r\nARC-Message-Signature: i=1\r\nARC-Authentication-Results: i=1\r\n".to_owned(),
        "ARC-Seal: i=4294967296; cv=pass; d=x; s=y; b=AA==; a=rsa-sha256\r\n".repeat(60),
        "\r\n".to_owned(),
        String::new(),
    ] {
        let raw = format!("{evil}From: Ann <ann@x.example>\r\n\r\nHello").into_bytes();
        let handed = Handed {
            raw: &raw,
            mail: &message::parse(&raw),
            envelope_from: "\u{e9}@\u{e9}",
            helo: "[",
            peer: "203.0.113.5",
            via: "smtp",
        };
        let start = wait::now();
        let found = runtime.block_on(check(&resolver, handed, terms()));
        assert_eq!(found.strength.name(), "bare", "{found:?}");
        assert!(!found.results.contains("=pass") && !found.results.contains("failed over"), "{found:?}");
        assert!(!found.results.contains(['\r', '\n', '\0']), "{found:?}");
        assert!(start.elapsed() < Duration::from_secs(6), "{found:?}");
    }
}
