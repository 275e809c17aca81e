//! Threads, as a reader and a facilitator meet them.

use std::collections::BTreeMap;

use crate::support::{Community, Database, Node, Sink, both, testdata};

both!(
    the_cases_of_others_thread_as_they_expect,
    a_facilitator_splits_and_moves_by_mail,
    a_rebuilt_archive_is_the_same,
);

fn node<'a>(database: &'a Database, sink: &'a Sink) -> Node<'a> {
    let mut node = Node::new(database, sink);
    node.found(&Community::pumps(), &["ann@plant.example"]);
    node.start();
    node
}

/// Message-IDs of posts, each with that of the post it answers.
pub type Parents = BTreeMap<String, Option<String>>;

fn parents(node: &Node, slug: &str) -> Parents {
    let text = |value: &serde_json::Value| value.as_str().map(str::to_owned);
    let posts = node.json(&["archive", "threads", slug]);
    let posts = posts.as_array().expect("an array").iter();
    posts
        .map(|post| {
            (
                text(&post["message_id"]).expect("an id"),
                text(&post["parent"]),
            )
        })
        .collect()
}

fn import(node: &Node, slug: &str, bytes: &[u8]) {
    node.write("in.mbox", bytes);
    let file = node.path("in.mbox").display().to_string();
    node.run(&["archive", "import", slug, &file]).ok();
}

fn the_cases_of_others_thread_as_they_expect(database: &Database) {
    let sink = Sink::start();
    let node = node(database, &sink);
    let cases = testdata::cases("thread");
    let (mut right, mut wrong, mut by_ours) = (0, Vec::new(), 0);
    // One archive serves for all: no set names mails of another.
    let all: Vec<u8> = cases.iter().flat_map(|case| case.raw.clone()).collect();
    import(&node, "pumps", &all);
    let found = parents(&node, "pumps");
    for case in &cases {
        let by_subject = case.expect["by_subject"] == true;
        for (child, parent) in case.expect["parent"].as_object().into_iter().flatten() {
            let found = found.get(child).cloned().flatten();
            // Where their rule knew no subjects, ours may: it looks back a week.
            let joined = !by_subject && parent.is_null() && found.is_some();
            match found.as_deref() == parent.as_str() || joined {
                true => right += 1,
                false => wrong.push(format!(
                    "{}: {child} answers {found:?}, not {parent}",
                    case.id
                )),
            }
            by_ours += usize::from(joined);
        }
    }
    assert!(
        by_ours <= 1,
        "{by_ours} posts of {right} by their subject alone"
    );
    println!(
        "{right} posts stand where they should, {} do not",
        wrong.len()
    );
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Asserts that posts of a mailbox stand below what References and In-Reply-To of the mails
/// themselves name, read with nothing of ours; `found` has each post's parent.
pub fn assert_threaded(mailbox: &[u8], found: &Parents) {
    let (mut right, mut wrong) = (0, 0);
    for raw in crate::support::mbox::split(mailbox) {
        let text = String::from_utf8_lossy(&raw);
        let head = text
            .split("\n\n")
            .next()
            .unwrap_or_default()
            .replace("\n ", " ")
            .replace("\n\t", " ");
        let field = |name: &str| {
            let mut lines = head.lines();
            lines
                .find_map(|line| line.strip_prefix(name))
                .unwrap_or_default()
                .to_owned()
        };
        let ids = |text: &str| -> Vec<String> {
            let pieces = text.split('<').skip(1);
            pieces
                .filter_map(|piece| piece.split_once('>'))
                .map(|(id, _)| id.to_owned())
                .collect()
        };
        let Some(own) = ids(&field("Message-ID:"))
            .into_iter()
            .chain(ids(&field("Message-Id:")))
            .next()
        else {
            continue;
        };
        let mut nearest = ids(&field("References:"));
        nearest.reverse();
        nearest.extend(ids(&field("In-Reply-To:")));
        let expected = nearest
            .into_iter()
            .find(|id| *id != own && found.contains_key(id));
        // Where they say nothing, other evidence may.
        let Some(expected) = expected else { continue };
        match found.get(&own) == Some(&Some(expected)) {
            true => right += 1,
            false => wrong += 1,
        }
    }
    println!(
        "{right} of {} answers stand below what they answer",
        right + wrong
    );
    assert!(right > 1_500, "{right}");
    assert!(
        right * 100 >= (right + wrong) * 98,
        "{right} right, {wrong} wrong"
    );
}

fn a_facilitator_splits_and_moves_by_mail(database: &Database) {
    let sink = Sink::start();
    let node = node(database, &sink);
    let post = |id: &str, subject: &str, answers: &str| {
        let reference = match answers {
            "" => String::new(),
            id => format!("References: <{id}@plant.example>\n"),
        };
        format!(
            "From x@y Mon Jan  5 09:00:00 2026\nFrom: ann@plant.example\nMessage-ID: <{id}@plant.example>\n\
            {reference}Subject: {subject}\nDate: Mon, 5 Jan 2026 09:00:00 +0000\n\nWords.\n\n"
        )
    };
    let mailbox = [
        post("a", "Seals", ""),
        post("b", "Re: Seals", "a"),
        post("c", "Re: Seals", "b"),
        post("d", "Hoses", ""),
    ];
    import(&node, "pumps", mailbox.concat().as_bytes());
    let at = |id: &str| format!("{id}@plant.example");
    node.run(&["archive", "move", "pumps", &at("b")]).ok();
    let found = parents(&node, "pumps");
    assert_eq!(
        (&found[&at("b")], &found[&at("c")]),
        (&None, &Some(at("b")))
    );
    node.run(&["archive", "move", "pumps", &at("b"), "--below", &at("d")])
        .ok();
    assert_eq!(parents(&node, "pumps")[&at("b")], Some(at("d")));
    let circle = node
        .run(&["archive", "move", "pumps", &at("d"), "--below", &at("c")])
        .refused();
    assert!(circle.contains("its own answers"), "{circle}");
    let unknown = node
        .run(&["archive", "move", "pumps", "nobody@plant.example"])
        .refused();
    assert!(unknown.contains("Message-ID"), "{unknown}");
}

fn a_rebuilt_archive_is_the_same(database: &Database) {
    let Some(mailbox) = testdata::mailbox() else {
        return;
    };
    let sink = Sink::start();
    let node = node(database, &sink);
    let few: Vec<u8> = mailbox.into_iter().take(2 << 20).collect();
    import(&node, "pumps", &few);
    let before = parents(&node, "pumps");
    assert!(before.len() > 100, "{}", before.len());
    let done = node.json(&["archive", "rebuild"]);
    assert_eq!(parents(&node, "pumps"), before, "{done}");
    assert_eq!(done[0]["moved"], 0, "{done}");
}
