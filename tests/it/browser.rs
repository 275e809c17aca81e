//! Pages in a real browser: what strangers wrote runs nothing and fetches nothing, and
//! everybody can read the pages, whatever they read with.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::Arc;

use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::support::browser::Browser;
use crate::support::community::THREE;
use crate::support::http::{get, request};
use crate::support::letters::{answer as reply, last, write};
use crate::support::{Community, Database, Mail, Node, Post, Sink, testdata};

const ANN: &str = "ann@plant.example";

/// Documents that one page of the bare server holds.
const A_PAGE: usize = 40;

/// What must be nowhere in a document made of a stranger's HTML. Gives what is, in words.
const WRONG: &str = "
    const d = DOC, found = [];
    for (const one of d.querySelectorAll('*')) {
        const name = one.localName;
        if (['script','iframe','frame','object','embed','link','img','image','svg','math','form','input',
             'button','video','audio','source','template','marquee','dialog','details'].includes(name)
            && !one.dataset.own) found.push('<' + name + '>');
        if (name === 'style' && !one.dataset.own && !one.textContent.startsWith(':root{color-scheme')) found.push('<style>');
        if (name === 'meta' && one.httpEquiv) found.push('<meta http-equiv>');
        if (name === 'base' && one.hasAttribute('href')) found.push('<base href>');
        for (const attribute of one.attributes) {
            if (attribute.name.startsWith('on')) found.push(name + ' ' + attribute.name);
            if (['style','background','srcset','ping','formaction','action','poster','id','class'].includes(attribute.name))
                found.push(name + ' ' + attribute.name);
            if (['href','src'].includes(attribute.name) && !/^(https?:|mailto:)/i.test(attribute.value))
                found.push(name + ' ' + attribute.name + '=' + attribute.value);
        }
    }
    return found;";

/// A mail with that HTML.
fn letter(id: &str, html: &str) -> String {
    format!(
        "Message-ID: <{id}>\nFrom: Ann <{ANN}>\nTo: pumps@lists.example.org\n\
         Subject: {id}\nDate: Mon, 05 Jan 2026 09:00:00 +0000\nMIME-Version: 1.0\n\
         Content-Type: text/html; charset=utf-8\n\n<p>begin {id}</p>{html}\n<p>end</p>\n\n"
    )
}

fn in_mbox(mail: &str) -> String {
    let mail = mail.replace("\r\n", "\n").replace("\nFrom ", "\n>From ");
    format!("From a@b.example Mon Jan  5 09:00:00 2026\n{mail}\n\n")
}

/// Mails with HTML that strangers wrote, by Message-ID: ours, and what other projects collected.
fn vectors() -> BTreeMap<String, String> {
    let ours = include_str!("../data/html-vectors.txt").lines();
    let ours = ours.filter(|line| !line.starts_with("# ") && !line.is_empty());
    let mut all: BTreeMap<String, String> = ours
        .enumerate()
        .map(|(n, html)| {
            let id = format!("own{n:03}@far.example");
            (id.clone(), letter(&id, html))
        })
        .collect();
    assert!(all.len() >= 100, "{}", all.len());
    for case in testdata::cases("html-xss") {
        let mail = Mail::new(&case.raw);
        all.insert(
            mail.message_id(),
            String::from_utf8_lossy(&case.raw).into_owned(),
        );
    }
    all
}

#[test]
fn what_strangers_wrote_runs_nothing_and_fetches_nothing() {
    let Some(browser) = Browser::start() else {
        return;
    };
    let database = Database::sqlite();
    let sink = Sink::start();
    let mut node = Node::new(&database, &sink);
    let public = Community {
        archive: "public",
        ..Community::pumps()
    };
    node.found(&public, &[ANN]);
    node.start();
    let vectors = vectors();
    let mbox: String = vectors.values().map(|mail| in_mbox(mail)).collect();
    node.write("in.mbox", &mbox);
    let file = node.path("in.mbox").display().to_string();
    node.run(&["archive", "import", "pumps", &file]).ok();
    let base = format!("http://{}", node.http);
    let mut shown = Vec::new();
    for id in vectors.keys() {
        let path = format!("/c/pumps/m/{}", permalink(id));
        let html = get(node.http, &format!("{path}/html"));
        if html.status == 404 {
            // It had nothing but its text left to show, which the page shows.
            continue;
        }
        assert_eq!(html.status, 200, "{id}");
        shown.push((id.clone(), html.body));
    }
    assert!(
        shown.len() * 10 > vectors.len() * 9,
        "{} of {}",
        shown.len(),
        vectors.len()
    );
    without_a_policy(&browser, &shown);
    // As it is really shown, in its frame and as text.
    for (id, _) in shown
        .iter()
        .step_by(if cfg!(debug_assertions) { 4 } else { 1 })
    {
        let path = format!("{base}/c/pumps/m/{}", permalink(id));
        browser.open(&format!("{path}?layout=own"));
        assert_eq!(browser.dialogue(), None, "{id}");
        assert_eq!(browser.run("return document.scripts.length"), 0, "{id}");
        assert_eq!(
            browser.run("return document.querySelectorAll('iframe').length"),
            1,
            "{id}"
        );
    }
    for page in 1..=vectors.len().div_ceil(50) {
        browser.open(&format!("{base}/c/pumps/?page={page}"));
        assert_eq!(browser.run("return document.scripts.length"), 0, "{page}");
    }
    assert_eq!(browser.trapped(), Vec::<String>::new());
}

/// The policy forbids scripts and what is remote as well; the HTML itself must be
/// harmless without it. So it is served without any, by nobody's server.
fn without_a_policy(browser: &Browser, shown: &[(String, String)]) {
    let bare = serve(shown.iter().map(|(_, html)| html.clone()).collect());
    for from in (0..shown.len()).step_by(A_PAGE) {
        browser.open(&format!("{bare}/frames/{from}"));
        assert_eq!(
            browser.dialogue(),
            None,
            "one from {from} on opens a dialogue"
        );
        let script = format!(
            "return [...document.querySelectorAll('iframe')].map(f => (() => {{ {} }})())",
            WRONG.replace("DOC", "f.contentDocument")
        );
        let found = browser.run(&script);
        let found = found.as_array().expect("a list");
        assert_eq!(found.len(), A_PAGE.min(shown.len() - from));
        for (wrong, (id, html)) in found.iter().zip(&shown[from..]) {
            assert_eq!(*wrong, Value::Array(Vec::new()), "{id}: {html}");
        }
    }
}

/// Serves documents without any header that protects: `/N`, and `/frames/N` with some of
/// them in frames. Gives its address.
fn serve(documents: Vec<String>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = format!("http://{}", listener.local_addr().expect("its address"));
    let documents = Arc::new(documents);
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let documents = Arc::clone(&documents);
            std::thread::spawn(move || {
                let mut buffer = [0; 4_096];
                let read = stream.read(&mut buffer).unwrap_or_default();
                let asked = String::from_utf8_lossy(&buffer[..read]).into_owned();
                let path = asked.split(' ').nth(1).unwrap_or_default().to_owned();
                let body = document(&documents, &path);
                let _ = write!(
                    stream,
                    "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {}\r\n\
                     Connection: close\r\n\r\n{body}",
                    body.len()
                );
            });
        }
    });
    address
}

fn document(documents: &[String], path: &str) -> String {
    let number = |text: &str| text.parse::<usize>().ok();
    if let Some(from) = path.strip_prefix("/frames/").and_then(number) {
        let to = (from + A_PAGE).min(documents.len());
        let frames = (from..to).map(|n| format!("<iframe src=/{n}></iframe>"));
        return format!(
            "<!doctype html><title>Frames</title>{}",
            frames.collect::<String>()
        );
    }
    let found = path.strip_prefix('/').and_then(number);
    found
        .and_then(|n| documents.get(n))
        .cloned()
        .unwrap_or_default()
}

fn permalink(message_id: &str) -> String {
    let digest = Sha256::digest(message_id.as_bytes());
    digest[..20]
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// axe-core, which `scripts/test` fetches.
fn axe() -> Option<String> {
    let beside = concat!(env!("CARGO_MANIFEST_DIR"), "/target/axe/package/axe.min.js");
    let path = std::env::var("FOLKMOOT_AXE").unwrap_or_else(|_| beside.to_owned());
    let found = std::fs::read_to_string(&path).ok();
    if found.is_none() {
        assert_ne!(
            std::env::var("CI").as_deref(),
            Ok("true"),
            "CI needs axe-core"
        );
        eprintln!("SKIPPED: pages checked by axe; it is not at {path} (scripts/test fetches it)");
    }
    found
}

#[test]
fn everybody_can_read_the_pages() {
    let (Some(browser), Some(axe)) = (Browser::start(), axe()) else {
        return;
    };
    let database = Database::sqlite();
    let sink = Sink::start();
    let public = Community {
        archive: "public",
        more: "[[topic]]\nname = \"seals\"\ntitle = \"Seals\"\n",
        ..Community::pumps()
    };
    let node = Node::with_list(&database, &sink, &public, &THREE);
    let (question, answer) = ("q1@plant.example", "a1@plant.example");
    node.post(&Post::with_body(
        ANN,
        question,
        "Seals for hot water",
        "Which seal for hot water?\r\n\r\n> one\r\n> two\r\n> three\r\n> four\r\n> five\r\n\r\nSee https://far.example/x.",
    ));
    node.settle();
    // What is answered is not in the archive.
    let subject =
        format!("Re: Seals for hot water\r\nReferences: <{question}> <gone@plant.example>");
    node.post(&Post::with_body(
        "bob@plant.example",
        answer,
        &subject,
        "> Which seal for hot water?\r\n\r\nThe blue one.",
    ));
    node.settle();
    let subject = format!("Re: Seals for hot water\r\nReferences: <{answer}>");
    let kept =
        "ADD learning: The blue one is for hot water\r\ntags: seals\r\n\r\nIt holds up to 140 °C.";
    node.post(&Post::with_body(ANN, "k1@plant.example", &subject, kept));
    node.settle();
    let draft = last(&sink, "bob@plant.example", "learning-draft");
    reply(&node, "bob@plant.example", &draft, "yes");
    node.write(
        "in.mbox",
        in_mbox(&letter(
            "h1@far.example",
            "<b>Laid out</b> <a href=https://far.example/>here</a>",
        )),
    );
    let file = node.path("in.mbox").display().to_string();
    node.run(&["archive", "import", "pumps", &file]).ok();
    let gone = "e1@plant.example";
    let subject = format!("Re: Seals for hot water\r\nReferences: <{question}>");
    node.post(&Post::with_body(ANN, gone, &subject, "Call me: 0123."));
    node.settle();
    node.run(&["archive", "redact", "pumps", gone, "--yes"])
        .ok();
    let valves = Community {
        slug: "valves",
        more: "[[facilitator]]\naddress = \"ann@plant.example\"\n",
        ..Community::pumps()
    };
    node.found(&valves, &[ANN]);
    let link = |list: &str, word: &str, page: &str| {
        write(
            &node,
            ANN,
            &format!("{list}-request@lists.example.org"),
            word,
        );
        let mail = last(&sink, ANN, "link").text();
        let own = mail.split_whitespace().find(|word| word.contains(page));
        let own = own.expect("a link").split_once("lists.example.org");
        own.expect("our host").1.to_owned()
    };
    let own = link("pumps", "page", "/me/");
    let desk = link("valves", "desk", "/desk/");
    let pages = [
        "/".to_owned(),
        "/c/pumps/".to_owned(),
        "/c/pumps/?month=2026-03".to_owned(),
        format!("/c/pumps/t/{}", permalink(question)),
        format!("/c/pumps/t/{}", permalink(answer)),
        format!("/c/pumps/m/{}", permalink(question)),
        format!("/c/pumps/m/{}?layout=own", permalink("h1@far.example")),
        // What was erased says so, with the status 410.
        format!("/c/pumps/m/{}", permalink(gone)),
        "/c/pumps/search?q=seal".to_owned(),
        "/c/pumps/search?q=nothingofthekind".to_owned(),
        "/c/pumps/learnings".to_owned(),
        "/c/nobody/".to_owned(),
        "/definitions".to_owned(),
        "/definitions/1".to_owned(),
        "/me/".to_owned(),
        own,
        format!("{desk}/figures/questions-open"),
        format!("{desk}/figures/participation"),
        desk,
    ];
    let base = format!("http://{}", node.http);
    request(node.http, "GET", "/", "");
    let pictures = std::env::var_os("FOLKMOOT_PAGES").map(std::path::PathBuf::from);
    for (width, is_dark) in [(320, false), (320, true), (1_280, false), (1_280, true)] {
        browser.look_like(width, is_dark);
        for (number, page) in pages.iter().enumerate() {
            browser.open(&format!("{base}{page}"));
            let wide = browser.run("return document.documentElement.scrollWidth");
            assert!(
                wide.as_u64() <= Some(u64::from(width)),
                "{page} is {wide} wide of {width}"
            );
            let found = browser.run_until_called(&format!(
                "{axe}; const done = arguments[arguments.length - 1];
                 axe.run(document, {{iframes: false}}).then(r => done({{held: r.passes.length,
                     broken: r.violations.map(v => v.id + ': ' + v.nodes.map(n => n.html).join(' | '))}}),
                     e => done({{broken: ['' + e]}}));"
            ));
            let none = Value::Array(Vec::new());
            assert_eq!(found["broken"], none, "{page} at {width}, dark: {is_dark}");
            assert!(found["held"].as_u64() > Some(10), "{page}: {found}");
            if let Some(folder) = &pictures {
                let name = format!(
                    "page-{number:02}-{width}-{}.png",
                    if is_dark { "dark" } else { "light" }
                );
                std::fs::write(folder.join(name), browser.picture()).expect("the picture");
            }
        }
    }
    // By keyboard alone: the first step leads past the head, and every step can be seen.
    browser.open(&format!("{base}/c/pumps/"));
    let skip = browser.run("return document.querySelector('a').getAttribute('href')");
    assert_eq!(skip, "#content");
    assert_eq!(browser.trapped(), Vec::<String>::new());
}
