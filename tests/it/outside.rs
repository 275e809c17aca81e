//! What an administrator sees who only has the binary and its manual.

use crate::support::command::{Outcome, folkmoot};
use crate::support::{Community, Database, Node, Post, Sink, both};

both!(
    what_was_injected_before_the_first_start_goes_out_at_once,
    an_address_of_two_readings_is_listed_once,
    every_command_that_shows_something_speaks_json,
    what_was_set_aside_is_in_the_queue,
    our_own_mails_say_of_which_day_they_are,
    a_column_named_twice_is_refused,
);

const MAIL: &str = "From: <ann@plant.example>\nMessage-ID: <early@plant.example>\n\nHello\n";

// The first commands run at the time of day; the test clock may begin long before.
fn what_was_injected_before_the_first_start_goes_out_at_once(database: &Database) {
    let sink = Sink::start();
    let mut node = Node::new(database, &sink);
    node.found(&Community::pumps(), &["ann@plant.example"]);
    node.write("early.eml", MAIL);
    let to = ["inject", "--to", "pumps@lists.example.org", "early.eml"];
    node.run(&to).ok();
    node.start();
    node.settle();
    assert_eq!(
        node.states("early@plant.example"),
        [("ann@plant.example".to_owned(), "sent".to_owned())]
    );
}

fn an_address_of_two_readings_is_listed_once(database: &Database) {
    let sink = Sink::start();
    let node = Node::new(database, &sink);
    node.found(&Community::pumps(), &[]);
    let request = Community {
        slug: "pumps-request",
        ..Community::pumps()
    };
    node.found(&request, &[]);
    let map = node.run(&["addresses", "--postfix"]).ok();
    let wanted = "pumps-request@lists.example.org OK";
    let count = map.lines().filter(|line| *line == wanted).count();
    assert_eq!(count, 1, "postmap warns of a key that comes twice\n{map}");
}

fn every_command_that_shows_something_speaks_json(database: &Database) {
    let sink = Sink::start();
    let mut node = Node::new(database, &sink);
    node.found(&Community::pumps(), &["ann@plant.example"]);
    // The stories' node takes less than the list: a warning, and no error.
    assert_eq!(node.json(&["check"])[0]["severity"], "warning");
    let removed = node.json(&["member", "remove", "pumps", "ann@plant.example"]);
    assert_eq!(removed["state"], "left");
    let shown = node.json(&["community", "show", "pumps", "--toml"]);
    assert!(shown["toml"].as_str().is_some_and(|t| t.contains("slug")));

    node.start();
    node.post(&Post::new("zed@far.example", "z1@far.example", "Hello"));
    node.settle();
    let id = node.json(&["hold", "list", "pumps"])[0]["id"].to_string();
    let decided = node.json(&["hold", "reject", &id]);
    assert_eq!(decided["decision"], "rejected");
}

// A mail to the owner of a community that has none waits for the operator.
fn what_was_set_aside_is_in_the_queue(database: &Database) {
    let sink = Sink::start();
    let node = Node::with_list(database, &sink, &Community::pumps(), &[]);
    let mail = Post::new("zed@far.example", "z1@far.example", "Who runs this?");
    let owner = ["pumps-owner@lists.example.org"];
    let reply = node.client().deliver(&mail.from, &owner, &mail.raw);
    assert_eq!(reply[0].code, 250);
    node.settle();
    let queue = node.json(&["queue", "list"]);
    assert_eq!(queue[0]["state"], "parked", "{queue}");
    assert_eq!(queue[0]["message_id"], "z1@far.example");
    let told = node.run(&["queue", "list"]).ok();
    assert!(told.contains("name one in its charter"), "{told}");
}

fn our_own_mails_say_of_which_day_they_are(database: &Database) {
    let sink = Sink::start();
    let node = Node::with_list(database, &sink, &Community::pumps(), &[]);
    let mail = Post::new("zed@far.example", "z1@far.example", "join");
    let join = ["pumps-join@lists.example.org"];
    node.client().deliver(&mail.from, &join, &mail.raw);
    node.settle();
    let about = sink.received()[0].mail().header("Folkmoot-About");
    assert_eq!(about, "confirm; community=pumps; on=2026-03-02");
}

fn a_column_named_twice_is_refused(database: &Database) {
    let sink = Sink::start();
    let node = Node::new(database, &sink);
    node.found(&Community::pumps(), &[]);
    let rows = "address,name,address\nann@plant.example,Ann,bob@plant.example\n";
    node.write("members.csv", rows);
    let said = node
        .run(&["member", "import", "pumps", "members.csv"])
        .refused();
    assert!(said.contains("names \"address\" twice"), "{said}");
}

#[test]
fn a_refusal_is_one_line_that_says_it_once() {
    let dir = tempfile::tempdir().expect("a folder");
    let nowhere = "postgres://nobody@127.0.0.1:1/nothing";
    for (database, cause) in [
        ("sqlite:/no/such/folder/x.db", "unable to open"),
        (nowhere, "refused"),
    ] {
        let text = format!(
            "domain = \"lists.example.org\"\ndata_dir = \"data\"\n[database]\nurl = \"{database}\"\n"
        );
        std::fs::write(dir.path().join("folkmoot.toml"), text).expect("a configuration");
        let said = refused(folkmoot(dir.path(), &["community", "list"]));
        assert_eq!(said.matches(cause).count(), 1, "{said}");
    }
}

#[test]
fn check_finds_a_database_whose_folder_is_missing() {
    let dir = tempfile::tempdir().expect("a folder");
    let text =
        "domain = \"lists.example.org\"\n[database]\nurl = \"sqlite:/no/such/folder/x.db\"\n";
    std::fs::write(dir.path().join("folkmoot.toml"), text).expect("a configuration");
    std::fs::create_dir(dir.path().join("communities")).expect("a folder");
    let said = folkmoot(dir.path(), &["check"]).refused();
    assert!(said.contains("/no/such/folder cannot be used"), "{said}");
}

fn refused(outcome: Outcome) -> String {
    let said = outcome.refused();
    assert_eq!(said.lines().count(), 1, "one line: {said}");
    said
}
