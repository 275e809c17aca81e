//! A private key from its file, and the record under which its public half is
//! published.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use mail_auth::common::crypto::{Algorithm, DkimKey, Ed25519Key, RsaKey, Sha256, SigningKey};
use rsa::RsaPrivateKey;
use rsa::pkcs1::{DecodeRsaPrivateKey, DecodeRsaPublicKey};
use rsa::pkcs8::{DecodePrivateKey, EncodePublicKey};
use rsa::traits::PublicKeyParts;
use rustls_pki_types::PrivateKeyDer;
use rustls_pki_types::pem::PemObject;

use crate::config::Problem;
use crate::config::settings::DkimKeyFile;

/// The algorithm identifier of Ed25519 in a PKCS#8 file (RFC 8410, section 3).
const ED25519_OID: [u8; 5] = [0x06, 0x03, 0x2b, 0x65, 0x70];

/// A key that signs.
pub struct Key {
    /// The name under which its public half is published.
    pub selector: String,
    pub(super) private: DkimKey,
}

impl Key {
    /// Reads a private key as PEM: RSA as PKCS#1 or PKCS#8, Ed25519 as PKCS#8.
    ///
    /// # Errors
    /// Where the file holds no such key, or an RSA key that is shorter than 2048 bits
    /// (RFC 8301 asks for that much, and receivers ignore the shortest).
    pub fn load(named: &DkimKeyFile) -> Result<Key, Problem> {
        let wrong = |what: String, instead: &str| {
            Problem::of_file(named.file.display(), format!("[dkim]: {what}"), instead)
        };
        let text = std::fs::read(&named.file).map_err(|error| {
            let what = format!("the private key cannot be read ({error})");
            wrong(what, "let the user that folkmoot runs as read it")
        })?;
        Key::from_pem(&named.selector, &text).map_err(|what| wrong(what, NEW_KEY))
    }

    /// The key in a PEM file of these octets.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn from_pem(selector: &str, pem: &[u8]) -> Result<Key, String> {
        let none = "there is no private key as PEM in it, or one that asks for a password";
        let der = PrivateKeyDer::from_pem_slice(pem).map_err(|_| none.to_owned())?;
        Ok(Key {
            selector: selector.to_owned(),
            private: private(der)?,
        })
    }

    /// Whether it is an RSA key.
    pub fn is_rsa(&self) -> bool {
        matches!(self.private, DkimKey::Rsa(_))
    }

    pub(super) fn algorithm(&self) -> Algorithm {
        self.private.algorithm()
    }

    /// The public half as records have it: RSA as SubjectPublicKeyInfo, which is what
    /// everybody publishes, Ed25519 as its 32 octets (RFC 8463, section 4).
    pub fn public(&self) -> Vec<u8> {
        match &self.private {
            DkimKey::Ed25519(key) => key.public_key(),
            DkimKey::Rsa(key) => subject_public_key_info(&key.public_key()),
        }
    }

    /// The text of the TXT record to publish at `SELECTOR._domainkey.DOMAIN`.
    pub fn record(&self) -> String {
        let kind = if self.is_rsa() { "rsa" } else { "ed25519" };
        format!("v=DKIM1; k={kind}; p={}", STANDARD.encode(self.public()))
    }

    /// Whether that is its public half, in any form in which records have it.
    pub fn is_published_as(&self, key: &[u8]) -> bool {
        key == self.public() || (self.is_rsa() && subject_public_key_info(key) == self.public())
    }
}

const NEW_KEY: &str = "make a new key with `folkmoot init` in another folder (RSA in dkim.pem, \
    Ed25519 in dkim-ed25519.pem), or with openssl genpkey";

fn private(der: PrivateKeyDer<'_>) -> Result<DkimKey, String> {
    if let PrivateKeyDer::Pkcs8(der) = &der {
        let octets = der.secret_pkcs8_der();
        // The identifier stands behind a sequence, a version and a sequence.
        let start = octets.get(..24).unwrap_or(octets);
        if start
            .windows(ED25519_OID.len())
            .any(|found| found == ED25519_OID)
        {
            let key = Ed25519Key::from_pkcs8_maybe_unchecked_der(octets);
            return key
                .map(DkimKey::Ed25519)
                .map_err(|error| format!("the Ed25519 key is broken ({error})"));
        }
    }
    let again = der.clone_key();
    let key = RsaKey::<Sha256>::from_key_der(der);
    key.map(DkimKey::Rsa)
        .map_err(|error| match rsa_bits(&again) {
            Some(bits) if !(2048..=4096).contains(&bits) => {
                format!("the RSA key has {bits} bits; one of 2048 is needed, and at most 4096")
            }
            Some(_) => format!("the RSA key cannot be used ({error})"),
            None => "it is neither an RSA nor an Ed25519 key".to_owned(),
        })
}

fn rsa_bits(der: &PrivateKeyDer<'_>) -> Option<usize> {
    let key = match der {
        PrivateKeyDer::Pkcs1(der) => RsaPrivateKey::from_pkcs1_der(der.secret_pkcs1_der()).ok()?,
        PrivateKeyDer::Pkcs8(der) => RsaPrivateKey::from_pkcs8_der(der.secret_pkcs8_der()).ok()?,
        _ => return None,
    };
    Some(key.size() * 8)
}

/// An RSA public key of PKCS#1 in the form of X.509; empty where it is none.
fn subject_public_key_info(pkcs1: &[u8]) -> Vec<u8> {
    let key = rsa::RsaPublicKey::from_pkcs1_der(pkcs1).ok();
    let info = key.and_then(|key| key.to_public_key_der().ok());
    info.map(|der| der.as_bytes().to_vec()).unwrap_or_default()
}
