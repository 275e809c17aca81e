//! `member import`: a CSV in one go. A bad row is reported with its line and the
//! others go in.

use std::path::Path;
use std::process::ExitCode;

use anyhow::Context as _;
use csv::{ReaderBuilder, StringRecord, Trim};
use serde_json::json;

use super::output::Output;
use super::{member_invite, open};
use crate::cli::member::checked;
use crate::context::Context;
use crate::lists::membership::{self, Added, NewMember};

/// Rows that one transaction holds.
const BATCH: usize = 500;

const COLUMNS: [&str; 6] = ["address", "name", "role", "delivery", "org", "tz"];

#[derive(Default)]
struct Tally {
    joined: u64,
    changed: u64,
    unchanged: u64,
    bad: Vec<(u64, String)>,
}

/// Imports the file; exit status 1 if a row was bad.
///
/// # Errors
/// Where the file cannot be read at all.
pub async fn run(
    ctx: &Context,
    output: Output,
    slug: &str,
    file: &Path,
    welcome: bool,
) -> anyhow::Result<ExitCode> {
    let community = open::community(&mut ctx.read().await?, slug).await?;
    let text = std::fs::read(file)
        .with_context(|| format!("cannot read {}; check the name", file.display()))?;
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&text);
    let mut reader = ReaderBuilder::new()
        .flexible(true)
        .trim(Trim::All)
        .from_reader(text);
    let header = header(reader.headers().context("the file is not a CSV")?)?;
    let bar = crate::cli::output::progress(text.len() as u64);
    let mut tally = Tally::default();
    let mut records = reader.records();
    loop {
        let mut tx = ctx.write_durably().await?;
        let mut count = 0;
        for record in records.by_ref().take(BATCH) {
            count += 1;
            let (line, row) = row(record, &header);
            match row {
                Err(error) => tally.bad.push((line, error)),
                Ok(new) => match membership::add(
                    &mut tx,
                    community.id,
                    &new,
                    "imported by the operator",
                    ctx.now(),
                )
                .await?
                {
                    Added::Joined => {
                        tally.joined += 1;
                        if welcome {
                            member_invite::greet(&mut tx, ctx, &community, &new.address).await?;
                        }
                    }
                    Added::Changed => tally.changed += 1,
                    Added::Unchanged => tally.unchanged += 1,
                },
            }
        }
        open::commit(tx).await?;
        bar.set_position(records.reader().position().byte());
        if count < BATCH {
            break;
        }
    }
    bar.finish_and_clear();
    report(output, file, &tally)
}

/// The place of each column that we know.
fn header(names: &StringRecord) -> anyhow::Result<Vec<Option<&'static str>>> {
    let known = |name: &str| {
        COLUMNS
            .into_iter()
            .find(|column| column.eq_ignore_ascii_case(name))
    };
    let found: Vec<_> = names.iter().map(known).collect();
    if !found.contains(&Some("address")) {
        anyhow::bail!(
            "the first line must name the columns, `address` among them: {}",
            COLUMNS.join(",")
        );
    }
    if let Some(twice) = found.iter().enumerate().find_map(|(at, column)| {
        column.filter(|_| found.iter().take(at).any(|before| before == column))
    }) {
        anyhow::bail!("the first line names {twice:?} twice; leave one of the two columns out");
    }
    if let Some(unknown) = names
        .iter()
        .find(|name| !name.is_empty() && known(name).is_none())
    {
        anyhow::bail!(
            "there is no column {unknown:?}; the columns are {}",
            COLUMNS.join(",")
        );
    }
    Ok(found)
}

/// One row as (line in the file, member or what is wrong with it).
fn row(
    record: csv::Result<StringRecord>,
    header: &[Option<&str>],
) -> (u64, Result<NewMember, String>) {
    let record = match record {
        Ok(record) => record,
        Err(error) => {
            return (
                error.position().map_or(0, csv::Position::line),
                Err(unreadable(&error)),
            );
        }
    };
    let line = record.position().map_or(0, csv::Position::line);
    if record.len() > header.len() {
        return (
            line,
            Err(format!(
                "it has {} fields, the first line names {}",
                record.len(),
                header.len()
            )),
        );
    }
    let mut new = NewMember {
        exempt: true,
        ..NewMember::default()
    };
    for (column, value) in header.iter().zip(record.iter()) {
        let target = match column {
            Some("address") => &mut new.address,
            Some("name") => &mut new.name,
            Some("role") => &mut new.role,
            Some("delivery") => &mut new.delivery,
            Some("org") => &mut new.org,
            Some("tz") => &mut new.tz,
            _ => continue,
        };
        value.clone_into(target);
    }
    (line, checked(new).map_err(|error| error.to_string()))
}

fn unreadable(error: &csv::Error) -> String {
    match error.kind() {
        csv::ErrorKind::Utf8 { .. } => "it is not UTF-8; save the file as UTF-8".to_owned(),
        _ => format!("it cannot be read: {error}"),
    }
}

fn report(output: Output, file: &Path, tally: &Tally) -> anyhow::Result<ExitCode> {
    for (line, what) in &tally.bad {
        eprintln!("{}:{line}: {what}", file.display());
    }
    let bad: Vec<_> = tally
        .bad
        .iter()
        .map(|(line, what)| json!({ "line": line, "problem": what }))
        .collect();
    let Tally {
        joined,
        changed,
        unchanged,
        ..
    } = tally;
    let shown = json!({ "joined": joined, "changed": changed, "unchanged": unchanged, "bad": bad });
    output.show(
        &shown,
        [format!(
            "{joined} joined, {changed} changed, {unchanged} as they were, {} bad rows",
            bad.len()
        )],
    )?;
    Ok(if bad.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
