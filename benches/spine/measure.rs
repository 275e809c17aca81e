//! What is measured, in which order.

use std::{
    process::Command,
    thread,
    time::{Duration, Instant},
};

use folkmoot::clock::monotonic;

use super::{
    connection,
    node::{Node, member},
    process,
    report::{Column, Report},
    sender::{self, Mail},
    sink_process::SinkProcess,
};

const CONNECTIONS: usize = 8;
const RAW_MAILS: usize = 20_000;
/// Four posts of each member of the list of 100, well below what one author may post in an hour.
const ACCEPTED_POSTS: usize = 400;
const SUSTAINED_POSTS: usize = 20;
const RUNS: usize = 3;
/// The longest that a run is waited for.
const MOST: Duration = Duration::from_secs(120);

/// (a) Deliveries per second of a bare sender, and of smtp-source where there is one.
pub fn raw(sink: &mut SinkProcess, report: &mut Report) -> anyhow::Result<()> {
    let mails: Vec<Mail> = (0..RAW_MAILS)
        .map(|n| sender::mail("bench@lists.example", &member(n), &format!("raw{n}")))
        .collect();
    let bare = |port| sender::send(port, "EHLO", CONNECTIONS, &mails);
    report.raw("bare sender, 8 connections, 2 kB", raw_rate(sink, bare)?);
    let own = |port| connection::send(port, CONNECTIONS, &mails);
    report.raw(
        "the node's relay connection, 8 of them, 2 kB",
        raw_rate(sink, own)?,
    );
    if let Some(program) = process::on_path("smtp-source") {
        report.raw(
            "smtp-source -d -s 8 -l 2048",
            smtp_source(sink, &mut Command::new(program))?,
        );
    }
    Ok(())
}

/// The median of some runs that send `RAW_MAILS` to a port.
fn raw_rate(
    sink: &mut SinkProcess,
    send: impl Fn(u16) -> anyhow::Result<()>,
) -> anyhow::Result<f64> {
    let mut rates = Vec::new();
    for _ in 0..RUNS {
        sink.reset()?;
        let start = monotonic();
        send(sink.port)?;
        let counted = sink.wait(RAW_MAILS as u64, MOST)?;
        anyhow::ensure!(
            counted.duplicates == 0,
            "the sink counts {} duplicates of none",
            counted.duplicates
        );
        rates.push(rate(RAW_MAILS, start, counted.last));
    }
    Ok(median(rates))
}

fn smtp_source(sink: &mut SinkProcess, command: &mut Command) -> anyhow::Result<f64> {
    sink.reset()?;
    let place = format!("127.0.0.1:{}", sink.port);
    let count = RAW_MAILS.to_string();
    command.args([
        "-4",
        "-d",
        "-s",
        "8",
        "-l",
        "2048",
        "-m",
        &count,
        "-f",
        "bench@lists.example",
    ]);
    let start = monotonic();
    process::finish(command.args(["-t", "m0@members.example", &place]), MOST)?;
    Ok(rate(
        RAW_MAILS,
        start,
        sink.wait(RAW_MAILS as u64, MOST)?.last,
    ))
}

/// (b) to (d) for one database.
pub fn node(
    sink: &mut SinkProcess,
    database: &str,
    keys: &[&str],
    column: &mut Column,
) -> anyhow::Result<()> {
    let mut node = Node::configure(database, sink.port, keys)?;
    for (slug, members) in [("l100", 100), ("l1000", 1_000), ("l10000", 10_000)] {
        let start = monotonic();
        node.found(slug, members)?;
        eprintln!("{members} members imported in {:?}", start.elapsed());
    }
    node.start()?;
    settle(sink)?;
    let pid = node.pid()?;
    column.note("idle memory, MiB", mebibytes(&pid, "VmRSS")?);
    one_post(sink, &node, "l10000", 10_000, column)?;
    column.note(
        "peak memory at 10,000 members, MiB",
        mebibytes(&pid, "VmHWM")?,
    );
    one_post(sink, &node, "l1000", 1_000, column)?;
    sustained(sink, &node, column)?;
    accepted(sink, &node, column)?;
    column.note("peak memory in all, MiB", mebibytes(&pid, "VmHWM")?);
    Ok(())
}

/// (c) One post at a time, from its start to its last recipient.
fn one_post(
    sink: &mut SinkProcess,
    node: &Node,
    slug: &str,
    members: usize,
    column: &mut Column,
) -> anyhow::Result<()> {
    let mut rates = Vec::new();
    for run in 0..RUNS {
        rates.push(
            posted(
                sink,
                node,
                slug,
                members,
                posts(slug, &format!("one{run}"), 1),
            )?
            .0,
        );
    }
    column.note_deliveries(&format!("one post to {members}"), median(rates));
    Ok(())
}

/// (c) Many posts into 1,000 members, and (d) what the node's process spends on them.
fn sustained(sink: &mut SinkProcess, node: &Node, column: &mut Column) -> anyhow::Result<()> {
    let pid = node.pid()?;
    let before = process::cpu_seconds(&pid)?;
    let (rate, duplicates) = posted(
        sink,
        node,
        "l1000",
        1_000,
        posts("l1000", "many", SUSTAINED_POSTS),
    )?;
    let spent = process::cpu_seconds(&pid)? - before;
    column.note_deliveries(&format!("{SUSTAINED_POSTS} posts to 1000"), rate);
    column.note(
        "CPU seconds per 1000 deliveries",
        spent / SUSTAINED_POSTS as f64,
    );
    column.note("duplicates", duplicates as f64);
    Ok(())
}

/// (b) Posts per second until each has its 250; their deliveries are waited for, not counted.
fn accepted(sink: &mut SinkProcess, node: &Node, column: &mut Column) -> anyhow::Result<()> {
    sink.reset()?;
    let mails = posts("l100", "accept", ACCEPTED_POSTS);
    let start = monotonic();
    sender::send(node.lmtp, "LHLO", CONNECTIONS, &mails)?;
    column.note(
        "accepted posts/s, 8 connections",
        rate(ACCEPTED_POSTS, start, monotonic()),
    );
    let counted = sink.wait(ACCEPTED_POSTS as u64 * 100, MOST)?;
    column.note_deliveries(
        &format!("{ACCEPTED_POSTS} posts to 100"),
        rate(ACCEPTED_POSTS * 100, start, counted.last),
    );
    Ok(())
}

/// Deliveries per second of these posts to a list of so many, and duplicates.
fn posted(
    sink: &mut SinkProcess,
    node: &Node,
    slug: &str,
    members: usize,
    posts: Vec<Mail>,
) -> anyhow::Result<(f64, u64)> {
    let expected = members * posts.len();
    sink.reset()?;
    let start = monotonic();
    sender::send(node.lmtp, "LHLO", CONNECTIONS.min(posts.len()), &posts)?;
    let counted = sink.wait(expected as u64, MOST)?;
    anyhow::ensure!(
        counted.taken == expected as u64,
        "{slug}: {} mails for {expected}",
        counted.taken
    );
    Ok((rate(expected, start, counted.last), counted.duplicates))
}

/// Posts to one list, each of another of its first hundred members.
fn posts(slug: &str, name: &str, count: usize) -> Vec<Mail> {
    let to = format!("{slug}@lists.example");
    (0..count)
        .map(|n| sender::mail(&member(n % 100), &to, &format!("{slug}-{name}-{n}")))
        .collect()
}

/// Waits until nothing has come for two seconds: founding may send mails of its own.
fn settle(sink: &mut SinkProcess) -> anyhow::Result<()> {
    let (start, mut before) = (monotonic(), u64::MAX);
    while start.elapsed() < MOST {
        let now = sink.count()?.taken;
        if now == before {
            return Ok(());
        }
        before = now;
        thread::sleep(Duration::from_secs(2));
    }
    anyhow::bail!("the node still sent mails {MOST:?} after its start")
}

fn rate(count: usize, start: Instant, end: Instant) -> f64 {
    count as f64 / end.saturating_duration_since(start).as_secs_f64().max(1e-6)
}

fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied().unwrap_or(f64::NAN)
}

fn mebibytes(pid: &str, name: &str) -> anyhow::Result<f64> {
    Ok(process::status(pid, name)? as f64 / 1024.0)
}
