//! A post inside a mail of the list: the author's own is not touched, so that whatever
//! signs it holds.

use super::headers::section;
use super::rewrite::{ListCopy, Rewritten, rewrite};
use super::{digest, list_header, transfer, wire};

/// Fields of the post that the mail around it has too, lower-cased: what readers sort and
/// thread by, and what tells loops. What the list writes is there besides.
const KEPT: [&str; 12] = [
    "from",
    "to",
    "cc",
    "reply-to",
    "subject",
    "date",
    "message-id",
    "in-reply-to",
    "references",
    "received",
    "x-beenthere",
    "x-loop",
];

/// The list's mail around a message: its header, `text` as its own words, and the message
/// as it came (`message/rfc822`), fit for the wire. Never fails.
pub fn wrap(raw: &[u8], copy: &ListCopy, text: &str) -> Rewritten {
    let mut inner = rewrite(
        raw,
        &ListCopy {
            as_it_came: true,
            ..ListCopy::default()
        },
    );
    let boundary = boundary(&inner.bytes);
    let mut out = outer_header(raw, copy, &mut inner.notes);
    let encoding = match inner.bytes.is_ascii() {
        true => "7bit",
        false => "8bit",
    };
    out.extend_from_slice(
        format!(
            "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=\"{boundary}\"\r\n\
             Content-Transfer-Encoding: {encoding}\r\n\r\n--{boundary}\r\n"
        )
        .as_bytes(),
    );
    out.extend(text_part(text));
    // No other encoding may stand around a message (RFC 2046, section 5.2.1).
    out.extend_from_slice(
        format!(
            "--{boundary}\r\nContent-Type: message/rfc822\r\n\
             Content-Transfer-Encoding: {encoding}\r\nContent-Disposition: inline\r\n\r\n"
        )
        .as_bytes(),
    );
    out.extend_from_slice(&inner.bytes);
    out.extend_from_slice(format!("\r\n--{boundary}--\r\n").as_bytes());
    Rewritten {
        bytes: out,
        ..inner
    }
}

fn outer_header(raw: &[u8], copy: &ListCopy, notes: &mut Vec<String>) -> Vec<u8> {
    let came = wire::canonical(raw);
    // The signatures are the post's own, and none of them is kept out here.
    let whole = list_header::list_header(&came.bytes, copy, None, None, notes);
    let is_set = |name: &str| {
        let mut ours = copy.set.iter().chain(&copy.add);
        ours.any(|(ours, _)| ours.eq_ignore_ascii_case(name))
    };
    let mut out = Vec::new();
    for field in &section(&whole, 0, whole.len()).fields {
        let name = String::from_utf8_lossy(field.name_in(&whole)).to_ascii_lowercase();
        if KEPT.contains(&name.as_str()) || is_set(&name) {
            out.extend_from_slice(whole.get(field.whole.clone()).unwrap_or_default());
        }
    }
    out
}

fn text_part(text: &str) -> Vec<u8> {
    let mut lines = Vec::new();
    wire::crlf(text.trim_end().as_bytes(), &mut lines);
    lines.extend_from_slice(b"\r\n");
    let is_plain = lines.is_ascii()
        && lines
            .split(|b| *b == b'\n')
            .all(|line| line.len() <= wire::LONGEST_LINE);
    let (encoding, lines) = match is_plain {
        true => ("7bit", lines),
        false => ("quoted-printable", transfer::quoted_printable_lines(&lines)),
    };
    let head = format!(
        "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n"
    );
    [head.as_bytes(), &lines, b"\r\n"].concat()
}

/// A line that is not in the message: it follows from it, as no chance is at hand here,
/// and a message that holds its own digest cannot be made.
fn boundary(inner: &[u8]) -> String {
    let digest = digest::body_digest(inner);
    format!("=_{}", digest.get(..40).unwrap_or(&digest))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::parse;

    const POST: &str = "Received: by mx.example\r\nDKIM-Signature: v=1; d=x.example\r\n\
        From: Ann <ann@x.example>\r\nTo: pumps@lists.example\r\nBcc: eve@x.example\r\n\
        Subject: Gr\u{fc}\u{df}e\r\nList-Id: <other.example>\r\nMessage-ID: <1@x.example>\r\n\
        References: <0@x.example>\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n\
        --b\r\nContent-Transfer-Encoding: 8bit\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n\
        Gr\u{fc}\u{df}e\r\n--b\r\nContent-Disposition: attachment; filename=a.txt\r\n\r\nx\r\n--b--\r\n";

    fn wrapped(post: &str) -> Vec<u8> {
        let copy = ListCopy {
            set: vec![
                (
                    "From".into(),
                    "\"Ann via Pumps\" <pumps@lists.example>".into(),
                ),
                ("List-Id".into(), "<pumps.lists.example>".into()),
            ],
            subject_tag: Some("[pumps]".into()),
            ..ListCopy::default()
        };
        wrap(post.as_bytes(), &copy, "Ann schrieb – angehängt.").bytes
    }

    #[test]
    fn the_post_is_inside_as_it_came() {
        let out = wrapped(POST);
        assert!(wire::is_fit(&out));
        let mail = parse(&out);
        assert_eq!(mail.text.trim_end(), "Ann schrieb – angehängt.");
        assert_eq!(mail.subject, "[pumps] Grüße");
        assert_eq!(mail.message_id.as_deref(), Some("1@x.example"));
        assert_eq!(mail.references, ["0@x.example"]);
        assert_eq!(mail.list_ids, ["pumps.lists.example"]);
        assert_eq!(mail.from[0].address, "pumps@lists.example");
        assert!(mail.defects.is_empty(), "{:?}", mail.defects);
        let inner = POST.replace("Bcc: eve@x.example\r\n", "");
        let found = out
            .windows(inner.len())
            .any(|part| part == inner.as_bytes());
        assert!(found, "{}", String::from_utf8_lossy(&out));
        let outer = section(&out, 0, out.len());
        assert!(outer.find(&out, "DKIM-Signature").is_none());
        assert_eq!(outer.all(&out, "Content-Type").count(), 1);
    }

    #[test]
    fn any_message_fits() {
        for post in [
            "",
            "x",
            "From: a@x.example\r\n\r\n",
            "\0\r\r\n\n",
            "A: b\r\n\r\n\0",
        ] {
            let out = wrapped(post);
            assert!(wire::is_fit(&out), "{post:?}");
        }
        let long = format!("From: a@x.example\r\n\r\n{}\r\n", "y".repeat(5_000));
        assert!(wire::is_fit(&wrapped(&long)));
    }
}
