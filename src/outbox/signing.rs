//! DKIM signatures (RFC 6376) on all that leaves: the keys, loaded once, and the
//! fields that stand in front of each recipient's copy.
//!
//! What is the same for all recipients of a mail, its body's hash and the canonical
//! form of its own header, is made once ([`Signable`]); for each copy only the header
//! is hashed and signed. The time of a signature is the row's, so that a retry sends
//! the same bytes, and there is no `x=`: mail may wait for days.

mod body;
mod header;
pub mod key;

use mail_auth::common::crypto::SigningKey;
use mail_auth::common::headers::{Writable, Writer};
use mail_auth::dkim::{Canonicalization, Signature};

use crate::config::{Problem, Settings};
use crate::store::Millis;
use header::SharedHeader;
use key::Key;

/// The keys that sign what goes out; nothing is signed where there is none.
#[derive(Default)]
pub struct Signers {
    domain: String,
    keys: Vec<Key>,
}

/// What all recipients' signatures over one mail have in common.
#[derive(Default)]
pub struct Signable {
    body_hash: Vec<u8>,
    header: SharedHeader,
}

impl Signable {
    /// Of a mail in canonical form ([`crate::message::wire::canonical`]): a header
    /// section, an empty line, a body.
    pub fn of(mail: &[u8]) -> Signable {
        let (header, body) = SharedHeader::of(mail);
        Signable {
            body_hash: body::hash(mail.get(body..).unwrap_or_default()),
            header,
        }
    }
}

impl Signers {
    /// Loads every key that the settings name. RSA keys come first, and so do their
    /// signatures: each receiver understands them, some stop at the first signature
    /// that they do not understand, and many look at a few only.
    ///
    /// # Errors
    /// The first key that cannot be used, and what to do.
    pub fn load(settings: &Settings) -> Result<Signers, Problem> {
        let keys: Result<Vec<_>, _> = settings.dkim.iter().map(Key::load).collect();
        let mut keys = keys?;
        keys.sort_by_key(|key| !key.is_rsa());
        Ok(Signers {
            domain: settings.domain.clone(),
            keys,
        })
    }

    /// The keys, in the order of their signatures from the top.
    pub fn keys(&self) -> &[Key] {
        &self.keys
    }

    /// Whether nothing is signed.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// Whether a signature takes so long (half a millisecond for RSA) that a thread
    /// that serves many connections should not make it.
    pub fn are_slow(&self) -> bool {
        self.keys.iter().any(Key::is_rsa)
    }

    /// The signature fields of one copy, each with its CRLF, to stand in front of
    /// `fields`, what is personal, which stands in front of the mail. `at` is the
    /// moment at which the copy was first tried.
    ///
    /// # Errors
    /// Where a key cannot sign; the text says which.
    pub fn sign(&self, mail: &Signable, fields: &str, at: Millis) -> Result<String, String> {
        if self.keys.is_empty() {
            return Ok(String::new());
        }
        let signed = mail.header.with(fields);
        let mut out = Vec::new();
        for key in &self.keys {
            let mut signature = Signature {
                v: 1,
                a: key.algorithm(),
                d: self.domain.clone(),
                s: key.selector.clone(),
                bh: mail.body_hash.clone(),
                h: signed.names.clone(),
                t: u64::try_from(at / 1000).unwrap_or_default(),
                ch: Canonicalization::Relaxed,
                cb: Canonicalization::Relaxed,
                ..Signature::default()
            };
            let input = SignatureInput {
                header: &signed.canonical,
                signature: &signature,
            };
            let made = key.private.sign(input);
            signature.b =
                made.map_err(|error| format!("selector {} cannot sign: {error}", key.selector))?;
            signature.write(&mut out, true);
        }
        Ok(String::from_utf8_lossy(&out).into_owned())
    }
}

/// What is signed (RFC 6376, section 3.7): the header fields, then the signature's
/// own field with an empty `b=`.
struct SignatureInput<'a> {
    header: &'a [u8],
    signature: &'a Signature,
}

impl Writable for SignatureInput<'_> {
    fn write(self, writer: &mut impl Writer) {
        writer.write(self.header);
        self.signature.write(writer, false);
    }
}

#[cfg(test)]
mod tests;
