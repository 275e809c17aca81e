//! Once a week facilitators get what needs a person, and settle it by lines.

use serde_json::Value;

use crate::support::bounce::comes_back;
use crate::support::community::THREE;
use crate::support::letters::{answer, last, names, write};
use crate::support::{Community, Database, Mail, Node, Post, Sink, both};

both!(
    what_needs_a_person_is_settled_by_lines,
    what_is_done_or_put_off_is_not_named_again_too_soon,
    what_is_not_understood_goes_to_nobody,
    whom_mail_does_not_reach_is_put_back,
    many_things_are_one_short_mail,
    the_charter_says_when_and_a_holiday_moves_it,
);

const ANN: &str = "ann@plant.example";
const BOB: &str = "bob@plant.example";
const CLEO: &str = "cleo@mill.example";
const ZOE: &str = "zoe@far.example";
const OLGA: &str = "olga@seals.example";
const JOIN: &str = "pumps-join@lists.example.org";

/// Ann and Bob facilitate and decide who joins; Cleo is a member. It is Monday, 2 March;
/// worksheets come on Mondays at eight in Berlin.
const PUMPS: Community = Community {
    slug: "pumps",
    posting: "members",
    archive: "members",
    more: "subscription = \"approve\"\n[[facilitator]]\naddress = \"ann@plant.example\"\nname = \"Ann\"\n\
        [[facilitator]]\naddress = \"bob@plant.example\"\nname = \"Bob\"\n",
};

fn founded<'a>(database: &'a Database, sink: &Sink) -> Node<'a> {
    let mut node = Node::new(database, sink);
    node.found(&PUMPS, &THREE);
    node.start();
    node
}

fn count(sink: &Sink, to: &str, name: &str) -> usize {
    names(sink, to).iter().filter(|one| *one == name).count()
}

fn sheet(sink: &Sink, to: &str) -> Mail {
    last(sink, to, "worksheet")
}

/// The number under which a worksheet names something.
#[track_caller]
fn number(mail: &Mail, what: &str) -> u32 {
    let text = mail.text();
    let mut lines = text.lines().filter_map(|line| line.split_once(". "));
    let found = lines.find(|(number, line)| number.parse::<u32>().is_ok() && line.contains(what));
    let (number, _) = found.unwrap_or_else(|| panic!("no {what:?} in {text}"));
    number.parse().expect("a number")
}

fn is_member(node: &Node, address: &str) -> bool {
    node.member(address)["state"] == "active"
}

/// (moment, outcome, reason) of each worksheet that was due since the beginning.
fn past(node: &Node) -> Vec<(String, String, String)> {
    calendar(node, &["--since", "2026-03-02T00:00:00Z", "--weeks", "0"])
}

fn calendar(node: &Node, more: &[&str]) -> Vec<(String, String, String)> {
    let told = node.json(&[&["calendar", "pumps"], more].concat());
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let lines = told.as_array().expect("a list").iter();
    lines
        .filter(|line| line["mail"] == "worksheet")
        .map(|line| {
            let at = text(&line["at"]).chars().take(16).collect();
            (at, text(&line["outcome"]), text(&line["reason"]))
        })
        .collect()
}

fn what_needs_a_person_is_settled_by_lines(database: &Database) {
    let sink = Sink::start();
    let node = founded(database, &sink);
    let ask = Post::with_body(CLEO, "q1@mill.example", "Seals", "Which one lasts?\r\n");
    node.post(&ask);
    let held = Post::with_body(OLGA, "h1@seals.example", "Statistics", "Ours.\r\n");
    node.post(&held);
    write(&node, ZOE, JOIN, "I run pumps.");
    node.advance("7d");
    assert_eq!(count(&sink, ANN, "worksheet"), 1);
    assert_eq!(count(&sink, BOB, "worksheet"), 1);
    assert_eq!(count(&sink, CLEO, "worksheet"), 0);
    let mail = sheet(&sink, ANN);
    assert_eq!(mail.subject(), "3 things need a person: Friends of pumps");
    // The request ends first: it is on top.
    assert_eq!(number(&mail, "zoe@far.example wants to join"), 1);
    assert_eq!(number(&mail, "Post by olga@seals.example: “Statistics”"), 2);
    assert_eq!(number(&mail, "who is new: “Seals”"), 3);
    let text = mail.text();
    for word in [
        "RELEASE or DROP: waits 6 days, until 1 April 2026. The author's",
        "waits 6 days: answer it",
        "DONE 1 3",
    ] {
        assert!(text.contains(word), "{word}: {text}");
    }

    assert!(
        mail.html().contains("zoe@far.example wants to join"),
        "{}",
        mail.html()
    );

    // Whoever is no facilitator, and what is quoted, do nothing.
    answer(&node, CLEO, &mail, "RELEASE 1");
    assert!(!is_member(&node, ZOE));
    let lines = "Hello,\n\nRELEASE 1-2\nsnooze 3 14d\nDONE 9\nWho is Olga?\n\nThanks\nAnn\n\n\
        On Monday, pumps wrote:\n> DROP 1 2 3";
    answer(&node, ANN, &mail, lines);
    assert!(is_member(&node, ZOE));
    assert!(sink.recipients(&held.id).contains(&CLEO.to_owned()));
    let receipt = last(&sink, ANN, "receipt").text();
    for word in [
        "1. zoe@far.example wants to join: let in",
        "2. Post by olga@seals.example: “Statistics”: Accepted by ",
        "3. No answer to",
        "comes back with the first worksheet from 23 March 2026",
        "Not done:",
        "9: that worksheet has no such number",
        "Who is Olga?: not understood",
    ] {
        assert!(receipt.contains(word), "{word}: {receipt}");
    }

    // The other one's numbers are those of their mail, whatever has happened since.
    answer(
        &node,
        BOB,
        &sheet(&sink, BOB),
        "2 verwerfen gehört nicht hierher\nErledigt: 3",
    );
    let receipt = last(&sink, BOB, "receipt").text();
    assert!(
        receipt.contains("“Statistics”: Accepted by Ann"),
        "{receipt}"
    );
    assert!(
        receipt.contains("3. No answer to") && receipt.contains(": done"),
        "{receipt}"
    );
    answer(&node, ANN, &mail, "DROP 1 3");
    let receipt = last(&sink, ANN, "receipt").text();
    assert!(
        receipt.contains("wants to join: settled before"),
        "{receipt}"
    );
    assert!(
        receipt.contains("settled before, by Bob on 9 March 2026"),
        "{receipt}"
    );
    assert!(is_member(&node, ZOE));
    let why = node.run(&["why", ANN]).ok();
    assert!(
        why.contains("worksheet") && why.contains("released"),
        "{why}"
    );

    node.advance("28d");
    assert_eq!(count(&sink, ANN, "worksheet"), 1, "nothing is left");
    let past = past(&node);
    assert_eq!(past[0].0, "2026-03-09T07:00");
    assert_eq!(past[0].1, "sent", "{past:?}");
    assert_eq!(past[1].2, "nothing needs a person", "{past:?}");
}

fn what_is_done_or_put_off_is_not_named_again_too_soon(database: &Database) {
    let sink = Sink::start();
    let node = founded(database, &sink);
    for (id, subject) in [
        ("a", "First"),
        ("b", "Second"),
        ("c", "Third"),
        ("d", "Fourth"),
    ] {
        node.post(&Post::new(CLEO, &format!("{id}@mill.example"), subject));
    }
    // What is answered, and what asks nothing, needs nobody.
    let reply = Post::new(BOB, "e@plant.example", "Re: Fourth");
    let raw = String::from_utf8_lossy(&reply.raw)
        .replace("\r\nDate:", "\r\nIn-Reply-To: <d@mill.example>\r\nDate:");
    node.post(&Post {
        raw: raw.into_bytes(),
        ..reply
    });
    let link = "See http://x.example/?q=1\r\n";
    node.post(&Post::with_body(CLEO, "f@mill.example", "Fifth", link));
    node.advance("7d");
    let mail = sheet(&sink, ANN);
    let text = mail.text();
    assert_eq!(
        mail.subject(),
        "3 things need a person: Friends of pumps",
        "{text}"
    );
    let of = |what| number(&mail, what);
    let lines = format!(
        "DONE {}\nSNOOZE {}\nSNOOZE {} until 2026-03-16\nSNOOZE {0} 9",
        of("First"),
        of("Second"),
        of("Third")
    );
    answer(&node, ANN, &mail, &lines);
    node.advance("7d");
    let next = sheet(&sink, BOB);
    assert_eq!(
        next.subject(),
        "1 thing needs a person: Friends of pumps",
        "{}",
        next.text()
    );
    assert_eq!(number(&next, "Third"), 1);
    // With one thing a verb is enough.
    answer(&node, BOB, &next, "Erledigt!");
    let receipt = last(&sink, BOB, "receipt").text();
    assert!(
        receipt.contains("1. No answer to") && receipt.contains("done"),
        "{receipt}"
    );
    node.advance("7d");
    let third = sheet(&sink, ANN);
    assert_eq!(number(&third, "Second"), 1, "{}", third.text());
    assert!(!third.text().contains("Third"));
    answer(&node, ANN, &third, "RELEASE 1\nsnooze 1 until 2026-01-01");
    let receipt = last(&sink, ANN, "receipt").text();
    assert!(receipt.contains("there is nothing to release"), "{receipt}");
    assert!(receipt.contains("1: said twice"), "{receipt}");
    // An answer on the list settles it, too.
    let raw = String::from_utf8_lossy(&Post::new(BOB, "g@plant.example", "Re: Second").raw)
        .replace("\r\nDate:", "\r\nIn-Reply-To: <b@mill.example>\r\nDate:");
    node.post(&Post {
        from: BOB.into(),
        id: "g@plant.example".into(),
        raw: raw.into_bytes(),
    });
    answer(&node, ANN, &third, "DONE 1");
    assert!(
        last(&sink, ANN, "receipt")
            .text()
            .contains("settled before")
    );
    let sent = count(&sink, ANN, "worksheet");
    node.advance("14d");
    assert_eq!(count(&sink, ANN, "worksheet"), sent);
}

fn what_is_not_understood_goes_to_nobody(database: &Database) {
    let sink = Sink::start();
    let node = founded(database, &sink);
    node.post(&Post::new(OLGA, "h1@seals.example", "One"));
    node.post(&Post::new(OLGA, "h2@seals.example", "Two"));
    node.advance("7d");
    let mail = sheet(&sink, ANN);
    let before = sink.received().len();
    answer(&node, ANN, &mail, "I think both are fine, Bob?");
    let asked = last(&sink, ANN, "clarification");
    assert!(asked.text().contains("DONE 1 3"), "{}", asked.text());
    answer(&node, ANN, &mail, "Well, what now?");
    assert_eq!(
        sink.received().len(),
        before + 1,
        "one explanation, to her alone"
    );
    // What is answered to the explanation counts.
    let two = number(&mail, "Two");
    answer(&node, ANN, &asked, &format!("drop {two} off topic"));
    let receipt = last(&sink, ANN, "receipt").text();
    assert!(receipt.contains("“Two”: Rejected by "), "{receipt}");
    let why = node.run(&["why", "h2@seals.example"]).ok();
    assert!(why.contains("rejected by Ann: off topic"), "{why}");
    // Any other word is a command as ever.
    answer(&node, BOB, &sheet(&sink, BOB), "stop");
    assert!(last(&sink, BOB, "receipt").text().contains("worksheet"));
    // Who facilitates no more settles nothing.
    node.run(&["member", "set", "pumps", ANN, "role=member"])
        .ok();
    let one = number(&mail, "One");
    answer(&node, ANN, &mail, &format!("release {one}"));
    assert!(sink.recipients("h1@seals.example").is_empty());
    node.run(&["member", "set", "pumps", ANN, "role=facilitator"])
        .ok();
    node.advance("7d");
    assert_eq!(count(&sink, BOB, "worksheet"), 1, "stopped");
    assert_eq!(count(&sink, ANN, "worksheet"), 2);
    assert_eq!(number(&sheet(&sink, ANN), "One"), 1);
}

fn whom_mail_does_not_reach_is_put_back(database: &Database) {
    let sink = Sink::start();
    let node = founded(database, &sink);
    let copy_for_cleo = |id: &str| {
        node.post(&Post::with_body(BOB, id, "Seals", "A note.\r\n"));
        node.settle();
        let copy = sink.copies(id).into_iter().find(|copy| copy.to == CLEO);
        copy.expect("a copy for Cleo")
    };
    for day in 0..5 {
        comes_back(
            &node,
            &copy_for_cleo(&format!("n{day}@plant.example")),
            "5.1.1",
        );
        node.advance("1d");
    }
    let warnings = sink.for_recipient(CLEO).into_iter().rev();
    let mut warnings =
        warnings.filter(|one| one.mail().header("Folkmoot-Mail") == "delivery-warning");
    comes_back(&node, &warnings.next().expect("a warning"), "5.1.1");
    assert_eq!(node.member(CLEO)["state"], "bouncing");
    node.advance("2d");
    let mail = sheet(&sink, ANN);
    let its = number(&mail, "Mail to cleo@mill.example comes back");
    assert!(
        mail.text().contains("RELEASE: for 6 days"),
        "{}",
        mail.text()
    );
    answer(&node, ANN, &mail, &format!("RELEASE {its}"));
    assert!(
        last(&sink, ANN, "receipt")
            .text()
            .contains("mail goes there again")
    );
    assert!(is_member(&node, CLEO));
    answer(&node, BOB, &sheet(&sink, BOB), &format!("RELEASE {its}"));
    assert!(
        last(&sink, BOB, "receipt")
            .text()
            .contains("settled before")
    );
}

fn many_things_are_one_short_mail(database: &Database) {
    let sink = Sink::start();
    let node = founded(database, &sink);
    for n in 1..=23 {
        let from = format!("a.person.with.a.long.name.{n}@company.example");
        let subject = "A subject that is rather longer than what fits a line of a mail";
        let id = format!("h{n}@company.example");
        node.post(&Post::with_body(&from, &id, subject, "A note.\r\n"));
    }
    node.advance("7d");
    let mail = sheet(&sink, ANN);
    let text = mail.text();
    assert!(text.contains("\nand 3 more"), "{text}");
    assert!(
        text.contains("\n20. ") && !text.contains("\n21. "),
        "{text}"
    );
    assert!(text.lines().count() <= 45, "{text}");
    assert!(
        text.lines().all(|line| line.chars().count() <= 80),
        "{text}"
    );
    answer(&node, ANN, &mail, "drop all\nrelease 7");
    let posted: Vec<u32> = (1..=23)
        .filter(|n| !sink.recipients(&format!("h{n}@company.example")).is_empty())
        .collect();
    assert_eq!(posted, [7]);
    node.advance("7d");
    let next = sheet(&sink, ANN);
    assert_eq!(next.subject(), "3 things need a person: Friends of pumps");
}

fn the_charter_says_when_and_a_holiday_moves_it(database: &Database) {
    let sink = Sink::start();
    let node = founded(database, &sink);
    let file = "communities/pumps.toml";
    let text = node.read(file).replace(
        "timezone = \"Europe/Berlin\"",
        "timezone = \"Europe/Berlin\"\nholidays = [\"2026-03-09\"]",
    );
    node.write(file, &text);
    node.run(&["community", "apply"]).ok();
    let ahead = calendar(&node, &["--weeks", "3"]);
    let moments: Vec<&str> = ahead.iter().map(|line| line.0.as_str()).collect();
    assert_eq!(
        moments,
        ["2026-03-10T07:00", "2026-03-16T07:00", "2026-03-23T07:00"]
    );
    let told = node.run(&["community", "show", "pumps", "--toml"]).ok();
    assert!(
        told.contains("[worksheet]\nschedule = \"0 8 * * 1\""),
        "{told}"
    );
    node.write(
        file,
        format!("{text}\n[worksheet]\nschedule = \"0 9 * * 4\"\n"),
    );
    let told = node.run(&["community", "apply"]).ok();
    assert!(told.contains("worksheet.schedule"), "{told}");
    node.post(&Post::new(CLEO, "q@mill.example", "Seals"));
    node.advance("4d");
    let due = calendar(&node, &["--since", "2026-03-02T00:00:00Z", "--weeks", "1"]);
    assert_eq!(due[0].0, "2026-03-05T08:00", "{due:?}");
    node.write(file, format!("{text}\n[worksheet]\nschedule = \"off\"\n"));
    node.run(&["community", "apply"]).ok();
    assert_eq!(calendar(&node, &["--weeks", "8"]), []);
}
