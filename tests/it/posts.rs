//! A post reaches every member once, with the headers a list must write and the
//! author's words as they were.

use crate::support::community::THREE;
use crate::support::mail::find;
use crate::support::sink::Received;
use crate::support::{Community, Database, Mail, Node, Post, Sink, both};

both!(
    a_post_reaches_every_member_once,
    a_copy_carries_the_headers_of_its_list,
    headers_of_a_parent_list_are_replaced,
    each_copy_has_an_envelope_sender_of_its_own,
    text_and_html_end_with_the_footer,
    encoded_text_ends_with_the_footer,
    a_signed_message_gets_no_footer,
    a_charter_can_do_without_tag_and_footer,
);

fn a_post_reaches_every_member_once(database: &Database) {
    let (sink, post) = (Sink::start(), Post::sample("plain"));
    let copies = distribute(database, &sink, &Community::pumps(), &post);
    for copy in &copies {
        let mail = copy.mail();
        assert_eq!(mail.message_id(), post.id, "the Message-ID stays");
        assert_eq!(mail.subject(), "[pumps] Cavitation at low flow");
        assert_untouched(&post.raw, &copy.raw);
        let footer = text_after(&post.raw, &copy.raw);
        assert!(!footer.trim().is_empty(), "a footer follows the text");
        assert!(!footer.contains('+'), "no token in the footer: {footer}");
    }
    let bodies: Vec<_> = copies
        .iter()
        .map(|copy| copy.mail().body().to_vec())
        .collect();
    assert!(
        bodies.windows(2).all(|pair| pair[0] == pair[1]),
        "the body is the same for everybody"
    );
}

fn a_copy_carries_the_headers_of_its_list(database: &Database) {
    let (sink, post) = (Sink::start(), Post::sample("plain"));
    for copy in distribute(database, &sink, &Community::pumps(), &post) {
        assert_list_headers(&copy.mail());
    }
}

fn headers_of_a_parent_list_are_replaced(database: &Database) {
    let (sink, post) = (Sink::start(), Post::sample("from-another-list"));
    for copy in distribute(database, &sink, &Community::pumps(), &post) {
        let mail = copy.mail();
        assert_list_headers(&mail);
        assert_eq!(
            mail.subject().matches("[pumps]").count(),
            1,
            "one tag, not two: {}",
            mail.subject()
        );
        let replaced = ["sender", "precedence", "archived-at"];
        for field in mail.fields() {
            let (name, value) = field.split_once(':').expect("a field");
            let ours = name.to_lowercase().starts_with("list-")
                || replaced.contains(&name.to_lowercase().as_str());
            assert!(
                !ours || !value.contains("elsewhere"),
                "left of the parent list: {field}"
            );
        }
    }
}

fn each_copy_has_an_envelope_sender_of_its_own(database: &Database) {
    let sink = Sink::start();
    let copies = distribute(database, &sink, &Community::pumps(), &Post::sample("plain"));
    let mut senders: Vec<_> = copies.iter().map(|copy| copy.from.clone()).collect();
    for sender in &senders {
        let token = sender
            .strip_prefix("pumps-bounces+")
            .and_then(|rest| rest.strip_suffix("@lists.example.org"));
        assert!(token.is_some_and(|token| token.len() >= 8), "{sender}");
        assert!(
            sender
                .split('@')
                .next()
                .is_some_and(|local| local.len() <= 64),
            "64 octets: {sender}"
        );
    }
    senders.sort();
    senders.dedup();
    assert_eq!(
        senders.len(),
        THREE.len(),
        "one for each recipient: {senders:?}"
    );
}

fn text_and_html_end_with_the_footer(database: &Database) {
    let (sink, post) = (Sink::start(), Post::sample("alternative"));
    for copy in distribute(database, &sink, &Community::pumps(), &post) {
        let (was, is) = (Mail::new(&post.raw), copy.mail());
        assert_eq!(is.subject(), "[pumps] Dichtungen für heißes Wasser");
        let text = is.text().replace('\r', "");
        assert!(
            text.starts_with(was.text().replace('\r', "").trim_end()),
            "{text}"
        );
        assert!(
            text.trim_end().len() > was.text().trim_end().len() + 5,
            "a footer in the text: {text}"
        );
        assert!(is.html().contains("<b>Werk</b>"), "{}", is.html());
        assert!(
            is.html().len() > was.html().len() + 5,
            "a footer in the HTML: {}",
            is.html()
        );
        let attachment =
            find(&post.raw, b"--outer\r\nContent-Type: application").expect("an attachment");
        assert!(
            copy.raw.ends_with(&post.raw[attachment..]),
            "the rest is byte for byte the author's"
        );
    }
}

fn encoded_text_ends_with_the_footer(database: &Database) {
    let (sink, post) = (Sink::start(), Post::sample("base64"));
    for copy in distribute(database, &sink, &Community::pumps(), &post) {
        let text = copy.mail().text().replace('\r', "");
        assert!(
            text.starts_with("Grüße aus dem Werk,\n\nwie immer in Base64."),
            "{text}"
        );
        assert!(
            text.trim_end().len() > "Grüße aus dem Werk,\n\nwie immer in Base64.".len(),
            "a footer: {text}"
        );
    }
}

fn a_signed_message_gets_no_footer(database: &Database) {
    let (sink, post) = (Sink::start(), Post::sample("signed"));
    for copy in distribute(database, &sink, &Community::pumps(), &post) {
        assert_eq!(
            copy.mail().body(),
            Mail::new(&post.raw).body(),
            "not one octet more"
        );
        assert_list_headers(&copy.mail());
    }
}

fn a_charter_can_do_without_tag_and_footer(database: &Database) {
    let (sink, post) = (Sink::start(), Post::sample("plain"));
    let mut node = Node::new(database, &sink);
    let charter = Community::pumps().charter().replace(
        "subject_tag = \"[pumps]\"",
        "subject_tag = \"\"\nfooter = false",
    );
    node.found(&Community::pumps(), &THREE);
    node.write("communities/pumps.toml", charter);
    node.run(&["community", "apply"]).ok();
    node.start();
    node.post(&post);
    sink.wait_for(THREE.len(), crate::support::wait::SOON);
    for copy in sink.copies(&post.id) {
        assert_eq!(copy.mail().subject(), "Cavitation at low flow");
        assert_eq!(copy.mail().body(), Mail::new(&post.raw).body());
    }
}

// Posts, and returns the copies: one for each of the three, nothing else.
fn distribute(
    database: &Database,
    sink: &Sink,
    community: &Community,
    post: &Post,
) -> Vec<Received> {
    let node = Node::with_list(database, sink, community, &THREE);
    node.post(post);
    node.settle();
    let copies = sink.received();
    let mut recipients: Vec<_> = copies.iter().map(|copy| copy.to.as_str()).collect();
    recipients.sort_unstable();
    assert_eq!(recipients, THREE, "every member once");
    assert_eq!(sink.violations(), [""; 0]);
    copies
}

fn assert_list_headers(mail: &Mail) {
    let id = mail.header("List-Id");
    assert!(id.ends_with("<pumps.lists.example.org>"), "List-Id: {id}");
    assert!(
        mail.header("List-Post")
            .contains("<mailto:pumps@lists.example.org>")
    );
    assert!(
        mail.header("List-Help")
            .contains("<mailto:pumps-request@lists.example.org")
    );
    assert!(
        mail.header("List-Subscribe")
            .contains("<mailto:pumps-join@lists.example.org")
    );
    assert!(
        mail.header("List-Owner")
            .contains("<mailto:pumps-owner@lists.example.org")
    );
    let unsubscribe = mail.header("List-Unsubscribe");
    assert!(
        unsubscribe.contains("<https://lists.example.org/u/"),
        "{unsubscribe}"
    );
    assert!(
        unsubscribe.contains("<mailto:pumps-leave@lists.example.org"),
        "{unsubscribe}"
    );
    assert_eq!(
        mail.header("List-Unsubscribe-Post"),
        "List-Unsubscribe=One-Click"
    );
    assert!(
        mail.header("List-Archive")
            .contains("<https://lists.example.org/c/pumps/")
    );
    assert!(
        mail.header("Archived-At")
            .starts_with("<https://lists.example.org/c/pumps/m/")
    );
    assert_eq!(mail.header("Precedence"), "list");
    assert!(
        mail.header("Sender").contains("pumps-"),
        "Sender: {}",
        mail.header("Sender")
    );
    assert!(
        mail.header("Sender").contains("@lists.example.org"),
        "Sender: {}",
        mail.header("Sender")
    );
}

// Each of the author's fields but the subject stands there as it was, in order.
fn assert_untouched(was: &[u8], is: &[u8]) {
    let (was, is) = (Mail::new(was).fields(), Mail::new(is).fields());
    let mut rest = is.iter();
    for field in was.iter().filter(|field| !field.starts_with("Subject:")) {
        assert!(
            rest.any(|other| other == field),
            "lost, changed or moved: {field}\nin {is:#?}"
        );
    }
}

// What follows the author's body in the copy.
fn text_after(was: &[u8], is: &[u8]) -> String {
    let (was, is) = (Mail::new(was), Mail::new(is));
    let body = was.body();
    assert!(
        is.body().starts_with(body),
        "the author's text as it was\n{}",
        String::from_utf8_lossy(is.body())
    );
    String::from_utf8_lossy(&is.body()[body.len()..]).into_owned()
}
