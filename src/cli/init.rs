//! `folkmoot init [DIR]`: a configuration, a first charter and DKIM keys.

pub mod keys;

use anyhow::{Context, bail};
use std::fs::{self, OpenOptions};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use crate::outbox::signing::key::Key;

const SETTINGS: &str = include_str!("../../config/folkmoot.toml");
const CHARTER: &str = include_str!("../../config/communities/example.toml");

/// What is written.
const FILES: [&str; 4] = [
    "folkmoot.toml",
    "communities/example.toml",
    "dkim.pem",
    "dkim-ed25519.pem",
];

/// A file to write, and who may read it.
struct NewFile<'a> {
    name: &'a str,
    text: &'a str,
    mode: u32,
}

/// Writes a commented configuration, a first charter and two DKIM keys into `dir`,
/// and prints the DNS records to publish and what to do next.
///
/// # Errors
/// One of the files exists already (none is written then), or cannot be written.
pub fn run(dir: &Path) -> anyhow::Result<()> {
    refuse_existing(dir)?;
    let (rsa, ed25519) = (keys::rsa()?, keys::ed25519());
    let secret = |name, text| NewFile {
        name,
        text,
        mode: 0o600,
    };
    let open = |name, text| NewFile {
        name,
        text,
        mode: 0o644,
    };
    let [settings, charter, first, second] = FILES;
    let files = [
        open(settings, SETTINGS),
        open(charter, CHARTER),
        secret(first, rsa.as_str()),
        secret(second, ed25519.as_str()),
    ];
    for file in &files {
        write(dir, file)?;
    }
    let text = report(
        dir,
        &[record("fm1", &rsa)?, record("fm1e", &ed25519)?].concat(),
    );
    std::io::stdout()
        .write_all(text.as_bytes())
        .context("the DNS records cannot be printed")
}

/// The record of a key just made, read as the node will read it.
fn record(selector: &str, pem: &str) -> anyhow::Result<String> {
    match Key::from_pem(selector, pem.as_bytes()) {
        Ok(key) => Ok(in_zone(selector, &key.record())),
        Err(what) => bail!("{what}; try `folkmoot init` once more"),
    }
}

/// A TXT record as in a zone file. One string of it holds no more than 255 octets
/// (RFC 1035, section 3.3); whoever reads it joins them (RFC 6376, section 3.6.2.2).
pub(super) fn in_zone(selector: &str, text: &str) -> String {
    let mut strings = Vec::new();
    let mut rest = text;
    while let Some((start, end)) = rest
        .split_at_checked(250)
        .filter(|(_, end)| !end.is_empty())
    {
        strings.push(format!("\"{start}\""));
        rest = end;
    }
    strings.push(format!("\"{rest}\""));
    let name = format!("{selector}._domainkey.lists.example.org.");
    match strings.as_slice() {
        [one] => format!("{name:<34} IN TXT {one}\n"),
        several => format!("{name:<34} IN TXT ( {} )\n", several.join("\n    ")),
    }
}

/// Looks at all before writing any, so that a refusal leaves nothing behind.
fn refuse_existing(dir: &Path) -> anyhow::Result<()> {
    let exists = |name: &&'static str| fs::symlink_metadata(dir.join(name)).is_ok();
    match FILES.into_iter().find(exists) {
        Some(name) => bail!(
            "{} exists already and is left as it is; move it away, or name another folder: folkmoot init DIR",
            dir.join(name).display()
        ),
        None => Ok(()),
    }
}

fn write(dir: &Path, file: &NewFile<'_>) -> anyhow::Result<()> {
    let path = dir.join(file.name);
    let instead = || {
        format!(
            "{} cannot be written; name a folder that you may write to",
            path.display()
        )
    };
    fs::create_dir_all(path.parent().unwrap_or(dir)).with_context(instead)?;
    let mut options = OpenOptions::new();
    // `create_new` keeps the promise also against whoever was faster than we.
    let opened = options
        .write(true)
        .create_new(true)
        .mode(file.mode)
        .open(&path);
    opened
        .and_then(|mut open| open.write_all(file.text.as_bytes()))
        .with_context(instead)
}

/// What is printed: comments and records as in a zone file.
fn report(dir: &Path, keys: &str) -> String {
    let file = quoted(&dir.join("folkmoot.toml").display().to_string());
    let folder = dir.display();
    format!(
        r#"; Written to {folder}: folkmoot.toml, communities/example.toml,
; dkim.pem and dkim-ed25519.pem (keep these two secret).
; Put your own domain for lists.example.org, below and in folkmoot.toml.
; Publish these records:

; Mail to your communities goes to this server; put your mail server's name.
lists.example.org.                 IN MX  10 mail.example.org.
; Only that server sends mail of this domain; add your relay if it is another.
lists.example.org.                 IN TXT "v=spf1 mx -all"
; All that folkmoot sends is signed with these keys, and receivers look them up. A
; provider that takes one string only wants the quoted parts without quotes or gaps.
{keys}; Receivers report what fails; write p=quarantine once nothing does.
_dmarc.lists.example.org.          IN TXT "v=DMARC1; p=none; rua=mailto:postmaster@lists.example.org"

; Then edit the two files, and run:
folkmoot check --config {file}
folkmoot community apply --config {file}
folkmoot serve --config {file}
; And, once the records are published, to see whether all is well:
folkmoot doctor --config {file}
"#
    )
}

/// A path as a shell reads it.
fn quoted(path: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "/._-+".contains(c);
    match path.chars().all(plain) {
        true => path.to_owned(),
        false => format!("'{}'", path.replace('\'', r"'\''")),
    }
}

#[cfg(test)]
mod tests;
