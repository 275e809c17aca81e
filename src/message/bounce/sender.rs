//! Whether a mail comes from a mail server, by its header.

use super::formats::{CHALLENGERS, MAILER_NAMES, MAILERS, SUBJECTS};
use crate::message::address::{domain_of, local_of, normalise};
use crate::message::parse::Mail;

/// The most addresses of one field.
const MOST: usize = 1_000;

/// What the header of a mail says of its sender.
#[derive(Debug, Default)]
pub(super) struct Evidence {
    /// It says of itself that it is a delivery report (RFC 6522).
    pub(super) is_report: bool,
    /// No person has such an address or name.
    pub(super) is_mailer: bool,
    /// The subject is one of failure or delay.
    pub(super) subject_says: bool,
    /// It answers a mail as people do.
    pub(super) is_conversation: bool,
    /// It was sent to an address that is for machines, as that of an envelope.
    pub(super) is_to_machine: bool,
    /// A service that asks senders to prove that they are people.
    pub(super) is_challenger: bool,
    /// X-Failed-Recipients names somebody (Exim, Gmail).
    pub(super) names_failed: bool,
    /// Whom it names.
    pub(super) failed_recipients: Vec<String>,
    /// The domain of the sender, for recipients named without one.
    pub(super) domain: String,
}

impl Evidence {
    pub(super) fn of(mail: &Mail, field: &dyn Fn(&str) -> Option<String>) -> Evidence {
        let content_type = field("Content-Type").unwrap_or_default();
        let failed = field("X-Failed-Recipients").unwrap_or_default();
        let author = field("From").unwrap_or_default();
        let subject = mail.subject.to_lowercase();
        let from = mail
            .from
            .first()
            .map(|from| from.address.as_str())
            .unwrap_or_default();
        Evidence {
            is_report: content_type.contains("report-type=delivery-status")
                || content_type.contains("report-type=\"delivery-status")
                || content_type.contains("report-type=global-delivery-status")
                || content_type.starts_with("message/delivery-status"),
            is_mailer: is_mailer(mail, &author),
            subject_says: SUBJECTS.iter().any(|words| subject.contains(words)),
            is_conversation: subject.starts_with("re:") && !mail.in_reply_to.is_empty(),
            is_to_machine: mail
                .to
                .iter()
                .any(|to| is_for_machines(local_of(&to.address))),
            is_challenger: CHALLENGERS.iter().any(|name| author.contains(name)),
            names_failed: !failed.is_empty(),
            failed_recipients: addresses(&failed),
            domain: domain_of(from).to_string(),
        }
    }

    /// Something in the header is as in the report of a server: without it, and without an
    /// empty envelope sender, no words make a mail one.
    pub(super) fn may_report(&self) -> bool {
        self.is_report || self.is_mailer || self.subject_says
    }
}

fn is_for_machines(local: &str) -> bool {
    let words = [
        "bounce", "-admin", "-owner", "-request", "errors", "noreply", "no-reply", "return",
    ];
    words.iter().any(|word| local.contains(word))
}

fn is_mailer(mail: &Mail, author: &str) -> bool {
    let address = |from: &str| {
        let local = local_of(from);
        MAILERS.contains(&local) || local.starts_with("microsoftexchange329e")
    };
    let own = mail.from.iter().any(|from| address(&from.address));
    let lone = author.split(['<', '@']).any(|word| {
        let word = word.trim_matches([' ', '"', '>', '\\', '\'']);
        MAILERS.contains(&word)
    });
    let nobody = author.is_empty() || author == "<>";
    (nobody && mail.return_path_empty)
        || own
        || lone
        || MAILER_NAMES.iter().any(|name| author.contains(name))
}

fn addresses(value: &str) -> Vec<String> {
    let words = value.split([',', ';', ' ', '\t']).take(MOST);
    words
        .filter_map(|word| normalise(word.trim_matches(['<', '>'])))
        .collect()
}
