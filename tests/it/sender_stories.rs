//! What our own checks of senders mean for people: whose words act, who is answered,
//! and that no mail waits for a resolver.

use std::time::Duration;

use serde_json::Value;

use crate::support::community::{LIST, THREE};
use crate::support::dns::{Dns, Mode};
use crate::support::letters::names;
use crate::support::signer::Signer;
use crate::support::{Client, Community, Database, Node, Post, Sink, both, random, sink, wait};

both!(
    a_member_whose_domain_signs_is_obeyed_at_once,
    words_with_a_forged_from_are_asked_back,
    what_senders_write_about_themselves_is_believed_by_nobody,
    a_signed_mail_to_somebody_else_asks_for_nothing_here,
    what_was_relayed_is_answered_and_changes_nothing,
    one_message_is_checked_once_for_all_its_recipients,
    nothing_is_checked_where_checks_are_off,
    no_post_waits_for_a_resolver_that_says_nothing,
    a_machine_without_a_resolver_delivers,
    a_post_that_its_authors_domain_disowns_waits_for_a_moderator,
    a_careful_list_holds_what_nothing_proves,
);

const REQUEST: &str = "pumps-request@lists.example.org";
const LEAVE: &str = "pumps-leave@lists.example.org";
const ANN: &str = "ann@plant.example";
const ZED: &str = "zed@far.example";

/// A node that checks with that server, and believes one sealer.
fn node<'a>(database: &'a Database, sink: &Sink, dns: &Dns) -> Node<'a> {
    let mut node = Node::new(database, sink);
    let setting = format!("{}\ntrusted_sealers = [\"sealer.example\"]", dns.setting());
    node.configure("dns = []", &setting);
    node.found(&Community::pumps(), &THREE);
    node.start();
    node
}

fn letter(from: &str, to: &str, text: &str) -> (String, Vec<u8>) {
    let id = format!("s{}@senders.example", random::seed());
    let raw = format!(
        "From: <{from}>\r\nTo: <{to}>\r\nSubject: Hello\r\nMessage-ID: <{id}>\r\n\r\n{text}\r\n"
    );
    (id, raw.into_bytes())
}

#[track_caller]
fn deliver(node: &Node, from: &str, to: &[&str], raw: &[u8]) {
    for reply in node.client().deliver(from, to, raw) {
        assert_eq!(reply.code, 250, "{reply:?}");
    }
    node.settle();
}

/// What `why` says that our checks found: the verdict and the results, of each check.
fn authentication(node: &Node, id: &str) -> Vec<(String, String)> {
    let told = node.json(&["why", id]);
    let steps = told["steps"].as_array().expect("steps").iter();
    let found = steps.filter(|step| step["step"] == "authentication");
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    found
        .map(|step| (text(&step["verdict"]), step["reasons"].to_string()))
        .collect()
}

fn a_member_whose_domain_signs_is_obeyed_at_once(database: &Database) {
    let (sink, dns) = (Sink::start(), Dns::start());
    let plant = Signer::new(&dns, "plant.example", "mail");
    dns.publish("_dmarc.plant.example", "TXT", "v=DMARC1; p=reject");
    let node = node(database, &sink, &dns);
    let (id, raw) = letter(ANN, REQUEST, "set digest");
    deliver(&node, ANN, &[REQUEST], &plant.sign(&raw));
    assert_eq!(node.member(ANN)["delivery"], "digest");
    assert_eq!(names(&sink, ANN), ["receipt"]);
    let found = authentication(&node, &id);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].0, "aligned");
    assert!(
        found[0]
            .1
            .contains("dkim=pass header.d=plant.example header.s=mail")
    );
    assert!(
        found[0]
            .1
            .contains("dmarc=pass (p=reject) header.from=plant.example")
    );
    let shown = node.run(&["why", &id]).ok();
    assert!(shown.contains("authentication"), "{shown}");

    // Over SMTP, and with a client on this machine, SPF says nothing about anybody.
    dns.publish("plant.example", "TXT", "v=spf1 +all");
    let (id, raw) = letter(ANN, REQUEST, "set each");
    let mut client = wait::until("SMTP", wait::SOON, || Client::smtp(node.smtp));
    assert_eq!(client.deliver(ANN, &[REQUEST], &raw)[0].code, 250);
    node.settle();
    assert_eq!(node.member(ANN)["delivery"], "digest");
    let found = authentication(&node, &id);
    assert_eq!(found[0].0, "bare");
    assert!(!found[0].1.contains("spf="), "{found:?}");

    // `inject` is checked as well.
    let (id, raw) = letter(ANN, REQUEST, "set each");
    node.write("letter.eml", plant.sign(&raw));
    node.run(&["inject", "--to", REQUEST, "letter.eml"]).ok();
    node.settle();
    assert_eq!(
        node.member(ANN)["delivery"],
        "each",
        "{:?}",
        authentication(&node, &id)
    );
}

fn words_with_a_forged_from_are_asked_back(database: &Database) {
    let (sink, dns) = (Sink::start(), Dns::start());
    let plant = Signer::new(&dns, "plant.example", "mail");
    let far = Signer::new(&dns, "far.example", "mail");
    let below = Signer::new(&dns, "evil.plant.example", "mail");
    dns.publish("_dmarc.plant.example", "TXT", "v=DMARC1; p=reject; adkim=s");
    let node = node(database, &sink, &dns);
    let before = node.json(&["member", "list", "pumps"]);
    let words = [
        "set digest",
        "leave",
        "pause 14d",
        "erase",
        "invite zed@far.example",
    ];
    for word in words {
        let raw = letter(ANN, REQUEST, word).1;
        let signed = String::from_utf8(plant.sign(&letter(ANN, REQUEST, "help").1)).unwrap();
        let other_text = signed.replace("\r\n\r\nhelp", &format!("\r\n\r\n{word}"));
        let other_from =
            String::from_utf8(plant.sign(&letter("eve@plant.example", REQUEST, word).1));
        let other_from = other_from.unwrap().replace("eve@plant.example", ANN);
        let two = String::from_utf8(plant.sign(&letter("eve@plant.example", REQUEST, word).1));
        let two = format!("From: <{ANN}>\r\n{}", two.unwrap());
        for forged in [
            raw.clone(),
            far.sign(&raw),
            below.sign(&raw),
            other_text.into_bytes(),
            other_from.into_bytes(),
            two.into_bytes(),
        ] {
            deliver(&node, ANN, &[REQUEST], &forged);
        }
    }
    assert_eq!(node.json(&["member", "list", "pumps"]), before);
    let got = names(&sink, ANN);
    assert!(!got.contains(&"receipt".to_owned()), "{got:?}");
    assert_eq!(sink.for_recipient(ZED).len(), 0);
}

/// Fields that senders write, most of them in a name that somebody may trust.
fn fields() -> Vec<String> {
    let pass = "dmarc=pass header.from=plant.example; dkim=pass header.d=plant.example; \
                spf=pass smtp.mailfrom=plant.example";
    let mut fields = Vec::new();
    let names = [
        "lists.example.org",
        "LISTS.example.org",
        "pumps@lists.example.org",
        "localhost",
        "127.0.0.1",
        "plant.example",
        "front.example",
        "mx.google.com",
        "folkmoot",
        "",
    ];
    for name in names {
        fields.push(format!("Authentication-Results: {name}; {pass}\r\n"));
    }
    for field in [
        "Authentication-Results: lists.example.org 1; ",
        "authentication-results:lists.example.org;",
        "Authentication-Results: (lists.example.org) lists.example.org; ",
        "Authentication-Results: \"lists.example.org\"; ",
        "Authentication-Results:\r\n lists.example.org;\r\n ",
        "X-Authentication-Results: lists.example.org; ",
        "ARC-Authentication-Results: i=1; lists.example.org; ",
        "Authentication-Results-Original: lists.example.org; ",
        "X-Original-Authentication-Results: lists.example.org; ",
    ] {
        fields.push(format!("{field}{pass}\r\n"));
    }
    fields.push("Received-SPF: pass (lists.example.org) client-ip=192.0.2.1\r\n".into());
    fields.push("X-Folkmoot-Authentication: aligned\r\n".into());
    fields.push("Folkmoot-Strength: token\r\n".into());
    fields.push(
        "DKIM-Signature: v=1; a=rsa-sha256; d=plant.example; s=mail; h=from; bh=AA==; b=AA==\r\n"
            .into(),
    );
    fields.push(
        "DKIM-Filter: OpenDKIM v2 lists.example.org\r\nX-DKIM-Pass: plant.example\r\n".into(),
    );
    fields
}

fn what_senders_write_about_themselves_is_believed_by_nobody(database: &Database) {
    let (sink, dns) = (Sink::start(), Dns::start());
    Signer::new(&dns, "plant.example", "mail");
    let node = node(database, &sink, &dns);
    let fields = fields();
    assert!(fields.len() >= 20);
    let mut client = node.client();
    for field in &fields {
        let (_, raw) = letter(ANN, REQUEST, "set digest");
        let raw = [field.as_bytes(), &raw].concat();
        assert_eq!(
            client.deliver(ANN, &[REQUEST], &raw)[0].code,
            250,
            "{field}"
        );
    }
    node.settle();
    assert_eq!(node.member(ANN)["delivery"], "each");
    assert!(!names(&sink, ANN).contains(&"receipt".to_owned()));
    let found = |which: &str| {
        // Counts: `why` for each would be a process for each.
        let count =
            format!("UPDATE trail SET verdict = verdict WHERE step = 'authentication' {which}");
        database.execute(&node.path("data"), count)
    };
    assert_eq!(found("AND verdict = 'bare'"), fields.len() as u64);
    assert_eq!(found("AND verdict <> 'bare'"), 0);
}

fn what_was_relayed_is_answered_and_changes_nothing(database: &Database) {
    let (sink, dns) = (Sink::start(), Dns::start());
    let sealer = Signer::new(&dns, "sealer.example", "arc");
    let stranger = Signer::new(&dns, "stranger.example", "arc");
    let node = node(database, &sink, &dns);
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let sealed = |by: &Signer, from: &str, to: &str, text: &str| {
        let (id, raw) = letter(from, to, text);
        let domain = from.split_once('@').expect("an address").1;
        let raw = runtime.block_on(by.seal(&dns, &raw, domain, true));
        deliver(&node, from, &[to], &raw);
        authentication(&node, &id).remove(0).0
    };
    assert_eq!(sealed(&sealer, ANN, REQUEST, "set digest"), "relayed");
    assert_eq!(node.member(ANN)["delivery"], "each");
    assert_eq!(names(&sink, ANN), ["confirm"]);
    let before = node.json(&["member", "list", "pumps"]);
    for word in ["pause 14d", "invite nina@far.example", "agree", "mute"] {
        assert_eq!(sealed(&sealer, ANN, REQUEST, word), "relayed");
    }
    assert_eq!(node.json(&["member", "list", "pumps"]), before);
    assert_eq!(sink.for_recipient("nina@far.example").len(), 0);
    assert!(!names(&sink, ANN).contains(&"receipt".to_owned()));
    assert_eq!(
        sealed(&sealer, ANN, "pumps-leave@lists.example.org", ""),
        "relayed"
    );
    assert_eq!(node.member(ANN)["state"], "active");

    // A held post: its author hears of it where somebody trusted vouches for them.
    assert_eq!(
        sealed(&stranger, "yan@far.example", LIST, "Let me in"),
        "bare"
    );
    assert_eq!(names(&sink, "yan@far.example"), Vec::<String>::new());
    assert_eq!(sealed(&sealer, ZED, LIST, "Let me in"), "relayed");
    assert_eq!(names(&sink, ZED), ["hold-notice"]);
}

/// Whoever has a signed mail of hers can hand it in again, for any recipient.
fn a_signed_mail_to_somebody_else_asks_for_nothing_here(database: &Database) {
    let (sink, dns) = (Sink::start(), Dns::start());
    let plant = Signer::new(&dns, "plant.example", "mail");
    let lists = Signer::new(&dns, "lists.example.org", "mail");
    let node = node(database, &sink, &dns);
    let before = node.json(&["member", "list", "pumps"]);
    let to_bob = plant.sign(&letter(ANN, "bob@plant.example", "set digest").1);
    let post = plant.sign(&letter(ANN, LIST, "set digest").1);
    let more = |field: &str, raw: &[u8]| [field.as_bytes(), raw].concat();
    let copy = letter(ANN, LEAVE, "set digest").1;
    let copy = more("X-BeenThere: other@lists.example.org\r\n", &copy);
    for (to, raw) in [
        (LEAVE, to_bob.clone()),
        (REQUEST, to_bob.clone()),
        (LEAVE, post.clone()),
        (REQUEST, post.clone()),
        (LEAVE, more(&format!("To: <{LEAVE}>\r\n"), &post)),
        (LEAVE, more(&format!("Cc: <{LEAVE}>\r\n"), &post)),
        (LEAVE, plant.sign(&copy)),
        (LEAVE, lists.sign(&copy)),
    ] {
        deliver(&node, ANN, &[to], &raw);
        assert_eq!(node.json(&["member", "list", "pumps"]), before, "{to}");
    }
    let asked = names(&sink, ANN);
    assert!(asked.iter().all(|name| name == "confirm"), "{asked:?}");
    let own = letter(ANN, LEAVE, "").1;
    deliver(&node, ANN, &[LEAVE], &plant.sign(&own));
    assert_eq!(node.member(ANN)["state"], "left");
}

fn one_message_is_checked_once_for_all_its_recipients(database: &Database) {
    let (sink, dns) = (Sink::start(), Dns::start());
    let plant = Signer::new(&dns, "plant.example", "mail");
    let node = node(database, &sink, &dns);
    let (id, raw) = letter(ANN, LIST, "set digest");
    let to = [LIST, REQUEST, LEAVE];
    let named = String::from_utf8(raw).unwrap();
    let named = named.replace(&format!("To: <{LIST}>"), &format!("To: {}", to.join(", ")));
    deliver(&node, ANN, &to, &plant.sign(named.as_bytes()));
    assert_eq!(authentication(&node, &id).len(), 1);
    let keys = dns.asked().into_iter();
    assert_eq!(
        keys.filter(|name| name == "mail._domainkey.plant.example")
            .count(),
        1
    );
    assert_eq!(
        node.member(ANN)["state"],
        "left",
        "the others use what was found"
    );
}

fn nothing_is_checked_where_checks_are_off(database: &Database) {
    let (sink, dns) = (Sink::start(), Dns::start());
    let plant = Signer::new(&dns, "plant.example", "mail");
    let node = Node::with_list(database, &sink, &Community::pumps(), &THREE);
    let (id, raw) = letter(ANN, REQUEST, "set digest");
    deliver(&node, ANN, &[REQUEST], &plant.sign(&raw));
    assert_eq!(authentication(&node, &id), Vec::new());
    assert_eq!(node.member(ANN)["delivery"], "each");
    assert_eq!(names(&sink, ANN), ["confirm"]);
    assert_eq!(dns.asked(), Vec::<String>::new());
}

/// Twenty posts by an author whose domain nobody answers for: how long until all are
/// with the members.
fn twenty(node: &Node, sink: &Sink) -> Duration {
    let author = "ann@works.internal";
    node.write(
        "more.csv",
        format!("address,name,role,delivery,org,tz\n{author},,member,each,,\n"),
    );
    let file = node.path("more.csv").display().to_string();
    node.run(&["member", "import", "pumps", &file]).ok();
    let start = wait::now();
    for number in 0..20 {
        node.post(&Post::new(
            author,
            &format!("p{number}@works.internal"),
            "Seals",
        ));
    }
    let all = || (sink.copies("p19@works.internal").len() >= 3).then_some(());
    wait::until("the last post", wait::SOON, all);
    start.elapsed()
}

fn no_post_waits_for_a_resolver_that_says_nothing(database: &Database) {
    let (sink, dns) = (Sink::start(), Dns::start());
    let node = node(database, &sink, &dns);
    dns.behave(Mode::Silent);
    let took = twenty(&node, &sink);
    println!("20 posts with a silent resolver: {took:?}");
    assert!(took < Duration::from_secs(12), "{took:?}");
    let found = authentication(&node, "p19@works.internal");
    assert!(found[0].1.contains("dmarc=temperror"), "{found:?}");
}

fn a_machine_without_a_resolver_delivers(database: &Database) {
    let sink = Sink::start();
    let mut node = Node::new(database, &sink);
    let nobody = format!("dns = [\"{}\"]", sink::free_address());
    node.configure("dns = []", &nobody);
    node.found(&Community::pumps(), &THREE);
    node.start();
    let took = twenty(&node, &sink);
    println!("20 posts without a resolver: {took:?}");
    assert!(took < Duration::from_secs(12), "{took:?}");
    let (id, raw) = letter(ANN, LIST, "Hello");
    deliver(&node, ANN, &[LIST], &raw);
    let found = authentication(&node, &id);
    assert!(found[0].1.contains("dmarc=temperror"), "{found:?}");
}

fn held(node: &Node) -> Vec<String> {
    let held = node.json(&["hold", "list", "pumps"]);
    let all = held.as_array().expect("a list").iter();
    all.map(|one| one["reasons"].to_string()).collect()
}

fn a_post_that_its_authors_domain_disowns_waits_for_a_moderator(database: &Database) {
    let (sink, dns) = (Sink::start(), Dns::start());
    dns.publish("_dmarc.plant.example", "TXT", "v=DMARC1; p=reject");
    let mut node = Node::new(database, &sink);
    let setting = format!("{}\ntrusted_authserv = [\"mx.example.org\"]", dns.setting());
    node.configure("dns = []", &setting);
    node.found(&Community::pumps(), &THREE);
    node.start();
    let said = |verdict: &str, raw: &[u8]| {
        let field = format!(
            "Authentication-Results: mx.example.org; dmarc={verdict} header.from=plant.example\r\n"
        );
        [field.as_bytes(), raw].concat()
    };
    let (_, raw) = letter(ANN, LIST, "Which seal?");
    deliver(&node, ANN, &[LIST], &said("fail", &raw));
    let reasons = held(&node);
    assert_eq!(reasons.len(), 1, "{reasons:?}");
    assert!(reasons[0].contains("unproven"), "{reasons:?}");
    // What the server in front has seen pass is hers.
    let (id, raw) = letter(ANN, LIST, "Which seal?");
    deliver(&node, ANN, &[LIST], &said("pass", &raw));
    assert_eq!(sink.copies(&id).len(), 3);
    // Where nobody looked at SPF, nobody knows: the server in front may have.
    let (id, raw) = letter(ANN, LIST, "Which seal?");
    deliver(&node, ANN, &[LIST], &raw);
    assert_eq!(sink.copies(&id).len(), 3);
}

fn a_careful_list_holds_what_nothing_proves(database: &Database) {
    let (sink, dns) = (Sink::start(), Dns::start());
    let plant = Signer::new(&dns, "plant.example", "mail");
    let node = node(database, &sink, &dns);
    let charter = node.read("communities/pumps.toml");
    assert!(charter.contains("[list]"), "{charter}");
    let careful = charter.replace("[list]", "[list]\nunproven = \"hold\"");
    node.write("communities/pumps.toml", careful);
    node.run(&["community", "apply"]).ok();
    let (_, raw) = letter(ANN, LIST, "Which seal?");
    deliver(&node, ANN, &[LIST], &raw);
    assert_eq!(held(&node).len(), 1);
    let (id, raw) = letter(ANN, LIST, "Which seal?");
    deliver(&node, ANN, &[LIST], &plant.sign(&raw));
    assert_eq!(sink.copies(&id).len(), 3);
}
