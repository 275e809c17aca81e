//! Samples of figures at the desk.

use super::super::figure::{
    CameRow, Drawing, FigurePage, FigureRow, FiguresPanel, PieceRow, SeriesRow,
};
use super::super::parts::Link;
use super::{moment, permalink};
use crate::summaries::chart::{self, Point, Words};
use crate::summaries::figure::{Figure, Figures, Value};

fn figures() -> Figures {
    let figure = |metric: &str, period: u8, value: Value| Figure {
        metric: metric.into(),
        unit: String::new(),
        period,
        value,
    };
    let shares = [(18, 44), (16, 42), (17, 42), (14, 40), (14, 38)];
    let answered = [(7, 9), (3, 6), (0, 2), (4, 4), (0, 0)];
    let counts = [11.0, 9.5, 12.0, 7.0, 8.0];
    let mut all = Vec::new();
    for (period, (k, n)) in (0..).zip(shares) {
        all.push(figure("participation", period, Value::Share { k, n }));
    }
    for (period, (k, n)) in (0..).zip(answered) {
        all.push(figure("first-response-24h", period, Value::Share { k, n }));
    }
    for (period, count) in (0..).zip(counts) {
        all.push(figure("attendance-median", period, Value::Count(count)));
    }
    Figures {
        definitions: 1,
        cut_off: 0,
        all,
    }
}

fn words(title: &str) -> Words {
    Words {
        periods: ["5 Jan", "6 Dec", "6 Nov", "7 Oct", "7 Sep"].map(str::to_owned),
        ..Words::english(title)
    }
}

fn drawing(metric: &str, title: &str) -> Drawing {
    chart::metric_chart(&figures(), metric, &words(title)).into()
}

fn weeks() -> Drawing {
    let values = [12, 15, 11, 14, 13, 12, 16, 13, 12, 14, 13, 31];
    let point = |(week, value): (usize, &u32)| Point {
        when: format!("{} Jan", week + 1),
        value: f64::from(*value),
        of: Some((u64::from(*value), 100)),
    };
    let points: Vec<Point> = values.iter().enumerate().map(point).collect();
    chart::control_chart(
        "participation",
        &points,
        &Words::english("Participation, week by week"),
    )
    .into()
}

fn row(metric: &str, title: &str, value: &str, of: &str, interval: &str) -> FigureRow {
    FigureRow {
        link: Link::new(format!("/desk/k3v9m2q7x4/figures/{metric}"), title),
        definition: format!("/definitions/1#{metric}"),
        value: value.into(),
        of: of.into(),
        interval: interval.into(),
        earlier: ["38\u{a0}%", "40\u{a0}%", "35\u{a0}%", "too little data"]
            .map(str::to_owned)
            .to_vec(),
    }
}

/// The section of a desk.
pub(super) fn panel() -> FiguresPanel {
    let came = CameRow {
        on: "2026-01-06".into(),
        invited: 44,
        going: 12,
        came: "11".into(),
        showed: "9 of 12".into(),
    };
    let unsaid = CameRow {
        came: "nobody has said".into(),
        showed: String::new(),
        ..came.clone()
    };
    FiguresPanel {
        cut_offs: ["6 Dec", "6 Nov", "7 Oct", "7 Sep"]
            .map(str::to_owned)
            .to_vec(),
        rows: vec![
            row(
                "participation",
                "Participation",
                "41\u{a0}%",
                "18 of 44",
                "28–56\u{a0}%",
            ),
            row(
                "first-response-24h",
                "Answered within 24 hours",
                "78\u{a0}%",
                "7 of 9",
                "45–94\u{a0}%",
            ),
            row("attendance-median", "Median attendance", "11", "", ""),
            row(
                "health-safety",
                "Health safety",
                "80–90\u{a0}%",
                "30 of 40",
                "63–96\u{a0}%",
            ),
        ],
        charts: vec![
            drawing("participation", "Participation"),
            drawing("first-response-24h", "Answered within 24 hours"),
            drawing("attendance-median", "Median attendance"),
            drawing("learnings-new", "New learnings"),
        ],
        series: vec![SeriesRow {
            title: "Pump clinic".into(),
            sessions: vec![came, unsaid],
        }],
    }
}

/// A figure with all that there is of it.
pub(super) fn page() -> FigurePage {
    let piece = |what: &str, fate: &str| PieceRow {
        what: what.into(),
        href: format!("/c/pumps/t/{}", permalink(7)),
        at: moment(3),
        fate: fate.into(),
    };
    let unlinked = PieceRow {
        href: String::new(),
        ..piece("Pump clinic", "held, 11 came")
    };
    FigurePage {
        community: "Pumps community".into(),
        name: "Answered within 24 hours".into(),
        text: "Questions that somebody else answered within 24 hours.".into(),
        formula: "k = questions answered ≤ 24 h; n = questions".into(),
        definition: "/definitions/1#first-response-24h".into(),
        desk: "/desk/k3v9m2q7x4".into(),
        chart: drawing("first-response-24h", "Answered within 24 hours"),
        weeks: Some(weeks()),
        is_listed: true,
        counted: "The questions".into(),
        pieces: vec![
            piece("Which <seal> lasts?", "no answer yet"),
            piece("", "first answer after 5 hours"),
            unlinked,
        ],
        is_cut: true,
    }
}

/// One of which nothing is known.
pub(super) fn nothing() -> FigurePage {
    FigurePage {
        chart: drawing("learnings-new", "New learnings"),
        weeks: None,
        pieces: vec![],
        is_cut: false,
        ..page()
    }
}

/// One that compares people.
pub(super) fn of_people() -> FigurePage {
    FigurePage {
        name: "Participation".into(),
        chart: drawing("participation", "Participation"),
        is_listed: false,
        ..nothing()
    }
}
