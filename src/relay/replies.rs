//! Replies from the wild, made into what lettre's parser reads.

/// The longest line that is kept, in octets; lettre gives up at 1,000 (RFC 5321 4.5.3.1.5: 512).
const LONGEST_LINE: usize = 900;

/// Rewrites a relay's replies as they come. lettre would take each of these for the end of the
/// connection, and a message whose acceptance was not understood would be sent again and again:
///
/// - a bare code without text (`250` and CRLF, which RFC 5321 4.2 tells clients to expect);
/// - a second digit over 5 (`571`), read as 5;
/// - octets that are not ASCII, read as question marks;
/// - a line that ends in a bare LF;
/// - an endless line, cut at 900 octets.
#[derive(Debug, Default)]
pub(super) struct Replies {
    column: usize,
}

impl Replies {
    /// Appends what the relay sent to `out`, tidied. Lines may be cut anywhere between two calls.
    pub fn tidy(&mut self, sent: &[u8], out: &mut Vec<u8>) {
        for &byte in sent {
            self.take(byte, out);
        }
    }

    fn take(&mut self, byte: u8, out: &mut Vec<u8>) {
        match byte {
            b'\n' => self.end_line(out),
            // A CR counts only with its LF, and `end_line` writes both.
            b'\r' => {}
            _ => self.keep(byte, out),
        }
    }

    fn end_line(&mut self, out: &mut Vec<u8>) {
        if self.column == 3 {
            out.push(b' ');
        }
        out.extend_from_slice(b"\r\n");
        self.column = 0;
    }

    fn keep(&mut self, byte: u8, out: &mut Vec<u8>) {
        let byte = match (self.column, byte) {
            (1, b'6'..=b'9') => b'5',
            (_, 0..=31 | 127..) => b'?',
            _ => byte,
        };
        if self.column < LONGEST_LINE {
            out.push(byte);
        }
        self.column += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wild_replies_become_plain_ones() {
        let long = format!("250 {}\r\n", "x".repeat(100_000));
        let cut = format!("250 {}\r\n", "x".repeat(896));
        for (sent, tidy) in [
            ("250 ok\r\n", "250 ok\r\n"),
            ("250-a\r\n250 b\r\n", "250-a\r\n250 b\r\n"),
            ("250\r\n", "250 \r\n"),
            ("250-\r\n250\r\n", "250-\r\n250 \r\n"),
            ("571 no\r\n", "551 no\r\n"),
            ("250 ok\n", "250 ok\r\n"),
            ("550 caf\u{e9}\r\n", "550 caf??\r\n"),
            ("550 a\rb\0\r\n", "550 ab?\r\n"),
            (&long, &cut),
        ] {
            for size in [1, 2, 3, 7, 200_000] {
                let (mut replies, mut out) = (Replies::default(), Vec::new());
                sent.as_bytes()
                    .chunks(size)
                    .for_each(|part| replies.tidy(part, &mut out));
                assert_eq!(String::from_utf8_lossy(&out), tidy, "{sent:.40} by {size}");
            }
        }
    }
}
