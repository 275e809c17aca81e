//! Charts: a figure over its periods, and over its weeks with its normal range. Each is drawn
//! as SVG by our own code, and exists as a picture for mail, as text in block characters, as
//! a sentence for who does not see it, and as rows of a table. Pure.
//!
//! Marks have classes, by which the style sheet colours them in light and in dark, and
//! colours of their own for the picture, which is light everywhere.

mod blocks;
mod canvas;
mod control;
mod periods;
mod picture;
mod scale;
mod spot;
mod words;

use super::figure::Figures;

pub use control::Point;
pub use picture::SIZE as PICTURE_SIZE;
pub use words::Words;

/// A chart in all its forms.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chart {
    /// The drawing, an element that may stand in a page as it is: what it says is escaped.
    pub svg: String,
    /// What it shows, in a sentence.
    pub alt: String,
    /// The same in block characters: a line for each point, no longer than 78 characters.
    pub text: String,
    /// The numbers, the oldest first.
    pub rows: Vec<Row>,
}

/// The numbers of a point, as they are said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Row {
    /// When: a period, a day.
    pub when: String,
    /// `41 %`, `12`, `too little data`.
    pub value: String,
    /// `18 of 44`, or nothing.
    pub of: String,
    /// `28–56 %`, or nothing.
    pub interval: String,
    /// Whether it is beyond what is normal.
    pub is_signal: bool,
}

impl Chart {
    /// The picture of a mail, a PNG of [`PICTURE_SIZE`] pixels; `None` where it cannot be
    /// drawn, and then the text stands for it.
    pub fn png(&self) -> Option<Vec<u8>> {
        picture::png(&self.svg)
    }
}

/// Participation over the period and the four before it.
pub fn participation_chart(figures: &Figures, words: &Words) -> Chart {
    metric_chart(figures, "participation", words)
}

/// Any metric over the period and the four before it.
pub fn metric_chart(figures: &Figures, metric: &str, words: &Words) -> Chart {
    periods::chart(figures, metric, words)
}

/// A figure as it was recorded, the oldest point first, with its normal range from
/// [`super::normal_range::FEWEST`] points on.
pub fn control_chart(metric: &str, points: &[Point], words: &Words) -> Chart {
    control::chart(metric, points, words)
}

#[cfg(test)]
mod tests;
