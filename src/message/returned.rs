//! The header of a mail that came back, in a bounce or a complaint: what of it may tell
//! which delivery it was.

use super::headers::{Section, section};
use super::ids;
use super::structure::{Part, Structure};

/// The longest field that is kept, in octets.
const LONGEST: usize = 2_000;

/// Fields of a mail that came back. A stranger wrote them: only what is signed in them
/// can be believed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Returned {
    /// Message-ID, without angle brackets.
    pub message_id: Option<String>,
    /// Return-Path, without angle brackets: our signed envelope sender.
    pub return_path: Option<String>,
    /// List-Unsubscribe (RFC 2369), unfolded: our signed links.
    pub list_unsubscribe: Option<String>,
    /// The fields in which services of complaints name the recipient.
    pub recipient: Option<String>,
    /// That field is one that only a service of complaints adds.
    pub names_complainant: bool,
}

impl Returned {
    fn of(bytes: &[u8], head: &Section) -> Returned {
        let text = |name: &str| {
            let value = head.find(bytes, name)?.text_in(bytes);
            (!value.is_empty() && value.len() <= LONGEST).then_some(value)
        };
        let path = |name: &str| {
            let path = text(name)?.trim_matches(['<', '>']).to_string();
            (!path.is_empty()).then_some(path)
        };
        Returned {
            message_id: text("Message-ID").and_then(|id| ids::clean(&id)),
            return_path: path("Return-Path"),
            list_unsubscribe: text("List-Unsubscribe"),
            names_complainant: text("X-HmXmrOriginalRecipient").is_some(),
            recipient: path("X-HmXmrOriginalRecipient").or_else(|| path("X-Original-To")),
        }
    }
}

/// The outermost mail that came back in this one, in whole (message/rfc822) or as its
/// header (text/rfc822-headers). A report that a gateway wrapped is not meant.
pub(super) fn returned(bytes: &[u8], tree: &Structure) -> Option<Returned> {
    let whole = tree
        .parts
        .iter()
        .find(|part| part.embedded && is_mail(part));
    let head = tree.parts.iter().find(|part| is_header(part));
    let header = || {
        let part = head?;
        Some(section(bytes, part.body.start, part.body.end))
    };
    match whole {
        Some(part) => Some(Returned::of(bytes, &part.section)),
        None => header().map(|head| Returned::of(bytes, &head)),
    }
}

fn is_mail(part: &Part) -> bool {
    let report = part.head.main == "multipart" && part.head.sub == "report";
    !report && part.section.fields.len() > 2
}

fn is_header(part: &Part) -> bool {
    matches!(
        (part.head.main.as_str(), part.head.sub.as_str()),
        ("text", "rfc822-headers" | "rfc822-header")
            | ("message", "global-headers" | "rfc822-headers")
    )
}
