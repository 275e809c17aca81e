//! What is worth keeping of discussions: who marks it, who is asked, who may read it, and what
//! becomes of it when its author leaves or is erased.

use serde_json::{Value, json};

use crate::support::community::LIST;
use crate::support::http::get;
use crate::support::letters::{Letter, answer, last, names, send, write};
use crate::support::{Community, Database, Node, Sink, both};

both!(
    a_post_becomes_a_learning_that_everybody_may_read,
    a_facilitator_adds_what_nobody_else_can_review,
    a_learning_outlives_its_author,
    what_stays_among_members_is_none,
);

const ANN: &str = "ann@plant.example";
const BOB: &str = "bob@plant.example";
const CLEO: &str = "cleo@mill.example";
const PAGE: &str = "/c/pumps/learnings";
const REQUEST: &str = "pumps-request@lists.example.org";

/// Ann facilitates; the archive is for members.
const PUMPS: Community = Community {
    slug: "pumps",
    posting: "members",
    archive: "members",
    more: "[[facilitator]]\naddress = \"ann@plant.example\"\nname = \"Ann\"\n",
};

fn founded<'a>(database: &'a Database, sink: &Sink) -> Node<'a> {
    Node::with_list(database, sink, &PUMPS, &[BOB, CLEO])
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

/// Cleo asks, Bob answers; gives both Message-IDs.
fn discussed(node: &Node) -> (String, String) {
    let question = post(node, CLEO, "Hot water", "Which seal holds?", "");
    let text = "Take the blue one.\r\n\r\nIt holds up to 140 degrees.";
    let from = "Bob Meier <bob@plant.example>";
    let answer = post(node, from, "Re: Hot water", text, &question);
    (question, answer)
}

fn exported(node: &Node) -> Value {
    let file = node.path("learnings.json");
    let path = file.display().to_string();
    node.run(&["learning", "export", "pumps", &path]).ok();
    let text = std::fs::read_to_string(&file).expect("the export");
    std::fs::remove_file(&file).expect("the export is there");
    serde_json::from_str(&text).expect("JSON")
}

fn count(sink: &Sink, who: &str, name: &str) -> usize {
    names(sink, who).iter().filter(|one| *one == name).count()
}

fn a_post_becomes_a_learning_that_everybody_may_read(database: &Database) {
    let sink = Sink::start();
    let node = founded(database, &sink);
    let (question, bobs) = discussed(&node);
    let mark = "ADD learning: Blue seals hold hot water\r\ntags: Seals, hot water";
    post(&node, CLEO, "Re: Hot water", mark, &bobs);
    let told = last(&sink, CLEO, "receipt").text();
    assert!(told.contains("Blue seals hold hot water"), "{told}");
    // Who wrote it decides; until then nobody else reads it, and nobody learns the name.
    node.advance("3d");
    let draft = last(&sink, BOB, "learning-draft");
    let text = draft.text();
    for part in [
        "Blue seals hold hot water",
        "seals, hot water",
        "Take the blue one.",
        "/c/pumps/m/",
        "/c/pumps/learnings",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    let before = get(node.http, PAGE);
    assert_eq!(before.status, 403);
    assert!(!before.body.contains("Blue"), "{}", before.body);
    assert_eq!(exported(&node), json!([]));
    // A mail that was passed on makes nobody a reviewer.
    answer(&node, CLEO, &draft, "yes");
    assert_eq!(exported(&node), json!([]));

    answer(
        &node,
        BOB,
        &draft,
        "Titel: Blue seals hold water up to 140 °C",
    );
    let told = last(&sink, BOB, "receipt").text();
    assert!(
        told.contains("Blue seals hold water up to 140 °C"),
        "{told}"
    );
    let page = get(node.http, PAGE);
    assert_eq!(page.status, 200);
    for part in [
        "Blue seals hold water up to 140 °C",
        "Take the blue one.",
        "It holds up to 140 degrees.",
        "Bob Meier",
        "hot water",
        "is for members",
    ] {
        assert!(page.body.contains(part), "{part}: {}", page.body);
    }
    for hidden in ["/c/pumps/m/", "@plant", "Which seal"] {
        assert!(!page.body.contains(hidden), "{hidden}: {}", page.body);
    }
    let feed = get(node.http, "/c/pumps/learnings.atom");
    assert!(
        feed.header("Content-Type")
            .starts_with("application/atom+xml")
    );
    assert!(
        feed.body
            .contains("<title>Blue seals hold water up to 140 °C</title>")
    );
    assert_eq!(get(node.http, "/c/pumps/search?q=blue").status, 403);
    let all = exported(&node);
    assert_eq!(all[0]["sources"], json!([bobs]));
    assert_eq!(all[0]["tags"], json!(["seals", "hot water"]));
    let found = node.json(&["archive", "search", "pumps", "is:learning"]);
    assert_eq!(found.as_array().map(Vec::len), Some(1), "{found}");
    assert_eq!(found[0]["message_id"], bobs.as_str());
    let why = node.run(&["why", &bobs]).ok();
    assert!(why.contains("learning"), "{why}");

    // Once more it is marked in vain; the whole thread is another one.
    post(&node, CLEO, "Re: Hot water", "ADD learning: Again", &bobs);
    let told = last(&sink, CLEO, "receipt").text();
    assert!(told.contains("already"), "{told}");
    post(
        &node,
        BOB,
        "Re: Hot water",
        "AUFHEBEN: Der Faden",
        &question,
    );
    node.advance("3d");
    answer(&node, CLEO, &last(&sink, CLEO, "learning-draft"), "Ja");
    let all = exported(&node);
    assert_eq!(all.as_array().map(Vec::len), Some(2), "{all}");
    let sources = all[0]["sources"].as_array().expect("sources");
    assert_eq!(sources[0], question.as_str());
    assert!(sources.contains(&json!(bobs)), "{sources:?}");
    // It is taken back by the same mail.
    answer(&node, BOB, &draft, "No");
    let page = get(node.http, PAGE).body;
    assert!(
        !page.contains("140 °C") && page.contains("Der Faden"),
        "{page}"
    );
    node.run(&["learning", "drop", "pumps", "1"]).refused();
}

fn a_facilitator_adds_what_nobody_else_can_review(database: &Database) {
    let sink = Sink::start();
    let mut node = Node::new(database, &sink);
    node.configure(
        "dns = []",
        "dns = []\ntrusted_authserv = [\"mx.example.org\"]",
    );
    node.found(&PUMPS, &[BOB, CLEO]);
    node.start();
    let own = post(&node, ANN, "A rule", "Write down what held.", "");
    let proof = "Authentication-Results: mx.example.org; dmarc=pass header.from=plant.example\r\n";
    let marking = Letter {
        from: ANN,
        to: LIST,
        subject: "Re: A rule",
        text: "ADD learning: Write it down",
        more: &format!("In-Reply-To: <{own}>\r\n{proof}"),
    };
    send(&node, &marking);
    assert_eq!(count(&sink, ANN, "learning-draft"), 0);
    assert!(get(node.http, PAGE).body.contains("Write it down"));
    // A From line alone proves nothing: then she is asked at her own address.
    let second = post(&node, ANN, "Another", "Read it again.", "");
    post(&node, ANN, "Re: Another", "ADD learning: Read", &second);
    node.advance("3d");
    assert!(!get(node.http, PAGE).body.contains("Read it again"));
    answer(&node, ANN, &last(&sink, ANN, "learning-draft"), "YES");
    assert!(get(node.http, PAGE).body.contains("Read it again"));
    // Of another's post the author is asked, also where a facilitator marks it.
    let (_, bobs) = discussed(&node);
    post(&node, ANN, "Re: Hot water", "ADD learning: Blue", &bobs);
    node.advance("3d");
    assert_eq!(count(&sink, BOB, "learning-draft"), 1);
    assert_eq!(exported(&node).as_array().map(Vec::len), Some(2));
    // Who is gone is not asked: the facilitators are.
    let theirs = post(&node, CLEO, "Noise", "Bearings sing before they fail.", "");
    write(&node, CLEO, "pumps-leave@lists.example.org", "leave");
    answer(&node, CLEO, &last(&sink, CLEO, "confirm"), "yes");
    post(&node, BOB, "Re: Noise", "ADD learning: Listen", &theirs);
    node.advance("3d");
    answer(&node, ANN, &last(&sink, ANN, "learning-draft"), "YES");
    let page = get(node.http, PAGE).body;
    assert!(
        page.contains("Listen") && page.contains("Bearings sing"),
        "{page}"
    );
}

fn a_learning_outlives_its_author(database: &Database) {
    let sink = Sink::start();
    let node = founded(database, &sink);
    let (_, bobs) = discussed(&node);
    post(
        &node,
        CLEO,
        "Re: Hot water",
        "ADD learning: Blue seals",
        &bobs,
    );
    node.advance("3d");
    answer(&node, BOB, &last(&sink, BOB, "learning-draft"), "yes");
    let data = node.run(&["member", "export", BOB]).ok();
    assert!(data.contains("Blue seals"), "{data}");
    write(&node, BOB, "pumps-leave@lists.example.org", "leave");
    answer(&node, BOB, &last(&sink, BOB, "confirm"), "yes");
    assert!(get(node.http, PAGE).body.contains("Bob Meier"));
    node.run(&["member", "add", "pumps", BOB]).ok();
    write(&node, BOB, REQUEST, "erase");
    answer(&node, BOB, &last(&sink, BOB, "confirm"), "yes");
    let page = get(node.http, PAGE).body;
    assert!(
        page.contains("Blue seals") && !page.contains("Bob"),
        "{page}"
    );
    let left = database.columns_with(&node.path("data"), &[BOB, "Meier"]);
    assert_eq!(left, [] as [&str; 0]);
}

fn what_stays_among_members_is_none(database: &Database) {
    let sink = Sink::start();
    let public = Community {
        archive: "public",
        ..PUMPS
    };
    let node = Node::with_list(database, &sink, &public, &[BOB, CLEO]);
    let kept = post(&node, BOB, "[members] Prices", "The blue one is cheap.", "");
    post(
        &node,
        CLEO,
        "Re: [members] Prices",
        "ADD learning: Cheap",
        &kept,
    );
    let told = last(&sink, CLEO, "receipt").text();
    assert!(told.contains("stays among members"), "{told}");
    node.advance("3d");
    assert_eq!(count(&sink, BOB, "learning-draft"), 0);
    // Where everybody reads the archive, what it is made of is linked.
    let (_, bobs) = discussed(&node);
    post(&node, CLEO, "Re: Hot water", "ADD learning: Blue", &bobs);
    node.advance("3d");
    answer(&node, BOB, &last(&sink, BOB, "learning-draft"), "yes");
    let page = get(node.http, PAGE).body;
    assert!(
        page.contains("/c/pumps/m/") && !page.contains("is for members"),
        "{page}"
    );
    assert!(!page.contains("Cheap"), "{page}");
}
