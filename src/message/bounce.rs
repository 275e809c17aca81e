//! Delivery reports (RFC 3464), and the plainest of those without the format.

use super::address::{local_of, normalise};
use super::parse::Mail;
use mail_parser::{Message, MimeHeaders};

/// The most recipients read from one report.
const MOST: usize = 1_000;
/// The longest report read, in octets.
const LONGEST: usize = 1024 * 1024;

/// How final a failure is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Class {
    /// The address will not take mail (a 5.x.x status).
    Permanent,
    /// It may later (a 4.x.x status, or delayed).
    Transient,
    /// The report does not say.
    Unknown,
}

impl Class {
    /// The name in `inspect`.
    pub fn name(self) -> &'static str {
        match self {
            Class::Permanent => "permanent",
            Class::Transient => "transient",
            Class::Unknown => "unknown",
        }
    }
}

/// One recipient that a report is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recipient {
    /// The address, normalised.
    pub address: String,
    /// How final it is.
    pub class: Class,
    /// The enhanced status code (RFC 3463), where the report has one.
    pub status: Option<String>,
}

/// The recipients of the message/delivery-status part that were not reached.
pub(super) fn delivery_status(message: &Message<'_>) -> Vec<Recipient> {
    let is_status = |part: &&mail_parser::MessagePart<'_>| {
        part.is_content_type("message", "delivery-status")
            || part.is_content_type("message", "global-delivery-status")
    };
    let parts = message.parts.iter().filter(is_status);
    let mut found = Vec::new();
    for part in parts {
        let contents = part.contents();
        let text = String::from_utf8_lossy(contents.get(..LONGEST).unwrap_or(contents))
            .replace("\r\n", "\n");
        for recipient in text.split("\n\n").filter_map(of_block) {
            if found.len() < MOST && !found.contains(&recipient) {
                found.push(recipient);
            }
        }
    }
    found
}

/// Whether the mail is a bounce; `content_type` is the field of the whole mail, lower-cased.
pub(super) fn is_one(mail: &Mail, content_type: &str) -> bool {
    let report = content_type.starts_with("multipart/report");
    let status = report && content_type.contains("delivery-status");
    !mail.bounce.is_empty() || (status && mail.return_path_empty) || from_mailer(mail)
}

/// A mailer writes about a failure: no person has such an address.
fn from_mailer(mail: &Mail) -> bool {
    let names = ["mailer-daemon", "postmaster", "mail-daemon", "mailerdaemon"];
    let mailer = mail
        .from
        .iter()
        .any(|from| names.contains(&local_of(&from.address)));
    let subject = mail.subject.to_lowercase();
    let words = [
        "undeliver",
        "delivery",
        "returned mail",
        "failure",
        "failed",
        "non remis",
        "unzustellbar",
        "bounce",
    ];
    mailer && words.iter().any(|word| subject.contains(word))
}

/// A block of fields about one recipient (section 2.3); folded lines are joined.
fn of_block(block: &str) -> Option<Recipient> {
    let unfolded = block.replace("\n ", " ").replace("\n\t", " ");
    let field = |name: &str| {
        unfolded.lines().take(100).find_map(|line| {
            let (key, value) = line.split_once(':')?;
            key.trim()
                .eq_ignore_ascii_case(name)
                .then(|| value.trim().to_string())
        })
    };
    let action = field("Action").unwrap_or_default().to_lowercase();
    if ["delivered", "relayed", "expanded"]
        .iter()
        .any(|done| action.starts_with(done))
    {
        return None;
    }
    let address = ["Original-Recipient", "Final-Recipient"]
        .iter()
        .find_map(|name| field_address(&field(name)?))?;
    let own = field("Status").and_then(|text| status_code(&text));
    let status = own
        .filter(|code| !code.ends_with(".0.0"))
        .or_else(|| status_code(&field("Diagnostic-Code")?));
    let status = status.or_else(|| field("Status").and_then(|text| status_code(&text)));
    Some(Recipient {
        address,
        class: class(&action, status.as_deref()),
        status,
    })
}

fn field_address(value: &str) -> Option<String> {
    let bare = value.split_once(';').map_or(value, |(_, address)| address);
    normalise(bare.trim().trim_start_matches('<').trim_end_matches('>'))
}

/// The first `d.d.d` of a text.
fn status_code(text: &str) -> Option<String> {
    let words = text
        .split(|c: char| !(c.is_ascii_digit() || c == '.'))
        .map(|word| word.trim_matches('.'));
    let is_code = |word: &&str| {
        let numbers: Vec<&str> = word.split('.').collect();
        let short = numbers.iter().all(|number| (1..=3).contains(&number.len()));
        numbers.len() == 3 && short && matches!(numbers.first(), Some(&("2" | "4" | "5")))
    };
    words.take(1_000).find(is_code).map(str::to_string)
}

fn class(action: &str, status: Option<&str>) -> Class {
    match status.and_then(|code| code.chars().next()) {
        _ if action.starts_with("delayed") => Class::Transient,
        Some('5') => Class::Permanent,
        Some('4') => Class::Transient,
        _ => Class::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_of_a_report() {
        let failed = "Original-Recipient: rfc822;Ann@x.example\nFinal-Recipient: rfc822; y@z.example\nAction: failed\nStatus: 5.1.1\n";
        let found = of_block(failed).unwrap();
        assert_eq!(
            (found.address.as_str(), found.class, found.status.as_deref()),
            ("ann@x.example", Class::Permanent, Some("5.1.1"))
        );
        let vague = "Final-Recipient: rfc822;a@x.example\nAction: failed\nStatus: 5.0.0\nDiagnostic-Code: smtp; 550\n 5.7.1 no";
        assert_eq!(of_block(vague).unwrap().status.as_deref(), Some("5.7.1"));
        assert_eq!(
            of_block("Final-Recipient: rfc822;a@x.example\nAction: delayed\nStatus: 4.4.7")
                .unwrap()
                .class,
            Class::Transient
        );
        assert_eq!(
            of_block("Final-Recipient: rfc822;a@x.example\nAction: relayed"),
            None
        );
        assert_eq!(of_block("Reporting-MTA: dns; x.example"), None);
    }
}
