//! One installation of folkmoot in a temporary folder, and its running node.

use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;

use super::command::{FOLKMOOT, Outcome, folkmoot};
use super::community::{Community, LIST};
use super::{Client, Database, Post, Reply, Sink, sink, wait};

mod ask;
mod configuration;

/// Monday morning: when the test clock of a story stands unless it says else.
pub const MONDAY: &str = "2026-03-02T09:00:00Z";

/// An installation, and its node while one runs. The node dies with it.
pub struct Node<'a> {
    /// The database that the story runs on.
    pub database: &'a Database,
    /// Where LMTP is served.
    pub lmtp: SocketAddr,
    /// Where SMTP is served.
    pub smtp: SocketAddr,
    /// Where the pages are.
    pub http: SocketAddr,
    dir: TempDir,
    child: Option<Child>,
    clock: Option<String>,
}

impl<'a> Node<'a> {
    /// Writes the configuration; nothing runs yet. The test clock will stand at
    /// [`MONDAY`].
    pub fn new(database: &'a Database, sink: &Sink) -> Self {
        let [lmtp, smtp, http] = std::array::from_fn(|_| sink::free_address());
        let dir = tempfile::Builder::new()
            .prefix("folkmoot")
            .tempdir()
            .expect("a folder for the node");
        let node = Self {
            database,
            lmtp,
            smtp,
            http,
            dir,
            child: None,
            clock: Some(MONDAY.into()),
        };
        fs::create_dir(node.path("communities")).expect("a folder for charters");
        fs::create_dir(node.path("data")).expect("a folder for data");
        node.write("folkmoot.toml", node.configuration(sink));
        node
    }

    /// A running node with one list and these members.
    pub fn with_list(
        database: &'a Database,
        sink: &Sink,
        community: &Community,
        members: &[&str],
    ) -> Self {
        let mut node = Self::new(database, sink);
        node.found(community, members);
        node.start();
        node
    }

    /// Lets the node run on the machine's clock.
    pub fn real_clock(mut self) -> Self {
        self.clock = None;
        self
    }

    /// Where the test clock starts, at the next start.
    pub fn clock_from(&mut self, moment: &str) {
        self.clock = Some(moment.into());
    }

    /// Applies the community's charter and adds the members.
    pub fn found(&self, community: &Community, members: &[&str]) {
        let slug = community.slug;
        self.write(&format!("communities/{slug}.toml"), community.charter());
        self.run(&["community", "apply"]).ok();
        if !members.is_empty() {
            let rows: String = members
                .iter()
                .map(|address| format!("{address},,member,each,,\n"))
                .collect();
            self.write(
                "members.csv",
                format!("address,name,role,delivery,org,tz\n{rows}"),
            );
            self.run(&[
                "member",
                "import",
                slug,
                &self.path("members.csv").display().to_string(),
            ])
            .ok();
        }
    }

    /// Replaces `old` by `new` in the configuration.
    pub fn configure(&self, old: &str, new: &str) {
        let text = self.read("folkmoot.toml");
        assert!(text.contains(old), "the configuration has no {old}");
        self.write("folkmoot.toml", text.replace(old, new));
    }

    /// A file or folder of the installation.
    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// Writes a file of the installation.
    pub fn write(&self, name: &str, text: impl AsRef<[u8]>) {
        fs::write(self.path(name), text).expect(name);
    }

    /// Reads a file of the installation.
    pub fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).expect(name)
    }

    /// Runs one command of the command line.
    pub fn run(&self, arguments: &[&str]) -> Outcome {
        let config = self.path("folkmoot.toml").display().to_string();
        folkmoot(
            self.dir.path(),
            &[&["--config", config.as_str()], arguments].concat(),
        )
    }

    /// Runs a command with `--json`.
    #[track_caller]
    pub fn json(&self, arguments: &[&str]) -> Value {
        self.run(&[arguments, &["--json"]].concat()).json()
    }

    /// Starts the node and waits until it says `ready`.
    pub fn start(&mut self) {
        let (mut child, ready) = self.spawn();
        let line = ready.recv_timeout(wait::SOON).unwrap_or_default();
        if line != "ready" {
            let _ = child.kill();
            let _ = child.wait();
            panic!(
                "the node said {line:?} where `ready` was due\n{}",
                self.log_tail()
            );
        }
        self.child = Some(child);
    }

    /// Starts the node and returns the lines of its standard output.
    pub fn spawn(&self) -> (Child, mpsc::Receiver<String>) {
        let log = File::options()
            .create(true)
            .append(true)
            .open(self.path("log"))
            .expect("a log file");
        let mut command = Command::new(FOLKMOOT);
        command
            .arg("--config")
            .arg(self.path("folkmoot.toml"))
            .arg("serve");
        if let Some(moment) = &self.clock {
            command.args(["--test-clock", moment]);
        }
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .expect("the node starts");
        let lines = lines(child.stdout.take().expect("its stdout"));
        (child, lines)
    }

    /// SIGKILL, whatever the node is at.
    pub fn kill(&mut self) {
        let mut child = self.child.take().expect("a running node");
        child.kill().expect("SIGKILL");
        child.wait().expect("its end");
    }

    /// SIGTERM; returns the exit status and how long the node took.
    pub fn terminate(&mut self) -> (Option<i32>, Duration) {
        let mut child = self.child.take().expect("a running node");
        let start = wait::now();
        signal(&child, "-TERM");
        let status = wait::until("the node to end", Duration::from_secs(60), || {
            child.try_wait().ok().flatten()
        });
        (status.code(), start.elapsed())
    }

    /// SIGHUP: the node reads its certificate anew.
    pub fn hang_up(&self) {
        signal(self.child.as_ref().expect("a running node"), "-HUP");
    }

    /// The node's resident memory in KiB.
    pub fn resident_kib(&self) -> u64 {
        let child = self.child.as_ref().expect("a running node");
        let status = fs::read_to_string(format!("/proc/{}/status", child.id()));
        let status = status.expect("what the system knows of the node");
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let digits = line.and_then(|rest| rest.split_whitespace().next());
        digits.and_then(|text| text.parse().ok()).expect("VmRSS")
    }

    /// An LMTP connection.
    #[track_caller]
    pub fn client(&self) -> Client {
        wait::until("LMTP", wait::SOON, || Client::lmtp(self.lmtp))
    }

    /// Posts to the list over LMTP and expects 250.
    #[track_caller]
    pub fn post(&self, post: &Post) {
        let reply = self.try_post(post);
        assert_eq!(reply.code, 250, "{}: {reply:?}", post.id);
    }

    /// Posts to the list over LMTP.
    #[track_caller]
    pub fn try_post(&self, post: &Post) -> Reply {
        self.client()
            .deliver(&post.from, &[LIST], &post.raw)
            .remove(0)
    }

    /// The end of the node's log.
    pub fn log_tail(&self) -> String {
        let log = fs::read(self.path("log")).unwrap_or_default();
        let log = String::from_utf8_lossy(&log).into_owned();
        let lines: Vec<&str> = log.lines().collect();
        lines
            .get(lines.len().saturating_sub(60)..)
            .unwrap_or_default()
            .join("\n")
    }
}

impl Drop for Node<'_> {
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
        if std::thread::panicking() {
            eprintln!("--- the node's log ends with ---\n{}\n---", self.log_tail());
        }
    }
}

fn signal(child: &Child, name: &str) {
    let kill = Command::new("kill")
        .args([name, &child.id().to_string()])
        .status();
    assert!(kill.is_ok_and(|status| status.success()), "{name} was sent");
}

// Reads on to the end, so that the node never blocks on a full pipe.
fn lines(stdout: ChildStdout) -> mpsc::Receiver<String> {
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || {
        for line in BufReader::new(stdout).lines().map_while(Result::ok) {
            let _ = sender.send(line);
        }
    });
    receiver
}
