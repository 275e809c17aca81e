//! The MIME shape of an invitation (iMIP, RFC 6047).
//!
//! Outlook looks for the calendar in the first child of `multipart/mixed` alone, and
//! every client shows buttons for the last part of `multipart/alternative`; whoever
//! knows neither can open the attachment. All three are the same bytes.

use lettre::message::header::{ContentDisposition, ContentType, ContentTypeErr};
use lettre::message::{Body, MultiPart, SinglePart};

use crate::calendar::write::Method;

/// The name of the attachment.
const NAME: &str = "invite.ics";

/// A calendar object that a mail carries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CalendarPart {
    /// Its METHOD; clients drop what the part and the calendar do not say alike.
    pub method: Method,
    /// What [`crate::calendar::write::calendar`] wrote with that method.
    pub bytes: Vec<u8>,
}

impl CalendarPart {
    /// The text of a mail (`multipart/alternative`) with this in and beside it.
    pub(super) fn around(&self, text: MultiPart) -> Result<MultiPart, ContentTypeErr> {
        let method = self.method.as_str();
        let shown = format!("text/calendar; charset=utf-8; method={method}");
        let shown = SinglePart::builder().header(ContentType::parse(&shown)?);
        let kept = ContentType::parse(&format!("application/ics; name={NAME}"))?;
        let kept = SinglePart::builder()
            .header(kept)
            .header(ContentDisposition::attachment(NAME));
        let body = Body::new(self.bytes.clone());
        let text = text.singlepart(shown.body(body.clone()));
        Ok(MultiPart::mixed()
            .multipart(text)
            .singlepart(kept.body(body)))
    }
}

#[cfg(test)]
mod tests;
