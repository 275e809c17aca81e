//! A post as the index has it: every word with its place, written for both databases so
//! that nothing is left for either to decide.
//!
//! PostgreSQL has room for 16,383 places in a document and 255 of one word. Words behind
//! that are in the index without a place, so that they are found, but not as a part of a
//! phrase; FTS5 gets the same words with the same gaps.

use std::collections::HashMap;

use super::fold::fold;
use crate::message::Mail;
use crate::store::Millis;
use crate::store::search::{Document, Pair, key, neighbours, scope, scope_at};
use crate::store::tsvector::{TsVector, Weight};

/// The last place that a word may have. Those behind it all stand at the one behind the
/// next, where no phrase reaches.
pub(super) const LAST_PLACE: u16 = 16_381;
const NO_PLACE: u16 = LAST_PLACE + 2;

/// So often a word has a place in one post.
const MOST_PLACES: usize = 250;

/// Stands in FTS5 where a word has no place; nothing that is folded has it.
const GAP: &str = "_";

/// PostgreSQL asks each post for the weight of a word; so the words of subjects and of authors
/// are in its index by themselves too, with these in front.
pub(super) const IN_SUBJECT: &str = "_s";
pub(super) const IN_AUTHOR: &str = "_a";

/// How much is indexed of each part, in octets of folded text. All together stays below the
/// mebibyte that PostgreSQL takes, whatever the words are.
const MOST_SUBJECT: usize = 4 << 10;
const MOST_AUTHOR: usize = 2 << 10;
const MOST_NAMES: usize = 8 << 10;
const MOST_TEXT: usize = 160 << 10;
const MOST_ATTACHED: usize = 80 << 10;

/// The longest ending of a file's name that `has:` knows, in characters.
const LONGEST_ENDING: usize = 10;

/// The most kinds of things that one post has.
const MOST_KINDS: usize = 50;

/// What a post is found by.
#[derive(Clone, Copy, Debug)]
pub struct Words<'a> {
    /// Its community and its key.
    pub post: (i64, i64),
    /// When it was written.
    pub sent_at: Millis,
    /// Its subject.
    pub subject: &'a str,
    /// Its author's name and address.
    pub author: (&'a str, &'a str),
    /// Its text.
    pub text: &'a str,
    /// What is attached.
    pub attached: &'a Attached,
    /// Whether they are written for PostgreSQL, too; only it needs that.
    pub vector: bool,
}

/// What of a mail's attachments is indexed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Attached {
    /// The names of the files.
    pub names: Vec<String>,
    /// The first parts of their types: `image`.
    pub types: Vec<String>,
    /// The text of those that have some.
    pub text: String,
}

impl Attached {
    /// What is attached to a mail.
    pub fn of(mail: &Mail) -> Attached {
        let all = &mail.attachments;
        let main = |kind: &str| kind.split('/').next().unwrap_or_default().to_owned();
        Attached {
            names: all.iter().map(|one| one.name.clone()).collect(),
            types: all.iter().map(|one| main(&one.media_type)).collect(),
            text: mail.attached_text.clone(),
        }
    }
}

/// The word in the index of those that have something: `has:pdf`. `None` where that is no
/// one word.
pub(super) fn having(what: &str) -> Option<String> {
    let word = fold(what);
    (!word.is_empty() && !word.contains(' ')).then(|| format!("_h{word}"))
}

/// Folds and places a post's words.
pub fn document(words: &Words<'_>) -> Document {
    let (community, post) = words.post;
    let (name, address) = words.author;
    let subject = [cut(fold(words.subject), MOST_SUBJECT)];
    let author = [cut(fold(&format!("{name} {address}")), MOST_AUTHOR)];
    let text = [cut(fold(words.text), MOST_TEXT)];
    let attached = attached(words.attached);
    let mut placer = Placer::new(&[&subject, &author, &text, &attached], words.vector);
    let subject = placer.field(&subject, Weight::A);
    let author = placer.field(&author, Weight::B);
    let text = placer.field(&text, Weight::C);
    let attached = placer.field(&attached, Weight::D);
    let scope = [vec![scope(community)], kinds(words)].concat();
    let (mut vector, mut side_by_side) = (TsVector::default(), Vec::new());
    if let Some(placed) = &mut placer.vector {
        side_by_side = neighbours(&mut placed.pairs);
        vector = placed.vector(&scope, &scope_at(community, words.sent_at));
    }
    Document {
        post,
        key: key(words.sent_at, post),
        subject,
        author,
        text,
        attached,
        rest: placer.rest,
        scope: scope.join(" "),
        vector,
        neighbours: side_by_side,
    }
}

/// Names first, each by itself, then the text.
fn attached(attached: &Attached) -> Vec<String> {
    let mut room = MOST_NAMES;
    let mut pieces = Vec::new();
    for name in &attached.names {
        let folded = cut(fold(name), room);
        room -= folded.len();
        pieces.push(folded);
    }
    pieces.push(cut(fold(&attached.text), MOST_ATTACHED));
    pieces
}

/// What `has:` finds it by: that something is attached, of which kind, with which ending;
/// and that there is a link.
fn kinds(words: &Words<'_>) -> Vec<String> {
    let attached = words.attached;
    let ending = |name: &String| name.rsplit_once('.').map(|(_, ending)| ending.to_owned());
    let endings = attached.names.iter().filter_map(ending);
    let short = endings.filter(|ending| ending.chars().count() <= LONGEST_ENDING);
    let mut all: Vec<String> = attached.types.iter().cloned().chain(short).collect();
    if !attached.names.is_empty() {
        all.push("attachment".to_owned());
    }
    if words.text.contains("http://") || words.text.contains("https://") {
        all.push("link".to_owned());
    }
    let mut kinds: Vec<String> = all.iter().filter_map(|kind| having(kind)).collect();
    kinds.sort_unstable();
    kinds.dedup();
    kinds.truncate(MOST_KINDS);
    kinds
}

/// Whole words only.
fn cut(mut folded: String, most: usize) -> String {
    if folded.len() > most {
        folded.truncate(folded.floor_char_boundary(most));
        folded.truncate(folded.rfind(' ').unwrap_or(0));
    }
    folded
}

/// Gives each word its place, in all fields of a post.
#[derive(Default)]
struct Placer<'a> {
    next: u16,
    /// Words too far down to have a place.
    rest: String,
    /// How often each word has a place, where some may have too many.
    counts: Option<HashMap<&'a str, usize>>,
    /// For PostgreSQL.
    vector: Option<Placed<'a>>,
}

/// A word with its place.
type At<'a> = (&'a str, u16, Weight);

/// What PostgreSQL's form is made of.
#[derive(Default)]
struct Placed<'a> {
    words: Vec<At<'a>>,
    /// The last word that has a place.
    last: Option<(&'a str, u16)>,
    /// Words that stand side by side.
    pairs: Vec<Pair>,
}

impl<'a> Placer<'a> {
    /// For the words of these parts.
    fn new(parts: &[&[String]], vector: bool) -> Placer<'a> {
        let spaces = |piece: &String| piece.bytes().filter(|octet| *octet == b' ').count() + 1;
        let words: usize = parts.iter().copied().flatten().map(spaces).sum();
        Placer {
            counts: (words > MOST_PLACES).then(HashMap::new),
            vector: vector.then(Placed::default),
            ..Placer::default()
        }
    }

    /// Places the words of some pieces, between which no phrase reaches, and gives them as
    /// FTS5 should have them.
    fn field(&mut self, pieces: &'a [String], weight: Weight) -> String {
        let mut placed = String::with_capacity(pieces.iter().map(|piece| piece.len() + 3).sum());
        for piece in pieces.iter().filter(|piece| !piece.is_empty()) {
            if !placed.is_empty() {
                append(&mut placed, GAP);
            }
            if self.counts.is_none() && self.vector.is_none() {
                append(&mut placed, piece);
                continue;
            }
            self.skip();
            for word in piece.split(' ') {
                self.word(word, weight, &mut placed);
            }
        }
        placed
    }

    fn word(&mut self, word: &'a str, weight: Weight, placed: &mut String) {
        let count = match &mut self.counts {
            Some(counts) => counts.entry(word).or_default(),
            None => &mut 0,
        };
        if self.next < LAST_PLACE && *count < MOST_PLACES {
            *count += 1;
            self.next += 1;
            append(placed, word);
            if let Some(vector) = &mut self.vector {
                vector.put(word, self.next, weight);
            }
            return;
        }
        if self.next < LAST_PLACE {
            self.next += 1;
            append(placed, GAP);
            return;
        }
        if *count == 0 {
            *count = 1;
            append(&mut self.rest, word);
            append(&mut self.rest, GAP);
            if let Some(vector) = &mut self.vector {
                vector.words.push((word, NO_PLACE, weight));
            }
        }
    }

    fn skip(&mut self) {
        self.next = (self.next + 1).min(LAST_PLACE);
    }
}

impl<'a> Placed<'a> {
    fn put(&mut self, word: &'a str, place: u16, weight: Weight) {
        self.words.push((word, place, weight));
        let before = self.last.replace((word, place));
        if let Some((before, _)) = before.filter(|(_, last)| last + 1 == place) {
            self.pairs.push(Pair::of(before, word));
        }
    }

    /// `'_c7' '_spump' 'pump':1A,7C 'seal':2`: the words, once more those of subjects and of
    /// authors, and where the post belongs.
    fn vector(&mut self, scope: &[String], scope_at: &str) -> TsVector {
        self.words.sort_unstable();
        let each = || self.words.chunk_by(|one, next| one.0 == next.0);
        let mut marked: Vec<String> = [scope, &[scope_at.to_owned()]].concat();
        for places in each() {
            for (weight, mark) in [(Weight::A, IN_SUBJECT), (Weight::B, IN_AUTHOR)] {
                if let Some((word, ..)) = places.iter().find(|(_, _, of)| *of == weight) {
                    marked.push(format!("{mark}{word}"));
                }
            }
        }
        let marked = marked.iter().map(|word| (word.as_str(), [].as_slice()));
        let mut words: Vec<(&str, &[At<'_>])> = marked.collect();
        words.extend(each().map(|places| (places[0].0, places)));
        words.sort_unstable_by_key(|(word, _)| *word);
        TsVector::of(words.into_iter().map(|(word, places)| {
            let placed = places.iter().map(|(_, place, weight)| (*place, *weight));
            (word, placed)
        }))
    }
}

fn append(text: &mut String, word: &str) {
    if !text.is_empty() {
        text.push(' ');
    }
    text.push_str(word);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(subject: &str, text: &str, attached: &Attached) -> Document {
        document(&Words {
            post: (7, 3),
            sent_at: 1_772_355_600_000,
            subject,
            author: ("Ann", "ann@plant.example"),
            text,
            attached,
            vector: true,
        })
    }

    #[test]
    fn words_have_the_same_places_for_both() {
        let attached = Attached {
            names: vec!["Seal test.PDF".into(), "b.csv".into()],
            types: vec!["application".into(), "text".into()],
            text: "pump,7".into(),
        };
        let made = made("Seal leaks", "The seal, see https://x.example", &attached);
        assert_eq!(made.attached, "seal test pdf _ b csv _ pump 7");
        assert_eq!(
            made.scope,
            "_c7 _happlication _hattachment _hcsv _hlink _hpdf _htext"
        );
        let vector = made.vector.to_string();
        for own in ["'_sseal'", "'_sleaks'", "'_aann'"] {
            assert!(vector.contains(own), "{own}: {vector}");
        }
        let start = "'7':25 '_aann' '_aexample' '_aplant' '_c7' '_c7b845' '_happlication'";
        assert!(vector.starts_with(start), "{vector}");
        assert!(vector.contains("'seal':2A,11C,17"), "{vector}");
    }

    #[test]
    fn words_side_by_side_are_marked() {
        let names = Attached {
            names: vec!["plan.txt".into()],
            ..Attached::default()
        };
        let made = made("Seal leaks", "the pump hums", &names);
        let has = |first: &str, second: &str| {
            let room = made.neighbours.len() as u64 * 8;
            let is_set = |bit: u64| made.neighbours[(bit / 8) as usize] & (1 << (bit % 8)) != 0;
            Pair::of(first, second)
                .bits()
                .iter()
                .all(|bit| is_set(bit % room))
        };
        let there = [
            ("seal", "leaks"),
            ("the", "pump"),
            ("pump", "hums"),
            ("plan", "txt"),
        ];
        for (first, second) in there {
            assert!(has(first, second), "{first} {second}");
        }
        let many = (0..1_000).filter(|n| has("pump", &n.to_string())).count();
        assert!(many < 80, "{many} of 1000");
        assert!(
            !has("hums", "plan") || !has("leaks", "ann"),
            "no phrase reaches there"
        );
    }

    #[test]
    fn what_has_no_place_is_found_all_the_same() {
        let many = format!("{}end", "pump ".repeat(300));
        let placed = made("", &many, &Attached::default());
        let words: Vec<&str> = placed.text.split(' ').collect();
        assert_eq!((words[249], words[250], words[300]), ("pump", "_", "end"));
        let long: String = (0..20_000).map(|n| format!("w{n} ")).collect();
        let placed = made("", &long, &Attached::default());
        assert!(placed.rest.starts_with("w16") && placed.rest.ends_with("w19999 _"));
        let vector = placed.vector.to_string();
        assert!(vector.contains(&format!("'w19999':{NO_PLACE}C")));
    }
}
