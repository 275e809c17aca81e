//! What a simulated person writes, as their mail program would send it.

use std::time::{Duration, UNIX_EPOCH};

use lettre::Message;
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Attachment, Mailbox, MultiPart, SinglePart};

use super::story::{Enclosure, Person};

/// A mail to be written.
#[derive(Debug, Clone, Default)]
pub(super) struct Letter<'a> {
    pub(super) to: String,
    /// Without angle brackets.
    pub(super) message_id: String,
    /// Milliseconds since 1970.
    pub(super) at: i64,
    pub(super) subject: String,
    pub(super) text: String,
    pub(super) html: Option<&'a str>,
    pub(super) attachment: Option<&'a Enclosure>,
    /// The Message-IDs that it refers to, nearest last, without angle brackets.
    pub(super) references: Vec<String>,
    /// A machine wrote it (RFC 3834).
    pub(super) is_automatic: bool,
}

impl Letter<'_> {
    /// The mail's bytes.
    ///
    /// # Errors
    /// Where the story holds an address that is none.
    pub(super) fn write(&self, from: &Person) -> anyhow::Result<Vec<u8>> {
        let sent = UNIX_EPOCH + Duration::from_millis(self.at.unsigned_abs());
        let mut builder = Message::builder()
            .from(Mailbox::new(Some(from.name.clone()), from.address.parse()?))
            .to(self.to.parse()?)
            .subject(&self.subject)
            .date(sent)
            .message_id(Some(format!("<{}>", self.message_id)));
        if let Some(last) = self.references.last() {
            let all: Vec<_> = self.references.iter().map(|id| format!("<{id}>")).collect();
            builder = builder
                .in_reply_to(format!("<{last}>"))
                .references(all.join(" "));
        }
        if self.is_automatic {
            let name = HeaderName::new_from_ascii_str("Auto-Submitted");
            builder = builder.raw_header(HeaderValue::new(name, "auto-replied".to_owned()));
        }
        Ok(builder.multipart(self.body(from)?)?.formatted())
    }

    fn body(&self, from: &Person) -> anyhow::Result<MultiPart> {
        let text = signed(&self.text, &from.signature);
        let mixed = MultiPart::mixed();
        let body = match self.html {
            Some(html) => mixed.multipart(MultiPart::alternative_plain_html(text, html.to_owned())),
            None => mixed.singlepart(SinglePart::plain(text)),
        };
        Ok(match self.attachment {
            Some(file) => {
                let kind = ContentType::parse(&file.kind)?;
                body.singlepart(Attachment::new(file.name.clone()).body(file.text.clone(), kind))
            }
            None => body,
        })
    }
}

fn signed(text: &str, signature: &str) -> String {
    let text = text.trim_start_matches('\n');
    match signature {
        "" => format!("{text}\n"),
        signature => format!("{text}\n\n-- \n{signature}\n"),
    }
}
