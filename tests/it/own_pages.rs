//! Pages of people's own: how a link to one is asked for, what it shows and does, and
//! when it ends.

use crate::secrets::signed;
use crate::support::community::THREE;
use crate::support::http::{Answer, get, request};
use crate::support::letters::{answer, last, names, write};
use crate::support::{Community, Database, Mail, Node, Post, Sink, both};

both!(
    looking_changes_nothing_and_a_press_acts,
    a_calendars_address_works_until_another_one_is_asked_for,
    a_link_ends_a_day_after_its_first_use,
    a_forged_wish_for_a_link_helps_nobody,
    the_form_says_the_same_to_everybody,
    everything_kept_is_given_and_erased_after_a_yes,
    a_link_opens_its_own_page_only,
    the_desk_decides_and_invites,
    a_request_to_join_is_decided_with_one_press,
);

const REQUEST: &str = "pumps-request@lists.example.org";
const ANN: &str = "ann@plant.example";
const BOB: &str = "bob@plant.example";
const ZOE: &str = "zoe@far.example";

fn node<'a>(database: &'a Database, sink: &Sink) -> Node<'a> {
    let community = Community {
        more: "[[topic]]\nname = \"seals\"\ntitle = \"Seals\"\n",
        ..Community::pumps()
    };
    Node::with_list(database, sink, &community, &THREE)
}

/// The path of the link in a mail.
#[track_caller]
fn link(mail: &Mail, page: &str) -> String {
    let text = mail.text();
    let found = text.split_whitespace().find(|word| word.contains(page));
    let path = found.and_then(|link| link.split_once("lists.example.org"));
    path.unwrap_or_else(|| panic!("no link in\n{text}"))
        .1
        .to_owned()
}

#[track_caller]
fn own_page(node: &Node, sink: &Sink, who: &str) -> String {
    write(node, who, REQUEST, "page");
    link(&last(sink, who, "link"), "/me/")
}

/// Presses a button; gives the page to which the browser is sent.
#[track_caller]
fn press(node: &Node, path: &str, form: &str) -> Answer {
    let answer = request(node.http, "POST", path, form);
    assert_eq!(answer.status, 303, "{form}: {}", answer.body);
    assert_eq!(answer.header("Cache-Control"), "no-store");
    node.settle();
    get(node.http, &answer.header("Location"))
}

/// The key of the member whose form the page has.
#[track_caller]
fn member(page: &str) -> String {
    let rest = page
        .split_once("name=\"member\" value=\"")
        .expect("a form")
        .1;
    rest.split('"').next().unwrap_or_default().to_owned()
}

fn looking_changes_nothing_and_a_press_acts(database: &Database) {
    let sink = Sink::start();
    let node = node(database, &sink);
    let thread = Post::new(BOB, "p1@plant.example", "Seals");
    node.post(&thread);
    node.settle();
    let copy = sink.for_recipient(ANN)[0].mail();
    write(&node, ANN, REQUEST, "page");
    let path = link(&last(&sink, ANN, "link"), "/me/");
    let before = node.member(ANN);
    for method in ["HEAD", "GET", "GET"] {
        let looked = request(node.http, method, &path, "");
        assert_eq!(looked.status, 200, "{method}");
        assert_eq!(looked.header("Cache-Control"), "no-store");
        assert_eq!(looked.header("Referrer-Policy"), "no-referrer");
    }
    assert_eq!(node.member(ANN), before);
    let page = get(node.http, &path).body;
    assert!(
        page.contains("Friends of pumps") && page.contains(ANN),
        "{page}"
    );
    let id = member(&page);
    let form = format!("member={id}&delivery=headlines&copies=on&topic=seals&do=save");
    let saved = press(&node, &path, &form).body;
    assert!(saved.contains("you now get the titles only"), "{saved}");
    let ann = node.member(ANN);
    assert_eq!(ann["delivery"], "headlines");
    let again = press(&node, &path, &form).body;
    assert!(again.contains("that is how it was already"), "{again}");
    let late = press(
        &node,
        &path,
        &format!("member={id}&until=2026-01-01&do=pause"),
    )
    .body;
    assert!(late.contains("role=\"alert\""), "{late}");
    assert_eq!(node.member(ANN)["state"], "active");
    let paused = press(
        &node,
        &path,
        &format!("member={id}&until=2026-03-16&do=pause"),
    )
    .body;
    assert!(paused.contains("16 March 2026"), "{paused}");
    assert_eq!(node.member(ANN)["paused_until"], "2026-03-15T23:00:00Z");
    press(&node, &path, &format!("member={id}&do=resume"));
    assert_eq!(node.member(ANN)["state"], "active");
    // A thread that was muted by mail is heard again by a press.
    crate::support::letters::send(
        &node,
        &crate::support::letters::Letter {
            from: ANN,
            to: REQUEST,
            subject: "Re: Seals",
            text: "mute",
            more: &format!("In-Reply-To: <{}>\r\n", copy.message_id()),
        },
    );
    answer(&node, ANN, &last(&sink, ANN, "confirm"), "yes");
    let page = get(node.http, &path).body;
    let key = page
        .split_once("name=\"thread\" value=\"")
        .expect("a thread")
        .1;
    let key = key.split('"').next().unwrap_or_default();
    let heard = press(&node, &path, &format!("member={id}&thread={key}&do=unmute")).body;
    assert!(
        heard.contains("Seals") && !heard.contains("name=\"thread\""),
        "{heard}"
    );
    for nonsense in [
        "",
        "do=dance",
        &format!("member={id}&do=dance"),
        "member=x&do=leave",
    ] {
        let refused = request(node.http, "POST", &path, nonsense);
        assert!(
            matches!(refused.status, 400 | 415),
            "{nonsense}: {}",
            refused.status
        );
    }
    let left = press(&node, &path, &format!("member={id}&do=leave")).body;
    assert!(left.contains("You have left Friends of pumps"), "{left}");
    assert_eq!(node.member(ANN)["state"], "left");
    assert!(names(&sink, ANN).contains(&"goodbye".to_owned()));
    let why = node.run(&["why", ANN]).ok();
    assert!(why.contains("on their own page"), "{why}");
}

fn a_calendars_address_works_until_another_one_is_asked_for(database: &Database) {
    let sink = Sink::start();
    let node = node(database, &sink);
    let path = own_page(&node, &sink, ANN);
    let page = get(node.http, &path).body;
    let first = feed(&page);
    let calendar = get(node.http, &first);
    assert_eq!(calendar.status, 200, "{first}");
    assert!(calendar.body.starts_with("BEGIN:VCALENDAR\r\n"));
    let form = format!("member={}&do=feed", member(&page));
    let renewed = press(&node, &path, &form).body;
    assert!(renewed.contains("works no more"), "{renewed}");
    assert_eq!(get(node.http, &first).status, 404);
    let next = feed(&renewed);
    assert_eq!(get(node.http, &next).status, 200);
    // In a signed post it cannot be taken out: it ends.
    let text = format!("My calendar: https://lists.example.org{next}");
    node.post(&signed(&text));
    node.settle();
    assert_eq!(get(node.http, &next).status, 404);
}

/// The path at which the page says that a calendar subscribes.
#[track_caller]
fn feed(page: &str) -> String {
    let (_, rest) = page.split_once("lists.example.org/f/").expect("a feed");
    let token = rest.split('/').next().unwrap_or_default();
    format!("/f/{token}/calendar.ics")
}

fn a_link_ends_a_day_after_its_first_use(database: &Database) {
    let sink = Sink::start();
    let node = node(database, &sink);
    let (used, unused) = (own_page(&node, &sink, ANN), own_page(&node, &sink, BOB));
    node.run(&["clock", "advance", "2d"]).ok();
    // HEAD shows nobody anything, so the hours do not begin.
    assert_eq!(request(node.http, "HEAD", &used, "").status, 200);
    node.run(&["clock", "advance", "2d"]).ok();
    assert_eq!(get(node.http, &used).status, 200, "unused, it waits");
    node.run(&["clock", "advance", "23h"]).ok();
    let page = get(node.http, &used);
    assert_eq!(page.status, 200, "within its hours");
    let form = format!("member={}&delivery=none&do=save", member(&page.body));
    node.run(&["clock", "advance", "1h"]).ok();
    for (method, body) in [("GET", ""), ("HEAD", ""), ("POST", form.as_str())] {
        let ended = request(node.http, method, &used, body);
        assert_eq!(ended.status, 410, "{method}: {}", ended.body);
    }
    assert_eq!(get(node.http, &format!("{used}/data.json")).status, 410);
    assert_eq!(node.member(ANN)["delivery"], "each");
    node.run(&["clock", "advance", "26d"]).ok();
    assert_eq!(
        get(node.http, &unused).status,
        410,
        "a link that nobody used"
    );
}

fn a_forged_wish_for_a_link_helps_nobody(database: &Database) {
    let sink = Sink::start();
    let node = node(database, &sink);
    let forged = crate::support::letters::Letter {
        from: "Ann <ann@plant.example>",
        to: REQUEST,
        subject: "x",
        text: "page",
        more: "Reply-To: eve@far.example\r\nSender: eve@far.example\r\n",
    };
    for _ in 0..5 {
        crate::support::letters::send(&node, &forged);
    }
    assert_eq!(names(&sink, ANN), ["link"; 3], "three a day, to Ann alone");
    assert!(names(&sink, "eve@far.example").is_empty());
    write(&node, "eve@far.example", REQUEST, "page");
    assert!(!names(&sink, "eve@far.example").contains(&"link".to_owned()));
    write(&node, BOB, REQUEST, "desk");
    assert_eq!(names(&sink, BOB), ["clarification"], "a member has no desk");
}

fn the_form_says_the_same_to_everybody(database: &Database) {
    let sink = Sink::start();
    let node = node(database, &sink);
    assert_eq!(get(node.http, "/me/").status, 200);
    let known = request(node.http, "POST", "/me/", "address=Ann%40plant.example");
    let unknown = request(node.http, "POST", "/me/", "address=eve%40far.example");
    assert_eq!((known.status, unknown.status), (200, 200));
    assert_eq!(known.body, unknown.body);
    request(node.http, "POST", "/me/", "address=ann%40plant.example");
    assert_eq!(
        request(node.http, "POST", "/me/", "address=ann").status,
        400
    );
    node.settle();
    assert_eq!(names(&sink, ANN), ["link"], "one a day");
    assert!(names(&sink, "eve@far.example").is_empty());
    let path = link(&last(&sink, ANN, "link"), "/me/");
    assert!(get(node.http, &path).body.contains("Friends of pumps"));
    node.run(&["clock", "advance", "25h"]).ok();
    request(node.http, "POST", "/me/", "address=ann%40plant.example");
    node.settle();
    assert_eq!(names(&sink, ANN), ["link"; 2]);
}

fn everything_kept_is_given_and_erased_after_a_yes(database: &Database) {
    let sink = Sink::start();
    let node = node(database, &sink);
    node.post(&Post::new(ANN, "p2@plant.example", "Mine"));
    node.settle();
    let path = own_page(&node, &sink, ANN);
    let data = get(node.http, &format!("{path}/data.json"));
    assert_eq!(data.status, 200);
    assert!(data.header("Content-Disposition").contains("attachment"));
    let read: serde_json::Value = serde_json::from_str(&data.body).expect("JSON");
    assert_eq!(read["posts"][0]["subject"], "Mine", "{read}");
    let asked = press(&node, &path, "do=erase").body;
    assert!(asked.contains("asks you to confirm"), "{asked}");
    assert_eq!(node.member(ANN)["state"], "active", "not before a yes");
    answer(&node, ANN, &last(&sink, ANN, "confirm"), "yes");
    assert_eq!(get(node.http, &path).status, 404);
    let all = node.json(&["member", "list", "pumps"]).to_string();
    assert!(!all.contains(ANN), "{all}");
}

fn a_link_opens_its_own_page_only(database: &Database) {
    let sink = Sink::start();
    let node = node(database, &sink);
    let (ann, bob) = (own_page(&node, &sink, ANN), own_page(&node, &sink, BOB));
    let token = ann.trim_start_matches("/me/").to_owned();
    let wrong = [
        "/me/x".to_owned(),
        format!("/me/{}", &token[1..]),
        format!("/desk/{token}"),
        format!("/desk/{token}/hold/1"),
        format!("/desk/{token}/join/1"),
        format!("/hold/{token}"),
        format!("/join/{token}"),
        format!("/u/{token}"),
    ];
    for path in wrong {
        for (method, body) in [
            ("GET", ""),
            ("POST", "choice=accept&do=leave&addresses=a@b.example"),
        ] {
            let answer = request(node.http, method, &path, body);
            assert_eq!(answer.status, 404, "{method} {path}");
            assert!(!answer.body.contains("plant.example"), "{path}");
        }
    }
    // One person's link changes nothing of another's.
    let id = member(&get(node.http, &bob).body);
    let foreign = request(node.http, "POST", &ann, &format!("member={id}&do=leave"));
    assert_eq!(foreign.status, 400);
    assert_eq!(node.member(BOB)["state"], "active");
    // What stands in a link is worth nothing in an address.
    for word in ["reply", "confirm"] {
        write(
            &node,
            ANN,
            &format!("pumps-{word}+{token}@lists.example.org"),
            "leave",
        );
    }
    assert_eq!(node.member(ANN)["state"], "active");
    assert_eq!(get(node.http, &ann).status, 200);
}

/// A list that Ann runs, and whom somebody must let in.
fn approved<'a>(database: &'a Database, sink: &Sink) -> Node<'a> {
    let community = Community {
        more: "subscription = \"confirm+approve\"\n[[facilitator]]\naddress = \"ann@plant.example\"\n\
               name = \"Ann Berg\"\n[[facilitator]]\naddress = \"cleo@mill.example\"\n",
        ..Community::pumps()
    };
    Node::with_list(database, sink, &community, &[BOB])
}

fn wants_to_join(node: &Node, sink: &Sink) {
    write(node, ZOE, "pumps-join@lists.example.org", "I run pumps.");
    answer(node, ZOE, &last(sink, ZOE, "confirm"), "yes");
}

fn the_desk_decides_and_invites(database: &Database) {
    let sink = Sink::start();
    let node = approved(database, &sink);
    node.post(&Post::new(
        "olga@outside.example",
        "o@outside.example",
        "May I?",
    ));
    node.settle();
    wants_to_join(&node, &sink);
    write(&node, ANN, REQUEST, "desk");
    let desk = link(&last(&sink, ANN, "link"), "/desk/");
    let page = get(node.http, &desk);
    assert_eq!(
        (page.status, page.header("Cache-Control").as_str()),
        (200, "no-store")
    );
    assert!(
        page.body.contains("May I?") && page.body.contains(ZOE),
        "{}",
        page.body
    );
    let paths: Vec<&str> = page
        .body
        .split('"')
        .filter(|part| part.starts_with(&format!("{desk}/")))
        .collect();
    let [post, join] = paths[..] else {
        panic!("{paths:?}")
    };
    for path in [post, join] {
        assert_eq!(get(node.http, path).status, 200);
        assert_eq!(request(node.http, "HEAD", path, "").status, 200);
    }
    assert!(
        get(node.http, &desk).body.contains("May I?"),
        "looking decides nothing"
    );
    assert_eq!(
        request(node.http, "POST", post, "choice=accept").status,
        200
    );
    assert_eq!(
        request(node.http, "POST", post, "choice=accept").status,
        410,
        "once"
    );
    assert_eq!(
        request(node.http, "POST", join, "choice=accept").status,
        200
    );
    assert_eq!(
        request(node.http, "POST", join, "choice=ban").status,
        410,
        "once"
    );
    node.settle();
    assert_eq!(
        sink.copies("o@outside.example").len(),
        3,
        "olga's post reached the list"
    );
    assert_eq!(node.member(ZOE)["state"], "active");
    let wrong = request(node.http, "POST", &desk, "addresses=cy%20and%20dee");
    assert_eq!(wrong.status, 400);
    let told = request(
        node.http,
        "POST",
        &desk,
        "addresses=cy%40mill.example%0D%0Abob%40plant.example&message=Come",
    );
    assert_eq!(told.status, 200);
    assert!(
        told.body.contains("cy@mill.example: invited") && told.body.contains("is a member already"),
        "{}",
        told.body
    );
    node.settle();
    assert!(
        last(&sink, "cy@mill.example", "list-invitation")
            .text()
            .contains("Come")
    );
    // Who runs the community no more has no desk there.
    node.run(&["member", "remove", "pumps", ANN]).ok();
    assert_eq!(get(node.http, &desk).status, 404);
}

fn a_request_to_join_is_decided_with_one_press(database: &Database) {
    let sink = Sink::start();
    let node = approved(database, &sink);
    wants_to_join(&node, &sink);
    let (ann, cleo) = (
        last(&sink, ANN, "moderation"),
        last(&sink, "cleo@mill.example", "moderation"),
    );
    assert_eq!(ann.message_id(), cleo.message_id(), "one mail to both");
    assert!(!ann.text().contains("not proven"), "{}", ann.text());
    let (ann, cleo) = (link(&ann, "/join/"), link(&cleo, "/join/"));
    assert_ne!(ann, cleo, "a link of each one's own");
    let page = get(node.http, &ann).body;
    assert!(
        page.contains("Proven") && page.contains("I run pumps."),
        "{page}"
    );
    node.settle();
    assert_eq!(
        request(node.http, "POST", &ann, "choice=reject&reason=Not+here").status,
        200
    );
    node.settle();
    assert!(last(&sink, ZOE, "join-outcome").text().contains("Not here"));
    let second = request(node.http, "POST", &cleo, "choice=accept");
    assert_eq!(second.status, 410);
    assert!(second.body.contains("not let in"), "{}", second.body);
    assert_eq!(get(node.http, &cleo).status, 410);
}
