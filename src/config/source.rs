//! A file's text, its places, and the problems found in it so far.

use super::problem::{Problem, Severity, Wrong, wrong};
use std::cell::RefCell;
use std::fs::File;
use std::io::Read;
use std::ops::Range;
use std::path::Path;
use toml::Spanned;
use toml::de::DeTable;

/// No charter or configuration is longer, in octets.
pub(super) const LARGEST: usize = 1 << 20;

/// As many problems of one file are printed; the rest follow from these.
const MOST_PROBLEMS: usize = 100;

/// A file's text, its places, and the problems found in it so far.
pub(super) struct Source<'t> {
    file: &'t str,
    text: &'t str,
    problems: RefCell<Vec<Problem>>,
}

impl<'t> Source<'t> {
    /// `file` is only the name to print.
    pub(super) fn new(file: &'t str, text: &'t str) -> Self {
        // Editors on Windows write a byte order mark; it means nothing in UTF-8.
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        Self {
            file,
            text,
            problems: RefCell::default(),
        }
    }

    /// The file as TOML.
    ///
    /// # Errors
    /// All breaches of TOML's grammar. What could be read of such a file is not
    /// judged further, as most of that would be said twice.
    pub(super) fn parse(&self) -> Result<Spanned<DeTable<'t>>, Vec<Problem>> {
        if self.text.len() > LARGEST {
            return Err(vec![too_large(self.file)]);
        }
        if self.text.trim().is_empty() {
            return Err(vec![empty(self.file)]);
        }
        let (table, errors) = DeTable::parse_recoverable(self.text);
        for error in &errors {
            self.note(error.span().unwrap_or(0..0), grammar(error.message()));
        }
        if errors.is_empty() {
            Ok(table)
        } else {
            Err(self.problems())
        }
    }

    /// Notes that something is wrong at `place`.
    pub(super) fn note(&self, place: Range<usize>, wrong: Wrong) {
        self.push(place, wrong, Severity::Error);
    }

    /// All problems so far, in the order of their lines; they are taken out.
    pub(super) fn problems(&self) -> Vec<Problem> {
        let mut problems = self.problems.take();
        problems.sort_by_key(|p| (p.line, p.column));
        problems
    }

    fn push(&self, place: Range<usize>, wrong: Wrong, severity: Severity) {
        let mut problems = self.problems.borrow_mut();
        if problems.len() < MOST_PROBLEMS {
            let (line, column) = self.place(place.start);
            let (what, instead) = (wrong.what, wrong.instead);
            let file = self.file.to_owned();
            problems.push(Problem {
                file,
                line,
                column,
                what,
                instead,
                severity,
            });
        }
    }

    /// Line and column of an offset, both from 1, the column in characters.
    fn place(&self, offset: usize) -> (usize, usize) {
        let before = self.text.get(..offset).unwrap_or(self.text);
        let line = before.bytes().filter(|b| *b == b'\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or("").chars().count() + 1;
        (line, column)
    }
}

/// The text of a file.
///
/// # Errors
/// A file that cannot be read, is too large, or is not UTF-8, with what to do.
pub(super) fn read(path: &Path) -> Result<String, Problem> {
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|file| file.take(LARGEST as u64 + 1).read_to_end(&mut bytes))
        .map_err(|error| unreadable(path, &error))?;
    if bytes.len() > LARGEST {
        return Err(too_large(&path.display().to_string()));
    }
    String::from_utf8(bytes).map_err(|error| not_utf8(path, &error))
}

/// A problem with the value (for a section, the name) of a key at the top of a
/// file that was read before.
pub(super) fn problem_at(file: &str, text: &str, key: &str, what: Wrong) -> Problem {
    let source = Source::new(file, text);
    let table = source.parse().ok();
    let found = table
        .as_ref()
        .and_then(|table| table.get_ref().get_key_value(key));
    let place = found.map_or(0..0, |(name, value)| match value.get_ref().is_str() {
        true => value.span(),
        false => name.span(),
    });
    let (line, column) = source.place(place.start);
    Problem {
        line,
        column,
        ..Problem::of_file(file, what.what, what.instead)
    }
}

/// A problem with the value of a key in the `index`th section `[[key]]` of a file that
/// was read before; `None` where the key is not there.
pub(super) fn problem_in(
    (file, text): (&str, &str),
    (key, index): (&str, usize),
    inner: &str,
    what: Wrong,
) -> Option<Problem> {
    let source = Source::new(file, text);
    let table = source.parse().ok()?;
    let (_, sections) = table.get_ref().get_key_value(key)?;
    let section = sections.get_ref().as_array()?.get(index)?;
    let (_, value) = section.get_ref().as_table()?.get_key_value(inner)?;
    let (line, column) = source.place(value.span().start);
    Some(Problem {
        line,
        column,
        ..Problem::of_file(file, what.what, what.instead)
    })
}

fn unreadable(path: &Path, error: &std::io::Error) -> Problem {
    Problem::of_file(
        path.display(),
        format!("cannot be read ({error})"),
        "name a file that exists and that this user may read",
    )
}

fn too_large(file: &str) -> Problem {
    let what = "is larger than 1 MiB, which no such file needs";
    Problem::of_file(file, what, "is it the right file?")
}

fn empty(file: &str) -> Problem {
    let instead = "start from the sample that `folkmoot init` writes";
    Problem::of_file(file, "the file is empty", instead)
}

fn not_utf8(path: &Path, error: &std::string::FromUtf8Error) -> Problem {
    let good = error.utf8_error().valid_up_to();
    let before = error.as_bytes().get(..good).unwrap_or_default();
    let before = String::from_utf8_lossy(before);
    let (line, column) = Source::new("", &before).place(before.len());
    let what = "the text is not UTF-8 from here on";
    let instead = "save the file with the encoding UTF-8";
    Problem {
        line,
        column,
        ..Problem::of_file(path.display(), what, instead)
    }
}

/// The parser's own words say on the first line what is wrong and on the
/// second what it expected.
fn grammar(message: &str) -> Wrong {
    match message.split_once('\n') {
        Some((what, expected)) => wrong(format!("TOML: {what}"), expected),
        None => wrong(
            format!("TOML: {message}"),
            "write `key = value`, texts in double quotes",
        ),
    }
}
