//! How people leave.

use crate::support::community::THREE;
use crate::support::letters::{self, Letter, answer, last, names, write};
use crate::support::{Community, Database, Node, Post, Sink, both, http};

both!(
    who_confirms_leaves_and_is_told_goodbye,
    one_press_is_enough_and_says_goodbye,
);

const LEAVE: &str = "pumps-leave@lists.example.org";
const ANN: &str = "ann@plant.example";

fn who_confirms_leaves_and_is_told_goodbye(database: &Database) {
    let sink = Sink::start();
    let node = Node::with_list(database, &sink, &Community::pumps(), &THREE);
    write(&node, ANN, LEAVE, "Bye");
    write(&node, ANN, LEAVE, "Bye");
    assert_eq!(names(&sink, ANN), ["confirm"], "asked once, not twice");
    let confirm = last(&sink, ANN, "confirm");
    let automatic = Letter {
        from: ANN,
        to: &letters::reply_to(&confirm),
        subject: "Away",
        text: "I am away.",
        more: "Auto-Submitted: auto-replied\r\n",
    };
    letters::send(&node, &automatic);
    assert_eq!(
        node.member(ANN)["state"],
        "active",
        "a From line proves nothing"
    );
    answer(&node, "eve@far.example", &confirm, "yes");
    let state = &node.member(ANN)["state"];
    assert_eq!(state, "active", "a mail that was passed on acts for nobody");
    answer(&node, ANN, &confirm, "yes");
    assert_eq!(node.member(ANN)["state"], "left");
    let goodbye = last(&sink, ANN, "goodbye");
    assert!(goodbye.text().contains("EXPORT"), "{}", goodbye.text());
    answer(&node, ANN, &confirm, "yes");
    write(&node, ANN, LEAVE, "Bye");
    assert_eq!(names(&sink, ANN), ["confirm", "goodbye"]);
    answer(&node, ANN, &goodbye, "EXPORT");
    assert_eq!(names(&sink, ANN), ["confirm", "goodbye", "export"]);
    write(&node, "eve@far.example", LEAVE, "Bye");
    assert!(names(&sink, "eve@far.example").is_empty());
}

fn one_press_is_enough_and_says_goodbye(database: &Database) {
    let sink = Sink::start();
    let node = Node::with_list(database, &sink, &Community::pumps(), &THREE);
    node.post(&Post::new("bob@plant.example", "p@plant.example", "Seals"));
    node.settle();
    let copy = sink.for_recipient(ANN)[0].mail();
    let field = copy.header("List-Unsubscribe");
    let link = field.split(['<', '>']).find(|part| part.contains("/u/"));
    let path = link.and_then(|link| link.split_once("lists.example.org"));
    let (_, path) = path.expect("a link");
    let pressed = http::request(node.http, "POST", path, "List-Unsubscribe=One-Click");
    assert_eq!(pressed.status, 200, "{}", pressed.body);
    node.settle();
    assert_eq!(node.member(ANN)["state"], "left");
    assert_eq!(names(&sink, ANN), ["", "goodbye"]);
    http::request(node.http, "POST", path, "List-Unsubscribe=One-Click");
    node.settle();
    assert_eq!(names(&sink, ANN), ["", "goodbye"], "once");
}
