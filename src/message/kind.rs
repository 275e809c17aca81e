//! What kind of mail this is. Each kind has its own file; here is only their order.

use super::headers::Section;
use super::parse::Mail;
use super::structure::Structure;
use super::{auto_reply, bounce, command, feedback, returned};

/// What a mail is, before anybody asks to whom it went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Kind {
    /// Somebody wrote it.
    #[default]
    Post,
    /// A server says that a mail could not be delivered, or not yet.
    Bounce,
    /// A machine answered.
    AutoReply,
    /// A calendar answered an invitation.
    Rsvp,
    /// Somebody asks the list server for something.
    Command,
    /// A provider passes on a complaint (RFC 5965).
    FeedbackReport,
}

impl Kind {
    /// The name of the kind in `inspect` and in the trail.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Post => "post",
            Kind::Bounce => "bounce",
            Kind::AutoReply => "auto-reply",
            Kind::Rsvp => "rsvp",
            Kind::Command => "command",
            Kind::FeedbackReport => "feedback-report",
        }
    }
}

/// A calendar's answer comes before the marks of automatic mail, because calendars
/// set those marks too; reports come first, because they quote what they report.
pub(super) fn decide(
    mail: &mut Mail,
    bytes: &[u8],
    head: &Section,
    tree: &Structure,
    status: bounce::Status,
) {
    let text = |name: &str| {
        head.find(bytes, name)
            .map(|field| field.text_in(bytes).to_lowercase())
    };
    let first_word = |name: &str| {
        text(name).map(|value| {
            value
                .split([';', ' '])
                .next()
                .unwrap_or_default()
                .to_string()
        })
    };
    mail.auto_submitted =
        first_word("Auto-Submitted").filter(|value| !value.is_empty() && value != "no");
    mail.precedence = first_word("Precedence").filter(|value| !value.is_empty());
    mail.return_path_empty = text("Return-Path").is_some_and(|path| path == "<>");
    let returned = returned::returned(bytes, tree);
    mail.feedback = feedback::read(bytes, tree, returned.as_ref(), &text);
    mail.kind = if mail.feedback.is_some() {
        Kind::FeedbackReport
    } else if bounce::recognise(mail, status, returned.as_ref(), &text) {
        Kind::Bounce
    } else if mail
        .calendar
        .as_ref()
        .is_some_and(|calendar| calendar.is_answer())
    {
        Kind::Rsvp
    } else if auto_reply::is_one(mail, &text) {
        Kind::AutoReply
    } else if command::is_one(mail) {
        Kind::Command
    } else {
        Kind::Post
    };
}
