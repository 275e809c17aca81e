//! What somebody asks for in a mail: commands to `-request` or to a reply address,
//! the one word of an answer, and commands that went to the list by mistake.
//!
//! Only what the author added is read, never what is quoted. Nothing here acts:
//! whoever acts looks first at who speaks, and how surely.

pub mod agenda;
pub mod attendance;
mod body;
mod chosen;
mod courtesy;
mod line;
mod pause;
mod ask;
mod poll;
pub mod session;
mod set;
pub mod subject;
mod thread;
mod verbs;
mod vocabulary;
pub mod worksheet;
mod yes_no;

use super::kind::Kind;
use super::oneline::oneline;
use super::parse::Mail;
use body::Body;
pub use chosen::chosen;
use chrono::{NaiveDate, NaiveDateTime};
use line::Line;
use verbs::Place;

/// The most commands read from one mail.
pub const MOST_COMMANDS: usize = 25;
/// What a program puts below a mail by itself has at most so many lines; what it
/// quotes has more.
const LONGEST_SIGNATURE: usize = 3;
/// The longest text kept of an answer or a reason, in characters.
pub const LONGEST_TEXT: usize = 4_000;
/// The longest piece of an unknown line that is kept, in characters.
pub const LONGEST_UNKNOWN: usize = 80;

/// One thing asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Word {
    /// To become a member.
    Join,
    /// To be one no longer.
    Leave,
    /// Yes, to what was asked.
    Confirm,
    /// How this works.
    Help,
    /// In which communities the author is.
    Which,
    /// Who else is a member.
    Who,
    /// Which communities there are.
    Lists,
    /// Where the archive is.
    Archive,
    /// A link to the author's own page.
    Page,
    /// A link to the desk of who runs the community.
    Desk,
    /// All that is held of the author.
    Export,
    /// That nothing more be held of the author.
    Erase,
    /// How posts come.
    SetDelivery(Delivery),
    /// The digest as a mail of whole mails (RFC 1153's successor, `multipart/digest`).
    SetMimeDigest,
    /// Whether the author's own posts come back.
    SetOwn(bool),
    /// Whether a copy comes although the member is named in To or Cc.
    SetCopies(bool),
    /// Posts of these topics only; of all, where there is none.
    SetTopics(Vec<String>),
    /// No posts before this day.
    PauseUntil(NaiveDate),
    /// No posts for so many days, 1 to 3,650.
    PauseDays(u32),
    /// No posts until the member resumes.
    Pause,
    /// Posts again.
    Resume,
    /// No more of this thread.
    Mute,
    /// A facilitator lets the community's automatic mail of this name go to nobody
    /// before that day.
    MuteMail(String, NaiveDate),
    /// A facilitator lets it go again.
    UnmuteMail(String),
    /// This thread again.
    Unmute,
    /// This thread, whatever the delivery is.
    Follow,
    /// This thread as any other.
    Unfollow,
    /// This address, normalised, is the author's too.
    Link(String),
    /// Everything to this address, normalised, from now on.
    ChangeAddress(String),
    /// The charter's expectations are accepted.
    Agree,
    /// Fewer mails of the kind that is answered.
    Less,
    /// No more of the mail with this name; of the one that is answered, without a name.
    Stop(Option<String>),
    /// A moderator lets a post through.
    Accept,
    /// A moderator sends a post back, with this reason (may be empty).
    Reject(String),
    /// A moderator drops a post.
    Discard,
    /// A moderator lets this and all later posts of the author through.
    Trust,
    /// A moderator keeps the author out.
    Ban,
    /// A facilitator invites these addresses, normalised.
    Invite(Vec<String>),
    /// A facilitator lets somebody join.
    Approve,
    /// A facilitator does not, with this reason (may be empty).
    Decline(String),
    /// A session that is no series: when it begins on the community's clock, how many
    /// minutes it takes, and its title.
    AddSession(NaiveDateTime, u32, String),
    /// The same again and again, from then on.
    AddSeries(Every, NaiveDateTime, u32, String),
    /// A session of this series, named by its original day, begins then instead.
    MoveSession(String, NaiveDate, NaiveDateTime),
    /// A question to all members, and what they may choose from.
    Poll(String, Vec<String>),
    /// What a sponsor is asked for, what it costs as they say (may be empty), and by when.
    AskSponsor(String, String, Option<NaiveDate>),
    /// It does not take place, for this reason (may be empty).
    CancelSession(String, NaiveDate, String),
    /// What was agreed to be done in this series, by these numbers, is done.
    Done(String, Vec<u32>),
    /// A post, by link or Message-ID, begins a thread of its own.
    SplitThread(String),
    /// A post, named likewise, is erased.
    Redact(String),
    /// A post, named likewise, answers that other one.
    MovePost(String, String),
    /// Nothing after this is meant for a machine. [`commands`] stops here and does not return it.
    End,
    /// The line as read, on one line, at most [`LONGEST_UNKNOWN`] characters.
    Unknown(String),
}

/// How often a series takes place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Every {
    /// On the same day of the week, each so many weeks; from 1.
    Weeks(u32),
    /// On the same day of the same week of each month, such as its second Tuesday.
    Month,
}

/// How posts come to a member.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Delivery {
    /// Each by itself.
    Each,
    /// Many in one mail.
    Digest,
    /// Their subjects only.
    Headlines,
    /// Not at all.
    None,
}

impl Delivery {
    /// The word in the charter, the database and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Delivery::Each => "each",
            Delivery::Digest => "digest",
            Delivery::Headlines => "headlines",
            Delivery::None => "none",
        }
    }
}

/// A reply to a mail that expects an answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    /// The word that the first visible line begins with, where it is one.
    pub word: Option<Word>,
    /// The first visible word is a form of no or cancel.
    pub is_no: bool,
    /// The first visible word is a form of yes. What is grave wants this without a question.
    pub is_yes: bool,
    /// The visible text asks something.
    pub is_question: bool,
    /// What follows the first word, where that is a word, yes or no; else all that is
    /// visible. At most [`LONGEST_TEXT`] characters.
    pub text: String,
}

/// The first word of each verb that `-request` understands, for tests that go through
/// all of them.
#[cfg(test)]
pub(crate) fn verbs() -> Vec<&'static str> {
    let first = |(_, always, asked): &(_, &'static str, &'static str)| {
        let names = if always.is_empty() { asked } else { always };
        names.split('|').next().unwrap_or_default()
    };
    vocabulary::VERBS.iter().map(first).collect()
}

/// The commands of a mail to `-request` or to a reply address: of its subject and its
/// visible lines, in order, at most [`MOST_COMMANDS`]. What cannot be read is one
/// [`Word::Unknown`]; a mail that shows nothing asks for nothing.
pub fn commands(mail: &Mail) -> Vec<Word> {
    let subject = subject::read(&mail.subject);
    let line = Line::new(&subject.text);
    let from_subject = verbs::read(&line, Place::Request).filter(|word| *word != Word::End);
    let body = body::read(&mail.visible_text);
    let asked = match from_subject {
        // The subject of a reply may be one of ours: it asks only where nothing else is sent.
        Some(word) if !subject.is_reply || is_signature_alone(mail) => after(word, body),
        _ if !body.is_blank => body.words_or_unknown(),
        _ if subject.is_reply || subject.text.is_empty() => Vec::new(),
        _ => vec![unknown(&subject.text)],
    };
    asked.into_iter().take(MOST_COMMANDS).collect()
}

/// Whether a mail has no words of its own and quotes nothing: at most the few lines
/// that a phone puts below everything.
fn is_signature_alone(mail: &Mail) -> bool {
    let lines = mail.text.lines().map(str::trim);
    let written: Vec<&str> = lines.filter(|line| !line.is_empty()).collect();
    mail.visible_text.trim().is_empty()
        && written.len() <= LONGEST_SIGNATURE
        && !written.iter().any(|line| line.starts_with('>'))
}

/// A command in the subject, then those of the body. People repeat themselves, and say in
/// the body why they ask: neither is a second request.
fn after(first: Word, body: Body) -> Vec<Word> {
    let rest = body.words.into_iter();
    let mut words = vec![first];
    for word in rest {
        if words.last() != Some(&word) {
            words.push(word);
        }
    }
    words
}

/// The first visible word of a reply to a mail that expects an answer, with what
/// follows it.
pub fn answer(mail: &Mail) -> Answer {
    let text = courtesy::without_greeting(&mail.visible_text);
    let (first, rest) = text.split_once('\n').unwrap_or((text, ""));
    let line = Line::new(first);
    let word = verbs::answer(&line, rest);
    let is_no = yes_no::is_no(&line);
    let is_yes = !is_no && yes_no::is_yes(&line);
    let known = word.is_some() || is_no || is_yes;
    Answer {
        word,
        is_no,
        is_yes,
        is_question: yes_no::is_question(&mail.visible_text),
        text: cut(if known { line::after_first(text) } else { text }),
    }
}

/// The command of a mail to the list itself, where all that is visible (or, where nothing
/// is, the subject) is one unambiguous administrative command. Everything else is a post:
/// "help", "who" and "join" are what people say to each other.
pub fn misdirected(mail: &Mail) -> Option<Word> {
    let written = matches!(mail.kind, Kind::Post | Kind::Command);
    if !written || mail.attachments.iter().any(|file| !is_signature(file)) {
        return None;
    }
    if mail.visible_text.trim().is_empty() {
        let subject = subject::read(&mail.subject);
        return (!subject.is_reply).then(|| verbs::read(&Line::new(&subject.text), Place::List))?;
    }
    let line = courtesy::only_line(&mail.visible_text)?;
    verbs::read(&Line::new(line), Place::List)
}

fn is_signature(file: &super::attachments::Attachment) -> bool {
    let kind = file.media_type.to_ascii_lowercase();
    ["pkcs7-signature", "pgp-signature", "pgp-keys"]
        .iter()
        .any(|end| kind.ends_with(end))
}

/// A subject without the marks of replies and the tags of lists in front of it.
pub fn bare_subject(subject: &str) -> String {
    subject::read(subject).text
}

/// The day that a text names and nothing else: `2026-04-21`, `21.04.2026`, `21 April 2026`.
pub fn day_in(text: &str) -> Option<NaiveDate> {
    let line = Line::new(text);
    let words: Vec<&str> = line.words.iter().map(|word| word.plain.as_str()).collect();
    pause::date(&words)
}

fn unknown(line: &str) -> Word {
    Word::Unknown(oneline(line).chars().take(LONGEST_UNKNOWN).collect())
}

fn cut(text: &str) -> String {
    text.trim().chars().take(LONGEST_TEXT).collect()
}

#[cfg(test)]
mod tests;
