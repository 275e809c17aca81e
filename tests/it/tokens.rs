//! What a token opens, for whom and how long; and what nobody gets by writing in
//! somebody's name.

use crate::support::http::get;
use crate::support::letters::{Letter, answer, last, names, reply_to, send, write};
use crate::support::mail::find;
use crate::support::{Community, Database, Node, Post, Sink, both};

both!(
    a_moderators_token_confirms_nothing,
    what_waits_for_a_yes_opens_no_other_door_and_none_later,
    a_moderators_link_that_a_list_has_seen_is_dead,
    each_mail_has_a_link_of_its_own,
    what_is_passed_on_to_people_holds_no_token,
    what_is_passed_on_does_not_go_in_circles,
    nobody_is_bombed_in_their_own_name,
    two_machines_come_to_an_end,
    who_has_left_still_gets_what_is_kept,
);

const LIST: &str = "pumps@lists.example.org";
const REQUEST: &str = "pumps-request@lists.example.org";
const OWNER: &str = "pumps-owner@lists.example.org";
const ANN: &str = "ann@plant.example";
const BOB: &str = "bob@plant.example";
const MIA: &str = "mia@plant.example";
const FAY: &str = "fay@plant.example";
const OLGA: &str = "olga@outside.example";
const ZED: &str = "zed@far.example";

fn node<'a>(database: &'a Database, sink: &Sink) -> Node<'a> {
    let node = Node::with_list(database, sink, &Community::pumps(), &[ANN, BOB]);
    for (address, role) in [(MIA, "moderator"), (FAY, "facilitator")] {
        let add = ["member", "add", "pumps", address, "--role", role];
        node.run(&add).ok();
    }
    node
}

fn to(node: &Node, from: &str, to: &str, text: &str) {
    write(node, from, to, text);
}

/// The first posts and requests have the same numbers: what one token is about must
/// not be taken for the other.
fn a_moderators_token_confirms_nothing(database: &Database) {
    let sink = Sink::start();
    let node = node(database, &sink);
    node.post(&Post::new(OLGA, "may@outside.example", "May I?"));
    node.settle();
    to(&node, ZED, "pumps-join@lists.example.org", "join");
    let decide = reply_to(&last(&sink, MIA, "moderation"));
    to(&node, MIA, &decide.replace("-reply+", "-confirm+"), "yes");
    assert_eq!(node.member(ZED), serde_json::Value::Null);
    to(&node, MIA, &decide.replace("-reply+", "-confirm+"), "no");
    answer(&node, ZED, &last(&sink, ZED, "confirm"), "yes");
    assert_eq!(node.member(ZED)["state"], "active", "his own yes counts");
    to(&node, MIA, &decide, "ACCEPT");
    assert_eq!(node.json(&["hold", "list", "pumps"]), serde_json::json!([]));
}

fn what_waits_for_a_yes_opens_no_other_door_and_none_later(database: &Database) {
    let sink = Sink::start();
    let node = node(database, &sink);
    to(&node, ANN, REQUEST, "set digest");
    let confirm = reply_to(&last(&sink, ANN, "confirm"));
    let reply = confirm.replace("-confirm+", "-reply+");
    to(&node, ANN, &reply, "leave");
    assert_eq!(node.member(ANN)["state"], "active");
    node.run(&["clock", "advance", "4d"]).ok();
    for address in [&reply, &confirm] {
        to(&node, ANN, address, "leave");
        assert_eq!(node.member(ANN)["state"], "active");
        assert_eq!(node.member(ANN)["delivery"], "each");
    }
}

fn signed(text: &str) -> Post {
    let raw = format!(
        "From: <{ANN}>\r\nTo: <{LIST}>\r\nSubject: Signed\r\n\
         Message-ID: <signed@plant.example>\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/signed; micalg=pgp-sha256;\r\n \
         protocol=\"application/pgp-signature\"; boundary=b\r\n\r\n--b\r\n\r\n{text}\r\n\
         --b\r\nContent-Type: application/pgp-signature\r\n\r\nx\r\n--b--\r\n"
    );
    Post {
        from: ANN.to_owned(),
        id: "signed@plant.example".to_owned(),
        raw: raw.into_bytes(),
    }
}

const PAGES: &str = "https://lists.example.org";

/// The path of the link of that kind in a text.
fn path(text: &str, kind: &str) -> String {
    let at = text.find(&format!("{PAGES}{kind}")).expect(text);
    let rest = &text[at + PAGES.len()..];
    let end = |c: char| c.is_whitespace() || c == '>';
    rest.split(end).next().unwrap_or_default().to_owned()
}

fn a_moderators_link_that_a_list_has_seen_is_dead(database: &Database) {
    let sink = Sink::start();
    let node = node(database, &sink);
    node.post(&Post::new(OLGA, "may@outside.example", "May I?"));
    node.settle();
    let link = path(&last(&sink, MIA, "moderation").text(), "/hold/");
    assert_eq!(get(node.http, &link).status, 200);
    let lookalikes = "reply to pumps-reply+aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa@lists.example.org";
    let post = signed(&format!("Decide at {PAGES}{link} or {lookalikes}"));
    node.post(&post);
    node.settle();
    assert_eq!(get(node.http, &link).status, 404);
    let why = node.run(&["why", &post.id]).ok();
    assert!(
        why.contains("1 tokens revoked"),
        "what is none fills no table: {why}"
    );
}

fn each_mail_has_a_link_of_its_own(database: &Database) {
    let sink = Sink::start();
    let node = node(database, &sink);
    let link = |id: &str| {
        let copies = sink.copies(id).into_iter();
        let mut own = copies.filter(|copy| copy.to == BOB);
        let mail = own.next().expect("a copy").mail();
        path(&mail.header("List-Unsubscribe"), "/u/")
    };
    node.post(&Post::new(ANN, "one@plant.example", "Seals"));
    node.settle();
    let first = link("one@plant.example");
    node.post(&signed(&format!("To leave: {PAGES}{first}")));
    node.settle();
    assert_eq!(get(node.http, &first).status, 404);
    let later = link("signed@plant.example");
    assert_eq!(get(node.http, &later).status, 200, "he can still leave");
}

fn what_is_passed_on_to_people_holds_no_token(database: &Database) {
    let sink = Sink::start();
    let node = node(database, &sink);
    to(&node, ZED, "pumps-join@lists.example.org", "join");
    let asked = last(&sink, ZED, "confirm");
    let confirm = reply_to(&asked);
    let question = Letter {
        from: ZED,
        to: &confirm,
        subject: "Re: join",
        text: "What is this about?",
        more: &format!("X-Original-To: {confirm}\r\n"),
    };
    send(&node, &question);
    let token = |address: &str| {
        let behind = address.split_once('+').expect(address).1;
        behind.split_once('@').expect(address).0.as_bytes().to_vec()
    };
    let passed = sink.for_recipient(FAY).pop().expect("the question").raw;
    assert!(find(&passed, b"What is this about?").is_some());
    assert_eq!(find(&passed, &token(&confirm)), None);
    // She answers everybody, and joins nobody by it.
    let to_all = last(&sink, FAY, "person-message").header("To");
    to(
        &node,
        FAY,
        to_all.trim_matches(['<', '>']),
        "It is about pumps.",
    );
    assert_eq!(node.member(ZED), serde_json::Value::Null);
    answer(&node, ZED, &asked, "Then yes");
    let welcome = last(&sink, ZED, "welcome");
    let own = reply_to(&welcome);
    let thanks = format!("Thank you all!\n\nPumps <{own}> wrote:\n> Welcome");
    answer(&node, ZED, &welcome, &thanks);
    let passed = sink.for_recipient(FAY).pop().expect("his thanks").raw;
    assert!(find(&passed, b"Thank you all!").is_some());
    assert_eq!(find(&passed, &token(&own)), None);
}

fn what_is_passed_on_does_not_go_in_circles(database: &Database) {
    let sink = Sink::start();
    let node = node(database, &sink);
    to(&node, OLGA, OWNER, "Hello?");
    let copy = sink.for_recipient(FAY).pop().expect("a copy");
    let count = sink.count();
    node.client().deliver(OLGA, &[OWNER], &copy.raw);
    node.settle();
    assert_eq!(sink.count(), count);
}

fn nobody_is_bombed_in_their_own_name(database: &Database) {
    let sink = Sink::start();
    let node = node(database, &sink);
    for number in 0..6 {
        to(&node, ANN, REQUEST, "export");
        to(
            &node,
            ANN,
            REQUEST,
            &format!("link victim-{number}@far.example"),
        );
        to(
            &node,
            ANN,
            REQUEST,
            &format!("address victim-{number}@away.example"),
        );
        to(&node, BOB, REQUEST, "link bob@plant.example");
    }
    let got = names(&sink, ANN);
    let count = |name: &str| got.iter().filter(|one| *one == name).count();
    assert_eq!((count("export"), count("confirm")), (1, 3), "{got:?}");
    assert_eq!(names(&sink, BOB), ["receipt"]);
}

/// A machine that does not say what it is answers whatever comes.
fn two_machines_come_to_an_end(database: &Database) {
    let sink = Sink::start();
    let node = node(database, &sink);
    to(&node, ANN, REQUEST, "What is this");
    let mut answered = 0;
    while names(&sink, ANN).len() > answered && answered < 40 {
        answered = names(&sink, ANN).len();
        answer(
            &node,
            ANN,
            &last(&sink, ANN, "clarification"),
            "I read no mail today.",
        );
    }
    assert!(answered < 40, "it never ends");
}

fn who_has_left_still_gets_what_is_kept(database: &Database) {
    let sink = Sink::start();
    let node = node(database, &sink);
    to(&node, ANN, REQUEST, "leave");
    answer(&node, ANN, &last(&sink, ANN, "confirm"), "yes");
    let goodbye = last(&sink, ANN, "goodbye");
    answer(&node, ANN, &goodbye, "export");
    assert!(
        names(&sink, ANN).contains(&"export".to_owned()),
        "{:?}",
        names(&sink, ANN)
    );
    answer(&node, ANN, &goodbye, "erase");
    answer(&node, ANN, &last(&sink, ANN, "confirm"), "yes");
    let left = node.run(&["member", "export", ANN]).refused();
    assert!(left.contains("nothing is held"), "{left}");
}
