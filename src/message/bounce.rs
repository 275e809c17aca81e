//! Bounces: delivery reports (RFC 3464, RFC 6533) and the many notices in words alone.

pub(super) mod notice;
mod formats;
mod recipients;
mod report;
mod sender;
mod status;

use super::auto_reply::challenge;
use super::parse::Mail;
use super::returned::Returned;
use notice::Notice;

pub(super) use report::Status;

/// The most recipients read from one report.
const MOST: usize = 1_000;
/// The longest diagnosis kept, in octets: enough for a trail, too little for a mail.
const LONGEST_DIAGNOSTIC: usize = 500;

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
    /// The address, normalised; one that is not well-formed as the report has it.
    pub address: String,
    /// How final it is.
    pub class: Class,
    /// The enhanced status code (RFC 3463), where the report has one.
    pub status: Option<String>,
    /// What the other server said, on one line, at most 500 octets.
    pub diagnostic: Option<String>,
}

/// What a bounce says besides its recipients. All of it is a stranger's word: only a
/// signed address that the bounce came to ties it to a delivery.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// There is a part made for programs (RFC 3464, RFC 6533), not only words.
    pub has_status_part: bool,
    /// Original-Envelope-Id: our ENVID (RFC 3461, section 4.4), decoded.
    pub envelope_id: Option<String>,
    /// The server that reports, without its type (RFC 3464, section 2.2.2).
    pub reporting_mta: Option<String>,
    /// The Message-ID of the mail that came back, without angle brackets.
    pub returned_message_id: Option<String>,
}

/// Decides whether the mail is a bounce, and if so fills `mail.bounce` and `mail.report`.
/// `field` gives a field of the mail, lower-cased.
pub(super) fn recognise(
    mail: &mut Mail,
    status: Status,
    returned: Option<&Returned>,
    field: &dyn Fn(&str) -> Option<String>,
) -> bool {
    let sent = sender::Evidence::of(mail, field);
    // To read the text as a notice takes longer than all else that is read of a mail.
    if !sent.may_report() && !mail.return_path_empty {
        return false;
    }
    let notice = Notice::of(mail);
    if !is_one(mail, &status, &notice, &sent) {
        return false;
    }
    let report = status.report(returned, &notice);
    mail.bounce = recipients::choose(mail, status, &notice, &sent);
    mail.report = Some(report);
    true
}

fn is_one(mail: &Mail, status: &Status, notice: &Notice, sent: &sender::Evidence) -> bool {
    let challenged = status
        .recipients
        .iter()
        .any(|one| challenge::is_refusal(one.diagnostic.as_deref().unwrap_or_default()))
        || sent.is_challenger
        || challenge::is_in_notice(&notice.text);
    if challenged {
        return false;
    }
    let serves = sent.may_report() || mail.return_path_empty;
    let names_somebody = sent.is_report || !status.recipients.is_empty();
    if status.is_there && serves && names_somebody {
        return !status.is_success();
    }
    if mail.auto_submitted.as_deref() == Some("auto-replied") && !sent.is_mailer {
        return sent.is_report;
    }
    sent.is_report || in_words(mail, notice, sent)
}

/// The words of a server are believed sooner than those of anybody, who may be asking
/// what such words mean: there the header must be a machine's too.
fn in_words(mail: &Mail, notice: &Notice, sent: &sender::Evidence) -> bool {
    let says = notice.announces() || sent.subject_says || notice.explains();
    let automatic = sent.is_to_machine || mail.auto_submitted.is_some();
    let stranger = sent.subject_says && notice.announces_early() && !sent.is_conversation;
    (sent.is_mailer && (says || sent.names_failed))
        || (mail.return_path_empty && (notice.announces() || sent.names_failed))
        || (stranger && automatic && notice.has_address())
}

#[cfg(test)]
mod tests;
