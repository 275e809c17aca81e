//! What becomes of a promise that nobody speaks of again, and of who becomes a sponsor later.

use folkmoot::summaries::metrics;

use super::{ANN, BOB, PUMPS, SAM, check, count, founded, until};
use crate::support::letters::{answer, last};
use crate::support::{Database, Sink, both};

both!(
    a_promise_is_asked_about_twice_and_told_as_overdue,
    who_is_made_a_sponsor_by_command_is_told_once,
);

fn a_promise_is_asked_about_twice_and_told_as_overdue(database: &Database) {
    let sink = Sink::start();
    let node = founded(database, &sink, &PUMPS);
    let ask = ["summary", "ask", "pumps", "A room for the meet-up"];
    node.run(&[&ask[..], &["--by", "2026-03-20"]].concat()).ok();
    until(&node, "2026-02-12T08:01:00Z");
    answer(
        &node,
        SAM,
        &last(&sink, SAM, "sponsor-summary"),
        "SUPPORT 1",
    );
    let asked = |who| count(&sink, who, "sponsor-action-due");

    until(&node, "2026-03-20T08:01:00Z");
    assert_eq!((asked(SAM), asked(ANN)), (1, 1));
    let subject = last(&sink, SAM, "sponsor-action-due").subject();
    assert!(subject.starts_with("Due on 20 March 2026"), "{subject}");
    until(&node, "2026-04-03T06:59:00Z");
    assert_eq!((asked(SAM), asked(ANN)), (1, 1));
    // A Friday, fourteen days later.
    until(&node, "2026-04-03T07:01:00Z");
    assert_eq!((asked(SAM), asked(ANN), asked(BOB)), (2, 2, 0));
    let again = last(&sink, SAM, "sponsor-action-due");
    assert!(
        again.subject().starts_with("Overdue since 20 March 2026"),
        "{}",
        again.subject()
    );
    assert!(again.text().contains("what became of it"));

    let told = "A room for the meet-up (overdue: promised by 20 March 2026)";
    let read = |text: &str| text.replace("\n  ", " ");
    until(&node, "2026-04-13T09:00:00Z");
    for (who, name) in [(BOB, "sponsor-summary-preview"), (SAM, "sponsor-summary")] {
        let mail = last(&sink, who, name);
        let text = check(&mail);
        assert!(read(&text).contains(told), "{text}");
        assert!(mail.html().contains(told), "{}", mail.html());
    }
    // Two are all there are; the last one can still be answered.
    until(&node, "2026-05-20T09:00:00Z");
    assert_eq!((asked(SAM), asked(ANN)), (2, 2));
    answer(&node, ANN, &last(&sink, ANN, "sponsor-action-due"), "DONE");
    until(&node, "2026-06-12T09:00:00Z");
    let text = check(&last(&sink, SAM, "sponsor-summary"));
    let told = "A room for the meet-up (done 20 May 2026)";
    assert!(read(&text).contains(told), "{text}");
}

fn who_is_made_a_sponsor_by_command_is_told_once(database: &Database) {
    let sink = Sink::start();
    let node = founded(database, &sink, &PUMPS);
    let told = || count(&sink, BOB, "sponsor-start");
    let set = |role: &str| {
        let role = format!("role={role}");
        node.run(&["member", "set", "pumps", BOB, &role]).ok();
        node.settle();
    };
    set("member,sponsor");
    assert_eq!(told(), 1);
    let start = last(&sink, BOB, "sponsor-start");
    let link = format!("/definitions/{}", metrics::VERSION);
    assert!(start.text().contains(&link), "{}", start.text());
    assert!(start.text().contains("12 February 2026"));
    // Who is one already does not become one.
    set("sponsor");
    node.run(&["member", "set", "pumps", BOB, "name=Bob"]).ok();
    node.run(&["member", "add", "pumps", BOB, "--role", "sponsor"])
        .ok();
    node.settle();
    assert_eq!(told(), 1);
    answer(&node, BOB, &start, "ACCEPT");
    assert!(last(&sink, BOB, "receipt").text().contains("sponsor"));
    until(&node, "2026-02-12T08:01:00Z");
    assert_eq!(count(&sink, BOB, "sponsor-summary"), 1);
    set("member");
    set("member,sponsor");
    assert_eq!(told(), 2);
}
