//! Whatever leaves is signed, for two verifiers that know nothing of each other, and
//! leaves again as the same bytes.

mod catalogue;

use std::sync::Arc;

use crate::support::community::THREE;
use crate::support::dkim::{self, ED25519, Published, RSA};
use crate::support::sink::{HANG_UP, Received, Stage};
use crate::support::{Community, Database, Node, Post, Sink, both};

both!(
    posts_are_signed_with_an_rsa_key,
    posts_are_signed_with_an_ed25519_key,
    posts_are_signed_with_both_keys_and_rsa_is_on_top,
    a_retry_sends_the_same_bytes_also_after_a_restart,
    a_node_without_keys_signs_nothing,
    a_key_that_cannot_be_used_is_named_before_anything_starts,
);

const ANN: &str = THREE[0];
const BOB: &str = THREE[1];

/// A running list that signs with these keys.
fn node<'a>(database: &'a Database, sink: &Sink, pems: &[&str]) -> Node<'a> {
    let mut node = Node::new(database, sink);
    with_keys(&node, pems);
    node.found(&Community::pumps(), &THREE);
    node.start();
    node
}

fn with_keys(node: &Node<'_>, pems: &[&str]) {
    let section = dkim::section(&node.path(""), pems);
    let text = node.read("folkmoot.toml");
    node.write("folkmoot.toml", text + &section);
}

fn posts_are_signed_with_an_rsa_key(database: &Database) {
    posts_are_signed_with(database, &[RSA]);
}

fn posts_are_signed_with_an_ed25519_key(database: &Database) {
    posts_are_signed_with(database, &[ED25519]);
}

fn posts_are_signed_with_both_keys_and_rsa_is_on_top(database: &Database) {
    posts_are_signed_with(database, &[ED25519, RSA]);
}

fn posts_are_signed_with(database: &Database, keys: &[&str]) {
    let sink = Sink::start();
    let node = node(database, &sink, keys);
    for (at, body) in BODIES.iter().enumerate() {
        let id = format!("{at}@plant.example");
        node.post(&Post::with_body(BOB, &id, "Seals", body));
    }
    node.settle();
    let mails = sink.received();
    assert_eq!(mails.len(), BODIES.len() * THREE.len());
    Published::of(keys).verify(&mails);
    for mail in &mails {
        is_complete(mail, keys.len());
        let first = &mail.mail().all("DKIM-Signature")[0];
        assert_eq!(
            first.contains("a=rsa-sha256"),
            keys.contains(&RSA),
            "{first}"
        );
    }
    assert_eq!(sink.violations(), [""; 0]);
}

/// Bodies whose canonical form is easy to get wrong.
const BODIES: [&str; 6] = [
    "Which seal for hot water?\r\n",
    "Two  spaces,\ttabs \t and more at the end   \r\n\r\n\r\n",
    "",
    "No line end",
    ".\r\n..\r\n. dot\r\n",
    "Größe 5 µm\r\n",
];

fn a_retry_sends_the_same_bytes_also_after_a_restart(database: &Database) {
    let sink = Sink::start();
    let mut node = node(database, &sink, &[RSA, ED25519]);
    let later = "451 4.3.0 come back";
    sink.reply(ANN, Stage::Data, &[later, later, HANG_UP, "250 2.0.0 ok"]);
    node.post(&Post::new(BOB, "again@plant.example", "Again"));
    // An answer of our own, dated and signed at its first attempt.
    let ask = "From: <ann@plant.example>\r\nTo: <pumps-request@lists.example.org>\r\n\
        Subject: help\r\nMessage-ID: <ask@plant.example>\r\nDate: Mon, 2 Mar 2026 10:00:00 +0100\r\n\r\n";
    let request = "pumps-request@lists.example.org";
    node.client().deliver(ANN, &[request], ask.as_bytes());
    node.settle();
    node.terminate();
    node.start();
    node.advance("2h");
    let mut of = std::collections::BTreeMap::<String, Vec<Arc<Vec<u8>>>>::new();
    for mail in sink.refused().into_iter().chain(sink.for_recipient(ANN)) {
        of.entry(mail.mail().message_id())
            .or_default()
            .push(mail.raw);
    }
    assert_eq!(of.len(), 2, "a post and an answer: {:?}", of.keys());
    let tries: usize = of.values().map(Vec::len).sum();
    assert!(tries >= 5, "two refused, one lost, two taken: {tries}");
    for (id, copies) in &of {
        let first = String::from_utf8_lossy(&copies[0]);
        for copy in copies {
            assert_eq!(first, String::from_utf8_lossy(copy), "{id}");
        }
    }
    Published::of(&[RSA, ED25519]).verify(&sink.received());
}

fn a_node_without_keys_signs_nothing(database: &Database) {
    let sink = Sink::start();
    let node = Node::with_list(database, &sink, &Community::pumps(), &THREE);
    node.post(&Post::new(BOB, "plain@plant.example", "Plain"));
    node.settle();
    let signed = |mail: &Received| !mail.mail().all("DKIM-Signature").is_empty();
    assert_eq!(sink.received().len(), 3);
    assert!(!sink.received().iter().any(signed));
}

fn a_key_that_cannot_be_used_is_named_before_anything_starts(database: &Database) {
    let sink = Sink::start();
    let node = Node::new(database, &sink);
    with_keys(&node, &["-----BEGIN NOTHING-----"]);
    let said = node.run(&["check"]).refused();
    let what = "key0.pem:1:1: [dkim]: there is no private key as PEM in it";
    assert!(said.contains(what), "{said}");
    let said = node.run(&["serve"]).refused();
    assert!(
        said.contains(what) && said.contains("folkmoot init"),
        "{said}"
    );
}

/// Fields that nobody may add to a mail, in lower case.
const CLOSED: [&str; 10] = [
    "from",
    "to",
    "cc",
    "subject",
    "date",
    "message-id",
    "reply-to",
    "content-type",
    "list-unsubscribe",
    "list-unsubscribe-post",
];

/// Fields that need no signature: those of the way, and an author's own.
const UNSIGNED: [&str; 4] = ["dkim-signature", "received", "return-path", "user-agent"];

/// Fails where a field of the mail is not signed, one could be added that must not be,
/// or a line is too long for SMTP.
#[track_caller]
fn is_complete(mail: &Received, signatures: usize) {
    let text = String::from_utf8_lossy(&mail.raw);
    let fields: Vec<String> = mail.mail().fields();
    let name = |field: &String| field.split(':').next().unwrap_or_default().to_lowercase();
    let names: Vec<String> = fields.iter().map(name).collect();
    let found = mail.mail().all("DKIM-Signature");
    assert_eq!(found.len(), signatures, "{text}");
    assert!(
        names[..signatures]
            .iter()
            .all(|name| name == "dkim-signature"),
        "{text}"
    );
    for signature in found {
        let flat: String = signature.split_whitespace().collect();
        let tag = |tag: &str| flat.split(';').find_map(|one| one.strip_prefix(tag));
        assert_eq!(tag("d="), Some("lists.example.org"));
        assert_eq!(tag("c="), Some("relaxed/relaxed"));
        assert_eq!(tag("x="), None);
        let h: Vec<String> = tag("h=")
            .expect("h=")
            .split(':')
            .map(str::to_lowercase)
            .collect();
        let signed = |name: &str| h.iter().filter(|one| *one == name).count();
        for name in names
            .iter()
            .filter(|name| !UNSIGNED.contains(&name.as_str()))
        {
            let there = names.iter().filter(|one| *one == name).count();
            assert!(signed(name) >= there, "{name} is not signed\n{text}");
        }
        for name in CLOSED {
            let there = names.iter().filter(|one| *one == name).count();
            assert!(signed(name) > there, "a {name} could be added\n{text}");
        }
    }
    let longest = mail
        .raw
        .split(|octet| *octet == b'\n')
        .map(<[u8]>::len)
        .max();
    assert!(longest <= Some(999), "a line of {longest:?} octets\n{text}");
}
