//! The pieces of a line, with where they end, so that what follows one can be taken as
//! it was written.

use crate::message::words::line::lower;

/// The most pieces of a line that are looked at.
const MOST: usize = 300;

/// A word or number between blanks and commas.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Piece<'a> {
    /// Lower-cased, without marks around it; empty where it is only marks.
    pub plain: String,
    /// As written.
    pub raw: &'a str,
    /// Where it ends in the line, in octets.
    pub end: usize,
}

pub(super) fn pieces(line: &str) -> Vec<Piece<'_>> {
    let parts = |c: char| c.is_whitespace() || matches!(c, ',' | ';');
    let mut from = 0;
    let mut all = Vec::new();
    for raw in line.split_inclusive(parts) {
        let end = from + raw.len();
        from = end;
        let raw = raw.trim_end_matches(parts);
        if !raw.is_empty() && all.len() < MOST {
            let plain = lower(raw.trim_matches(|c: char| !c.is_alphanumeric()));
            all.push(Piece { plain, raw, end });
        }
    }
    all
}
