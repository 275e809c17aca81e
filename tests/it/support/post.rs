//! Posts to send: one made up, or one of `tests/data/posts`.

use super::mail;

/// A message that somebody posts.
#[derive(Clone)]
pub struct Post {
    /// The envelope sender.
    pub from: String,
    /// The Message-ID without angle brackets.
    pub id: String,
    /// The bytes, lines ended by CRLF.
    pub raw: Vec<u8>,
}

impl Post {
    /// A short post of plain text.
    pub fn new(from: &str, id: &str, subject: &str) -> Self {
        Self::with_body(from, id, subject, "Which seal for hot water?\r\n")
    }

    /// A post with the given text.
    pub fn with_body(from: &str, id: &str, subject: &str, body: &str) -> Self {
        let raw = format!(
            "From: <{from}>\r\nTo: <pumps@lists.example.org>\r\nSubject: {subject}\r\n\
             Date: Mon, 2 Mar 2026 10:00:00 +0100\r\nMessage-ID: <{id}>\r\n\r\n{body}"
        );
        Self {
            from: from.into(),
            id: id.into(),
            raw: raw.into_bytes(),
        }
    }

    /// The post of that name in `tests/data/posts`.
    pub fn sample(name: &str) -> Self {
        let path = format!("{}/tests/data/posts/{name}.eml", env!("CARGO_MANIFEST_DIR"));
        let raw = mail::crlf(&std::fs::read(&path).expect(&path));
        Self {
            from: "bob@plant.example".into(),
            id: mail::Mail::new(&raw).message_id(),
            raw,
        }
    }
}
