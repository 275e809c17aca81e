//! A real server that speaks S3: moto, in a virtual environment of Python.

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use super::http::{Answer, request_with};
use super::{sink, wait};

/// Where scripts/test installs it; `FOLKMOOT_MOTO` names another.
const PROGRAM: &str = "target/moto/bin/moto_server";
const BUCKET: &str = "pumps-mail";

/// A server with one empty bucket. It ends with the story.
pub struct Moto {
    address: SocketAddr,
    child: Child,
}

impl Moto {
    /// Starts one; `None`, said loudly, where it is not installed.
    pub fn start() -> Option<Moto> {
        let program = std::env::var_os("FOLKMOOT_MOTO").map_or_else(
            || Path::new(env!("CARGO_MANIFEST_DIR")).join(PROGRAM),
            PathBuf::from,
        );
        if !program.exists() {
            assert!(
                std::env::var_os("CI").is_none(),
                "CI must have moto: scripts/test installs it"
            );
            println!("SKIPPED: no moto_server here; scripts/test installs it");
            return None;
        }
        let address = sink::free_address();
        let child = Command::new(program)
            .args(["-H", "127.0.0.1", "-p", &address.port().to_string()])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("moto starts");
        let moto = Moto { address, child };
        wait::until("moto to answer", wait::SOON, || {
            (moto.ask("PUT", "").status == 200).then_some(())
        });
        Some(moto)
    }

    /// The table of the configuration that names it, with its keys in that folder.
    pub fn storage(&self, keys: &Path) -> String {
        use std::os::unix::fs::PermissionsExt;
        for name in ["access", "secret"] {
            fs::write(keys.join(name), "testing\n").expect("a key");
            fs::set_permissions(keys.join(name), fs::Permissions::from_mode(0o600)).expect("a key");
        }
        let keys = keys.display();
        format!(
            "[storage]\nurl = \"s3://{BUCKET}/of/ours\"\nendpoint = \"http://{}\"\n\
             access_key_file = \"{keys}/access\"\nsecret_key_file = \"{keys}/secret\"\n",
            self.address
        )
    }

    /// The names of all objects.
    pub fn objects(&self) -> Vec<String> {
        let listed = self.ask("GET", "?list-type=2").body;
        let keys = listed.split("<Key>").skip(1);
        let name = |rest: &str| rest.split("</Key>").next().unwrap_or_default().to_owned();
        keys.map(name).collect()
    }

    /// One request about the bucket. By another name than its own address the server would
    /// take the host for a bucket.
    fn ask(&self, method: &str, query: &str) -> Answer {
        let host = self.address.to_string();
        let headers = [("Host", host.as_str())];
        let path = format!("/{BUCKET}{query}");
        request_with(self.address, method, &path, &headers, "")
    }

    /// It answers nobody any more.
    pub fn pause(&mut self) {
        self.signal("-STOP");
    }

    /// It answers again.
    pub fn go_on(&mut self) {
        self.signal("-CONT");
    }

    fn signal(&self, signal: &str) {
        let done = Command::new("kill")
            .args([signal, &self.child.id().to_string()])
            .status();
        assert!(done.expect("kill starts").success());
    }
}

impl Drop for Moto {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
