//! Signatures (RFC 6376) as authors' servers make them, and what receivers find of those
//! that arrive, by mail-auth and without asking any DNS.

use std::borrow::Borrow;
use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Arc;
use std::time::Instant;

use tokio::runtime::{Builder, Runtime};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use mail_auth::common::crypto::Ed25519Key;
use mail_auth::common::headers::HeaderWriter;
use mail_auth::common::parse::TxtRecordParser;
use mail_auth::common::verify::DomainKey;
use mail_auth::dkim::{Canonicalization, DkimSigner};
use mail_auth::hickory_resolver::config::{ResolverConfig, ResolverOpts};
use mail_auth::{
    AuthenticatedMessage, DkimResult, MessageAuthenticator, Parameters, ResolverCache, Txt,
};

/// What a signature covers, and how.
#[derive(Clone, Copy)]
pub struct How<'a> {
    /// Names of fields, with a colon between them; one that the mail does not have is
    /// signed as missing.
    pub fields: &'a str,
    /// Spaces and folds count (`c=simple/simple`).
    pub simple: bool,
    /// It names the length of the body (`l=`).
    pub length: bool,
}

/// A signature that arrived: its `s=` and `d=`, and whether it holds.
pub type Found = (String, String, bool);

/// Keys of several domains, and all that a verifier could find in DNS.
pub struct Keys {
    runtime: Runtime,
    nobody: MessageAuthenticator,
    keys: HashMap<(String, String), Vec<u8>>,
    published: HashMap<Box<str>, Txt>,
}

impl Default for Keys {
    fn default() -> Self {
        let runtime = Builder::new_current_thread().enable_all().build();
        let config = ResolverConfig::from_parts(None, vec![], vec![]);
        let nobody = MessageAuthenticator::new(config, ResolverOpts::default());
        Self {
            runtime: runtime.expect("a runtime"),
            nobody: nobody.expect("a resolver that asks nobody"),
            keys: HashMap::new(),
            published: HashMap::new(),
        }
    }
}

impl Keys {
    /// Makes and publishes a key.
    pub fn add(&mut self, domain: &str, selector: &str) {
        let key = Ed25519Key::generate_pkcs8().expect("a key");
        let public = Ed25519Key::from_pkcs8_maybe_unchecked_der(&key).expect("its public half");
        let record = format!(
            "v=DKIM1; k=ed25519; p={}",
            STANDARD.encode(public.public_key())
        );
        let record = DomainKey::parse(record.as_bytes()).expect("a record");
        let name = format!("{selector}._domainkey.{domain}.");
        self.published
            .insert(name.into(), Txt::DomainKey(Arc::new(record)));
        self.keys.insert((domain.into(), selector.into()), key);
    }

    /// The mail with a signature on top.
    pub fn sign(&self, raw: &[u8], (domain, selector): (&str, &str), how: How<'_>) -> Vec<u8> {
        let key = &self.keys[&(domain.to_owned(), selector.to_owned())];
        let key = Ed25519Key::from_pkcs8_maybe_unchecked_der(key).expect("a key");
        let way = match how.simple {
            true => Canonicalization::Simple,
            false => Canonicalization::Relaxed,
        };
        let signer = DkimSigner::from_key(key)
            .domain(domain)
            .selector(selector)
            .headers(how.fields.split(':'))
            .body_length(how.length)
            .header_canonicalization(way)
            .body_canonicalization(way);
        let signature = signer.sign(raw).expect("a signature");
        [signature.to_header().as_bytes(), raw].concat()
    }

    /// The signatures of a mail and whether they hold, from the top; those that no
    /// verifier takes are left out.
    pub fn verify(&self, raw: &[u8]) -> Vec<Found> {
        let message = AuthenticatedMessage::parse(raw).expect("a mail");
        self.runtime.block_on(async {
            let parameters = Parameters::new(&message).with_txt_cache(self);
            let found = self.nobody.verify_dkim(parameters).await;
            let read = found
                .iter()
                .filter_map(|one| Some((one.signature()?, one.result())));
            read.map(|(signature, result)| {
                let holds = *result == DkimResult::Pass;
                (signature.s.clone(), signature.d.clone(), holds)
            })
            .collect()
        })
    }
}

impl ResolverCache<Box<str>, Txt> for Keys {
    fn get<Q>(&self, name: &Q) -> Option<Txt>
    where
        Box<str>: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        self.published.get(name).cloned()
    }

    fn remove<Q>(&self, _name: &Q) -> Option<Txt>
    where
        Box<str>: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        None
    }

    fn insert(&self, _key: Box<str>, _value: Txt, _valid_until: Instant) {}
}
