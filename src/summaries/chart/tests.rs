use proptest::prelude::*;
use resvg::usvg::roxmltree::Document;

use super::*;
use crate::summaries::figure::{Figure, Value, Why};

fn figures(metric: &str, values: [Value; 5]) -> Figures {
    let figure = |(period, value)| Figure {
        metric: metric.to_owned(),
        unit: String::new(),
        period,
        value,
    };
    Figures {
        definitions: 1,
        cut_off: 0,
        all: (0..).zip(values).map(figure).collect(),
    }
}

fn share(k: u64, n: u64) -> Value {
    Value::Share { k, n }
}

/// Newest first.
fn participation() -> Figures {
    let values = [
        share(18, 44),
        share(16, 42),
        share(17, 42),
        share(14, 40),
        share(14, 38),
    ];
    figures("participation", values)
}

fn words() -> Words {
    Words::english("Participation")
}

/// The width and height that a PNG says of itself.
fn size(png: &[u8]) -> (u32, u32) {
    assert!(png.starts_with(b"\x89PNG\r\n\x1a\n"));
    let number = |at: usize| u32::from_be_bytes(png[at..at + 4].try_into().unwrap());
    (number(16), number(20))
}

#[test]
fn a_chart_says_in_words_what_it_shows() {
    let chart = participation_chart(&participation(), &words());
    let said = "Participation: 41\u{a0}% (18 of 44), was 38, 40, 35, 37\u{a0}%; \
                interval 28–56\u{a0}%";
    assert_eq!(chart.alt, said);
    let wanted = "Participation\n\
        \u{20}-4  ███████░░░░░░░░░░░░░  37\u{a0}% (14 of 38), 23–53\u{a0}%\n\
        \u{20}-3  ███████░░░░░░░░░░░░░  35\u{a0}% (14 of 40), 22–50\u{a0}%\n\
        \u{20}-2  ████████░░░░░░░░░░░░  40\u{a0}% (17 of 42), 27–56\u{a0}%\n\
        \u{20}-1  ████████░░░░░░░░░░░░  38\u{a0}% (16 of 42), 25–53\u{a0}%\n\
        now  ████████░░░░░░░░░░░░  41\u{a0}% (18 of 44), 28–56\u{a0}%\n";
    assert_eq!(chart.text, wanted);
    let now = chart.rows.last().unwrap();
    assert_eq!((now.when.as_str(), now.of.as_str()), ("now", "18 of 44"));
}

#[test]
fn what_is_not_known_is_said_and_no_number() {
    let none = figures("participation", [const { Value::TooLittle }; 5]);
    let chart = participation_chart(&none, &words());
    assert_eq!(chart.alt, "Participation: too little data");
    assert!(
        chart.svg.contains(">too little data</text>"),
        "{}",
        chart.svg
    );
    let few = Value::Suppressed(Why::FewPeople);
    let mixed = [
        few.clone(),
        Value::TooLittle,
        share(0, 0),
        Value::Count(f64::NAN),
        share(1, 3),
    ];
    let chart = participation_chart(&figures("participation", mixed), &words());
    let said = "Participation: not told, was –, –, –, 33\u{a0}%";
    assert_eq!(chart.alt, said);
    let none = control_chart("participation", &[], &words());
    assert_eq!(none.alt, "Participation: too little data");
    for text in [&chart.svg, &chart.text, &none.svg, &none.text] {
        assert!(
            !text.contains("NaN") && !text.contains(" 0\u{a0}%)"),
            "{text}"
        );
    }
}

#[test]
fn a_bin_has_an_interval_and_no_dot() {
    let bin = Value::Binned {
        n: 30,
        asked: 40,
        bin: "80-90".into(),
        interval: (63, 96),
        bounds: (60, 90),
        verdict: "no clear change".into(),
    };
    let values = [
        bin,
        Value::TooLittle,
        Value::TooLittle,
        Value::TooLittle,
        Value::TooLittle,
    ];
    let chart = metric_chart(
        &figures("health-safety", values),
        "health-safety",
        &Words::english("Safety"),
    );
    assert_eq!(
        chart.alt,
        "Safety: 80–90\u{a0}% (30 of 40); interval 63–96\u{a0}%"
    );
    assert!(
        !chart.svg.contains("<circle") && chart.svg.contains("c-whisker"),
        "{}",
        chart.svg
    );
}

fn recorded(values: &[f64]) -> Vec<Point> {
    let point = |(week, value): (usize, &f64)| Point {
        when: format!("week {week}"),
        value: *value,
        of: None,
    };
    values.iter().enumerate().map(point).collect()
}

#[test]
fn a_control_chart_has_limits_from_ten_points_on_and_rings_what_is_beyond() {
    let points = recorded(&[10., 10., 10., 10., 10., 10., 10., 10., 10., 20.]);
    let chart = control_chart("posts", &points, &Words::english("Posts"));
    assert_eq!(chart.alt, "Posts: 20; normal range 8–14");
    assert_eq!(chart.svg.matches("class=\"c-limit\"").count(), 2);
    assert_eq!(chart.svg.matches("class=\"c-centre\"").count(), 1);
    assert_eq!(chart.svg.matches("class=\"c-alert\"").count(), 3);
    assert!(
        chart.text.ends_with("week 9  ████████████████████  20 !\n"),
        "{}",
        chart.text
    );
    let fewer = control_chart("posts", &points[1..], &Words::english("Posts"));
    assert!(!fewer.svg.contains("c-limit") && !fewer.svg.contains("c-alert"));
    assert!(fewer.svg.contains(">normal range from 10 points on</text>"));
}

/// What a mail carries, and how much of it.
#[test]
fn a_picture_is_small_and_of_the_promised_size() {
    let points: Vec<f64> = (0..52)
        .map(|week| 30.0 + f64::from(week * 37 % 23))
        .collect();
    let charts = [
        participation_chart(&participation(), &words()),
        control_chart("posts", &recorded(&points), &Words::english("Posts")),
    ];
    for (number, chart) in charts.iter().enumerate() {
        let png = chart.png().unwrap();
        // To be looked at, as the pictures of pages are.
        if let Some(folder) = std::env::var_os("FOLKMOOT_PAGES") {
            let file = std::path::Path::new(&folder).join(format!("chart-{number}.png"));
            std::fs::write(file, &png).unwrap();
        }
        assert_eq!(size(&png), PICTURE_SIZE);
        assert!(png.len() <= 40 * 1024, "{}", png.len());
        // Letters are drawn: without the font only shapes would remain.
        let bare = chart.svg.lines().filter(|line| !line.starts_with("<text"));
        let bare = picture::png(&bare.collect::<Vec<_>>().join("\n")).unwrap();
        assert!(
            png.len() > bare.len() + 3000,
            "{} and {}",
            png.len(),
            bare.len()
        );
    }
}

fn any_value() -> impl Strategy<Value = Value> {
    prop_oneof![
        (any::<u64>(), any::<u64>()).prop_map(|(k, n)| Value::Share { k, n }),
        (0..60u64, 0..60u64).prop_map(|(k, n)| Value::Share { k, n }),
        any::<f64>().prop_map(Value::Count),
        (any::<u64>(), ".*", any::<i64>(), any::<i64>()).prop_map(|(n, bin, low, high)| {
            Value::Binned {
                n,
                asked: n,
                bin,
                interval: (low, high),
                bounds: (low, high),
                verdict: String::new(),
            }
        }),
        Just(Value::TooLittle),
        Just(Value::Suppressed(Why::FewPeople)),
    ]
}

fn any_words() -> impl Strategy<Value = Words> {
    ("\\PC*|.*<script>.*", ".*").prop_map(|(title, word)| Words {
        periods: std::array::from_fn(|_| word.clone()),
        too_little: word.clone(),
        not_told: word.clone(),
        no_range: word,
        ..Words::english(&title)
    })
}

/// Well-formed, with nothing that runs or is fetched, and every label short.
fn check(chart: &Chart) {
    let document =
        Document::parse(&chart.svg).unwrap_or_else(|error| panic!("{error}\n{}", chart.svg));
    let known = ["svg", "title", "desc", "rect", "line", "circle", "text"];
    for node in document.descendants().filter(|node| node.is_element()) {
        assert!(known.contains(&node.tag_name().name()), "{node:?}");
        for attribute in node.attributes() {
            let (name, value) = (attribute.name(), attribute.value());
            assert!(!name.starts_with("on") && !name.contains("href"), "{name}");
            assert!(
                !value.contains("NaN") && !value.contains("inf"),
                "{name}={value}"
            );
        }
        if node.tag_name().name() == "text" {
            let label = node.text().unwrap_or_default().chars().count();
            assert!(label <= 44, "{label}");
        }
    }
    assert!(
        chart.text.lines().all(|line| line.chars().count() <= 78),
        "{}",
        chart.text
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn any_figures_make_a_drawing(values in prop::array::uniform5(any_value()), words in any_words()) {
        let figures = figures("participation", values);
        check(&participation_chart(&figures, &words));
    }

    #[test]
    fn any_points_make_a_drawing(
        values in prop::collection::vec(any::<f64>(), 0..60),
        words in any_words(),
        when in ".*",
        of in prop::option::of((any::<u64>(), any::<u64>())),
    ) {
        let point = |value| Point { when: when.clone(), value, of };
        let points: Vec<Point> = values.into_iter().map(point).collect();
        check(&control_chart("participation", &points, &words));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn any_drawing_makes_a_picture(values in prop::array::uniform5(any_value()), words in any_words()) {
        let chart = participation_chart(&figures("participation", values), &words);
        let png = chart.png().expect("a picture");
        prop_assert_eq!(size(&png), PICTURE_SIZE);
    }
}
