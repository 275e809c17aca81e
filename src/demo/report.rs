//! What a server sends back of a mail that it could not deliver (RFC 3464).

use super::mailboxes::Delivered;
use crate::message::address::domain_of;
use crate::message::headers::section;

/// Why a mail comes back.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cause {
    /// As people read it.
    pub(super) words: &'static str,
    /// The status code (RFC 3463).
    pub(super) status: &'static str,
    /// What the last server said.
    pub(super) reply: &'static str,
}

/// There is no room left.
pub(super) const FULL: Cause = Cause {
    words: "The mailbox is full.",
    status: "5.2.2",
    reply: "552 5.2.2 Mailbox full",
};

/// There is no such mailbox.
pub(super) const UNKNOWN: Cause = Cause {
    words: "There is no mailbox of that name.",
    status: "5.1.1",
    reply: "550 5.1.1 User unknown",
};

/// The report about `mail`, which did not reach `recipient`, for the mail's reverse path;
/// `at` is in milliseconds since 1970. It ends with the mail's head.
pub(super) fn report(
    message_id: &str,
    at: i64,
    (mail, recipient): (&Delivered, &str),
    cause: Cause,
) -> Vec<u8> {
    let date = |at| crate::clock::moment(at).to_rfc2822();
    let (sent, came) = (date(at), date(mail.at));
    let (host, to) = (domain_of(recipient), &mail.envelope_from);
    let Cause {
        words,
        status,
        reply,
    } = cause;
    let head = section(&mail.raw, 0, mail.raw.len());
    let head = head.fields.iter().map(|field| {
        let name = String::from_utf8_lossy(field.name_in(&mail.raw)).into_owned();
        format!("{name}: {}\n", field.text_in(&mail.raw))
    });
    let head: String = head.collect();
    let report = format!(
        "From: Mail Delivery System <MAILER-DAEMON@{host}>\n\
         To: {to}\n\
         Subject: Undelivered Mail Returned to Sender\n\
         Date: {sent}\n\
         Message-ID: <{message_id}>\n\
         Auto-Submitted: auto-replied\n\
         MIME-Version: 1.0\n\
         Content-Type: multipart/report; report-type=delivery-status; boundary=\"report\"\n\
         \n\
         --report\n\
         Content-Type: text/plain\n\
         \n\
         Your mail did not reach {recipient}.\n\
         {words}\n\
         --report\n\
         Content-Type: message/delivery-status\n\
         \n\
         Reporting-MTA: dns; mx.{host}\n\
         Arrival-Date: {came}\n\
         \n\
         Final-Recipient: rfc822; {recipient}\n\
         Action: failed\n\
         Status: {status}\n\
         Diagnostic-Code: smtp; {reply}\n\
         --report\n\
         Content-Type: text/rfc822-headers\n\
         \n\
         {head}\
         --report--\n"
    );
    report.replace('\n', "\r\n").into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::{Kind, parse};

    #[test]
    fn a_report_names_whom_it_is_about_and_why() {
        let mail = Delivered {
            envelope_from: "pumps-bounces+x@lists.example".to_owned(),
            message_id: "one@plant.example".to_owned(),
            kind: None,
            at: 0,
            raw: b"Subject: Seals\r\nMessage-ID: <one@plant.example>\r\n\r\nHello".to_vec(),
        };
        let about = (&mail, "kim@plant.example");
        let read = parse(&report("r@plant.example", 1, about, UNKNOWN));
        assert_eq!(read.kind, Kind::Bounce);
        let one = &read.bounce[0];
        assert_eq!(one.address, "kim@plant.example");
        assert_eq!(one.status.as_deref(), Some("5.1.1"));
        assert_eq!(one.diagnostic.as_deref(), Some(UNKNOWN.reply));
    }
}
