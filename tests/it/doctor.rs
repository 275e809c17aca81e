//! `doctor` as whoever runs an installation meets it: a line for each thing, and what
//! to do about it.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::time::Duration;

use crate::support::command::Outcome;
use crate::support::community::THREE;
use crate::support::dkim::{self, ED25519, Published, RSA};
use crate::support::dns::{Dns, Mode};
use crate::support::{Community, Database, Node, Sink, both, wait};

both!(a_sound_installation_has_nothing_but_ok);

const KEYS: [&str; 2] = [RSA, ED25519];
const DOMAIN: &str = "lists.example.org";
const ADDRESS: &str = "192.0.2.1";
const REVERSE: &str = "1.2.0.192.in-addr.arpa";

/// What a domain publishes whose mail arrives.
fn published() -> Dns {
    let dns = Dns::start();
    Published::of(&KEYS).tell(&dns);
    dns.publish(DOMAIN, "MX", "10 mail.lists.example.org");
    dns.publish("mail.lists.example.org", "A", ADDRESS);
    dns.publish(REVERSE, "PTR", "mail.lists.example.org");
    dns.publish(DOMAIN, "TXT", "v=spf1 mx -all");
    dns.publish("_dmarc.lists.example.org", "TXT", "v=DMARC1; p=none");
    dns
}

fn node<'a>(database: &'a Database, sink: &Sink, dns: &Dns) -> Node<'a> {
    let node = Node::new(database, sink).real_clock();
    let section = dkim::section(&node.path(""), &KEYS);
    let text = node.read("folkmoot.toml");
    node.write("folkmoot.toml", text + &section);
    node.configure("dns = []", &dns.setting());
    // The charter's limit of a post would be above that of the node.
    node.configure("1MiB", "25MiB");
    // A URL may hold a password, so `doctor` wants the file to itself.
    for (name, mode) in [("folkmoot.toml", 0o600), ("data", 0o750)] {
        fs::set_permissions(node.path(name), Permissions::from_mode(mode)).expect(name);
    }
    node
}

/// The lines that are not `ok`.
fn troubles(outcome: &Outcome) -> Vec<&str> {
    let lines = outcome.out.lines();
    lines.filter(|line| !line.starts_with("ok  ")).collect()
}

fn a_sound_installation_has_nothing_but_ok(database: &Database) {
    let (sink, dns) = (Sink::start(), published());
    let mut node = node(database, &sink, &dns);
    node.found(&Community::pumps(), &THREE);
    // The stories' charters leave From alone, of which `check` warns.
    let charter = node.read("communities/pumps.toml");
    let rewriting = charter.replace("\"none\"", "\"auto\"");
    assert_ne!(charter, rewriting);
    node.write("communities/pumps.toml", rewriting);
    node.start();
    let running = node.run(&["doctor"]);
    assert_eq!(troubles(&running), [""; 0], "{running:?}");
    for line in [
        "ok    the database answers, and a node is running",
        "ok    DKIM: s1._domainkey.lists.example.org publishes the RSA key",
        "ok    DKIM: s2._domainkey.lists.example.org publishes the Ed25519 key",
        "ok    DKIM: a mail signed with s1 verifies",
        "ok    DKIM: a mail signed with s2 verifies",
        "ok    MX: mail for lists.example.org goes to mail.lists.example.org",
        "ok    SPF: lists.example.org publishes v=spf1 mx -all",
        "ok    SPF: mail from 192.0.2.1 (mail.lists.example.org) passes",
        "ok    DMARC: _dmarc.lists.example.org publishes none",
        "ok    PTR: 192.0.2.1 is mail.lists.example.org, and back",
    ] {
        assert!(
            running.out.lines().any(|found| found == line),
            "{line}\n{running:?}"
        );
    }
    running.ok();
    node.terminate();
    let resting = node.run(&["doctor"]).ok();
    assert!(resting.contains("no node is running"), "{resting}");
    let json = node.json(&["doctor"]);
    let all = json.as_array().expect("a list");
    assert!(
        all.len() >= 15
            && all
                .iter()
                .all(|one| one["level"] == "ok" && one["instead"] == "")
    );
    assert_eq!(sink.count(), 0, "no mail is sent");
}

/// One thing that somebody got wrong.
type Mistake = (fn(&Dns, &Node<'_>, &Sink), &'static str);

const MISTAKES: [Mistake; 18] = [
    (
        |dns, _, _| dns.withdraw("s1._domainkey.lists.example.org"),
        "FAIL  DKIM: nothing is published at s1._domainkey.lists.example.org; publish: s1._domainkey.lists.example.org. IN TXT \"v=DKIM1; k=rsa; p=MIIB",
    ),
    (
        |dns, _, _| {
            dns.withdraw("s2._domainkey.lists.example.org");
            dns.publish_key(
                DOMAIN,
                "s2",
                "ed25519",
                "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=",
            );
        },
        "FAIL  DKIM: a mail signed with s2 does not verify",
    ),
    (
        |dns, _, _| {
            dns.withdraw("s2._domainkey.lists.example.org");
            dns.publish_key(DOMAIN, "s2", "ed25519", "");
        },
        "FAIL  DKIM: the record s2._domainkey.lists.example.org revokes the key",
    ),
    (
        |dns, _, _| dns.withdraw(DOMAIN),
        "FAIL  MX: nobody takes mail for lists.example.org; publish: lists.example.org. IN MX 10",
    ),
    (
        |dns, _, _| dns.withdraw("mail.lists.example.org"),
        "FAIL  MX: mail.lists.example.org has no address",
    ),
    (
        |dns, _, _| dns.withdraw(DOMAIN),
        "FAIL  SPF: lists.example.org names nobody who may send for it",
    ),
    (
        |dns, _, _| dns.publish(DOMAIN, "TXT", "v=spf1 -all"),
        "FAIL  SPF: lists.example.org has 2 records",
    ),
    (
        |dns, _, _| {
            dns.withdraw(DOMAIN);
            dns.publish(DOMAIN, "MX", "10 mail.lists.example.org");
            dns.publish(DOMAIN, "TXT", "v=spf1 ip4:198.51.100.7 -all");
        },
        "warn  SPF: mail from 192.0.2.1 (mail.lists.example.org) does not pass",
    ),
    (
        |dns, _, _| {
            dns.withdraw(DOMAIN);
            dns.publish(DOMAIN, "MX", "10 mail.lists.example.org");
            dns.publish(DOMAIN, "TXT", "v=spf1 mx ip4:192.0.2 -all");
        },
        "FAIL  SPF: the record of lists.example.org has a mistake, and receivers believe none of it: v=spf1 mx ip4:192.0.2 -all; correct it",
    ),
    (
        |dns, _, _| {
            dns.withdraw(DOMAIN);
            dns.publish(DOMAIN, "MX", "10 mail.lists.example.org");
            let names: Vec<_> = (0..11).map(|n| format!("s{n}.lists.example.org")).collect();
            for name in &names {
                dns.publish(name, "TXT", "v=spf1 ip4:198.51.100.7 -all");
            }
            let record = format!("v=spf1 include:{} -all", names.join(" include:"));
            dns.publish(DOMAIN, "TXT", &record);
        },
        "FAIL  SPF: the record of lists.example.org cannot be followed by receivers: v=spf1 include:s0",
    ),
    (
        |dns, _, _| dns.withdraw("_dmarc.lists.example.org"),
        "warn  DMARC: lists.example.org publishes no policy",
    ),
    (
        |dns, _, _| dns.withdraw(REVERSE),
        "warn  PTR: 192.0.2.1 (mail.lists.example.org) has no name",
    ),
    (
        |dns, _, _| dns.behave(Mode::Silent),
        "FAIL  the resolver of [authentication] dns does not answer for lists.example.org",
    ),
    (
        |dns, node, _| node.configure(&dns.setting(), "dns = []"),
        "warn  DNS is not looked at: [authentication] dns is []; leave `dns` out",
    ),
    (
        |_, _, sink| sink.down(),
        "FAIL  the relay smtp://127.0.0.1:",
    ),
    (
        |_, node, _| {
            fs::set_permissions(node.path("data"), Permissions::from_mode(0o755)).expect("data")
        },
        "warn  everybody on this machine can read data_dir",
    ),
    (
        |_, node, _| node.write("communities/broken.toml", "slug = 1\n"),
        "FAIL  ",
    ),
    (|_, node, _| node.configure("[dkim]", "[nothing]"), "FAIL  "),
];

/// On SQLite alone, as the next one.
#[test]
fn two_selectors_with_one_key_are_a_warning() {
    let database = &Database::sqlite();
    let (sink, dns) = (Sink::start(), published());
    let node = node(database, &sink, &dns);
    assert!(!node.run(&["check"]).err.contains("selectors"));
    node.write("key1.pem", RSA);
    let warned = node.run(&["check"]);
    let expected = "warning: [dkim]: the selectors s1 and s2 have one and the same key; make";
    assert!(warned.err.contains(expected), "{warned:?}");
    warned.ok();
}

/// On SQLite alone: none of it is the database's.
#[test]
fn what_is_wrong_is_named_with_what_to_do() {
    let database = &Database::sqlite();
    for (mistake, expected) in MISTAKES {
        let (sink, dns) = (Sink::start(), published());
        let node = node(database, &sink, &dns);
        mistake(&dns, &node, &sink);
        let start = wait::now();
        let outcome = node.run(&["doctor"]);
        let found = troubles(&outcome);
        assert!(
            found
                .iter()
                .any(|line| line.starts_with(expected) && line.contains("; ")),
            "{expected}\n{outcome:?}"
        );
        let fails = found.iter().any(|line| line.starts_with("FAIL"));
        assert_eq!(outcome.code, i32::from(fails), "{outcome:?}");
        assert!(
            start.elapsed() < Duration::from_secs(45),
            "every wait has an end"
        );
    }
}
