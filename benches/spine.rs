//! How fast the spine is, beside what this machine's SMTP can do in the same run.
//!
//! `cargo bench --bench spine -- [--json FILE] [--raw-only] [--no-postgres] [--dkim rsa|ed25519|rsa,ed25519]`
//!
//! With `--dkim` every mail is signed with these keys.
//!
//! The raw relay rate is a bare sender with eight kept connections, one recipient a transaction,
//! no pipelining, 2 kB; the sink is a process of its own (this program, started with `--sink`).
//! The node is the release binary, driven from outside. PostgreSQL is `FOLKMOOT_PG_URL` (an empty
//! database), or a throw-away cluster where `initdb` is found. Whatever is waited for has an end.

#[path = "spine/connection.rs"]
mod connection;
#[path = "spine/measure.rs"]
mod measure;
#[path = "spine/node.rs"]
mod node;
#[path = "spine/postgres.rs"]
mod postgres;
#[path = "spine/process.rs"]
mod process;
#[path = "spine/report.rs"]
mod report;
#[path = "spine/sender.rs"]
mod sender;
#[path = "spine/sink.rs"]
mod sink;
#[path = "spine/sink_process.rs"]
mod sink_process;

use std::{env, path::PathBuf, process::ExitCode};

use report::Report;
use sink_process::SinkProcess;

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let has = |name: &str| arguments.iter().any(|argument| argument == name);
    if has("--sink") {
        return ended(sink::run());
    }
    // cargo gives this to `cargo bench` only; `cargo test --all-targets` is to measure nothing.
    if !has("--bench") {
        eprintln!("nothing is measured here; run cargo bench --bench spine");
        return ExitCode::SUCCESS;
    }
    let value = |name: &str| arguments.iter().skip_while(|one| *one != name).nth(1);
    let keys: Vec<&str> = value("--dkim").map_or(Vec::new(), |keys| keys.split(',').collect());
    ended(run(
        has("--raw-only"),
        !has("--no-postgres"),
        &keys,
        value("--json").map(PathBuf::from),
    ))
}

fn ended(result: anyhow::Result<()>) -> ExitCode {
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("spine: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Measures all, prints as it goes, and fails at the end if a part could not be measured.
fn run(
    raw_only: bool,
    with_postgres: bool,
    keys: &[&str],
    json: Option<PathBuf>,
) -> anyhow::Result<()> {
    let mut report = Report::default();
    let mut sink = SinkProcess::start()?;
    measure::raw(&mut sink, &mut report)?;
    if !raw_only {
        report.try_column("SQLite", |column| {
            measure::node(&mut sink, "sqlite:folkmoot.db", keys, column)
        });
    }
    if with_postgres && !raw_only {
        match postgres::Server::find()? {
            Some(server) => {
                report.try_column("PostgreSQL", |column| {
                    measure::node(&mut sink, &server.url, keys, column)
                });
            }
            None => {
                eprintln!("PostgreSQL is NOT measured: set FOLKMOOT_PG_URL, or install its server")
            }
        }
    }
    println!("{report}");
    if let Some(path) = json {
        std::fs::write(path, report.json())?;
    }
    report.whole()
}
