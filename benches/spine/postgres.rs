//! PostgreSQL: the one named in the environment, or a throw-away cluster on a Unix socket.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use anyhow::Context;
use tempfile::TempDir;

use super::process;

const PATIENCE: Duration = Duration::from_secs(60);

/// A database to measure on; a cluster of our own is stopped and removed when this is dropped.
pub struct Server {
    /// For `[database] url`.
    pub url: String,
    cluster: Option<Cluster>,
}

struct Cluster {
    folder: TempDir,
    programs: PathBuf,
}

impl Server {
    /// The database, or None where this machine has none to offer.
    pub fn find() -> anyhow::Result<Option<Server>> {
        if let Ok(url) = env::var("FOLKMOOT_PG_URL") {
            return Ok(Some(Server { url, cluster: None }));
        }
        let Some(programs) = programs() else {
            return Ok(None);
        };
        let cluster = Cluster {
            folder: tempfile::Builder::new().prefix("spine-pg").tempdir()?,
            programs,
        };
        cluster
            .start()
            .context("starting a throw-away PostgreSQL")?;
        let folder = cluster.folder.path().display();
        let url = format!("postgres://folkmoot@localhost/postgres?host={folder}");
        Ok(Some(Server {
            url,
            cluster: Some(cluster),
        }))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(cluster) = &self.cluster
            && let Err(error) = cluster.control(&["stop", "-m", "immediate"])
        {
            eprintln!("the throw-away PostgreSQL did not stop: {error:#}");
        }
    }
}

/// The folder of the server's programs: Debian keeps them off PATH, or links only some there.
fn programs() -> Option<PathBuf> {
    let versions = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten();
    let debian = versions.map(|version| version.path().join("bin"));
    let path = process::on_path("initdb").and_then(|file| Some(file.parent()?.to_owned()));
    debian
        .chain(path)
        .filter(|folder| folder.join("initdb").is_file() && folder.join("pg_ctl").is_file())
        .max()
}

impl Cluster {
    fn start(&self) -> anyhow::Result<()> {
        let data = self.data();
        if process::is_root() {
            process::finish(
                Command::new("chown")
                    .arg("postgres")
                    .arg(self.folder.path()),
                PATIENCE,
            )?;
            // The node runs as root and must reach the socket; so must the server its own folder.
            process::finish(
                Command::new("chmod").arg("711").arg(self.folder.path()),
                PATIENCE,
            )?;
        }
        let words = [
            "-U",
            "folkmoot",
            "--auth=trust",
            "-E",
            "UTF8",
            "--locale=C",
            "-D",
        ];
        process::finish(self.program("initdb").args(words).arg(&data), PATIENCE)?;
        let options = format!("-k {} -c listen_addresses=''", self.folder.path().display());
        self.control(&["start", "-w", "-o", &options])
    }

    fn control(&self, words: &[&str]) -> anyhow::Result<()> {
        let log = self.folder.path().join("log");
        let mut command = self.program("pg_ctl");
        process::finish(
            command
                .args(words)
                .arg("-D")
                .arg(self.data())
                .arg("-l")
                .arg(log),
            PATIENCE,
        )
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// One of the server's programs; as root, by way of the user `postgres`.
    fn program(&self, name: &str) -> Command {
        let file = self.programs.join(name);
        let mut command = match process::is_root() {
            true => {
                let mut command = Command::new("runuser");
                command.args(["-u", "postgres", "--"]).arg(file);
                command
            }
            false => Command::new(file),
        };
        command.current_dir(Path::new("/"));
        command
    }
}
