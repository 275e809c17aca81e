//! The real node, driven from outside by its command line and listeners.

use std::{
    fs,
    io::{BufRead, BufReader},
    net::TcpListener,
    os::unix::fs::PermissionsExt,
    path::Path,
    process::{Child, Command, Stdio},
    sync::mpsc,
    thread,
    time::Duration,
};

use anyhow::{Context, bail, ensure};
use tempfile::TempDir;

use super::process;

const BINARY: &str = env!("CARGO_BIN_EXE_folkmoot");
const READY: Duration = Duration::from_secs(30);
const COMMAND: Duration = Duration::from_secs(120);

/// A configured node, running once [`start`](Node::start) was called; dropped, it is stopped and its
/// folder removed.
pub struct Node {
    /// Its LMTP port on 127.0.0.1.
    pub lmtp: u16,
    folder: TempDir,
    child: Option<Child>,
}

impl Node {
    /// Writes the configuration of a node on this database that relays to this port.
    /// It signs with these keys of `tests/data/dkim`, at most two.
    pub fn configure(database: &str, relay: u16, keys: &[&str]) -> anyhow::Result<Node> {
        let folder = tempfile::Builder::new().prefix("spine").tempdir()?;
        let (lmtp, http) = (free_port()?, free_port()?);
        fs::create_dir(folder.path().join("communities"))?;
        fs::create_dir(folder.path().join("data"))?;
        let configuration = format!(
            "domain = \"lists.example\"\nbase_url = \"http://127.0.0.1:{http}\"\n\
             data_dir = \"data\"\ncharters = \"communities\"\n\n\
             [database]\nurl = \"{database}\"\n\n\
             [listen]\nlmtp = \"127.0.0.1:{lmtp}\"\nhttp = \"127.0.0.1:{http}\"\n\n\
             [relay]\nurl = \"smtp://127.0.0.1:{relay}\"\nconnections = 8\n{}",
            dkim(folder.path(), keys)?
        );
        fs::write(folder.path().join("folkmoot.toml"), configuration)?;
        Ok(Node {
            lmtp,
            folder,
            child: None,
        })
    }

    /// Founds a community of the members `m0` to `m{members - 1}`, of whom the first facilitates.
    pub fn found(&self, slug: &str, members: usize) -> anyhow::Result<()> {
        let charter = self
            .folder
            .path()
            .join("communities")
            .join(format!("{slug}.toml"));
        // No DMARC: looking policies up would measure somebody's DNS.
        let text = format!(
            "slug = \"{slug}\"\nname = \"Bench {slug}\"\nlanguage = \"en\"\ntimezone = \"UTC\"\n\n\
             [charter]\ndomain = \"Pumps.\"\ncommunity = \"People.\"\npractice = \"Notes.\"\n\n\
             [[facilitator]]\naddress = \"{}\"\nname = \"Ann\"\n\n[list]\ndmarc = \"none\"\n",
            member(0)
        );
        fs::write(&charter, text)?;
        self.run(&["community", "apply", &charter.to_string_lossy()])?;
        let rows = (1..members).map(|n| format!("{},Member {n},member,each,,\n", member(n)));
        let file = self.folder.path().join(format!("{slug}.csv"));
        fs::write(
            &file,
            format!(
                "address,name,role,delivery,org,tz\n{}",
                rows.collect::<String>()
            ),
        )?;
        self.run(&["member", "import", slug, &file.to_string_lossy()])
    }

    fn run(&self, words: &[&str]) -> anyhow::Result<()> {
        process::finish(
            self.command()
                .args(words)
                .arg("--config")
                .arg(self.configuration()),
            COMMAND,
        )
    }

    /// Starts `serve` and waits for its `ready`.
    pub fn start(&mut self) -> anyhow::Result<()> {
        let mut command = self.command();
        command
            .arg("serve")
            .arg("--config")
            .arg(self.configuration());
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()?;
        let stdout = child.stdout.take().context("the node has no stdout")?;
        self.child = Some(child);
        let (told, heard) = mpsc::channel();
        thread::spawn(move || {
            // Read to the end, so that the node never waits for us.
            BufReader::new(stdout)
                .lines()
                .map_while(Result::ok)
                .for_each(|line| drop(told.send(line)));
        });
        match heard.recv_timeout(READY) {
            Ok(line) => ensure!(line == "ready", "the node said {line:?} instead of ready"),
            Err(_) => bail!("the node was not ready within {READY:?}, or ended before"),
        }
        Ok(())
    }

    /// Its process id.
    pub fn pid(&self) -> anyhow::Result<String> {
        Ok(self
            .child
            .as_ref()
            .context("the node does not run")?
            .id()
            .to_string())
    }

    fn command(&self) -> Command {
        let mut command = Command::new(BINARY);
        command.current_dir(self.folder.path());
        command
    }

    fn configuration(&self) -> std::path::PathBuf {
        self.folder.path().join("folkmoot.toml")
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        let Some(mut child) = self.child.take() else {
            return;
        };
        // The signal that asks; std can only send the one that does not.
        let _ = Command::new("kill")
            .args(["-TERM", &child.id().to_string()])
            .status();
        if !matches!(process::wait(&mut child, READY), Ok(Some(_))) {
            eprintln!("the node did not stop within {READY:?} of SIGTERM");
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// The address of the n-th member of every list.
pub fn member(n: usize) -> String {
    format!("m{n}@members.example")
}

/// A port that was free a moment ago.
/// The section that names these keys, which are copied: git keeps no secrets' modes.
fn dkim(folder: &Path, keys: &[&str]) -> anyhow::Result<String> {
    let mut section = String::new();
    for (key, prefix) in keys.iter().zip(["", "second_"]) {
        let (from, to) = (format!("tests/data/dkim/{key}.pem"), format!("{key}.pem"));
        let file = folder.join(&to);
        fs::copy(Path::new(env!("CARGO_MANIFEST_DIR")).join(from), &file)?;
        fs::set_permissions(&file, fs::Permissions::from_mode(0o600))?;
        section += &format!("{prefix}selector = \"{key}\"\n{prefix}key_file = \"{to}\"\n");
    }
    Ok(if section.is_empty() {
        section
    } else {
        format!("\n[dkim]\n{section}")
    })
}

fn free_port() -> anyhow::Result<u16> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}
