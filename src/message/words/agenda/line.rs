//! What kind of line it is: an item, or what people write around their items.

use super::super::line::Line;
use super::super::{courtesy, verbs};

/// Longer lines say more than thanks.
const MOST_THANKS: usize = 10;
/// A line that was wrapped is at least so wide, with the word that did not fit, in
/// characters.
const WRAPPED: usize = 66;

/// What a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// It says something.
    Words,
    /// It greets, thanks, introduces or quotes.
    Nothing,
    /// With it a letter ends, if it says something before.
    Closing,
    /// With it a letter ends.
    Regards,
    /// What a company puts below everything.
    Notice,
}

/// Greetings that are nothing else, whatever follows; others need a mark at the end.
const HELLO: &str = "hi|hello|hey|dear|hallo|moin|servus|bonjour|salut|hola|ciao|hej|hei|greetings";
/// With what thanks begin.
const THANKS: &str = "thanks|thank|thx|danke|dankeschön|merci|gracias|grazie|tack|bedankt|cheers";
/// Words of which the end of a letter is made.
const CLOSING: &str = "thanks|thank|thx|you|ty|many|very|much|so|again|in|advance|a|lot|all|the|best|kind|\
    kindest|warm|warmest|regards|wishes|greetings|cheers|sincerely|yours|truly|faithfully|br|tia|mfg|lg|vg|bg|\
    mit|freundlichen|freundlichem|freundliche|besten|beste|herzlichen|herzliche|herzlichst|lieben|liebe|viele|\
    vielen|schöne|schönen|sonnige|grüße|grüßen|grüsse|grüssen|gruß|gruss|dank|danke|dankeschön|im|voraus|euch|\
    dir|ihnen|schon|mal|cordialement|merci|saludos|gracias|saluti|groeten|groet|hälsningar|mvh|and|und|from|\
    aus|best,";
/// Words that end a letter by themselves; the others only in company.
const ENDS: &str = "thanks|thank|thx|regards|wishes|cheers|sincerely|yours|br|tia|mfg|lg|vg|grüße|grüßen|\
    grüsse|grüssen|gruß|gruss|dank|danke|dankeschön|cordialement|merci|saludos|gracias|saluti|groeten|groet|\
    hälsningar|mvh|greetings";
/// Those of them that never stand at the beginning.
const REGARDS: &str = "regards|wishes|sincerely|yours|br|mfg|lg|vg|grüße|grüßen|grüsse|grüssen|gruß|gruss|\
    cordialement|saludos|saluti|groeten|groet|hälsningar|mvh";
/// Lines that say that there is nothing.
const NOTHING: &str = "nothing|none|nothing from me|nothing from my side|nothing to add|no items|no item|\
    no topics|no topic|no suggestions|no ideas|nothing special|n/a|nope|no|yes|ok|okay|sounds good|\
    looks good|fine|great|good idea|see you there|see you then|see you|nichts|nichts von mir|keine|\
    keine themen|kein thema|keine punkte|von mir nichts|von meiner seite nichts|nein|ja|passt|gut|\
    bis dann|bis bald|bis dienstag|nichts neues|nothing new|nothing this time|diesmal nichts|\
    my topics|my items|topics|agenda|items|themen|meine themen|tagesordnung|punkte|vorschläge|suggestions";

/// Looks at a line; `below` are the lines under it, `is_ours` says that the mail which is
/// answered has it.
pub(super) fn kind(text: &str, below: &[&str], is_ours: bool) -> Kind {
    let line = Line::new(text);
    let (_, is_marked) = without_marker(text);
    if is_ours || text.trim_start().starts_with(['>', '|']) || is_greeting(&line, text) {
        return Kind::Nothing;
    }
    if is_notice(&line) {
        return Kind::Notice;
    }
    if is_marked {
        return Kind::Words;
    }
    if is_closing(&line, text) {
        let mut words = line.words.iter();
        return match words.all(|word| !has(REGARDS, &word.plain)) {
            true => Kind::Closing,
            false => Kind::Regards,
        };
    }
    let leads = text.trim_end().ends_with(':') && below.iter().any(|line| !line.trim().is_empty());
    match leads || is_thanks(&line) || is_nothing(&line) {
        true => Kind::Nothing,
        false => Kind::Words,
    }
}

fn has(words: &str, word: &str) -> bool {
    words.split('|').any(|one| one == word)
}

fn is_greeting(line: &Line, text: &str) -> bool {
    let text = text.trim_end();
    let is_marked = text.ends_with([',', '!']);
    let says_more = text
        .trim_end_matches([',', '!', '.'])
        .contains([',', ':', '!']);
    let is_plain = has(HELLO, line.first()) && line.words.len() <= 4;
    courtesy::is_greeting(line) && !says_more && (is_plain || is_marked)
}

/// "Hi Ann, seal wear please" without what greets.
pub(super) fn without_hello(text: &str) -> &str {
    let text = text.trim();
    let first = text.lines().next().unwrap_or_default();
    let greets = has(HELLO, Line::new(first).first());
    match first.split_once([',', '!']) {
        Some((hello, rest))
            if greets && hello.split_whitespace().count() <= 4 && says_something(rest) =>
        {
            text.get(hello.len() + 1..).unwrap_or(text)
        }
        _ => text,
    }
}

fn is_thanks(line: &Line) -> bool {
    let first = line.first();
    let second = line.words.get(1).map_or("", |word| word.plain.as_str());
    let begins = has(THANKS, first)
        || matches!(
            (first, second),
            ("many", "thanks") | ("vielen" | "besten" | "herzlichen", "dank")
        );
    begins && line.words.len() <= MOST_THANKS
}

/// Courtesy words alone, perhaps with a name behind them: "Viele Grüße, Bob". A word that
/// can begin an item ("Best seals") needs a comma before the name.
fn is_closing(line: &Line, text: &str) -> bool {
    let words = &line.words;
    let courteous = words
        .iter()
        .take_while(|word| has(CLOSING, &word.plain))
        .count();
    let names = words.get(courteous..).unwrap_or_default();
    let are_names = names.len() <= 3
        && names
            .iter()
            .all(|word| word.raw.starts_with(char::is_uppercase));
    let ends = words
        .iter()
        .take(courteous)
        .any(|word| has(ENDS, &word.plain));
    let alone = matches!(line.first(), "best" | "all")
        && text.trim_start().to_lowercase().starts_with("best,");
    let alone = alone || (names.is_empty() && line.first() == "best" && words.len() == 1);
    courteous > 0 && are_names && (ends || alone)
}

fn is_nothing(line: &Line) -> bool {
    let words: Vec<&str> = line.words.iter().map(|word| word.plain.as_str()).collect();
    let said = words.join(" ");
    has(NOTHING, &said) || said.is_empty() && !line.text.contains(['+', '-'])
}

fn is_notice(line: &Line) -> bool {
    let text = line.text.to_lowercase();
    let begins = [
        "this e-mail",
        "this email",
        "this message",
        "diese e-mail",
        "diese nachricht",
    ];
    let secret = ["confidential", "vertraulich", "intended", "privileged"];
    begins
        .iter()
        .any(|start| text.trim_start().starts_with(start))
        && secret.iter().any(|word| text.contains(word))
}

/// Whether nothing is said but "please" and "thanks".
pub(super) fn is_polite(text: &str) -> bool {
    let line = Line::new(text);
    let polite = |word: &str| verbs::is_polite(word) || has(CLOSING, word);
    line.words.iter().all(|word| polite(&word.plain))
}

/// What follows `PS:`.
pub(super) fn postscript(text: &str) -> Option<&str> {
    let bare = text.trim_start();
    let starts = ["p.s.", "ps:", "p.s:", "ps "];
    let found = starts.iter().find(|start| {
        let head = bare.get(..start.len());
        head.is_some_and(|head| head.eq_ignore_ascii_case(start))
    })?;
    Some(bare.get(found.len()..)?.trim_start_matches([':', ' ']))
}

/// An item has letters.
pub(super) fn says_something(text: &str) -> bool {
    text.chars().filter(|c| c.is_alphabetic()).take(2).count() == 2
}

/// A line without the mark of a list, and whether it had one.
pub(super) fn without_marker(text: &str) -> (&str, bool) {
    let bare = text.trim();
    let found = bullet(bare).or_else(|| numbered(bare));
    let found = found.map(str::trim_start).filter(|rest| !rest.is_empty());
    match found {
        // "- [ ] text"
        Some(rest) => (boxed(rest).unwrap_or(rest), true),
        None => (bare, false),
    }
}

fn bullet(text: &str) -> Option<&str> {
    let mark = text.chars().next()?;
    let rest = text.get(mark.len_utf8()..)?;
    let is_parted = rest.starts_with(char::is_whitespace);
    match mark {
        '•' | '·' | '◦' | '▪' | '‣' | '●' | '○' | '→' | '☐' | '✓' | '✔' | '➢' => {
            Some(rest)
        }
        '–' | '—' | '-' | '*' | '+' | 'o' | '§' if is_parted => Some(rest),
        '*' | '-' | '–' if rest.starts_with(char::is_alphabetic) && !rest.contains(mark) => {
            Some(rest)
        }
        _ => None,
    }
}

/// `1.`, `2)`, `(3)`, `a)`, `4 -`.
fn numbered(text: &str) -> Option<&str> {
    let open = text.strip_prefix('(');
    let bare = open.unwrap_or(text);
    let end = bare.find(|c: char| !c.is_ascii_alphanumeric())?;
    let (number, rest) = bare.split_at_checked(end)?;
    let is_number = number.len() <= 2 && number.bytes().all(|byte| byte.is_ascii_digit());
    let is_letter = number.len() == 1;
    let mark = rest.chars().next()?;
    let behind = rest.get(mark.len_utf8()..)?;
    match mark {
        ')' if is_number || is_letter => Some(behind),
        '.' if is_number && open.is_none() && !behind.starts_with(|c: char| c.is_ascii_digit()) => {
            Some(behind)
        }
        ' ' if is_number => behind
            .strip_prefix("- ")
            .or_else(|| behind.strip_prefix("– ")),
        _ => None,
    }
}

fn boxed(text: &str) -> Option<&str> {
    let rest = text
        .strip_prefix("[ ]")
        .or_else(|| text.strip_prefix("[x]"))?;
    Some(rest.trim_start())
}

/// Whether a line goes on with the item above it, of that width: a program has wrapped
/// it, or it stands below the words of a list's item.
pub(super) fn is_continued(
    text: &str,
    is_marked: bool,
    (width, above_marked): (usize, bool),
) -> bool {
    if is_marked {
        return false;
    }
    let first = text.split_whitespace().next().unwrap_or_default();
    let is_wrapped =
        width > WRAPPED / 2 && width + 1 + first.chars().count() > WRAPPED && width < 2 * WRAPPED;
    let is_indented = above_marked && text.starts_with("  ");
    is_wrapped || is_indented
}
