//! One post is erased: by its author, by a moderator, by the operator. Its words stand
//! nowhere any more, its page says that they were there, and no import brings them back.

use serde_json::json;

use crate::support::community::LIST;
use crate::support::http::get;
use crate::support::letters::{Letter, answer, last, names, send, write};
use crate::support::{Community, Database, Node, Sink, both};

use folkmoot::store::packing;

both!(
    a_post_is_erased_at_its_authors_wish,
    moderators_erase_a_post_and_others_do_not,
    an_import_does_not_bring_back_who_was_erased,
    a_post_of_two_lists_stays_where_it_was_not_erased,
);

const REQUEST: &str = "pumps-request@lists.example.org";
const ANN: &str = "ann@plant.example";
const BOB: &str = "bob@plant.example";
const MIA: &str = "mia@plant.example";

/// Words that only Bob's post has: in its subject, its text, its attachment and its name.
const HIS: [&str; 4] = ["kolibri", "nashorn", "zwiebel", "giraffe"];

fn public() -> Community {
    Community {
        archive: "public",
        ..Community::pumps()
    }
}

/// A list with Bob's post, which Ann has answered; and the post's Message-ID.
fn answered<'a>(database: &'a Database, sink: &Sink) -> (Node<'a>, String) {
    let node = Node::with_list(database, sink, &public(), &[ANN, BOB]);
    node.run(&["member", "add", "pumps", MIA, "--role", "moderator"])
        .ok();
    let letter = Letter {
        from: "Bob <bob@plant.example>",
        to: LIST,
        subject: "Of the kolibri",
        text: "--b\r\nContent-Type: text/plain\r\n\r\nIt is a nashorn.\r\n--b\r\n\
               Content-Type: text/plain\r\nContent-Disposition: attachment; filename=\"giraffe.txt\"\r\n\r\n\
               All about the zwiebel.\r\n--b--",
        more: "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\
               Date: Mon, 2 Mar 2026 10:00:00 +0100\r\n",
    };
    let id = send(&node, &letter);
    send(
        &node,
        &Letter {
            from: "Ann <ann@plant.example>",
            subject: "A better word",
            text: "I would not say so.",
            more: &format!("In-Reply-To: <{id}>\r\n"),
            ..letter
        },
    );
    (node, id)
}

/// The path of a post's page.
fn page(sink: &Sink, id: &str) -> String {
    let copies = sink.for_recipient(ANN).into_iter().map(|one| one.mail());
    let copy = copies.filter(|mail| mail.message_id() == id).last();
    let link = copy.expect("a copy").header("Archived-At");
    let (_, path) = link.split_once("lists.example.org").expect("our host");
    path.trim_end_matches('>').to_owned()
}

/// Where the page offers what is attached.
fn attachment(node: &Node, page: &str) -> String {
    let body = get(node.http, page).body;
    let (_, rest) = body
        .split_once(&format!("{page}/a/"))
        .expect("an attachment");
    format!("{page}/a/{}", rest.split('"').next().unwrap_or_default())
}

/// SQLite's file and its log, as they lie on the disk.
fn on_disk(node: &Node) -> Vec<u8> {
    let files = ["data/folkmoot.db", "data/folkmoot.db-wal"];
    files
        .iter()
        .flat_map(|name| std::fs::read(node.path(name)).unwrap_or_default())
        .collect()
}

/// Some octets of the one deflated message that has all his words.
fn kept(database: &Database, node: &Node) -> Vec<u8> {
    let cells = database.cells(&node.path("data")).into_iter();
    let raw = cells.filter(|(table, column, _)| table == "message" && column == "raw");
    let all: Vec<Vec<u8>> = raw.flat_map(|(.., cells)| cells).flatten().collect();
    let of_his = |bytes: &&Vec<u8>| {
        let whole = packing::unpack(packing::DEFLATED, bytes, |_| None).unwrap_or_default();
        HIS.iter().all(|word| stands(&whole, word))
    };
    let found = all.iter().find(of_his).expect("his message");
    found[found.len() / 2..][..16].to_vec()
}

fn stands(bytes: &[u8], word: &str) -> bool {
    bytes
        .windows(word.len())
        .any(|window| window.eq_ignore_ascii_case(word.as_bytes()))
}

fn a_post_is_erased_at_its_authors_wish(database: &Database) {
    let sink = Sink::start();
    let (node, id) = answered(database, &sink);
    let own = page(&sink, &id);
    let thread = own.replace("/m/", "/t/");
    let attached = attachment(&node, &own);
    assert!(get(node.http, &own).body.contains("nashorn"));
    assert!(get(node.http, &attached).body.contains("zwiebel"));
    let packed = kept(database, &node);
    if matches!(database, Database::Sqlite) {
        assert!(HIS.iter().all(|word| stands(&on_disk(&node), word)));
        assert!(on_disk(&node).windows(16).any(|window| window == packed));
    }
    node.run(&[
        "archive",
        "export",
        "pumps",
        node.path("before").to_str().unwrap(),
    ])
    .ok();
    write(
        &node,
        BOB,
        REQUEST,
        &format!("redact https://lists.example.org{own}"),
    );
    let asked = last(&sink, BOB, "confirm");
    assert!(asked.text().contains("redact https"), "{}", asked.text());
    assert_eq!(get(node.http, &own).status, 200, "nothing yet");
    answer(&node, BOB, &asked, "yes");
    let told = last(&sink, BOB, "receipt").text();
    assert!(told.contains("is erased"), "{told}");
    // Whoever comes to the page learns that it was there, and where what was answered is.
    let gone = get(node.http, &own);
    assert_eq!(gone.status, 410);
    for part in ["This message was erased", &thread] {
        assert!(gone.body.contains(part), "{part}: {}", gone.body);
    }
    for path in [format!("{own}/raw"), attached, format!("{own}/html")] {
        assert_eq!(get(node.http, &path).status, 410, "{path}");
    }
    let shown = get(node.http, &thread).body;
    assert!(
        shown.contains("A message that stood here was erased."),
        "{shown}"
    );
    assert!(shown.contains("I would not say so."), "{shown}");
    let feed = get(node.http, "/c/pumps/feed.atom").body;
    assert!(
        feed.contains("A better word") && !feed.contains("(erased)"),
        "{feed}"
    );
    let found = node.json(&["archive", "search", "pumps", "nashorn"]);
    assert_eq!(found, json!([]));
    let month = get(node.http, "/c/pumps/mbox/2026-03").body;
    assert!(
        !month.contains(&id) || month.contains("In-Reply-To"),
        "{month}"
    );
    // Not in any column of any table, nor in what is left of the file.
    let left = database.columns_with(&node.path("data"), &HIS);
    assert_eq!(left, [] as [&str; 0]);
    if matches!(database, Database::Sqlite) {
        let disk = on_disk(&node);
        let left: Vec<_> = HIS.iter().filter(|word| stands(&disk, word)).collect();
        assert_eq!(left, [] as [&&str; 0], "in the file or its log");
        assert!(
            !disk.windows(16).any(|window| window == packed),
            "the message, deflated"
        );
    }
    // The archive as it was, read in again, does not bring it back.
    let before = node.path("before");
    let done = node.json(&["archive", "import", "pumps", before.to_str().unwrap()]);
    assert_eq!(
        (&done["added"], &done["erased"]),
        (&json!(0), &json!(1)),
        "{done}"
    );
    assert_eq!(get(node.http, &own).status, 410);
    let why = node.run(&["why", &id]).ok();
    assert!(why.contains("its author"), "{why}");
    // An export has the answer alone.
    node.run(&[
        "archive",
        "export",
        "pumps",
        node.path("after").to_str().unwrap(),
    ])
    .ok();
    let after = node.read("after");
    assert!(
        after.contains("I would not say so.") && !after.contains("(erased)"),
        "{after}"
    );
}

fn moderators_erase_a_post_and_others_do_not(database: &Database) {
    let sink = Sink::start();
    let (node, id) = answered(database, &sink);
    let own = page(&sink, &id);
    let word = format!("redact <{id}>");
    write(&node, ANN, REQUEST, &word);
    answer(&node, ANN, &last(&sink, ANN, "confirm"), "yes");
    let told = last(&sink, ANN, "clarification").text();
    assert!(told.contains("somebody else"), "{told}");
    assert_eq!(get(node.http, &own).status, 200);
    write(&node, "olga@outside.example", REQUEST, &word);
    assert!(!names(&sink, "olga@outside.example").contains(&"confirm".to_owned()));
    write(&node, MIA, REQUEST, &word);
    answer(&node, MIA, &last(&sink, MIA, "confirm"), "yes");
    assert_eq!(get(node.http, &own).status, 410);
    write(&node, MIA, REQUEST, &word);
    answer(&node, MIA, &last(&sink, MIA, "confirm"), "yes");
    let told = last(&sink, MIA, "receipt").text();
    assert!(told.contains("erased before"), "{told}");
    write(&node, MIA, REQUEST, "redact <nothing@plant.example>");
    answer(&node, MIA, &last(&sink, MIA, "confirm"), "yes");
    let told = last(&sink, MIA, "clarification").text();
    assert!(told.contains("no post nothing@plant.example"), "{told}");
    // The operator is asked too, where nobody has said --yes.
    let refused = node.run(&["archive", "redact", "pumps", &id]).refused();
    assert!(refused.contains("--yes"), "{refused}");
    let again = node.json(&["archive", "redact", "pumps", &id, "--yes"]);
    assert_eq!(again["erased"], false);
}

/// Mails as a mailbox: Message-ID, author and date of each.
fn mailbox(mails: &[(&str, &str, &str)]) -> String {
    let one = |(id, from, date): &(&str, &str, &str)| {
        format!(
            "From {from} Mon Mar  2 09:00:00 2026\nFrom: {from}\nSubject: On {id}\nDate: {date}\n\
             Message-ID: <{id}>\n\nAbout {id}.\n\n"
        )
    };
    mails.iter().map(one).collect()
}

fn an_import_does_not_bring_back_who_was_erased(database: &Database) {
    let sink = Sink::start();
    let node = Node::with_list(database, &sink, &public(), &[ANN, BOB]);
    let import = |name: &str, mails: &[(&str, &str, &str)]| {
        node.write(name, mailbox(mails));
        let file = node.path(name);
        let done = node.json(&["archive", "import", "pumps", file.to_str().unwrap()]);
        ["added", "duplicates", "erased"].map(|key| done[key].as_u64().unwrap_or_default())
    };
    let old = "Mon, 3 Feb 2020 10:00:00 +0000";
    let mails = [("a1@x", ANN, old), ("a2@x", ANN, old), ("b1@x", BOB, old)];
    assert_eq!(import("one", &mails[..1]), [1, 0, 0]);
    assert_eq!(import("all", &mails), [2, 1, 0]);
    node.run(&["member", "erase", ANN, "--yes"]).ok();
    assert_eq!(import("again", &mails), [0, 1, 2]);
    // What the archive never had is left out too; what they write when they are back is not.
    node.run(&["clock", "advance", "10d"]).ok();
    let later = "Tue, 10 Mar 2026 10:00:00 +0000";
    let more = [
        ("a3@x", "Ann <Ann@Plant.example>", old),
        ("a4@x", ANN, "nonsense"),
        ("a5@x", ANN, later),
        ("b2@x", BOB, old),
    ];
    assert_eq!(import("more", &more), [2, 0, 2]);
    let left = database.columns_with(&node.path("data"), &["a3@x"]);
    assert_eq!(left, [] as [&str; 0]);
}

fn a_post_of_two_lists_stays_where_it_was_not_erased(database: &Database) {
    let sink = Sink::start();
    let node = Node::with_list(database, &sink, &public(), &[ANN, BOB]);
    let valves = Community {
        slug: "valves",
        ..public()
    };
    node.found(&valves, &[BOB]);
    let raw = "From: <bob@plant.example>\r\nTo: <pumps@lists.example.org>, <valves@lists.example.org>\r\n\
               Subject: Of the kolibri\r\nMessage-ID: <both@plant.example>\r\n\r\nIt is a nashorn.\r\n";
    let lists = [LIST, "valves@lists.example.org"];
    node.client().deliver(BOB, &lists, raw.as_bytes());
    node.settle();
    node.run(&["archive", "redact", "pumps", "both@plant.example", "--yes"])
        .ok();
    let own = page(&sink, "both@plant.example");
    assert_eq!(get(node.http, &own).status, 410);
    let other = get(node.http, &own.replace("/c/pumps/", "/c/valves/"));
    assert_eq!(other.status, 200);
    assert!(other.body.contains("nashorn"), "{}", other.body);
    let raw = get(
        node.http,
        &format!("{own}/raw").replace("/c/pumps/", "/c/valves/"),
    );
    assert!(raw.body.contains("nashorn"), "{}", raw.body);
}
