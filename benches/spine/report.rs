//! One table: a row a figure, a column a database.

use std::fmt;

use anyhow::ensure;
use serde_json::{Map, Value, json};

/// Every figure by column; the raw rate, which has no database, stands above.
#[derive(Default)]
pub struct Report {
    /// What the machine can do without a node, as (name, deliveries per second).
    pub raw: Vec<(String, f64)>,
    columns: Vec<Column>,
}

/// The figures of one database.
pub struct Column {
    name: String,
    /// The raw relay rate that deliveries are compared with, per second.
    pub raw: f64,
    /// Postfix's smtp-source on this machine in this run, where it is installed.
    smtp_source: Option<f64>,
    rows: Vec<(String, f64)>,
    failed: Option<String>,
}

impl Report {
    /// Notes a raw rate; the first is what all is compared with.
    pub fn raw(&mut self, name: &str, rate: f64) {
        eprintln!("{name}: {rate:.0}");
        self.raw.push((name.to_owned(), rate));
    }

    fn smtp_source(&self) -> Option<f64> {
        let mut rates = self.raw.iter();
        rates
            .find(|(name, _)| name.starts_with("smtp-source"))
            .map(|(_, rate)| *rate)
    }

    /// Measures one database; what fails is told, and the figures until then stay.
    pub fn try_column(
        &mut self,
        name: &str,
        measure: impl FnOnce(&mut Column) -> anyhow::Result<()>,
    ) {
        let raw = self.raw.first().map_or(f64::NAN, |(_, rate)| *rate);
        let mut column = Column {
            name: name.to_owned(),
            raw,
            smtp_source: self.smtp_source(),
            rows: Vec::new(),
            failed: None,
        };
        if let Err(error) = measure(&mut column) {
            eprintln!("{name}: {error:#}");
            column.failed = Some(format!("{error:#}"));
        }
        self.columns.push(column);
    }

    /// The whole as one JSON document.
    pub fn json(&self) -> String {
        let raw: Map<String, Value> = self
            .raw
            .iter()
            .map(|(name, rate)| (name.clone(), json!(rate)))
            .collect();
        let columns = self.columns.iter().map(|column| {
            let rows: Map<String, Value> = column
                .rows
                .iter()
                .map(|(name, n)| (name.clone(), json!(n)))
                .collect();
            (
                column.name.clone(),
                json!({"figures": rows, "failed": column.failed}),
            )
        });
        format!(
            "{:#}\n",
            json!({"raw": raw, "databases": columns.collect::<Map<_, _>>()})
        )
    }

    /// # Errors
    /// Where a column is not whole.
    pub fn whole(&self) -> anyhow::Result<()> {
        let failed: Vec<&str> = self
            .columns
            .iter()
            .filter_map(|column| column.failed.as_deref())
            .collect();
        ensure!(
            failed.is_empty(),
            "not everything could be measured: {}",
            failed.join("; ")
        );
        Ok(())
    }
}

impl Column {
    /// Notes a figure.
    pub fn note(&mut self, row: &str, figure: f64) {
        eprintln!("{}: {row}: {figure:.2}", self.name);
        self.rows.push((row.to_owned(), figure));
    }

    /// Notes deliveries per second, and what share of the raw relay rate they are.
    pub fn note_deliveries(&mut self, row: &str, rate: f64) {
        self.note(&format!("{row}, deliveries/s"), rate);
        self.note(&format!("{row}, share of raw"), rate / self.raw);
        if let Some(peer) = self.smtp_source {
            self.note(&format!("{row}, share of smtp-source"), rate / peer);
        }
    }

    fn figure(&self, row: &str) -> String {
        let found = self.rows.iter().find(|(name, _)| name == row);
        found.map_or_else(|| "-".to_owned(), |(_, figure)| number(*figure))
    }
}

/// Large figures without a fraction, small ones with two digits of it.
fn number(figure: f64) -> String {
    if figure >= 100.0 {
        format!("{figure:.0}")
    } else {
        format!("{figure:.2}")
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{:<50} {:>12}", "without a node, deliveries/s", "")?;
        for (name, rate) in &self.raw {
            writeln!(f, "{name:<50} {:>12}", number(*rate))?;
        }
        write!(f, "\n{:<50}", "folkmoot")?;
        self.columns
            .iter()
            .try_for_each(|column| write!(f, " {:>12}", column.name))?;
        let mut names: Vec<&str> = Vec::new();
        for (name, _) in self.columns.iter().flat_map(|column| &column.rows) {
            if !names.contains(&name.as_str()) {
                names.push(name);
            }
        }
        for name in names {
            write!(f, "\n{name:<50}")?;
            self.columns
                .iter()
                .try_for_each(|column| write!(f, " {:>12}", column.figure(name)))?;
        }
        for column in &self.columns {
            if let Some(failed) = &column.failed {
                write!(f, "\n{} ended early: {failed}", column.name)?;
            }
        }
        Ok(())
    }
}
