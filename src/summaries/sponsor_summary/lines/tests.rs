//! The text of a summary is read whole: as short as it may be, its labels in their order,
//! and no number where there is none.

use proptest::prelude::*;

use super::*;
use crate::summaries::figure::{Figure, Figures, Value, Why};
use crate::summaries::sponsor_summary::fields;

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

const METRICS: [&str; 16] = [
    "participation",
    "first-response-24h",
    "first-response-72h",
    "solution-rate",
    "questions-open",
    "sessions-planned",
    "sessions-held",
    "attendance-median",
    "host-spread",
    "agenda-ownership",
    "newcomers-joined",
    "newcomers-answered-48h",
    "newcomers-second",
    "learnings-new",
    "cross-unit",
    "absence-factor",
];

const HEALTH: [&str; 6] = [
    "health-satisfaction",
    "health-trust",
    "health-safety",
    "health-applied",
    "health-voice",
    "health-rotating",
];

/// Every phrase with all its values, as long as the longest that there are.
fn say(phrase: &Phrase) -> String {
    let values: Vec<&str> = phrase
        .values
        .iter()
        .map(|(_, value)| value.as_str())
        .collect();
    format!("{} {}", phrase.key, values.join(" "))
}

fn binned() -> Value {
    Value::Binned {
        n: 30,
        asked: 40,
        bin: "80-90".into(),
        interval: (62, 97),
        bounds: (60, 93),
        verdict: "no clear change".into(),
    }
}

fn full(value: &Value) -> Figures {
    let mut all = Vec::new();
    for period in 0..=4 {
        for metric in METRICS {
            all.push(figure(metric, period, value.clone()));
        }
        for metric in HEALTH {
            all.push(figure(metric, period, binned()));
        }
    }
    Figures {
        definitions: 1,
        cut_off: 0,
        all,
    }
}

fn figure(metric: &str, period: u8, value: Value) -> Figure {
    Figure {
        metric: metric.to_owned(),
        unit: String::new(),
        period,
        value,
    }
}

fn content(figures: Figures, words: &str) -> Content {
    let item = |number: i64| SummaryItem {
        number,
        what: words.chars().take(60).collect(),
        text: words.chars().take(200).collect(),
    };
    let done: String = words.chars().take(60).collect();
    Content {
        figures,
        asks: (1..=3).map(item).collect(),
        waiting: 2,
        quotes: vec![item(1), item(2)],
        titles: vec![words.chars().take(150).collect(); 3],
        done: vec![done.clone(); 6],
        coming: vec![done; 5],
    }
}

fn written(content: &Content) -> Vec<String> {
    let state = fields::state(&content.figures, &say);
    let fields = fields::all(content, &say);
    let body = Body {
        head: "Pumps community, 2026-09-30 to 2026-12-29".into(),
        state,
        content,
        fields: &fields,
        is_sponsor: true,
    };
    fitted(&body, &say)
}

/// Whatever it tells, it is short, and in order.
fn check(lines: &[String]) {
    assert!(lines.len() <= MOST, "{} lines: {lines:#?}", lines.len());
    for line in lines {
        assert!(line.chars().count() <= WIDTH, "{line}");
    }
    let starts = |label: &str| {
        let start = format!("{label}:");
        lines.iter().position(|line| line.starts_with(&start))
    };
    let places: Vec<Option<usize>> = LABELS.iter().map(|label| starts(label)).collect();
    assert!(places.iter().all(Option::is_some), "{places:?} {lines:#?}");
    assert!(places.is_sorted(), "{places:?}");
}

#[test]
fn a_full_summary_fits() {
    let words = "A room for the meet-up of all plants in the spring of next year ".repeat(8);
    let share = Value::Share { k: 128, n: 340 };
    let lines = written(&content(full(&share), &words));
    check(&lines);
    let text = lines.join("\n");
    assert!(text.contains("128/340 38% (33–43%)"), "{text}");
}

#[test]
fn what_nobody_can_say_is_said_so() {
    for value in [Value::TooLittle, Value::Suppressed(Why::FewPeople)] {
        let lines = written(&content(full(&value), "a"));
        check(&lines);
        let text = lines.join("\n");
        for wrong in ["NaN", " 0%", "inf"] {
            assert!(!text.contains(wrong), "{text}");
        }
    }
    let lines = written(&Content::default());
    check(&lines);
    assert!(lines.iter().any(|line| line.contains("sum_too_little")));
    let odd = written(&content(full(&Value::Count(f64::NAN)), "a")).join("\n");
    assert!(!odd.contains("NaN"), "{odd}");
}

proptest! {
    #[test]
    fn any_summary_fits(words in "[a-zä ]{0,700}", k in 0_u64..2_000, more in 0_u64..2_000) {
        let share = Value::Share { k, n: k + more + 1 };
        check(&written(&content(full(&share), &words)));
    }
}
