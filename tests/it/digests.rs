//! Digests: what was posted in a while, in one mail that can be read and
//! replied to.

use crate::support::sink::Received;
use crate::support::{Community, Database, Mail, Node, Post, Sink, both};

mod replies;

both!(
    a_week_comes_on_monday_at_eight,
    nothing_is_sent_when_nothing_happened,
    a_digest_can_be_left_and_answered,
    weeks_come_one_by_one,
    nobody_gets_a_post_twice_or_loses_one,
    muted_threads_and_unwanted_topics_are_left_out,
    posts_of_a_pause_are_not_brought,
    an_erased_post_is_left_out,
    headlines_are_titles_only,
    a_mime_digest_holds_the_posts,
    imported_posts_are_no_news,
    a_digest_survives_a_kill,
    a_digest_due_during_an_outage_comes_once,
    members_who_want_the_same_share_a_mail,
);

const DORA: &str = "dora@plant.example";

fn a_week_comes_on_monday_at_eight(database: &Database) {
    let sink = Sink::start();
    let node = readers(database, &sink, &[(DORA, "digest")]);
    node.post(&answer("seal-1", "Seal leaks", ""));
    node.advance("2d");
    node.post(&answer("bearing-1", "Bearing howls", ""));
    node.post(&answer("seal-2", "Re: Seal leaks", "seal-1"));
    node.run(&["clock", "set", "2026-03-09T06:59:00Z"]).ok();
    assert_eq!(
        digests(&sink, DORA).len(),
        0,
        "one minute to eight in Berlin"
    );
    assert_eq!(posts(&sink, DORA).len(), 0, "no post by itself");
    node.advance("1m");
    let digest = the_one(&sink, DORA);
    assert_eq!(
        digest.subject(),
        "[pumps] Digest: 3 posts in 2 threads, 2 to 4 March 2026"
    );
    assert_eq!(digest.sent_at(), "2026-03-09T07:00:00Z");
    assert_eq!(
        digest.header("Folkmoot-About"),
        "digest; community=pumps; on=2026-03-09"
    );
    for body in [digest.text(), digest.html()] {
        for words in [
            "Seal leaks",
            "Bearing howls",
            "Text of seal-1.",
            "Text of seal-2.",
            "bob@plant.example",
        ] {
            assert!(body.contains(words), "{words} in\n{body}");
        }
        assert!(!body.contains("[pumps]"), "tags are trimmed:\n{body}");
    }
    let text = digest.text();
    let places = ["1. Seal leaks", "2. Bearing howls"].map(|heading| text.rfind(heading));
    assert!(places[0] < places[1] && places[0].is_some(), "{text}");
    assert!(
        text.contains("https://lists.example.org/c/pumps/m/"),
        "{text}"
    );
    assert_eq!(
        posts(&sink, "ann@plant.example").len(),
        3,
        "others get each"
    );
    assert_eq!(sink.violations(), [""; 0]);
}

fn nothing_is_sent_when_nothing_happened(database: &Database) {
    let sink = Sink::start();
    let node = readers(database, &sink, &[(DORA, "digest")]);
    node.advance("5w");
    assert_eq!(digests(&sink, DORA).len(), 0);
}

fn a_digest_can_be_left_and_answered(database: &Database) {
    let sink = Sink::start();
    let node = readers(
        database,
        &sink,
        &[(DORA, "digest"), ("emil@plant.example", "digest")],
    );
    node.post(&answer("seal-1", "Seal leaks", ""));
    node.advance("7d");
    let (one, other) = (the_one(&sink, DORA), the_one(&sink, "emil@plant.example"));
    assert_eq!(
        one.header("List-Unsubscribe-Post"),
        "List-Unsubscribe=One-Click"
    );
    assert!(
        one.header("List-Unsubscribe")
            .contains("<https://lists.example.org/u/")
    );
    assert!(one.header("Reply-To").starts_with("<pumps-reply+"));
    assert_ne!(one.header("Reply-To"), other.header("Reply-To"));
    assert_eq!(one.header("Auto-Submitted"), "auto-generated");
    assert_eq!(one.message_id(), other.message_id(), "made once");
    assert_eq!(one.body(), other.body(), "nothing in it is personal");
}

fn weeks_come_one_by_one(database: &Database) {
    let sink = Sink::start();
    let node = readers(database, &sink, &[(DORA, "digest")]);
    node.post(&answer("first", "One", ""));
    node.advance("7d");
    node.post(&answer("second", "Two", ""));
    node.advance("7d");
    node.advance("5w");
    node.post(&answer("third", "Three", ""));
    node.advance("5w");
    let digests = digests(&sink, DORA);
    let subjects: Vec<_> = digests.iter().map(|one| one.mail().text()).collect();
    assert_eq!(subjects.len(), 3, "one for each week with posts");
    for (text, title) in subjects.iter().zip(["One", "Two", "Three"]) {
        assert!(text.contains(&format!("1. {title}")), "{text}");
        assert!(!text.contains("2. "), "{text}");
    }
}

fn nobody_gets_a_post_twice_or_loses_one(database: &Database) {
    let sink = Sink::start();
    let node = readers(database, &sink, &[(DORA, "each")]);
    let set = |delivery: &str| {
        let change = format!("delivery={delivery}");
        node.run(&["member", "set", "pumps", DORA, &change]).ok();
    };
    let post = |name: &str| {
        node.post(&answer(name, &format!("Title {name}"), ""));
        node.settle();
    };
    post("aa");
    set("digest");
    post("bb");
    set("each");
    post("cc");
    set("headlines");
    set("digest");
    post("dd");
    set("none");
    post("ee");
    node.advance("7d");
    let singly: Vec<_> = posts(&sink, DORA)
        .iter()
        .map(|one| one.mail().message_id())
        .collect();
    assert_eq!(singly, ["aa@plant.example", "cc@plant.example"]);
    assert_eq!(titles(&the_one(&sink, DORA)), ["Title bb", "Title dd"]);
    set("digest");
    post("ff");
    node.advance("7d");
    let last = digests(&sink, DORA).pop().expect("a second digest");
    assert_eq!(titles(&last.mail()), ["Title ff"]);
}

fn muted_threads_and_unwanted_topics_are_left_out(database: &Database) {
    let sink = Sink::start();
    let node = readers(
        database,
        &sink,
        &[(DORA, "digest"), ("emil@plant.example", "digest")],
    );
    node.post(&answer("seal-1", "Seal leaks", ""));
    node.post(&answer("bearing-1", "Bearing howls", ""));
    node.settle();
    let muted = "INSERT INTO thread_choice (community_id, member_id, thread_id, choice, at) \
        SELECT m.community_id, m.id, p.thread_id, 'mute', 0 FROM member m, post p \
        WHERE m.address = 'dora@plant.example' AND p.subject = 'Seal leaks'";
    assert_eq!(database.execute(&node.path("data"), muted), 1);
    node.advance("7d");
    assert_eq!(titles(&the_one(&sink, DORA)), ["Bearing howls"]);
    let both = titles(&the_one(&sink, "emil@plant.example"));
    assert_eq!(both, ["Seal leaks", "Bearing howls"]);
}

fn posts_of_a_pause_are_not_brought(database: &Database) {
    let sink = Sink::start();
    let node = readers(database, &sink, &[(DORA, "digest")]);
    node.post(&answer("before", "Before", ""));
    node.settle();
    node.run(&["member", "set", "pumps", DORA, "paused_until=2026-03-11"])
        .ok();
    node.post(&answer("meanwhile", "Meanwhile", ""));
    node.advance("8d");
    assert_eq!(digests(&sink, DORA).len(), 0, "nothing in a pause");
    node.advance("2d");
    node.post(&answer("after", "After", ""));
    node.advance("7d");
    assert_eq!(titles(&the_one(&sink, DORA)), ["Before", "After"]);
}

fn an_erased_post_is_left_out(database: &Database) {
    let sink = Sink::start();
    let node = readers(database, &sink, &[(DORA, "digest")]);
    let gone = Post::new("ann@plant.example", "gone@plant.example", "Secrets");
    node.post(&gone);
    node.post(&answer("seal-1", "Seal leaks", ""));
    node.settle();
    node.run(&["member", "erase", "ann@plant.example", "--yes"])
        .ok();
    node.advance("7d");
    let digest = the_one(&sink, DORA);
    assert_eq!(titles(&digest), ["Seal leaks"]);
    assert!(digest.subject().contains("1 post"), "{}", digest.subject());
}

fn headlines_are_titles_only(database: &Database) {
    let sink = Sink::start();
    let node = readers(database, &sink, &[(DORA, "headlines")]);
    node.post(&answer("seal-1", "Seal leaks", ""));
    node.advance("7d");
    let digest = the_one(&sink, DORA);
    assert_eq!(titles(&digest), ["Seal leaks"]);
    let html = digest.html();
    assert!(
        html.contains("https://lists.example.org/c/pumps/m/"),
        "{html}"
    );
    assert!(html.contains("bob"), "who wrote: {html}");
    assert!(!digest.text().contains("Text of"), "{}", digest.text());
}

fn a_mime_digest_holds_the_posts(database: &Database) {
    let sink = Sink::start();
    let node = readers(database, &sink, &[(DORA, "digest")]);
    let mime = "UPDATE member SET digest_form = 'mime' WHERE address = 'dora@plant.example'";
    assert_eq!(database.execute(&node.path("data"), mime), 1);
    node.post(&answer("seal-1", "Seal leaks", ""));
    node.post(&Post::sample("alternative"));
    node.advance("7d");
    let raw = digests(&sink, DORA).pop().expect("a digest").raw;
    let read = mail_parser::MessageParser::default()
        .parse(raw.as_slice())
        .expect("a mail");
    let contents = read.body_text(0).expect("contents").into_owned();
    assert!(contents.contains("1. Seal leaks"), "{contents}");
    let inner: Vec<_> = read
        .parts
        .iter()
        .filter_map(|part| part.message())
        .collect();
    let ids: Vec<_> = inner.iter().filter_map(|one| one.message_id()).collect();
    assert_eq!(
        ids,
        [
            "seal-1@plant.example".to_owned(),
            Post::sample("alternative").id
        ]
    );
    let whole = String::from_utf8_lossy(&raw);
    assert_eq!(
        whole.matches("List-Unsubscribe:").count(),
        1,
        "nothing personal inside"
    );
    assert_eq!(sink.violations(), [""; 0]);
}

fn imported_posts_are_no_news(database: &Database) {
    let sink = Sink::start();
    let node = readers(database, &sink, &[(DORA, "digest")]);
    let old = "From bob@plant.example Mon Mar  2 10:00:00 2026\nFrom: <bob@plant.example>\n\
        Subject: Old\nMessage-ID: <old@plant.example>\nDate: Mon, 2 Mar 2020 10:00:00 +0100\n\nOld.\n\n";
    node.write("old.mbox", old);
    let file = node.path("old.mbox").display().to_string();
    node.run(&["archive", "import", "pumps", &file]).ok();
    node.advance("7d");
    assert_eq!(digests(&sink, DORA).len(), 0);
}

fn a_digest_survives_a_kill(database: &Database) {
    let sink = Sink::start();
    let mut node = readers(
        database,
        &sink,
        &[(DORA, "digest"), ("emil@plant.example", "headlines")],
    );
    node.post(&answer("seal-1", "Seal leaks", ""));
    node.run(&["clock", "set", "2026-03-09T06:59:00Z"]).ok();
    node.kill();
    node.start();
    node.advance("2m");
    node.kill();
    node.start();
    node.advance("2d");
    for address in [DORA, "emil@plant.example"] {
        assert_eq!(
            digests(&sink, address).len(),
            1,
            "exactly once to {address}"
        );
    }
}

fn a_digest_due_during_an_outage_comes_once(database: &Database) {
    let sink = Sink::start();
    let mut node = readers(database, &sink, &[(DORA, "digest")]);
    node.post(&answer("seal-1", "Seal leaks", ""));
    node.settle();
    assert_eq!(node.terminate().0, Some(0));
    node.clock_from("2026-03-25T13:00:00Z");
    node.start();
    node.advance("3w");
    assert_eq!(
        digests(&sink, DORA).len(),
        1,
        "one for the weeks that were missed"
    );
}

// More than one transaction takes, so that a digest goes on where it stopped.
fn members_who_want_the_same_share_a_mail(database: &Database) {
    let sink = Sink::start();
    let many: Vec<String> = (0..620).map(|n| format!("d{n:03}@mill.example")).collect();
    let rows: Vec<_> = many
        .iter()
        .map(|address| (address.as_str(), "digest"))
        .collect();
    let node = readers(database, &sink, &rows);
    node.post(&answer("seal-1", "Seal leaks", ""));
    node.advance("7d");
    let all: Vec<_> = sink.received().into_iter().filter(is_digest).collect();
    let mut to: Vec<_> = all.iter().map(|one| one.to.clone()).collect();
    to.sort();
    assert_eq!(to, many, "each once");
    let id = all[0].mail().message_id();
    assert!(
        all.iter().all(|one| one.mail().message_id() == id),
        "one content"
    );
}

// A running list with a Monday digest; Ann and Bob get each post.
fn readers<'a>(database: &'a Database, sink: &Sink, members: &[(&str, &str)]) -> Node<'a> {
    let mut node = Node::new(database, sink);
    node.found(
        &Community::pumps(),
        &["ann@plant.example", "bob@plant.example"],
    );
    let rows: String = members
        .iter()
        .map(|(address, delivery)| format!("{address},,member,{delivery},,\n"))
        .collect();
    node.write(
        "readers.csv",
        format!("address,name,role,delivery,org,tz\n{rows}"),
    );
    let file = node.path("readers.csv").display().to_string();
    node.run(&["member", "import", "pumps", &file]).ok();
    node.start();
    node
}

// Bob's post; it answers `parent` unless that is empty.
fn answer(name: &str, subject: &str, parent: &str) -> Post {
    let mut post = Post::with_body(
        "bob@plant.example",
        &format!("{name}@plant.example"),
        subject,
        &format!("Text of {name}.\r\n"),
    );
    if !parent.is_empty() {
        let field = format!("In-Reply-To: <{parent}@plant.example>\r\n");
        post.raw = [field.as_bytes(), &post.raw].concat();
    }
    post
}

fn is_digest(mail: &Received) -> bool {
    mail.mail().header("Folkmoot-Mail") == "digest"
}

fn digests(sink: &Sink, to: &str) -> Vec<Received> {
    let all = sink.received().into_iter();
    all.filter(|mail| mail.to == to && is_digest(mail))
        .collect()
}

fn posts(sink: &Sink, to: &str) -> Vec<Received> {
    let all = sink.received().into_iter();
    all.filter(|mail| mail.to == to && mail.mail().header("Folkmoot-Mail").is_empty())
        .collect()
}

#[track_caller]
fn the_one(sink: &Sink, to: &str) -> Mail {
    let mut digests = digests(sink, to);
    assert_eq!(digests.len(), 1, "digests to {to}");
    digests.remove(0).mail()
}

// The titles in a digest's contents, in order.
fn titles(digest: &Mail) -> Vec<String> {
    let text = digest.text();
    let contents = text.split("=====").next().unwrap_or_default();
    let titles = contents.lines().filter_map(|line| line.split_once(". "));
    titles
        .filter(|(number, _)| number.parse::<u32>().is_ok())
        .map(|(_, title)| title.trim().to_owned())
        .collect()
}
