//! A held post as it is attached to the mail about it.

use super::wording;
use crate::context::Context;
use crate::message::{ListCopy, Mail, headers, rewrite, wire};
use crate::outbox::attached::Attachment;
use crate::store::communities::Community;
use crate::store::intake::Message;
use crate::templates::Phrase;

/// A post of more octets is attached without what is attached to it.
const WHOLE: usize = 1_000_000;

/// The most octets of its header that are kept of a large post.
const HEADER: usize = 64 * 1024;

/// The most characters of its text that are kept, and of a line.
const TEXT: (usize, usize) = (100_000, 240);

/// Whether a post is too large to be attached whole.
pub(super) fn is_large(message: &Message) -> bool {
    message.raw.len() > WHOLE
}

/// The post as it came; of a large one the header and the text, with a note.
pub(super) fn post(
    ctx: &Context,
    community: &Community,
    message: &Message,
    mail: &Mail,
) -> Attachment {
    let bytes = match is_large(message) {
        true => short(ctx, community, message, mail),
        false => fit(ctx, message),
    };
    Attachment {
        name: "post.eml".to_owned(),
        media_type: "message/rfc822".to_owned(),
        bytes,
    }
}

/// The post in canonical form, which stands inside another mail as it is. Where a
/// line is too long or holds NUL, its parts are encoded anew.
fn fit(ctx: &Context, message: &Message) -> Vec<u8> {
    let whole = wire::canonical(&message.raw).bytes;
    let is_fit = |line: &[u8]| line.len() <= wire::LONGEST_LINE + 2 && !line.contains(&0);
    if whole.split_inclusive(|byte| *byte == b'\n').all(is_fit) && whole.ends_with(b"\r\n") {
        return whole;
    }
    let copy = ListCopy {
        message_id: format!("<{}>", message.message_id),
        date: ctx.today().to_rfc2822(),
        ..ListCopy::default()
    };
    rewrite(&message.raw, &copy).bytes
}

fn short(ctx: &Context, community: &Community, message: &Message, mail: &Mail) -> Vec<u8> {
    let mut out = header(&message.raw);
    out.extend_from_slice(
        b"MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\
          Content-Transfer-Encoding: 8bit\r\n\r\n",
    );
    let note = wording::say(ctx, community, &Phrase::new("hold_cut"));
    let text: String = mail.text.chars().take(TEXT.0).collect();
    for line in [note.as_str(), ""].into_iter().chain(text.lines()) {
        push_line(line, &mut out);
    }
    out
}

/// The header without the fields that say how the body is made.
fn header(raw: &[u8]) -> Vec<u8> {
    let wire = wire::canonical(raw);
    let mut out = Vec::new();
    for field in headers::section(&wire.bytes, 0, wire.body).fields {
        let name = field.name_in(&wire.bytes).to_ascii_lowercase();
        let whole = wire.bytes.get(field.whole.clone()).unwrap_or_default();
        let is_of_body = name.starts_with(b"content-") || name == b"mime-version";
        let is_short = whole
            .split(|byte| *byte == b'\n')
            .all(|line| line.len() <= wire::LONGEST_LINE + 1);
        if !is_of_body && is_short && out.len() + whole.len() <= HEADER {
            out.extend_from_slice(whole);
        }
    }
    out
}

/// A line of text, in pieces where it is long; nothing in it can end the message.
fn push_line(line: &str, out: &mut Vec<u8>) {
    let clean: Vec<char> = line.chars().filter(|c| !matches!(c, '\0' | '\r')).collect();
    for piece in clean.chunks(TEXT.1) {
        out.extend_from_slice(piece.iter().collect::<String>().as_bytes());
        out.extend_from_slice(b"\r\n");
    }
    if clean.is_empty() {
        out.extend_from_slice(b"\r\n");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_large_post_the_fields_of_its_body_are_left_out() {
        let raw = b"Subject: Seal\r\nContent-Type: multipart/mixed;\r\n boundary=b\r\n\
            MIME-Version: 1.0\r\nX-Long: y\r\n\r\nbody\r\n";
        let kept = String::from_utf8(header(raw)).unwrap();
        assert_eq!(kept, "Subject: Seal\r\nX-Long: y\r\n");
    }

    #[test]
    fn long_lines_are_cut_and_keep_their_letters() {
        let mut out = Vec::new();
        push_line(&"ü".repeat(500), &mut out);
        push_line("", &mut out);
        let text = String::from_utf8(out).unwrap();
        assert!(text.lines().all(|line| line.len() <= 480));
        assert_eq!(text.matches('ü').count(), 500);
        assert!(text.ends_with("\r\n\r\n"));
    }
}
