//! What a month has brought, for members; and thanks, which are told with consent alone.

use crate::support::community::LIST;
use crate::support::letters::{Letter, answer, last, names, send};
use crate::support::{Community, Database, Node, Sink, both};

both!(
    a_month_is_told_where_it_has_brought_something,
    thanks_are_told_where_whoever_is_thanked_agrees,
);

const ANN: &str = "ann@plant.example";
const BOB: &str = "bob@plant.example";
const CLEO: &str = "cleo@mill.example";

const MORE: &str = "[[facilitator]]\naddress = \"ann@plant.example\"\nname = \"Ann Roth\"\n\
    [monthly_summary]\nschedule = \"0 10 2 * *\"\n";

/// Ann facilitates.
const PUMPS: Community = Community {
    slug: "pumps",
    posting: "members",
    archive: "members",
    more: MORE,
};

fn founded<'a>(database: &'a Database, sink: &Sink) -> Node<'a> {
    let mut node = Node::new(database, sink);
    node.clock_from("2026-01-20T09:00:00Z");
    node.start();
    node.found(&PUMPS, &[BOB, CLEO]);
    node.settle();
    for (who, name) in [(BOB, "name=Bob Meier"), (CLEO, "name=Cleo Stein")] {
        node.run(&["member", "set", "pumps", who, name]).ok();
    }
    node
}

fn post(node: &Node, from: &str, subject: &str, text: &str, answers: &str) -> String {
    let more = match answers {
        "" => String::new(),
        id => format!("In-Reply-To: <{id}>\r\n"),
    };
    let letter = Letter {
        from,
        to: LIST,
        subject,
        text,
        more: &more,
    };
    send(node, &letter)
}

fn count(sink: &Sink, who: &str) -> usize {
    let got = names(sink, who);
    got.iter().filter(|name| *name == "monthly-summary").count()
}

fn to(node: &Node, moment: &str) {
    node.run(&["clock", "set", moment]).ok();
}

fn a_month_is_told_where_it_has_brought_something(database: &Database) {
    let sink = Sink::start();
    let node = founded(database, &sink);
    // Nothing was asked, learned or planned: nobody gets a mail.
    to(&node, "2026-02-05T12:00:00Z");
    assert_eq!(count(&sink, BOB), 0);

    let answered = post(&node, CLEO, "Which seal?", "For hot water?", "");
    post(&node, BOB, "Re: Which seal?", "The blue one.", &answered);
    post(&node, CLEO, "Who balances impellers?", "In place?", "");
    post(&node, BOB, "A note", "Nothing to ask here.", "");
    let at = "2026-03-17T16:00:00+01:00";
    node.run(&[
        "session",
        "add",
        "pumps",
        "--title",
        "Pump clinic",
        "--at",
        at,
    ])
    .ok();
    to(&node, "2026-03-05T12:00:00Z");
    assert_eq!(count(&sink, BOB), 1);
    let mail = last(&sink, BOB, "monthly-summary");
    let text = mail.text();
    for part in [
        "ASKED AND STILL OPEN",
        "Who balances impellers?",
        "COMING UP",
        "Tuesday, 17 March",
        "16:00: Pump clinic",
        "THANK their name",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert!(mail.html().contains("<dd>Pump clinic"), "{}", mail.html());
    for part in ["Which seal?", "A note", "LEARNED", "THANKED", "SPONSOR"] {
        assert!(!text.contains(part), "{part}: {text}");
    }
    // Whoever stops it gets no other.
    answer(&node, BOB, &mail, "stop");
    to(&node, "2026-04-08T12:00:00Z");
    assert_eq!(count(&sink, BOB), 1);
    assert_eq!(count(&sink, CLEO), 2);
}

fn thanks_are_told_where_whoever_is_thanked_agrees(database: &Database) {
    let sink = Sink::start();
    let node = founded(database, &sink);
    to(&node, "2026-02-20T12:00:00Z");
    post(&node, CLEO, "Who balances impellers?", "In place?", "");
    to(&node, "2026-03-05T12:00:00Z");
    let summary = last(&sink, CLEO, "monthly-summary");
    let lines = "THANK Bob Meier: for the drawings\r\nTHANK ann@plant.example\r\n\
        THANK Nobody Known: for all\r\nTHANK Cleo: for herself\r\nThank you!";
    answer(&node, CLEO, &summary, lines);
    let told = last(&sink, CLEO, "receipt").text();
    for part in [
        "Bob Meier is told",
        "Ann Roth is told",
        "\"Nobody Known\"",
        "your own name",
    ] {
        assert!(told.contains(part), "{part}: {told}");
    }
    to(&node, "2026-03-10T12:00:00Z");
    let asked = last(&sink, BOB, "thanks");
    assert!(asked.subject().contains("Cleo Stein thanks you"));
    assert!(
        asked.text().contains("for the drawings"),
        "{}",
        asked.text()
    );
    // A mail that was passed on lets nobody else decide.
    answer(&node, ANN, &asked, "yes");
    answer(&node, BOB, &asked, "YES");
    assert!(last(&sink, BOB, "receipt").text().contains("Cleo Stein"));
    let of_ann = last(&sink, ANN, "thanks");
    answer(&node, ANN, &of_ann, "no");
    to(&node, "2026-04-08T12:00:00Z");
    let text = last(&sink, CLEO, "monthly-summary").text();
    assert!(
        text.contains("Cleo Stein thanks Bob Meier: for the drawings"),
        "{text}"
    );
    assert!(!text.contains("Ann Roth"), "{text}");
    // What is kept of it is in both exports, and gone with either.
    let of_bob = node.run(&["member", "export", BOB]).ok();
    assert!(of_bob.contains("for the drawings"), "{of_bob}");
    node.run(&["member", "erase", BOB, "--yes"]).ok();
    let of_cleo = node.run(&["member", "export", CLEO]).ok();
    assert!(!of_cleo.contains("for the drawings"), "{of_cleo}");
    post(&node, CLEO, "Who has a spare seal?", "For hot water?", "");
    to(&node, "2026-05-08T12:00:00Z");
    let later = last(&sink, CLEO, "monthly-summary").text();
    assert!(later.contains("Who has a spare seal?"), "{later}");
    assert!(!later.contains("THANKED"), "{later}");
}
