//! A private, throw-away PostgreSQL cluster in a temporary folder, reached over
//! a Unix socket only. `fsync` stays on: what the stories prove is durability.

use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

/// A cluster of this process, stopped and deleted on drop.
pub struct Cluster {
    dir: TempDir,
    programs: PathBuf,
}

impl Cluster {
    /// Creates and starts a cluster; `None` where PostgreSQL is not installed.
    pub fn start() -> Option<Self> {
        let programs = programs()?;
        // Unix socket paths end at 108 octets, and target/ may lie deep.
        let dir = tempfile::Builder::new()
            .prefix("fmpg")
            .tempdir_in("/tmp")
            .expect("a folder for the cluster");
        let cluster = Self { dir, programs };
        cluster.create();
        cluster.up();
        Some(cluster)
    }

    /// The address of the database `name` in this cluster.
    pub fn url(&self, name: &str) -> String {
        format!(
            "postgres://folkmoot@localhost/{name}?host={}",
            self.dir.path().display()
        )
    }

    /// Starts the stopped cluster and waits until it answers.
    pub fn up(&self) {
        let options = format!(
            "-k {} -c listen_addresses='' -c max_connections=200",
            self.dir.path().display()
        );
        let log = self.dir.path().join("log");
        self.run(
            "pg_ctl",
            &[
                "-w",
                "-D",
                &self.data(),
                "-o",
                &options,
                "-l",
                &log.display().to_string(),
                "start",
            ],
        );
    }

    /// Takes the cluster away as a crash would: no checkpoint, connections cut.
    pub fn down(&self) {
        self.run(
            "pg_ctl",
            &["-w", "-D", &self.data(), "-m", "immediate", "stop"],
        );
    }

    fn create(&self) {
        if is_root() {
            let path = self.dir.path().display().to_string();
            expect(&mut Command::new("chown"), &["postgres", &path]);
        }
        // --no-sync spares syncing the empty cluster; the running server syncs.
        self.run(
            "initdb",
            &[
                "-D",
                &self.data(),
                "-U",
                "folkmoot",
                "-A",
                "trust",
                "-E",
                "UTF8",
                "--no-sync",
            ],
        );
    }

    fn data(&self) -> String {
        self.dir.path().join("data").display().to_string()
    }

    // PostgreSQL refuses to run as root.
    fn run(&self, program: &str, arguments: &[&str]) {
        expect(&mut self.command(program), arguments);
    }

    fn command(&self, program: &str) -> Command {
        let program = self.programs.join(program);
        let mut command = if is_root() {
            Command::new("runuser")
        } else {
            Command::new(&program)
        };
        if is_root() {
            command.args(["-u", "postgres", "--"]).arg(&program);
        }
        command.current_dir("/");
        command
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        let data = self.data();
        // A story may leave its cluster stopped: then this fails, as it may.
        let _ = self
            .command("pg_ctl")
            .args(["-w", "-D", &data, "-m", "immediate", "stop"])
            .output();
    }
}

fn programs() -> Option<PathBuf> {
    let on_path =
        std::env::var_os("PATH").map(|path| std::env::split_paths(&path).collect::<Vec<_>>());
    let debian = glob_debian();
    on_path
        .into_iter()
        .flatten()
        .chain(debian)
        .find(|dir| dir.join("initdb").exists() && dir.join("pg_ctl").exists())
}

// Debian keeps the server's programs off the path, a folder for each version.
fn glob_debian() -> Vec<PathBuf> {
    let versions = std::fs::read_dir(Path::new("/usr/lib/postgresql"))
        .into_iter()
        .flatten()
        .flatten();
    versions.map(|version| version.path().join("bin")).collect()
}

fn is_root() -> bool {
    Command::new("id")
        .arg("-u")
        .output()
        .is_ok_and(|out| out.stdout == b"0\n")
}

// pg_ctl leaves its server with our pipes open, so output goes to a file.
fn expect(command: &mut Command, arguments: &[&str]) {
    let log = tempfile::NamedTempFile::new().expect("a file for the output");
    let status = command
        .args(arguments)
        .stdin(std::process::Stdio::null())
        .stdout(log.reopen().expect("stdout"))
        .stderr(log.reopen().expect("stderr"))
        .status()
        .expect("the program starts");
    let said = std::fs::read_to_string(log.path()).unwrap_or_default();
    assert!(status.success(), "{command:?}: {said}");
}
