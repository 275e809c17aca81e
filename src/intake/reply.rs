//! What the server answers: one line, a code, an enhanced status code, a sentence.

use std::fmt::Write;

/// A reply line holds 512 octets with its CRLF (RFC 5321, 4.5.3.1.5); this
/// leaves room for the codes.
const TEXT_OCTETS: usize = 480;

/// One answer to a command or to a message (RFC 5321, 4.2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// The three digits; 0 closes the connection without a word (see `hang_up`).
    pub code: u16,
    /// The enhanced status code (RFC 3463); `(0, 0, 0)` where none is sent.
    pub enhanced: (u8, u16, u16),
    /// The sentence for people. What is not printable ASCII goes out as `?`.
    pub text: String,
}

impl Reply {
    /// A reply with an enhanced status code.
    pub fn new(code: u16, enhanced: (u8, u16, u16), text: impl Into<String>) -> Self {
        Self {
            code,
            enhanced,
            text: text.into(),
        }
    }

    /// A reply without one: greetings, HELO and 354 have none (RFC 2034, 4).
    pub fn plain(code: u16, text: impl Into<String>) -> Self {
        Self::new(code, (0, 0, 0), text)
    }

    /// 250 2.0.0.
    pub fn ok(text: impl Into<String>) -> Self {
        Self::new(250, (2, 0, 0), text)
    }

    /// 550 5.1.1: nobody has this address.
    pub fn no_such_user(address: &str) -> Self {
        Self::new(
            550,
            (5, 1, 1),
            format!("<{address}> is not known here; check its spelling"),
        )
    }

    /// 550 5.7.1: the policy of the list refuses it.
    pub fn refused(text: impl Into<String>) -> Self {
        Self::new(550, (5, 7, 1), text)
    }

    /// 552 5.3.4: `limit` is the largest message in octets.
    pub fn too_big(limit: u64) -> Self {
        Self::new(
            552,
            (5, 3, 4),
            format!("messages over {limit} octets are not taken; send a link instead"),
        )
    }

    /// 554 5.6.0: the message itself cannot be taken.
    pub fn bad_message(text: impl Into<String>) -> Self {
        Self::new(554, (5, 6, 0), text)
    }

    /// 451 4.3.0: our own trouble, never the sender's; the client tries again.
    pub fn local_error() -> Self {
        Self::new(
            451,
            (4, 3, 0),
            "trouble at this end, nothing was kept; try again later",
        )
    }

    /// 452 4.3.1: no room for it now (RFC 3463, 3.4); the client tries again.
    pub(super) fn no_room() -> Self {
        Self::new(
            452,
            (4, 3, 1),
            "no room for this message now; try again later",
        )
    }

    /// Closes the connection without an answer, as a relay does that dies after
    /// the dot. Only the embedded sink plays this.
    pub(crate) fn hang_up() -> Self {
        Self::plain(0, "")
    }

    /// Whether the client may count on it: 2xx.
    pub fn is_positive(&self) -> bool {
        (200..300).contains(&self.code)
    }

    /// Whether the client should try again: 4xx.
    pub fn is_temporary(&self) -> bool {
        (400..500).contains(&self.code)
    }

    /// Appends the line as it goes over the wire, with its CRLF.
    pub(super) fn write(&self, out: &mut Vec<u8>) {
        let mut line = format!("{} ", self.code);
        if self.enhanced != (0, 0, 0) {
            let (class, subject, detail) = self.enhanced;
            let _ = write!(line, "{class}.{subject}.{detail} ");
        }
        line.extend(self.text.chars().take(TEXT_OCTETS).map(printable));
        out.extend_from_slice(line.as_bytes());
        out.extend_from_slice(b"\r\n");
    }

    /// The one answer of SMTP to a message for several recipients: a temporary
    /// failure lets the client send it again, which a doubled row survives and
    /// a lost recipient does not.
    pub(crate) fn of_all(replies: &[Reply]) -> Reply {
        let temporary = replies.iter().find(|reply| reply.is_temporary());
        let positive = || replies.iter().find(|reply| reply.is_positive());
        temporary
            .or_else(positive)
            .or(replies.first())
            .cloned()
            .unwrap_or_else(Reply::local_error)
    }
}

/// A line of its own making must not grow out of somebody's address.
fn printable(c: char) -> char {
    if c == ' ' || c.is_ascii_graphic() {
        c
    } else {
        '?'
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(reply: &Reply) -> String {
        let mut out = Vec::new();
        reply.write(&mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_reply_is_one_short_line_whatever_its_text() {
        assert_eq!(line(&Reply::ok("kept")), "250 2.0.0 kept\r\n");
        assert_eq!(line(&Reply::plain(354, "go on")), "354 go on\r\n");
        assert_eq!(
            line(&Reply::no_such_user("a\r\nb\u{e9}@x")),
            "550 5.1.1 <a??b?@x> is not known here; check its spelling\r\n"
        );
        assert!(line(&Reply::ok("x".repeat(9_000))).len() <= 512);
    }

    #[test]
    fn smtp_answers_for_all_recipients_at_once() {
        let (yes, no, later) = (
            Reply::ok("1"),
            Reply::no_such_user("a@b.example"),
            Reply::local_error(),
        );
        assert_eq!(
            Reply::of_all(&[yes.clone(), no.clone(), later.clone()]),
            later
        );
        assert_eq!(Reply::of_all(&[no.clone(), yes.clone()]), yes);
        assert_eq!(Reply::of_all(std::slice::from_ref(&no)), no);
        assert_eq!(Reply::of_all(&[]), later);
    }
}
