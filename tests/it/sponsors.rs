//! Sponsors: what they are asked and told, what members read before, and what comes of
//! their answers.

mod figures;
mod follow_up;

use mail_parser::MimeHeaders as _;

use crate::support::http::get;
use crate::support::letters::{answer, last, names, write};
use crate::support::{Community, Database, Mail, Node, Sink, both};

both!(
    a_sponsor_reads_answers_and_is_followed_up,
    a_sponsor_who_facilitates_is_not_sent_their_own_question,
    a_sponsor_says_how_often,
    a_closed_community_tells_its_sponsor_nothing_more,
    who_is_erased_is_quoted_to_nobody,
    after_an_outage_members_still_read_it_first,
);

const ANN: &str = "ann@plant.example";
const BOB: &str = "bob@plant.example";
const CLEO: &str = "cleo@mill.example";
const SAM: &str = "sam@board.example";
const REQUEST: &str = "pumps-request@lists.example.org";

/// A Tuesday, after the twelfth.
const START: &str = "2026-01-13T09:00:00Z";

const LABELS: [&str; 11] = [
    "Participation",
    "Responsiveness",
    "Sessions",
    "Newcomers",
    "Learnings",
    "Reach",
    "Health",
    "Resilience",
    "You said, we did",
    "Next 90 days",
    "Not shown",
];

/// Ann facilitates, Sam is no member; the summary comes on the twelfth, a Thursday in
/// February and March.
const PUMPS: Community = Community {
    slug: "pumps",
    posting: "members",
    archive: "members",
    more: "[[facilitator]]\naddress = \"ann@plant.example\"\nname = \"Ann\"\n\
        [[sponsor]]\naddress = \"sam@board.example\"\nname = \"Sam\"\nsummary = \"0 9 12 * *\"\n\
        [value_story]\nschedule = \"0 9 20 1 *\"\n[worksheet]\nschedule = \"off\"\n",
};

/// The node runs first: what the charter brings about is due by its clock.
fn founded<'a>(database: &'a Database, sink: &Sink, community: &Community) -> Node<'a> {
    let mut node = Node::new(database, sink);
    node.clock_from(START);
    node.start();
    node.found(community, &[BOB, CLEO]);
    node.settle();
    node
}

fn until(node: &Node, moment: &str) {
    node.run(&["clock", "set", moment]).ok();
}

/// What a summary must be, whatever it tells; gives its text.
#[track_caller]
fn check(mail: &Mail) -> String {
    let text = mail.text();
    let lines: Vec<&str> = text.trim_end().lines().collect();
    assert!(lines.len() <= 45, "{} lines: {text}", lines.len());
    for line in &lines {
        assert!(line.chars().count() <= 78, "{line}");
    }
    let place = |label: &&str| {
        let start = format!("{label}:");
        lines.iter().position(|line| line.starts_with(&start))
    };
    let places: Vec<_> = LABELS.iter().map(place).collect();
    assert!(places.iter().all(Option::is_some), "{places:?}: {text}");
    assert!(places.is_sorted(), "{places:?}: {text}");
    for wrong in ["NaN", " 0%", "plant.example", "mill.example"] {
        let told = text.replace("pumps-owner@", "");
        assert!(!told.contains(wrong), "{wrong}: {text}");
    }
    text
}

/// The name and the text of the attached CSV; a chart may stand before it.
#[track_caller]
fn file(mail: &Mail) -> (String, String) {
    let parsed = mail_parser::MessageParser::default().parse(mail.raw());
    let parsed = parsed.expect("a mail");
    let is_table = |part: &&mail_parser::MessagePart<'_>| part.is_content_type("text", "csv");
    let file = parsed.attachments().find(is_table).expect("a table");
    let text = String::from_utf8(file.contents().to_vec()).expect("UTF-8");
    let name = file.attachment_name().expect("a name");
    (name.to_owned(), text)
}

/// The rows of the attached CSV, without the line of columns.
#[track_caller]
fn rows(mail: &Mail) -> Vec<Vec<String>> {
    let (_, text) = file(mail);
    let mut lines = text.lines();
    let columns = "metric,unit,period,k,n,value,low,high,verdict,suppressed";
    assert_eq!(lines.next(), Some(columns));
    let cells = |line: &str| line.split(',').map(str::to_owned).collect::<Vec<_>>();
    lines.map(cells).collect()
}

fn count(sink: &Sink, who: &str, name: &str) -> usize {
    names(sink, who).iter().filter(|one| *one == name).count()
}

/// One ask by the command line, one by mail, which Ann confirms.
fn ask_twice(node: &Node, sink: &Sink) {
    let ask = ["summary", "ask", "pumps", "A room for the meet-up"];
    let terms = ["--cost", "300 EUR", "--by", "2026-03-20"];
    node.run(&[&ask[..], &terms[..]].concat()).ok();
    write(
        node,
        ANN,
        REQUEST,
        "ask sponsor: Two hours a month for hosts",
    );
    answer(node, ANN, &last(sink, ANN, "confirm"), "yes");
    let told = last(sink, ANN, "receipt").text();
    assert!(told.contains("Two hours a month for hosts"), "{told}");
}

fn a_sponsor_reads_answers_and_is_followed_up(database: &Database) {
    let sink = Sink::start();
    let node = founded(database, &sink, &PUMPS);
    let start = last(&sink, SAM, "sponsor-start");
    assert!(
        start.text().contains("12 February 2026"),
        "{}",
        start.text()
    );
    answer(&node, SAM, &start, "Accept");
    assert!(last(&sink, SAM, "receipt").text().contains("sponsor"));
    ask_twice(&node, &sink);
    // Only facilitators ask.
    write(&node, BOB, REQUEST, "ask sponsor: A boat");
    answer(&node, BOB, &last(&sink, BOB, "confirm"), "yes");
    let refused = node.run(&["summary", "ask", "pumps", "A", "--by", "2025-01-01"]);
    assert!(refused.refused().contains("has passed"));

    until(&node, "2026-01-20T12:00:00Z");
    let asked = last(&sink, BOB, "value-story");
    answer(
        &node,
        BOB,
        &asked,
        "The blue seal saved a week.\nQUOTE\nAPPLIED",
    );
    let own = last(&sink, CLEO, "value-story");
    answer(&node, CLEO, &own, "We mixed less.\n\nSIGN Cleo of the mill");
    let receipt = last(&sink, CLEO, "receipt");
    assert!(
        receipt.text().contains("for you alone"),
        "{}",
        receipt.text()
    );
    node.advance("1h");
    answer(&node, CLEO, &receipt, "QUOTE");
    assert_eq!(count(&sink, SAM, "value-story"), 0);

    until(&node, "2026-02-10T07:59:00Z");
    assert_eq!(count(&sink, BOB, "sponsor-summary-preview"), 0);
    until(&node, "2026-02-10T08:01:00Z");
    let preview = last(&sink, BOB, "sponsor-summary-preview");
    let text = check(&preview);
    for part in [
        "A room for the meet-up",
        "The blue seal saved a week.",
        "OBJECT n",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert!(!text.contains("SUPPORT"), "{text}");
    assert!(!text.contains("boat"), "{text}");
    let before = rows(&preview);
    answer(&node, BOB, &preview, "OBJECT 1");
    until(&node, "2026-02-12T07:59:00Z");
    assert_eq!(count(&sink, SAM, "sponsor-summary"), 0);

    until(&node, "2026-02-12T08:01:00Z");
    let summary = last(&sink, SAM, "sponsor-summary");
    let text = check(&summary);
    assert!(!text.contains("blue seal") && !summary.html().contains("blue seal"));
    for part in [
        "11 November 2025 to 9 February 2026",
        "SUPPORT n",
        "1. A room for the meet-up (cost: 300 EUR; by 20 March 2026)",
        "2. Two hours a month for hosts",
        "/definitions/1",
        "QUARTERLY",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert!(
        summary.subject().contains("asks: 2"),
        "{}",
        summary.subject()
    );
    assert_eq!(rows(&summary), before);
    assert!(before.iter().all(|row| row.len() == 10), "{before:?}");
    assert_eq!(count(&sink, SAM, "sponsor-summary-preview"), 0);

    answer(
        &node,
        SAM,
        &summary,
        "support 1\nQUESTION 2\nFor how many people?\n\n> SUPPORT 2",
    );
    let receipt = last(&sink, SAM, "receipt").text();
    assert!(receipt.contains("20 March 2026"), "{receipt}");
    let question = last(&sink, ANN, "person-message");
    assert!(question.text().contains("For how many people?"));
    assert!(question.text().contains("Two hours a month"));
    assert!(question.header("Reply-To").contains(SAM));
    assert!(!names(&sink, BOB).contains(&"person-message".to_owned()));
    // What makes no sense is asked back once; who is not the sponsor supports nothing.
    answer(&node, SAM, &summary, "SUPPORT 9");
    let asked = last(&sink, SAM, "clarification").text();
    assert!(asked.contains('9'), "{asked}");
    answer(&node, SAM, &summary, "SUPPORT 8");
    assert_eq!(count(&sink, SAM, "clarification"), 1);
    answer(&node, BOB, &summary, "SUPPORT 2");

    until(&node, "2026-03-12T08:01:00Z");
    let text = check(&last(&sink, SAM, "sponsor-summary"));
    assert!(
        text.contains("A room for the meet-up (promised by"),
        "{text}"
    );
    assert!(text.contains("1. Two hours a month for hosts"), "{text}");
    assert!(text.contains("We mixed less."), "{text}");
    assert!(text.contains("Cleo of the mill"), "{text}");
    assert!(!text.contains("blue seal"), "{text}");

    until(&node, "2026-03-20T08:01:00Z");
    assert_eq!(count(&sink, ANN, "sponsor-action-due"), 1);
    let due = last(&sink, SAM, "sponsor-action-due");
    assert!(due.text().contains("A room for the meet-up"));
    answer(&node, SAM, &due, "DATE 2026-03-24");
    until(&node, "2026-03-24T08:01:00Z");
    assert_eq!(count(&sink, SAM, "sponsor-action-due"), 2);
    answer(&node, SAM, &last(&sink, SAM, "sponsor-action-due"), "Done!");

    // The twelfth of April is a Sunday: it goes on Monday.
    until(&node, "2026-04-13T09:00:00Z");
    let text = check(&last(&sink, SAM, "sponsor-summary"));
    assert!(
        text.replace("\n  ", " ")
            .contains("A room for the meet-up (done 24 March 2026)"),
        "{text}"
    );
    // A sponsor reads nothing else.
    assert_eq!(get(node.http, "/c/pumps/").status, 403);
    let got = sink.for_recipient(SAM).len();
    write(&node, SAM, REQUEST, "who\nexport archive");
    for mail in sink.for_recipient(SAM).iter().skip(got) {
        let text = mail.mail().text();
        assert!(!text.contains(BOB) && !text.contains(CLEO), "{text}");
    }
}

fn a_sponsor_who_facilitates_is_not_sent_their_own_question(database: &Database) {
    let both = Community {
        more: "[[facilitator]]\naddress = \"ann@plant.example\"\nname = \"Ann\"\n\
            [[sponsor]]\naddress = \"ann@plant.example\"\nname = \"Ann\"\nsummary = \"0 9 12 * *\"\n\
            [worksheet]\nschedule = \"off\"\n",
        ..PUMPS
    };
    let sink = Sink::start();
    let node = founded(database, &sink, &both);
    node.run(&["summary", "ask", "pumps", "A room"]).ok();
    until(&node, "2026-02-12T08:01:00Z");
    assert_eq!(count(&sink, ANN, "sponsor-summary-preview"), 0);
    assert_eq!(count(&sink, BOB, "sponsor-summary-preview"), 1);
    assert_eq!(count(&sink, ANN, "sponsor-summary"), 1);
    let summary = last(&sink, ANN, "sponsor-summary");
    check(&summary);
    answer(&node, ANN, &summary, "QUESTION 1 Why?\nSUPPORT 1");
    let told = last(&sink, ANN, "receipt").text();
    assert!(told.contains("went to nobody"), "{told}");
    assert_eq!(count(&sink, ANN, "person-message"), 0);
    // Thirty days, where no day is wanted; one mail on the day.
    until(&node, "2026-03-16T09:00:00Z");
    assert_eq!(count(&sink, ANN, "sponsor-action-due"), 1);
}

fn a_sponsor_says_how_often(database: &Database) {
    let sink = Sink::start();
    let node = founded(database, &sink, &PUMPS);
    let start = last(&sink, SAM, "sponsor-start");
    answer(&node, SAM, &start, "quarterly please");
    let charter = node.run(&["community", "show", "pumps", "--toml"]).ok();
    assert!(charter.contains("0 9 1 1,4,7,10 *"), "{charter}");
    assert!(last(&sink, SAM, "receipt").text().contains("quarter"));
    until(&node, "2026-03-15T09:00:00Z");
    assert_eq!(count(&sink, SAM, "sponsor-summary"), 0);
    until(&node, "2026-04-01T07:01:00Z");
    let summary = last(&sink, SAM, "sponsor-summary");
    let text = check(&summary);
    // Nothing has happened, among three.
    assert!(text.contains("oo little data"), "{text}");
    assert!(
        summary.subject().contains("asks: 0"),
        "{}",
        summary.subject()
    );
    answer(&node, SAM, &summary, "MONTHLY");
    let charter = node.run(&["community", "show", "pumps", "--toml"]).ok();
    assert!(charter.contains("0 9 1 * *"), "{charter}");
    let shown = node
        .run(&["summary", "preview", "pumps", "--to", "sponsor"])
        .ok();
    assert!(shown.contains("Participation:"), "{shown}");
    let shown = node
        .run(&["summary", "preview", "pumps", "--to", "member"])
        .ok();
    assert!(shown.contains("The sponsor reads this"), "{shown}");
}

fn a_closed_community_tells_its_sponsor_nothing_more(database: &Database) {
    let sink = Sink::start();
    let node = founded(database, &sink, &PUMPS);
    until(&node, "2026-02-11T08:00:00Z");
    assert_eq!(count(&sink, BOB, "sponsor-summary-preview"), 1);
    node.run(&["community", "close", "pumps"]).ok();
    until(&node, "2026-03-20T08:00:00Z");
    assert_eq!(count(&sink, SAM, "sponsor-summary"), 0);
    let calendar = node.json(&["calendar", "pumps", "--since", START]);
    let all = calendar.as_array().expect("lines");
    let dropped = all.iter().any(|line| {
        line["mail"] == "sponsor-summary"
            && line["outcome"] == "dropped"
            && line["reason"] == "the community is closed"
    });
    assert!(dropped, "{calendar}");
}

fn who_is_erased_is_quoted_to_nobody(database: &Database) {
    let sink = Sink::start();
    let node = founded(database, &sink, &PUMPS);
    until(&node, "2026-01-20T12:00:00Z");
    let asked = last(&sink, BOB, "value-story");
    answer(&node, BOB, &asked, "The blue seal saved a week.\nQUOTE");
    let kept = node.run(&["member", "export", BOB]).ok();
    assert!(kept.contains("The blue seal saved a week."), "{kept}");
    until(&node, "2026-02-10T08:01:00Z");
    let preview = last(&sink, CLEO, "sponsor-summary-preview");
    assert!(preview.text().contains("The blue seal saved a week."));
    node.run(&["member", "erase", BOB, "--yes"]).ok();
    until(&node, "2026-02-12T08:01:00Z");
    let summary = last(&sink, SAM, "sponsor-summary");
    assert!(!check(&summary).contains("blue seal"));
    assert!(!summary.html().contains("blue seal"));
}

fn after_an_outage_members_still_read_it_first(database: &Database) {
    let sink = Sink::start();
    let mut node = founded(database, &sink, &PUMPS);
    node.terminate();
    // A Monday: both moments have passed.
    node.clock_from("2026-02-16T09:00:00Z");
    node.start();
    node.settle();
    assert_eq!(count(&sink, BOB, "sponsor-summary-preview"), 1);
    assert_eq!(count(&sink, SAM, "sponsor-summary"), 0);
    until(&node, "2026-02-17T12:00:00Z");
    assert_eq!(count(&sink, SAM, "sponsor-summary"), 0);
    until(&node, "2026-02-18T09:30:00Z");
    assert_eq!(count(&sink, SAM, "sponsor-summary"), 1);
    assert_eq!(count(&sink, BOB, "sponsor-summary-preview"), 1);
}
