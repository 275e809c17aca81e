//! The numbers of a line: `1`, `#2,`, `3-5`, `3 to 5`, `2 and 4`, `all`.

use super::piece::Piece;

/// No number has more digits; no mail has so many items.
const MOST_DIGITS: usize = 4;

/// Which items a line means.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Meant {
    /// First and last, both included.
    pub ranges: Vec<(u32, u32)>,
    /// All of them.
    pub is_all: bool,
    /// How many pieces the last range is.
    last: usize,
}

impl Meant {
    pub(super) fn one(number: u32) -> Meant {
        Meant {
            ranges: vec![(number, number)],
            is_all: false,
            last: 1,
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.ranges.is_empty() && !self.is_all
    }

    /// The same without its last number, and how many pieces that was; `None` where
    /// nothing would be left.
    pub(super) fn without_last(mut self) -> Option<(Meant, usize)> {
        self.ranges.pop()?;
        let taken = self.last;
        (!self.is_empty()).then_some((self, taken))
    }
}

/// The numbers that a line begins with, and what follows them.
pub(super) fn meant<'a, 'b>(all: &'b [Piece<'a>]) -> (Meant, &'b [Piece<'a>]) {
    let (mut meant, mut at) = (Meant::default(), 0);
    while let Some(piece) = all.get(at) {
        let next = all.get(at + 1).and_then(|piece| range(&piece.plain));
        if let Some((number, taken)) = counted(piece, all.get(at + 1..).unwrap_or_default()) {
            meant.ranges.push(number);
            (meant.last, at) = (taken, at + taken);
            // "DROP 3: 4 wheels are off topic."
            let last = all.get(at - 1);
            if last.is_some_and(|piece| piece.raw.ends_with(':')) {
                break;
            }
        } else if is_all(&piece.plain) && meant.is_empty() {
            (meant.is_all, at) = (true, at + 1);
            break;
        } else if is_filler(&piece.plain) && next.is_some() {
            at += 1;
        } else {
            break;
        }
    }
    (meant, all.get(at..).unwrap_or_default())
}

/// The range that begins with a piece, and of how many pieces it is.
fn counted(piece: &Piece<'_>, behind: &[Piece<'_>]) -> Option<((u32, u32), usize)> {
    let (from, to) = range(&piece.plain)?;
    if let [through, last, ..] = behind
        && is_through(through)
        && let Some((end, same)) = range(&last.plain)
        && from == to
        && end == same
        && from <= end
    {
        return Some(((from, end), 3));
    }
    Some(((from, to), 1))
}

/// `3` or `3-5`.
fn range(text: &str) -> Option<(u32, u32)> {
    let (from, to) = match text.split_once(['-', '–', '—']) {
        Some((from, to)) => (number(from)?, number(to)?),
        None => (number(text)?, number(text)?),
    };
    (from <= to).then_some((from, to))
}

fn number(text: &str) -> Option<u32> {
    let is_number = text.len() <= MOST_DIGITS && text.bytes().all(|b| b.is_ascii_digit());
    is_number.then(|| text.parse().ok())?
}

fn is_through(piece: &Piece<'_>) -> bool {
    matches!(piece.raw, "-" | "–" | "—") || matches!(piece.plain.as_str(), "to" | "bis")
}

fn is_all(word: &str) -> bool {
    matches!(word, "all" | "alle" | "alles" | "everything")
}

/// What may stand before a number, and marks alone.
fn is_filler(word: &str) -> bool {
    matches!(
        word,
        "" | "and" | "und" | "no" | "nr" | "number" | "nummer" | "item" | "items" | "punkt"
    )
}
