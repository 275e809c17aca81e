//! Mail that does not arrive, and mail that somebody complains about.

use crate::support::bounce::{comes_back, complaint, hand_in, report};
use crate::support::letters::{self, Letter, answer, last, names, write};
use crate::support::sink::{Received, Stage};
use crate::support::{Community, Database, Node, Post, Sink, both};

both!(
    a_dead_mailbox_is_tried_stopped_and_told_of,
    a_mail_that_arrives_clears_the_address,
    what_the_relay_refuses_counts_like_a_bounce,
    what_is_not_the_mailbox_stops_nobody,
    nothing_but_a_report_on_the_own_delivery_counts,
    whoever_is_heard_gets_mail_again,
    who_stops_while_away_finds_it_stopped,
    a_complaint_ends_all_mail_but_answers,
    an_unproven_complaint_changes_nothing,
    erasure_takes_the_failures_along,
);

const LIST: &str = "pumps@lists.example.org";
const REQUEST: &str = "pumps-request@lists.example.org";
const ANN: &str = "ann@plant.example";
const HOME: &str = "ann@home.example";
const BOB: &str = "bob@plant.example";
const FAY: &str = "fay@plant.example";
const TRUSTED: &str = "dns = []\ntrusted_authserv = [\"mx.example.org\"]";

fn node<'a>(database: &'a Database, sink: &Sink) -> Node<'a> {
    let mut node = Node::new(database, sink);
    node.configure("dns = []", TRUSTED);
    node.found(&Community::pumps(), &[ANN, BOB]);
    node.start();
    let add = ["member", "add", "pumps", FAY, "--role", "facilitator"];
    node.run(&add).ok();
    node
}

/// Bob posts; gives Ann's copy, where there is one.
#[track_caller]
fn post(node: &Node, sink: &Sink, id: &str) -> Option<Received> {
    // No question: nobody is asked for an answer.
    let text = "We use the black ones.\r\n";
    node.post(&Post::with_body(BOB, id, "Seals", text));
    node.settle();
    sink.copies(id).into_iter().find(|copy| copy.to == ANN)
}

/// On so many days a post comes back from Ann.
#[track_caller]
fn fail(node: &Node, sink: &Sink, days: usize, status: &str) {
    for day in 0..days {
        let copy = post(node, sink, &format!("fail-{day}-{status}@plant.example"));
        comes_back(node, &copy.expect("a copy for Ann"), status);
        node.advance("1d");
    }
}

/// The last mail of that name to somebody, as it came over the wire.
#[track_caller]
fn received(sink: &Sink, to: &str, name: &str) -> Received {
    let all = sink.for_recipient(to).into_iter().rev();
    let mut of_name = all.filter(|one| one.mail().header("Folkmoot-Mail") == name);
    of_name
        .next()
        .unwrap_or_else(|| panic!("{to} got {:?}", names(sink, to)))
}

fn count(sink: &Sink, to: &str, name: &str) -> usize {
    names(sink, to).iter().filter(|one| *one == name).count()
}

fn state(node: &Node) -> String {
    node.member(ANN)["state"]
        .as_str()
        .unwrap_or_default()
        .to_owned()
}

/// Ann's mailbox is gone, and so is whatever tries it.
#[track_caller]
fn stopped(node: &Node, sink: &Sink) {
    fail(node, sink, 5, "5.1.1");
    comes_back(node, &received(sink, ANN, "delivery-warning"), "5.1.1");
    assert_eq!(state(node), "bouncing");
}

fn a_dead_mailbox_is_tried_stopped_and_told_of(database: &Database) {
    let sink = Sink::start();
    let node = node(database, &sink);
    write(&node, ANN, REQUEST, &format!("link {HOME}"));
    answer(&node, HOME, &last(&sink, HOME, "confirm"), "yes");
    if count(&sink, ANN, "confirm") > 0 {
        answer(&node, ANN, &last(&sink, ANN, "confirm"), "yes");
    }
    fail(&node, &sink, 4, "5.1.1");
    assert_eq!(count(&sink, ANN, "delivery-warning"), 0, "not yet");
    assert_eq!(state(&node), "active");
    fail(&node, &sink, 1, "5.2.1");
    assert_eq!(count(&sink, ANN, "delivery-warning"), 1, "tried first");
    assert_eq!(state(&node), "active");
    comes_back(&node, &received(&sink, ANN, "delivery-warning"), "5.1.1");
    assert_eq!(state(&node), "bouncing");
    let elsewhere = last(&sink, HOME, "delivery-warning");
    assert!(elsewhere.text().contains(ANN), "{}", elsewhere.text());
    assert_eq!(
        count(&sink, FAY, "delivery-trouble"),
        0,
        "in the morning, with others"
    );
    node.advance("3d");
    let told = last(&sink, FAY, "delivery-trouble");
    for word in [ANN, "5.1.1", "RESUME"] {
        assert!(told.text().contains(word), "{word}: {}", told.text());
    }
    assert!(post(&node, &sink, "after@plant.example").is_none());
    node.post(&Post::new(ANN, "own@plant.example", "I can write"));
    node.settle();
    assert!(
        sink.recipients("own@plant.example")
            .contains(&BOB.to_owned())
    );
    let why = node.run(&["why", ANN]).ok();
    assert!(why.contains("points") && why.contains("stopped"), "{why}");
    // Three more mails try it, a week apart; then it is left to the facilitators.
    for tries in 2..=4 {
        node.advance("7d");
        assert_eq!(count(&sink, ANN, "delivery-warning"), tries);
        comes_back(&node, &received(&sink, ANN, "delivery-warning"), "5.1.1");
    }
    node.advance("40d");
    assert_eq!(count(&sink, ANN, "delivery-warning"), 4);
    assert_eq!(state(&node), "bouncing", "never removed");
    assert_eq!(count(&sink, FAY, "delivery-trouble"), 2);
    let told = last(&sink, FAY, "delivery-trouble");
    answer(&node, BOB, &told, &format!("RESUME {ANN}"));
    assert_eq!(state(&node), "bouncing", "not everybody may");
    answer(&node, FAY, &told, &format!("RESUME {ANN}"));
    assert_eq!(state(&node), "active");
    assert!(post(&node, &sink, "again@plant.example").is_some());
}

fn a_mail_that_arrives_clears_the_address(database: &Database) {
    let sink = Sink::start();
    let node = node(database, &sink);
    fail(&node, &sink, 5, "5.1.1");
    assert_eq!(count(&sink, ANN, "delivery-warning"), 1);
    node.advance("8d");
    assert_eq!(state(&node), "active");
    let why = node.json(&["why", ANN]);
    assert!(why["delivery"].is_null(), "{}", why["delivery"]);
    // Once stopped, the first of the mails that try it arrives.
    for round in 0..5 {
        let copy = post(&node, &sink, &format!("again-{round}@plant.example"));
        comes_back(&node, &copy.expect("a copy"), "5.1.1");
        node.advance("1d");
    }
    comes_back(&node, &received(&sink, ANN, "delivery-warning"), "5.1.1");
    assert_eq!(state(&node), "bouncing");
    node.advance("15d");
    assert_eq!(state(&node), "active");
    assert!(post(&node, &sink, "welcome@plant.example").is_some());
}

fn what_the_relay_refuses_counts_like_a_bounce(database: &Database) {
    let sink = Sink::start();
    let node = node(database, &sink);
    sink.reply(ANN, Stage::Recipient, &["550 5.1.1 No such user"]);
    for day in 0..5 {
        post(&node, &sink, &format!("no-{day}@plant.example"));
        post(&node, &sink, &format!("no-more-{day}@plant.example"));
        assert_eq!(state(&node), if day < 4 { "active" } else { "bouncing" });
        node.advance("1d");
    }
    assert!(names(&sink, ANN).is_empty());
    sink.reply(ANN, Stage::Recipient, &["250 ok"]);
    node.advance("14d");
    assert_eq!(state(&node), "active");
}

fn what_is_not_the_mailbox_stops_nobody(database: &Database) {
    let sink = Sink::start();
    let node = node(database, &sink);
    let refusals = [
        "550 5.7.1 Spam",
        "552 5.3.4 Too big",
        "554 5.6.0 Content",
        "501 5.5.4 No",
    ];
    for (day, refusal) in refusals.iter().cycle().take(12).enumerate() {
        sink.reply(ANN, Stage::Recipient, &[refusal]);
        post(&node, &sink, &format!("ours-{day}@plant.example"));
        node.advance("1d");
    }
    sink.reply(ANN, Stage::Recipient, &["250 ok"]);
    let why = node.json(&["why", ANN]);
    assert!(why["delivery"].is_null(), "{}", why["delivery"]);
    fail(&node, &sink, 10, "4.2.2");
    assert_eq!(state(&node), "active");
    assert_eq!(node.json(&["why", ANN])["delivery"]["points"], 2.5);
    assert_eq!(count(&sink, ANN, "delivery-warning"), 0);
}

fn nothing_but_a_report_on_the_own_delivery_counts(database: &Database) {
    let sink = Sink::start();
    let node = node(database, &sink);
    let copy = post(&node, &sink, "p@plant.example").expect("a copy");
    let failed = report(ANN, "failed", "5.1.1");
    for to in [LIST, REQUEST, "pumps-owner@lists.example.org"] {
        hand_in(&node, "", to, &failed);
    }
    let (head, domain) = copy.from.split_once('@').expect("an address");
    let (kept, changed) = head.split_at(head.len() - 3);
    let other = if changed.starts_with('a') { 'b' } else { 'a' };
    let forged = format!("{kept}{other}{}@{domain}", &changed[1..]);
    let forged_reply = hand_in(&node, "", &forged, &failed);
    assert_eq!(forged_reply.code, 550, "{forged_reply:?}");
    hand_in(&node, "", &copy.from, &report(ANN, "delayed", "4.4.7"));
    let away = format!(
        "From: <{ANN}>\r\nSubject: Away\r\nAuto-Submitted: auto-replied\r\n\r\nI am away.\r\n"
    );
    hand_in(&node, "", &copy.from, &away);
    let person = format!("From: <{ANN}>\r\nSubject: Hello\r\n\r\nWhat is this?\r\n");
    hand_in(&node, ANN, &copy.from, &person);
    assert!(node.json(&["why", ANN])["delivery"].is_null());
    for _ in 0..10 {
        comes_back(&node, &copy, "5.1.1");
    }
    assert_eq!(node.json(&["why", ANN])["delivery"]["points"], 1.0);
    // The report names another address: the mail was forwarded.
    let other = post(&node, &sink, "q@plant.example").expect("a copy");
    node.advance("1d");
    hand_in(
        &node,
        "",
        &other.from,
        &report("ann@elsewhere.example", "failed", "5.1.1"),
    );
    let why = node.json(&["why", ANN]);
    assert_eq!(why["delivery"]["points"], 2.0);
    assert!(why.to_string().contains("to which it was forwarded"));
    let late = post(&node, &sink, "r@plant.example").expect("a copy");
    node.advance("31d");
    let before = node.json(&["why", ANN])["delivery"]["points"].clone();
    comes_back(&node, &late, "5.1.1");
    assert_eq!(
        node.json(&["why", ANN])["delivery"]["points"],
        before,
        "too old"
    );
    for victim in ["mailer-daemon@far.example", FAY] {
        let all = names(&sink, victim);
        // Posts, and for who facilitates what became of them.
        let about_posts = ["", "newcomer-unanswered", "worksheet"];
        let other = all
            .iter()
            .find(|name| !about_posts.contains(&name.as_str()));
        assert_eq!(other, None, "{victim}: {all:?}");
    }
}

fn whoever_is_heard_gets_mail_again(database: &Database) {
    let sink = Sink::start();
    let node = node(database, &sink);
    stopped(&node, &sink);
    write(&node, ANN, REQUEST, "help");
    assert_eq!(state(&node), "bouncing", "a From line proves nothing");
    answer(&node, ANN, &last(&sink, ANN, "delivery-warning"), "RESUME");
    assert_eq!(state(&node), "active");
    assert!(node.json(&["why", ANN])["delivery"].is_null());
    for round in 0..5 {
        let copy = post(&node, &sink, &format!("again-{round}@plant.example"));
        comes_back(&node, &copy.expect("a copy"), "5.1.1");
        node.advance("1d");
    }
    comes_back(&node, &received(&sink, ANN, "delivery-warning"), "5.1.1");
    assert_eq!(state(&node), "bouncing");
    let proven = Letter {
        from: ANN,
        to: LIST,
        subject: "I am here",
        text: "Hello.",
        more: "Authentication-Results: mx.example.org; dmarc=pass header.from=plant.example\r\n",
    };
    letters::send(&node, &proven);
    assert_eq!(state(&node), "active");
    node.run(&["member", "set", "pumps", ANN, "state=active"])
        .ok();
    node.run(&["member", "set", "pumps", ANN, "state=left"])
        .refused();
}

fn who_stops_while_away_finds_it_stopped(database: &Database) {
    let sink = Sink::start();
    let node = node(database, &sink);
    stopped(&node, &sink);
    let until = "paused_until=2026-03-12";
    node.run(&["member", "set", "pumps", ANN, until]).ok();
    assert_eq!(state(&node), "paused");
    node.advance("5d");
    assert_eq!(state(&node), "bouncing");
}

fn a_complaint_ends_all_mail_but_answers(database: &Database) {
    let sink = Sink::start();
    let node = node(database, &sink);
    let copy = post(&node, &sink, "p@plant.example").expect("a copy");
    let fine = complaint("not-spam", "", &copy);
    hand_in(&node, "fbl@provider.example", &copy.from, &fine);
    assert_eq!(node.member(ANN)["delivery"], "each");
    let abuse = complaint("abuse", "", &copy);
    hand_in(&node, "fbl@provider.example", &copy.from, &abuse);
    assert_eq!(node.member(ANN)["delivery"], "none");
    assert!(post(&node, &sink, "q@plant.example").is_none());
    let why = node.run(&["why", ANN]).ok();
    assert!(why.contains("complaint"), "{why}");
    write(&node, ANN, REQUEST, "which");
    assert_eq!(count(&sink, ANN, "receipt"), 1, "answers still go");
    node.advance("4d");
    let told = last(&sink, FAY, "delivery-trouble").text();
    assert!(told.contains("omplaint") && !told.contains(ANN), "{told}");
    write(&node, ANN, REQUEST, "resume");
    answer(&node, ANN, &last(&sink, ANN, "confirm"), "yes");
    assert_eq!(node.member(ANN)["delivery"], "each", "as before");
    assert!(post(&node, &sink, "r@plant.example").is_some());
    // To an address without a token, from a provider whose domain is proven.
    let proof = "Authentication-Results: mx.example.org; dkim=pass header.d=provider.example\r\n";
    let copy = post(&node, &sink, "s@plant.example").expect("a copy");
    let proven = complaint("abuse", proof, &copy);
    hand_in(&node, "fbl@provider.example", REQUEST, &proven);
    assert_eq!(node.member(ANN)["delivery"], "none");
    node.run(&["member", "set", "pumps", ANN, "complaint=off"])
        .ok();
    assert_eq!(node.member(ANN)["delivery"], "each");
}

fn an_unproven_complaint_changes_nothing(database: &Database) {
    let sink = Sink::start();
    let node = node(database, &sink);
    let copy = post(&node, &sink, "p@plant.example").expect("a copy");
    let bare = complaint("abuse", "", &copy);
    let owner = "pumps-owner@lists.example.org";
    let untrusted =
        "Authentication-Results: mx.evil.example; dkim=pass header.d=provider.example\r\n";
    let forged = complaint("abuse", untrusted, &copy);
    for raw in [&bare, &forged] {
        for to in [owner, REQUEST, LIST] {
            hand_in(&node, "fbl@provider.example", to, raw);
        }
    }
    // Proven, and about a mail that was never ours.
    let proof = "Authentication-Results: mx.example.org; dkim=pass header.d=provider.example\r\n";
    let other = Received {
        raw: b"From: <a@b.example>\r\nSubject: x\r\n\r\nx\r\n"
            .to_vec()
            .into(),
        ..copy
    };
    let strange = complaint("abuse", proof, &other);
    hand_in(&node, "fbl@provider.example", owner, &strange);
    assert_eq!(node.member(ANN)["delivery"], "each");
    assert!(post(&node, &sink, "q@plant.example").is_some());
    assert!(names(&sink, FAY).iter().all(String::is_empty));
}

fn erasure_takes_the_failures_along(database: &Database) {
    let sink = Sink::start();
    let node = node(database, &sink);
    let copy = post(&node, &sink, "p@plant.example").expect("a copy");
    stopped(&node, &sink);
    hand_in(&node, "", &copy.from, &complaint("abuse", "", &copy));
    let data = node.path("data");
    let before = database.columns_with(&data, &[ANN]);
    for column in [
        "failing.address",
        "bounce.address",
        "suppressed.address",
        "trouble.address",
    ] {
        assert!(
            before.iter().any(|found| found.starts_with(column)),
            "{column}: {before:?}"
        );
    }
    let export = node.run(&["member", "export", ANN]).ok();
    assert!(
        export.contains("suppressed_at") && export.contains("points"),
        "{export}"
    );
    node.run(&["member", "erase", ANN, "--yes"]).ok();
    let after = database.columns_with(&data, &[ANN]);
    assert_eq!(after, [] as [&str; 0]);
    node.advance("40d");
}
