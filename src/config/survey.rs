//! The definition of a survey: what is asked, on which scale, and which answers make
//! which index. A file each, `SURVEY.toml`: those of the program (config/surveys), and an
//! operator's own in the folder `surveys` beside the configuration.

mod builtin;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use chrono::TimeDelta;

use super::charter::value;
use super::duration;
use super::problem::{Problem, Wrong, wrong};
use super::settings::Settings;
use super::source::{self, Source};
use super::table::Table;

pub use builtin::BUILT_IN;

/// No survey asks more at once: it is answered with a digit each, from memory.
pub const MOST_ITEMS: usize = 9;

/// The languages in which a survey can ask; a charter's language falls back to English.
const LANGUAGES: [&str; 14] = [
    "en", "de", "fr", "es", "it", "nl", "pt", "pl", "sv", "da", "nb", "fi", "cs", "uk",
];

/// A text in several languages, English among them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Texts(BTreeMap<&'static str, String>);

/// What is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// The index that it is part of.
    pub index: String,
    /// Whether agreement is bad news.
    pub reversed: bool,
    /// Whether it takes turns with the others that do.
    pub rotating: bool,
    /// The question.
    pub text: Texts,
}

/// What an answer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A digit of a scale for each question.
    Scale,
    /// The number of one option.
    Choice,
    /// The numbers of all options, the best first.
    Ranking,
}

/// A survey.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Survey {
    /// The name of its file.
    pub name: String,
    /// What an answer is.
    pub kind: Kind,
    /// Counts the changes that make answers incomparable.
    pub version: u32,
    /// The lowest answer.
    pub lowest: u8,
    /// The highest answer.
    pub highest: u8,
    /// Whether 0 says "cannot say".
    pub skip: bool,
    /// From this (mean) answer on it is favourable.
    pub favourable: u8,
    /// How long a wave is open.
    pub open_for: TimeDelta,
    /// Whether people come in one by one while a wave is open.
    pub rolling: bool,
    /// What it is called, in the subject of its mail.
    pub title: Texts,
    /// What may be written below the digits.
    pub open: Texts,
    /// The questions.
    pub items: Vec<Item>,
    /// What can be chosen; nothing where answers are of a scale.
    pub options: Vec<Texts>,
}

impl Texts {
    /// The text in a language, a more general one ("de" for "de-AT"), or English.
    pub fn say(&self, language: &str) -> &str {
        let general = language.split('-').next().unwrap_or_default();
        let found = [language, general, "en"]
            .into_iter()
            .find_map(|tag| self.0.get(tag));
        found.map_or("", String::as_str)
    }

    /// It in every language.
    pub fn all(&self) -> impl Iterator<Item = &str> {
        self.0.values().map(String::as_str)
    }
}

impl Survey {
    /// Reads a definition; `file` is the name to print, `name` the survey's.
    ///
    /// # Errors
    /// Everything that is wrong with it, each with its line.
    pub fn parse(text: &str, name: &str, file: &str) -> Result<Survey, Vec<Problem>> {
        let source = Source::new(file, text);
        let root = source.parse()?;
        let survey = survey(Table::root(&source, root.get_ref()), name);
        let problems = source.problems();
        survey.filter(|_| problems.is_empty()).ok_or(problems)
    }

    /// What the wave of that number asks, from 1: all items but for those that take turns,
    /// of which there is one.
    pub fn asked(&self, number: i64) -> Vec<&Item> {
        let turns: Vec<_> = self.items.iter().filter(|item| item.rotating).collect();
        let count = i64::try_from(turns.len()).unwrap_or(1).max(1);
        let turn = usize::try_from((number - 1).rem_euclid(count)).unwrap_or_default();
        let mine = turns.get(turn).copied();
        let fixed = self.items.iter().filter(|item| !item.rotating);
        fixed.chain(mine).collect()
    }
}

/// The text of a survey's definition and its file: an operator's own, else the program's;
/// `None` where there is neither.
///
/// # Errors
/// Where the file is there and cannot be read.
pub fn text(settings: &Settings, name: &str) -> Result<Option<(String, String)>, Problem> {
    let own = settings.surveys.join(format!("{name}.toml"));
    if own.is_file() {
        return source::read(&own).map(|text| Some((text, own.display().to_string())));
    }
    let known = BUILT_IN.iter().find(|(known, _)| *known == name);
    Ok(known.map(|(name, text)| ((*text).to_owned(), format!("built-in {name}.toml"))))
}

/// Every survey that a node can ask, by name.
pub fn names(settings: &Settings) -> BTreeSet<String> {
    let built_in = BUILT_IN.iter().map(|(name, _)| (*name).to_owned());
    let own = files(settings)
        .into_iter()
        .filter_map(|file| Some(file.file_stem()?.to_str()?.to_owned()));
    built_in.chain(own).collect()
}

/// All that is wrong with an operator's own definitions.
pub fn problems(settings: &Settings) -> Vec<Problem> {
    let read = |file: &PathBuf| {
        let name = file.file_stem().and_then(|stem| stem.to_str());
        let shown = file.display().to_string();
        let text = source::read(file).map_err(|problem| vec![problem])?;
        Survey::parse(&text, name.unwrap_or_default(), &shown)
    };
    let files = files(settings);
    files
        .iter()
        .filter_map(|file| read(file).err())
        .flatten()
        .collect()
}

/// An operator's own definitions; those that an editor left behind begin with a dot.
fn files(settings: &Settings) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(&settings.surveys).into_iter().flatten();
    let is_one = |path: &Path| {
        let is_hidden = |name: &std::ffi::OsStr| name.as_encoded_bytes().starts_with(b".");
        path.extension().is_some_and(|end| end == "toml") && !path.file_name().is_none_or(is_hidden)
    };
    let mut found: Vec<_> = entries
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| is_one(path))
        .collect();
    found.sort();
    found
}

/// `None` only where a problem was noted.
fn survey(root: Table<'_, '_>, name: &str) -> Option<Survey> {
    let version = root.number_or("version", 1, 1..=1_000_000);
    let lowest = root.number_or("lowest", 1, 0..=1);
    let highest = root.number_or("highest", 5, 2..=9);
    let favourable = root.number_or("favourable", highest.max(2) - 1, 1..=9);
    let skip = root.flag_or("skip", false);
    let open_for = root.text_or("open_for", TimeDelta::days(10), duration::read);
    let rolling = root.flag_or("rolling", false);
    let title = texts(root.table("title"), "title", &root);
    let open = texts(root.table("open"), "open", &root);
    let items = items(&root);
    let kind = root.text_or("kind", Kind::Scale, kind);
    let options = options(&root, kind, items.as_deref().unwrap_or_default());
    let (lowest, highest) = match kind {
        Kind::Scale => (lowest, highest),
        Kind::Choice | Kind::Ranking => (1, u32::try_from(options.len()).unwrap_or(u32::MAX)),
    };
    if skip && lowest == 0 {
        let what = wrong(
            "0 is an answer of this scale",
            "leave skip out, or write lowest = 1",
        );
        root.complain("skip", what);
    }
    if kind == Kind::Scale && favourable > highest {
        let what = wrong("no answer is so high", format!("write {highest} at most"));
        root.complain("favourable", what);
    }
    root.finish();
    Some(Survey {
        name: name.to_owned(),
        kind,
        version,
        lowest: digit(lowest),
        highest: digit(highest),
        skip,
        favourable: digit(favourable),
        open_for,
        rolling,
        title: title?,
        open: open?,
        items: items?,
        options,
    })
}

fn kind(text: &str) -> Result<Kind, Wrong> {
    match text {
        "scale" => Ok(Kind::Scale),
        "choice" => Ok(Kind::Choice),
        "ranking" => Ok(Kind::Ranking),
        _ => Err(wrong(
            format!("{text:?} is no kind of survey"),
            "write \"scale\", \"choice\" or \"ranking\"",
        )),
    }
}

/// What can be chosen; what is wrong with it is noted.
fn options(root: &Table<'_, '_>, kind: Kind, items: &[Item]) -> Vec<Texts> {
    let tables = root.tables("option");
    let read = |table: Table<'_, '_>| {
        let text = languages(&table);
        table.finish();
        text
    };
    let count = tables.len();
    let options: Vec<Texts> = tables.into_iter().filter_map(read).collect();
    let is_scale = kind == Kind::Scale;
    if is_scale && count > 0 {
        let what = wrong(
            "options are for a choice or a ranking",
            "write kind = \"choice\" or \"ranking\", or leave them out",
        );
        root.complain("option", what);
    }
    if is_scale {
        return Vec::new();
    }
    if !(2..=MOST_ITEMS).contains(&count) {
        let what = wrong(
            format!("{count} options cannot be chosen from"),
            format!("write 2 to {MOST_ITEMS} sections [[option]]"),
        );
        root.complain(if count == 0 { "kind" } else { "option" }, what);
    }
    if items.len() > 1 {
        let what = wrong(
            "a choice or a ranking asks one question",
            "leave one [[item]]",
        );
        root.complain("item", what);
    }
    for key in ["lowest", "highest", "favourable"] {
        if root.has(key) {
            let what = wrong("options are no scale", "leave it out");
            root.complain(key, what);
        }
    }
    options
}

fn digit(number: u32) -> u8 {
    u8::try_from(number).unwrap_or(u8::MAX)
}

fn texts(table: Table<'_, '_>, key: &str, root: &Table<'_, '_>) -> Option<Texts> {
    if !root.has(key) {
        root.missing(&format!("[{key}]"), "write it with a line en = \"…\"");
        return None;
    }
    let found = languages(&table);
    table.finish();
    found
}

fn languages(table: &Table<'_, '_>) -> Option<Texts> {
    let english = table.needed("en", "\"I get what I came for here.\"", value::full_line);
    let read = |tag: &'static str| Some((tag, table.text(tag, value::full_line)?));
    let others = LANGUAGES.into_iter().skip(1).filter_map(read);
    let mut all: BTreeMap<_, _> = others.collect();
    all.insert("en", english?);
    Some(Texts(all))
}

fn items(root: &Table<'_, '_>) -> Option<Vec<Item>> {
    let tables = root.tables("item");
    if tables.is_empty() {
        root.missing("[[item]]", "a survey asks something; write at least one");
        return None;
    }
    let read = |table: Table<'_, '_>| {
        let index = table.needed("index", "\"satisfaction\"", index_name);
        let (reversed, rotating) = (
            table.flag_or("reversed", false),
            table.flag_or("rotating", false),
        );
        let text = languages(&table);
        table.finish();
        Some(Item {
            index: index?,
            reversed,
            rotating,
            text: text?,
        })
    };
    let items: Option<Vec<_>> = tables.into_iter().map(read).collect();
    let items = items?;
    let asked = items.iter().filter(|item| !item.rotating).count()
        + usize::from(items.iter().any(|item| item.rotating));
    if asked > MOST_ITEMS {
        let what = format!("{asked} questions at once are too many");
        root.complain("item", wrong(what, format!("ask {MOST_ITEMS} at most")));
    }
    Some(items)
}

fn index_name(text: &str) -> Result<String, Wrong> {
    let is_plain = |c: char| c.is_ascii_lowercase() || c == '-';
    match !text.is_empty() && text.len() <= 24 && text.chars().all(is_plain) {
        true => Ok(text.to_owned()),
        false => Err(wrong(
            format!("{text:?} is no name of an index"),
            "write 1 to 24 of a-z and -",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn built_in(name: &str) -> Survey {
        let (_, text) = BUILT_IN.iter().find(|(known, _)| *known == name).unwrap();
        Survey::parse(text, name, name).unwrap()
    }

    #[test]
    fn every_built_in_definition_can_be_asked_in_english_and_german() {
        for (name, _) in BUILT_IN {
            let survey = built_in(name);
            for texts in [&survey.title, &survey.open] {
                assert_ne!(texts.say("de-AT"), texts.say("en"), "{name}");
            }
            for item in &survey.items {
                assert_ne!(item.text.say("de"), item.text.say("fr"), "{name}");
            }
        }
    }

    #[test]
    fn the_rotating_item_takes_turns() {
        let survey = built_in("health-check");
        let last = |number| {
            survey
                .asked(number)
                .last()
                .unwrap()
                .text
                .say("en")
                .to_owned()
        };
        assert_eq!(survey.asked(1).len(), 7);
        assert_ne!(last(1), last(2));
        assert_ne!(last(2), last(3));
        assert_eq!(last(1), last(4));
    }

    #[test]
    fn what_is_wrong_is_named_with_its_place() {
        let cases = [
            ("[title]\nen = \"T\"\n[open]\nen = \"O\"\n", "[[item]]"),
            (
                "lowest = 7\n[title]\nen=\"T\"\n[open]\nen=\"O\"\n[[item]]\nindex=\"a\"\nen=\"x\"",
                "x:1:10",
            ),
            (
                "[title]\nde=\"T\"\n[open]\nen=\"O\"\n[[item]]\nindex=\"a\"\nen=\"x\"",
                "title.en",
            ),
            (
                "[title]\nen=\"T\"\n[open]\nen=\"O\"\n[[item]]\nindex=\"A b\"\nen=\"x\"",
                "x:6:7",
            ),
            (
                "lowest=0\nskip=true\n[title]\nen=\"T\"\n[open]\nen=\"O\"\n[[item]]\nindex=\"a\"\nen=\"x\"",
                "x:2:6",
            ),
            (
                "kind=\"poll\"\n[title]\nen=\"T\"\n[open]\nen=\"O\"\n[[item]]\nindex=\"a\"\nen=\"x\"",
                "x:1:6",
            ),
            (
                "kind=\"choice\"\n[title]\nen=\"T\"\n[open]\nen=\"O\"\n[[item]]\nindex=\"a\"\nen=\"x\"",
                "0 options",
            ),
            (
                "kind=\"ranking\"\nlowest=1\n[title]\nen=\"T\"\n[open]\nen=\"O\"\n[[item]]\nindex=\"a\"\nen=\"x\"\n\
                 [[option]]\nen=\"A\"\n[[option]]\nen=\"B\"",
                "x:2:",
            ),
            (
                "[title]\nen=\"T\"\n[open]\nen=\"O\"\n[[item]]\nindex=\"a\"\nen=\"x\"\n[[option]]\nen=\"A\"",
                "options are for a choice",
            ),
            (
                "favorable=4\n[title]\nen=\"T\"\n[open]\nen=\"O\"\n[[item]]\nindex=\"a\"\nen=\"x\"",
                "favorable",
            ),
        ];
        for (text, expected) in cases {
            let problems = Survey::parse(text, "x", "x").unwrap_err();
            let shown: Vec<_> = problems.iter().map(ToString::to_string).collect();
            assert!(
                shown.iter().any(|one| one.contains(expected)),
                "{expected}: {shown:?}"
            );
        }
    }
}
