//! `folkmoot inspect`: what folkmoot makes of a message, one JSON object a line.

use super::{inject, open, why};
use crate::calendar::read::{Answered, CalendarReply};
use crate::context::Context;
use crate::message::attachments::Attachment;
use crate::message::bounce::Recipient;
use crate::message::feedback::FeedbackReport;
use crate::message::{Kind, Mail, parse};
use crate::node::rehearse::rehearse;
use clap::Args;
use serde_json::{Value, json};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

/// The largest message read, in octets; a larger one is cut and says so.
const LARGEST: u64 = 100 * 1024 * 1024;

/// `inspect …`
#[derive(Debug, Args)]
pub struct Arguments {
    /// Also what would become of it, if it came for this address now; nothing is done.
    /// Needs the configuration and the database
    #[arg(long, value_name = "ADDRESS")]
    to: Vec<String>,
    /// Envelope sender; without it, the message's own author
    #[arg(long, value_name = "ENVELOPE", requires = "to")]
    from: Option<String>,
    /// Files, or - for standard input
    #[arg(required = true)]
    files: Vec<PathBuf>,
}

/// Prints one object for each file (`-` is standard input). A file that cannot be read
/// is an object whose `defects` say why.
///
/// # Errors
/// Standard output cannot be written; and, with `--to`, configuration or database cannot
/// be used.
pub async fn run(config: Option<&Path>, given: &Arguments) -> anyhow::Result<()> {
    let ctx = match given.to.is_empty() {
        true => None,
        false => Some(open::context(config).await?),
    };
    for file in &given.files {
        let raw = read(file);
        let mut found = inspected(&file.to_string_lossy(), &raw);
        if let (Some(ctx), Ok(raw)) = (&ctx, raw) {
            found["would"] = would(ctx, given, raw).await?;
        }
        writeln!(io::stdout().lock(), "{found}")?;
    }
    Ok(io::stdout().lock().flush()?)
}

/// What would become of a message for each recipient.
async fn would(ctx: &Context, given: &Arguments, raw: Vec<u8>) -> anyhow::Result<Value> {
    let incoming = inject::incoming(given.to.clone(), given.from.as_deref(), raw);
    let mut all = Vec::new();
    for recipient in &given.to {
        let found = rehearse(ctx, &incoming, recipient).await?;
        let steps = found.steps.iter().map(why::step_value);
        let mails = found.mails.iter().map(|(mail, deliveries, offered)| {
            let to = why::recipients(deliveries, offered);
            json!({ "mail": mail.name, "message_id": mail.message_id, "recipients": to })
        });
        all.push(json!({
            "recipient": found.recipient,
            "outcome": found.outcome,
            "reasons": found.reason.lines().collect::<Vec<_>>(),
            "steps": steps.collect::<Vec<_>>(),
            "mails": mails.collect::<Vec<_>>(),
        }));
    }
    Ok(Value::Array(all))
}

/// The object for one file.
pub fn inspect(file: &Path) -> Value {
    inspected(&file.to_string_lossy(), &read(file))
}

fn inspected(name: &str, raw: &io::Result<Vec<u8>>) -> Value {
    match raw {
        Ok(raw) => object(name, &read_mail(raw)),
        Err(error) => {
            let defects = vec![format!("cannot be read: {error}")];
            object(
                name,
                &Mail {
                    defects,
                    ..Mail::default()
                },
            )
        }
    }
}

fn read_mail(raw: &[u8]) -> Mail {
    let mut mail = parse(raw);
    if raw.len() as u64 >= LARGEST {
        mail.defects
            .push("longer than 100 MiB: only its beginning was read".into());
    }
    mail
}

fn read(file: &Path) -> io::Result<Vec<u8>> {
    let mut raw = Vec::new();
    if file == Path::new("-") {
        io::stdin().lock().take(LARGEST).read_to_end(&mut raw)?;
    } else {
        std::fs::File::open(file)?
            .take(LARGEST)
            .read_to_end(&mut raw)?;
    }
    Ok(raw)
}

fn object(file: &str, mail: &Mail) -> Value {
    let from: Vec<&str> = mail.from.iter().map(|from| from.address.as_str()).collect();
    json!({
        "file": file,
        "message_id": mail.message_id,
        "from": from,
        "subject": mail.subject,
        "date": mail.date.map(|date| date.to_rfc3339_opts(chrono::SecondsFormat::Secs, true)),
        "in_reply_to": mail.in_reply_to,
        "references": mail.references,
        "kind": mail.kind.name(),
        "bounce": (mail.kind == Kind::Bounce).then(|| bounce(&mail.bounce)),
        "feedback": mail.feedback.as_ref().map(feedback),
        "calendar": mail.calendar.as_ref().map(calendar),
        "text": mail.text,
        "visible_text": mail.visible_text,
        "html": mail.html,
        "attachments": mail.attachments.iter().map(attachment).collect::<Vec<_>>(),
        "defects": mail.defects,
    })
}

fn bounce(recipients: &[Recipient]) -> Value {
    let all = recipients.iter().map(|recipient| {
        json!({ "address": recipient.address, "class": recipient.class.name(), "status": recipient.status })
    });
    json!({ "recipients": all.collect::<Vec<_>>() })
}

fn feedback(report: &FeedbackReport) -> Value {
    json!({
        "type": report.feedback_type,
        "is_complaint": report.is_complaint(),
        "user_agent": report.user_agent,
        "version": report.version,
        "original_mail_from": report.original_mail_from,
        "original_rcpt_to": report.original_rcpt_to,
        "is_redacted": report.is_redacted,
        "source_ip": report.source_ip,
        "reported_domain": report.reported_domain,
        "arrival_date": report.arrival_date,
        "message_id": report.message_id,
    })
}

fn calendar(calendar: &CalendarReply) -> Value {
    let nothing = Answered::default();
    let event = calendar.first().unwrap_or(&nothing);
    let attendee = event.attendees.first();
    json!({
        "method": calendar.method,
        "uid": event.uid,
        "recurrence_id": event.recurrence_id,
        "sequence": event.sequence,
        "attendee": attendee.and_then(|one| one.address.as_deref()),
        "partstat": attendee.and_then(|one| one.partstat.as_deref()),
        "comment": event.remark(attendee),
    })
}

fn attachment(attachment: &Attachment) -> Value {
    json!({ "name": attachment.name, "type": attachment.media_type, "size": attachment.size })
}

#[cfg(test)]
mod tests {
    use super::inspect;
    use std::path::Path;

    const KEYS: [&str; 16] = [
        "file",
        "message_id",
        "from",
        "subject",
        "date",
        "in_reply_to",
        "references",
        "kind",
        "bounce",
        "feedback",
        "calendar",
        "text",
        "visible_text",
        "html",
        "attachments",
        "defects",
    ];

    #[test]
    fn a_file_that_is_not_there_is_an_object_too() {
        let object = inspect(Path::new("no/such/file.eml"));
        let keys: Vec<&String> = object.as_object().unwrap().keys().collect();
        assert_eq!(keys, KEYS);
        assert_eq!(object["kind"], "post");
        assert!(
            object["defects"][0]
                .as_str()
                .unwrap()
                .contains("cannot be read")
        );
    }
}
