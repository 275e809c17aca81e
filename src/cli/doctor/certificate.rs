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
    settings
        .tls
        .iter()
        .map(|tls| judged(tls, system_ms()))
        .collect()
}

fn judged(tls: &Tls, now: i64) -> Finding {
    let file = tls.certificate_file.display();
    let instead = "name the certificate with those that vouch for it, and its own key";
    match read(&tls.certificate_file, &tls.key_file) {
        Err(why) => fail(format!("TLS: {file}: {why}"), instead),
        Ok(first) => match validity::of(&first) {
            None => warn(
                format!("TLS: {file} does not say how long it is valid"),
                "look at it with openssl x509 -dates",
            ),
            Some((from, _)) if now < from => fail(
                format!("TLS: {file} is valid from {} only", rfc3339(from)),
                "wait, or set the clock",
            ),
            Some((_, until)) if now >= until => fail(
                format!("TLS: {file} ended at {}", rfc3339(until)),
                "renew it",
            ),
            Some((_, until)) => {
                let days = (until - now) / DAY;
                let what = format!("TLS: {file} is valid for {days} more days");
                if days < SOON {
                    warn(what, "renew it")
                } else {
                    ok(what)
                }
            }
        },
    }
}

/// The listener's own certificate, of a chain and a key that belong together.
fn read(certificate: &Path, key: &Path) -> Result<CertificateDer<'static>, String> {
    let chain = CertificateDer::pem_file_iter(certificate)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|error| format!("it cannot be read as PEM ({error})"))?;
    let first = chain
        .first()
        .cloned()
        .ok_or("there is no certificate in it")?;
    let key = PrivateKeyDer::from_pem_file(key)
        .map_err(|error| format!("its key {} cannot be read as PEM ({error})", key.display()))?;
    let config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?;
    let made = config.with_no_client_auth().with_single_cert(chain, key);
    made.map_err(|error| format!("it and its key cannot be used ({error})"))?;
    Ok(first)
}

#[cfg(test)]
mod tests {
    use super::super::Level;
    use super::*;

    // The certificate of `tests/data/tls`, as OpenSSL shows it.
    const FROM: &str = "2026-11-22T06:13:06Z";
    const UNTIL: &str = "2126-10-29T06:13:06Z";

    fn ms(text: &str) -> i64 {
        chrono::DateTime::parse_from_rfc3339(text)
            .unwrap()
            .timestamp_millis()
    }

    fn file(name: &str) -> std::path::PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("tests/data")
            .join(name)
    }

    fn tls(key: &str) -> Tls {
        Tls {
            certificate_file: file("tls/certificate.pem"),
            key_file: file(key),
        }
    }

    #[test]
    fn a_certificate_is_judged_by_its_days() {
        let (from, until) = (ms(FROM), ms(UNTIL));
        for (now, level, what) in [
            (from - 1, Level::Fail, "is valid from"),
            (from, Level::Ok, "is valid for 36500 more days"),
            (until - 14 * DAY, Level::Ok, "is valid for 14 more days"),
            (
                until - 14 * DAY + 1,
                Level::Warn,
                "is valid for 13 more days",
            ),
            (until, Level::Fail, "ended at"),
        ] {
            let found = judged(&tls("tls/key.pem"), now);
            assert_eq!(found.level, level, "{found:?}");
            assert!(found.what.contains(what), "{found:?}");
        }
    }

    #[test]
    fn a_key_of_another_certificate_is_told() {
        let found = judged(&tls("dkim/ed25519.pem"), ms(FROM));
        assert_eq!(found.level, Level::Fail);
        assert!(
            found.what.contains("it and its key cannot be used"),
            "{found:?}"
        );
    }

    #[test]
    fn no_octets_are_too_odd_for_it() {
        let whole = CertificateDer::from_pem_file(file("tls/certificate.pem")).unwrap();
        assert_eq!(validity::of(&whole), Some((ms(FROM), ms(UNTIL))));
        for end in 0..whole.len() {
            let _ = validity::of(&whole[..end]);
        }
        for at in 0..whole.len().min(200) {
            let mut other = whole.to_vec();
            other[at] ^= 0xff;
            let _ = validity::of(&other);
        }
    }
}
