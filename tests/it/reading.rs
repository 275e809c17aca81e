//! How members come to read an archive that is for them: by a link that is mailed.

use crate::support::community::THREE;
use crate::support::http::{Answer, get, request, request_with};
use crate::support::letters::last;
use crate::support::{Community, Database, Node, Post, Sink, both};

both!(an_archive_for_members_opens_by_a_mailed_link);

const ANN: &str = "ann@plant.example";

fn an_archive_for_members_opens_by_a_mailed_link(database: &Database) {
    let sink = Sink::start();
    let node = Node::with_list(database, &sink, &Community::pumps(), &THREE);
    node.post(&Post::new(
        "bob@plant.example",
        "p1@plant.example",
        "Seals of the third kind",
    ));
    node.settle();
    let copy = sink.for_recipient(ANN)[0].mail();
    let archived = copy.header("Archived-At");
    let message = path(archived.trim_matches(['<', '>']));
    let refused = get(node.http, &message);
    assert_eq!(refused.status, 403);
    assert!(refused.body.contains("href=\"/me/\""), "{}", refused.body);
    // The page that the notice leads to sends the link.
    request(node.http, "POST", "/me/", &format!("address={ANN}"));
    node.settle();
    let mail = last(&sink, ANN, "link").text();
    let link = mail.split_whitespace().find(|word| word.contains("/me/"));
    let own = path(link.expect("a link"));
    let page = get(node.http, &own).body;
    let member = page
        .split_once("name=\"member\" value=\"")
        .expect("a form")
        .1;
    let member = member.split('"').next().unwrap_or_default();
    let pressed = request(node.http, "POST", &own, &format!("member={member}&do=read"));
    assert_eq!(pressed.status, 303, "{}", pressed.body);
    assert_eq!(pressed.header("Location"), "/c/pumps/");
    let given = pressed.header("Set-Cookie");
    for wanted in [
        "Path=/c/pumps/;",
        "HttpOnly",
        "SameSite=Lax",
        "Max-Age=2592000",
    ] {
        assert!(given.contains(wanted), "no {wanted} in {given}");
    }
    let cookie = given.split(';').next().unwrap_or_default();
    let read =
        |path: &str| -> Answer { request_with(node.http, "GET", path, &[("Cookie", cookie)], "") };
    assert!(read("/c/pumps/").body.contains("Seals of the third kind"));
    assert!(read(&message).body.contains("bob@plant.example"));
    let why = node.run(&["why", ANN]).ok();
    assert!(why.contains("archive"), "{why}");
    // It is a key to this archive, and to nothing of hers.
    let changed = request_with(
        node.http,
        "POST",
        "/me/x",
        &[("Cookie", cookie)],
        "do=leave",
    );
    assert_eq!(changed.status, 404);
    node.run(&["clock", "advance", "31d"]).ok();
    assert_eq!(read(&message).status, 403, "after a month it has ended");
}

/// The path of a link.
fn path(link: &str) -> String {
    let rest = link.split_once("lists.example.org").expect("our host").1;
    rest.to_owned()
}
