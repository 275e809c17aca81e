//! Mail that real people wrote: seven years of a public list.

use std::collections::BTreeSet;
use std::time::Duration;

use crate::support::community::members;
use crate::support::{Community, Database, Mail, Node, Post, Sink, both, mail, mbox, testdata};
use crate::threading::assert_threaded;

both!(
    a_real_archive_is_imported_searched_and_exported,
    real_posts_reach_fifty_members_once,
);

fn a_real_archive_is_imported_searched_and_exported(database: &Database) {
    let Some(mailbox) = testdata::mailbox() else {
        return;
    };
    let sink = Sink::start();
    let mut node = Node::new(database, &sink);
    node.found(&Community::pumps(), &["ann@plant.example"]);
    node.found(
        &Community {
            slug: "copy",
            ..Community::pumps()
        },
        &[],
    );
    node.start();
    node.write("in.mbox", &mailbox);
    let path = |name: &str| node.path(name).display().to_string();
    node.run(&["archive", "import", "pumps", &path("in.mbox")])
        .ok();
    let first = threads(&node, "pumps");
    assert_whole(&mailbox, &first);
    assert_threaded(&mailbox, &first.iter().cloned().collect());

    node.run(&["archive", "export", "pumps", &path("out.mbox")])
        .ok();
    let exported = std::fs::read(node.path("out.mbox")).expect("the export");
    assert_eq!(mbox::split(&exported).len(), first.len());
    assert_same_messages(&mailbox, &exported);
    node.run(&["archive", "import", "copy", &path("out.mbox")])
        .ok();
    assert_eq!(
        threads(&node, "copy"),
        first,
        "exported and imported again, it is the same archive"
    );
    node.run(&["archive", "import", "pumps", &path("in.mbox")])
        .ok();
    assert_eq!(
        threads(&node, "pumps"),
        first,
        "imported twice, it is there once"
    );

    assert_search_finds(&node, &exported);
    node.settle();
    assert_eq!(sink.count(), 0, "an import mails nobody");
}

type Threads = Vec<(String, Option<String>)>;

// Message-ID and parent of each post. Two posts may share a Message-ID: who
// sends one first must not keep another's post out.
fn threads(node: &Node, slug: &str) -> Threads {
    let json = node.json(&["archive", "threads", slug]);
    let text = |post: &serde_json::Value, key: &str| post[key].as_str().map(str::to_owned);
    let posts = json.as_array().expect("an array").iter();
    let mut threads: Threads = posts
        .map(|post| {
            (
                text(post, "message_id").expect("an id"),
                text(post, "parent"),
            )
        })
        .collect();
    threads.sort();
    threads
}

fn assert_whole(mailbox: &[u8], threads: &Threads) {
    let known: BTreeSet<_> = threads.iter().map(|(id, _)| id.as_str()).collect();
    let messages = mbox::split(mailbox);
    assert!(
        messages.len() > 2_500,
        "{} messages in the test data",
        messages.len()
    );
    let ids: BTreeSet<_> = messages
        .iter()
        .map(|raw| id(raw))
        .filter(|id| !id.is_empty())
        .collect();
    let lost: Vec<_> = ids
        .iter()
        .filter(|id| !known.contains(id.as_str()))
        .collect();
    assert!(
        lost.is_empty(),
        "{} lost, the first {:?}",
        lost.len(),
        lost.first()
    );
    let replies = threads
        .iter()
        .filter(|(_, parent)| parent.is_some())
        .count();
    assert!(
        replies * 2 > threads.len(),
        "a list of replies: {replies} of {}",
        threads.len()
    );
    let mut parents = threads.iter().filter_map(|(_, parent)| parent.as_deref());
    let unknown = parents.find(|parent| !known.contains(parent));
    assert_eq!(unknown, None, "a parent is a post of the archive");
}

fn assert_same_messages(before: &[u8], after: &[u8]) {
    let kept: BTreeSet<_> = mbox::split(after).into_iter().collect();
    let mut seen = BTreeSet::new();
    // Of several messages under one Message-ID the archive may keep the first.
    let lost: Vec<_> = mbox::split(before)
        .into_iter()
        .filter(|raw| seen.insert(id(raw)) && !kept.contains(raw))
        .map(|raw| id(&raw))
        .collect();
    assert!(
        lost.is_empty(),
        "{} not exported as they came, the first {:?}",
        lost.len(),
        lost.first()
    );
}

// A rare word of a subject leads to its message.
fn assert_search_finds(node: &Node, mailbox: &[u8]) {
    let mut found = 0;
    for raw in mbox::split(mailbox).iter().step_by(97) {
        let subject = Mail::new(&mail::crlf(raw)).subject();
        let word = subject
            .split(|c: char| !c.is_ascii_alphabetic())
            .filter(|word| word.len() > 6)
            .max_by_key(|word| word.len());
        let Some(word) = word else { continue };
        let hits = node.json(&["archive", "search", "pumps", word]);
        assert!(
            hits.as_array().is_some_and(|hits| !hits.is_empty()),
            "nothing for {word}"
        );
        found += usize::from(hits.to_string().contains(&id(raw)));
    }
    assert!(
        found > 10,
        "{found} of some thirty searches led to the message whose subject they were taken from"
    );
}

fn real_posts_reach_fifty_members_once(database: &Database) {
    let Some(mailbox) = testdata::mailbox() else {
        return;
    };
    let sink = Sink::start();
    let members = members(50);
    let names: Vec<&str> = members.iter().map(String::as_str).collect();
    let node = Node::with_list(database, &sink, &Community::open_to_all(), &names);
    let posts = sample(&mailbox, 25);
    posts.iter().for_each(|post| node.post(post));
    sink.wait_for(posts.len() * members.len(), Duration::from_secs(120));
    node.settle();
    let tally = sink.tally();
    for post in &posts {
        for member in &members {
            assert_eq!(
                tally.get(&(member.clone(), post.id.clone())),
                Some(&1),
                "{} to {member}",
                post.id
            );
        }
    }
    assert_eq!(
        sink.count(),
        posts.len() * members.len(),
        "and nothing else"
    );
    assert_eq!(sink.violations(), [""; 0]);
}

fn sample(mailbox: &[u8], count: usize) -> Vec<Post> {
    let messages = mbox::split(mailbox);
    let mut seen = BTreeSet::new();
    let usable = messages
        .iter()
        .step_by(messages.len() / (count * 2))
        .filter(|raw| {
            let mail = Mail::new(&mail::crlf(raw));
            let automatic = !mail.all("Auto-Submitted").is_empty();
            raw.len() < 500_000 && !automatic && !id(raw).is_empty() && seen.insert(id(raw))
        });
    let posts: Vec<_> = usable
        .take(count)
        .map(|raw| Post {
            from: "someone@outside.example".into(),
            id: id(raw),
            raw: mail::crlf(raw),
        })
        .collect();
    assert_eq!(posts.len(), count, "the mailbox has that many");
    posts
}

fn id(raw: &[u8]) -> String {
    Mail::new(&mail::crlf(raw)).message_id()
}
