//! A figure as it was recorded, point by point, with its normal range.

use super::canvas::{Anchor, Canvas, Mark, Type};
use super::periods::{BOTTOM, LABELS, LEFT, SHEET, TITLE, TOP, axis, y};
use super::scale::Scale;
use super::words::{LONGEST_TITLE, Words, amount, cut, span};
use super::{Chart, Row, blocks};
use crate::summaries::normal_range::{self, Range, Signal};

/// The right edge of the points; beside it stand the limits.
const RIGHT: f64 = 308.0;

/// The radius of a dot, and of what is around one beyond the limits.
const DOT: f64 = 3.0;
const RING: f64 = 7.0;

/// The longest label of a point, in characters.
const LONGEST: usize = 12;

/// A recorded value.
#[derive(Clone, Debug, PartialEq)]
pub struct Point {
    /// When, as it is written.
    pub when: String,
    /// Its value: in percent where it is a share, else a count.
    pub value: f64,
    /// (k, n) of a share.
    pub of: Option<(u64, u64)>,
}

/// The control chart.
pub(super) fn chart(metric: &str, points: &[Point], words: &Words) -> Chart {
    // What is no number is no point.
    let points = points.iter().filter(|point| point.value.is_finite());
    let points: Vec<&Point> = points.collect();
    let values: Vec<f64> = points.iter().map(|point| point.value).collect();
    let drawn = Drawn {
        is_share: points.iter().any(|point| point.of.is_some()),
        range: normal_range::range(&values),
        signals: normal_range::signals(&values),
        points: &points,
        words,
    };
    let rows: Vec<Row> = drawn.rows().collect();
    let alt = drawn.alt();
    Chart {
        svg: drawn.draw(metric, &alt),
        text: blocks::control(&values, &rows, words),
        rows,
        alt,
    }
}

struct Drawn<'a> {
    is_share: bool,
    range: Option<Range>,
    signals: Vec<Option<Signal>>,
    points: &'a [&'a Point],
    words: &'a Words,
}

impl Drawn<'_> {
    fn rows(&self) -> impl Iterator<Item = Row> {
        let both = self.points.iter().zip(&self.signals);
        both.map(|(point, signal)| Row {
            when: cut(&point.when, LONGEST),
            value: amount(point.value, self.is_share),
            of: point
                .of
                .map_or_else(String::new, |(k, n)| format!("{k} {} {n}", self.words.of)),
            interval: String::new(),
            is_signal: signal.is_some(),
        })
    }

    /// "Participation: 41 %; normal range 30–52 %".
    fn alt(&self) -> String {
        let words = self.words;
        let Some(last) = self.points.last() else {
            return format!("{}: {}", words.heading(), words.too_little);
        };
        let last = amount(last.value, self.is_share);
        let normal = match self.range {
            Some(range) => format!(
                "{} {}",
                words.normal,
                span(self.limits(range), self.is_share)
            ),
            None => words.no_range.clone(),
        };
        format!("{}: {last}; {normal}", words.heading())
    }

    /// The limits as far as the figure can come.
    fn limits(&self, range: Range) -> (f64, f64) {
        let most = if self.is_share { 100.0 } else { f64::MAX };
        (range.low.max(0.0), range.high.min(most))
    }

    fn draw(&self, metric: &str, alt: &str) -> String {
        let heading = self.words.heading();
        let mut canvas = Canvas::new(SHEET, &format!("{metric}-range"), &heading, alt);
        canvas.text(Type::Title, (12.0, TITLE), Anchor::Start, &heading);
        let mut numbers: Vec<f64> = self.points.iter().map(|point| point.value).collect();
        numbers.extend(self.range.map(|range| self.limits(range).1));
        let scale = Scale::of(&numbers, self.is_share);
        axis(&mut canvas, scale, RIGHT, self.is_share);
        self.normal(&mut canvas, scale);
        self.dots(&mut canvas, scale);
        self.captions(&mut canvas);
        canvas.done()
    }

    fn normal(&self, canvas: &mut Canvas, scale: Scale) {
        let Some(range) = self.range else { return };
        let (low, high) = self.limits(range);
        let lines = [
            (Mark::Limit, high),
            (Mark::Centre, range.centre),
            (Mark::Limit, low),
        ];
        // No label is over another: the room above each is what is left by the one before.
        let mut free = 0.0;
        for (mark, value) in lines {
            let line = y(value, scale);
            canvas.line(mark, (LEFT, line), (RIGHT, line));
            let label = (line + 4.0).max(free);
            let said = amount(value, self.is_share);
            canvas.text(Type::Label, (RIGHT + 6.0, label), Anchor::Start, &said);
            free = label + 12.0;
        }
    }

    fn dots(&self, canvas: &mut Canvas, scale: Scale) {
        let place = |(index, point): (usize, &&Point)| (self.x(index), y(point.value, scale));
        let places: Vec<_> = self.points.iter().enumerate().map(place).collect();
        for two in places.windows(2) {
            if let [from, to] = two {
                canvas.line(Mark::Line, *from, *to);
            }
        }
        for (at, signal) in places.iter().zip(&self.signals) {
            canvas.circle(Mark::Dot, *at, DOT);
            if signal.is_some() {
                canvas.circle(Mark::Alert, *at, RING);
            }
        }
    }

    fn x(&self, index: usize) -> f64 {
        let room = RIGHT - LEFT - 2.0 * RING;
        match self.points.len() {
            0 | 1 => LEFT + RING + room / 2.0,
            many => LEFT + RING + room * index as f64 / (many - 1) as f64,
        }
    }

    /// The first and the last day, and what is missing.
    fn captions(&self, canvas: &mut Canvas) {
        if let [first, .., last] = self.points {
            let (first, last) = (cut(&first.when, LONGEST), cut(&last.when, LONGEST));
            canvas.text(Type::Label, (LEFT, LABELS), Anchor::Start, &first);
            canvas.text(Type::Label, (RIGHT, LABELS), Anchor::End, &last);
        }
        let middle = ((LEFT + RIGHT) / 2.0, TOP + (BOTTOM - TOP) / 2.0);
        if self.points.is_empty() {
            let why = cut(&self.words.too_little, LONGEST_TITLE);
            canvas.text(Type::Value, middle, Anchor::Middle, &why);
        } else if self.range.is_none() {
            let below = ((LEFT + RIGHT) / 2.0, LABELS + 17.0);
            canvas.text(
                Type::Label,
                below,
                Anchor::Middle,
                &cut(&self.words.no_range, LONGEST_TITLE),
            );
        }
    }
}
