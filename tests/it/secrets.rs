//! A token that somebody quotes in a post opens nothing for those who read it.

use crate::support::http::get;
use crate::support::mail::find;
use crate::support::{Community, Database, Node, Post, Sink, both};

both!(
    a_quoted_token_reaches_neither_members_nor_archive,
    a_token_in_a_signed_post_works_no_more,
    an_unsubscribe_link_in_a_signed_post_works_no_more,
);

const MEMBERS: [&str; 2] = ["ann@plant.example", "bob@mill.example"];
const ZED: &str = "zed@far.example";

// Zed asks to join; the address that he is to answer to.
fn asked(node: &Node, sink: &Sink) -> String {
    let join = Post::new(ZED, "join@far.example", "join");
    node.client()
        .deliver(ZED, &["pumps-join@lists.example.org"], &join.raw);
    node.settle();
    let mail = sink.for_recipient(ZED).remove(0).mail();
    let address = mail.header("Reply-To");
    address.trim_matches(['<', '>']).to_owned()
}

fn answer(node: &Node, address: &str) {
    let reply = Post::with_body(ZED, "yes@far.example", "Re: join", "yes");
    node.client().deliver(ZED, &[address], &reply.raw);
    node.settle();
}

fn token(address: &str) -> &str {
    let behind = address.split_once('+').expect(address).1;
    behind.split_once('@').expect(address).0
}

fn a_quoted_token_reaches_neither_members_nor_archive(database: &Database) {
    let sink = Sink::start();
    let node = Node::with_list(database, &sink, &Community::pumps(), &MEMBERS);
    let address = asked(&node, &sink);
    let body = format!("What is this?\r\n> answer to {address}\r\n");
    let post = Post::with_body(MEMBERS[0], "quote@plant.example", "Fw: join", &body);
    node.post(&post);
    node.settle();
    let copies = sink.copies(&post.id);
    assert_eq!(copies.len(), MEMBERS.len());
    let secret = token(&address).as_bytes();
    for copy in copies {
        assert_eq!(find(&copy.raw, secret), None, "{}", copy.mail().text());
        let text = copy.mail().text();
        assert!(
            text.contains("> answer to pumps-confirm+TOKEN-REMOVED@lists"),
            "{text}"
        );
    }
    node.run(&["archive", "export", "pumps", "out.mbox"]).ok();
    let archive = std::fs::read(node.path("out.mbox")).expect("the export");
    assert!(find(&archive, b"TOKEN-REMOVED").is_some());
    assert_eq!(find(&archive, secret), None);
    let why = node.run(&["why", &post.id]).ok();
    assert!(why.contains("1 tokens removed"), "{why}");
    answer(&node, &address);
    assert_eq!(
        node.member(ZED)["state"],
        "active",
        "for its owner it still works"
    );
}

// The signature covers the text, so the text stays and the token ends.
fn a_token_in_a_signed_post_works_no_more(database: &Database) {
    let sink = Sink::start();
    let node = Node::with_list(database, &sink, &Community::pumps(), &MEMBERS);
    let address = asked(&node, &sink);
    let post = signed(&format!("Answer to {address}"));
    node.post(&post);
    node.settle();
    let copies = sink.copies(&post.id);
    assert_eq!(copies.len(), MEMBERS.len());
    assert!(
        find(&copies[0].raw, address.as_bytes()).is_some(),
        "what is signed stays"
    );
    let why = node.run(&["why", &post.id]).ok();
    assert!(why.contains("1 tokens revoked"), "{why}");
    answer(&node, &address);
    assert_eq!(node.member(ZED), serde_json::Value::Null);
}

fn an_unsubscribe_link_in_a_signed_post_works_no_more(database: &Database) {
    let sink = Sink::start();
    let node = Node::with_list(database, &sink, &Community::pumps(), &MEMBERS);
    let first = Post::new(MEMBERS[0], "first@plant.example", "Seals");
    node.post(&first);
    node.settle();
    let copy = sink.for_recipient(MEMBERS[1]).remove(0).mail();
    let field = copy.header("List-Unsubscribe");
    let at = field.find("https://lists.example.org/u/").expect(&field);
    let link = field[at..].split('>').next().unwrap_or_default().to_owned();
    let path = link.trim_start_matches("https://lists.example.org");
    let shown = get(node.http, path);
    assert_eq!(shown.status, 200);
    node.post(&signed(&format!("To leave: {link}")));
    node.settle();
    assert_eq!(get(node.http, path).status, 404);
    assert_eq!(node.member(MEMBERS[1])["state"], "active");
}

/// A post with a text that is signed, so that nothing of it can be taken out.
pub fn signed(text: &str) -> Post {
    let raw = format!(
        "From: <{}>\r\nTo: <pumps@lists.example.org>\r\nSubject: Signed\r\n\
         Message-ID: <signed@plant.example>\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/signed; micalg=pgp-sha256;\r\n \
         protocol=\"application/pgp-signature\"; boundary=b\r\n\r\n--b\r\n\r\n{text}\r\n\
         --b\r\nContent-Type: application/pgp-signature\r\n\r\nx\r\n--b--\r\n",
        MEMBERS[0]
    );
    Post {
        from: MEMBERS[0].to_owned(),
        id: "signed@plant.example".to_owned(),
        raw: raw.into_bytes(),
    }
}
