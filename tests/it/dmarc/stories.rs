//! What members see of a post whose author's own From may not stay.

use crate::support::author_keys::{How, Keys};
use crate::support::dns::{Dns, Mode};
use crate::support::http::get;
use crate::support::mail::find;
use crate::support::{Community, Database, Mail, Node, Post, Sink, both};

both!(
    a_rewritten_post_says_who_wrote_and_where_answers_go,
    where_answers_go_to_the_author_reply_to_names_them,
    names_of_any_kind_are_shown_and_do_no_harm,
    a_signature_that_holds_keeps_from_and_a_broken_one_goes,
    a_post_waits_an_hour_for_a_policy_that_nobody_tells,
    a_post_leaves_at_once_when_its_policy_is_known,
    a_wrapped_post_is_inside_as_it_came,
    the_lists_own_address_is_nobody,
    what_is_passed_on_to_facilitators_is_taken_too,
);

const ANN: &str = "ann@plant.example";
const FREE: &str = "fred@free.example";
const BOB: &str = "bob@mill.example";

/// A domain that is no sample and nobody's: of `.example` a silent resolver says nothing
/// that would have to be waited for.
const LATE: &str = "lara@late.internal";

fn node<'a>(database: &'a Database, sink: &Sink, list: &str, more: &str) -> Node<'a> {
    let mut node = Node::new(database, sink);
    node.configure(
        "dns = []",
        &format!("refused_domains = [\"free.example\"]\n{more}"),
    );
    node.found(&Community::pumps(), &[ANN, FREE, BOB, LATE]);
    let public = Community {
        archive: "public",
        ..Community::pumps()
    };
    let charter = public.charter();
    let charter = charter.replace("dmarc       = \"none\"", list);
    node.write("communities/pumps.toml", charter);
    node.run(&["community", "apply"]).ok();
    node.start();
    node
}

fn unchecked<'a>(database: &'a Database, sink: &Sink, list: &str) -> Node<'a> {
    node(database, sink, list, "dns = []")
}

/// Bob's copy of a post.
#[track_caller]
fn bobs(node: &Node, sink: &Sink, post: &Post) -> Mail {
    node.post(post);
    node.settle();
    copy(sink, post)
}

#[track_caller]
fn copy(sink: &Sink, post: &Post) -> Mail {
    let copies = sink.copies(&post.id);
    let bobs = copies.iter().find(|copy| copy.to == BOB);
    bobs.unwrap_or_else(|| panic!("Bob got no {}", post.id))
        .mail()
}

fn why(node: &Node, post: &Post) -> String {
    node.run(&["why", &post.id]).ok()
}

fn from(name: &str, address: &str, id: &str) -> Post {
    let mut post = Post::new(address, id, "Seals");
    let raw = String::from_utf8(post.raw).expect("text");
    let named = format!("From: {name}<{address}>");
    post.raw = raw
        .replace(&format!("From: <{address}>"), &named)
        .into_bytes();
    post
}

fn a_rewritten_post_says_who_wrote_and_where_answers_go(database: &Database) {
    let sink = Sink::start();
    let node = unchecked(database, &sink, "dmarc = \"auto\"");
    let post = from("Fred Free ", FREE, "one@free.example");
    let mail = bobs(&node, &sink, &post);
    assert_eq!(
        mail.header("From").replace("  ", " "),
        "\"Fred Free via Friends of pumps\" <pumps@lists.example.org>"
    );
    assert_eq!(mail.header("Cc"), "Fred Free <fred@free.example>");
    assert!(
        mail.header("Reply-To")
            .contains("<pumps@lists.example.org>")
    );
    assert_eq!(mail.all("Sender"), [""; 0]);
    assert!(
        why(&node, &post).contains("From rewritten: its author's domain is in `refused_domains`")
    );
    // Whoever is not refused stays who they are.
    let plain = from("Ann ", ANN, "two@plant.example");
    let mail = bobs(&node, &sink, &plain);
    assert_eq!(mail.header("From"), "Ann <ann@plant.example>");
    assert_eq!(mail.all("Cc"), [""; 0]);
    assert!(why(&node, &plain).contains("From stays: no policy is looked up here"));
    // The archive knows who wrote, and a reply finds the thread.
    let page = get(node.http, "/c/pumps/").body;
    assert!(
        page.contains("Fred Free") && !page.contains("via Friends"),
        "{page}"
    );
    let mut reply = Post::new(BOB, "three@mill.example", "Re: [pumps] Seals");
    let field = format!("In-Reply-To: <{}>\r\nDate:", post.id);
    let raw = String::from_utf8(reply.raw).expect("text");
    reply.raw = raw.replacen("Date:", &field, 1).into_bytes();
    node.post(&reply);
    node.settle();
    assert_eq!(sink.copies(&reply.id).len(), 4);
}

fn where_answers_go_to_the_author_reply_to_names_them(database: &Database) {
    let sink = Sink::start();
    let list = "dmarc = \"rewrite\"\nreply_to = \"author\"";
    let node = unchecked(database, &sink, list);
    let mail = bobs(&node, &sink, &from("Ann ", ANN, "one@plant.example"));
    assert_eq!(mail.header("Reply-To"), "Ann <ann@plant.example>");
    assert_eq!(mail.all("Cc"), [""; 0]);
    assert!(mail.header("From").contains("<pumps@lists.example.org>"));
    // Their own Reply-To stays, and they are beside it.
    let mut post = from("Ann ", ANN, "two@plant.example");
    post.raw = [b"Reply-To: ann@home.example\r\n", &post.raw[..]].concat();
    let mail = bobs(&node, &sink, &post);
    assert_eq!(
        mail.header("Reply-To"),
        "ann@home.example, Ann <ann@plant.example>"
    );
    // Whoever asks for answers to the list gets them there, and is in Cc.
    let mut post = from("Ann ", ANN, "three@plant.example");
    let fields = b"Reply-To: pumps@lists.example.org\r\nCc: Zoe <zoe@far.example>\r\n";
    post.raw = [&fields[..], &post.raw[..]].concat();
    let mail = bobs(&node, &sink, &post);
    assert_eq!(mail.header("Reply-To"), "pumps@lists.example.org");
    assert_eq!(
        mail.header("Cc"),
        "Ann <ann@plant.example>, Zoe <zoe@far.example>"
    );
    let mut post = from("Ann ", ANN, "four@plant.example");
    let fields = b"Reply-To: pumps@lists.example.org\r\nCc: Me <Ann@plant.example>\r\n";
    post.raw = [&fields[..], &post.raw[..]].concat();
    let mail = bobs(&node, &sink, &post);
    assert_eq!(mail.header("Cc"), "Me <Ann@plant.example>", "and not twice");
}

fn names_of_any_kind_are_shown_and_do_no_harm(database: &Database) {
    let sink = Sink::start();
    let node = unchecked(database, &sink, "dmarc = \"auto\"");
    let long = "Wolfeschlegel ".repeat(15);
    let names = [
        (
            "\"Free, Fred \\\"Pump\\\"\" ",
            "Free, Fred \"Pump\" via Friends of pumps",
        ),
        (
            "=?utf-8?Q?J=C3=B6rg_Fr=C3=BCh?= ",
            "Jörg Früh via Friends of pumps",
        ),
        ("\"fred@free.example\" ", "fred via Friends of pumps"),
        ("", "fred via Friends of pumps"),
        (&long, "Wolfeschlegel Wolfeschlegel"),
    ];
    for (number, (given, shown)) in names.iter().enumerate() {
        let post = from(given, FREE, &format!("name{number}@free.example"));
        let mail = bobs(&node, &sink, &post);
        let raw = format!("From: {}\r\n\r\n", mail.header("From"));
        let read = folkmoot::message::parse(raw.as_bytes());
        assert_eq!(read.from.len(), 1, "{raw}");
        assert_eq!(read.from[0].address, "pumps@lists.example.org");
        let name = read.from[0].name.clone().unwrap_or_default();
        assert!(name.starts_with(shown), "{name}");
        assert!(name.chars().count() < 130, "{name}");
        assert!(!mail.header("From").contains("free.example"), "{raw}");
    }
}

fn a_signature_that_holds_keeps_from_and_a_broken_one_goes(database: &Database) {
    let sink = Sink::start();
    let list = "dmarc = \"auto\"\nfooter = false";
    let trust = "dns = []\ntrusted_authserv = [\"mx.example.org\"]";
    let node = node(database, &sink, list, trust);
    let mut keys = Keys::default();
    keys.add("free.example", "s");
    for (number, (fields, result, stays)) in [
        ("From:Date:Message-ID", "pass", true),
        ("From:Date:Message-ID", "fail", false),
        ("From:Subject", "pass", false),
    ]
    .into_iter()
    .enumerate()
    {
        let mut post = from("Fred ", FREE, &format!("signed{number}@free.example"));
        let how = How {
            fields,
            simple: false,
            length: false,
        };
        let signed = keys.sign(&post.raw, ("free.example", "s"), how);
        let told = format!(
            "Authentication-Results: mx.example.org; dkim={result} header.d=free.example header.s=s\r\n"
        );
        post.raw = [told.as_bytes(), &signed].concat();
        let mail = bobs(&node, &sink, &post);
        let is_free = mail.header("From").contains(FREE);
        assert_eq!(is_free, stays, "{fields} {result}: {}", why(&node, &post));
        assert_eq!(mail.all("DKIM-Signature").len(), usize::from(stays));
        if stays {
            let raw = sink.copies(&post.id).remove(0).raw;
            assert!(keys.verify(&raw)[0].2, "it holds for what Bob got");
        } else {
            assert!(why(&node, &post).contains("DKIM-Signature of free.example removed"));
        }
    }
}

fn a_post_waits_an_hour_for_a_policy_that_nobody_tells(database: &Database) {
    let sink = Sink::start();
    let dns = Dns::start();
    dns.behave(Mode::Fails);
    let node = node(database, &sink, "dmarc = \"auto\"", &dns.setting());
    let post = from("Lara ", LATE, "late@late.internal");
    node.post(&post);
    node.settle();
    let said = why(&node, &post);
    assert!(said.contains("waiting: up to an hour"), "{said}");
    assert!(sink.copies(&post.id).is_empty());
    node.advance("50m");
    assert!(sink.copies(&post.id).is_empty());
    let said = why(&node, &post);
    assert_eq!(
        said.matches("dmarc ").count(),
        1,
        "one step, not one a look: {said}"
    );
    assert_eq!(
        node.json(&["queue", "list"]),
        serde_json::json!([]),
        "it is no failure"
    );
    node.advance("10m");
    let mail = copy(&sink, &post);
    assert!(
        mail.header("From")
            .starts_with("\"Lara via Friends of pumps\""),
        "{}",
        mail.header("From")
    );
    let said = why(&node, &post);
    assert!(
        said.contains("From rewritten: its policy could not be looked up"),
        "{said}"
    );
}

fn a_post_leaves_at_once_when_its_policy_is_known(database: &Database) {
    let sink = Sink::start();
    let dns = Dns::start();
    dns.behave(Mode::Fails);
    let node = node(database, &sink, "dmarc = \"auto\"", &dns.setting());
    let (late, other) = (
        from("Lara ", LATE, "one@late.internal"),
        from("Bob ", BOB, "two@mill.example"),
    );
    node.post(&late);
    node.settle();
    dns.behave(Mode::Answers);
    node.post(&other);
    node.settle();
    assert!(sink.copies(&late.id).is_empty());
    assert_eq!(sink.copies(&other.id).len(), 4, "it holds up nobody else");
    dns.publish("_dmarc.late.internal", "TXT", "v=DMARC1; p=none");
    node.advance("10m");
    assert_eq!(
        copy(&sink, &late).header("From"),
        "Lara <lara@late.internal>"
    );
    // From then on it asks for refusal.
    dns.withdraw("_dmarc.strict.internal");
    dns.publish("_dmarc.plant.example", "TXT", "v=DMARC1; p=reject");
    let strict = from("Ann ", ANN, "three@plant.example");
    node.advance("2h");
    let mail = bobs(&node, &sink, &strict);
    let said = why(&node, &strict);
    assert!(mail.header("From").contains("Ann via"), "{said}");
    assert!(said.contains("publishes `reject`"), "{said}");
}

fn a_wrapped_post_is_inside_as_it_came(database: &Database) {
    let sink = Sink::start();
    let node = unchecked(database, &sink, "dmarc = \"wrap\"\nfooter = true");
    let charter = node.read("communities/pumps.toml");
    let german = charter.replace("language = \"en\"", "language = \"de\"");
    node.write("communities/pumps.toml", german);
    node.run(&["community", "apply"]).ok();
    let mut keys = Keys::default();
    keys.add("plant.example", "s");
    let mut post = from("=?utf-8?Q?J=C3=B6rg?= ", ANN, "in@plant.example");
    let how = How {
        fields: "From:To:Subject:Date:Message-ID",
        simple: true,
        length: false,
    };
    post.raw = keys.sign(&post.raw, ("plant.example", "s"), how);
    let mail = bobs(&node, &sink, &post);
    let copy = sink.copies(&post.id).remove(0);
    let at = find(&copy.raw, &post.raw).expect("the post as it came");
    assert!(keys.verify(&copy.raw[at..at + post.raw.len()])[0].2);
    assert!(
        mail.text().starts_with("Jörg schrieb an Friends of pumps."),
        "{}",
        mail.text()
    );
    assert!(
        mail.text().contains("pumps-leave@lists.example.org"),
        "{}",
        mail.text()
    );
    assert_eq!(mail.subject(), "[pumps] Seals");
    assert_eq!(mail.message_id(), post.id);
    assert_eq!(mail.header("Date"), "Mon, 2 Mar 2026 10:00:00 +0100");
    assert_eq!(mail.header("List-Id").matches("pumps.lists").count(), 1);
    assert_eq!(mail.all("List-Unsubscribe").len(), 1);
    let read = folkmoot::message::parse(&copy.raw);
    assert_eq!(
        read.from[0].name.as_deref(),
        Some("Jörg via Friends of pumps")
    );
    assert_eq!(read.cc[0].address, ANN);
    assert!(read.defects.is_empty(), "{:?}", read.defects);
}

fn the_lists_own_address_is_nobody(database: &Database) {
    let sink = Sink::start();
    let node = unchecked(database, &sink, "dmarc = \"auto\"");
    node.run(&["member", "add", "pumps", "odd@lists.example.org"])
        .ok();
    let own = from(
        "Ann via Pumps ",
        "pumps@lists.example.org",
        "own@plant.example",
    );
    node.client().deliver(
        ANN,
        &["pumps@lists.example.org", "pumps-request@lists.example.org"],
        &own.raw,
    );
    node.settle();
    assert!(sink.copies(&own.id).is_empty());
    assert!(
        sink.for_recipient("pumps@lists.example.org").is_empty(),
        "nothing answers the list"
    );
    let held = node.json(&["hold", "list", "pumps"]);
    assert_eq!(held.as_array().map(Vec::len), Some(1), "{held}");
}

fn what_is_passed_on_to_facilitators_is_taken_too(database: &Database) {
    let sink = Sink::start();
    let node = unchecked(database, &sink, "dmarc = \"auto\"");
    node.run(&["member", "set", "pumps", BOB, "role=facilitator"])
        .ok();
    for (address, from_bob_sees, reply_to) in [
        (
            FREE,
            "\"Fred via Friends of pumps\" <pumps-owner@lists.example.org>",
            "Fred <fred@free.example>",
        ),
        (ANN, "Fred <ann@plant.example>", ""),
    ] {
        let mail = from("Fred ", address, &format!("to-{address}"));
        node.client()
            .deliver(address, &["pumps-owner@lists.example.org"], &mail.raw);
        node.settle();
        let got = copy(&sink, &mail);
        assert_eq!(got.header("From"), from_bob_sees);
        assert_eq!(got.header("Reply-To"), reply_to);
    }
}
