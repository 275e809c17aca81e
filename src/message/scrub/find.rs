//! Where our tokens stand in a text.

use super::TokenKind;
use super::glyph::{Glyph, glyphs};
use regex::bytes::{Regex, RegexBuilder};
use std::ops::Range;

/// Every token of ours has at least this many characters: 128 bits in base 32.
const SHORTEST: usize = 26;
/// And fits the local part of an address.
const LONGEST: usize = 64;
/// How much is read at a time, in octets, and how far around it: more than the
/// longest address or link that a mail program leaves whole.
const PIECE: usize = 64 * 1024;
const OVERLAP: usize = 4 * 1024;
/// A `base_url` may have a path of its own.
const MOST_SEGMENTS: usize = 4;

/// Words before the token in an address.
const ADDRESSES: [(&[u8], TokenKind); 5] = [
    (b"rsvp", TokenKind::Rsvp),
    (b"confirm", TokenKind::Confirm),
    (b"reply", TokenKind::Reply),
    (b"bounces", TokenKind::Bounces),
    (b"survey", TokenKind::Survey),
];

/// Segments before the token in a link.
const LINKS: [(&[u8], TokenKind); 7] = [
    (b"u", TokenKind::Unsubscribe),
    (b"r", TokenKind::Form),
    (b"f", TokenKind::Feed),
    (b"me", TokenKind::Me),
    (b"desk", TokenKind::Desk),
    (b"hold", TokenKind::Hold),
    (b"join", TokenKind::Join),
];

/// A token and the places of its pieces, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    pub kind: TokenKind,
    pub token: String,
    pub pieces: Vec<Range<usize>>,
}

impl Found {
    fn start(&self) -> usize {
        self.pieces.first().map_or(0, |piece| piece.start)
    }
}

/// What stands where a token was taken out, as glyphs have it.
const MARK: &[u8] = b"token-removed";

/// How our addresses and links are known.
pub(super) struct Ours {
    domain: Vec<u8>,
    host: Vec<u8>,
    /// Whether `rsvp` counts: in a post it stays, because calendars need it.
    with_rsvp: bool,
    /// Finds what may be one of them; nothing where there is no way to say.
    hint: Option<Regex>,
}

impl Ours {
    pub fn new(domain: &str, host: &str, with_rsvp: bool) -> Ours {
        let (domain, host) = (domain.to_ascii_lowercase(), host.to_ascii_lowercase());
        let hint = [&domain, &host].map(|name| halves(name)).concat().join("|");
        let hint = RegexBuilder::new(&hint)
            .case_insensitive(true)
            .unicode(false)
            .build();
        Ours {
            domain: domain.into_bytes(),
            host: host.into_bytes(),
            with_rsvp,
            hint: hint.ok(),
        }
    }

    /// Every token in that stretch of the bytes, in order; `most` at most.
    pub fn find(
        &self,
        bytes: &[u8],
        place: Range<usize>,
        quoted_printable: bool,
        most: usize,
    ) -> Vec<Found> {
        let mut all: Vec<Found> = Vec::new();
        let mut from = place.start;
        while from < place.end && all.len() < most {
            let until = from.saturating_add(PIECE);
            let before = from.saturating_sub(OVERLAP).max(place.start);
            let window = before..until.saturating_add(OVERLAP).min(place.end);
            let piece = bytes.get(window.clone()).unwrap_or_default();
            if self.hint.as_ref().is_none_or(|hint| hint.is_match(piece)) {
                let found = self.in_glyphs(&glyphs(bytes, window, quoted_printable));
                let own = |one: &Found| (from..until).contains(&one.start());
                all.extend(found.into_iter().filter(own));
            }
            from = until;
        }
        all.truncate(most);
        all
    }

    fn in_glyphs(&self, glyphs: &[Glyph]) -> Vec<Found> {
        let text: Vec<u8> = glyphs.iter().map(|glyph| glyph.byte).collect();
        let mut found = Vec::new();
        for (at, byte) in text.iter().enumerate() {
            let rest = text.get(at + 1..).unwrap_or_default();
            let token = match byte {
                b'@' if is_first(rest, &self.domain) => address(&text, at),
                b'/' if is_first(rest, &self.host) => link(glyphs, &text, at + 1 + self.host.len()),
                _ => None,
            };
            let token = token.filter(|(kind, _)| self.with_rsvp || *kind != TokenKind::Rsvp);
            found.extend(token.and_then(|(kind, place)| cut(glyphs, kind, place)));
        }
        found.sort_by_key(Found::start);
        found
    }
}

fn is_first(rest: &[u8], name: &[u8]) -> bool {
    !name.is_empty() && rest.starts_with(name)
}

/// A line break divides a name once: one of its halves is whole.
fn halves(name: &str) -> Vec<String> {
    let (first, second) = name.split_at_checked(name.len() / 2).unwrap_or((name, ""));
    let halves = [first, second].into_iter().filter(|half| !half.is_empty());
    halves.map(regex::escape).collect()
}

/// The token before the `@` at that place.
fn address(text: &[u8], at: usize) -> Option<(TokenKind, Range<usize>)> {
    let before = text.get(..at)?;
    let run = before.iter().rev().take(LONGEST + 1);
    let length = run.take_while(|b| is_token(**b)).count();
    let start = at - length;
    let word = before.get(..start)?.strip_suffix(b"+")?;
    let known = |(name, _): &&(&[u8], TokenKind)| {
        let front = word.strip_suffix(*name);
        front.is_some_and(|front| matches!(front.last(), Some(b'-' | b'+')))
    };
    let (_, kind) = ADDRESSES.iter().find(known)?;
    (SHORTEST..=LONGEST)
        .contains(&length)
        .then_some((*kind, start..at))
}

/// The token in the path that begins at that place, perhaps behind a port.
fn link(glyphs: &[Glyph], text: &[u8], at: usize) -> Option<(TokenKind, Range<usize>)> {
    let mut at = behind_port(text, at);
    for _ in 0..MOST_SEGMENTS {
        if text.get(at) != Some(&b'/') {
            return None;
        }
        let rest = text.get(at + 1..)?;
        let length = rest
            .iter()
            .take(LONGEST)
            .take_while(|b| is_segment(**b))
            .count();
        let segment = rest.get(..length)?;
        let known = LINKS.iter().find(|(name, _)| *name == segment);
        at += 1 + length;
        // What was taken out of here stays out: the line below it is another's.
        if known.is_some() && is_first(rest.get(length + 1..).unwrap_or_default(), MARK) {
            return None;
        }
        let start = at + 1;
        let length = run(glyphs.get(start..).unwrap_or_default());
        if let Some((_, kind)) = known
            && text.get(at) == Some(&b'/')
            && (SHORTEST..=LONGEST).contains(&length)
        {
            return Some((*kind, start..start + length));
        }
    }
    None
}

fn behind_port(text: &[u8], at: usize) -> usize {
    let rest = text.get(at..).unwrap_or_default();
    let Some(rest) = rest.strip_prefix(b":") else {
        return at;
    };
    at + 1
        + rest
            .iter()
            .take(5)
            .take_while(|b| b.is_ascii_digit())
            .count()
}

/// How long the token is that begins here. It may go on behind a line break only
/// where it would be too short otherwise.
fn run(glyphs: &[Glyph]) -> usize {
    let goes_on = |(index, glyph): &(usize, &Glyph)| {
        is_token(glyph.byte) && !(glyph.after_break && *index >= SHORTEST)
    };
    glyphs
        .iter()
        .take(LONGEST + 1)
        .enumerate()
        .take_while(goes_on)
        .count()
}

/// Base 32 in lower case, as `identity` writes it.
fn is_token(byte: u8) -> bool {
    matches!(byte, b'a'..=b'z' | b'2'..=b'7')
}

fn is_segment(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~')
}

/// The token's places in the bytes, cut where something stands between.
fn cut(glyphs: &[Glyph], kind: TokenKind, place: Range<usize>) -> Option<Found> {
    let glyphs = glyphs.get(place)?;
    let mut pieces: Vec<Range<usize>> = Vec::new();
    for glyph in glyphs {
        match pieces.last_mut() {
            Some(last) if last.end == glyph.from => last.end = glyph.to,
            _ => pieces.push(glyph.from..glyph.to),
        }
    }
    let token = glyphs.iter().map(|glyph| glyph.byte as char).collect();
    Some(Found {
        kind,
        token,
        pieces,
    })
}
