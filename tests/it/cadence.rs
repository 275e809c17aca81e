//! What falls due, told ahead and told afterwards; what holidays, outages, muting and a
//! clock that is moved do to it.

use serde_json::Value;

use crate::support::community::THREE;
use crate::support::letters::{answer, last, write};
use crate::support::{Community, Database, Node, Post, Sink, both};

mod engine;

both!(
    the_calendar_tells_what_then_comes,
    a_silent_list_is_asked_a_question_and_a_busy_one_is_not,
    a_facilitator_mutes_a_mail_until_a_day,
    a_dry_run_tells_what_a_change_would_send,
);

const ANN: &str = "ann@plant.example";
const BOB: &str = "bob@plant.example";
const DORA: &str = "dora@mill.example";
const REQUEST: &str = "pumps-request@lists.example.org";

/// Ann facilitates; digests on Mondays at eight, a question on Wednesdays at nine after
/// ten days of silence, a session every other Tuesday at four.
const PUMPS: Community = Community {
    slug: "pumps",
    posting: "members",
    archive: "members",
    more: "[[facilitator]]\naddress = \"ann@plant.example\"\nname = \"Ann\"\n\
        [[prompt]]\nschedule = \"0 9 * * 3\"\nafter_silence = \"10d\"\ntext = \"What did not work?\"\n\
        [[session]]\nslug = \"clinic\"\nrule = \"FREQ=WEEKLY;INTERVAL=2;BYDAY=TU\"\n\
        starts = \"2026-03-10T16:00\"\nuntil = \"2026-04-30\"\n",
};

fn founded<'a>(database: &'a Database, sink: &Sink) -> Node<'a> {
    let node = Node::new(database, sink);
    node.found(&PUMPS, &THREE);
    let file = "communities/pumps.toml";
    let text = node.read(file).replace(
        "timezone = \"Europe/Berlin\"",
        "timezone = \"Europe/Berlin\"\nholidays = [\"2026-04-03/2026-04-06\", \"2026-04-21\"]",
    );
    node.write(file, text);
    node.run(&["community", "apply"]).ok();
    node
}

/// (moment, mail, outcome of the first recipient) of every line.
fn calendar(node: &Node<'_>, more: &[&str]) -> Vec<(String, String, String)> {
    let told = node.json(&[&["calendar", "pumps"], more].concat());
    let lines = told.as_array().expect("a list").iter();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    lines
        .map(|line| {
            let outcome = text(&line["recipients"][0]["outcome"]);
            let at = text(&line["at"]).chars().take(16).collect();
            (at, text(&line["mail"]), outcome)
        })
        .collect()
}

fn of(lines: &[(String, String, String)], mail: &str) -> Vec<(String, String)> {
    let its = lines.iter().filter(|line| line.1 == mail);
    its.map(|line| (line.0.clone(), line.2.clone())).collect()
}

fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    let owned = |(at, outcome): &(&str, &str)| ((*at).to_owned(), (*outcome).to_owned());
    expected.iter().map(owned).collect()
}

fn the_calendar_tells_what_then_comes(database: &Database) {
    let sink = Sink::start();
    let mut node = founded(database, &sink);
    node.run(&["member", "set", "pumps", BOB, "delivery=digest"])
        .ok();
    node.start();
    let ahead = calendar(&node, &["--weeks", "8"]);
    assert!(ahead.is_sorted_by(|one, next| one.0 <= next.0), "{ahead:?}");
    let none = "";
    assert_eq!(
        of(&ahead, "session"),
        pairs(&[
            ("2026-03-10T15:00", none),
            ("2026-03-24T15:00", none),
            ("2026-04-07T14:00", none)
        ]),
        "summer time begins; the session of 21 April falls on a holiday"
    );
    let digests = of(&ahead, "digest");
    assert_eq!(digests.len(), 8, "{digests:?}");
    assert_eq!(digests[0], ("2026-03-09T07:00".into(), "planned".into()));
    assert_eq!(
        digests[4],
        ("2026-04-06T06:00".into(), "merged".into()),
        "Easter Monday"
    );
    let told = sink.received();
    let mut told = told.iter().map(|one| one.mail().header("Folkmoot-Mail"));
    assert!(
        told.all(|name| name == "invitation"),
        "nothing else was sent"
    );
    let text = node.run(&["calendar", "pumps", "--weeks", "2"]).ok();
    assert!(
        text.contains("Tue 2026-03-10 16:00  session clinic: clinic"),
        "{text}"
    );
    assert!(
        text.lines().all(|line| line.chars().count() <= 80),
        "{text}"
    );

    node.post(&Post::new(ANN, "w1@plant.example", "Seals"));
    node.advance("5w");
    let since = ["--since", "2026-03-02T09:00:00Z", "--weeks", "0"];
    let past = calendar(&node, &since);
    let digests = of(&past, "digest");
    let states: Vec<&str> = digests.iter().map(|line| line.1.as_str()).collect();
    assert_eq!(&states[..1], ["sent"], "Bob got the post: {past:?}");
    assert_eq!(states.get(4), Some(&"merged"), "the holiday: {past:?}");
    let nominal = |lines: &[(String, String, String)]| -> Vec<(String, String)> {
        lines
            .iter()
            .map(|line| (line.0.clone(), line.1.clone()))
            .collect()
    };
    let come: Vec<_> = nominal(&ahead)
        .into_iter()
        .filter(|line| line.0.as_str() < "2026-04-06T09")
        .collect();
    // What a post brings about that came later could not be told.
    let mut of_charter = nominal(&past);
    of_charter.retain(|line| !line.1.ends_with("unanswered"));
    assert_eq!(of_charter, come, "what was told is what came");
    assert_eq!(node.run(&["calendar", "pumps", "--weeks", "9999"]).code, 2);
    node.run(&["calendar", "nowhere"]).refused();
}

fn seeds(sink: &Sink) -> Vec<(String, String)> {
    let received = sink.received().into_iter();
    received
        .filter(|one| one.mail().header("Folkmoot-Mail") == "discussion-seed")
        .map(|one| (one.to.clone(), one.mail().header("Folkmoot-About")))
        .collect()
}

fn a_silent_list_is_asked_a_question_and_a_busy_one_is_not(database: &Database) {
    let sink = Sink::start();
    let mut node = founded(database, &sink);
    node.start();
    node.post(&Post::new(ANN, "w1@plant.example", "Seals"));
    // Wednesdays: 4 March is too early, 11 March after nine days, too.
    node.advance("11d");
    assert_eq!(seeds(&sink), []);
    node.advance("7d");
    let about = "discussion-seed; community=pumps; on=2026-03-18".to_owned();
    let to: Vec<_> = THREE
        .iter()
        .map(|to| ((*to).to_owned(), about.clone()))
        .collect();
    let mut got = seeds(&sink);
    got.sort();
    let told = [
        "calendar",
        "pumps",
        "--since",
        "2026-03-02T09:00:00Z",
        "--weeks",
        "0",
    ];
    assert_eq!(got, to, "once to everybody: {}", node.json(&told));
    let mail = sink
        .received()
        .into_iter()
        .rev()
        .find(|one| one.to == BOB)
        .expect("a seed")
        .mail();
    assert_eq!(
        mail.header("From"),
        "\"Friends of pumps\" <pumps@lists.example.org>".to_owned(),
        "{:?}",
        mail.fields()
    );
    assert!(mail.header("List-Post").contains("pumps@lists.example.org"));
    assert!(
        mail.text().contains("What did not work?"),
        "{}",
        mail.text()
    );
    let threads = node.json(&["archive", "threads", "pumps"]);
    assert!(
        threads.to_string().contains(&mail.message_id()),
        "{threads}"
    );
    // It is a post: the list was not silent for ten days on the next Wednesday.
    node.advance("7d");
    assert_eq!(seeds(&sink).len(), 3);
    node.kill();
    node.start();
    node.advance("7d");
    assert_eq!(seeds(&sink).len(), 6, "on 1 April again, after a kill once");
    let past = node.json(&[
        "calendar",
        "pumps",
        "--since",
        "2026-03-02T09:00:00Z",
        "--weeks",
        "0",
    ]);
    let lines = past.as_array().expect("a list").iter();
    let seeds: Vec<_> = lines
        .filter(|line| line["mail"] == "discussion-seed")
        .collect();
    assert_eq!(seeds[0]["recipients"][0]["outcome"], "dropped");
    assert!(
        seeds[0]["reason"]
            .as_str()
            .unwrap_or_default()
            .starts_with("no silence"),
        "{}",
        seeds[0]
    );
    assert_eq!(
        seeds[2]["recipients"].as_array().map(Vec::len),
        Some(3),
        "{}",
        seeds[2]
    );
    assert_eq!(seeds[2]["recipients"][0]["outcome"], "sent");
}

fn a_facilitator_mutes_a_mail_until_a_day(database: &Database) {
    let sink = Sink::start();
    let mut node = founded(database, &sink);
    node.start();
    write(&node, BOB, REQUEST, "mute discussion-seed until 2026-03-20");
    answer(&node, BOB, &last(&sink, BOB, "confirm"), "yes");
    assert!(
        last(&sink, BOB, "clarification")
            .text()
            .contains("Only facilitators")
    );
    write(&node, ANN, REQUEST, "mute discussion-seed until 2026-03-20");
    let asked = last(&sink, ANN, "confirm");
    assert!(
        asked
            .text()
            .contains("mute discussion-seed until 2026-03-20"),
        "{}",
        asked.text()
    );
    assert!(
        of(&calendar(&node, &[]), "discussion-seed")
            .iter()
            .all(|line| line.1 == "planned")
    );
    answer(&node, ANN, &asked, "yes");
    assert!(last(&sink, ANN, "receipt").text().contains("20 March 2026"));
    let ahead = of(&calendar(&node, &["--weeks", "4"]), "discussion-seed");
    let dropped = ["2026-03-04T08:00", "2026-03-11T08:00", "2026-03-18T08:00"];
    assert_eq!(
        ahead[..3],
        pairs(&dropped.map(|at| (at, "dropped")))[..],
        "{ahead:?}"
    );
    assert_eq!(ahead[3], ("2026-03-25T08:00".into(), "planned".into()));
    node.advance("17d");
    assert_eq!(seeds(&sink), [], "muted on the 18th");
    let past = node.json(&[
        "calendar",
        "pumps",
        "--since",
        "2026-03-02T09:00:00Z",
        "--weeks",
        "0",
    ]);
    assert!(
        past.to_string()
            .contains("muted by a facilitator until 2026-03-20"),
        "{past}"
    );
    node.advance("7d");
    assert_eq!(seeds(&sink).len(), 3, "and out again on the 25th");
}

fn a_dry_run_tells_what_a_change_would_send(database: &Database) {
    let sink = Sink::start();
    let mut node = founded(database, &sink);
    node.start();
    // Whom the operator has added, the charter does not ask.
    write(&node, DORA, "pumps-join@lists.example.org", "join");
    answer(&node, DORA, &last(&sink, DORA, "confirm"), "yes");
    let file = "communities/pumps.toml";
    let text = node.read(file);
    let text = text.replace("[list]", "[list]\nacceptance = true");
    node.write(file, text.replace("Ask before you are sure.", "Ask first."));
    let told = node.json(&["community", "apply", "--dry-run"]);
    let changes = told["changes"].to_string();
    assert!(changes.contains("list.acceptance"), "{changes}");
    let before = sink.received().len();
    let mails = told["mails"].as_array().expect("a list");
    let would: i64 = mails.iter().filter_map(|mail| mail["to"].as_i64()).sum();
    assert!(would > 0, "who was there before the charter asked: {told}");
    assert!(
        told["planned"].to_string().contains("discussion-seed"),
        "{told}"
    );
    let text = node.run(&["community", "apply", "--dry-run"]).ok();
    assert!(text.contains("would send: "), "{text}");
    node.settle();
    assert_eq!(sink.received().len(), before, "nothing was sent");
    node.run(&["community", "apply"]).ok();
    node.settle();
    assert_eq!(
        sink.received().len() as i64,
        before as i64 + would,
        "what was told is what came"
    );
}
