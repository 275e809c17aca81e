//! The verbs, in the words that people use for them, and what may follow each.

use super::line::{Line, Token, after_first};
use super::vocabulary::{ABOUT, MAILS, POLITE, VERBS, Verb, WISHES};
use super::{Word, pause, session, set, thread, yes_no};

/// Where a command was sent to: to the list itself, far less is one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// `-request`, or a reply address.
    Request,
    /// The list.
    List,
}

/// The most addresses of one invitation.
const MOST_INVITED: usize = 100;

pub(super) fn is_polite(word: &str) -> bool {
    POLITE.contains(&word)
}

pub(super) fn begins_with_verb(line: &Line) -> bool {
    find(&line.words, Place::Request).is_some()
}

/// The command that the whole line is.
pub(super) fn read(line: &Line, place: Place) -> Option<Word> {
    let before = |word: &&Token| {
        is_polite(&word.plain) || place == Place::Request && WISHES.contains(&word.plain.as_str())
    };
    let skipped = line.words.iter().take_while(before).count();
    let wished = line.words.get(skipped..).unwrap_or_default();
    of_words(line, &line.words, place).or_else(|| of_words(line, wished, place))
}

/// The word that an answer begins with. Moderators' words count whatever follows them;
/// `below` are the lines under the first.
pub(super) fn answer(line: &Line, below: &str) -> Option<Word> {
    let lines: Vec<&str> = below.lines().take(1_000).collect();
    let word = read(line, Place::Request).or_else(|| first_word(line))?;
    match word {
        Word::Reject(reason) => Some(Word::Reject(super::body::reason_of(&reason, &lines))),
        Word::Decline(reason) => Some(Word::Decline(super::body::reason_of(&reason, &lines))),
        Word::End => None,
        word => Some(word),
    }
}

fn first_word(line: &Line) -> Option<Word> {
    let first = line.words.get(..1)?;
    if let Some((Verb::Plain(word), _)) = find(first, Place::Request)
        && matches!(
            word,
            Word::Accept | Word::Discard | Word::Trust | Word::Ban | Word::Approve
        )
    {
        return Some(word.clone());
    }
    yes_no::is_yes(line).then_some(Word::Confirm)
}

fn of_words(line: &Line, words: &[Token], place: Place) -> Option<Word> {
    if place == Place::Request
        && let Some(word) = of_one(words)
    {
        return Some(word);
    }
    let (verb, used) = find(words, place)?;
    let rest = words.get(used..).unwrap_or_default();
    match verb {
        Verb::Plain(word) => {
            let of_mail = mail_muted(word, rest).filter(|_| place == Place::Request);
            of_mail.or_else(|| fits(word, rest, place).then(|| word.clone()))
        }
        Verb::Set => set::read(line, rest, place),
        Verb::Pause => pause::read(rest),
        Verb::Link => only_address(rest).map(Word::Link),
        Verb::Address => only_address(rest).map(Word::ChangeAddress),
        Verb::Stop => stop(rest, place),
        Verb::Reject => Some(Word::Reject(behind(line, words, used))),
        Verb::Decline => Some(Word::Decline(behind(line, words, used))),
        Verb::Invite => invite(rest),
        Verb::Session => session::add(rest, &behind(line, words, used)),
        Verb::Move => session::shift(rest).or_else(|| thread::shift(rest)),
        Verb::Split => thread::split(rest),
        Verb::Redact => thread::redact(rest),
        Verb::Cancel => session::cancel(rest, &behind(line, words, used)),
        Verb::Done => session::done(rest),
        Verb::AskSponsor => {
            let text = behind(line, words, used);
            (!text.is_empty()).then_some(Word::AskSponsor(text, String::new(), None))
        }
        Verb::Poll => {
            let question = behind(line, words, used);
            (!question.is_empty()).then_some(Word::Poll(question, Vec::new()))
        }
    }
}

/// `mute NAME until DATE` and `unmute NAME` are about a mail, not about a thread.
fn mail_muted(verb: &Word, rest: &[Token]) -> Option<Word> {
    let (name, behind) = rest.split_first()?;
    let is_known = MAILS.contains(&name.plain.as_str());
    match (verb, behind) {
        (Word::Mute, [_, ..]) => match pause::read(behind)? {
            Word::PauseUntil(day) => Some(Word::MuteMail(name.plain.clone(), day)),
            _ => None,
        },
        (Word::Unmute, []) if is_known => Some(Word::UnmuteMail(name.plain.clone())),
        _ => None,
    }
}

/// Yes in any language with courtesies, `confirm TOKEN`, and a way of delivery alone.
fn of_one(words: &[Token]) -> Option<Word> {
    let (first, rest) = words.split_first()?;
    let polite = rest.iter().all(|word| is_polite(&word.plain));
    let agrees =
        find(words, Place::Request).is_some_and(|(verb, _)| *verb == Verb::Plain(Word::Agree));
    let token = matches!(first.plain.as_str(), "confirm" | "con" | "bestätigen") && rest.len() == 1;
    if (yes_no::is_yes_word(&first.plain) && polite || token) && !agrees {
        return Some(Word::Confirm);
    }
    let bare = ["digest", "nomail", "headlines", "summary"].contains(&first.plain.as_str());
    let delivery = set::delivery(&first.plain).filter(|_| bare && polite);
    delivery.map(Word::SetDelivery)
}

/// The verb that these words begin with, the longest form first, and of how many words.
fn find(words: &[Token], place: Place) -> Option<(&'static Verb, usize)> {
    (1..=4).rev().find_map(|length| {
        let plain: Vec<&str> = words
            .get(..length)?
            .iter()
            .map(|w| w.plain.as_str())
            .collect();
        let phrase = plain.join(" ");
        let is = |names: &str| names.split('|').any(|name| name == phrase);
        let found = VERBS
            .iter()
            .find(|(_, always, asked)| is(always) || place == Place::Request && is(asked))?;
        Some((&found.0, length))
    })
}

/// Whether what stands behind a verb says no more than the verb. A list's name may follow
/// where we are asked; Sympa's users add their own.
fn fits(verb: &Word, rest: &[Token], place: Place) -> bool {
    let others: Vec<&Token> = rest
        .iter()
        .filter(|word| !is_polite(&word.plain) && !ABOUT.contains(&word.plain.as_str()))
        .collect();
    let named = matches!(
        verb,
        Word::Join | Word::Leave | Word::Which | Word::Who | Word::Archive | Word::Help
    );
    let short = rest.len() <= 8;
    let capital = |word: &&Token| word.raw.starts_with(char::is_uppercase);
    let signs = *verb == Word::Join && others.len() <= 4 && others.iter().skip(1).all(capital);
    short
        && match (others.as_slice(), place) {
            ([], _) => true,
            ([one], Place::List) => *verb == Word::Leave && one.address().is_some(),
            ([one], Place::Request) => named && is_name_of_list(one),
            _ => place == Place::Request && signs,
        }
}

/// A slug or an address: not a word at the end of a sentence.
fn is_name_of_list(word: &Token) -> bool {
    let slug = word.raw.len() <= 24
        && word
            .raw
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
    slug || word.address().is_some()
}

fn only_address(rest: &[Token]) -> Option<String> {
    let mut addresses = rest.iter().filter_map(Token::address);
    let address = addresses.next()?;
    let said = rest.iter().filter(|word| word.address().is_none());
    let mut others = said.filter(|word| {
        !is_polite(&word.plain) && !ABOUT.contains(&word.plain.as_str()) && word.plain != "auf"
    });
    (addresses.next().is_none() && others.next().is_none()).then_some(address)
}

/// The addresses to invite, which may have names in front of them: people paste them
/// from their address books. What stands behind the last one would be a sentence.
fn invite(rest: &[Token]) -> Option<Word> {
    let pieces: Vec<&str> = rest
        .iter()
        .flat_map(|word| word.raw.split([',', ';']))
        .filter(|piece| !piece.is_empty())
        .collect();
    pieces.last().filter(|piece| piece.contains('@'))?;
    let addresses: Option<Vec<String>> = pieces
        .iter()
        .filter(|piece| piece.contains('@'))
        .map(|piece| Line::new(piece).words.first().and_then(Token::address))
        .collect();
    let addresses = addresses?;
    (1..=MOST_INVITED)
        .contains(&addresses.len())
        .then_some(Word::Invite(addresses))
}

fn stop(rest: &[Token], place: Place) -> Option<Word> {
    let vague = [
        "it",
        "this",
        "that",
        "all",
        "them",
        "everything",
        "alles",
        "das",
        "the",
        "mail",
    ];
    let words: Vec<&str> = rest
        .iter()
        .map(|word| word.plain.as_str())
        .filter(|word| !is_polite(word) && !vague.contains(word))
        .collect();
    let name = words.join("-");
    let known = MAILS.contains(&name.as_str());
    let named = words.len() == 1 && name.len() <= 40 && name.is_ascii();
    match (words.as_slice(), place) {
        ([], Place::Request) => Some(Word::Stop(None)),
        (_, Place::Request) if named || known => Some(Word::Stop(Some(name))),
        (_, Place::List) if known && rest.len() == words.len() => Some(Word::Stop(Some(name))),
        _ => None,
    }
}

/// The line behind its verb, as written.
fn behind(line: &Line, words: &[Token], used: usize) -> String {
    let skipped = line.words.len().saturating_sub(words.len());
    let mut text = line.text.as_str();
    for _ in 0..skipped + used {
        text = after_first(text);
    }
    text.trim_start_matches([':', '-', '–', ',', ' '])
        .to_string()
}
