//! Who gets a post, exactly: what a member chose, and that nobody gets it twice.

use crate::support::community::{LIST, THREE};
use crate::support::{Community, Database, Node, Post, Sink, both};

mod choices;
mod cross;
mod guests;
mod members_only;
mod model;

both!(
    who_wants_no_copy_of_own_posts_gets_none,
    who_is_named_gets_no_second_copy,
    a_muted_thread_is_silent,
    a_followed_thread_reaches_who_gets_no_posts,
    topics_are_what_a_member_gets,
);

const ANN: &str = THREE[0];
const BOB: &str = THREE[1];
const CLEO: &str = THREE[2];

fn who_wants_no_copy_of_own_posts_gets_none(database: &Database) {
    let sink = Sink::start();
    let node = Node::with_list(database, &sink, &Community::pumps(), &THREE);
    node.post(&Post::new(BOB, "default@plant.example", "By default"));
    node.settle();
    set(&node, BOB, "own = 0");
    node.post(&Post::new(BOB, "own@plant.example", "Own"));
    // Whoever is in Cc of their own post wants a copy: only `own` is asked.
    node.post(&addressed(ANN, "cc@plant.example", "", ANN, "[x]"));
    node.settle();
    assert_eq!(sink.recipients("default@plant.example"), THREE);
    assert_eq!(sink.recipients("own@plant.example"), [ANN, CLEO]);
    assert_eq!(
        why(&node, "own@plant.example", BOB),
        "dropped: wants no copy of own posts"
    );
    assert_eq!(sink.recipients("cc@plant.example"), THREE);
}

fn who_is_named_gets_no_second_copy(database: &Database) {
    let sink = Sink::start();
    let node = Node::with_list(database, &sink, &Community::pumps(), &THREE);
    // Another address of Cleo's.
    node.database.execute(
        &node.path("data"),
        "INSERT INTO address (address, person_id, added_at) \
         SELECT 'cleo@home.example', person_id, 1 FROM address WHERE address = 'cleo@mill.example'",
    );
    let named = |id: &str| {
        addressed(
            BOB,
            id,
            "Ann@Plant.example",
            "Cleo <cleo@home.example>",
            "x",
        )
    };
    node.post(&named("named@plant.example"));
    node.settle();
    assert_eq!(sink.recipients("named@plant.example"), [BOB]);
    for other in [ANN, CLEO] {
        assert_eq!(
            why(&node, "named@plant.example", other),
            "dropped: named in To or Cc and gets it directly"
        );
    }
    set(&node, CLEO, "copies = 1");
    node.post(&named("copies@plant.example"));
    node.settle();
    assert_eq!(sink.recipients("copies@plant.example"), [BOB, CLEO]);
    // Beyond two hundred names nobody is looked for.
    let many: Vec<String> = (0..200).map(|n| format!("x{n}@far.example")).collect();
    let many = format!("{}, {ANN}", many.join(", "));
    node.post(&addressed(BOB, "many@plant.example", "", &many, "x"));
    node.settle();
    assert_eq!(sink.recipients("many@plant.example"), THREE);
}

fn a_muted_thread_is_silent(database: &Database) {
    let sink = Sink::start();
    let node = Node::with_list(database, &sink, &Community::pumps(), &THREE);
    node.post(&Post::new(ANN, "root@plant.example", "Seals"));
    node.post(&Post::new(ANN, "other@plant.example", "Motors"));
    node.settle();
    choose(&node, CLEO, "root@plant.example", "mute");
    node.post(&answer(BOB, "re@plant.example", "root@plant.example"));
    node.post(&answer(BOB, "reother@plant.example", "other@plant.example"));
    node.settle();
    assert_eq!(sink.recipients("re@plant.example"), [ANN, BOB]);
    assert_eq!(
        why(&node, "re@plant.example", CLEO),
        "dropped: has muted this thread"
    );
    assert_eq!(sink.recipients("reother@plant.example"), THREE);
}

fn a_followed_thread_reaches_who_gets_no_posts(database: &Database) {
    let sink = Sink::start();
    let node = Node::with_list(database, &sink, &Community::pumps(), &THREE);
    node.post(&Post::new(ANN, "root@plant.example", "Seals"));
    node.settle();
    let deliveries = ["digest", "headlines", "none", "each"];
    for delivery in deliveries {
        let address = format!("{delivery}@plant.example");
        add(&node, &address, delivery);
        choose(&node, &address, "root@plant.example", "follow");
    }
    for gone in ["paused@plant.example", "left@plant.example"] {
        add(&node, gone, "digest");
        choose(&node, gone, "root@plant.example", "follow");
    }
    node.run(&[
        "member",
        "set",
        "pumps",
        "paused@plant.example",
        "paused_until=2026-04-01",
    ])
    .ok();
    node.run(&["member", "remove", "pumps", "left@plant.example"])
        .ok();
    node.post(&answer(BOB, "re@plant.example", "root@plant.example"));
    node.post(&Post::new(BOB, "new@plant.example", "Another thread"));
    node.settle();
    let mut expected: Vec<String> = deliveries.map(|d| format!("{d}@plant.example")).into();
    expected.extend(THREE.map(str::to_owned));
    expected.sort();
    assert_eq!(sink.recipients("re@plant.example"), expected);
    assert_eq!(
        sink.recipients("new@plant.example"),
        [ANN, BOB, CLEO, "each@plant.example"]
    );
    let leave = sink.copies("re@plant.example")[0]
        .mail()
        .header("List-Unsubscribe");
    assert!(leave.contains("/u/"), "{leave}");
}

fn topics_are_what_a_member_gets(database: &Database) {
    let sink = Sink::start();
    let community = Community {
        more: "[[topic]]\nname = \"seals\"\ntitle = \"Seals\"\n\n[[topic]]\nname = \"motors\"\ntitle = \"Motors\"\n",
        ..Community::pumps()
    };
    let node = Node::with_list(database, &sink, &community, &THREE);
    set(&node, ANN, "topics = 'seals'");
    set(&node, CLEO, "topics = 'motors,seals'");
    node.post(&Post::new(BOB, "root@plant.example", "Which #Motors?"));
    node.post(&Post::new(BOB, "none@plant.example", "For everybody"));
    node.post(&Post::new(BOB, "seals@plant.example", "[seals] New ones"));
    // The subject says nothing; the thread does.
    node.post(&answer(BOB, "re@plant.example", "root@plant.example"));
    node.post(&answer(BOB, "rere@plant.example", "re@plant.example"));
    node.settle();
    assert_eq!(sink.recipients("none@plant.example"), THREE);
    assert_eq!(sink.recipients("seals@plant.example"), THREE);
    for id in [
        "root@plant.example",
        "re@plant.example",
        "rere@plant.example",
    ] {
        assert_eq!(sink.recipients(id), [BOB, CLEO], "{id}");
        assert_eq!(why(&node, id, ANN), "dropped: wants no posts on motors");
    }
    // Who follows a thread gets it whatever its topic.
    choose(&node, ANN, "root@plant.example", "follow");
    node.post(&answer(BOB, "last@plant.example", "root@plant.example"));
    node.settle();
    assert_eq!(sink.recipients("last@plant.example"), THREE);
}

/// A post that names more people than the list.
fn addressed(from: &str, id: &str, to: &str, cc: &str, body: &str) -> Post {
    let comma = if to.is_empty() { "" } else { ", " };
    let raw = format!(
        "From: <{from}>\r\nTo: <{LIST}>{comma}{to}\r\nCc: {cc}\r\nSubject: Named\r\n\
         Date: Mon, 2 Mar 2026 10:00:00 +0100\r\nMessage-ID: <{id}>\r\n\r\n{body}\r\n"
    );
    Post {
        from: from.into(),
        id: id.into(),
        raw: raw.into_bytes(),
    }
}

/// A reply to the list alone.
fn answer(from: &str, id: &str, to: &str) -> Post {
    let raw = format!(
        "From: <{from}>\r\nTo: <{LIST}>\r\nSubject: Re: what was asked\r\nIn-Reply-To: <{to}>\r\n\
         Date: Mon, 2 Mar 2026 11:00:00 +0100\r\nMessage-ID: <{id}>\r\n\r\nIndeed.\r\n"
    );
    Post {
        from: from.into(),
        id: id.into(),
        raw: raw.into_bytes(),
    }
}

/// The state and reason of one recipient, as `why` has them.
#[track_caller]
fn why(node: &Node<'_>, id: &str, address: &str) -> String {
    let told = node.json(&["why", id]);
    let rows = told["recipients"].as_array().cloned().unwrap_or_default();
    let of: Vec<String> = rows
        .iter()
        .filter(|row| row["address"] == address)
        .map(|row| {
            let text = |key: &str| row[key].as_str().unwrap_or_default().to_owned();
            match text("state").as_str() {
                "sent" => "sent".to_owned(),
                state => format!("{state}: {}", text("reply")),
            }
        })
        .collect();
    of.join(", ")
}

fn add(node: &Node<'_>, address: &str, delivery: &str) {
    node.run(&["member", "add", "pumps", address, "--delivery", delivery])
        .ok();
}

/// Writes what no command line sets, for every membership of that address.
#[track_caller]
fn set(node: &Node<'_>, address: &str, what: &str) {
    let statement = format!("UPDATE member SET {what} WHERE address = '{address}'");
    let changed = node.database.execute(&node.path("data"), statement);
    assert!(changed > 0, "{address} is no member");
}

/// A member's choice for the thread of a post.
#[track_caller]
fn choose(node: &Node<'_>, address: &str, post: &str, choice: &str) {
    let statement = format!(
        "INSERT INTO thread_choice (community_id, member_id, thread_id, choice, at) \
         SELECT m.community_id, m.id, p.thread_id, '{choice}', 1 FROM member m JOIN post p \
         ON p.community_id = m.community_id WHERE m.address = '{address}' AND p.message_id = '{post}'"
    );
    let changed = node.database.execute(&node.path("data"), statement);
    assert_eq!(changed, 1, "{address} and {post}");
}
