//! Complaints that providers pass on: the abuse reporting format (RFC 5965, RFC 6650),
//! and the older form in which a provider only attaches the mail.

use super::headers::section;
use super::ids;
use super::returned::Returned;
use super::structure::{Part, Structure};

/// The longest part for programs that is read, in octets.
const LONGEST: usize = 64 * 1024;
/// The longest field that is kept, in octets.
const LONGEST_FIELD: usize = 2_000;

/// What a complaint says. All of it is a stranger's word until the complaint itself has
/// been authenticated and something of ours that is signed is found in it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FeedbackReport {
    /// Feedback-Type, lower-cased (RFC 5965, section 7.3): `abuse`, `fraud`, `not-spam`, …;
    /// empty where the complaint has no part for programs.
    pub feedback_type: String,
    /// User-Agent: the program that reports.
    pub user_agent: Option<String>,
    /// Version of the format.
    pub version: Option<String>,
    /// Original-Mail-From, without angle brackets: our signed envelope sender.
    pub original_mail_from: Option<String>,
    /// Original-Rcpt-To, without angle brackets; may be redacted (RFC 6590).
    pub original_rcpt_to: Option<String>,
    /// The recipient has been made unreadable, as most providers do.
    pub is_redacted: bool,
    /// Source-IP: which host gave them the mail.
    pub source_ip: Option<String>,
    /// Reported-Domain, lower-cased.
    pub reported_domain: Option<String>,
    /// Authentication-Results of the mail that was complained about.
    pub authentication_results: Option<String>,
    /// Arrival-Date, or Received-Date as older reports have it; as it is written.
    pub arrival_date: Option<String>,
    /// The Message-ID of the mail complained about, without angle brackets.
    pub message_id: Option<String>,
    /// Its List-Unsubscribe field, with our signed links.
    pub list_unsubscribe: Option<String>,
    /// Its Return-Path, without angle brackets.
    pub return_path: Option<String>,
}

impl FeedbackReport {
    /// Whether somebody complained. `not-spam` takes a complaint back, and `virus` or
    /// `auth-failure` are no wish to leave.
    pub fn is_complaint(&self) -> bool {
        matches!(
            self.feedback_type.as_str(),
            "" | "abuse" | "fraud" | "opt-out" | "opt-out-list" | "miscategorized" | "other"
        )
    }
}

/// The complaint in this mail, where it is one; `field` gives a field of the mail, lower-cased.
pub(super) fn read(
    bytes: &[u8],
    tree: &Structure,
    returned: Option<&Returned>,
    field: &dyn Fn(&str) -> Option<String>,
) -> Option<FeedbackReport> {
    let content_type = field("Content-Type").unwrap_or_default();
    let declared =
        content_type.starts_with("multipart/report") && content_type.contains("feedback-report");
    let part = tree
        .parts
        .iter()
        .find(|part| !part.embedded && is_report(part));
    let inner = returned.cloned().unwrap_or_default();
    let report = match part {
        Some(part) if declared || content_type.starts_with("multipart/") => of_part(bytes, part),
        _ if declared => FeedbackReport::default(),
        _ => without_format(&inner, field)?,
    };
    Some(FeedbackReport {
        message_id: inner.message_id.or(report.message_id),
        list_unsubscribe: inner.list_unsubscribe,
        return_path: inner.return_path,
        ..report
    })
}

fn is_report(part: &Part) -> bool {
    part.head.main == "message" && part.head.sub == "feedback-report"
}

/// Some programs put a header of their own before the fields, with a blank line between.
fn of_part(bytes: &[u8], part: &Part) -> FeedbackReport {
    let end = part.body.end.min(part.body.start.saturating_add(LONGEST));
    let mut head = section(bytes, part.body.start, end);
    if head.find(bytes, "Feedback-Type").is_none() {
        let more = section(bytes, head.body, end);
        head.fields.extend(more.fields);
    }
    let text = |name: &str| {
        let value = super::headers::Field::text_in(head.find(bytes, name)?, bytes);
        (!value.is_empty() && value.len() <= LONGEST_FIELD).then_some(value)
    };
    let path = |name: &str| text(name).map(|path| path.trim_matches(['<', '>', ' ']).to_string());
    let rcpt = path("Original-Rcpt-To").or_else(|| path("Redacted-Address"));
    let hidden = rcpt
        .as_deref()
        .is_some_and(|rcpt| super::address::normalise(rcpt).is_none() || rcpt.contains("redacted"));
    FeedbackReport {
        feedback_type: text("Feedback-Type").unwrap_or_default().to_lowercase(),
        user_agent: text("User-Agent"),
        version: text("Version"),
        original_mail_from: path("Original-Mail-From"),
        is_redacted: hidden || rcpt.is_none(),
        original_rcpt_to: rcpt,
        source_ip: text("Source-IP"),
        reported_domain: text("Reported-Domain").map(|domain| domain.to_lowercase()),
        authentication_results: text("Authentication-Results"),
        arrival_date: text("Arrival-Date").or_else(|| text("Received-Date")),
        message_id: text("Original-Message-ID").and_then(|id| ids::clean(&id)),
        ..FeedbackReport::default()
    }
}

/// Microsoft's junk mail reporting has no part for programs: the attached mail names
/// the recipient in a field of theirs.
fn without_format(
    inner: &Returned,
    field: &dyn Fn(&str) -> Option<String>,
) -> Option<FeedbackReport> {
    let from = field("From").unwrap_or_default();
    let subject = field("Subject").unwrap_or_default();
    let microsoft = from.contains("staff@hotmail.com") || from.contains("junkmailreport");
    let complaint = [
        "complaint about message from",
        "junk mail report",
        "spam complaint",
    ];
    let says = complaint.iter().any(|words| subject.starts_with(words));
    let known = inner.names_complainant || microsoft;
    (known && (says || microsoft)).then(|| FeedbackReport {
        original_rcpt_to: inner.recipient.clone(),
        is_redacted: inner.recipient.is_none(),
        return_path: inner.return_path.clone(),
        ..FeedbackReport::default()
    })
}

#[cfg(test)]
mod tests;
