//! Which DKIM signatures (RFC 6376) still hold for a message that has passed through the
//! list. No key is asked for: a signature holds afterwards where it held before, and
//! what it covers is the same.

use super::guard::guarded;
use super::headers::{Field, Section, line_end, section};
use super::wire;
use mail_auth::common::crypto::HashAlgorithm;
use mail_auth::dkim;
use std::collections::HashMap;

/// More signatures than this are not looked at, and are taken for broken.
const MOST: usize = 20;
/// A longer field is not looked at either, in octets: an RSA key of 4096 bits signs in
/// less than 1,000.
const LONGEST: usize = 16 * 1024;

/// One DKIM-Signature field of a message as it came.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Signature {
    /// Its place among these fields, from the top, from 0.
    pub place: usize,
    /// `d=`, lower-cased: who signed. Empty where the field cannot be read.
    pub domain: String,
    /// `s=`: with which key.
    pub selector: String,
    /// `b=`: the signature itself.
    pub value: Vec<u8>,
    /// All that it covers leaves as it came.
    pub is_intact: bool,
}

/// A message as it leaves: its header section, and its body without the empty line.
#[derive(Clone, Copy)]
pub(super) struct Leaving<'a> {
    pub head: &'a [u8],
    pub body: &'a [u8],
    /// Names of fields that are put on top after that.
    pub later: &'a [String],
}

/// The signatures of `raw`, from the top, and which of them hold for what leaves; `body`
/// is the body as it came. None, where the header section is such that programs differ
/// about where its fields begin.
pub(super) fn signatures(raw: &[u8], body: &[u8], leaving: &Leaving<'_>) -> Vec<Signature> {
    let Some(came) = header_of(raw) else {
        return Vec::new();
    };
    let before = Head::new(&came, &[]);
    if before.signatures().next().is_none() {
        return Vec::new();
    }
    let after = Head::new(leaving.head, leaving.later);
    let mut passage = Passage {
        is_same_body: without_end(body) == without_end(leaving.body),
        is_same_subject: before.text("subject") == after.text("subject"),
        body: leaving.body,
        hashes: Vec::new(),
        before: &before,
        after: &after,
    };
    let fields = before.signatures().enumerate();
    fields
        .map(|(place, value)| passage.judge(place, value))
        .collect()
}

/// The header section as it came, with the line ends in which it was signed.
fn header_of(raw: &[u8]) -> Option<Vec<u8>> {
    let from = match raw.starts_with(b"From ") {
        true => line_end(raw, 0),
        false => 0,
    };
    let end = section(raw, from, raw.len()).end;
    let head = raw.get(from..end)?;
    let mut came = Vec::new();
    let has_bare_cr = wire::crlf(head, &mut came);
    (!has_bare_cr && !came.contains(&0)).then_some(came)
}

/// What happens to a message on its way through the list.
struct Passage<'a> {
    is_same_body: bool,
    is_same_subject: bool,
    body: &'a [u8],
    /// The hash of what leaves, for each way that a signature has asked for.
    hashes: Vec<(dkim::Canonicalization, HashAlgorithm, Vec<u8>)>,
    before: &'a Head<'a>,
    after: &'a Head<'a>,
}

impl Passage<'_> {
    fn judge(&mut self, place: usize, value: &[u8]) -> Signature {
        let is_looked_at = place < MOST && value.len() <= LONGEST;
        let read = is_looked_at
            .then(|| guarded(|| dkim::Signature::parse(value).ok()))
            .flatten()
            .flatten();
        let Some(read) = read else {
            // Whatever it is, most cover subject and body.
            let is_intact = is_looked_at && self.is_same_body && self.is_same_subject;
            return Signature {
                place,
                is_intact,
                ..Signature::default()
            };
        };
        Signature {
            place,
            is_intact: self.holds_body(&read) && self.holds_header(&read),
            domain: read.d.to_lowercase(),
            selector: read.s,
            value: read.b,
        }
    }

    /// A signature over the first `l=` octets would hold for whatever is put behind
    /// them; many receivers do not take one at all.
    fn holds_body(&mut self, signature: &dkim::Signature) -> bool {
        match signature.l {
            0 => self.hash(signature) == signature.bh,
            _ => self.is_same_body,
        }
    }

    fn hash(&mut self, signature: &dkim::Signature) -> Vec<u8> {
        let (way, algorithm) = (signature.cb, HashAlgorithm::from(signature.a));
        let known = |(w, a, _): &&(_, _, Vec<u8>)| *w == way && *a == algorithm;
        if let Some((_, _, hash)) = self.hashes.iter().find(known) {
            return hash.clone();
        }
        let body = self.body;
        let hash = guarded(|| {
            let hash = algorithm.hash(way.canonical_body(body, 0));
            hash.as_ref().to_vec()
        });
        let hash = hash.unwrap_or_default();
        self.hashes.push((way, algorithm, hash.clone()));
        hash
    }

    fn holds_header(&self, signature: &dkim::Signature) -> bool {
        let (before, after) = (
            self.before.covered(signature),
            self.after.covered(signature),
        );
        before.is_some() && before == after
    }
}

type NameAndValue<'a> = (&'a [u8], &'a [u8]);

/// A header section as verifiers read it.
struct Head<'a> {
    bytes: &'a [u8],
    section: Section,
    /// By lower-cased name, from the bottom up, as a signature selects them
    /// (RFC 6376, section 5.4.2).
    by_name: HashMap<Vec<u8>, Vec<NameAndValue<'a>>>,
}

impl<'a> Head<'a> {
    fn new(bytes: &'a [u8], later: &'a [String]) -> Head<'a> {
        let section = section(bytes, 0, bytes.len());
        let mut by_name: HashMap<Vec<u8>, Vec<_>> = HashMap::new();
        for field in section.fields.iter().rev() {
            let name = field.name_in(bytes);
            let of_name = by_name.entry(name.to_ascii_lowercase()).or_default();
            of_name.push((name, field.value_in(bytes)));
        }
        for name in later {
            // No field has this value, so it equals none that came.
            let of_name = by_name.entry(name.to_ascii_lowercase().into_bytes());
            of_name.or_default().push((name.as_bytes(), b"\0"));
        }
        Head {
            bytes,
            section,
            by_name,
        }
    }

    fn signatures(&self) -> impl Iterator<Item = &[u8]> {
        let is_one = |field: &&Field| field.is(self.bytes, "DKIM-Signature");
        let found = self.section.fields.iter().filter(is_one);
        found.map(|field| field.value_in(self.bytes))
    }

    fn text(&self, name: &str) -> Option<&[u8]> {
        let last = self.by_name.get(name.as_bytes())?.last()?;
        Some(last.1.trim_ascii())
    }

    /// The fields that a signature covers, in the form in which it covers them; `None`
    /// where it covers signatures, of which the list adds one and removes others.
    fn covered(&self, signature: &dkim::Signature) -> Option<Vec<u8>> {
        let mut taken: HashMap<Vec<u8>, usize> = HashMap::new();
        let mut fields = Vec::new();
        for name in &signature.h {
            let name = name.trim().to_ascii_lowercase().into_bytes();
            if name == b"dkim-signature" {
                return None;
            }
            let of_name = self.by_name.get(&name);
            let at = taken.entry(name).or_default();
            fields.extend(of_name.and_then(|all| all.get(*at)).copied());
            *at += 1;
        }
        let mut covered = Vec::new();
        guarded(|| {
            let way = signature.ch;
            way.canonicalize_headers(fields.into_iter(), &mut covered);
        })?;
        Some(covered)
    }
}

fn without_end(body: &[u8]) -> &[u8] {
    body.strip_suffix(b"\r\n").unwrap_or(body)
}
