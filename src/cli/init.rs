//! `folkmoot init [DIR]`: a configuration, a first charter and a DKIM key.

use anyhow::{Context, bail};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ring::signature::{Ed25519KeyPair, KeyPair};
use std::fs::{self, OpenOptions};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

const SETTINGS: &str = include_str!("../../config/folkmoot.toml");
const CHARTER: &str = include_str!("../../config/communities/example.toml");

/// An Ed25519 private key as PKCS#8 has it, up to the key's own 32 octets
/// (RFC 8410, section 7). This first version of the form, without the public
/// key, is the one that every signing relay reads.
const PKCS8_HEAD: [u8; 16] = [
    0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20,
];

/// A file to write, and who may read it.
struct NewFile<'a> {
    name: &'a str,
    text: &'a str,
    mode: u32,
}

/// Writes a commented configuration, a first charter and a DKIM key into `dir`,
/// and prints the DNS records to publish and what to do next.
///
/// # Errors
/// One of the files exists already (none is written then), or cannot be written.
pub fn run(dir: &Path) -> anyhow::Result<()> {
    let seed = crate::random::bytes::<32>();
    let key = private_key(&seed);
    let files = [
        NewFile {
            name: "folkmoot.toml",
            text: SETTINGS,
            mode: 0o644,
        },
        NewFile {
            name: "communities/example.toml",
            text: CHARTER,
            mode: 0o644,
        },
        NewFile {
            name: "dkim.pem",
            text: &key,
            mode: 0o600,
        },
    ];
    refuse_existing(dir, &files)?;
    for file in &files {
        write(dir, file)?;
    }
    let text = report(dir, &public_key(&seed)?);
    std::io::stdout()
        .write_all(text.as_bytes())
        .context("the DNS records cannot be printed")
}

/// Looks at all before writing any, so that a refusal leaves nothing behind.
fn refuse_existing(dir: &Path, files: &[NewFile<'_>]) -> anyhow::Result<()> {
    let exists = |file: &&NewFile<'_>| fs::symlink_metadata(dir.join(file.name)).is_ok();
    match files.iter().find(exists) {
        Some(file) => bail!(
            "{} exists already and is left as it is; move it away, or name another folder: folkmoot init DIR",
            dir.join(file.name).display()
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

/// The key as PEM (RFC 7468, section 10).
fn private_key(seed: &[u8; 32]) -> String {
    let der = [&PKCS8_HEAD[..], seed].concat();
    format!(
        "-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n",
        STANDARD.encode(der)
    )
}

/// The public half in base64, as a DKIM record has it (RFC 8463, section 4).
fn public_key(seed: &[u8; 32]) -> anyhow::Result<String> {
    let Ok(pair) = Ed25519KeyPair::from_seed_unchecked(seed) else {
        bail!("no key could be made of this machine's random bytes; try once more");
    };
    Ok(STANDARD.encode(pair.public_key()))
}

/// What is printed: comments and records as in a zone file.
fn report(dir: &Path, public_key: &str) -> String {
    let file = quoted(&dir.join("folkmoot.toml").display().to_string());
    let folder = dir.display();
    format!(
        r#"; Written to {folder}: folkmoot.toml, communities/example.toml, dkim.pem (keep it secret).
; Put your own domain for lists.example.org, below and in folkmoot.toml.
; Publish these records:

; Mail to your communities goes to this server; put your mail server's name.
lists.example.org.                 IN MX  10 mail.example.org.
; Only that server sends mail of this domain; add your relay if it is another.
lists.example.org.                 IN TXT "v=spf1 mx -all"
; Receivers check signatures with this key. This version of folkmoot does not
; sign yet: give dkim.pem to the relay to sign with, selector fm1, or leave it out.
fm1._domainkey.lists.example.org.  IN TXT "v=DKIM1; k=ed25519; p={public_key}"
; Receivers report what fails; write p=quarantine once nothing does.
_dmarc.lists.example.org.          IN TXT "v=DMARC1; p=none; rua=mailto:postmaster@lists.example.org"

; Then edit the two files, and run:
folkmoot check --config {file}
folkmoot community apply --config {file}
folkmoot serve --config {file}
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
mod tests {
    use super::*;
    use crate::config::{Charter, Settings, check};
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn what_it_writes_is_valid_and_complete() {
        let dir = tempfile::tempdir().unwrap();
        let dir = dir.path().join("new/folder");
        run(&dir).unwrap();
        assert_eq!(check::files(&dir.join("folkmoot.toml")), []);
        let settings = Settings::load(&dir.join("folkmoot.toml")).unwrap();
        assert_eq!(settings.data_dir, dir.join("data"));
        assert!(settings.listen.lmtp.is_some() && settings.listen.http.is_some());
        assert_eq!(
            Charter::read(&settings.charters.join("example.toml"))
                .unwrap()
                .slug,
            "pumps"
        );
    }

    #[test]
    fn the_key_is_private_and_fits_its_record() {
        let dir = tempfile::tempdir().unwrap();
        run(dir.path()).unwrap();
        let file = dir.path().join("dkim.pem");
        assert_eq!(
            fs::metadata(&file).unwrap().permissions().mode() & 0o777,
            0o600
        );
        let pem = fs::read_to_string(file).unwrap();
        let base64: String = pem
            .lines()
            .filter(|line| !line.starts_with("-----"))
            .collect();
        let der = STANDARD.decode(base64).unwrap();
        let pair = Ed25519KeyPair::from_pkcs8_maybe_unchecked(&der).unwrap();
        let seed: [u8; 32] = der[16..].try_into().unwrap();
        assert_eq!(
            STANDARD.encode(pair.public_key()),
            public_key(&seed).unwrap()
        );
    }

    #[test]
    fn the_records_name_the_key_of_a_known_seed() {
        // RFC 8032, section 7.1, test 1.
        let seed = STANDARD
            .decode("nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A=")
            .unwrap();
        let key = public_key(&seed.try_into().unwrap()).unwrap();
        assert_eq!(key, "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=");
        let text = report(Path::new("my lists"), &key);
        for line in [
            "lists.example.org.                 IN MX  10 mail.example.org.",
            "fm1._domainkey.lists.example.org.  IN TXT \"v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\"",
            "folkmoot serve --config 'my lists/folkmoot.toml'",
        ] {
            assert!(text.lines().any(|found| found == line), "{line}\n{text}");
        }
    }

    #[test]
    fn nothing_that_exists_is_touched() {
        for name in ["folkmoot.toml", "communities/example.toml", "dkim.pem"] {
            let dir = tempfile::tempdir().unwrap();
            fs::create_dir(dir.path().join("communities")).unwrap();
            fs::write(dir.path().join(name), "mine").unwrap();
            let error = format!("{:#}", run(dir.path()).unwrap_err());
            assert!(
                error.contains(name) && error.contains("; move it away"),
                "{error}"
            );
            assert_eq!(fs::read_to_string(dir.path().join(name)).unwrap(), "mine");
            let others = ["folkmoot.toml", "dkim.pem"]
                .into_iter()
                .filter(|other| *other != name);
            assert!(
                others
                    .map(|other| dir.path().join(other))
                    .all(|other| !other.exists())
            );
        }
    }

    #[test]
    fn a_folder_that_cannot_be_is_named() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("file");
        fs::write(&file, "").unwrap();
        let error = format!("{:#}", run(&file).unwrap_err());
        assert!(
            error.contains("file/folkmoot.toml cannot be written; name a folder"),
            "{error}"
        );
    }
}
