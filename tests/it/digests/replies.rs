//! Replies to a digest find their threads.

use super::{DORA, answer, posts, readers, the_one};
use crate::support::sink::Received;
use crate::support::{Database, Mail, Node, Sink, both};

both!(
    a_numbered_reply_lands_in_its_thread,
    two_answers_become_two_posts,
    a_quoted_item_is_answered,
    what_names_no_item_is_asked_about_and_never_posted,
    attachments_stay_with_the_post,
    html_only_replies_are_read,
    another_person_cannot_use_the_token,
);

const ANN: &str = "ann@plant.example";

fn a_numbered_reply_lands_in_its_thread(database: &Database) {
    let sink = Sink::start();
    let (node, digest) = after_a_week(database, &sink);
    let whole = quoted(&digest.text());
    let text = format!("Re 2: Grease it.\r\n\r\nOn Mon, 9 Mar 2026, Friends wrote:\r\n{whole}");
    reply(&node, &digest, DORA, "answer-1", &text);
    let post = the_post(&sink, ANN, "answer-1@plant.example");
    assert_eq!(post.subject(), "[pumps] Re: Bearing howls");
    assert_eq!(post.header("In-Reply-To"), "<bearing-1@plant.example>");
    assert!(
        post.header("From").contains(DORA),
        "{}",
        post.header("From")
    );
    assert!(post.text().starts_with("Grease it."), "{}", post.text());
    assert!(!post.text().contains("Seal leaks"), "{}", post.text());
    assert!(!post.text().contains("pumps-reply+"), "{}", post.text());
}

fn two_answers_become_two_posts(database: &Database) {
    let sink = Sink::start();
    let (node, digest) = after_a_week(database, &sink);
    let text = "Re 1: Polish it.\r\n\r\nRe 2: Grease it.\r\n";
    reply(&node, &digest, DORA, "both", text);
    reply(&node, &digest, DORA, "both", text);
    let mut told: Vec<_> = later_posts(&sink)
        .iter()
        .map(|post| (post.subject(), post.header("In-Reply-To")))
        .collect();
    told.sort();
    let expected = [
        ("[pumps] Re: Bearing howls", "<bearing-1@plant.example>"),
        ("[pumps] Re: Seal leaks", "<seal-2@plant.example>"),
    ];
    let told: Vec<_> = told.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
    assert_eq!(told, expected, "each once, though the reply came twice");
}

fn a_quoted_item_is_answered(database: &Database) {
    let sink = Sink::start();
    let (node, digest) = after_a_week(database, &sink);
    let text = "On 09.03.26 08:00, Friends of pumps wrote:\r\n\
        > It leaks at the second seal since the change of shift.\r\n\r\nWhich maker?\r\n";
    reply(&node, &digest, DORA, "inline", text);
    let post = the_post(&sink, ANN, "inline@plant.example");
    assert_eq!(post.header("In-Reply-To"), "<seal-2@plant.example>");
    let text = post.text();
    assert!(text.contains("bob wrote:"), "{text}");
    assert!(text.contains("> It leaks at the second seal"), "{text}");
    assert!(text.contains("Which maker?"), "{text}");
}

fn what_names_no_item_is_asked_about_and_never_posted(database: &Database) {
    let sink = Sink::start();
    let (node, digest) = after_a_week(database, &sink);
    let whole = quoted(&digest.text());
    let text = format!("I agree!\r\n\r\nOn Mon, 9 Mar 2026, Friends wrote:\r\n{whole}");
    reply(&node, &digest, DORA, "vague", &text);
    assert!(later_posts(&sink).is_empty());
    let asked: Vec<_> = to_dora(&sink, "clarification");
    assert_eq!(asked.len(), 1, "one question");
    let question = asked[0].mail();
    assert!(
        question.text().contains("Re 2: your answer"),
        "{}",
        question.text()
    );
    assert!(
        question.text().contains("Bearing howls"),
        "{}",
        question.text()
    );
    reply(&node, &question, DORA, "clear", "Re 2: I agree!\r\n");
    let post = the_post(&sink, ANN, "clear@plant.example");
    assert_eq!(post.header("In-Reply-To"), "<bearing-1@plant.example>");
    assert_eq!(to_dora(&sink, "clarification").len(), 1);
}

fn attachments_stay_with_the_post(database: &Database) {
    let sink = Sink::start();
    let (node, digest) = after_a_week(database, &sink);
    let body = "Content-Type: multipart/mixed; boundary=\"b\"\r\n\r\n--b\r\n\
        Content-Type: text/plain\r\n\r\nRe 2: see the curve.\r\n--b\r\n\
        Content-Type: text/csv; name=\"curve.csv\"\r\n\
        Content-Disposition: attachment; filename=\"curve.csv\"\r\n\
        Content-Transfer-Encoding: base64\r\n\r\nMSwyLDMK\r\n--b--\r\n";
    send(&node, &digest, DORA, "curve", body);
    let post = the_post_raw(&sink, ANN, "curve@plant.example");
    let read = mail_parser::MessageParser::default()
        .parse(post.raw.as_slice())
        .expect("a mail");
    let attached = read.attachment(0).expect("an attachment");
    assert_eq!(attached.contents(), b"1,2,3\n");
    assert!(post.mail().text().starts_with("see the curve."));
}

fn html_only_replies_are_read(database: &Database) {
    let sink = Sink::start();
    let (node, digest) = after_a_week(database, &sink);
    let body = "Content-Type: text/html; charset=utf-8\r\n\r\n<div>Re 2: Grease it.</div><br>\
        <div>On Mon, 9 Mar 2026 at 08:00, Friends &lt;pumps-owner@lists.example.org&gt; wrote:<br></div>\
        <blockquote><h2>1. Seal leaks</h2><p>Text</p></blockquote>\r\n";
    send(&node, &digest, DORA, "html", body);
    let post = the_post(&sink, ANN, "html@plant.example");
    assert_eq!(post.subject(), "[pumps] Re: Bearing howls");
    assert!(!post.text().contains("Seal leaks"), "{}", post.text());
}

fn another_person_cannot_use_the_token(database: &Database) {
    let sink = Sink::start();
    let (node, digest) = after_a_week(database, &sink);
    reply(
        &node,
        &digest,
        "mallory@evil.example",
        "forged",
        "Re 2: Buy this.\r\n",
    );
    assert!(later_posts(&sink).is_empty());
}

// Dora has her digest: 1 is two posts on a seal, 2 one on a bearing.
fn after_a_week<'a>(database: &'a Database, sink: &Sink) -> (Node<'a>, Mail) {
    let node = readers(database, sink, &[(DORA, "digest")]);
    node.post(&answer("seal-1", "Seal leaks", ""));
    let mut second = answer("seal-2", "Re: Seal leaks", "seal-1");
    second
        .raw
        .extend(b"It leaks at the second seal since the change of shift.\r\n");
    node.post(&second);
    node.post(&answer("bearing-1", "Bearing howls", ""));
    node.advance("7d");
    let digest = the_one(sink, DORA);
    (node, digest)
}

fn reply(node: &Node, to: &Mail, from: &str, name: &str, text: &str) {
    let body = format!("Content-Type: text/plain; charset=utf-8\r\n\r\n{text}");
    send(node, to, from, name, &body);
}

// `body` begins with the fields that describe it.
fn send(node: &Node, to: &Mail, from: &str, name: &str, body: &str) {
    let address = to.header("Reply-To");
    let address = address.trim_matches(['<', '>']);
    let raw = format!(
        "From: <{from}>\r\nTo: <{address}>\r\nSubject: Re: {}\r\nMIME-Version: 1.0\r\n\
         Date: Mon, 9 Mar 2026 10:00:00 +0100\r\nMessage-ID: <{name}@plant.example>\r\n\
         In-Reply-To: <{}>\r\n{body}",
        to.subject(),
        to.message_id()
    );
    let replies = node.client().deliver(from, &[address], raw.as_bytes());
    assert_eq!(replies[0].code, 250, "{replies:?}");
    node.settle();
}

fn quoted(text: &str) -> String {
    text.lines()
        .map(|line| format!("> {}\r\n", line.trim_end()))
        .collect()
}

// What came to Ann since the week's three posts.
fn later_posts(sink: &Sink) -> Vec<Mail> {
    let all = posts(sink, ANN).into_iter().skip(3);
    all.map(|post| post.mail()).collect()
}

fn to_dora(sink: &Sink, name: &str) -> Vec<Received> {
    let all = sink.received().into_iter();
    all.filter(|mail| mail.to == DORA && mail.mail().header("Folkmoot-Mail") == name)
        .collect()
}

#[track_caller]
fn the_post(sink: &Sink, to: &str, id: &str) -> Mail {
    the_post_raw(sink, to, id).mail()
}

#[track_caller]
fn the_post_raw(sink: &Sink, to: &str, id: &str) -> Received {
    let all = sink.received().into_iter();
    let mut found: Vec<_> = all
        .filter(|mail| mail.to == to && mail.mail().message_id() == id)
        .collect();
    assert_eq!(found.len(), 1, "copies of {id} to {to}");
    found.remove(0)
}
