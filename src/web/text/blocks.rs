//! Paragraphs, quotes and the signature.

/// Lines that are shown.
const MAX_LINES: usize = 5_000;
/// Bytes that are shown.
const MAX_BYTES: usize = 256 * 1024;
/// Quotes within quotes beyond this many are shown as this many.
const MAX_DEPTH: usize = 9;

/// A part of a text, with its lines as they stand, without line ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Block {
    /// What the author wrote, up to an empty line.
    Paragraph(Vec<String>),
    /// What the author quoted, without its marks.
    Quote {
        /// How often it was quoted, from 1.
        depth: usize,
        /// Its lines.
        lines: Vec<String>,
    },
    /// What follows the line `-- ` (RFC 3676, section 4.3).
    Signature(Vec<String>),
}

/// A text in blocks.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Blocks {
    /// The blocks, in order.
    pub blocks: Vec<Block>,
    /// Whether the text was too long to be shown whole.
    pub is_cut: bool,
}

/// Takes a text apart.
pub fn blocks(text: &str) -> Blocks {
    let shown = &text[..text.floor_char_boundary(MAX_BYTES)];
    let mut found = Blocks {
        blocks: Vec::new(),
        is_cut: shown.len() < text.len(),
    };
    let mut fresh = true;
    for (number, line) in shown.lines().enumerate() {
        if number == MAX_LINES {
            found.is_cut = true;
            break;
        }
        fresh = found.take(line, fresh);
    }
    found
}

impl Blocks {
    /// Adds a line; `fresh` begins a new block even of the same kind. Returns
    /// whether the next line does.
    fn take(&mut self, line: &str, fresh: bool) -> bool {
        if let Some(Block::Signature(lines)) = self.blocks.last_mut() {
            lines.push(line.to_owned());
            return false;
        }
        if matches!(line, "-- " | "-- \r") {
            self.blocks.push(Block::Signature(Vec::new()));
            return false;
        }
        let (depth, rest) = unquote(line);
        if depth == 0 && rest.trim().is_empty() {
            return true;
        }
        self.add(depth, rest, fresh);
        false
    }

    fn add(&mut self, depth: usize, line: &str, fresh: bool) {
        match self.blocks.last_mut() {
            Some(Block::Paragraph(lines)) if depth == 0 && !fresh => lines.push(line.to_owned()),
            Some(Block::Quote { depth: same, lines }) if *same == depth && !fresh => {
                lines.push(line.to_owned());
            }
            _ if depth == 0 => self.blocks.push(Block::Paragraph(vec![line.to_owned()])),
            _ => self.blocks.push(Block::Quote {
                depth,
                lines: vec![line.to_owned()],
            }),
        }
    }
}

/// Counts `>` and `> ` at the beginning and takes them away.
fn unquote(line: &str) -> (usize, &str) {
    let mut depth = 0;
    let mut rest = line;
    while let Some(behind) = rest.strip_prefix('>') {
        depth += 1;
        rest = if behind.starts_with(" >") {
            &behind[1..]
        } else {
            behind
        };
    }
    let rest = if depth > 0 {
        rest.strip_prefix(' ').unwrap_or(rest)
    } else {
        rest
    };
    (depth.min(MAX_DEPTH), rest)
}
