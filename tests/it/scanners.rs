//! What reads mail before people do: programs that open every link, with and without a
//! browser's scripts. Looking changes nothing; pressing does, at once and once.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;
use std::time::Duration;

use folkmoot::links::permalink;
use folkmoot::templates::mails;

use crate::support::community::LIST;
use crate::support::http::{get, request};
use crate::support::letters::{answer, last, write};
use crate::support::post::Post;
use crate::support::{Community, Database, Node, Sink, both, wait};

both!(
    whoever_opens_every_link_changes_nothing,
    one_click_unsubscribes_once_and_at_once,
);

const BASE: &str = "https://lists.example.org";
/// Somebody who decides, a sponsor, a series of sessions, and a survey after two days.
const MODERATED: &str = "[[facilitator]]\naddress = \"ann@plant.example\"\n\
    [[sponsor]]\naddress = \"sam@board.example\"\n\
    [[session]]\nslug = \"clinic\"\ntitle = \"Pump clinic\"\nrule = \"FREQ=WEEKLY;BYDAY=TU\"\n\
    starts = \"2026-03-17T16:00\"\nuntil = \"2026-06-30\"\n\
    [health_check]\nschedule = \"0 9 4 3 *\"\n";

/// A post that has a layout of its own, and something attached.
const DRAWN: &str = "drawn@plant.example";

/// A node after a story that leaves mails with links of many kinds.
fn story<'a>(database: &'a Database, sink: &Sink) -> Node<'a> {
    let community = Community {
        more: MODERATED,
        archive: "public",
        ..Community::pumps()
    };
    let members = ["ann@plant.example", "bob@plant.example"];
    // The node runs first: what the charter brings about is due by its clock.
    let mut node = Node::new(database, sink);
    node.start();
    node.found(&community, &members);
    let approved = Community {
        slug: "valves",
        more: "subscription = \"approve\"\n[[facilitator]]\naddress = \"ann@plant.example\"\n",
        ..Community::pumps()
    };
    node.found(&approved, &["ann@plant.example"]);
    node.post(&Post::new(
        "bob@plant.example",
        "one@plant.example",
        "Seals",
    ));
    let mut drawn = Post::new("bob@plant.example", DRAWN, "A drawing");
    let text = String::from_utf8(drawn.raw).expect("text");
    let (head, _) = text.split_once("\r\n\r\n").expect("a header");
    let parts = "--b\r\nContent-Type: text/html\r\n\r\n<p>See <b>there</b>.</p>\r\n--b\r\n\
                 Content-Type: text/plain; name=\"plan.txt\"\r\nContent-Disposition: attachment\r\n\r\n\
                 A plan.\r\n--b--\r\n";
    let mixed = "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b";
    drawn.raw = format!("{head}\r\n{mixed}\r\n\r\n{parts}").into_bytes();
    node.post(&drawn);
    let outsider = Post::new("eve@far.example", "two@far.example", "Held");
    let another = Post::new("fay@far.example", "three@far.example", "Held, too");
    for (from, post) in [("eve@far.example", outsider), ("fay@far.example", another)] {
        node.client().deliver(from, &[LIST], &post.raw);
    }
    let request = "pumps-request@lists.example.org";
    write(
        &node,
        "zoe@far.example",
        "valves-join@lists.example.org",
        "Let me in",
    );
    let (kim, join) = ("kim@far.example", "pumps-join@lists.example.org");
    write(&node, kim, join, "Let me in");
    answer(&node, kim, &last(sink, kim, "confirm"), "yes");
    write(&node, "bob@plant.example", request, "page");
    write(&node, "ann@plant.example", request, "desk");
    let valves = "valves-request@lists.example.org";
    write(&node, "ann@plant.example", valves, "desk");
    write(&node, "bob@plant.example", request, "leave");
    // The reminder has a link to all that waits.
    node.advance("8d");
    node.settle();
    node
}

/// The links to our own pages in all mails that went out, each once, by path.
fn links(sink: &Sink) -> Vec<String> {
    let mut found = std::collections::BTreeSet::new();
    for received in sink.received() {
        let mail = received.mail();
        let all = [mail.fields().join("\n"), mail.text(), mail.html()].join("\n");
        for rest in all.split(BASE).skip(1) {
            let end = rest.find(|c: char| c.is_whitespace() || "<>\"')]".contains(c));
            let path = rest.get(..end.unwrap_or(rest.len())).unwrap_or_default();
            let path = path.trim_end_matches(['.', ',']).replace("&amp;", "&");
            found.insert(if path.is_empty() { "/".into() } else { path });
        }
    }
    found.into_iter().collect()
}

/// Everything that is kept, but for what beats by itself, and the note that the 24 hours
/// of a link have begun (docs/ARCHITECTURE.md, "What must stay true").
fn kept(node: &Node) -> BTreeMap<String, Vec<Option<Vec<u8>>>> {
    let all = node.database.cells(&node.path("data")).into_iter();
    all.filter(|(table, column, _)| {
        table != "node" && !(table == "token" && ["used_at", "expires_at"].contains(&&**column))
    })
    .map(|(table, column, mut cells)| {
        cells.sort();
        (format!("{table}.{column}"), cells)
    })
    .collect()
}

fn assert_unchanged(node: &Node, before: &BTreeMap<String, Vec<Option<Vec<u8>>>>, by: &str) {
    let after = kept(node);
    let changed: Vec<_> = before
        .iter()
        .filter(|(column, cells)| after.get(*column) != Some(cells))
        .map(|(column, _)| column)
        .collect();
    assert!(changed.is_empty(), "{by} changed {changed:?}");
}

/// The first segments of the paths to which mails of the catalogue can link, as far as
/// there are pages (other paths come with a later feature), and the press that leaves.
fn kinds_in_the_catalogue() -> BTreeSet<String> {
    let mut all = BTreeSet::from(["u".to_owned()]);
    for (_, fields) in mails::samples() {
        let text = fields.to_string();
        let links = text.split("https://lists.example/").skip(1);
        all.extend(links.map(|link| kind(&format!("/{link}"))));
    }
    let routes = routes();
    all.retain(|one| routes.iter().any(|route| kind(route) == *one));
    all
}

/// The first segment of a path.
fn kind(path: &str) -> String {
    let end = |c: char| "/?#\"".contains(c);
    let first = path.split('/').nth(1).unwrap_or_default();
    first.split(end).next().unwrap_or_default().to_owned()
}

/// Every route of the pages, as the code has them.
fn routes() -> Vec<String> {
    let code = include_str!("../../src/web/mod.rs");
    let routes = code.split(".route(").skip(1);
    let path = |rest: &str| rest.split('"').nth(1).unwrap_or_default().to_owned();
    let routes: Vec<String> = routes.map(path).collect();
    assert!(routes.len() > 20, "{routes:?}");
    routes
}

fn is_of(route: &str, path: &str) -> bool {
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let (route, path): (Vec<_>, Vec<_>) = (route.split('/').collect(), path.split('/').collect());
    let is_same =
        |(want, is): (&&str, &&str)| want == is || want.starts_with('{') && !is.is_empty();
    route.len() == path.len() && route.iter().zip(&path).all(is_same)
}

fn whoever_opens_every_link_changes_nothing(database: &Database) {
    let sink = Sink::start();
    let node = story(database, &sink);
    let links = links(&sink);
    let found: BTreeSet<String> = links.iter().map(|link| kind(link)).collect();
    let missing: Vec<_> = kinds_in_the_catalogue()
        .into_iter()
        .filter(|kind| !found.contains(kind))
        .collect();
    assert!(
        missing.is_empty(),
        "no mail had a link to {missing:?}: {links:?}"
    );
    let (before, mails) = (kept(&node), sink.count());
    let mut paths: BTreeSet<String> = links.iter().cloned().collect();
    for link in &links {
        paths.extend(further(&node, link));
    }
    assert_unchanged(&node, &before, "GET of the links of all mails");
    paths.extend(by_hand(&paths));
    for route in routes() {
        let of_route: Vec<_> = paths.iter().filter(|path| is_of(&route, path)).collect();
        assert!(!of_route.is_empty(), "no path of {route} in {paths:?}");
        // What a page links to is of a few kinds; three of each are enough.
        for path in of_route.into_iter().take(3) {
            for method in ["GET", "HEAD", "GET", "OPTIONS"] {
                let answer = request(node.http, method, path, "");
                let is_found = !["GET", "HEAD"].contains(&method) || answer.status < 400;
                assert!(
                    answer.status < 500 && is_found,
                    "{method} {path}: {}",
                    answer.status
                );
            }
            assert_unchanged(&node, &before, path);
        }
    }
    browse(&node, &links);
    node.settle();
    assert_eq!(sink.count(), mails, "opening a link sent a mail");
    let me = links
        .iter()
        .find(|link| link.starts_with("/me/"))
        .expect("a page");
    assert_eq!(get(node.http, me).status, 200, "the person still comes in");
}

/// The paths that a page leads to, by links and by forms.
fn further(node: &Node, path: &str) -> Vec<String> {
    let page = get(node.http, path).body;
    let pieces = page.split(['"', '\'']);
    let ours = pieces.filter_map(|piece| {
        let path = piece.strip_prefix(BASE).unwrap_or(piece);
        path.starts_with('/').then(|| path.replace("&amp;", "&"))
    });
    ours.collect()
}

/// Pages to which nothing links.
fn by_hand(paths: &BTreeSet<String>) -> Vec<String> {
    let of = |route: &str| paths.iter().find(|path| is_of(route, path));
    let mut all: Vec<String> = [
        "/",
        "/definitions",
        "/definitions/1",
        "/c/pumps",
        "/me",
        "/me/",
        "/healthz",
        "/readyz",
        "/metrics",
    ]
    .map(str::to_owned)
    .to_vec();
    let post = of("/c/{slug}/m/{id}").expect("a post");
    all.push(format!("{post}/raw"));
    all.push("/c/pumps/search?q=seals".into());
    all.push("/c/pumps/calendar.ics".into());
    all.push("/c/pumps/learnings.atom".into());
    all.push("/c/pumps/mbox/2026-03".into());
    let drawn = format!("/c/pumps/m/{}", permalink(DRAWN));
    all.extend(["/html", "/a/2"].map(|part| format!("{drawn}{part}")));
    let calendar = of("/f/{token}/calendar.ics").expect("a feed of one's own");
    all.push(calendar.replace("calendar.ics", "feed.atom"));
    let own = of("/me/{token}").expect("a page of one's own");
    all.push(format!("{own}/data.json"));
    all
}

/// One link of each kind in a browser that runs scripts and presses nothing.
fn browse(node: &Node, links: &[String]) {
    let mut each: BTreeMap<String, &String> = links.iter().map(|link| (kind(link), link)).collect();
    // A calendar is no page.
    each.remove("f");
    let before = kept(node);
    for link in each.values() {
        let profile = node.path("browser");
        let run = Command::new("chromium")
            .args([
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--no-first-run",
            ])
            .args([
                "--disable-background-networking",
                "--virtual-time-budget=5000",
                "--dump-dom",
            ])
            .arg(format!("--user-data-dir={}", profile.display()))
            .arg(format!("http://{}{link}", node.http))
            .output();
        let Ok(run) = run else {
            assert_ne!(
                std::env::var("CI").as_deref(),
                Ok("true"),
                "CI needs chromium"
            );
            return eprintln!("SKIPPED: links in a browser; chromium is not installed");
        };
        let shown = String::from_utf8_lossy(&run.stdout);
        assert!(shown.contains("<html"), "{link}: {run:?}");
        assert_unchanged(node, &before, &format!("a browser at {link}"));
    }
}

/// D2 (RFC 8058): a POST without cookie or redirect.
fn one_click_unsubscribes_once_and_at_once(database: &Database) {
    let sink = Sink::start();
    let node = story(database, &sink);
    let copies = sink.copies("one@plant.example");
    let copy = copies.iter().find(|copy| copy.to == "bob@plant.example");
    let mail = copy.expect("bob's copy").mail();
    let fields = mail.header("List-Unsubscribe");
    let (_, rest) = fields.split_once(BASE).expect("a link");
    let path = rest.split('>').next().expect("its end");
    assert_eq!(
        mail.header("List-Unsubscribe-Post"),
        "List-Unsubscribe=One-Click"
    );
    for press in 1..=5 {
        let began = wait::now();
        let answer = request(node.http, "POST", path, "List-Unsubscribe=One-Click");
        let took = began.elapsed();
        println!("press {press}: {took:?}");
        assert!(took <= Duration::from_secs(1), "press {press}: {took:?}");
        assert_eq!(answer.status, 200, "{}", answer.body);
        assert_eq!(answer.header("Set-Cookie"), "");
        assert_eq!(answer.header("Location"), "");
        assert_ne!(node.member("bob@plant.example")["state"], "active");
    }
    node.settle();
    let names = crate::support::letters::names(&sink, "bob@plant.example");
    let goodbyes = names.iter().filter(|name| name.contains("goodbye"));
    assert_eq!(goodbyes.count(), 1, "{names:?}");
}
