//! A figure, as all that shows figures reads it: the sponsor's mail, the digest, the desk
//! and the CSV.

use serde::{Deserialize, Serialize};

/// One metric of one period.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Figure {
    /// Its name in the CSV, such as `participation` or `health-safety`.
    pub metric: String,
    /// The organisational unit of a `unit` row, as `other` or `Plant 2`; else empty.
    pub unit: String,
    /// 0 is the period that is reported, 1 to 4 are those before it.
    pub period: u8,
    /// What may be said.
    pub value: Value,
}

/// What may be said of a metric.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Value {
    /// `k` of `n`, `n` not 0.
    Share {
        /// How many it is true of.
        k: u64,
        /// Of how many.
        n: u64,
    },
    /// A count, or a median: never NaN.
    Count(f64),
    /// A bin of a survey's index: an interval in percent and the number of answers, and
    /// no count (docs/surveys.md).
    Binned {
        /// How many answered.
        n: u64,
        /// How many were asked.
        asked: u64,
        /// As it is published: `80-90`, `mostly yes`.
        bin: String,
        /// The interval, in percent.
        interval: (i64, i64),
        /// What it could be among all who were asked, in percent.
        bounds: (i64, i64),
        /// How it compares with the wave before.
        verdict: String,
    },
    /// Nothing was recorded that it could be said of: "too little data".
    TooLittle,
    /// It is known, and not told.
    Suppressed(Why),
}

/// Why a figure is not told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Why {
    /// Fewer than five people stand behind it.
    FewPeople,
    /// Fewer than five people differ from what was told last time.
    Differencing,
}

/// All figures of one community for one period and the four before it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Figures {
    /// The version of the definitions by which they were computed.
    pub definitions: u32,
    /// The moment at which the period ends, in milliseconds.
    pub cut_off: i64,
    /// The figures, in the order of the CSV.
    pub all: Vec<Figure>,
}

impl Figures {
    /// A metric of a period; "too little data" where there is no such figure.
    pub fn get(&self, metric: &str, period: u8) -> &Value {
        let is_it = |figure: &&Figure| {
            figure.metric == metric && figure.period == period && figure.unit.is_empty()
        };
        let found = self.all.iter().find(is_it);
        found.map_or(&Value::TooLittle, |figure| &figure.value)
    }

    /// The units of the period that is reported.
    pub fn units(&self) -> impl Iterator<Item = &Figure> {
        let is_unit = |figure: &&Figure| figure.metric == "unit" && figure.period == 0;
        self.all.iter().filter(is_unit)
    }
}
