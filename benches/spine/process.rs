//! Other programs: run to their end, found, and measured.

use std::{
    env, fs,
    path::PathBuf,
    process::{Child, Command, ExitStatus, Stdio},
    thread,
    time::Duration,
};

use anyhow::{Context, bail, ensure};
use folkmoot::clock::monotonic;

/// Linux counts CPU time in hundredths of a second, whatever the kernel's own tick.
const TICKS_PER_SECOND: f64 = 100.0;

/// Runs a command to its end, its stdout unheard, for no longer than `most`.
///
/// # Errors
/// Where it fails or takes longer; its stderr has gone to ours.
pub fn finish(command: &mut Command, most: Duration) -> anyhow::Result<()> {
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .spawn()
        .with_context(|| named(command))?;
    match wait(&mut child, most)? {
        Some(status) => ensure!(status.success(), "{} ended with {status}", named(command)),
        None => {
            child.kill()?;
            child.wait()?;
            bail!("{} took longer than {most:?}", named(command));
        }
    }
    Ok(())
}

/// The end of a child, or None where it still lives after `most`.
pub fn wait(child: &mut Child, most: Duration) -> anyhow::Result<Option<ExitStatus>> {
    let start = monotonic();
    while start.elapsed() < most {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        thread::sleep(Duration::from_millis(5));
    }
    Ok(None)
}

fn named(command: &Command) -> String {
    let mut words = vec![command.get_program().to_string_lossy()];
    words.extend(command.get_args().map(|word| word.to_string_lossy()));
    words.join(" ")
}

/// A program on PATH.
pub fn on_path(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path)
        .map(|folder| folder.join(name))
        .find(|file| file.is_file())
}

/// Whether this process may do everything, which PostgreSQL refuses to be run by.
pub fn is_root() -> bool {
    status("self", "Uid").is_ok_and(|uid| uid == 0)
}

/// A number of `/proc/PID/status`, as `VmRSS` and `VmHWM` (in KiB).
pub fn status(pid: &str, name: &str) -> anyhow::Result<u64> {
    let text = fs::read_to_string(format!("/proc/{pid}/status"))?;
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
    let word = line.and_then(|line| line.split_whitespace().next());
    Ok(word
        .with_context(|| format!("no {name} in /proc/{pid}/status"))?
        .parse()?)
}

/// User and system time that a process has taken, in seconds.
pub fn cpu_seconds(pid: &str) -> anyhow::Result<f64> {
    let text = fs::read_to_string(format!("/proc/{pid}/stat"))?;
    // The program's name, in parentheses, may hold blanks; utime is the 12th field after it.
    let (_, fields) = text.rsplit_once(')').context("no name in /proc/PID/stat")?;
    let ticks = |at: usize| {
        fields
            .split_whitespace()
            .nth(at)
            .and_then(|field| field.parse::<f64>().ok())
    };
    let both = ticks(11)
        .zip(ticks(12))
        .context("no times in /proc/PID/stat")?;
    Ok((both.0 + both.1) / TICKS_PER_SECOND)
}
