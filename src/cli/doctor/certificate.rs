//! The certificate of the SMTP listener.

use std::path::Path;
use std::sync::Arc;

use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring::default_provider;

use super::{Finding, fail, ok, validity, warn};
use crate::clock::{rfc3339, system_ms};
use crate::config::Settings;
use crate::config::settings::Tls;

/// A certificate that ends within so many days should have been renewed by now.
const SOON: i64 = 14;

const DAY: i64 = 24 * 3_600_000;

pub(super) fn look(settings: &Settings) -> Vec<Finding> {
    settings.tls.iter().map(|tls| judged(tls, system_ms())).collect()
}

fn judged(tls: &Tls, now: i64) -> Finding {
    let file = tls.certificate_file.display();
    let instead = "name the certificate with those that vouch for it, and its own key";
    match read(&tls.certificate_file, &tls.key_file) {
        Err(why) => fail(format!("TLS: {file}: {why}"), instead),
        Ok(first) => match validity::of(&first) {
            None => warn(format!("TLS: {file} does not say how long it is valid"), "look at it with openssl x509 -dates"),
            Some((from, _)) if now < from => {
                fail(format!("TLS: {file} is valid from {} only", rfc3339(from)), "wait, or set the clock")
            }
            Some((_, until)) if now >= until => {
                fail(format!("TLS: {file} ended at {}", rfc3339(until)), "renew it")
            }
            Some((_, until)) => {
                let days = (until - now) / DAY;
                let what = format!("TLS: {file} is valid for {days} more days");
                if days < SOON { warn(what, "renew it") } else { ok(what) }
            }
        },
    }
}

/// The listener's own certificate, of a chain and a key that belong together.
fn read(certificate: &Path, key: &Path) -> Result<CertificateDer<'static>, String> {
    let chain = CertificateDer::pem_file_iter(certificate)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|error| format!("it cannot be read as PEM ({error})"))?;
    let first = chain.first().cloned().ok_or("there is no certificate in it")?;
    let key = PrivateKeyDer::from_pem_file(key)
        .map_err(|error| format!("its key {} cannot be read as PEM ({error})", key.display()))?;
    let config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?;
    let made = config.with_no_client_auth().with_single_cert(chain, key);
    made.map_err(|error| format!("it and its key cannot be used ({error})"))?;
    Ok(first)
}
