//! New private keys, as PEM.

use anyhow::Context as _;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rsa::RsaPrivateKey;
use rsa::pkcs8::{EncodePrivateKey, LineEnding};
use rsa::rand_core::{CryptoRng, Error, RngCore, impls};

use crate::random;

/// 2048 bits: what every receiver verifies, and what fits the records of every
/// provider (RFC 8301, section 3.2).
const BITS: usize = 2048;

/// An Ed25519 private key as PKCS#8 has it, up to the key's own 32 octets
/// (RFC 8410, section 7). This first version of the form, without the public
/// key, is the one that every program reads.
const PKCS8_HEAD: [u8; 16] = [
    0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20,
];

/// A new RSA key.
///
/// # Errors
/// Where none could be made, which only a broken source of chance brings about.
pub fn rsa() -> anyhow::Result<String> {
    let instead = "no key could be made of this machine's random bytes; try once more";
    let key = RsaPrivateKey::new(&mut Chance, BITS).context(instead)?;
    let pem = key.to_pkcs8_pem(LineEnding::LF).context(instead)?;
    Ok(pem.to_string())
}

/// A new Ed25519 key: 32 random octets are one.
pub fn ed25519() -> String {
    let der = [&PKCS8_HEAD[..], &random::bytes::<32>()].concat();
    format!(
        "-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n",
        STANDARD.encode(der)
    )
}

/// [`random`] as the maker of RSA keys wants it.
struct Chance;

impl RngCore for Chance {
    fn next_u32(&mut self) -> u32 {
        u32::from_ne_bytes(random::bytes())
    }

    fn next_u64(&mut self) -> u64 {
        impls::next_u64_via_fill(self)
    }

    fn fill_bytes(&mut self, out: &mut [u8]) {
        for part in out.chunks_mut(32) {
            let bytes = random::bytes::<32>();
            part.iter_mut().zip(bytes).for_each(|(to, from)| *to = from);
        }
    }

    fn try_fill_bytes(&mut self, out: &mut [u8]) -> Result<(), Error> {
        self.fill_bytes(out);
        Ok(())
    }
}

impl CryptoRng for Chance {}
