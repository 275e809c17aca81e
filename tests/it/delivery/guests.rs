//! Guests get one thread, and nothing else.

use super::{ANN, BOB, addressed, answer, why};
use crate::support::community::THREE;
use crate::support::http::{get, request};
use crate::support::{Community, Database, Node, Post, Sink, both};

both!(
    a_guest_gets_one_thread_until_it_rests,
    a_guest_leaves_with_one_click,
    members_threads_have_no_guests,
);

const GUEST: &str = "expert@far.example";
const ROOT: &str = "root@plant.example";

/// A thread into which a moderator let the guest.
fn thread_with_guest<'a>(database: &'a Database, sink: &Sink) -> Node<'a> {
    let node = Node::with_list(database, sink, &Community::pumps(), &THREE);
    node.post(&addressed(ANN, ROOT, "", GUEST, "Which seal?"));
    node.settle();
    // To be named lets nobody in: a From line proves nothing.
    node.post(&answer(BOB, "before@plant.example", ROOT));
    node.settle();
    assert_eq!(sink.recipients("before@plant.example"), THREE);
    node.post(&answer(GUEST, "expert1@far.example", ROOT));
    node.settle();
    accept(&node, "expert1@far.example");
    node.settle();
    assert_eq!(sink.recipients("expert1@far.example"), THREE);
    node
}

/// Accepts the post that is held.
#[track_caller]
fn accept(node: &Node<'_>, id: &str) {
    let held = node.json(&["hold", "list", "pumps"]);
    let found = held.as_array().into_iter().flatten();
    let row = found.into_iter().find(|row| row["message_id"] == id);
    let row = row.unwrap_or_else(|| panic!("{id} is not held: {held}"));
    node.run(&["hold", "accept", &row["id"].to_string()]).ok();
}

fn with_guest() -> Vec<String> {
    let mut all: Vec<String> = THREE.map(str::to_owned).into();
    all.push(GUEST.to_owned());
    all.sort();
    all
}

fn a_guest_gets_one_thread_until_it_rests(database: &Database) {
    let sink = Sink::start();
    let node = thread_with_guest(database, &sink);
    node.post(&answer(BOB, "re1@plant.example", "expert1@far.example"));
    node.post(&Post::new(BOB, "new@plant.example", "Another thread"));
    node.post(&answer(GUEST, "expert2@far.example", "re1@plant.example"));
    node.post(&Post::new(GUEST, "expert3@far.example", "A new thread"));
    node.settle();
    assert_eq!(sink.recipients("re1@plant.example"), with_guest());
    assert_eq!(sink.recipients("new@plant.example"), THREE);
    assert_eq!(
        sink.recipients("expert2@far.example"),
        THREE,
        "no moderator is asked"
    );
    let own = why(&node, "expert2@far.example", GUEST);
    assert_eq!(own, "dropped: a guest gets no copy of own posts");
    assert!(sink.recipients("expert3@far.example").is_empty(), "held");
    let direct = String::from_utf8(answer(BOB, "cc@plant.example", ROOT).raw).expect("text");
    let direct = Post {
        raw: direct
            .replacen("Subject:", &format!("Cc: <{GUEST}>\r\nSubject:"), 1)
            .into_bytes(),
        ..answer(BOB, "cc@plant.example", ROOT)
    };
    node.post(&direct);
    node.settle();
    assert_eq!(sink.recipients("cc@plant.example"), THREE);
    assert_eq!(
        why(&node, "cc@plant.example", GUEST),
        "dropped: named in To or Cc and gets it directly"
    );
    node.advance("12d");
    node.post(&answer(BOB, "re2@plant.example", ROOT));
    node.advance("10d");
    node.post(&answer(BOB, "re3@plant.example", ROOT));
    node.settle();
    assert_eq!(
        sink.recipients("re3@plant.example"),
        with_guest(),
        "it goes on"
    );
    node.advance("15d");
    node.post(&answer(BOB, "re4@plant.example", ROOT));
    node.post(&answer(GUEST, "expert4@far.example", ROOT));
    node.settle();
    assert_eq!(sink.recipients("re4@plant.example"), THREE, "it rested");
    assert!(sink.recipients("expert4@far.example").is_empty(), "held");
    let told = node.run(&["why", GUEST]).ok();
    for line in ["let in", "the thread rests"] {
        assert!(told.contains(line), "{line}: {told}");
    }
}

fn a_guest_leaves_with_one_click(database: &Database) {
    let sink = Sink::start();
    let node = thread_with_guest(database, &sink);
    node.post(&answer(BOB, "re1@plant.example", ROOT));
    node.settle();
    let copies = sink.for_recipient(GUEST);
    let mail = copies[0].mail();
    assert_eq!(
        mail.header("List-Unsubscribe-Post"),
        "List-Unsubscribe=One-Click"
    );
    let link = mail.header("List-Unsubscribe");
    let path = link
        .trim_matches(['<', '>'])
        .strip_prefix("https://lists.example.org")
        .expect("our base URL")
        .to_owned();
    assert_eq!(get(node.http, &path).status, 200);
    node.post(&answer(BOB, "re2@plant.example", ROOT));
    node.settle();
    assert_eq!(
        sink.recipients("re2@plant.example"),
        with_guest(),
        "GET changes nothing"
    );
    let pressed = request(node.http, "POST", &path, "List-Unsubscribe=One-Click");
    assert_eq!(pressed.status, 200, "{}", pressed.body);
    node.post(&answer(BOB, "re3@plant.example", ROOT));
    node.settle();
    assert_eq!(sink.recipients("re3@plant.example"), THREE);
    assert!(node.run(&["why", GUEST]).ok().contains("one-click"));
}

fn members_threads_have_no_guests(database: &Database) {
    let sink = Sink::start();
    let node = thread_with_guest(database, &sink);
    let mut private = answer(BOB, "private@plant.example", ROOT);
    let text = String::from_utf8(private.raw).expect("text");
    private.raw = text
        .replacen("Subject: Re:", "Subject: [MEMBERS] Re:", 1)
        .into_bytes();
    node.post(&private);
    node.post(&answer(ANN, "later@plant.example", "private@plant.example"));
    node.post(&answer(GUEST, "expert5@far.example", ROOT));
    node.settle();
    assert_eq!(sink.recipients("private@plant.example"), THREE);
    assert_eq!(sink.recipients("later@plant.example"), THREE);
    accept(&node, "expert5@far.example");
    node.post(&answer(ANN, "last@plant.example", ROOT));
    node.settle();
    assert_eq!(sink.recipients("expert5@far.example"), THREE);
    assert_eq!(sink.recipients("last@plant.example"), THREE);
}
