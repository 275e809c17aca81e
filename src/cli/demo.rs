//! `folkmoot demo`: a whole community's quarter on one machine.

use std::io::{IsTerminal, Write};
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use indicatif::{ProgressBar, ProgressStyle};
use tempfile::TempDir;
use tokio::signal::unix::{SignalKind, signal};

use crate::demo::{Demo, Progress, Summary, stage};

/// How many weeks can be played.
pub const WEEKS: RangeInclusive<u32> = 1..=520;

/// How many are, where nothing is said.
pub const DEFAULT_WEEKS: u32 = 13;

/// Where the pages are, if nothing else is there.
const PORT: u16 = 8080;

/// A number of weeks that cannot be played: wrong usage, exit status 2.
#[derive(Debug, thiserror::Error)]
#[error("--weeks {0} cannot be played; name a number from 1 to 520")]
pub struct WrongWeeks(pub u32);

/// Plays `weeks` weeks of a simulated community and prints what came of it; then,
/// unless `once`, leaves the pages up until Ctrl-C. What is written goes into
/// `dir` and stays there, or into a folder that is removed at the end.
///
/// # Errors
/// [`WrongWeeks`]; a folder that is not empty; a node that does not start; a
/// copy of a post that is missing or doubled, or anything else in the summary's
/// list of what is wrong.
pub async fn run(weeks: u32, dir: Option<PathBuf>, once: bool) -> anyhow::Result<()> {
    if !WEEKS.contains(&weeks) {
        return Err(WrongWeeks(weeks).into());
    }
    // The temporary folder is removed when it goes out of scope, also after a failure.
    let temporary = match &dir {
        Some(dir) => refuse_used(dir).map(|()| None)?,
        None => Some(temporary()?),
    };
    let place = temporary.as_ref().map(TempDir::path).or(dir.as_deref());
    let place = place.context("there is no folder to write to")?;
    let interrupted = interruption()?;
    tokio::pin!(interrupted);
    let demo = Demo::start(place, PORT).await?;
    let played = tokio::select! {
        played = demo.play(weeks, reporter(weeks)) => Some(played),
        () = &mut interrupted => None,
    };
    let ended = match played {
        Some(Ok(summary)) => {
            tell(&summary, dir.as_deref())?;
            if !once {
                print(&format!("The pages are at {} — Ctrl-C ends", demo.url()))?;
                interrupted.await;
            }
            judge(&summary)
        }
        Some(Err(error)) => Err(error),
        None => print("Interrupted; nothing was checked."),
    };
    demo.stop().await;
    ended
}

fn temporary() -> anyhow::Result<TempDir> {
    let made = tempfile::Builder::new().prefix("folkmoot-demo-").tempdir();
    made.context("no temporary folder can be made; name a folder with --dir")
}

/// A folder with something in it is left as it is.
fn refuse_used(dir: &Path) -> anyhow::Result<()> {
    let shown = dir.display();
    if !dir.exists() {
        return Ok(());
    }
    let mut entries = std::fs::read_dir(dir)
        .with_context(|| format!("{shown} is no folder that can be read; name another"))?;
    if entries.next().is_none() {
        return Ok(());
    }
    let settings = std::fs::read_to_string(dir.join("folkmoot.toml")).unwrap_or_default();
    if settings.starts_with(stage::MARK) {
        bail!("{shown} holds an earlier demonstration; remove it, or name another folder");
    }
    bail!("{shown} is not empty and is left as it is; name a new or an empty folder")
}

/// Ends at the first Ctrl-C or SIGTERM. The handlers stand before anything
/// starts, so that no signal is lost.
fn interruption() -> anyhow::Result<impl Future<Output = ()>> {
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

/// A bar on a terminal, a line a week elsewhere.
fn reporter(weeks: u32) -> impl FnMut(&Progress) {
    let is_terminal = std::io::stderr().is_terminal();
    let bar = match is_terminal {
        true => ProgressBar::new(weeks.into()).with_style(style()),
        false => ProgressBar::hidden(),
    };
    let mut told = 0;
    move |progress| {
        bar.set_message(line(progress));
        bar.set_position(progress.week.into());
        if !is_terminal && told != progress.week {
            told = progress.week;
            eprintln!("{}", line(progress));
        }
    }
}

/// In ASCII, whose width every terminal knows; what does not fit is cut off.
fn style() -> ProgressStyle {
    let style = ProgressStyle::with_template("[{bar:20}] {wide_msg}");
    let style = style.unwrap_or_else(|_| ProgressStyle::default_bar());
    style.progress_chars("=> ")
}

fn line(at: &Progress) -> String {
    let Progress {
        week,
        weeks,
        date,
        posts,
        mails,
    } = at;
    format!("{week:>2} of {weeks} weeks, {date}: posts {posts}, mails delivered {mails}")
}

fn tell(summary: &Summary, kept: Option<&Path>) -> anyhow::Result<()> {
    print(&summary.to_string())?;
    match kept {
        Some(dir) => print(&format!("What the node keeps is in {}", dir.display())),
        None => Ok(()),
    }
}

fn judge(summary: &Summary) -> anyhow::Result<()> {
    match summary.wrong.len() {
        0 => Ok(()),
        n => {
            bail!("the demonstration went wrong in {n} ways, listed above; please report it")
        }
    }
}

fn print(line: &str) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}").context("the summary cannot be printed")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn wrong_numbers_of_weeks_are_wrong_usage() {
        for weeks in [0, 521] {
            let error = run(weeks, None, true).await.unwrap_err();
            assert!(error.is::<WrongWeeks>(), "{error}");
            assert!(error.to_string().contains("from 1 to 520"), "{error}");
        }
    }

    #[tokio::test]
    async fn a_folder_that_is_named_is_kept_and_not_used_twice() {
        let parent = tempfile::tempdir().unwrap();
        let dir = parent.path().join("new/folder");
        run(2, Some(dir.clone()), true).await.unwrap();
        for file in [
            "folkmoot.toml",
            "communities/pumps.toml",
            "data/folkmoot.db",
        ] {
            assert!(dir.join(file).is_file(), "{file}");
        }
        assert_eq!(crate::config::check::files(&dir.join("folkmoot.toml")), []);
        let error = run(2, Some(dir), true).await.unwrap_err();
        assert!(error.to_string().contains("holds an earlier"), "{error}");
    }

    #[tokio::test]
    async fn a_folder_in_use_is_left_as_it_is() {
        let cases = [
            ("notes.txt", "mine", "is not empty"),
            (
                "folkmoot.toml",
                "domain = \"lists.example\"",
                "is not empty",
            ),
            (
                "folkmoot.toml",
                stage::MARK,
                "holds an earlier demonstration",
            ),
        ];
        for (name, text, expected) in cases {
            let dir = tempfile::tempdir().unwrap();
            let file = dir.path().join(name);
            std::fs::write(&file, text).unwrap();
            let error = run(1, Some(dir.path().to_owned()), true).await.unwrap_err();
            let error = error.to_string();
            assert!(error.contains(expected) && error.contains("; "), "{error}");
            assert_eq!(std::fs::read_to_string(file).unwrap(), text);
        }
    }
}
