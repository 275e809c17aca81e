//! Who is erased has left no trace: not in any column of any table.

use crate::support::letters::{self, Letter, answer, last, names, reply_to, write};
use crate::support::sink::Stage;
use crate::support::{Community, Database, Node, Post, Sink, both};

both!(
    an_erased_person_stands_nowhere,
    two_guests_of_one_thread_can_both_be_erased,
    a_mail_that_goes_to_others_too_still_reaches_them,
);

const REQUEST: &str = "pumps-request@lists.example.org";
const ANN: &str = "ann@plant.example";
const BOB: &str = "bob@plant.example";
const MIA: &str = "mia@plant.example";
const FAY: &str = "fay@plant.example";

/// Words that only Ann writes, and her name; the index keeps words in pieces, so that
/// the whole of a word must differ from all others.
const HERS: [&str; 4] = [ANN, "kolibri", "nashorn", "zwiebel"];

fn community() -> Community {
    Community {
        more: "probation = 1\nmembers_visible_to = \"members\"\n",
        ..Community::pumps()
    }
}

fn node<'a>(database: &'a Database, sink: &Sink) -> Node<'a> {
    let node = Node::with_list(database, sink, &community(), &[BOB]);
    for (address, role) in [(MIA, "moderator"), (FAY, "facilitator")] {
        let add = ["member", "add", "pumps", address, "--role", role];
        node.run(&add).ok();
    }
    node
}

fn from_ann(node: &Node, to: &str, subject: &str, text: &str) -> String {
    let letter = Letter {
        from: "Ann Zwiebel <ann@plant.example>",
        to,
        subject,
        text,
        more: "",
    };
    letters::send(node, &letter)
}

fn an_erased_person_stands_nowhere(database: &Database) {
    let sink = Sink::start();
    let node = node(database, &sink);
    let list = "pumps@lists.example.org";
    from_ann(
        &node,
        "pumps-join@lists.example.org",
        "In",
        "A kolibri told me.",
    );
    answer(&node, ANN, &last(&sink, ANN, "confirm"), "yes");
    answer(
        &node,
        ANN,
        &last(&sink, ANN, "welcome"),
        "I have a nashorn.",
    );
    from_ann(&node, list, "Of the kolibri", "It is a nashorn.");
    from_ann(&node, list, "Another kolibri", "This one waits for ever.");
    let mut first = sink.for_recipient(MIA).into_iter().map(|one| one.mail());
    let first = first.find(|mail| mail.header("Folkmoot-Mail") == "moderation");
    // Her subject does not stand in the answer, which is Mia's own.
    let decide = reply_to(&first.expect("a mail to moderators"));
    write(&node, MIA, &decide, "TRUST");
    write(&node, BOB, REQUEST, "set digest");
    answer(&node, BOB, &last(&sink, BOB, "confirm"), "yes");
    from_ann(&node, list, "Third kolibri", "It has a nashorn.");
    write(&node, BOB, REQUEST, "who");
    write(&node, ANN, REQUEST, "frobnicate the nashorn");
    write(&node, ANN, REQUEST, "set own off\nset digest\npause 30d");
    answer(&node, ANN, &last(&sink, ANN, "confirm"), "yes");
    write(&node, ANN, REQUEST, "link home@home.example\nexport");
    from_ann(&node, list, "Fourth kolibri", "");
    from_ann(
        &node,
        "pumps-owner@lists.example.org",
        "To you",
        "The nashorn.",
    );
    node.run(&["clock", "advance", "8d"]).ok();
    assert!(names(&sink, BOB).contains(&"digest".to_owned()));
    let data = node.path("data");
    let named = "UPDATE message SET helo = helo WHERE helo <> '' AND peer";
    assert!(database.execute(&data, format!("{named} <> ''")) > 0);
    let before = database.columns_with(&data, &HERS);
    for column in [
        "post.text",
        "hold.subject",
        "message.raw",
        "mail.content",
        "trail.address",
    ] {
        let stands = |found: &String| found.starts_with(column);
        assert!(before.iter().any(stands), "{column} in {before:?}");
    }
    write(&node, ANN, REQUEST, "erase");
    answer(&node, ANN, &last(&sink, ANN, "confirm"), "yes");
    assert_eq!(database.execute(&data, format!("{named} = ''")), 0);
    let after = database.columns_with(&data, &HERS);
    assert_eq!(after, [] as [&str; 0]);
    let held = node.json(&["hold", "list", "pumps"]);
    assert_eq!(held, serde_json::json!([]), "nobody decides about nothing");
    node.run(&["clock", "advance", "31d"]).ok();
    node.run(&["member", "export", ANN]).refused();
}

fn two_guests_of_one_thread_can_both_be_erased(database: &Database) {
    let sink = Sink::start();
    let node = Node::with_list(database, &sink, &Community::pumps(), &[BOB]);
    let guests = ["olga@outside.example", "otto@outside.example"];
    let letter = Letter {
        from: guests[0],
        to: "pumps@lists.example.org",
        subject: "May we?",
        text: "Ask, that is.",
        more: "Cc: <otto@outside.example>\r\n",
    };
    letters::send(&node, &letter);
    let held = node.json(&["hold", "list", "pumps"]);
    node.run(&["hold", "accept", &held[0]["id"].to_string()])
        .ok();
    node.post(&Post::new(BOB, "own@plant.example", "Hm"));
    node.settle();
    for guest in guests {
        node.run(&["member", "erase", guest, "--yes"]).ok();
        let after = database.columns_with(&node.path("data"), &[guest]);
        assert_eq!(after, [] as [&str; 0]);
    }
}

fn a_mail_that_goes_to_others_too_still_reaches_them(database: &Database) {
    let sink = Sink::start();
    let node = node(database, &sink);
    node.run(&["member", "add", "pumps", ANN, "--role", "facilitator"])
        .ok();
    sink.reply(FAY, Stage::Recipient, &["451 4.3.0 later", "250 ok"]);
    sink.reply(ANN, Stage::Recipient, &["451 4.3.0 later", "250 ok"]);
    let letter = Letter {
        from: BOB,
        to: "pumps-owner@lists.example.org",
        subject: "A wish",
        text: "More chairs.",
        more: "",
    };
    letters::send(&node, &letter);
    node.run(&["member", "erase", ANN, "--yes"]).ok();
    node.run(&["clock", "advance", "2h"]).ok();
    assert!(
        last(&sink, FAY, "person-message")
            .text()
            .contains("More chairs.")
    );
    assert_eq!(names(&sink, ANN), [] as [&str; 0]);
}
