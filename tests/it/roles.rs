//! Roles: the table in the docs is the table in the code; terms end.

use folkmoot::lists::roles;

use crate::support::{Community, Database, Node, Sink, both};

both!(a_term_ends_the_day_after_its_last, the_charter_is_agreed_to);

#[test]
fn the_docs_have_the_table_of_the_code() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/roles.md");
    let docs = std::fs::read_to_string(path).expect(path);
    let table = roles::markdown();
    assert!(
        docs.contains(&table),
        "put this into docs/roles.md:\n{table}"
    );
}

fn a_term_ends_the_day_after_its_last(database: &Database) {
    let sink = Sink::start();
    let community = Community {
        more: "[[facilitator]]\naddress = \"ann@plant.example\"\nterm_until = \"2026-03-05\"\n\
            [[facilitator]]\naddress = \"bob@plant.example\"\nterm_until = \"2026-03-09\"\n",
        ..Community::pumps()
    };
    let node = Node::with_list(database, &sink, &community, &[]);
    let runs = |address: &str| {
        node.member(address)["roles"]
            .to_string()
            .contains("facilitator")
    };
    // Monday, 9:00 in UTC. Thursday is the last day, Berlin is an hour ahead.
    node.advance("85h");
    assert!(runs("ann@plant.example"), "Thursday, 23:00 in Berlin");
    node.advance("2h");
    assert!(!runs("ann@plant.example"), "Friday");
    assert_eq!(node.member("ann@plant.example")["state"], "active");
    node.run(&["community", "apply"]).ok();
    assert!(
        !runs("ann@plant.example"),
        "the file does not bring the term back"
    );
    node.advance("7d");
    assert!(runs("bob@plant.example"), "somebody must run it");
    let why = node.run(&["why", "bob@plant.example"]).ok();
    assert!(why.contains("there is no other facilitator"), "{why}");
}

fn the_charter_is_agreed_to(database: &Database) {
    use crate::support::Post;
    use crate::support::letters::{answer, last, names, write};
    let sink = Sink::start();
    let community = Community {
        more: "acceptance = true\n[[facilitator]]\naddress = \"ann@plant.example\"\n",
        ..Community::pumps()
    };
    let node = Node::with_list(database, &sink, &community, &[]);
    let zoe = "zoe@far.example";
    write(&node, zoe, "pumps-join@lists.example.org", "Let me in");
    answer(&node, zoe, &last(&sink, zoe, "confirm"), "Yes");
    let held = || {
        node.json(&["hold", "list", "pumps"])
            .as_array()
            .map_or(0, Vec::len)
    };
    node.post(&Post::new(zoe, "one@far.example", "Before"));
    node.settle();
    assert_eq!(held(), 1, "nobody posts before they agree");
    let welcome = last(&sink, zoe, "welcome");
    assert!(welcome.text().contains("AGREE"), "{}", welcome.text());
    answer(&node, zoe, &welcome, "AGREE");
    assert!(last(&sink, zoe, "receipt").text().contains("version 1"));
    let out = sink.recipients("one@far.example");
    assert_eq!((held(), out.len()), (0, 2), "what waited for it goes out");
    node.post(&Post::new(zoe, "two@far.example", "After"));
    node.settle();
    assert_eq!(sink.recipients("two@far.example").len(), 2);

    // The charter changes: she is asked once more, and has time.
    let file = "communities/pumps.toml";
    let text = node
        .read(file)
        .replace("Field notes", "Field notes, guides");
    node.write(file, text);
    node.run(&["community", "apply"]).ok();
    node.settle();
    let asked = last(&sink, zoe, "welcome");
    assert!(
        asked.subject().contains("has changed"),
        "{}",
        asked.subject()
    );
    let of_ann = names(&sink, "ann@plant.example");
    assert!(
        !of_ann.contains(&"welcome".to_owned()),
        "whom the charter names need not: {of_ann:?}"
    );
    node.post(&Post::new(zoe, "three@far.example", "Meanwhile"));
    node.advance("31d");
    assert_eq!(sink.recipients("three@far.example").len(), 2);
    node.post(&Post::new(zoe, "four@far.example", "Too late"));
    node.settle();
    assert_eq!(held(), 1);
    let notice = last(&sink, zoe, "hold-notice").text();
    assert!(notice.contains("reply AGREE"), "{notice}");
    answer(&node, zoe, &asked, "I agree");
    node.post(&Post::new(zoe, "five@far.example", "Again"));
    node.settle();
    assert_eq!(sink.recipients("five@far.example").len(), 2);
}
