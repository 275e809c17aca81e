//! What people write around what they want: greetings, thanks, their name.

use super::line::Line;
use super::verbs;

/// Longer lines say something, in words.
const MOST_WORDS: usize = 6;
/// The most lines of a mail that is one command with courtesies around it.
const MOST_LINES: usize = 12;

/// How greetings begin, lower-cased.
const GREETINGS: [&str; 38] = [
    "hi",
    "hello",
    "hey",
    "dear",
    "hallo",
    "moin",
    "servus",
    "liebe",
    "lieber",
    "liebes",
    "guten",
    "sehr",
    "good",
    "greetings",
    "bonjour",
    "salut",
    "cher",
    "chère",
    "hola",
    "buenos",
    "buenas",
    "estimado",
    "estimada",
    "ciao",
    "buongiorno",
    "salve",
    "gentile",
    "olá",
    "oi",
    "bom",
    "prezado",
    "beste",
    "hej",
    "hei",
    "cześć",
    "witam",
    "здравствуйте",
    "merhaba",
];
/// How mails close, lower-cased.
const CLOSINGS: [&str; 49] = [
    "thanks",
    "thank",
    "thx",
    "tia",
    "ty",
    "regards",
    "best",
    "kind",
    "warm",
    "cheers",
    "sincerely",
    "yours",
    "cordially",
    "br",
    "danke",
    "dankeschön",
    "vielen",
    "gruß",
    "gruss",
    "grüße",
    "grüsse",
    "viele",
    "beste",
    "mit",
    "mfg",
    "lg",
    "vg",
    "liebe",
    "herzliche",
    "merci",
    "cordialement",
    "bien",
    "gracias",
    "saludos",
    "obrigado",
    "obrigada",
    "abraço",
    "grazie",
    "saluti",
    "cordiali",
    "bedankt",
    "groeten",
    "groet",
    "tack",
    "mvh",
    "hälsningar",
    "dziękuję",
    "pozdrawiam",
    "спасибо",
];

pub(super) fn is_greeting(line: &Line) -> bool {
    GREETINGS.contains(&line.first()) && line.words.len() <= MOST_WORDS
}

pub(super) fn is_closing(line: &Line) -> bool {
    CLOSINGS.contains(&line.first()) && line.words.len() <= MOST_WORDS
}

/// Up to three capitalised words that begin with no verb: somebody's name.
pub(super) fn is_name(line: &Line) -> bool {
    let capital = |word: &str| word.starts_with(char::is_uppercase);
    (1..=3).contains(&line.words.len())
        && line.words.iter().all(|word| capital(&word.raw))
        && !verbs::begins_with_verb(line)
}

/// A line of marks alone, as a rule above a signature that the common delimiter is not.
pub(super) fn is_rule(line: &str) -> bool {
    let line = line.trim();
    line.chars().count() >= 2 && !line.chars().any(char::is_alphanumeric)
        || matches!(line, "—" | "–")
}

/// A rule as companies put it above the notice that the mail is confidential.
fn is_long_rule(line: &str) -> bool {
    is_rule(line) && line.trim().chars().count() >= 10
}

/// The text behind a first line that only greets, and behind `Hi,` before the first word.
pub(super) fn without_greeting(text: &str) -> &str {
    let text = text.trim_start();
    let (first, rest) = text.split_once('\n').unwrap_or((text, ""));
    if is_greeting(&Line::new(first)) && !ends_in_words(first) && !rest.trim().is_empty() {
        return rest.trim_start();
    }
    let (word, behind) = text.split_once([',', '!']).unwrap_or((text, ""));
    let greets = word.len() < 40 && is_greeting(&Line::new(word)) && !word.contains('\n');
    if greets && !behind.trim().is_empty() {
        return behind.trim_start();
    }
    text
}

/// `Hi, no thanks` is no greeting alone: something follows the comma.
fn ends_in_words(line: &str) -> bool {
    line.split_once([',', '!'])
        .is_some_and(|(_, behind)| behind.chars().any(char::is_alphanumeric))
}

/// The one line that says something, where all others greet, thank or name.
pub(super) fn only_line(text: &str) -> Option<&str> {
    let lines: Vec<&str> = text
        .lines()
        .take_while(|line| !is_long_rule(line))
        .filter(|line| !line.trim().is_empty())
        .take(MOST_LINES + 1)
        .collect();
    let greeted = lines.len() > 1
        && lines
            .first()
            .is_some_and(|line| is_greeting(&Line::new(line)) && !ends_in_words(line));
    let mut rest = lines.iter().skip(usize::from(greeted));
    let only = rest.next()?;
    let closes = |line: &&&str| {
        let line = Line::new(line);
        is_closing(&line) || is_name(&line) || line.words.is_empty()
    };
    let closed = rest.clone().take_while(closes).count();
    (lines.len() <= MOST_LINES && closed == rest.len()).then_some(only)
}
