//! Figures at the desk: a row of each, and a page of one with what stands behind it.

use serde::Serialize;

use super::Page;
use super::parts::{Link, Moment};
use crate::summaries::chart::{Chart, Row};

/// A chart as a page shows it: the one thing on a page that is no text of ours to escape,
/// because the drawing escapes what it says itself.
#[derive(Debug, Clone, Serialize)]
pub struct Drawing {
    svg: String,
    caption: String,
    rows: Vec<DrawingRow>,
}

/// The numbers of a point.
#[derive(Debug, Clone, Serialize)]
struct DrawingRow {
    when: String,
    value: String,
    of: String,
    interval: String,
    is_signal: bool,
}

impl From<Chart> for Drawing {
    fn from(chart: Chart) -> Drawing {
        let row = |row: Row| DrawingRow {
            when: row.when,
            value: row.value,
            of: row.of,
            interval: row.interval,
            is_signal: row.is_signal,
        };
        Drawing {
            svg: chart.svg,
            caption: chart.alt,
            rows: chart.rows.into_iter().map(row).collect(),
        }
    }
}

/// A figure in the table of the desk.
#[derive(Debug, Clone, Serialize)]
pub struct FigureRow {
    /// Its page.
    pub link: Link,
    /// Where its definition is.
    pub definition: String,
    /// What it is now.
    pub value: String,
    /// Of what it is a share, or nothing.
    pub of: String,
    /// Its interval, or nothing.
    pub interval: String,
    /// What it was at the four cut-offs before, the latest first.
    pub earlier: Vec<String>,
}

/// The section of the desk.
#[derive(Debug, Clone, Serialize)]
pub struct FiguresPanel {
    /// The four cut-offs before, the latest first, as the columns are headed.
    pub cut_offs: Vec<String>,
    /// A row each.
    pub rows: Vec<FigureRow>,
    /// The charts of those that a facilitator looks at first.
    pub charts: Vec<Drawing>,
    /// How many came to the last sessions, by series.
    pub series: Vec<SeriesRow>,
}

/// The last sessions of a series.
#[derive(Debug, Clone, Serialize)]
pub struct SeriesRow {
    /// Its title.
    pub title: String,
    /// The sessions, the latest first.
    pub sessions: Vec<CameRow>,
}

/// How many came to a session.
#[derive(Debug, Clone, Serialize)]
pub struct CameRow {
    /// Its day.
    pub on: String,
    /// How many were invited.
    pub invited: usize,
    /// How many had said that they come.
    pub going: usize,
    /// How many came, or that nobody has said.
    pub came: String,
    /// "8 of 10", or nothing.
    pub showed: String,
}

/// One thing that was counted.
#[derive(Debug, Clone, Serialize)]
pub struct PieceRow {
    /// What it is.
    pub what: String,
    /// Where it is to be read, or nothing.
    pub href: String,
    /// When.
    pub at: Moment,
    /// What became of it.
    pub fate: String,
}

/// A figure, and what stands behind it.
#[derive(Debug, Clone, Serialize)]
pub struct FigurePage {
    /// The community's name.
    pub community: String,
    /// What it is called.
    pub name: String,
    /// What it says.
    pub text: String,
    /// How it is computed.
    pub formula: String,
    /// Where its definition is.
    pub definition: String,
    /// The desk.
    pub desk: String,
    /// Over the last cut-offs.
    pub chart: Drawing,
    /// Week by week, where that is recorded.
    pub weeks: Option<Drawing>,
    /// Whether there is a list of what was counted.
    pub is_listed: bool,
    /// What was counted, as the list is headed.
    pub counted: String,
    /// The list.
    pub pieces: Vec<PieceRow>,
    /// Whether there are more than are shown.
    pub is_cut: bool,
}

impl Page for FigurePage {
    const TEMPLATE: &'static str = "web/figure.html";

    fn title(&self) -> String {
        format!("{} · Desk · {}", self.name, self.community)
    }

    fn trail(&self) -> Vec<Link> {
        vec![Link::new(
            &self.desk,
            format!("The desk of {}", self.community),
        )]
    }

    fn is_private(&self) -> bool {
        true
    }
}
