//! `[members]`: nothing of such a thread is to be seen from outside.

use folkmoot::links::permalink;

use super::{ANN, BOB, answer};
use crate::support::community::THREE;
use crate::support::http::get;
use crate::support::{Community, Database, Node, Post, Sink, both};

both!(a_members_thread_is_not_there_for_visitors);

fn a_members_thread_is_not_there_for_visitors(database: &Database) {
    let sink = Sink::start();
    let public = Community {
        archive: "public",
        ..Community::pumps()
    };
    let node = Node::with_list(database, &sink, &public, &THREE);
    node.post(&Post::new(ANN, "open@plant.example", "Gaskets for all"));
    node.post(&Post::with_body(
        ANN,
        "secret@plant.example",
        "Salaries",
        "Zanzibar\r\n",
    ));
    node.settle();
    let shown = get(node.http, "/c/pumps/").body;
    assert!(
        shown.contains("Salaries") && shown.contains("Gaskets"),
        "{shown}"
    );
    // A later post keeps the whole thread, and what is filed after it.
    let mut tagged = answer(BOB, "tagged@plant.example", "secret@plant.example");
    let text = String::from_utf8(tagged.raw).expect("text");
    tagged.raw = text
        .replacen("Subject: Re:", "Subject: Re: [Members] Salaries", 1)
        .into_bytes();
    node.post(&tagged);
    node.post(&answer(ANN, "after@plant.example", "secret@plant.example"));
    node.settle();
    assert_eq!(
        sink.recipients("after@plant.example"),
        THREE,
        "members get it"
    );
    let link = |id: &str| sink.copies(id)[0].mail().header("Archived-At");
    assert_eq!(link("after@plant.example"), "");
    assert!(link("open@plant.example").contains("/c/pumps/m/"));

    let unknown = get(
        node.http,
        &format!("/c/pumps/m/{}", permalink("nobody@x.example")),
    );
    for id in ["secret", "tagged", "after"] {
        let name = permalink(&format!("{id}@plant.example"));
        for path in [
            format!("m/{name}"),
            format!("m/{name}/raw"),
            format!("t/{name}"),
        ] {
            let found = get(node.http, &format!("/c/pumps/{path}"));
            assert_eq!((found.status, &found.body), (404, &unknown.body), "{path}");
        }
    }
    for path in [
        "",
        "?month=2026-03",
        "feed.atom",
        "search?q=Zanzibar",
        "search?q=from:ann",
        "search?q=after:2026-01-01",
    ] {
        let found = get(node.http, &format!("/c/pumps/{path}"));
        assert_eq!(found.status, 200, "{path}");
        for secret in ["Salaries", permalink("secret@plant.example").as_str()] {
            assert!(!found.body.contains(secret), "{path}: {}", found.body);
        }
    }
    assert!(
        get(node.http, "/c/pumps/feed.atom")
            .body
            .contains("Gaskets")
    );
    let all = node.run(&["archive", "search", "pumps", "Zanzibar"]).ok();
    assert!(
        all.contains("secret@plant.example") || all.contains("Salaries"),
        "{all}"
    );
    let out = node.path("out.mbox").display().to_string();
    node.run(&["archive", "export", "pumps", &out]).ok();
    assert!(
        node.read("out.mbox").contains("Zanzibar"),
        "the operator's export is whole"
    );
}
