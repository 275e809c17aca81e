//! Schedules of sponsors, and when a summary is next due.

use super::*;

fn charter(sponsors: &str) -> Charter {
    let text = format!(
        "slug = \"pumps\"\nname = \"Pumps\"\n[charter]\ndomain = \"a\"\ncommunity = \"b\"\npractice = \"c\"\n{sponsors}"
    );
    Charter::parse(&text, "").expect("a charter")
}

fn sponsor(address: &str, summary: &str) -> String {
    format!("[[sponsor]]\naddress = \"{address}\"\nsummary = \"{summary}\"\n")
}

#[test]
fn sponsors_with_one_schedule_share_a_summary() {
    let all = [
        sponsor("sam@board.example", "0 9 1 * *"),
        sponsor("sue@board.example", "0 9 1 * *"),
        sponsor("kim@board.example", "0 9 1 1,4,7,10 *"),
        sponsor("off@board.example", "off"),
    ];
    let charter = charter(&all.concat());
    let keys: Vec<String> = schedule(&charter).into_iter().map(|one| one.key).collect();
    assert_eq!(keys, ["", "kim@board.example"]);
}

#[test]
fn without_a_sponsor_nothing_is_planned() {
    let charter = charter("");
    assert!(schedule(&charter).is_empty() && schedule_ahead(&charter).is_empty());
    assert_eq!(next(&charter, None, 0), None);
}

#[test]
fn members_have_it_two_days_before() {
    let charter = charter(&sponsor("sam@board.example", "0 9 1 * *"));
    let now = 1_767_000_000_000;
    let due = next(&charter, None, now).expect("a moment").1;
    let series = schedule_ahead(&charter);
    let before = moments::after(&PREVIEW_ACT, &charter, &series[0], (now, "\u{10ffff}")).next();
    assert_eq!(before.expect("a moment").due, due - AHEAD);
}

#[test]
fn four_periods_before_are_those_of_the_summaries_before() {
    let charter = charter(&sponsor("sam@board.example", "0 9 1 1,4,7,10 *"));
    let due = next(&charter, None, 1_767_000_000_000).expect("a moment").1;
    let days: Vec<String> = earlier(&charter, "", due)
        .into_iter()
        .map(crate::clock::rfc3339)
        .collect();
    let wanted = ["2025-09-28", "2025-06-28", "2025-03-29", "2024-12-29"];
    assert_eq!(days, wanted.map(|day| format!("{day}T09:00:00Z")));
}

#[test]
fn holidays_move_both_together() {
    let text = "slug = \"pumps\"\nname = \"Pumps\"\nholidays = [\"2026-12-24/2027-01-04\"]\n[charter]\ndomain = \"a\"\ncommunity = \"b\"\npractice = \"c\"\n";
    let text = format!("{text}{}", sponsor("sam@board.example", "0 9 1 * *"));
    let charter = Charter::parse(&text, "").expect("a charter");
    // 15 December 2026.
    let now = 1_797_292_800_000;
    let due = next(&charter, None, now).expect("a moment").1;
    assert_eq!(crate::clock::rfc3339(due), "2027-01-05T09:00:00Z");
    let series = schedule_ahead(&charter);
    let before = moments::after(&PREVIEW_ACT, &charter, &series[0], (now, "\u{10ffff}")).next();
    assert_eq!(before.expect("a moment").due, due - AHEAD);
}

#[test]
fn a_mail_names_its_summary() {
    assert_eq!(concerned(NAME, &concerns(NAME, 7)), Some(7));
    assert_eq!(concerned(PREVIEW, &concerns(PREVIEW, 7)), Some(7));
    assert_eq!(concerned(NAME, &concerns(PREVIEW, 7)), None);
}
