//! What reads mail before people do: programs that open every link, with and without a
//! browser's scripts. Looking changes nothing; pressing does, at once and once.

use std::collections::BTreeMap;
use std::process::Command;

use crate::support::community::LIST;
use crate::support::http::{get, request};
use crate::support::letters::write;
use crate::support::post::Post;
use crate::support::{Community, Database, Node, Sink, both, wait};

both!(
    whoever_opens_every_link_changes_nothing,
    one_click_unsubscribes_once_and_at_once,
);

const BASE: &str = "https://lists.example.org";
const MODERATED: &str = "[[facilitator]]\naddress = \"ann@plant.example\"\n";

/// A node after a story that leaves mails with links of many kinds.
fn story<'a>(database: &'a Database, sink: &Sink) -> Node<'a> {
    let community = Community {
        more: MODERATED,
        archive: "public",
        ..Community::pumps()
    };
    let members = ["ann@plant.example", "bob@plant.example"];
    let node = Node::with_list(database, sink, &community, &members);
    node.post(&Post::new(
        "bob@plant.example",
        "one@plant.example",
        "Seals",
    ));
    let outsider = Post::new("eve@far.example", "two@far.example", "Held");
    node.client()
        .deliver("eve@far.example", &[LIST], &outsider.raw);
    let request = "pumps-request@lists.example.org";
    write(
        &node,
        "zoe@far.example",
        "pumps-join@lists.example.org",
        "Let me in",
    );
    write(&node, "bob@plant.example", request, "page");
    write(&node, "ann@plant.example", request, "desk");
    write(&node, "bob@plant.example", request, "leave");
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

fn whoever_opens_every_link_changes_nothing(database: &Database) {
    let sink = Sink::start();
    let node = story(database, &sink);
    let links = links(&sink);
    let kinds = |start: &str| links.iter().filter(|link| link.starts_with(start)).count();
    for start in ["/u/", "/me/", "/desk/", "/hold/", "/c/"] {
        assert!(kinds(start) > 0, "no mail had a link to {start}: {links:?}");
    }
    let (before, mails) = (kept(&node), sink.count());
    for link in &links {
        for method in ["GET", "HEAD", "GET", "OPTIONS"] {
            let answer = request(node.http, method, link, "");
            assert!(answer.status < 500, "{method} {link}: {}", answer.status);
            assert_unchanged(&node, &before, &format!("{method} {link}"));
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

/// One link of each kind in a browser that runs scripts and presses nothing.
fn browse(node: &Node, links: &[String]) {
    let kind = |link: &String| link.split('/').nth(1).unwrap_or_default().to_owned();
    let each: BTreeMap<String, &String> = links.iter().map(|link| (kind(link), link)).collect();
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
    let began = wait::now();
    for _ in 0..5 {
        let answer = request(node.http, "POST", path, "List-Unsubscribe=One-Click");
        assert_eq!(answer.status, 200, "{}", answer.body);
        assert_eq!(answer.header("Set-Cookie"), "");
        assert_eq!(answer.header("Location"), "");
        assert_ne!(node.member("bob@plant.example")["state"], "active");
    }
    // Five presses, and five times the command line looks.
    assert!(began.elapsed().as_secs() < 10, "{:?}", began.elapsed());
    node.settle();
    let names = crate::support::letters::names(&sink, "bob@plant.example");
    let goodbyes = names.iter().filter(|name| name.contains("goodbye"));
    assert_eq!(goodbyes.count(), 1, "{names:?}");
}
