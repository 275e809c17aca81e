//! The desk of who facilitates: figures, what stands behind them, and what is unusual.

use crate::support::http::get;
use crate::support::letters::{last, names, write};
use crate::support::{Community, Database, Mail, Node, Post, Sink, both};

both!(
    the_desk_shows_figures_and_the_threads_behind_them,
    a_worksheet_tells_once_what_is_unusual,
);

const ANN: &str = "ann@plant.example";
const BOB: &str = "bob@plant.example";
const CLEO: &str = "cleo@mill.example";
const DAN: &str = "dan@mill.example";
const LIST: &str = "pumps-request@lists.example.org";

/// Ann facilitates, and Dan decides about posts; it is Monday, 2 March.
const PUMPS: Community = Community {
    slug: "pumps",
    posting: "members",
    archive: "members",
    more: "[[facilitator]]\naddress = \"ann@plant.example\"\nname = \"Ann\"\n\
        [[moderator]]\naddress = \"dan@mill.example\"\n",
};

fn founded<'a>(database: &'a Database, sink: &Sink) -> Node<'a> {
    let mut node = Node::new(database, sink);
    node.start();
    // On the node's clock, so that they are members from that day on.
    node.found(&PUMPS, &[ANN, BOB, CLEO, DAN]);
    node.settle();
    node
}

/// The path of a link in a mail.
fn desk(mail: &Mail) -> String {
    let text = mail.text();
    let (_, rest) = text.split_once("/desk/").expect("a link");
    let end = rest
        .find(|c: char| !(c.is_ascii_alphanumeric() || "-_".contains(c)))
        .unwrap_or(rest.len());
    format!("/desk/{}", &rest[..end])
}

fn ask(node: &Node, from: &str, id: &str, subject: &str) {
    node.post(&Post::with_body(from, id, subject, "Which one lasts?\r\n"));
}

fn reply(from: &str, id: &str, to: &str) -> Post {
    let post = Post::with_body(from, id, "Re: Seals that leak", "Ours did.\r\n");
    let text = String::from_utf8(post.raw).expect("text");
    let raw = text.replacen("\r\n\r\n", &format!("\r\nIn-Reply-To: <{to}>\r\n\r\n"), 1);
    Post {
        raw: raw.into_bytes(),
        ..Post::new(from, id, "")
    }
}

fn the_desk_shows_figures_and_the_threads_behind_them(database: &Database) {
    let sink = Sink::start();
    let node = founded(database, &sink);
    ask(&node, CLEO, "q1@mill.example", "Seals that leak");
    ask(&node, BOB, "q2@plant.example", "Bearings <b>that</b> sing");
    node.advance("5h");
    node.post(&reply(ANN, "a1@plant.example", "q1@mill.example"));
    node.advance("35d");

    write(&node, ANN, LIST, "desk");
    let link = desk(&last(&sink, ANN, "link"));
    let page = get(node.http, &link);
    assert_eq!(page.status, 200);
    for wanted in [
        "<h2 id=\"figures\">Figures</h2>",
        "<caption>All figures</caption>",
        // Three of four took part: Dan wrote nothing.
        ">Participation</a></th><td>75\u{a0}%</td><td>3 of 4</td>",
        ">Answered within 24 hours</a></th><td>50\u{a0}%</td><td>1 of 2</td>",
        "<td>too little data</td>",
        "class=\"chart\" role=\"img\"",
        "href=\"/definitions/1#participation\"",
    ] {
        assert!(page.body.contains(wanted), "{wanted}: {}", page.body);
    }
    assert!(page.header("Cache-Control").contains("no-store"));
    assert!(page.header("Referrer-Policy").contains("no-referrer"));

    let path = format!("{link}/figures/questions-open");
    assert!(
        page.body.contains(&format!("href=\"{path}\"")),
        "{}",
        page.body
    );
    let figure = get(node.http, &path);
    assert_eq!(figure.status, 200, "{}", figure.body);
    assert!(
        figure
            .body
            .contains("name=\"robots\" content=\"noindex, nofollow\"")
    );
    let (open, answered) = figure
        .body
        .split_once("Seals that leak")
        .expect("the thread");
    assert!(
        open.contains("Bearings &lt;b&gt;that&lt;/b&gt; sing"),
        "{open}"
    );
    assert!(
        open.contains("no answer yet"),
        "what waits comes first: {open}"
    );
    assert!(
        answered.contains("first answer after 5 hours"),
        "{answered}"
    );
    let thread = format!(
        "/c/pumps/t/{}",
        folkmoot::links::permalink("q1@mill.example")
    );
    assert!(
        figure.body.contains(&format!("href=\"{thread}\"")),
        "{}",
        figure.body
    );

    // Nobody is listed by what they do, and what is no figure is no page.
    let people = get(node.http, &format!("{link}/figures/participation"));
    assert!(
        people.body.contains("nobody is listed or ranked"),
        "{}",
        people.body
    );
    for address in [BOB, CLEO, DAN] {
        assert!(!people.body.contains(address), "{address}");
    }
    let joined = get(node.http, &format!("{link}/figures/newcomers-joined"));
    assert!(
        joined.body.contains("Who has joined of the last 90 days"),
        "{}",
        joined.body
    );
    assert_eq!(
        get(node.http, &format!("{link}/figures/nothing")).status,
        404
    );

    // Who moderates has a desk, and no figures there.
    write(&node, DAN, LIST, "desk");
    let other = desk(&last(&sink, DAN, "link"));
    let page = get(node.http, &other);
    assert_eq!(page.status, 200);
    assert!(!page.body.contains("id=\"figures\""), "{}", page.body);
    assert_eq!(
        get(node.http, &format!("{other}/figures/questions-open")).status,
        404
    );
}

/// Sheets that were sent to Ann.
fn sheets(sink: &Sink) -> usize {
    names(sink, ANN)
        .iter()
        .filter(|name| *name == "worksheet")
        .count()
}

fn a_worksheet_tells_once_what_is_unusual(database: &Database) {
    let sink = Sink::start();
    let node = founded(database, &sink);
    // Each week somebody else writes; members count from their 30th day on.
    for week in 0..15 {
        node.advance("3d");
        let (from, id) = (
            if week % 2 == 0 { BOB } else { CLEO },
            format!("w{week}@mill.example"),
        );
        node.post(&Post::with_body(
            from,
            &id,
            &format!("News of week {week}"),
            "All is well.\r\n",
        ));
        node.advance("4d");
    }
    let text = |mail: &Mail| mail.text();
    if sheets(&sink) > 0 {
        let mail = last(&sink, ANN, "worksheet");
        assert!(!text(&mail).contains("Unusual"), "{}", text(&mail));
    }
    let before = sheets(&sink);
    node.advance("3d");
    for (n, from) in [ANN, BOB, CLEO, DAN].iter().enumerate() {
        let id = format!("all{n}@mill.example");
        node.post(&Post::with_body(
            from,
            &id,
            &format!("Everybody {n}"),
            "So am I.\r\n",
        ));
    }
    node.advance("4d");
    assert_eq!(sheets(&sink), before + 1, "{:?}", names(&sink, ANN));
    let mail = last(&sink, ANN, "worksheet");
    let told = "Participation 100\u{a0}% (4 of 4): higher than is normal here";
    assert!(text(&mail).contains(told), "{}", text(&mail));
    assert!(
        mail.html().contains("higher than is normal here"),
        "{}",
        mail.html()
    );
    node.advance("7d");
    let again = last(&sink, ANN, "worksheet");
    let is_new = sheets(&sink) > before + 1;
    assert!(!is_new || !text(&again).contains(told), "{}", text(&again));

    // The desk shows the weeks, with their limits and a ring around that one.
    write(&node, ANN, LIST, "desk");
    let link = desk(&last(&sink, ANN, "link"));
    let page = get(node.http, &format!("{link}/figures/participation"));
    assert!(page.body.contains("class=\"c-limit\""), "{}", page.body);
    assert!(page.body.contains("class=\"c-alert\""), "{}", page.body);
    assert!(page.body.contains("(unusual)"), "{}", page.body);
}
