//! What moderators and charters say about authors, in whole posts.

use folkmoot::practice::apply;
use folkmoot::store::communities;

use crate::support::store::{founded, runtime, write};
use crate::support::{Community, Database, Node, Post, Sink, both};

both!(
    a_banned_address_or_domain_is_heard_no_more_until_the_ban_ends,
    an_outsider_who_is_trusted_is_heard,
    a_rate_holds_what_comes_too_fast,
    the_operators_members_need_no_acceptance,
    who_joins_by_mail_is_on_probation,
    what_members_accept_is_counted,
    a_survey_answer_to_the_list_is_shown_to_nobody,
    a_moderator_of_the_charter_gets_and_loses_the_role,
    a_new_member_gets_what_the_charter_says,
);

const MEMBERS: [&str; 2] = ["ann@plant.example", "bob@mill.example"];

fn list(more: &'static str) -> Community {
    Community {
        more,
        ..Community::pumps()
    }
}

fn why(node: &Node, post: &Post) -> String {
    node.run(&["why", &post.id]).ok()
}

fn a_banned_address_or_domain_is_heard_no_more_until_the_ban_ends(database: &Database) {
    let sink = Sink::start();
    let node = Node::with_list(database, &sink, &Community::pumps(), &MEMBERS);
    for (number, pattern) in ["Ann@plant.example", "*@plant.example"].iter().enumerate() {
        node.run(&["ban", "add", "pumps", pattern, "--reason", "sells pills"])
            .ok();
        let banned = node.json(&["ban", "list", "pumps"]);
        assert_eq!(banned[0]["pattern"], pattern.to_lowercase());
        assert_eq!(banned[0]["reason"], "sells pills");
        let post = Post::new(
            MEMBERS[0],
            &format!("banned{number}@plant.example"),
            "Pills",
        );
        node.post(&post);
        node.settle();
        assert_eq!(sink.copies(&post.id).len(), 0);
        assert!(
            why(&node, &post).contains("banned here"),
            "{}",
            why(&node, &post)
        );
        assert_eq!(node.json(&["hold", "list", "pumps"]), serde_json::json!([]));
        node.run(&["ban", "remove", "pumps", pattern]).ok();
    }
    assert_eq!(node.json(&["ban", "list", "pumps"]), serde_json::json!([]));
    node.run(&["ban", "remove", "pumps", "ann@plant.example"])
        .refused();
    node.run(&["ban", "add", "pumps", "nobody"]).refused();
    let post = Post::new(MEMBERS[0], "free@plant.example", "Seals");
    node.post(&post);
    node.settle();
    assert_eq!(sink.copies(&post.id).len(), MEMBERS.len());
}

fn an_outsider_who_is_trusted_is_heard(database: &Database) {
    let sink = Sink::start();
    let node = Node::with_list(database, &sink, &Community::pumps(), &MEMBERS);
    node.run(&["trust", "add", "pumps", "*@outside.example"])
        .ok();
    node.run(&["ban", "add", "pumps", "eve@outside.example"])
        .ok();
    let olga = Post::new("olga@outside.example", "olga@outside.example", "May I?");
    let eve = Post::new("eve@outside.example", "eve@outside.example", "And I?");
    node.post(&olga);
    node.post(&eve);
    node.settle();
    assert_eq!(sink.copies(&olga.id).len(), MEMBERS.len());
    assert_eq!(
        sink.copies(&eve.id).len(),
        0,
        "an address goes before its domain"
    );
}

fn a_rate_holds_what_comes_too_fast(database: &Database) {
    let sink = Sink::start();
    let node = Node::with_list(database, &sink, &list("rate = 2"), &MEMBERS);
    let post = |number: usize| {
        let post = Post::new(MEMBERS[0], &format!("fast{number}@plant.example"), "Again");
        node.post(&post);
        node.settle();
        sink.copies(&post.id).len()
    };
    assert_eq!([1, 2, 3].map(post), [2, 2, 0]);
    let held = node.json(&["hold", "list", "pumps"]);
    assert!(
        held[0]["reasons"].to_string().contains("2 is the limit"),
        "{held}"
    );
    node.advance("1h");
    assert_eq!(post(4), 2, "an hour later they may again");
}

fn the_operators_members_need_no_acceptance(database: &Database) {
    let sink = Sink::start();
    let rules = list("acceptance = true\nprobation = 3");
    let node = Node::with_list(database, &sink, &rules, &MEMBERS);
    let post = Post::new(MEMBERS[0], "vouched@plant.example", "Seals");
    node.post(&post);
    node.settle();
    assert_eq!(sink.copies(&post.id).len(), MEMBERS.len());
}

fn who_joins_by_mail_is_on_probation(database: &Database) {
    let sink = Sink::start();
    let rules = list("acceptance = true\nprobation = 1");
    let node = Node::with_list(database, &sink, &rules, &MEMBERS);
    let zed = "zed@far.example";
    let deliver = |to: &str, post: &Post| {
        node.client().deliver(zed, &[to], &post.raw);
        node.settle();
    };
    deliver(
        "pumps-join@lists.example.org",
        &Post::new(zed, "join@far.example", "join"),
    );
    let address = sink.for_recipient(zed).remove(0).mail().header("Reply-To");
    let address = address.trim_matches(['<', '>']);
    deliver(
        address,
        &Post::with_body(zed, "yes@far.example", "Re: join", "yes"),
    );
    let post = Post::new(zed, "first@far.example", "Hello");
    deliver("pumps@lists.example.org", &post);
    assert_eq!(sink.copies(&post.id).len(), 0);
    let reasons = node.json(&["hold", "list", "pumps"])[0]["reasons"].to_string();
    assert!(
        reasons.contains("acceptance: ") && reasons.contains("probation: "),
        "{reasons}"
    );
}

// A change of norms asks for a new acceptance, one of the list's settings does not.
fn what_members_accept_is_counted(database: &Database) {
    let folder = tempfile::tempdir().expect("a folder");
    runtime().block_on(async {
        let (ctx, community) = founded(database, folder.path()).await;
        assert_eq!(community.agreement, 1);
        let settings = community
            .charter
            .replace("posting = \"anyone\"", "posting = \"members\"");
        let norms = settings.replace("norms = []", "norms = [\"Ask.\"]");
        for (text, expected) in [(&settings, 1), (&norms, 2), (&norms, 2)] {
            let mut tx = write(&ctx).await;
            let applied = apply::apply(&mut tx, &ctx, text, "charter.toml", None).await;
            applied.expect("the charter is applied");
            let now = communities::by_id(&mut tx, community.id).await.expect("it");
            assert_eq!(now.agreement, expected, "{text}");
            tx.commit().await.expect("a commit");
        }
        ctx.db.close().await;
    });
}

fn a_survey_answer_to_the_list_is_shown_to_nobody(database: &Database) {
    let sink = Sink::start();
    let node = Node::with_list(database, &sink, &Community::pumps(), &MEMBERS);
    let post = Post::with_body(
        MEMBERS[0],
        "digits@plant.example",
        "Re: How are we?",
        "4 5 3 4 5",
    );
    node.post(&post);
    node.settle();
    assert_eq!(sink.copies(&post.id).len(), 0);
    assert_eq!(node.json(&["hold", "list", "pumps"]), serde_json::json!([]));
    assert!(why(&node, &post).contains("answer to a survey"));
    let told = crate::support::letters::last(&sink, MEMBERS[0], "hold-notice");
    assert!(
        told.text().contains("Nobody has seen it"),
        "{}",
        told.text()
    );
}

fn a_moderator_of_the_charter_gets_and_loses_the_role(database: &Database) {
    let sink = Sink::start();
    let named = Community {
        more: "[[moderator]]\naddress = \"mia@plant.example\"\nname = \"Mia\"\n",
        ..Community::pumps()
    };
    let node = Node::with_list(database, &sink, &named, &MEMBERS);
    assert_eq!(
        node.member("mia@plant.example")["roles"],
        serde_json::json!(["moderator"])
    );
    node.found(&Community::pumps(), &[]);
    assert_eq!(
        node.member("mia@plant.example")["roles"],
        serde_json::json!(["member"])
    );
}

fn a_new_member_gets_what_the_charter_says(database: &Database) {
    let sink = Sink::start();
    let node = Node::new(database, &sink);
    node.found(&list("delivery = \"none\""), &[]);
    node.run(&["member", "add", "pumps", MEMBERS[0]]).ok();
    assert_eq!(node.member(MEMBERS[0])["delivery"], "none");
    node.run(&[
        "member",
        "add",
        "pumps",
        "cleo@mill.example",
        "--delivery",
        "each",
    ])
    .ok();
    assert_eq!(node.member("cleo@mill.example")["delivery"], "each");
}
