//! How the bytes of a message are kept: deflated where that makes them smaller, and with
//! large parts cut out, so that each is kept once. Pure; what was packed is unpacked again
//! before anything is believed (docs/decisions/0010).

use std::cell::RefCell;

use flate2::{Compress, Compression, Decompress, FlushCompress, FlushDecompress, Status};
use sha2::{Digest, Sha256};

use super::cutting::{self, Cut, Written, cuts};

/// As it came, and not looked at yet: what was kept by older versions, and what is large.
pub const NEW: i64 = 0;
/// As it came: nothing could be gained.
pub const PLAIN: i64 = 1;
/// Deflated (RFC 1951).
pub const DEFLATED: i64 = 2;
/// A deflated recipe: what stands between the bodies, and which those are.
pub const CUT: i64 = 3;

/// The SHA-256 of a content.
pub type Hash = [u8; 32];

/// Nothing that is unpacked is larger, in octets: far more than any message may have.
const LARGEST: usize = 1 << 30;
/// What a recipe has of each body: octets before it, how it is written, which it is.
const ENTRY: usize = 4 + 2 + 1 + 32;

/// A message as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Packed {
    /// How.
    pub codec: i64,
    /// The bytes.
    pub bytes: Vec<u8>,
    /// What is kept beside it, each once.
    pub bodies: Vec<Body>,
}

/// A part that any number of messages may have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Body {
    /// Of its content.
    pub hash: Hash,
    /// [`PLAIN`] or [`DEFLATED`].
    pub codec: i64,
    /// The bytes.
    pub bytes: Vec<u8>,
}

/// Why kept bytes are not what they should be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Broken {
    /// The bytes are damaged.
    #[error("its bytes are damaged")]
    Damaged,
    /// A part is not there.
    #[error("an attachment of it is missing")]
    Missing,
    /// Kept by a version that knew another way.
    #[error("it was kept in a way ({0}) that this version does not know")]
    Unknown(i64),
}

/// Packs a message at no more cost than deflating it; a large one stays as it is until
/// somebody has time to [`pack`] it.
pub fn pack_at_once(raw: &[u8]) -> Packed {
    match raw.len() < cutting::LEAST {
        true => smaller(raw),
        false => Packed {
            codec: NEW,
            bytes: raw.to_vec(),
            bodies: Vec::new(),
        },
    }
}

/// Packs a message as small as it gets.
pub fn pack(raw: &[u8]) -> Packed {
    let cuts = cuts(raw);
    if cuts.is_empty() {
        return smaller(raw);
    }
    let packed = packed(raw, &cuts);
    let whole = unpack(packed.codec, &packed.bytes, |hash| {
        packed
            .bodies
            .iter()
            .find(|body| body.hash == *hash)
            .and_then(|body| content(body).ok())
    });
    match whole.is_ok_and(|whole| whole == raw) {
        true => packed,
        false => smaller(raw),
    }
}

/// The bytes of a message again. `body` gives the content of a part.
///
/// # Errors
/// [`Broken`].
pub fn unpack(
    codec: i64,
    bytes: &[u8],
    body: impl FnMut(&Hash) -> Option<Vec<u8>>,
) -> Result<Vec<u8>, Broken> {
    match codec {
        NEW | PLAIN => Ok(bytes.to_vec()),
        DEFLATED => inflated(bytes),
        CUT => joined(&inflated(bytes)?, body),
        other => Err(Broken::Unknown(other)),
    }
}

/// The content of a body.
///
/// # Errors
/// [`Broken`], also where it is another than its hash says.
pub fn content(body: &Body) -> Result<Vec<u8>, Broken> {
    let content = unpack(body.codec, &body.bytes, |_| None)?;
    match hash(&content) == body.hash {
        true => Ok(content),
        false => Err(Broken::Damaged),
    }
}

/// The hashes of the bodies that a message needs.
///
/// # Errors
/// [`Broken`].
pub fn needed(codec: i64, bytes: &[u8]) -> Result<Vec<Hash>, Broken> {
    if codec != CUT {
        return Ok(Vec::new());
    }
    let (entries, _) = recipe(&inflated(bytes)?)?;
    Ok(entries.into_iter().map(|entry| entry.hash).collect())
}

fn hash(bytes: &[u8]) -> Hash {
    Sha256::digest(bytes).into()
}

fn smaller(raw: &[u8]) -> Packed {
    let deflated = deflated(raw);
    let is_smaller = deflated.len() < raw.len()
        && inflated_to(&deflated, raw.len()).is_ok_and(|whole| whole == raw);
    Packed {
        codec: if is_smaller { DEFLATED } else { PLAIN },
        bytes: if is_smaller { deflated } else { raw.to_vec() },
        bodies: Vec::new(),
    }
}

fn packed(raw: &[u8], cuts: &[Cut]) -> Packed {
    let mut recipe = (cuts.len() as u32).to_le_bytes().to_vec();
    let (mut between, mut bodies) = (Vec::new(), Vec::<Body>::new());
    let mut from = 0;
    for cut in cuts {
        let before = raw.get(from..cut.place.start).unwrap_or_default();
        let hash = hash(&cut.content);
        recipe.extend_from_slice(&(before.len() as u32).to_le_bytes());
        recipe.extend_from_slice(&written(cut.written));
        recipe.extend_from_slice(&hash);
        between.extend_from_slice(before);
        from = cut.place.end;
        if bodies.iter().all(|body| body.hash != hash) {
            let Packed { codec, bytes, .. } = smaller(&cut.content);
            bodies.push(Body { hash, codec, bytes });
        }
    }
    recipe.extend_from_slice(&between);
    recipe.extend_from_slice(raw.get(from..).unwrap_or_default());
    Packed {
        codec: CUT,
        bytes: deflated(&recipe),
        bodies,
    }
}

/// The length of its lines and their ends: 0 as it is, 1 LF, 2 CRLF.
fn written(written: Written) -> [u8; 3] {
    match written {
        Written::Exact => [0, 0, 0],
        Written::Base64 { line, crlf } => {
            let [low, high] = line.to_le_bytes();
            [low, high, 1 + u8::from(crlf)]
        }
    }
}

struct Entry {
    before: usize,
    written: Written,
    hash: Hash,
}

/// The bodies of a recipe and what stands between them.
fn recipe(recipe: &[u8]) -> Result<(Vec<Entry>, &[u8]), Broken> {
    let (count, rest) = recipe.split_first_chunk::<4>().ok_or(Broken::Damaged)?;
    let size = (u32::from_le_bytes(*count) as usize).checked_mul(ENTRY);
    let (entries, between) = size
        .and_then(|size| rest.split_at_checked(size))
        .ok_or(Broken::Damaged)?;
    let entries: Option<Vec<Entry>> = entries.chunks(ENTRY).map(entry).collect();
    Ok((entries.ok_or(Broken::Damaged)?, between))
}

fn entry(bytes: &[u8]) -> Option<Entry> {
    let (before, rest) = bytes.split_first_chunk::<4>()?;
    let (line, rest) = rest.split_first_chunk::<2>()?;
    let (end, hash) = rest.split_first()?;
    let written = match end {
        0 => Written::Exact,
        end => Written::Base64 {
            line: u16::from_le_bytes(*line),
            crlf: *end == 2,
        },
    };
    Some(Entry {
        before: u32::from_le_bytes(*before) as usize,
        written,
        hash: hash.try_into().ok()?,
    })
}

fn joined(kept: &[u8], mut body: impl FnMut(&Hash) -> Option<Vec<u8>>) -> Result<Vec<u8>, Broken> {
    let (entries, mut between) = recipe(kept)?;
    let mut whole = Vec::new();
    for entry in entries {
        let (before, rest) = between
            .split_at_checked(entry.before)
            .ok_or(Broken::Damaged)?;
        whole.extend_from_slice(before);
        let content = body(&entry.hash).ok_or(Broken::Missing)?;
        entry.written.write(&content, &mut whole);
        between = rest;
    }
    whole.extend_from_slice(between);
    Ok(whole)
}

thread_local! {
    // These have a quarter of a megabyte of their own, to be made and cleared for each message.
    static DEFLATE: RefCell<Compress> = RefCell::new(Compress::new(Compression::default(), false));
    static INFLATE: RefCell<Decompress> = RefCell::new(Decompress::new(false));
}

fn deflated(bytes: &[u8]) -> Vec<u8> {
    DEFLATE.with_borrow_mut(|deflate| {
        deflate.reset();
        let mut out = Vec::with_capacity(bytes.len() / 2 + 64);
        loop {
            let rest = bytes.get(deflate.total_in() as usize..).unwrap_or_default();
            match deflate.compress_vec(rest, &mut out, FlushCompress::Finish) {
                Ok(Status::StreamEnd) => return out,
                Ok(Status::Ok | Status::BufError) => out.reserve(out.capacity().max(64)),
                // What is as large is not taken.
                Err(_) => return bytes.to_vec(),
            }
        }
    })
}

fn inflated(bytes: &[u8]) -> Result<Vec<u8>, Broken> {
    inflated_to(bytes, bytes.len().saturating_mul(4))
}

/// `expected` octets, if they are no more.
fn inflated_to(bytes: &[u8], expected: usize) -> Result<Vec<u8>, Broken> {
    INFLATE.with_borrow_mut(|inflate| {
        inflate.reset(false);
        let mut whole = Vec::with_capacity(expected.clamp(64, LARGEST));
        loop {
            let rest = bytes.get(inflate.total_in() as usize..).unwrap_or_default();
            let before = (rest.len(), whole.len());
            let done = inflate.decompress_vec(rest, &mut whole, FlushDecompress::Finish);
            match done.map_err(|_| Broken::Damaged)? {
                Status::StreamEnd => return Ok(whole),
                _ if whole.len() >= LARGEST => return Err(Broken::Damaged),
                _ if whole.len() == whole.capacity() => whole.reserve(whole.capacity()),
                // There was room, and nothing more came: the end is missing.
                _ if before == (bytes.len() - inflate.total_in() as usize, whole.len()) => {
                    return Err(Broken::Damaged);
                }
                _ => (),
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;
    use proptest::prelude::*;

    use super::*;

    fn again(packed: &Packed) -> Vec<u8> {
        let body = |hash: &Hash| {
            let found = packed.bodies.iter().find(|body| body.hash == *hash);
            found.map(|body| content(body).unwrap())
        };
        unpack(packed.codec, &packed.bytes, body).unwrap()
    }

    fn lines(content: &[u8], line: usize, end: &str) -> String {
        let text = STANDARD.encode(content);
        let pieces: Vec<_> = text
            .as_bytes()
            .chunks(line)
            .map(String::from_utf8_lossy)
            .collect();
        pieces.join(end)
    }

    fn mail(attached: &str, end: &str) -> Vec<u8> {
        let head = "Subject: Plan\nContent-Type: multipart/mixed; boundary=\"b 1\"\n\n--b 1\n\nText.\n\
            --b 1\nContent-Type: application/pdf\nContent-Transfer-Encoding: base64\n\n";
        let tail = "\n--b 1--\n";
        format!(
            "{}{attached}{}",
            head.replace('\n', end),
            tail.replace('\n', end)
        )
        .into_bytes()
    }

    fn noise(octets: usize) -> Vec<u8> {
        let mut state = 7_u64;
        let mut next = || {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            (state >> 56) as u8
        };
        (0..octets).map(|_| next()).collect()
    }

    #[test]
    fn an_attachment_is_one_body_however_it_is_written() {
        let content = noise(30_001);
        let mut bodies = Vec::new();
        for (line, end) in [(76, "\r\n"), (76, "\n"), (72, "\r\n"), (60, "\n")] {
            let raw = mail(&lines(&content, line, end), end);
            let packed = pack(&raw);
            assert_eq!(again(&packed), raw, "{line} {end:?}");
            assert_eq!(packed.bodies.len(), 1, "{line} {end:?}");
            assert!(
                packed.bytes.len() < 400,
                "{} octets beside it",
                packed.bytes.len()
            );
            bodies.extend(packed.bodies);
        }
        assert!(bodies.iter().all(|body| *body == bodies[0]));
        assert_eq!(bodies[0].bytes, content);
    }

    #[test]
    fn what_is_not_in_even_lines_is_kept_as_it_is_written() {
        let text = lines(&noise(30_000), 76, "\r\n");
        for odd in [
            text.replacen("\r\n", "\n", 1),
            text.replacen("\r\n", " \r\n", 3),
        ] {
            let raw = mail(&odd, "\r\n");
            let packed = pack(&raw);
            assert_eq!(again(&packed), raw);
            assert!(!packed.bodies.is_empty());
        }
        let words = "Seals, and what they are made of.\r\n".repeat(400);
        let packed = pack(&mail(&words, "\r\n"));
        assert_eq!((packed.codec, packed.bodies.len()), (CUT, 1));
        assert_eq!(again(&packed), mail(&words, "\r\n"));
    }

    #[test]
    fn what_is_damaged_is_told_and_breaks_nothing() {
        let packed = pack(&mail(&lines(&noise(30_000), 76, "\n"), "\n"));
        let none = unpack(packed.codec, &packed.bytes, |_| None);
        assert_eq!(none, Err(Broken::Missing));
        assert_eq!(unpack(9, b"x", |_| None), Err(Broken::Unknown(9)));
        for at in 0..packed.bytes.len() {
            let _ = unpack(CUT, &packed.bytes[..at], |_| Some(Vec::new()));
        }
        let mut body = packed.bodies[0].clone();
        body.bytes[0] ^= 1;
        assert_eq!(content(&body), Err(Broken::Damaged));
    }

    proptest! {
        #[test]
        fn any_bytes_come_back(
            parts in prop::collection::vec(
                prop_oneof![
                    prop::collection::vec(any::<u8>(), 0..2_000),
                    "(--b 1|--b 1--|\r?\n\r?\n|Content-Type: x; boundary=\"b 1\"\r?\n){1,3}"
                        .prop_map(String::into_bytes),
                    (6_000_usize..9_000, 40_usize..100, any::<bool>()).prop_map(|(size, line, crlf)| {
                        lines(&noise(size), line, if crlf { "\r\n" } else { "\n" }).into_bytes()
                    }),
                ],
                0..6,
            )
        ) {
            let raw = parts.concat();
            prop_assert_eq!(again(&pack(&raw)), raw.clone());
            prop_assert_eq!(again(&pack_at_once(&raw)), raw);
        }
    }
}
