//! A figure over the period and the four before it: dots, each with its interval.

use super::canvas::{Anchor, Canvas, Mark, Type};
use super::scale::Scale;
use super::spot::Spot;
use super::words::{LONGEST_TITLE, Words, amount, cut};
use super::{Chart, Row, blocks};
use crate::summaries::figure::Figures;

/// The sheet, in pixels of a page; a picture has two for each.
pub(super) const SHEET: (u32, u32) = (360, 220);

/// Where the points are: left, right, top and bottom edge.
pub(super) const LEFT: f64 = 44.0;
const RIGHT: f64 = 348.0;
pub(super) const TOP: f64 = 46.0;
pub(super) const BOTTOM: f64 = 172.0;

/// The baselines of the title and of the labels below the axis.
pub(super) const TITLE: f64 = 20.0;
pub(super) const LABELS: f64 = 190.0;
const NOTES: f64 = 207.0;

/// Half a whisker's cap, and a dot's radius.
const CAP: f64 = 5.0;
const DOT: f64 = 4.5;

/// The chart of a metric.
pub(super) fn chart(figures: &Figures, metric: &str, words: &Words) -> Chart {
    let spot = |period: u8| Spot::new(figures.get(metric, period), words.period(period), words);
    let spots: Vec<Spot> = (0..=4).rev().map(spot).collect();
    let alt = alt(&spots, words);
    Chart {
        svg: draw(&spots, metric, &alt, words),
        text: blocks::periods(&spots, words),
        rows: spots.into_iter().map(|spot| spot.row).collect(),
        alt,
    }
}

/// "Participation: 41 % (18 of 44), was 38, 40, 35, 37 %; interval 28–56 %".
fn alt(spots: &[Spot], words: &Words) -> String {
    let Some((now, before)) = spots.split_last() else {
        return words.heading();
    };
    let mut said = format!("{}: {}", words.heading(), now.row.value);
    if !now.row.of.is_empty() {
        said += &format!(" ({})", now.row.of);
    }
    if before.iter().any(Spot::is_drawn) {
        let earlier: Vec<&str> = before.iter().rev().map(earlier).collect();
        let mut earlier = earlier.join(", ");
        if before.iter().all(|spot| spot.value.is_some()) {
            earlier = earlier.replace("\u{a0}%, ", ", ");
        }
        said += &format!(", {} {earlier}", words.was);
    }
    if !now.row.interval.is_empty() {
        said += &format!("; {} {}", words.interval, now.row.interval);
    }
    said
}

fn earlier(spot: &Spot) -> &str {
    match spot.is_drawn() {
        true => &spot.row.value,
        false => "–",
    }
}

fn draw(spots: &[Spot], metric: &str, alt: &str, words: &Words) -> String {
    let is_share = spots.iter().any(|spot| spot.is_share);
    let numbers: Vec<f64> = spots.iter().flat_map(Spot::numbers).collect();
    let scale = Scale::of(&numbers, is_share);
    let mut canvas = Canvas::new(SHEET, metric, &words.heading(), alt);
    canvas.text(Type::Title, (12.0, TITLE), Anchor::Start, &words.heading());
    axis(&mut canvas, scale, RIGHT, is_share);
    lines(&mut canvas, spots, scale);
    for (index, spot) in spots.iter().enumerate() {
        point(&mut canvas, spot, x(index), scale);
    }
    if !spots.iter().any(Spot::is_drawn) {
        let middle = ((LEFT + RIGHT) / 2.0, (TOP + BOTTOM) / 2.0);
        let why = spots.last().map_or("", |spot| spot.row.value.as_str());
        canvas.text(
            Type::Value,
            middle,
            Anchor::Middle,
            &cut(why, LONGEST_TITLE),
        );
    }
    canvas.done()
}

/// The lines of the axis and their numbers.
pub(super) fn axis(canvas: &mut Canvas, scale: Scale, right: f64, is_share: bool) {
    for tick in scale.ticks() {
        let y = y(tick, scale);
        canvas.line(Mark::Grid, (LEFT, y), (right, y));
        let at = (LEFT - 6.0, y + 4.0);
        canvas.text(Type::Label, at, Anchor::End, &amount(tick, is_share));
    }
}

/// How far down a value is.
pub(super) fn y(value: f64, scale: Scale) -> f64 {
    BOTTOM - scale.share(value) * (BOTTOM - TOP)
}

/// How far right the middle of one of five is.
fn x(index: usize) -> f64 {
    let width = (RIGHT - LEFT) / 5.0;
    LEFT + width * (index as f64 + 0.5)
}

/// Between neighbours of which both are known.
fn lines(canvas: &mut Canvas, spots: &[Spot], scale: Scale) {
    for (index, two) in spots.windows(2).enumerate() {
        if let [one, next] = two
            && let (Some(from), Some(to)) = (one.value, next.value)
        {
            let (from, to) = (y(from, scale), y(to, scale));
            canvas.line(Mark::Line, (x(index), from), (x(index + 1), to));
        }
    }
}

fn point(canvas: &mut Canvas, spot: &Spot, x: f64, scale: Scale) {
    if let Some((low, high)) = spot.span {
        let (low, high) = (y(low, scale), y(high, scale));
        canvas.line(Mark::Whisker, (x, low), (x, high));
        for end in [low, high] {
            canvas.line(Mark::Whisker, (x - CAP, end), (x + CAP, end));
        }
    }
    let Row { when, value, .. } = &spot.row;
    if let Some(here) = spot.value {
        let here = y(here, scale);
        canvas.circle(Mark::Dot, (x, here), DOT);
        // Above all that is drawn of it, where no line passes that joins two dots.
        let above = y(spot.top(), scale).min(here) - 7.0;
        canvas.text(Type::Value, (x, above), Anchor::Middle, value);
    } else if !spot.is_drawn() {
        canvas.text(Type::Label, (x, BOTTOM - 6.0), Anchor::Middle, "–");
    }
    canvas.text(Type::Label, (x, LABELS), Anchor::Middle, when);
    canvas.text(Type::Label, (x, NOTES), Anchor::Middle, &spot.note);
}
