//! The item whose text stands quoted above an answer.

use std::collections::BTreeSet;

use super::title::normal;
use super::{Item, Part, plain};
use crate::message::visible::Piece;
use crate::message::words::bare_subject;

/// Quoted lines that are looked up, in all.
const MOST_LINES: usize = 600;
/// A shorter line could stand anywhere, in characters.
const SHORTEST: usize = 8;
/// Lines of a quote that go with an answer.
const MOST_QUOTED: usize = 12;
/// Lines of no item that may stand between a quoted item and its answer: whoever
/// answers below the whole digest has its end above them.
const MOST_BETWEEN: usize = 1;

/// A run of quoted lines, and what its reader wrote below it.
#[derive(Default)]
struct Answer<'a> {
    quote: Vec<&'a str>,
    own: Vec<&'a str>,
}

/// A quoted line that stands in one item only.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Line {
    number: u32,
    post: Option<i64>,
    text: String,
}

/// The answers whose items can be told by what is quoted.
pub(super) fn parts(items: &[Item], pieces: &[Piece<'_>]) -> Vec<Part> {
    let book = Book::new(items);
    let mut parts: Vec<Part> = Vec::new();
    let (mut unplaced, mut all) = (String::new(), BTreeSet::new());
    let mut room = MOST_LINES;
    for answer in answers(pieces) {
        let lines: Vec<Option<Line>> = answer
            .quote
            .iter()
            .take(room)
            .map(|line| book.find(line))
            .collect();
        room = room.saturating_sub(answer.quote.len());
        all.extend(lines.iter().flatten().map(|line| line.number));
        let text = answer.own.join("\n");
        match (above(&answer.quote, &lines), parts.last_mut()) {
            _ if text.trim().is_empty() => {}
            (Some(line), _) => parts.push(answered(&line, &lines, &text)),
            // What follows an answer without a new item still belongs to it.
            (None, Some(last)) => last.text = format!("{}\n\n{}", last.text, text.trim()),
            (None, None) => unplaced = format!("{unplaced}\n\n{}", text.trim()),
        }
    }
    place(parts, unplaced.trim(), &all)
}

/// Words above all quotes open the first answer; alone, they answer the one item
/// that is quoted at all.
fn place(mut parts: Vec<Part>, unplaced: &str, quoted: &BTreeSet<u32>) -> Vec<Part> {
    match (parts.first_mut(), quoted.first()) {
        (Some(first), _) if !unplaced.is_empty() => {
            first.text = format!("{unplaced}\n\n{}", first.text);
        }
        (None, Some(number)) if quoted.len() == 1 => parts.push(plain(*number, unplaced)),
        _ => {}
    }
    parts
}

fn answers<'a>(pieces: &[Piece<'a>]) -> Vec<Answer<'a>> {
    let mut answers = vec![Answer::default()];
    for piece in pieces {
        match piece {
            Piece::Quote(line) => {
                let answered =
                    |answer: &Answer<'_>| answer.own.iter().any(|l| !l.trim().is_empty());
                if answers.last().is_some_and(answered) {
                    answers.push(Answer::default());
                }
                if let Some(last) = answers.last_mut() {
                    last.quote.push(line);
                }
            }
            Piece::Own(line) => {
                if let Some(last) = answers.last_mut() {
                    last.own.push(line);
                }
            }
        }
    }
    answers
}

/// The quoted line just above an answer that says which item it is about.
fn above(quote: &[&str], lines: &[Option<Line>]) -> Option<Line> {
    let place = lines.iter().rposition(Option::is_some)?;
    let found = lines.get(place)?.clone()?;
    let is_only = lines
        .iter()
        .flatten()
        .all(|line| line.number == found.number);
    let below = quote.iter().skip(place + 1);
    let between = below.filter(|line| !normal(line).is_empty()).count();
    (is_only || between <= MOST_BETWEEN).then_some(found)
}

fn answered(line: &Line, lines: &[Option<Line>], text: &str) -> Part {
    let of_item = lines.iter().rev().flatten();
    let of_item =
        of_item.take_while(|other| other.number == line.number && other.post == line.post);
    let mut quoted: Vec<String> = of_item
        .filter(|line| line.post.is_some() && !line.text.contains("://"))
        .take(MOST_QUOTED)
        .map(|line| line.text.clone())
        .collect();
    quoted.reverse();
    Part {
        post: line.post,
        quoted,
        ..plain(line.number, text)
    }
}

/// All that a reply can quote, as it is compared.
struct Book {
    /// (item, title, posts with their texts).
    items: Vec<(u32, String, Vec<(i64, String)>)>,
}

impl Book {
    fn new(items: &[Item]) -> Book {
        let item = |item: &Item| {
            let posts = item.posts.iter().map(|(id, text)| (*id, normal(text)));
            (
                item.number,
                normal(&bare_subject(&item.subject)),
                posts.collect(),
            )
        };
        Book {
            items: items.iter().map(item).collect(),
        }
    }

    /// The one item in which a quoted line stands, as its title or in a post.
    fn find(&self, quoted: &str) -> Option<Line> {
        let text = quoted.trim_start_matches(['>', ' ', '\t']).trim_end();
        // An address of the archive names its post by its last part.
        let link = text.split("/m/").nth(1).map(|end| {
            let name = end.find(|c: char| !c.is_ascii_alphanumeric());
            end.get(..name.unwrap_or(end.len())).unwrap_or_default()
        });
        let words = normal(link.unwrap_or(text));
        if let Some(number) = self.title(&words) {
            return Some(Line {
                number,
                post: None,
                text: text.to_owned(),
            });
        }
        if words.chars().count() < SHORTEST {
            return None;
        }
        let holds = |(_, post): &&(i64, String)| post.contains(&words);
        let mut found = self.items.iter().filter_map(|(number, _, posts)| {
            let post = posts.iter().find(holds)?;
            Some((*number, post.0))
        });
        let (number, post) = found.next()?;
        let is_only = found.next().is_none();
        is_only.then(|| Line {
            number,
            post: Some(post),
            text: text.to_owned(),
        })
    }

    /// The item that a heading like `2. Title` names.
    fn title(&self, words: &str) -> Option<u32> {
        let (number, title) = words.split_once(' ')?;
        let named = |item: &&(u32, String, _)| item.0.to_string() == number && title == item.1;
        self.items.iter().find(named).map(|item| item.0)
    }
}
