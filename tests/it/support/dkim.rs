//! Keys to sign with, and two verifiers that know nothing of each other: mail-auth,
//! and Python's dkimpy.

use std::collections::BTreeMap;
use std::fs::{self, Permissions};
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Stdio};

use folkmoot::config::settings::Resolvers;
use folkmoot::identity::resolver;
use folkmoot::outbox::signing::key::Key;
use mail_auth::{AuthenticatedMessage, DkimResult};
use serde_json::json;

use super::dns::Dns;
use super::sink::Received;
use super::store::runtime;

/// The keys of `tests/data/dkim`.
pub const RSA: &str = include_str!("../../data/dkim/rsa.pem");
pub const ED25519: &str = include_str!("../../data/dkim/ed25519.pem");

const SCRIPT: &str = include_str!("../../data/dkim/verify.py");
const DOMAIN: &str = "lists.example.org";

/// Writes these keys into a folder and gives the section `[dkim]` that names them, with
/// the selectors `s1` and `s2`.
pub fn section(folder: &Path, pems: &[&str]) -> String {
    let mut text = "\n[dkim]\n".to_owned();
    for (key, (pem, prefix)) in pems.iter().zip(["", "second_"]).enumerate() {
        let (selector, name) = (format!("s{}", key + 1), format!("key{key}.pem"));
        let file = folder.join(&name);
        fs::write(&file, pem).expect("a key");
        fs::set_permissions(&file, Permissions::from_mode(0o600)).expect("a secret");
        text += &format!("{prefix}selector = \"{selector}\"\n{prefix}key_file = \"{name}\"\n");
    }
    text
}

/// What a domain publishes for keys that [`section`] names.
pub struct Published(BTreeMap<String, String>);

impl Published {
    /// The records of these keys.
    pub fn of(pems: &[&str]) -> Published {
        let record = |(at, pem): (usize, &&str)| {
            let selector = format!("s{}", at + 1);
            let key = Key::from_pem(&selector, pem.as_bytes()).expect("a key");
            (format!("{selector}._domainkey.{DOMAIN}"), key.record())
        };
        Published(pems.iter().enumerate().map(record).collect())
    }

    /// Tells a DNS server.
    pub fn tell(&self, dns: &Dns) {
        for (name, record) in &self.0 {
            dns.publish(name, "TXT", record);
        }
    }

    /// For each mail what mail-auth makes of each signature, from the top.
    pub fn by_mail_auth(&self, mails: &[Received]) -> Vec<Vec<String>> {
        let dns = Dns::start();
        self.tell(&dns);
        runtime().block_on(async {
            let named = Resolvers::Named(vec![dns.address()]);
            let verifier = resolver::unkept(&named).expect("a resolver");
            let mut all = Vec::new();
            for mail in mails {
                let read = AuthenticatedMessage::parse(&mail.raw).expect("a mail");
                let found = verifier.verify_dkim(&read).await;
                all.push(found.iter().map(|one| told(one.result())).collect());
            }
            all
        })
    }

    /// The same by dkimpy; `None`, said loudly, where it is not installed. CI has it.
    pub fn by_dkimpy(&self, mails: &[Received]) -> Option<Vec<Vec<String>>> {
        let Some(python) = python() else {
            let ci = std::env::var("CI").is_ok_and(|ci| ci == "true");
            assert!(!ci, "CI needs dkimpy (Debian: python3-dkim, python3-nacl)");
            eprintln!("SKIPPED: DKIM by a second implementation; python3-dkim is not installed");
            return None;
        };
        let folder = tempfile::tempdir().expect("a folder");
        let path = |at| folder.path().join(format!("{at}.eml"));
        for (at, mail) in mails.iter().enumerate() {
            fs::write(path(at), &*mail.raw).expect("a mail");
        }
        let paths: Vec<_> = (0..mails.len()).map(path).collect();
        let job = json!({ "records": self.0, "mails": paths }).to_string();
        Some(serde_json::from_str(&run(python, &job)).expect("verdicts"))
    }

    /// Fails where a mail has not a signature of each key, or one does not pass with
    /// both verifiers.
    #[track_caller]
    pub fn verify(&self, mails: &[Received]) {
        self.compare("mail-auth", mails, &self.by_mail_auth(mails));
        if let Some(verdicts) = self.by_dkimpy(mails) {
            self.compare("dkimpy", mails, &verdicts);
        }
    }

    /// Fails where a mail has not a signature of each key that passes.
    #[track_caller]
    pub fn compare(&self, by: &str, mails: &[Received], verdicts: &[Vec<String>]) {
        assert_eq!(verdicts.len(), mails.len(), "{by}");
        for (mail, verdicts) in mails.iter().zip(verdicts) {
            let text = String::from_utf8_lossy(&mail.raw);
            assert_eq!(verdicts, &vec!["pass"; self.0.len()], "{by}\n{text}");
        }
    }
}

fn told(result: &DkimResult) -> String {
    match result {
        DkimResult::Pass => "pass".to_owned(),
        other => format!("{other:?}"),
    }
}

/// A Python that has dkimpy: Debian's packages belong to Debian's own.
fn python() -> Option<&'static str> {
    let has = |python: &&str| {
        let mut command = Command::new(python);
        let command = command.args(["-c", "import dkim, nacl"]);
        let status = command.stderr(Stdio::null()).status();
        status.is_ok_and(|status| status.success())
    };
    ["/usr/bin/python3", "python3"].into_iter().find(has)
}

fn run(python: &str, job: &str) -> String {
    let mut command = Command::new(python);
    let command = command.args(["-c", SCRIPT]);
    let command = command.stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.spawn().expect("python");
    let mut input = child.stdin.take().expect("its stdin");
    input.write_all(job.as_bytes()).expect("the job");
    drop(input);
    let output = child.wait_with_output().expect("its end");
    assert!(
        output.status.success(),
        "dkimpy ended with {}",
        output.status
    );
    String::from_utf8(output.stdout).expect("text")
}
