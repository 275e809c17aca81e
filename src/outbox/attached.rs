//! What is attached to a mail of our own.

use lettre::message::header::{
    ContentDisposition, ContentTransferEncoding, ContentType, ContentTypeErr,
};
use lettre::message::{Body, MultiPart, SinglePart};

use super::invite::CalendarPart;

/// One attachment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attachment {
    /// Its file name; ASCII, without quotes.
    pub name: String,
    /// Its media type. A `message/rfc822` must be fit for the wire as it is: lines of
    /// at most 998 octets that end in CRLF, no NUL.
    pub media_type: String,
    /// Its octets.
    pub bytes: Vec<u8>,
}

/// The text of a mail with what is attached to it; without attachments the text alone.
/// An invitation is all that is attached to its mail: some clients show none of the text
/// beside more.
pub(super) fn around(
    text: MultiPart,
    all: &[Attachment],
    calendar: Option<&CalendarPart>,
) -> Result<MultiPart, ContentTypeErr> {
    if let Some(calendar) = calendar {
        return calendar.around(text);
    }
    if all.is_empty() {
        return Ok(text);
    }
    let mut parts = MultiPart::mixed().multipart(text);
    for attachment in all {
        parts = parts.singlepart(part(attachment)?);
    }
    Ok(parts)
}

fn part(attachment: &Attachment) -> Result<SinglePart, ContentTypeErr> {
    let builder = SinglePart::builder()
        .header(ContentType::parse(&attachment.media_type)?)
        .header(ContentDisposition::attachment(&attachment.name));
    let bytes = attachment.bytes.clone();
    Ok(builder.body(match attachment.media_type.as_str() {
        "message/rfc822" => as_it_is(bytes),
        _ => Body::new(bytes),
    }))
}

/// No other encoding may stand around a message (RFC 2046, section 5.2.1).
fn as_it_is(bytes: Vec<u8>) -> Body {
    let encoding = match bytes.is_ascii() {
        true => ContentTransferEncoding::SevenBit,
        false => ContentTransferEncoding::EightBit,
    };
    Body::dangerous_pre_encoded(bytes, encoding)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(media_type: &str, bytes: &[u8]) -> String {
        let text = MultiPart::alternative().singlepart(SinglePart::plain("Text".to_owned()));
        let attachment = Attachment {
            name: "post.eml".into(),
            media_type: media_type.into(),
            bytes: bytes.to_vec(),
        };
        let parts = around(text, &[attachment], None).unwrap();
        String::from_utf8(parts.formatted()).unwrap()
    }

    #[test]
    fn a_message_is_never_encoded() {
        let table = [
            ("Subject: Seal\r\n\r\nHello\r\n", "7bit"),
            ("Subject: Seal\r\n\r\nGrüße\r\n", "8bit"),
        ];
        for (message, encoding) in table {
            let mail = written("message/rfc822", message.as_bytes());
            assert!(mail.contains(message), "{mail}");
            assert!(
                mail.contains(&format!("Content-Transfer-Encoding: {encoding}\r\n")),
                "{mail}"
            );
            assert!(mail.contains("multipart/mixed") && mail.contains("multipart/alternative"));
        }
    }

    #[test]
    fn other_things_are_encoded_where_they_must_be() {
        let mail = written("application/pdf", &[0, 159, 146, 150]);
        assert!(mail.contains("base64"), "{mail}");
    }
}
