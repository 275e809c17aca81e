//! The two PEM files (RFC 7468) of a certificate, and what is wrong with them.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::{self, ServerConfig};

use super::validity;
use crate::config::settings::Tls;

/// The largest file that is read, in octets; a chain has a few thousand.
const LARGEST: u64 = 1 << 20;
/// Certificates in a chain; clients follow far fewer.
const LONGEST_CHAIN: usize = 20;

/// Why a certificate or its key cannot be used, and what would be right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unusable {
    /// The file.
    pub file: PathBuf,
    /// Its line, counted from 1.
    pub line: usize,
    /// What is wrong.
    pub what: String,
    /// What would be right.
    pub instead: &'static str,
}

impl fmt::Display for Unusable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (file, line) = (self.file.display(), self.line);
        write!(f, "{file}:{line}: {}; {}", self.what, self.instead)
    }
}

impl std::error::Error for Unusable {}

/// When the certificate ends, in ms since 1970; `None` where its dates cannot be read.
///
/// # Errors
/// Where the file cannot be read or holds no certificate.
pub fn ends_at(files: &Tls) -> Result<Option<i64>, Unusable> {
    acceptor(files)?;
    let chain = chain(&files.certificate_file)?;
    Ok(chain.first().and_then(|leaf| validity::not_after(leaf)))
}

/// What answers handshakes in TLS 1.2 and 1.3 with this certificate.
///
/// # Errors
/// The first thing that is wrong with the files.
pub(super) fn acceptor(files: &Tls) -> Result<TlsAcceptor, Unusable> {
    let (chain, key) = (chain(&files.certificate_file)?, key(&files.key_file)?);
    let refused = |error: rustls::Error| unfit(files, &error);
    let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(refused)?
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .map_err(refused)?;
    // Early data could be sent again by somebody who listens.
    config.max_early_data_size = 0;
    Ok(TlsAcceptor::from(Arc::new(config)))
}

fn chain(file: &Path) -> Result<Vec<CertificateDer<'static>>, Unusable> {
    let instead = "write the server's certificate there and then those that vouch for it, as PEM";
    let text = read(file, instead)?;
    let mut chain = Vec::new();
    for section in sections(file, &text, "CERTIFICATE")? {
        let parsed = CertificateDer::from_pem_slice(section.text.as_bytes());
        chain.push(parsed.map_err(|error| section.broken(file, &error))?);
    }
    match chain.len() {
        0 => Err(at(file, 1, "there is no certificate in it", instead)),
        1..=LONGEST_CHAIN => Ok(chain),
        _ => Err(at(file, 1, "it holds more than 20 certificates", instead)),
    }
}

fn key(file: &Path) -> Result<PrivateKeyDer<'static>, Unusable> {
    let instead = "write the private key there as PEM, without a password";
    let text = read(file, instead)?;
    let sections = sections(file, &text, "PRIVATE KEY")?;
    let Some(section) = sections.first() else {
        return Err(at(file, 1, "there is no private key in it", instead));
    };
    if section.label.starts_with("ENCRYPTED") {
        let what = "the private key has a password";
        return Err(at(file, section.line, what, instead));
    }
    PrivateKeyDer::from_pem_slice(section.text.as_bytes())
        .map_err(|error| section.broken(file, &error))
}

/// What rustls says of files that could be read.
fn unfit(files: &Tls, error: &rustls::Error) -> Unusable {
    match error {
        rustls::Error::InconsistentKeys(_) => at(
            &files.key_file,
            1,
            "the key does not belong to the certificate",
            "write the key with which the certificate was asked for",
        ),
        rustls::Error::InvalidCertificate(why) => at(
            &files.certificate_file,
            1,
            format!("the first certificate cannot be used ({why:?})"),
            "write the server's own certificate first, of X.509 version 3",
        ),
        other => at(
            &files.key_file,
            1,
            format!("the key cannot be used ({other})"),
            "write an ECDSA key (P-256 or P-384), Ed25519, or RSA of 2048 bits and more",
        ),
    }
}

/// One `-----BEGIN …-----` to its end.
struct Section<'t> {
    label: &'t str,
    line: usize,
    text: &'t str,
}

impl Section<'_> {
    fn broken(&self, file: &Path, error: &rustls_pki_types::pem::Error) -> Unusable {
        let what = format!("this section cannot be read ({error})");
        let instead = "copy the file again, it may have been cut or edited";
        at(file, self.line, what, instead)
    }
}

/// The sections whose label ends in `wanted`.
fn sections<'t>(file: &Path, text: &'t str, wanted: &str) -> Result<Vec<Section<'t>>, Unusable> {
    let mut found = Vec::new();
    let mut open: Option<(&str, usize, usize)> = None;
    let mut offset = 0;
    for (line, written) in text.split_inclusive('\n').enumerate() {
        let (start, end) = (offset, offset + written.len());
        offset = end;
        if let Some(label) = marker(written, "-----BEGIN ") {
            if let Some((_, line, _)) = open {
                return Err(endless(file, line));
            }
            open = Some((label, line + 1, start));
        } else if marker(written, "-----END ").is_some()
            && let Some((label, line, start)) = open.take()
            && label.ends_with(wanted)
        {
            let text = text.get(start..end).unwrap_or_default();
            found.push(Section { label, line, text });
        }
    }
    open.map_or(Ok(found), |(_, line, _)| Err(endless(file, line)))
}

fn marker<'t>(line: &'t str, start: &str) -> Option<&'t str> {
    line.trim().strip_prefix(start)?.strip_suffix("-----")
}

fn endless(file: &Path, line: usize) -> Unusable {
    let what = "this section has no END line";
    at(file, line, what, "copy the file again, it was cut")
}

fn read(file: &Path, instead: &'static str) -> Result<String, Unusable> {
    let fault = |what: String| at(file, 1, what, instead);
    let size = fs::metadata(file).map_or(0, |found| found.len());
    if size > LARGEST {
        return Err(fault(format!("it is larger than {LARGEST} octets")));
    }
    fs::read_to_string(file).map_err(|error| fault(format!("it cannot be read ({error})")))
}

fn at(file: &Path, line: usize, what: impl Into<String>, instead: &'static str) -> Unusable {
    Unusable {
        file: file.to_owned(),
        line,
        what: what.into(),
        instead,
    }
}
