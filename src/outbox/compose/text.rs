//! The text of a mail, rendered and encoded. Of mails to many that differ in one token,
//! it is made once and the token put into each copy.

use lettre::message::header::{ContentTransferEncoding, ContentType};
use lettre::message::{Body, MultiPart, SinglePart};
use serde::Serialize;

use super::{Error, language};
use crate::context::Context;
use crate::outbox::picture::Picture;
use crate::store::communities::Community;
use crate::templates::mails::Mail;

/// What a line of quoted-printable text ends in where the text goes on (RFC 2045,
/// section 6.7).
const SOFT_BREAK: &[u8] = b"=\r\n";

/// The text of a mail in both forms, and its subject.
#[derive(Clone, Debug)]
pub struct Text {
    pub(super) subject: String,
    plain: Encoded,
    html: Encoded,
}

/// Quoted-printable text.
#[derive(Clone, Debug)]
struct Encoded {
    bytes: Vec<u8>,
    /// Where the characters of the stand-in are, one occurrence after another.
    places: Vec<usize>,
}

impl Text {
    /// Renders a mail in the language of a community.
    ///
    /// # Errors
    /// [`Error::Mail`] where a template is broken.
    pub fn of<M: Mail>(ctx: &Context, community: &Community, mail: &M) -> Result<Text, Error> {
        Text::render(ctx, community, M::NAME, (M::TEMPLATE, mail))
    }

    pub(super) fn render(
        ctx: &Context,
        community: &Community,
        name: &'static str,
        (template, fields): (&str, &impl Serialize),
    ) -> Result<Text, Error> {
        let language = language(ctx, community);
        let part = |part: &str| {
            ctx.templates
                .render_mail(&language, &community.slug, template, part, fields)
                .map_err(|error| Error::Mail(name, error.to_string()))
        };
        Ok(Text {
            subject: part("subject")?.trim().to_owned(),
            plain: Encoded::of(part("txt")?),
            html: Encoded::of(part("html")?),
        })
    }

    /// Notes where a token stands that differs from copy to copy.
    pub fn with_stand_in(mut self, token: &str) -> Text {
        for one in [&mut self.plain, &mut self.html] {
            one.places = places(&one.bytes, token.as_bytes());
        }
        self
    }

    /// The same with another token in its place. Both are letters and digits alone, and as
    /// many: nothing else changes, the ends of lines included.
    pub fn with(&self, token: &str) -> Text {
        Text {
            subject: self.subject.clone(),
            plain: self.plain.with(token.as_bytes()),
            html: self.html.with(token.as_bytes()),
        }
    }

    /// Both forms, as mail programs choose from; a picture belongs to the second, and is
    /// beside it alone.
    pub(super) fn into_parts(self, picture: Option<&Picture>) -> MultiPart {
        let plain = self.plain.part(ContentType::TEXT_PLAIN);
        let html = self.html.part(ContentType::TEXT_HTML);
        let both = MultiPart::alternative().singlepart(plain);
        match picture {
            None => both.singlepart(html),
            Some(picture) => both.multipart(picture.beside(html)),
        }
    }
}

impl Encoded {
    fn of(text: String) -> Encoded {
        let encoded = Body::new_with_encoding(text, ContentTransferEncoding::QuotedPrintable);
        Encoded {
            // Any text can be written so; what could not would come back as it was.
            bytes: encoded.map_or_else(|text| text, Body::into_vec),
            places: Vec::new(),
        }
    }

    fn with(&self, token: &[u8]) -> Encoded {
        let mut copy = self.clone();
        for (place, byte) in self.places.iter().zip(token.iter().cycle()) {
            if let Some(there) = copy.bytes.get_mut(*place) {
                *there = *byte;
            }
        }
        copy
    }

    fn part(self, kind: ContentType) -> SinglePart {
        let encoding = ContentTransferEncoding::QuotedPrintable;
        let body = Body::dangerous_pre_encoded(self.bytes, encoding);
        SinglePart::builder().header(kind).body(body)
    }
}

/// Where a token's characters are in encoded text, which may break a line within it.
fn places(encoded: &[u8], token: &[u8]) -> Vec<usize> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < encoded.len() {
        match occurrence(encoded, at, token) {
            Some(all) => {
                at = all.last().map_or(at, |last| *last) + 1;
                found.extend(all);
            }
            None => at += 1,
        }
    }
    found
}

/// The places of a token that begins there.
fn occurrence(encoded: &[u8], mut at: usize, token: &[u8]) -> Option<Vec<usize>> {
    let mut found = Vec::new();
    for byte in token {
        let rest = encoded.get(at..)?;
        if !found.is_empty() && rest.starts_with(SOFT_BREAK) {
            at += SOFT_BREAK.len();
        }
        if encoded.get(at) != Some(byte) {
            return None;
        }
        found.push(at);
        at += 1;
    }
    (!found.is_empty()).then_some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: &str = "aaaabbbbccccddddeeeeffffgggghhhh";
    const OTHER: &str = "zzzzyyyyxxxxwwwwvvvvuuuuttttssss";

    fn written(text: &str) -> Vec<u8> {
        Encoded::of(text.to_owned()).bytes
    }

    /// Wherever the line breaks: a token in a copy is the token rendered.
    #[test]
    fn a_copy_is_what_would_have_been_rendered() {
        for before in 0..90 {
            let text = |token: &str| {
                let lead = "ü=".repeat(before / 7) + &"x".repeat(before);
                format!("{lead}/r/{token}\n<a href=\"{lead}{token}\">{token}{token}</a> aaaabbbb")
            };
            let mut encoded = Encoded::of(text(ONE));
            encoded.places = places(&encoded.bytes, ONE.as_bytes());
            assert_eq!(encoded.places.len(), 4 * ONE.len(), "{before}");
            let copy = encoded.with(OTHER.as_bytes());
            assert_eq!(copy.bytes, written(&text(OTHER)), "{before}");
        }
    }
}
