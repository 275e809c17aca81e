//! What the calendar says of budgets before they do it.

use std::time::Duration;

use folkmoot::cadence::preview::{self, Budgets};
use folkmoot::clock::monotonic;
use folkmoot::lists::membership::{self, NewMember};
use folkmoot::practice::apply;
use folkmoot::store::communities;
use serde_json::Value;

use super::{ANN, BOB, found, reviews, when};
use crate::support::letters::{last, names};
use crate::support::store::{NOW, founded, runtime, write as begin};
use crate::support::{Database, Node, Sink, both};

both!(what_the_calendar_says_of_a_budget_then_happens);

const LARGE: usize = 5_000;

fn what_the_calendar_says_of_a_budget_then_happens(database: &Database) {
    let sink = Sink::start();
    let mut node = Node::new(database, &sink);
    let holidays = "holidays = [\"2026-03-11/2026-04-30\"]\n";
    // Tuesday, Wednesday twice, and an evening before long holidays.
    found(&node, "pumps", "0 9 3 3 *", "", &[ANN]);
    found(&node, "seals", "0 9 4 3 *", "", &[ANN, BOB]);
    found(&node, "valves", "30 9 4 3 *", "", &[ANN]);
    found(&node, "motors", "0 20 10 3 *", holidays, &[BOB]);
    node.start();
    node.run(&["clock", "set", "2026-03-03T12:00:00Z"]).ok();
    let seals = review(&node, "seals");
    let waits =
        "waits until 2026-03-05T08:00:00Z: less than 48 hours since the last programme mail";
    assert_eq!(
        seals,
        [told(ANN, "planned", waits), told(BOB, "planned", "")]
    );
    let text = node.run(&["calendar", "seals", "--weeks", "2"]).ok();
    assert!(text.contains("charter-review  to 2 (1 wait)"), "{text}");
    let motors = review(&node, "motors");
    let late = "expired: quiet hours, a weekend or holidays";
    assert_eq!(motors, [told(BOB, "dropped", late)]);

    node.run(&["clock", "set", "2026-03-04T08:10:00Z"]).ok();
    let valves = review(&node, "valves");
    let merged = "a section of one digest, waits until 2026-03-05T08:00:00Z: other mail waits";
    assert_eq!(valves, [told(ANN, "merged", merged)]);

    node.run(&["clock", "set", "2026-03-05T12:00:00Z"]).ok();
    assert_eq!(names(&sink, ANN), ["charter-review", "digest"]);
    assert_eq!(last(&sink, ANN, "digest").sent_at(), "2026-03-05T08:00:00Z");
    let bob = when(&reviews(&sink, BOB)[0]).1;
    assert_eq!(bob, "2026-03-04T08:00:00Z");
    node.advance("60d");
    assert_eq!(reviews(&sink, BOB).len(), 1, "motors had no day for it");
}

/// Who gets the review of a community, and what becomes of it.
fn review(node: &Node, slug: &str) -> Vec<[String; 3]> {
    let lines = node.json(&["calendar", slug, "--weeks", "2"]);
    let line = lines.as_array().expect("a list").iter();
    let mut reviews = line.filter(|line| line["mail"] == "charter-review");
    let all = reviews.next().expect("a review")["recipients"].clone();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let of = |one: &Value| ["address", "outcome", "reason"].map(|key| text(&one[key]));
    all.as_array().expect("recipients").iter().map(of).collect()
}

fn told(address: &str, outcome: &str, reason: &str) -> [String; 3] {
    [address, outcome, reason].map(str::to_owned)
}

#[test]
fn a_large_community_is_looked_ahead_in_seconds() {
    let folder = tempfile::tempdir().expect("a folder");
    runtime().block_on(async {
        let (ctx, community) = founded(&Database::sqlite(), folder.path()).await;
        let text = "slug = \"pumps\"\nname = \"Pumps\"\n[charter]\ndomain = \"Pumps.\"\n\
            community = \"People.\"\npractice = \"Notes.\"\nreview = \"0 20 * * 1,3\"\n";
        let mut tx = begin(&ctx).await;
        apply::apply(&mut tx, &ctx, text, "charter.toml", None)
            .await
            .expect("it is applied");
        for number in 0..LARGE {
            let new = NewMember {
                address: format!("m{number}@plant.example"),
                role: "facilitator".to_owned(),
                ..NewMember::default()
            };
            membership::add(&mut tx, community.id, &new, "the story", NOW)
                .await
                .expect("they join");
        }
        let community = communities::by_id(&mut tx, community.id).await.expect("it");
        let charter = ctx.charter(&community).expect("a charter");
        let span = (None, NOW, NOW + 13 * 7 * 86_400_000);
        let began = monotonic();
        let calendar = preview::calendar(&mut tx, &community, &charter, span).await;
        let took = began.elapsed();
        let calendar = calendar.expect("a calendar");
        let lines = calendar
            .lines
            .iter()
            .filter(|line| line.mail == "charter-review");
        let all = lines.fold(Budgets::default(), |sum, line| sum.and(Budgets::of(line)));
        println!("{LARGE} people, 26 mails: {took:?}, {all:?}");
        assert_eq!(all.planned + all.merged + all.dropped, 26 * LARGE);
        // Twice a week is more than a month has room for.
        assert!(all.waiting > 0 && all.merged > 0, "{all:?}");
        assert!(took < Duration::from_secs(60), "{took:?}");
    });
}
