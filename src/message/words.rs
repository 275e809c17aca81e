//! What somebody asks for in a mail.

use super::parse::Mail;
use chrono::NaiveDate;

/// How posts are to come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// One by one.
    Each,
    /// In a digest.
    Digest,
    /// As a digest of titles.
    Headlines,
    /// Not at all.
    None,
}

/// One thing asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Word {
    Join,
    Leave,
    Confirm,
    Help,
    Which,
    Who,
    Lists,
    Archive,
    Export,
    Erase,
    SetDelivery(Delivery),
    SetMimeDigest,
    SetOwn(bool),
    SetCopies(bool),
    SetTopics(Vec<String>),
    PauseUntil(NaiveDate),
    PauseDays(u32),
    Pause,
    Resume,
    Mute,
    Unmute,
    Follow,
    Unfollow,
    Link(String),
    ChangeAddress(String),
    Agree,
    Less,
    Stop(Option<String>),
    Accept,
    Reject(String),
    Discard,
    Trust,
    Ban,
    Invite(Vec<String>),
    Approve,
    Decline(String),
    End,
    Unknown(String),
}

/// The first visible word of a reply, with what follows it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    /// The word, if it is one.
    pub word: Option<Word>,
    /// A form of no or cancel.
    pub is_no: bool,
    /// A form of yes.
    pub is_yes: bool,
    /// It asks a question.
    pub is_question: bool,
    /// The visible text.
    pub text: String,
}

/// Commands of a mail.
pub fn commands(mail: &Mail) -> Vec<Word> {
    let lines = std::iter::once(mail.subject.as_str()).chain(mail.visible_text.lines());
    lines.take(26).filter_map(word).collect()
}

/// The answer that a reply gives.
pub fn answer(mail: &Mail) -> Answer {
    let text = mail.visible_text.trim();
    let first = text.lines().next().unwrap_or_default();
    Answer {
        word: word(first),
        is_no: first.to_lowercase().starts_with("no"),
        is_yes: first.to_lowercase().starts_with("yes"),
        is_question: text.contains('?'),
        text: text.to_owned(),
    }
}

/// The command that a mail to the list is, if it is nothing else.
pub fn misdirected(mail: &Mail) -> Option<Word> {
    match word(mail.visible_text.trim())? {
        word @ (Word::Leave | Word::Mute | Word::Follow | Word::Resume) => Some(word),
        _ => None,
    }
}

fn word(line: &str) -> Option<Word> {
    let line = line.trim();
    let (first, rest) = line.split_once(' ').unwrap_or((line, ""));
    let rest = rest.trim();
    Some(match first.to_lowercase().as_str() {
        "join" => Word::Join,
        "leave" => Word::Leave,
        "help" => Word::Help,
        "which" => Word::Which,
        "who" => Word::Who,
        "mute" => Word::Mute,
        "follow" => Word::Follow,
        "resume" => Word::Resume,
        "agree" => Word::Agree,
        "accept" => Word::Accept,
        "reject" => Word::Reject(rest.to_owned()),
        "discard" => Word::Discard,
        "trust" => Word::Trust,
        "ban" => Word::Ban,
        "link" => Word::Link(rest.to_lowercase()),
        "export" => Word::Export,
        "erase" => Word::Erase,
        _ => return None,
    })
}
