//! Archives from elsewhere come in, and go out again in every form; what came back is what
//! went out.

use serde_json::{Value, json};

use crate::support::{Community, Database, Node, Sink, both};

both!(
    what_went_out_comes_in_the_same,
    pipermail_comes_in_with_its_authors,
    a_bad_file_is_refused_and_loses_nothing,
    what_came_before_a_broken_end_is_kept,
);

/// A mailbox in LF: a thread of three with its middle written last, a page in HTML with an
/// attachment, text in a charset that it does not name, a line that begins with `From `.
const MAILS: &[u8] = b"From ann@plant.example Mon Jan  5 09:00:00 2026
From: Ann <ann@plant.example>
Subject: Seals
Message-ID: <1@plant.example>
Date: Mon, 5 Jan 2026 09:00:00 +0100

Which one?

>From here on it leaks.

From cleo@mill.example Tue Jan  6 10:00:00 2026
From: Cleo <cleo@mill.example>
Subject: Re: Seals
Message-ID: <3@plant.example>
References: <1@plant.example> <2@plant.example>
Date: Tue, 6 Jan 2026 10:00:00 +0100
Content-Type: text/plain; charset=utf-8

Gr\xfc\xdfe aus K\xf6ln, die M\xfchle l\xe4uft.

From bob@plant.example Mon Jan  5 12:00:00 2026
From: Bob <bob@plant.example>
Subject: Re: Seals
Message-ID: <2@plant.example>
In-Reply-To: <1@plant.example>
Date: Sat, 1 Jan 2089 12:00:00 +0100
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=b

--b
Content-Type: text/html

<p>The <b>red</b> one.</p>
--b
Content-Type: application/pdf; name=plan.pdf
Content-Transfer-Encoding: base64

JVBERi0xLjQK
--b--

";

fn node<'a>(database: &'a Database, sink: &Sink) -> Node<'a> {
    Node::with_list(database, sink, &Community::pumps(), &["ann@plant.example"])
}

fn import(node: &Node, slug: &str, name: &str) -> Value {
    node.json(&[
        "archive",
        "import",
        slug,
        &node.path(name).display().to_string(),
    ])
}

fn counts(done: &Value) -> (u64, u64) {
    let count = |key: &str| done[key].as_u64().unwrap_or_default();
    (count("added"), count("duplicates"))
}

/// Each post as JSON, without what differs from one installation to another: nothing.
fn records(text: &str) -> Vec<Value> {
    let lines = text
        .lines()
        .map(|line| serde_json::from_str(line).expect(line));
    let mut records: Vec<Value> = lines.collect();
    records.sort_by_key(|record: &Value| record["message_id"].to_string());
    records
}

fn what_went_out_comes_in_the_same(database: &Database) {
    let sink = Sink::start();
    let node = node(database, &sink);
    node.write("in.mbox", MAILS);
    let done = import(&node, "pumps", "in.mbox");
    assert_eq!(counts(&done), (3, 0), "{done}");
    // What was repaired is told, with its place.
    let notes = done["notes"].to_string();
    for part in [
        "<2@plant.example> has a date that cannot be; the separator",
        "windows-1252",
        "in.mbox: byte ",
    ] {
        assert!(notes.contains(part), "no {part} in {notes}");
    }
    let path = |name: &str| node.path(name).display().to_string();
    let export = |slug: &str, name: &str, format: &str| {
        node.json(&["archive", "export", slug, &path(name), "--format", format])
    };
    assert_eq!(export("pumps", "all.json", "json")["messages"], 3);
    let first = records(&node.read("all.json"));
    let by_id = |id: &str| {
        first
            .iter()
            .find(|record| record["message_id"] == id)
            .expect(id)
            .clone()
    };
    assert_eq!(by_id("3@plant.example")["parent"], "2@plant.example");
    assert_eq!(by_id("2@plant.example")["date"], "2026-01-05T12:00:00Z");
    assert_eq!(
        by_id("2@plant.example")["attachments"][0]["name"],
        "plan.pdf"
    );
    let text = by_id("3@plant.example")["text"].to_string();
    assert!(text.contains("Grüße aus Köln, die Mühle läuft."), "{text}");
    for (format, slug) in [("mbox", "bolts"), ("maildir", "nuts"), ("json", "gears")] {
        let out = format!("out.{format}");
        assert_eq!(export("pumps", &out, format)["messages"], 3);
        // What is there already is not written over.
        node.run(&[
            "archive",
            "export",
            "pumps",
            &path(&out),
            "--format",
            format,
        ])
        .refused();
        let community = Community {
            slug,
            ..Community::pumps()
        };
        node.found(&community, &[]);
        assert_eq!(counts(&import(&node, slug, &out)), (3, 0), "{format}");
        assert_eq!(
            counts(&import(&node, slug, &out)),
            (0, 3),
            "{format}, again"
        );
        let again = format!("again.{format}");
        export(slug, &again, "json");
        let mut expected = first.clone();
        if format == "maildir" {
            // It has no place for the envelope.
            for record in &mut expected {
                record["envelope_from"] = json!("");
            }
        }
        let found = records(&node.read(&again));
        assert!(found == expected, "{format}: {found:#?}");
    }
    assert_eq!(export("pumps", "pages", "html")["messages"], 3);
    let front = node.read("pages/index.html");
    assert!(
        front.contains("Seals") && front.contains("months/2026-01.html"),
        "{front}"
    );
    node.settle();
    assert_eq!(sink.count(), 0, "nobody is mailed");
}

fn pipermail_comes_in_with_its_authors(database: &Database) {
    let sink = Sink::start();
    let node = node(database, &sink);
    let month = |id: &str, date: &str| {
        format!(
            "From bob at plant.example  {date}\nFrom: bob at plant.example (Bob =?iso-8859-1?q?M=FCller?=)\n\
             Date: Mon, 6 Jan 2020 10:00:00 +0100\nSubject: [Pumps] Of {id}\nMessage-ID: <{id}@plant.example>\n\n\
             Words of {id}.\n\n"
        )
    };
    std::fs::create_dir(node.path("pipermail")).expect("a folder");
    node.write(
        "pipermail/2020-January.txt",
        month("jan", "Mon Jan  6 10:00:00 2020"),
    );
    node.write(
        "pipermail/2019-December.txt",
        month("dec", "Fri Dec  6 10:00:00 2019"),
    );
    node.write("pipermail/index.html", "<html>");
    let done = import(&node, "pumps", "pipermail");
    assert_eq!(counts(&done), (2, 0), "{done}");
    let found = node.json(&["archive", "search", "pumps", "from:bob@plant.example"]);
    assert_eq!(found.as_array().map(Vec::len), Some(2), "{found}");
    assert_eq!(found[0]["from"], json!("bob@plant.example"));
    // For people: a line for the post, and one with what was found.
    let said = node
        .run(&["archive", "search", "pumps", "words", "subject:dec"])
        .ok();
    let lines: Vec<&str> = said.lines().collect();
    let [post, found] = lines[..] else {
        panic!("{said}");
    };
    assert!(
        post.ends_with("\tbob@plant.example\t[Pumps] Of dec\tdec@plant.example"),
        "{said}"
    );
    assert_eq!(found, "\t*Words* of dec.");
}

fn a_bad_file_is_refused_and_loses_nothing(database: &Database) {
    let sink = Sink::start();
    let node = node(database, &sink);
    let whole = [
        MAILS,
        b"From d@x Mon Jan  5 09:00:00 2026\nSubject: cut off\nMessage-ID: <4@x>\n\nHalf a li",
    ]
    .concat();
    node.write("cut.mbox", &whole);
    assert_eq!(
        counts(&import(&node, "pumps", "cut.mbox")),
        (4, 0),
        "what is there of it"
    );
    node.write("empty.mbox", "");
    assert_eq!(counts(&import(&node, "pumps", "empty.mbox")), (0, 0));
    std::fs::create_dir(node.path("folder")).expect("a folder");
    node.write("folder/readme", "hello");
    for (name, told) in [
        ("nothing.mbox", "check the name"),
        ("folder", "no mailbox in this folder"),
        ("folder/readme", "no mbox file"),
    ] {
        let file = node.path(name).display().to_string();
        let said = node.run(&["archive", "import", "pumps", &file]).refused();
        assert!(said.contains(told), "{name}: {said}");
    }
}

/// A download that broke off: what is whole of it stays, and the rest follows.
fn what_came_before_a_broken_end_is_kept(database: &Database) {
    let sink = Sink::start();
    let node = node(database, &sink);
    // No two alike, so that half of the file has some of them.
    let mail = |n: u32| {
        let words: String = (0..40)
            .map(|k| format!("{:x} ", n.wrapping_mul(2_654_435_761) ^ k))
            .collect();
        format!(
            "From a@x Mon Jan  5 09:00:00 2026\nFrom: a@x.example\nSubject: Reading {n}\n\
             Message-ID: <{n}@x>\nDate: Mon, 5 Jan 2026 09:00:00 +0000\n\n{words}\n\n"
        )
    };
    let mails: String = (0..900).map(mail).collect();
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    std::io::Write::write_all(&mut encoder, mails.as_bytes()).expect("memory");
    let whole = encoder.finish().expect("memory");
    node.write("half.mbox.gz", &whole[..whole.len() * 3 / 4]);
    node.write("whole.mbox.gz", &whole);
    let file = node.path("half.mbox.gz").display().to_string();
    let said = node.run(&["archive", "import", "pumps", &file]).refused();
    let told = "half.mbox.gz: the import stopped; what came before is in";
    assert!(said.contains(told), "{said}");
    let (added, known) = counts(&import(&node, "pumps", "whole.mbox.gz"));
    assert_eq!(added + known, 900);
    assert!(known > 500, "{known} of the first half were kept");
}
