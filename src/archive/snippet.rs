//! The lines of a post that show why it was found, with the words marked.

use std::ops::Range;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::fold::{fold, is_unspaced};
use super::query::{Field, Query, Term};

/// Characters of a snippet.
const LENGTH: usize = 240;
/// Of them so many before the first word that was found.
const BEFORE: usize = 60;
/// So much of a text is looked through, in octets: a page shows twenty of them.
const MOST_TEXT: usize = 40_000;

/// A piece of a line, marked or not. It is text, and not yet safe in HTML.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Piece {
    /// The text.
    pub text: String,
    /// Whether it was asked for.
    pub marked: bool,
}

/// A few lines around the first words of the query that stand in the text, those that its
/// author wrote before those that are quoted; else its beginning.
pub fn snippet(text: &str, query: &Query) -> Vec<Piece> {
    let own = joined(text, |line| !line.starts_with('>'));
    let marks = marks(&own, query, Field::Kind);
    if !marks.is_empty() {
        return around(&own, &marks);
    }
    let quoted = joined(text, |line| line.starts_with('>'));
    let marks = self::marks(&quoted, query, Field::Kind);
    match marks.is_empty() && !own.is_empty() {
        true => around(&own, &[]),
        false => around(&quoted, &marks),
    }
}

/// A subject with the words of the query marked.
pub fn marked_subject(subject: &str, query: &Query) -> Vec<Piece> {
    pieces(
        subject,
        0..subject.len(),
        &marks(subject, query, Field::Subject),
    )
}

/// Pieces as HTML: escaped, with `<mark>`.
pub fn to_html(pieces: &[Piece]) -> String {
    let escaped = |text: &str| {
        text.replace('&', "&amp;")
            .replace('<', "&lt;")
            .replace('>', "&gt;")
            .replace('"', "&quot;")
    };
    let one = |piece: &Piece| match piece.marked {
        true => format!("<mark>{}</mark>", escaped(&piece.text)),
        false => escaped(&piece.text),
    };
    pieces.iter().map(one).collect()
}

/// Pieces as text, with stars around what is marked.
pub fn to_text(pieces: &[Piece]) -> String {
    let one = |piece: &Piece| match piece.marked {
        true => format!("*{}*", piece.text),
        false => piece.text.clone(),
    };
    pieces.iter().map(one).collect()
}

/// The lines of which `is_wanted` is true on one, without marks of quotes.
fn joined(text: &str, is_wanted: impl Fn(&str) -> bool) -> String {
    let mut line = String::new();
    for part in text.lines().map(str::trim).filter(|line| is_wanted(line)) {
        for word in part.trim_start_matches(['>', ' ']).split_whitespace() {
            if line.len() + word.len() > MOST_TEXT {
                return line;
            }
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
    }
    line
}

/// Where the query's terms stand, in order and without overlaps. `field` is where the text
/// is from.
fn marks(text: &str, query: &Query, field: Field) -> Vec<Range<usize>> {
    let words = words(text);
    let terms: Vec<&Term> = query
        .wanted
        .iter()
        .flatten()
        .filter(|term| term.field.is_none() || term.field == Some(field))
        .filter(|term| term.field != Some(Field::Kind))
        .collect();
    let mut marks: Vec<Range<usize>> = Vec::new();
    for at in 0..words.len() {
        for end in terms
            .iter()
            .filter_map(|term| stands(text, &words[at..], term))
        {
            let start = words[at].0.start;
            match marks.last_mut().filter(|last| start <= last.end) {
                Some(last) => last.end = last.end.max(end),
                None => marks.push(start..end),
            }
        }
    }
    marks
}

/// Where the term ends that begins with the first of these words.
fn stands(text: &str, words: &[(Range<usize>, String)], term: &Term) -> Option<usize> {
    let here = words.get(..term.words.len())?;
    let (last, first) = term.words.split_last()?;
    let (range, word) = here.last()?;
    let is_last = word == last || (term.prefix && word.starts_with(last.as_str()));
    if !is_last
        || !first
            .iter()
            .zip(here)
            .all(|(wanted, (_, word))| wanted == word)
    {
        return None;
    }
    // A lone character that begins a pair.
    let is_lone = last.chars().count() == 1 && last.chars().all(is_unspaced);
    let one = text[range.start..].chars().next().map_or(0, char::len_utf8);
    Some(if is_lone {
        range.start + one
    } else {
        range.end
    })
}

/// The words of a text as [`fold`] makes them, with the places that they come from.
fn words(text: &str) -> Vec<(Range<usize>, String)> {
    let (mut words, mut word, mut run) = (Vec::new(), 0..0, None::<(Range<usize>, char)>);
    for (at, c) in text.char_indices() {
        let range = at..at + c.len_utf8();
        let plain = std::iter::once(c).nfkc().next().unwrap_or(c);
        let is_run = is_unspaced(plain);
        if !is_run {
            end_run(&mut words, &mut run);
        }
        if !is_run && (plain.is_alphanumeric() || is_combining_mark(plain)) {
            word = if word.is_empty() {
                range
            } else {
                word.start..range.end
            };
            continue;
        }
        end_word(text, &mut words, &mut word);
        if is_run {
            if let Some((before, first)) = run.replace((range.clone(), plain)) {
                words.push((before.start..range.end, String::from_iter([first, plain])));
            }
        }
    }
    end_run(&mut words, &mut run);
    end_word(text, &mut words, &mut word);
    words
}

fn end_run(words: &mut Vec<(Range<usize>, String)>, run: &mut Option<(Range<usize>, char)>) {
    words.extend(run.take().map(|(range, last)| (range, last.to_string())));
}

fn end_word(text: &str, words: &mut Vec<(Range<usize>, String)>, word: &mut Range<usize>) {
    let range = std::mem::take(word);
    let folded = fold(&text[range.clone()]);
    let parts = folded.split(' ').filter(|part| !part.is_empty());
    words.extend(parts.map(|part| (range.clone(), part.to_owned())));
}

/// The part of a line around its first mark.
fn around(line: &str, marks: &[Range<usize>]) -> Vec<Piece> {
    let first = marks.first().map_or(0, |mark| mark.start);
    let back = line[..first].char_indices().rev().nth(BEFORE - 1);
    let start = back.map_or(0, |(at, _)| {
        let space = line[at..first].find(' ').map(|space| at + space + 1);
        space.unwrap_or(at)
    });
    let end = line[start..].char_indices().nth(LENGTH);
    let end = end.map_or(line.len(), |(length, _)| {
        let cut = start + length;
        let space = line[first..cut.max(first)]
            .rfind(' ')
            .map(|space| first + space);
        space.filter(|space| *space > first).unwrap_or(cut)
    });
    let mut shown = pieces(line, start..end, marks);
    if start > 0 {
        shown.insert(0, plain("… "));
    }
    if end < line.len() {
        shown.push(plain(" …"));
    }
    shown
}

fn plain(text: &str) -> Piece {
    Piece {
        text: text.to_owned(),
        marked: false,
    }
}

fn pieces(line: &str, shown: Range<usize>, marks: &[Range<usize>]) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut at = shown.start;
    let mut push = |range: Range<usize>, marked| {
        if !range.is_empty() {
            let text = line[range].to_owned();
            pieces.push(Piece { text, marked });
        }
    };
    for mark in marks.iter().filter(|mark| mark.start >= shown.start) {
        let mark = mark.start.min(shown.end)..mark.end.min(shown.end);
        push(at..mark.start, false);
        push(mark.clone(), true);
        at = mark.end;
    }
    push(at..shown.end, false);
    pieces
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn shown(text: &str, query: &str) -> String {
        to_text(&snippet(text, &Query::parse(query)))
    }

    #[test]
    fn the_words_that_were_asked_for_are_marked() {
        for (text, query, wanted) in [
            ("The shaft seal drips.", "seal", "The shaft *seal* drips."),
            (
                "Grüße an die STRASSE",
                "strasse grusse",
                "*Grüße* an die *STRASSE*",
            ),
            (
                "a seal, a shaft seal",
                "\"shaft seal\"",
                "a seal, a *shaft seal*",
            ),
            ("cavitation", "cavi*", "*cavitation*"),
            ("東京都の水道ポンプ", "水道", "東京都の*水道*ポンプ"),
            ("東京都の水道ポンプ", "水", "東京都の*水*道ポンプ"),
            ("e\u{301}te\u{301}", "été", "*e\u{301}te\u{301}*"),
            ("> the seal\nYes, it is.", "seal", "the *seal*"),
            ("> a seal\nMy seal.", "seal", "My *seal*."),
            ("Ann says no", "from:ann -no", "Ann says no"),
            ("", "seal", ""),
            ("nothing", "has:pdf seal OR bolt", "nothing"),
            ("½ seal", "seal", "½ *seal*"),
        ] {
            assert_eq!(shown(text, query), wanted, "{query}");
        }
        let long = format!("{}the seal {}", "before ".repeat(50), "after ".repeat(80));
        let shown = shown(&long, "seal");
        assert!(
            shown.starts_with("… before") && shown.contains("the *seal* after"),
            "{shown}"
        );
        assert!(shown.ends_with("after …") && shown.chars().count() < LENGTH + 10);
    }

    #[test]
    fn what_is_shown_is_safe_in_html() {
        let pieces = snippet("<b>\"seal\"</b> & co", &Query::parse("seal"));
        assert_eq!(
            to_html(&pieces),
            "&lt;b&gt;&quot;<mark>seal</mark>&quot;&lt;/b&gt; &amp; co"
        );
    }

    proptest! {
        #[test]
        fn no_text_breaks_it(text in any::<String>(), word in any::<String>()) {
            for query in [&word, &text] {
                let query = Query::parse(query);
                let line = marked_subject(&text, &query);
                prop_assert_eq!(line.iter().map(|piece| piece.text.as_str()).collect::<String>(), text.clone());
                snippet(&text, &query);
            }
        }
    }
}
