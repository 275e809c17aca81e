//! What a chart says, in one language, and how it writes numbers.

use crate::templates::Phrase;

/// The longest title or remark, in characters.
pub(super) const LONGEST_TITLE: usize = 44;

/// The longest label of a point, in characters.
const LONGEST_LABEL: usize = 10;

/// From here on a number is written with an exponent, so that it has room.
const HUGE: f64 = 1e12;

/// The words of a chart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Words {
    /// What is shown: "Participation".
    pub title: String,
    /// The period that is reported and the four before it, short: "now", "-1".
    pub periods: [String; 5],
    /// Between a number and that of which it is a part: "18 of 44".
    pub of: String,
    /// Before what it was earlier.
    pub was: String,
    /// Before an interval.
    pub interval: String,
    /// Where there is no number.
    pub too_little: String,
    /// Where the number is known and not told.
    pub not_told: String,
    /// Before the normal range.
    pub normal: String,
    /// While there are too few points for one.
    pub no_range: String,
}

impl Words {
    /// In English, with this title.
    pub fn english(title: &str) -> Words {
        Words {
            title: title.to_owned(),
            periods: ["now", "-1", "-2", "-3", "-4"].map(str::to_owned),
            of: "of".into(),
            was: "was".into(),
            interval: "interval".into(),
            too_little: "too little data".into(),
            not_told: "not told".into(),
            normal: "normal range".into(),
            no_range: "normal range from 10 points on".into(),
        }
    }

    /// As a community says them in its mails, with that phrase as the title.
    pub fn of(say: &dyn Fn(&Phrase) -> String, title: &'static str) -> Words {
        let word = |key: &'static str| say(&Phrase::new(key));
        Words {
            of: word("chart_of"),
            was: word("chart_was"),
            interval: word("chart_interval"),
            too_little: word("sum_too_little"),
            not_told: word("sum_suppressed"),
            normal: word("chart_normal"),
            no_range: word("chart_no_range"),
            ..Words::english(&word(title))
        }
    }

    /// The title, as long as there is room.
    pub(super) fn heading(&self) -> String {
        cut(&self.title, LONGEST_TITLE)
    }

    /// How a period is called, as long as there is room.
    pub(super) fn period(&self, period: u8) -> String {
        let label = self.periods.get(usize::from(period));
        label.map_or_else(String::new, |label| cut(label, LONGEST_LABEL))
    }
}

/// One line of at most so many characters.
pub(super) fn cut(text: &str, most: usize) -> String {
    let plain = |c: char| if c.is_control() { ' ' } else { c };
    let line: String = text.chars().map(plain).collect();
    match line.chars().count() > most {
        true => line.chars().take(most - 1).chain(['…']).collect(),
        false => line,
    }
}

/// A number as it is written: whole, or with one decimal; what is small has two.
pub(super) fn number(value: f64) -> String {
    let (digits, factor) = if value.abs() < 2.0 {
        (2, 100.0)
    } else {
        (1, 10.0)
    };
    let rounded = (value * factor).round() / factor;
    match rounded {
        _ if rounded.abs() >= HUGE => format!("{value:.1e}"),
        // Not "-0".
        0.0 => "0".to_owned(),
        _ if rounded.fract() == 0.0 => format!("{rounded:.0}"),
        _ => format!("{rounded:.digits$}")
            .trim_end_matches('0')
            .to_owned(),
    }
}

/// A number with its unit, which does not stand on the next line alone.
pub(super) fn amount(value: f64, is_share: bool) -> String {
    match is_share {
        true => format!("{}\u{a0}%", number(value.round())),
        false => number(value),
    }
}

/// From one number to another.
pub(super) fn span((low, high): (f64, f64), is_share: bool) -> String {
    let low = if is_share { low.round() } else { low };
    format!("{}–{}", number(low), amount(high, is_share))
}
