//! `/definitions`: what each figure of a summary says.

use serde::Serialize;

use super::Page;
use crate::summaries::metrics::{self, Definition};

/// The page.
#[derive(Debug, Clone, Serialize)]
pub struct Definitions {
    /// Their version.
    pub version: u32,
    /// Each metric, in the order of the CSV.
    pub metrics: Vec<Metric>,
}

/// One metric.
#[derive(Debug, Clone, Serialize)]
pub struct Metric {
    /// Its name in the CSV, which is its anchor.
    pub name: &'static str,
    /// Its name for people.
    pub title: &'static str,
    /// What it says.
    pub text: &'static str,
    /// How it is computed.
    pub formula: &'static str,
    /// Where the definition comes from.
    pub source: &'static str,
    /// Whether facilitators alone see it.
    pub is_for_desk: bool,
}

impl Definitions {
    /// All metrics, as they are computed.
    pub fn new() -> Definitions {
        Definitions {
            version: metrics::VERSION,
            metrics: metrics::ALL.iter().map(metric).collect(),
        }
    }
}

impl Default for Definitions {
    fn default() -> Definitions {
        Definitions::new()
    }
}

fn metric(one: &Definition) -> Metric {
    Metric {
        name: one.metric,
        title: one.title,
        text: one.text,
        formula: one.formula,
        source: one.source,
        is_for_desk: one.scope == metrics::definitions::Scope::Desk,
    }
}

impl Page for Definitions {
    const TEMPLATE: &'static str = "web/definitions.html";

    fn title(&self) -> String {
        format!("Definitions, version {}", self.version)
    }
}
