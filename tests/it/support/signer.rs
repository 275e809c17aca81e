//! Somebody's mail server that signs (DKIM) and seals (ARC) with keys made for the test.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use mail_auth::arc::ArcSealer;
use mail_auth::common::crypto::Ed25519Key;
use mail_auth::common::headers::HeaderWriter;
use mail_auth::dkim::DkimSigner;
use mail_auth::{AuthenticatedMessage, AuthenticationResults, DmarcOutput, DmarcResult};

use super::dns::Dns;

/// A domain's key.
pub struct Signer {
    domain: String,
    selector: String,
    key: Vec<u8>,
}

/// What is unusual about a signature.
#[derive(Clone, Copy, Default)]
pub struct Unusual {
    /// It is valid for so many seconds; for ever where it is 0.
    pub expires: u64,
    /// It signs the text that there is, and lets more be appended (`l=`).
    pub length: bool,
    /// It leaves From out.
    pub not_from: bool,
}

impl Signer {
    /// A new key, published in that zone.
    pub fn new(dns: &Dns, domain: &str, selector: &str) -> Self {
        let key = Ed25519Key::generate_pkcs8().expect("a key");
        let signer = Self {
            domain: domain.into(),
            selector: selector.into(),
            key,
        };
        let public = STANDARD.encode(signer.key().public_key());
        dns.publish_key(domain, selector, "ed25519", &public);
        signer
    }

    fn key(&self) -> Ed25519Key {
        Ed25519Key::from_pkcs8_maybe_unchecked_der(&self.key).expect("the key")
    }

    /// The message with a signature on top.
    pub fn sign(&self, raw: &[u8]) -> Vec<u8> {
        self.sign_unusually(raw, Unusual::default())
    }

    /// The message with an unusual signature on top.
    pub fn sign_unusually(&self, raw: &[u8], how: Unusual) -> Vec<u8> {
        let fields = match how.not_from {
            true => ["To", "Subject", "Message-ID"],
            false => ["From", "Subject", "Message-ID"],
        };
        let signature = DkimSigner::from_key(self.key())
            .domain(&self.domain)
            .selector(&self.selector)
            .headers(fields)
            .expiration(how.expires)
            .body_length(how.length)
            .sign(raw)
            .expect("a signature");
        [signature.to_header().as_bytes(), raw].concat()
    }

    /// The message with a seal on top, over whatever seals it has, that says how DMARC
    /// ended for the author's domain.
    pub async fn seal(&self, dns: &Dns, raw: &[u8], author: &str, passed: bool) -> Vec<u8> {
        let message = AuthenticatedMessage::parse(raw).expect("a message");
        let before = dns.authenticator().verify_arc(&message).await;
        let dmarc = match passed {
            true => DmarcResult::Pass,
            false => DmarcResult::Fail(mail_auth::Error::NotAligned),
        };
        let dmarc = DmarcOutput::new(author.into()).with_dkim_result(dmarc);
        let host = format!("mx.{}", self.domain);
        let results = AuthenticationResults::new(&host).with_dmarc_result(&dmarc);
        let set = ArcSealer::from_key(self.key())
            .domain(&self.domain)
            .selector(&self.selector)
            .headers(["From", "Subject", "Message-ID"])
            .seal(&message, &results, &before)
            .expect("a seal");
        [set.to_header().as_bytes(), raw].concat()
    }
}
