//! Sealed boxes: everybody who has the public half of a key can put something in, only
//! who has the secret half can take it out (X25519 and XSalsa20-Poly1305, as libsodium's
//! `crypto_box_seal`). What answers to surveys are kept in while a survey is open.

use crypto_box::aead::rand_core::{self, CryptoRng, RngCore};
use crypto_box::{PublicKey, SecretKey};

use crate::random;

/// The first line of whatever is sealed, before the survey's key in the database.
const MARK: &str = "folkmoot-sealed 1 ";

/// What stands in the place of a reply to a survey that has closed, of which nothing is
/// kept, before its author's address.
pub const LATE: &str = "folkmoot-late ";

/// What stands in the place of a reply to a survey that was handled: whoever else it was
/// sent to must know that it was one, and never takes it for a mail without a text.
pub const TAKEN: &str = "folkmoot-taken\n";

/// Why a reply to a survey, or a receipt, waits that this node cannot open.
pub const NO_KEY: &str = "this node has not the survey's key yet";

/// When to look again at something that this node cannot open: after as long as it has
/// waited already, a second to five minutes, in milliseconds since 1970. A node without a
/// key must not spin over it, nor come too late when it gets the key.
pub fn next_look(since: i64, now: i64) -> i64 {
    now + (now - since).clamp(1_000, 300_000)
}

/// Octets in front of what is padded, which say how long it is.
const LENGTH: usize = 8;

/// The secret half of a key. It has no form that a log could show.
pub struct Private(SecretKey);

/// Something sealed, and the survey under whose key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sealed<'a> {
    /// The survey's wave.
    pub wave: i64,
    /// What is sealed.
    pub bytes: &'a [u8],
}

impl Private {
    /// A new key.
    pub fn generate() -> Private {
        Private(SecretKey::from_bytes(random::bytes()))
    }

    /// A key from its 32 octets; `None` where they are not so many.
    pub fn from_bytes(bytes: &[u8]) -> Option<Private> {
        SecretKey::from_slice(bytes).ok().map(Private)
    }

    /// Its 32 octets, for the file that keeps it.
    pub fn to_bytes(&self) -> [u8; 32] {
        self.0.to_bytes()
    }

    /// The public half: 32 octets.
    pub fn public(&self) -> [u8; 32] {
        self.0.public_key().to_bytes()
    }

    /// What was sealed for this key; `None` where it was not, or was changed.
    pub fn open(&self, sealed: &[u8]) -> Option<Vec<u8>> {
        unpadded(self.0.unseal(sealed).ok()?)
    }
}

/// Seals something, filled up to the next multiple of `unit` octets, so that its size
/// says little of what it holds. `None` where `public` is no key.
pub fn seal(public: &[u8], plain: &[u8], unit: usize) -> Option<Vec<u8>> {
    let public = PublicKey::from_slice(public).ok()?;
    public.seal(&mut Chance, &padded(plain, unit)).ok()
}

/// The same with the line in front that says under which survey's key.
pub fn marked(wave: i64, public: &[u8], plain: &[u8], unit: usize) -> Option<Vec<u8>> {
    let sealed = seal(public, plain, unit)?;
    Some([format!("{MARK}{wave}\n").as_bytes(), &sealed].concat())
}

/// What [`marked`] made, taken apart; `None` for anything else.
pub fn read(bytes: &[u8]) -> Option<Sealed<'_>> {
    let rest = bytes.strip_prefix(MARK.as_bytes())?;
    let end = rest.iter().take(20).position(|octet| *octet == b'\n')?;
    let (wave, sealed) = rest.split_at_checked(end)?;
    let wave = std::str::from_utf8(wave).ok()?.parse().ok()?;
    Some(Sealed {
        wave,
        bytes: sealed.get(1..)?,
    })
}

fn padded(plain: &[u8], unit: usize) -> Vec<u8> {
    let length = (plain.len() + LENGTH).next_multiple_of(unit.max(1));
    let mut out = Vec::with_capacity(length);
    out.extend_from_slice(&(plain.len() as u64).to_be_bytes());
    out.extend_from_slice(plain);
    out.resize(length, 0);
    out
}

fn unpadded(mut padded: Vec<u8>) -> Option<Vec<u8>> {
    let length = u64::from_be_bytes(padded.get(..LENGTH)?.try_into().ok()?);
    let end = LENGTH.checked_add(usize::try_from(length).ok()?)?;
    if end > padded.len() {
        return None;
    }
    padded.truncate(end);
    padded.drain(..LENGTH);
    Some(padded)
}

/// The house's chance, as the crate of sealed boxes asks for it.
struct Chance;

impl CryptoRng for Chance {}

impl RngCore for Chance {
    fn next_u32(&mut self) -> u32 {
        u32::from_be_bytes(random::bytes())
    }

    fn next_u64(&mut self) -> u64 {
        u64::from_be_bytes(random::bytes())
    }

    fn fill_bytes(&mut self, to: &mut [u8]) {
        for piece in to.chunks_mut(32) {
            let fresh = random::bytes::<32>();
            piece.copy_from_slice(&fresh[..piece.len()]);
        }
    }

    fn try_fill_bytes(&mut self, to: &mut [u8]) -> Result<(), rand_core::Error> {
        self.fill_bytes(to);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_its_own_key_opens_a_box() {
        let (own, other) = (Private::generate(), Private::generate());
        let sealed = seal(&own.public(), b"4 4 5 2 3 4 0", 64).unwrap();
        assert_eq!(own.open(&sealed).unwrap(), b"4 4 5 2 3 4 0");
        assert_eq!(other.open(&sealed), None);
        let mut changed = sealed.clone();
        *changed.last_mut().unwrap() ^= 1;
        assert_eq!(own.open(&changed), None);
        assert_eq!(own.open(&[]), None);
        assert_eq!(seal(b"no key", b"x", 1), None);
        let again = Private::from_bytes(&own.to_bytes()).unwrap();
        assert_eq!(again.open(&sealed).unwrap(), b"4 4 5 2 3 4 0");
    }

    #[test]
    fn sizes_say_nothing_below_the_unit() {
        let key = Private::generate();
        let size = |plain: &[u8]| seal(&key.public(), plain, 1024).unwrap().len();
        assert_eq!(size(b""), size(&[b'x'; 1016]));
        assert!(size(&[b'x'; 1017]) > size(b""));
    }

    #[test]
    fn what_is_sealed_says_for_which_survey() {
        let key = Private::generate();
        let bytes = marked(12, &key.public(), b"answer", 16).unwrap();
        let sealed = read(&bytes).unwrap();
        assert_eq!(sealed.wave, 12);
        assert_eq!(key.open(sealed.bytes).unwrap(), b"answer");
        for other in [
            &b""[..],
            b"From: x",
            b"folkmoot-sealed 1 ",
            b"folkmoot-sealed 1 x\n",
        ] {
            assert_eq!(read(other), None);
        }
    }
}
