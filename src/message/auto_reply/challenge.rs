//! Challenge and response: a service holds a mail until its sender has proved to be a
//! person. No machine of ours will, and the address is none the worse for it.

use super::Mail;
use crate::message::bounce::notice::Notice;

/// Fields that such services write.
const FIELDS: [&str; 6] = [
    "X-Bluebottle-Request",
    "X-Boxbe-Notice",
    "X-SpamArrest-SenderIP",
    "X-TMDA-Fingerprint",
    "X-ASK-Auth",
    "X-Sendio-Challenge",
];
/// What such a service asks for, in a mail of its own; lower-cased.
const WORDS: [&str; 22] = [
    "address added to the recipient's allowed list",
    "sender not pre-approved",
    "not yet on their guest list",
    "requires that you verify",
    "to verify that you are a",
    "prove that you are a human",
    "prove you are a human",
    "prove that you are a real person",
    "confirm that you are a real person",
    "confirm that you are not a spammer",
    "is protected by spamarrest",
    "protected by spam arrest",
    "is protected by bluebottle",
    "is being held because your address has not been verified",
    "your message is being held until you confirm",
    "click the link below to confirm your address so that your message",
    "one-time verification",
    "reply to this message to be added to my whitelist",
    "click on the following link to release your message",
    "verification of sender required",
    "uses a service to verify",
    "awaiting verification that you are a human",
];
/// How a server refuses mail until its sender has answered; in a diagnosis.
const REFUSALS: [&str; 6] = [
    "requires confirmation",
    "not pre-approved",
    "challenge sent",
    "sender must confirm",
    "confirmation required to deliver",
    "awaiting confirmation from sender",
];

/// A challenge is a few lines and a link; people who write about one write more, in octets.
const LONGEST: usize = 4_000;

/// Whether the mail is a challenge by its fields or by what it asks for.
pub(super) fn is_one(mail: &Mail, field: &dyn Fn(&str) -> Option<String>) -> bool {
    let answers = mail.subject.to_lowercase().starts_with("re:") || mail.return_path_empty;
    let short = mail.text.len() < LONGEST && mail.text.contains("://");
    let asks = answers && short && mail.list_ids.is_empty();
    FIELDS.iter().any(|name| field(name).is_some())
        || (asks && is_in_notice(&Notice::of(mail).text))
}

/// Whether a notice asks its reader to prove to be a person. `text` is in lower case,
/// every run of spaces one space.
pub(in crate::message) fn is_in_notice(text: &str) -> bool {
    WORDS.iter().any(|words| text.contains(words))
}

/// Whether a server's diagnosis only asks for a confirmation.
pub(in crate::message) fn is_refusal(diagnostic: &str) -> bool {
    let text = diagnostic.to_lowercase();
    REFUSALS.iter().any(|words| text.contains(words))
}
