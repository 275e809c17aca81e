//! The figures that go with a summary, as a file, and a summary in German.

use super::{ANN, BOB, CLEO, PUMPS, SAM, check, file, founded, rows, until};
use crate::support::community::LIST;
use crate::support::letters::{Letter, last, send};
use crate::support::{Database, Node, Sink, both};

both!(
    the_figures_of_a_summary_come_as_a_file,
    in_german_a_summary_is_german_but_for_its_labels,
);

const OTHERS: [&str; 3] = ["dora@mill.example", "eli@mill.example", "fay@mill.example"];

fn joined(node: &Node) {
    for who in OTHERS {
        node.run(&["member", "add", "pumps", who]).ok();
    }
    for who in OTHERS.iter().chain(&[CLEO]) {
        node.run(&["member", "set", "pumps", who, "org=Mill"]).ok();
    }
    node.settle();
}

/// Cleo asks, Bob answers within two hours; Ann asks, and nobody answers.
fn talked(node: &Node) {
    let post = |from, subject, text, more: &str| {
        let letter = Letter {
            from,
            to: LIST,
            subject,
            text,
            more,
        };
        send(node, &letter)
    };
    let question = post(CLEO, "Seals", "Which seal holds?", "");
    node.advance("2h");
    let answers = format!("In-Reply-To: <{question}>\r\n");
    post(BOB, "Re: Seals", "The blue one.", &answers);
    post(ANN, "Valves", "Who has one to spare?", "");
}

fn the_figures_of_a_summary_come_as_a_file(database: &Database) {
    let sink = Sink::start();
    let node = founded(database, &sink, &PUMPS);
    joined(&node);
    until(&node, "2026-02-16T09:00:00Z");
    talked(&node);
    // The window ends on the ninth; members have it from the tenth on.
    until(&node, "2026-03-11T09:00:00Z");
    let preview = |to: &str| node.json(&["summary", "preview", "pumps", "--to", to]);
    let (member, sponsor) = (preview("member"), preview("sponsor"));
    assert_eq!(member["csv"], sponsor["csv"]);
    let shown = sponsor["csv"].as_str().expect("a file");
    for line in [
        "metric,unit,period,k,n,value,low,high,verdict,suppressed",
        "participation,,0,3,6,,18.8,81.2,,",
        "participation,,1,,,,,,too little data,",
        "first-response-24h,,0,1,2,,,,,",
        "questions-open,,0,,,1,,,,",
        "newcomers-joined,,0,,,6,,,,",
        "newcomers-answered-48h,,0,,,,,,,fewer than five people",
        "unit,other,0,,,6,,,,",
    ] {
        assert!(shown.contains(&format!("{line}\r\n")), "{line}\n{shown}");
    }
    let text = sponsor["text"].as_str().expect("a text");
    assert!(text.contains("took part 3/6 50% (19–81%)"), "{text}");

    until(&node, "2026-03-12T08:01:00Z");
    let mail = last(&sink, SAM, "sponsor-summary");
    let sent: Vec<String> = rows(&mail).iter().map(|row| row.join(",")).collect();
    let before: Vec<&str> = shown.lines().skip(1).collect();
    assert_eq!(sent, before);
    assert_eq!(file(&mail).0, "pumps-2026-03-09.csv");
    // Days are words to people, and in the file's name alone as programs sort them.
    let text = check(&mail);
    assert!(text.contains("9 December 2025 to 9 March 2026"), "{text}");
    assert!(!text.contains("2026-03"), "{text}");
    assert!(
        text.contains("6 people, of units too small to be named"),
        "{text}"
    );
    assert!(mail.html().contains("of units too small to be named"));
}

fn in_german_a_summary_is_german_but_for_its_labels(database: &Database) {
    let sink = Sink::start();
    let node = founded(database, &sink, &PUMPS);
    let charter = node.read("communities/pumps.toml");
    let german = charter.replace("language = \"en\"", "language = \"de\"");
    node.write("communities/pumps.toml", german);
    node.run(&["community", "apply"]).ok();
    joined(&node);
    node.run(&["summary", "ask", "pumps", "Ein Raum", "--by", "2026-03-20"])
        .ok();
    until(&node, "2026-02-16T09:00:00Z");
    talked(&node);
    until(&node, "2026-03-12T08:01:00Z");
    for (who, name) in [(BOB, "sponsor-summary-preview"), (SAM, "sponsor-summary")] {
        let mail = last(&sink, who, name);
        let (text, html) = (check(&mail), mail.html());
        for part in [
            "9. Dezember 2025 bis 9. März 2026",
            "machten mit 3/6 50% (19–81%)",
            "bis zum 20. März 2026",
            "nicht gezeigt",
        ] {
            assert!(text.contains(part), "{part}: {text}");
        }
        assert!(html.contains("· Reichweite"), "{html}");
        // What the chart says to who does not see it.
        assert!(html.contains("alt=\"Beteiligung: 50"), "{html}");
        assert!(html.contains("3 von 6"), "{html}");
        for word in [
            "not shown",
            "too little data",
            "before",
            "took part",
            "interval",
        ] {
            assert!(
                !text.contains(word) && !html.contains(word),
                "{word}: {text}\n{html}"
            );
        }
    }
}
