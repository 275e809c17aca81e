//! Results as bars without pictures: block characters in text, cells of a table in HTML.
//! A bar shows a bin and nothing finer: full up to its lower edge, half as far as its
//! upper one. Pure.

use super::results::Said;
use crate::templates::mails::SurveyCell;

/// A bar has so many characters, of five percent each.
const CHARACTERS: i64 = 20;

/// Of what surely is, of what may be, of what is not; each is seen on white and on black.
const COLOURS: [&str; 3] = ["#2f76c9", "#9dbfe6", "#c3cad1"];

/// The edges of what is said, in percent.
pub fn edges(said: &Said) -> (i64, i64) {
    match said {
        Said::Percent(low, high) => (*low, *high),
        Said::Words("mostly yes") => (60, 100),
        Said::Words("mostly no") => (0, 40),
        Said::Words(_) => (40, 60),
    }
}

/// The bar in characters of one width.
pub fn text(said: &Said) -> String {
    let (low, high) = edges(said);
    let count = |percent: i64| usize::try_from(percent * CHARACTERS / 100).unwrap_or_default();
    let (low, high, all) = (count(low), count(high), count(100));
    let parts = [("█", low), ("▒", high - low), ("░", all - high)];
    parts.iter().map(|(one, many)| one.repeat(*many)).collect()
}

/// The bar as cells of a row; none is empty, because some programs give that a width.
pub fn cells(said: &Said) -> Vec<SurveyCell> {
    let (low, high) = edges(said);
    let widths = [low, high - low, 100 - high];
    let cell = |(width, colour): (i64, &&str)| SurveyCell {
        width,
        colour: (*colour).to_owned(),
    };
    let cells = widths.into_iter().zip(&COLOURS).map(cell);
    cells.filter(|cell| cell.width > 0).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_shows_a_bin() {
        let of = |low, high| text(&Said::Percent(low, high));
        assert_eq!(of(0, 20), "▒▒▒▒░░░░░░░░░░░░░░░░");
        assert_eq!(of(80, 100), "████████████████▒▒▒▒");
        assert_eq!(of(85, 90), "█████████████████▒░░");
        assert_eq!(text(&Said::Words("mixed")), "████████▒▒▒▒░░░░░░░░");
        let widths = |said: &Said| {
            cells(said)
                .iter()
                .map(|cell| cell.width)
                .collect::<Vec<_>>()
        };
        assert_eq!(widths(&Said::Words("mostly yes")), [60, 40]);
        assert_eq!(widths(&Said::Percent(20, 40)), [20, 20, 60]);
        assert_eq!(widths(&Said::Words("mostly no")), [40, 60]);
    }
}
