//! Sessions by mail: what facilitators change, and what members propose.

use super::{ANN, BOB, CLEO, PLANNED, founded, listed};
use crate::support::agenda::Agenda;
use crate::support::letters::{answer, last, names, write};
use crate::support::{Database, Sink, both};

both!(
    a_facilitator_moves_and_cancels_by_mail,
    a_member_proposes_and_a_facilitator_decides,
    proposals_keep_no_facilitator_from_asking,
    a_series_is_added_without_the_file,
);

const REQUEST: &str = "pumps-request@lists.example.org";

fn a_facilitator_moves_and_cancels_by_mail(database: &Database) {
    let sink = Sink::start();
    let node = founded(database, &sink);
    let asked =
        "move clinic 2026-03-24 to 2026-03-25 10:00\ncancel clinic 2026-03-10: Our host is ill";
    write(&node, ANN, REQUEST, asked);
    assert_eq!(
        Agenda::of(&sink, BOB).starts(),
        PLANNED,
        "a From line proves nothing"
    );
    let confirm = last(&sink, ANN, "confirm");
    answer(&node, ANN, &confirm, "yes");
    let now = ["20260325T100000", "20260421T160000"];
    for who in [ANN, BOB, CLEO] {
        assert_eq!(Agenda::of(&sink, who).starts(), now);
    }
    let said = last(&sink, ANN, "receipt").text();
    assert!(said.contains("25 March 2026, 10:00"), "{said}");
    let told = sink.for_recipient(BOB);
    let reasons = told
        .iter()
        .filter(|one| one.mail().text().contains("Our host is ill"));
    assert_eq!(reasons.count(), 1);

    // A member may not, and a session that is not there cannot be.
    write(
        &node,
        BOB,
        REQUEST,
        "cancel clinic 2026-03-24: I have no time",
    );
    answer(&node, BOB, &last(&sink, BOB, "confirm"), "yes");
    write(&node, ANN, REQUEST, "cancel clinic 2026-03-17: No host");
    answer(&node, ANN, &last(&sink, ANN, "confirm"), "yes");
    assert_eq!(Agenda::of(&sink, CLEO).starts(), now);
    let said = last(&sink, BOB, "clarification").text();
    assert!(said.contains("Only facilitators"), "{said}");
    let said = last(&sink, ANN, "clarification").text();
    assert!(said.contains("2026-03-24, 2026-04-21"), "{said}");
}

fn a_member_proposes_and_a_facilitator_decides(database: &Database) {
    let sink = Sink::start();
    let node = founded(database, &sink);
    write(
        &node,
        BOB,
        REQUEST,
        "session 2026-03-17 16:00 90m: Seals that failed",
    );
    answer(&node, BOB, &last(&sink, BOB, "confirm"), "yes");
    assert_eq!(names(&sink, BOB), ["invitation", "confirm", "receipt"]);
    assert_eq!(listed(&node).len(), 3, "nobody has decided");
    let asked = last(&sink, ANN, "confirm");
    let text = asked.text();
    assert!(text.contains("bob@plant.example proposes"), "{text}");
    answer(&node, ANN, &asked, "Yes");
    assert_eq!(listed(&node).len(), 4);
    for who in [ANN, BOB, CLEO] {
        let agenda = Agenda::of(&sink, who);
        assert_eq!(agenda.last().1.starts(), ["20260317T150000Z"]);
    }
    let mail = last(&sink, CLEO, "invitation");
    assert!(mail.text().contains("1 h 30 min"), "{}", mail.text());
}

/// It becomes the charter's, whose file may be applied again as it was.
fn a_series_is_added_without_the_file(database: &Database) {
    let sink = Sink::start();
    let node = founded(database, &sink);
    let file = node.path("communities/pumps.toml").display().to_string();
    write(
        &node,
        ANN,
        REQUEST,
        "session every 2 weeks 2026-03-19 09:00 30m: Office hour",
    );
    assert_eq!(listed(&node).len(), 3, "a From line proves nothing");
    answer(&node, ANN, &last(&sink, ANN, "confirm"), "yes");
    let said = last(&sink, ANN, "receipt").text();
    assert!(
        said.contains("office-hour") && said.contains("19 March 2026, 09:00"),
        "{said}"
    );
    let rule = |name: &str| {
        let shown = node.run(&["community", "show", "pumps", "--toml"]).ok();
        let (_, after) = shown
            .split_once(&format!("slug = \"{name}\""))
            .expect(&shown);
        let line = after
            .lines()
            .find(|line| line.starts_with("rule"))
            .expect(after);
        line.to_owned()
    };
    assert_eq!(
        rule("office-hour"),
        "rule = \"FREQ=WEEKLY;INTERVAL=2;BYDAY=TH\""
    );
    let starts = |who: &str| Agenda::of(&sink, who).last().1.starts();
    for who in [ANN, BOB, CLEO] {
        assert_eq!(
            starts(who)[..2],
            ["20260319T090000", "20260402T090000"],
            "{who}"
        );
    }
    // The operator's command does the same, with any rule. A third invitation in a week
    // would have to wait.
    node.advance("8d");
    let add = [
        "session",
        "add",
        "pumps",
        "--title",
        "Plant walk",
        "--at",
        "2026-04-10T10:00:00+02:00",
        "--rule",
        "FREQ=MONTHLY;BYDAY=2FR",
        "--until",
        "2026-06-30",
    ];
    assert_eq!(node.json(&add)["series"], "plant-walk");
    node.settle();
    assert_eq!(rule("plant-walk"), "rule = \"FREQ=MONTHLY;BYDAY=2FR\"");
    let walks = starts(BOB);
    assert_eq!(
        walks,
        ["20260410T100000", "20260508T100000", "20260612T100000"]
    );
    // The file knows of neither, and takes nothing away.
    node.run(&["community", "apply", &file]).ok();
    assert_eq!(
        rule("office-hour"),
        "rule = \"FREQ=WEEKLY;INTERVAL=2;BYDAY=TH\""
    );
    for (rule, told) in [("FREQ=SECONDLY", "charter"), ("nonsense", "charter")] {
        let mut bad = add;
        (bad[4], bad[8]) = ("Other", rule);
        let said = node.run(&bad).refused();
        assert!(said.contains(told), "{said}");
    }
    // A member proposes one, as they propose a session.
    write(
        &node,
        BOB,
        REQUEST,
        "session monthly 2026-03-18 12:00 60m: Lunch",
    );
    answer(&node, BOB, &last(&sink, BOB, "confirm"), "yes");
    let asked = last(&sink, ANN, "confirm");
    assert!(
        asked
            .text()
            .contains("session monthly 2026-03-18 12:00 60m: Lunch"),
        "{}",
        asked.text()
    );
    answer(&node, ANN, &asked, "yes");
    assert_eq!(rule("lunch"), "rule = \"FREQ=MONTHLY;BYDAY=3WE\"");
}

/// Three proposals a day of each member reach the facilitators, who are asked back about
/// what they want themselves all the same.
fn proposals_keep_no_facilitator_from_asking(database: &Database) {
    let sink = Sink::start();
    let node = founded(database, &sink);
    for (who, hour) in [(BOB, 9), (BOB, 10), (BOB, 11), (CLEO, 12)] {
        let wish = format!("session 2026-03-17 {hour}:00 60m: Seals at {hour}");
        write(&node, who, REQUEST, &wish);
        answer(&node, who, &last(&sink, who, "confirm"), "yes");
        let asked = last(&sink, ANN, "confirm").text();
        assert!(asked.contains(&format!("Seals at {hour}")), "{asked}");
    }
    write(&node, ANN, REQUEST, "cancel clinic 2026-03-24: I am ill");
    let asked = last(&sink, ANN, "confirm");
    assert!(asked.text().contains("cancel clinic"), "{}", asked.text());
    answer(&node, ANN, &asked, "yes");
    assert_eq!(Agenda::of(&sink, CLEO).starts(), [PLANNED[0], PLANNED[2]]);
}
