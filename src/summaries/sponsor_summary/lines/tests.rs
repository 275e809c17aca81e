//! The text of a summary is read whole: as short as it may be, its labels in their order,
//! and no number where there is none.

use proptest::prelude::*;

use super::*;
use crate::summaries::figure::{Figure, Figures, Value, Why};
use crate::summaries::sponsor_summary::fields;
use crate::templates::Templates;

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
    let to_members = written_to(content, false);
    assert!(to_members.len() <= MOST_FOR_MEMBERS, "{to_members:#?}");
    written_to(content, true)
}

fn written_to(content: &Content, is_sponsor: bool) -> Vec<String> {
    let state = fields::state(&content.figures, &say);
    let fields = fields::all(content, &say);
    let body = Body {
        head: "Pumps community, 2026-09-30 to 2026-12-29".into(),
        state,
        content,
        fields: &fields,
        is_sponsor,
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

/// As a community reads it whose mails are in that language.
fn read_in(language: &str, (content, period): (&Content, &str)) -> String {
    let templates = Templates::load(None).expect("the built-in templates");
    let say = |phrase: &Phrase| templates.say(language, "", phrase);
    let fields = fields::all(content, &say);
    let body = Body {
        head: format!("Pumps community, {period}"),
        state: fields::state(&content.figures, &say),
        content,
        fields: &fields,
        is_sponsor: true,
    };
    let lines = fitted(&body, &say);
    check(&lines);
    format!("{}\n", lines.join("\n"))
}

/// A quarter of a community that is a year old.
fn quarter() -> Figures {
    let share = |k, n| Value::Share { k, n };
    let mut all = Vec::new();
    let mut put = |metric: &str, values: &[Value]| {
        let periods = (0..).zip(values);
        all.extend(periods.map(|(period, value)| figure(metric, period, value.clone())));
    };
    put("participation", &[18, 16, 15, 15].map(|k| share(k, 44)));
    put("core", &[Value::Count(6.0)]);
    put("active", &[Value::Count(12.0)]);
    put("peripheral", &[Value::Count(26.0)]);
    put("first-response-24h", &[share(14, 17), share(12, 16)]);
    put("first-response-72h", &[share(16, 17), share(15, 16)]);
    put("solution-rate", &[Value::Suppressed(Why::FewPeople)]);
    put("questions-open", &[2.0, 1.0, 3.0].map(Value::Count));
    put("sessions-planned", &[6.0, 6.0, 6.0].map(Value::Count));
    put("sessions-held", &[6.0, 5.0, 6.0].map(Value::Count));
    put("attendance-median", &[9.0, 8.5, 8.0].map(Value::Count));
    put("host-spread", &[share(4, 6), share(3, 5)]);
    put("agenda-ownership", &[share(5, 9), share(4, 8)]);
    put("newcomers-joined", &[7.0, 2.0].map(Value::Count));
    put("newcomers-answered-48h", &[share(5, 6)]);
    put("newcomers-second", &[Value::Suppressed(Why::Differencing)]);
    put("learnings-new", &[3.0, 1.0].map(Value::Count));
    put("cross-unit", &[share(19, 31), share(14, 25)]);
    for index in HEALTH {
        put(index, &[binned()]);
    }
    put("absence-factor", &[4.0, 4.0].map(Value::Count));
    put("terms-ending", &[Value::Count(1.0)]);
    for (unit, people) in [("Mill", 19.0), ("Plant 2", 16.0), ("other", 9.0)] {
        all.push(Figure {
            unit: unit.into(),
            ..figure("unit", 0, Value::Count(people))
        });
    }
    Figures {
        definitions: 1,
        cut_off: 0,
        all,
    }
}

fn told(story: &str) -> Content {
    let item = |number: i64, what: &str, text: &str| SummaryItem {
        number,
        what: what.into(),
        text: text.into(),
    };
    Content {
        figures: quarter(),
        asks: vec![
            item(1, "300 EUR", "A room for the meet-up"),
            item(2, "", "Two hours a month for hosts"),
        ],
        waiting: 0,
        quotes: vec![item(1, "applied", story)],
        titles: vec!["Blue seals".into(), "Cold starts".into()],
        done: vec!["A second mixer (1 March 2026)".into()],
        coming: vec!["Clinic 14 April 2026".into()],
    }
}

#[test]
fn a_quarter_is_read_figure_by_figure() {
    let seal = "The blue seal saved a week.";
    let short = Content {
        asks: vec![],
        quotes: vec![],
        ..told("")
    };
    let none = Content::default();
    let long = "We tried the blue seal on the third mixer, as Plant 2 does. ".repeat(6);
    let (english, german) = ("1 January to 31 March 2026", "1. Januar bis 31. März 2026");
    for (language, content, period, wanted) in [
        (
            "en",
            &short,
            english,
            include_str!("../../../../tests/data/summaries/no-asks.en.txt"),
        ),
        (
            "en",
            &told(seal),
            english,
            include_str!("../../../../tests/data/summaries/asks.en.txt"),
        ),
        (
            "de",
            &told(seal),
            german,
            include_str!("../../../../tests/data/summaries/asks.de.txt"),
        ),
        (
            "en",
            &told(&long),
            english,
            include_str!("../../../../tests/data/summaries/story.en.txt"),
        ),
        (
            "en",
            &none,
            english,
            include_str!("../../../../tests/data/summaries/nothing.en.txt"),
        ),
    ] {
        let text = read_in(language, (content, period));
        assert_eq!(text, wanted, "{language}:\n{text}");
    }
}

#[test]
fn people_whose_units_are_merged_are_called_so() {
    let merged = Figures {
        all: vec![Figure {
            unit: "other".into(),
            ..figure("unit", 0, Value::Count(13.0))
        }],
        ..Figures::default()
    };
    let hidden = full(&Value::TooLittle);
    let hidden = Figures {
        all: [
            hidden.all,
            vec![figure("unit", 0, Value::Suppressed(Why::FewPeople))],
        ]
        .concat(),
        ..hidden
    };
    for (figures, wanted) in [
        (merged, "13 people, of units too small to be named"),
        (hidden, "units not shown"),
        (Figures::default(), "no unit of five or more"),
        (quarter(), "Mill 19, Plant 2 16, other units 9"),
    ] {
        let content = Content {
            figures,
            ..Content::default()
        };
        let text = read_in("en", (&content, "January to March 2026"));
        assert!(text.contains(wanted), "{wanted}: {text}");
    }
}

#[test]
fn nothing_english_stands_in_german_but_labels() {
    let text = read_in(
        "de",
        (&told("Die blaue Dichtung."), "1. Januar bis 31. März 2026"),
    );
    for word in [
        "change",
        "of all",
        "before",
        "not shown",
        "satisfaction",
        "other",
        "first",
        "answered",
    ] {
        assert!(!text.contains(word), "{word}: {text}");
    }
}

proptest! {
    #[test]
    fn any_summary_fits(words in "[a-zä ]{0,700}", k in 0_u64..2_000, more in 0_u64..2_000) {
        let share = Value::Share { k, n: k + more + 1 };
        check(&written(&content(full(&share), &words)));
    }
}
