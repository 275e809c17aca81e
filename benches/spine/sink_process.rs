//! The sink as a process of its own, so that its work is nobody else's.

use std::{
    env,
    io::{BufRead, BufReader, Write},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context, ensure};
use folkmoot::clock::monotonic;

/// A running sink; it ends when this is dropped.
pub struct SinkProcess {
    /// Where it listens, on 127.0.0.1.
    pub port: u16,
    child: Child,
    stdin: Option<ChildStdin>,
    stdout: BufReader<ChildStdout>,
}

/// What the sink has counted.
pub struct Count {
    /// Messages since the last reset.
    pub taken: u64,
    /// How many of them had a recipient and Message-ID that had come before.
    pub duplicates: u64,
    /// When the last of them came.
    pub last: Instant,
}

impl SinkProcess {
    /// Starts this very program as a sink.
    pub fn start() -> anyhow::Result<SinkProcess> {
        let mut command = Command::new(env::current_exe()?);
        let mut child = command
            .arg("--sink")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let stdin = child.stdin.take();
        let stdout = BufReader::new(child.stdout.take().context("the sink has no stdout")?);
        let mut sink = SinkProcess {
            port: 0,
            child,
            stdin,
            stdout,
        };
        sink.port = sink.line()?.trim().parse()?;
        Ok(sink)
    }

    /// Forgets what was counted.
    pub fn reset(&mut self) -> anyhow::Result<()> {
        self.ask("reset").map(drop)
    }

    /// What has been counted by now.
    pub fn count(&mut self) -> anyhow::Result<Count> {
        self.ask("count")
    }

    /// Waits for so many messages, but no longer than `most`.
    ///
    /// # Errors
    /// Where fewer came, with their number.
    pub fn wait(&mut self, count: u64, most: Duration) -> anyhow::Result<Count> {
        let counted = self.ask(&format!("wait {count} {}", most.as_secs()))?;
        ensure!(
            counted.taken >= count,
            "only {} of {count} mails arrived within {most:?}",
            counted.taken
        );
        Ok(counted)
    }

    fn ask(&mut self, question: &str) -> anyhow::Result<Count> {
        writeln!(
            self.stdin.as_mut().context("the sink is gone")?,
            "{question}"
        )?;
        let line = self.line()?;
        let now = monotonic();
        let numbers: Vec<u64> = line
            .split_whitespace()
            .map(str::parse)
            .collect::<Result<_, _>>()?;
        let [taken, duplicates, since] = numbers[..] else {
            anyhow::bail!("the sink said {line:?}")
        };
        let last = now.checked_sub(Duration::from_micros(since)).unwrap_or(now);
        Ok(Count {
            taken,
            duplicates,
            last,
        })
    }

    fn line(&mut self) -> anyhow::Result<String> {
        let mut line = String::new();
        ensure!(self.stdout.read_line(&mut line)? > 0, "the sink ended");
        Ok(line)
    }
}

impl Drop for SinkProcess {
    fn drop(&mut self) {
        self.stdin.take();
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
