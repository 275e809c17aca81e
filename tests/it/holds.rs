//! Moderators decide about posts that wait by replying to a mail or on a page;
//! whoever is first wins, the others hear of it, and so does the author where that is
//! safe.

use crate::support::http::{get, request};
use crate::support::sink::Received;
use crate::support::{Community, Database, Node, Post, Sink, both};

both!(
    each_moderator_gets_the_post_and_a_way_of_their_own,
    every_word_does_what_it_says,
    whoever_is_first_wins_and_the_others_hear_of_it,
    nobody_else_decides_with_a_moderators_mail,
    what_is_not_understood_gets_one_answer_a_day,
    the_page_shows_and_only_a_press_acts,
    time_reminds_twice_and_then_ends_it,
    several_that_wait_come_in_one_mail_and_are_decided_by_number,
    a_flood_makes_no_flood_of_mails,
    a_large_post_is_attached_without_what_is_in_it,
    facilitators_moderate_where_nobody_else_does,
    an_outsider_whose_domain_is_proven_hears_of_it,
    a_community_hears_in_its_own_language,
);

const MIA: &str = "mia@plant.example";
const MAX: &str = "max@plant.example";
const BOB: &str = "bob@plant.example";
const OLGA: &str = "olga@outside.example";

/// A list with two moderators and a member.
fn moderated<'a>(database: &'a Database, sink: &Sink, posting: &'static str) -> Node<'a> {
    let community = Community {
        posting,
        ..Community::pumps()
    };
    let node = Node::with_list(database, sink, &community, &[BOB]);
    for (address, name) in [(MIA, "Mia"), (MAX, "Max")] {
        let add = ["member", "add", "pumps", address, "--role", "moderator"];
        node.run(&[&add[..], &["--name", name]].concat()).ok();
    }
    node
}

fn held(node: &Node, from: &str, id: &str) -> Post {
    let post = Post::with_body(from, id, "May I ask?", "Which seal for hot water?\r\n");
    node.post(&post);
    node.settle();
    post
}

/// The mails of that name that somebody got, in order.
fn mails(sink: &Sink, to: &str, name: &str) -> Vec<Received> {
    let all = sink.for_recipient(to).into_iter();
    all.filter(|mail| mail.mail().header("Folkmoot-Mail") == name)
        .collect()
}

#[track_caller]
fn last(sink: &Sink, to: &str, name: &str) -> Received {
    let mail = mails(sink, to, name).pop();
    mail.unwrap_or_else(|| panic!("{to} got no {name}"))
}

fn address(header: &str) -> String {
    header.trim_matches(['<', '>', ' ']).to_owned()
}

/// Answers a mail as a mail program does: own words on top, the quote below.
fn reply(node: &Node, from: &str, to: &Received, text: &str) {
    let reply_to = address(&to.mail().header("Reply-To"));
    let id = format!("r{}@plant.example", crate::support::random::seed());
    let raw = format!(
        "From: <{from}>\r\nTo: <{reply_to}>\r\nSubject: Re: {}\r\nMessage-ID: <{id}>\r\n\
         In-Reply-To: <{}>\r\n\r\n{text}\r\n\r\nOn Monday, somebody wrote:\r\n> ACCEPT\r\n> DISCARD\r\n",
        to.mail().subject(),
        to.mail().message_id(),
    );
    let replies = node.client().deliver(from, &[&reply_to], raw.as_bytes());
    assert_eq!(replies[0].code, 250, "{reply_to}: {replies:?}");
    node.settle();
}

fn page(mail: &Received) -> String {
    let text = mail.mail().text();
    let link = text.split_whitespace().find(|word| word.contains("/hold/"));
    link.and_then(|link| link.split_once("lists.example.org"))
        .map(|(_, path)| path.to_owned())
        .unwrap_or_else(|| panic!("no link in\n{text}"))
}

fn waiting(node: &Node) -> usize {
    let list = node.json(&["hold", "list", "pumps"]);
    list.as_array().map_or(0, Vec::len)
}

fn each_moderator_gets_the_post_and_a_way_of_their_own(database: &Database) {
    let sink = Sink::start();
    let node = moderated(database, &sink, "members");
    let post = held(&node, OLGA, "one@outside.example");
    assert_eq!(sink.count(), 2, "two moderators and nobody else");
    let (mia, max) = (
        last(&sink, MIA, "moderation"),
        last(&sink, MAX, "moderation"),
    );
    assert_ne!(mia.mail().header("Reply-To"), max.mail().header("Reply-To"));
    assert_ne!(page(&mia), page(&max));
    for mail in [&mia, &max] {
        let text = mail.mail().text();
        for expected in [
            "olga@outside.example",
            "May I ask?",
            "not proven",
            "The author's address is not a member's.",
            "> Which seal for hot water?",
        ] {
            assert!(text.contains(expected), "no {expected:?} in\n{text}");
        }
        assert_eq!(mail.mail().header("References"), format!("<{}>", post.id));
        let raw = String::from_utf8_lossy(&mail.raw).into_owned();
        let attached = raw.split("Content-Type: message/rfc822").nth(1);
        let attached = attached.unwrap_or_else(|| panic!("no post in\n{raw}"));
        assert!(
            attached.contains(&*String::from_utf8_lossy(&post.raw)),
            "{raw}"
        );
        assert!(
            !attached.contains("-reply+") && !attached.contains("/hold/"),
            "{attached}"
        );
    }
    assert!(sink.violations().is_empty());
    let id = node.json(&["hold", "list", "pumps"])[0]["id"].to_string();
    let shown = node.json(&["hold", "show", &id]);
    assert_eq!(
        shown["reasons"][0],
        "The author's address is not a member's."
    );
    assert_eq!(
        shown["text"].as_str().map(str::trim),
        Some("Which seal for hot water?")
    );
}

fn every_word_does_what_it_says(database: &Database) {
    let sink = Sink::start();
    let node = moderated(database, &sink, "moderated");
    let table = [
        ("ACCEPT", "Accepted by Mia", true),
        ("reject We had this last week.", "Rejected by Mia", false),
        ("Discard", "Discarded by Mia", false),
        ("TRUST", "later posts of its author pass", true),
    ];
    for (n, (words, told, goes_out)) in table.into_iter().enumerate() {
        let post = held(&node, BOB, &format!("w{n}@plant.example"));
        assert_eq!(waiting(&node), 1, "{words}");
        reply(&node, MIA, &last(&sink, MIA, "moderation"), words);
        assert_eq!(waiting(&node), 0, "{words}");
        assert_eq!(sink.copies(&post.id).is_empty(), !goes_out, "{words}");
        let outcome = last(&sink, MAX, "moderation").mail();
        assert!(
            outcome.text().contains(told),
            "{words}:\n{}",
            outcome.text()
        );
        assert!(outcome.header("References").contains(&post.id));
        let first = mails(&sink, MAX, "moderation");
        let first = first[first.len() - 2].mail().message_id();
        assert!(
            outcome.header("References").contains(&first),
            "in the thread of the first mail"
        );
        assert!(outcome.header("Reply-To").contains("pumps-reply+"));
    }
    // Bob is a member: he heard once that a post waits, and why one was rejected.
    let to_bob = mails(&sink, BOB, "hold-notice");
    assert_eq!(to_bob.len(), 2, "one notice a day, one rejection");
    assert!(to_bob[1].mail().text().contains("We had this last week."));
    assert_eq!(to_bob[1].mail().header("In-Reply-To"), "<w1@plant.example>");
    let trusted = held(&node, BOB, "w9@plant.example");
    assert!(
        !sink.copies(&trusted.id).is_empty(),
        "his posts pass from now on"
    );

    let spam = held(&node, OLGA, "spam1@outside.example");
    reply(&node, MAX, &last(&sink, MAX, "moderation"), "BAN");
    held(&node, OLGA, "spam2@outside.example");
    assert_eq!(waiting(&node), 0, "the next one does not even wait");
    assert!(sink.copies(&spam.id).is_empty());
    assert!(
        sink.for_recipient(OLGA).is_empty(),
        "a From line proves nothing"
    );
}

fn whoever_is_first_wins_and_the_others_hear_of_it(database: &Database) {
    let sink = Sink::start();
    let node = moderated(database, &sink, "members");
    let post = held(&node, OLGA, "one@outside.example");
    let (mia, max) = (
        last(&sink, MIA, "moderation"),
        last(&sink, MAX, "moderation"),
    );
    reply(&node, MIA, &mia, "DISCARD");
    node.advance("3m");
    reply(&node, MAX, &max, "ACCEPT");
    assert!(sink.copies(&post.id).is_empty(), "it stays discarded");
    let told = last(&sink, MAX, "moderation").mail().text();
    assert!(
        told.contains("too late") && told.contains("Discarded by Mia, 3 min ago."),
        "{told}"
    );
    assert_eq!(
        mails(&sink, MIA, "moderation").len(),
        1,
        "Mia knows what she did"
    );
    // The same answer once more changes nothing either.
    reply(&node, MIA, &mia, "ACCEPT");
    assert!(sink.copies(&post.id).is_empty());
    assert!(
        node.run(&["why", &post.id])
            .ok()
            .contains("discarded by Mia")
    );
}

fn nobody_else_decides_with_a_moderators_mail(database: &Database) {
    let sink = Sink::start();
    let node = moderated(database, &sink, "members");
    held(&node, OLGA, "one@outside.example");
    let mia = last(&sink, MIA, "moderation");
    let before = sink.count();
    for stranger in [OLGA, MAX, BOB] {
        reply(&node, stranger, &mia, "ACCEPT");
    }
    let token = "pumps-reply+aaaaaaaaaaaaaaaaaaaaaaaaaa@lists.example.org";
    let forged = Post::with_body(MIA, "forged@plant.example", "Re: To decide", "ACCEPT\r\n");
    node.client().deliver(MIA, &[token], &forged.raw);
    let automatic = String::from_utf8_lossy(&forged.raw)
        .replace("Subject:", "Auto-Submitted: auto-replied\r\nSubject:");
    let to = address(&mia.mail().header("Reply-To"));
    node.client().deliver(MIA, &[&to], automatic.as_bytes());
    node.settle();
    assert_eq!(
        (waiting(&node), sink.count()),
        (1, before),
        "nothing changed, nobody hears"
    );

    // Who has lost the role decides no more, by mail or on the page.
    node.run(&["member", "set", "pumps", MIA, "roles=member"])
        .ok();
    reply(&node, MIA, &mia, "ACCEPT");
    assert_eq!(
        request(node.http, "POST", &page(&mia), "choice=accept").status,
        404
    );
    assert_eq!((waiting(&node), sink.count()), (1, before));
}

fn what_is_not_understood_gets_one_answer_a_day(database: &Database) {
    let sink = Sink::start();
    let node = moderated(database, &sink, "members");
    held(&node, OLGA, "one@outside.example");
    let mia = last(&sink, MIA, "moderation");
    reply(&node, MIA, &mia, "Hm, who is that?");
    reply(&node, MIA, &mia, "No idea.");
    let answers = mails(&sink, MIA, "clarification");
    assert_eq!(answers.len(), 1);
    assert!(
        answers[0].mail().text().contains("ACCEPT"),
        "{}",
        answers[0].mail().text()
    );
    assert_eq!(waiting(&node), 1);
    node.advance("25h");
    reply(&node, MIA, &mia, "Hm.");
    let answers = mails(&sink, MIA, "clarification");
    assert_eq!(answers.len(), 2, "a day later there is another");
    // The answer to the answer counts.
    reply(&node, MIA, &answers[1], "Reject");
    assert_eq!(waiting(&node), 0);
}

fn the_page_shows_and_only_a_press_acts(database: &Database) {
    let sink = Sink::start();
    let node = moderated(database, &sink, "members");
    let body = "<script>alert(1)</script> Which seal?\r\n";
    let post = Post::with_body(OLGA, "one@outside.example", "<b>May I?</b>", body);
    node.post(&post);
    node.settle();
    let path = page(&last(&sink, MIA, "moderation"));
    for method in ["GET", "HEAD", "GET"] {
        let shown = request(node.http, method, &path, "");
        assert_eq!(shown.status, 200);
        assert_eq!(shown.header("Cache-Control"), "no-store");
        assert_eq!(shown.header("Referrer-Policy"), "no-referrer");
    }
    let shown = get(node.http, &path).body;
    assert!(
        shown.contains("Which seal?") && shown.contains("not a member"),
        "{shown}"
    );
    assert!(
        !shown.contains("<script") && !shown.contains("<b>May"),
        "{shown}"
    );
    assert_eq!(waiting(&node), 1, "looking changes nothing");
    assert_eq!(
        request(node.http, "POST", &path, "choice=dance").status,
        400
    );
    assert_eq!(
        request(node.http, "PUT", &path, "choice=accept").status,
        405
    );
    assert_eq!(
        request(node.http, "POST", &format!("{path}a"), "choice=accept").status,
        404
    );
    assert_eq!(
        request(node.http, "POST", &format!("{path}/99"), "choice=accept").status,
        404
    );
    assert_eq!(waiting(&node), 1);

    let done = request(
        node.http,
        "POST",
        &path,
        "choice=reject&reason=Off+topic%0D%0ABcc%3A+x",
    );
    assert_eq!(done.status, 200, "{}", done.body);
    assert!(
        done.body.contains("Rejected by Mia, just now."),
        "{}",
        done.body
    );
    node.settle();
    let told = last(&sink, MAX, "moderation").mail().text();
    assert!(told.contains("Off topic Bcc: x"), "{told}");
    let count = sink.count();
    for (method, form) in [("POST", "choice=accept"), ("GET", ""), ("HEAD", "")] {
        let again = request(node.http, method, &path, form);
        assert_eq!(again.status, 410, "{method}");
        assert!(
            method == "HEAD" || again.body.contains("Rejected by Mia"),
            "{}",
            again.body
        );
    }
    node.settle();
    assert_eq!((sink.count(), sink.copies(&post.id).len()), (count, 0));

    held(&node, OLGA, "two@outside.example");
    let old = page(&last(&sink, MIA, "moderation"));
    node.advance("31d");
    assert_eq!(get(node.http, &old).status, 410);
    assert_eq!(
        request(node.http, "POST", &old, "choice=accept").status,
        410
    );
}

fn time_reminds_twice_and_then_ends_it(database: &Database) {
    let sink = Sink::start();
    let node = moderated(database, &sink, "moderated");
    let post = held(&node, BOB, "one@plant.example");
    let count = || mails(&sink, MIA, "moderation").len();
    let mut seen = vec![count()];
    for step in ["6d", "2d", "12d", "2d", "7d"] {
        node.advance(step);
        seen.push(count());
    }
    assert_eq!(
        seen,
        [1, 1, 2, 2, 3, 3],
        "two reminders, after 7 and 21 days"
    );
    let reminder = last(&sink, MIA, "moderation").mail();
    assert!(
        reminder.text().contains("It has waited 21 days"),
        "{}",
        reminder.text()
    );
    assert!(reminder.header("References").contains(&post.id));
    node.advance("2d");
    assert_eq!(waiting(&node), 0);
    let end = last(&sink, MIA, "moderation").mail().text();
    assert!(end.contains("Nobody decided"), "{end}");
    let to_bob = mails(&sink, BOB, "hold-notice");
    assert_eq!(to_bob.len(), 2);
    assert!(to_bob[1].mail().text().contains("within 30 days"));
    assert!(sink.copies(&post.id).is_empty());
    assert!(node.run(&["why", &post.id]).ok().contains("expired"));

    // What is decided is neither reminded of nor ended.
    held(&node, BOB, "two@plant.example");
    reply(&node, MIA, &last(&sink, MIA, "moderation"), "ACCEPT");
    let all = sink.count();
    node.advance("40d");
    assert_eq!(sink.count(), all);
}

fn several_that_wait_come_in_one_mail_and_are_decided_by_number(database: &Database) {
    let sink = Sink::start();
    let node = moderated(database, &sink, "members");
    let posts: Vec<_> = (0..3)
        .map(|n| held(&node, OLGA, &format!("s{n}@outside.example")))
        .collect();
    let list = node.json(&["hold", "list", "pumps"]);
    let ids: Vec<String> = (0..3).map(|n| list[n]["id"].to_string()).collect();
    let before = mails(&sink, MIA, "moderation").len();
    node.advance("8d");
    assert_eq!(
        mails(&sink, MIA, "moderation").len(),
        before + 1,
        "one reminder for all"
    );
    let reminder = last(&sink, MIA, "moderation");
    assert!(
        reminder.mail().text().contains("3 posts"),
        "{}",
        reminder.mail().text()
    );
    let shown = get(node.http, &page(&reminder));
    assert_eq!(
        shown.body.matches("May I ask?").count(),
        3,
        "{}",
        shown.body
    );
    let one = get(node.http, &format!("{}/{}", page(&reminder), ids[0]));
    assert_eq!((one.status, waiting(&node)), (200, 3));

    reply(&node, MIA, &reminder, "ACCEPT");
    assert_eq!(waiting(&node), 3, "which one?");
    assert_eq!(mails(&sink, MIA, "clarification").len(), 1);
    let words = format!("ACCEPT {}\r\nREJECT {} off topic", ids[0], ids[1]);
    reply(&node, MIA, &reminder, &words);
    assert_eq!(waiting(&node), 1);
    assert!(!sink.copies(&posts[0].id).is_empty() && sink.copies(&posts[1].id).is_empty());
    reply(&node, MIA, &reminder, "DISCARD all");
    assert_eq!(waiting(&node), 0);
    assert_eq!(get(node.http, &page(&reminder)).status, 410);
}

fn a_flood_makes_no_flood_of_mails(database: &Database) {
    let sink = Sink::start();
    let node = moderated(database, &sink, "members");
    let mut client = node.client();
    for n in 0..25 {
        let from = format!("m{n}@outside.example");
        let post = Post::new(&from, &format!("f{n}@outside.example"), "Buy seals");
        client.deliver(&from, &["pumps@lists.example.org"], &post.raw);
    }
    node.settle();
    assert_eq!(waiting(&node), 25);
    assert_eq!(mails(&sink, MIA, "moderation").len(), 10);
    node.advance("2h");
    assert_eq!(
        mails(&sink, MIA, "moderation").len(),
        11,
        "and one for the rest"
    );
    let bundle = last(&sink, MIA, "moderation");
    assert!(
        bundle.mail().text().contains("25 posts"),
        "{}",
        bundle.mail().text()
    );
    reply(&node, MIA, &bundle, "DISCARD all");
    assert_eq!(waiting(&node), 0);
    assert_eq!(
        sink.count(),
        2 * 11 + 10,
        "Max hears of those that he had a mail about"
    );
}

fn a_large_post_is_attached_without_what_is_in_it(database: &Database) {
    let sink = Sink::start();
    let node = moderated(database, &sink, "members");
    node.configure("\"1MiB\"", "\"4MiB\"");
    let mut node = node;
    node.terminate();
    node.start();
    let body = format!(
        "Grüße\r\n{}",
        "seal ".repeat(100).trim_end().to_owned() + "\r\n"
    );
    let body = body.repeat(2_500);
    let post = Post::with_body(OLGA, "large@outside.example", "Large", &body);
    node.post(&post);
    node.settle();
    let mail = last(&sink, MIA, "moderation");
    assert!(mail.raw.len() < 400_000, "{}", mail.raw.len());
    let text = mail.mail().text();
    assert!(text.contains("only its header and text"), "{text}");
    let raw = String::from_utf8_lossy(&mail.raw).into_owned();
    assert!(raw.contains("Subject: Large\r\n") && raw.contains("Grüße"));
    assert!(sink.violations().is_empty(), "{:?}", sink.violations());
}

fn facilitators_moderate_where_nobody_else_does(database: &Database) {
    let sink = Sink::start();
    let node = Node::with_list(database, &sink, &Community::pumps(), &[BOB]);
    node.run(&["member", "add", "pumps", MIA, "--role", "facilitator"])
        .ok();
    let post = held(&node, OLGA, "one@outside.example");
    reply(&node, MIA, &last(&sink, MIA, "moderation"), "ACCEPT");
    assert_eq!(sink.recipients(&post.id), [BOB, MIA]);
}

fn an_outsider_whose_domain_is_proven_hears_of_it(database: &Database) {
    let sink = Sink::start();
    let mut node = Node::new(database, &sink);
    let trusted = "dns = []\ntrusted_authserv = [\"mx.example.org\"]";
    node.configure("dns = []", trusted);
    node.found(&Community::pumps(), &[BOB]);
    node.run(&["member", "add", "pumps", MIA, "--role", "moderator"])
        .ok();
    node.start();
    let post = |id: &str| {
        let post = Post::new(OLGA, id, "May I ask?");
        let proof =
            "Authentication-Results: mx.example.org; dmarc=pass header.from=outside.example\r\n";
        let raw = [proof.as_bytes(), &post.raw].concat();
        node.post(&Post { raw, ..post });
        node.settle();
    };
    post("one@outside.example");
    post("two@outside.example");
    let notices = mails(&sink, OLGA, "hold-notice");
    assert_eq!(notices.len(), 1, "one notice a day");
    let text = notices[0].mail().text();
    assert!(text.contains("link me@work.example"), "{text}");
    assert!(notices[0].mail().header("Auto-Submitted") == "auto-replied");
    let told = last(&sink, MIA, "moderation");
    assert!(!told.mail().text().contains("not proven"));

    reply(&node, MIA, &told, "REJECT Please join first.");
    let first = mails(&sink, MIA, "moderation").remove(0);
    reply(&node, MIA, &first, "ACCEPT");
    let heard = mails(&sink, OLGA, "hold-notice");
    assert_eq!(heard.len(), 3, "each post's outcome");
    assert!(heard[1].mail().text().contains("Please join first."));
    assert!(
        heard[2].mail().subject().starts_with("Sent:"),
        "{}",
        heard[2].mail().subject()
    );
}

fn a_community_hears_in_its_own_language(database: &Database) {
    let sink = Sink::start();
    let mut node = Node::new(database, &sink);
    let charter = Community::pumps().charter();
    let charter = charter.replace("language = \"en\"", "language = \"de\"");
    node.write("communities/pumps.toml", charter);
    node.run(&["community", "apply"]).ok();
    for (address, name) in [(MIA, "Mia"), (MAX, "Max")] {
        let add = ["member", "add", "pumps", address, "--role", "moderator"];
        node.run(&[&add[..], &["--name", name]].concat()).ok();
    }
    node.start();
    held(&node, OLGA, "one@outside.example");
    let mia = last(&sink, MIA, "moderation");
    let text = mia.mail().text();
    assert!(
        text.contains("ANNEHMEN") && !text.contains("is not a member"),
        "{text}"
    );
    reply(&node, MIA, &mia, "Ablehnen: Bitte tritt erst bei.");
    assert_eq!(waiting(&node), 0);
    let told = last(&sink, MAX, "moderation").mail().text();
    assert!(
        told.contains("von Mia, gerade eben") && told.contains("tritt erst bei"),
        "{told}"
    );
}
