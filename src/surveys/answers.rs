//! The answer to a survey, in whatever shape people type digits. Pure. What could mean
//! two things is asked back, never guessed: nobody notices a wrong digit.

mod comment;
mod dress;
mod interpret;
mod scan;

use crate::message::visible::{self, Piece};

pub use comment::{LONGEST_COMMENT, Leave, leave};
use interpret::interpret;
use scan::{Number, Run, scan};

/// Nobody answers seven questions on more lines; what stands below is not read.
pub const MOST_ANSWER_LINES: usize = 400;

/// Nor with more numbers: the telephone numbers of a whole department are none.
pub const MOST_NUMBERS: usize = 100;

/// What is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scale {
    /// How many digits.
    pub items: usize,
    /// The lowest answer.
    pub lowest: u8,
    /// The highest answer.
    pub highest: u8,
    /// Whether 0 says "cannot say".
    pub skip: bool,
    /// Whether the digits are options, the best first: each of them once.
    pub is_order: bool,
}

/// What somebody answered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    /// A digit for each item, in order.
    pub digits: Vec<u8>,
    /// What they wrote below; or empty.
    pub comment: String,
    /// Whether the comment may be shown however few there are (`SHARE` above it, or
    /// `QUOTE`).
    pub shared: bool,
    /// Whether a sponsor may read it, without its author (`QUOTE` above it).
    pub quoted: bool,
}

/// What somebody wrote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Said {
    /// An answer.
    Answer(Answer),
    /// Not this time.
    Skip,
    /// No more surveys.
    Stop,
    /// How answers are protected.
    Why,
    /// What they have written may be read by a sponsor.
    Quote,
    /// It could not be understood.
    Unclear(Unclear),
}

/// Why it could not be understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unclear {
    /// There are no digits.
    Nothing,
    /// There are so many.
    Count(usize),
    /// A digit that is none of the scale, or a span of two.
    Range,
    /// A number with a fraction.
    Decimal,
    /// Options that are not each named once.
    Order,
}

impl Scale {
    /// Whether a digit is one of its answers.
    pub fn has(&self, digit: u8) -> bool {
        (self.lowest..=self.highest).contains(&digit) || (self.skip && digit == 0)
    }
}

/// Reads a reply's text, quotes and all.
pub fn read(text: &str, scale: &Scale) -> Said {
    let pieces: Vec<_> = visible::pieces(text)
        .into_iter()
        .take(MOST_ANSWER_LINES)
        .collect();
    if let Some(said) = word(&pieces) {
        return said;
    }
    let mut reader = Reader::new(scale);
    for (at, piece) in pieces.iter().enumerate() {
        if let Piece::Own(line) = piece {
            let below_quote = at > 0 && matches!(pieces.get(at - 1), Some(Piece::Quote(_)));
            reader.line(line, below_quote);
        }
    }
    reader.end(&pieces)
}

/// A reply that is one of the words.
fn word(pieces: &[Piece<'_>]) -> Option<Said> {
    let own = pieces.iter().find_map(|piece| match piece {
        Piece::Own(line) if !line.trim().is_empty() => Some(line.trim()),
        _ => None,
    })?;
    let written = pieces
        .iter()
        .filter(|piece| matches!(piece, Piece::Own(line) if !line.trim().is_empty()));
    let is_alone = written.count() == 1;
    let plain = own
        .trim_end_matches(['.', '!', '?', ',', ':', ' '])
        .to_lowercase();
    match plain.split_whitespace().collect::<Vec<_>>().as_slice() {
        ["skip"] => Some(Said::Skip),
        ["stop", "survey" | "surveys"] | ["stop"] => Some(Said::Stop),
        ["why"] => Some(Said::Why),
        // With more below it, it stands above words.
        ["quote"] if is_alone => Some(Said::Quote),
        _ => None,
    }
}

/// Collects numbers line by line.
struct Reader<'s> {
    scale: &'s Scale,
    numbers: Vec<Number>,
    /// Lines above the first number.
    above: Vec<String>,
    /// Lines below them, and remarks beside them.
    comment: Vec<String>,
    /// The numbers are an answer already, and text has followed.
    is_over: bool,
    /// Something that says another thing than the digits do.
    doubt: Option<Unclear>,
}

impl<'s> Reader<'s> {
    fn new(scale: &'s Scale) -> Self {
        Reader {
            scale,
            numbers: Vec::new(),
            above: Vec::new(),
            comment: Vec::new(),
            is_over: false,
            doubt: None,
        }
    }

    fn line(&mut self, line: &str, below_quote: bool) {
        if self.numbers.len() > MOST_NUMBERS {
            self.doubt = Some(Unclear::Count(self.numbers.len()));
        }
        if self.is_over || self.doubt.is_some() || line.trim().is_empty() {
            self.keep(line);
            return;
        }
        let run = self.run(line);
        let is_complete = self.is_complete();
        let is_answer = match run.rest.is_empty() {
            true => !(run.numbers.is_empty() || is_complete && run.is_phone()),
            false => !is_complete && self.may_have_rest(&run, below_quote),
        };
        match is_answer {
            true => self.take(run),
            false => {
                self.is_over = is_complete;
                self.keep(line);
            }
        }
    }

    /// The numbers of a line, without what people put around them.
    fn run(&self, line: &str) -> Run {
        let line = dress::undressed(line);
        let said = dress::with_skip(line).or_else(|| dress::numbered(line));
        let line = said.as_deref().unwrap_or(line);
        let items = self.scale.items;
        match scan(line) {
            run if run.numbers.is_empty() => match tail(line) {
                run if run.numbers.is_empty() => {
                    dress::behind_words(line, items).unwrap_or_default()
                }
                run => run,
            },
            run if run.numbers.len() > items => dress::before_remark(line, items).unwrap_or(run),
            run => run,
        }
    }

    fn take(&mut self, run: Run) {
        if run.says_span() {
            self.doubt = Some(Unclear::Range);
        }
        self.numbers.extend(run.numbers);
        if !run.rest.is_empty() {
            self.comment.push(run.rest);
        }
    }

    /// Whether words may stand behind the numbers of a line: "3 weeks later" is no answer.
    fn may_have_rest(&self, run: &Run, below_quote: bool) -> bool {
        let total = self.numbers.len() + run.numbers.len();
        let is_labelled = run.numbers.len() == 2 && run.is_labelled();
        match run.numbers.len() {
            0 => false,
            _ if below_quote || is_labelled || run.says_span() => true,
            _ if self.scale.items > 1 && total >= self.scale.items => true,
            1 => run.rest_is_apart(),
            _ => false,
        }
    }

    fn keep(&mut self, line: &str) {
        match self.numbers.is_empty() {
            true => self.above.push(line.to_owned()),
            false => self.comment.push(line.to_owned()),
        }
    }

    fn is_complete(&self) -> bool {
        !self.numbers.is_empty() && interpret(&self.numbers, self.scale).is_ok()
    }

    fn end(self, pieces: &[Piece<'_>]) -> Said {
        if let Some(doubt) = self.doubt {
            return Said::Unclear(doubt);
        }
        let read = interpret(&self.numbers, self.scale);
        if self.scale.is_order && !is_order(read.as_deref().unwrap_or_default()) {
            return Said::Unclear(read.err().unwrap_or(Unclear::Order));
        }
        let digits = match read.or_else(|why| retyped(pieces, self.scale).ok_or(why)) {
            Ok(digits) => digits,
            Err(why) => return Said::Unclear(why),
        };
        Said::Answer(comment::with(digits, &self.above, &self.comment))
    }
}

/// Whether no option is named twice.
pub fn is_order(digits: &[u8]) -> bool {
    let mut all = digits.to_vec();
    all.sort_unstable();
    all.dedup();
    !digits.is_empty() && all.len() == digits.len()
}

/// What stands behind a colon: "My answers: 4 4 5".
fn tail(line: &str) -> Run {
    let Some((head, tail)) = line.rsplit_once(':') else {
        return Run::default();
    };
    let is_short = head.split_whitespace().count() <= 6 && !head.contains(|c: char| c.is_numeric());
    let run = scan(tail);
    match is_short && run.rest.is_empty() {
        true => run,
        false => Run::default(),
    }
}

/// The questions themselves with a digit behind each, or below it: copied, or written into
/// what is quoted, whose lines some programs do not mark.
fn retyped(pieces: &[Piece<'_>], scale: &Scale) -> Option<Vec<u8>> {
    let mut digits = vec![None; scale.items];
    let mut above = None;
    for piece in pieces {
        let (Piece::Own(line) | Piece::Quote(line)) = piece;
        if line.trim_start_matches(['>', ' ']).is_empty() {
            continue;
        }
        let below = above.take().zip(dress::lone_digit(line));
        let Some((label, digit)) = below.or_else(|| labelled(line)) else {
            above = label(line).map(|(label, _)| label);
            continue;
        };
        let place = digits.get_mut(label.checked_sub(1)?)?;
        if place.replace(digit).is_some() || !scale.has(digit) {
            return None;
        }
    }
    digits.into_iter().collect()
}

/// `> 1 I get what I came for here: 4`
fn labelled(line: &str) -> Option<(usize, u8)> {
    let (label, rest) = label(line)?;
    let (words, last) = rest.rsplit_once(|c: char| c.is_whitespace() || c == ':')?;
    let digit = last.trim_matches(['[', ']', '(', ')', '*', '.', '=']);
    let is_text = is_question(words);
    (is_text && digit.len() == 1).then_some((label, digit.parse().ok()?))
}

/// `> 1 I get what I came for here`: the number of a question, and what stands behind it.
fn label(line: &str) -> Option<(usize, &str)> {
    let line = line
        .trim_start_matches(['>', ' ', '\t', '\u{a0}'])
        .trim_end();
    let (first, rest) = line.split_at_checked(1)?;
    let is_label = rest.starts_with([' ', '.', ')', ':', '\u{a0}']) && is_question(rest);
    is_label.then_some((first.parse().ok()?, rest))
}

fn is_question(words: &str) -> bool {
    words.chars().filter(|c| c.is_alphabetic()).count() > 3
}

#[cfg(test)]
mod tests;
