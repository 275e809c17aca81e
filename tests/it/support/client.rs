//! A mail server in front of the node: LMTP or SMTP, TCP or Unix socket, with
//! full control of the bytes.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::Duration;

/// What the server said: the code and the text of all lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// The three digits; 0 where the connection ended instead.
    pub code: u16,
    /// The lines without codes, joined by LF.
    pub text: String,
}

impl Reply {
    /// Whether the server took it.
    pub fn is_ok(&self) -> bool {
        (200..400).contains(&self.code)
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Protocol {
    Lmtp,
    Smtp,
}

trait Stream: Read + Write + Send {}
impl<T: Read + Write + Send> Stream for T {}

/// A connection that has been greeted and has greeted.
pub struct Client {
    stream: BufReader<Box<dyn Stream>>,
    protocol: Protocol,
    /// The reply to LHLO or EHLO: the extensions.
    pub extensions: String,
}

impl Client {
    /// LMTP over TCP; `None` where nobody listens or greets.
    pub fn lmtp(address: SocketAddr) -> Option<Self> {
        Self::greet(Box::new(tcp(address)?), Protocol::Lmtp)
    }

    /// SMTP over TCP.
    pub fn smtp(address: SocketAddr) -> Option<Self> {
        Self::greet(Box::new(tcp(address)?), Protocol::Smtp)
    }

    /// LMTP over a Unix socket.
    pub fn lmtp_unix(path: &Path) -> Option<Self> {
        let stream = UnixStream::connect(path).ok()?;
        stream
            .set_read_timeout(Some(Duration::from_secs(60)))
            .ok()?;
        Self::greet(Box::new(stream), Protocol::Lmtp)
    }

    fn greet(stream: Box<dyn Stream>, protocol: Protocol) -> Option<Self> {
        let mut client = Self {
            stream: BufReader::new(stream),
            protocol,
            extensions: String::new(),
        };
        if client.reply().code != 220 {
            return None;
        }
        let hello = if protocol == Protocol::Lmtp {
            "LHLO front.example"
        } else {
            "EHLO front.example"
        };
        let reply = client.command(hello);
        client.extensions = reply.text.to_ascii_uppercase();
        reply.is_ok().then_some(client)
    }

    /// Writes bytes as they are. An error shows in the next reply.
    pub fn send(&mut self, bytes: &[u8]) {
        let _ = self
            .stream
            .get_mut()
            .write_all(bytes)
            .and_then(|()| self.stream.get_mut().flush());
    }

    /// One command, one reply.
    pub fn command(&mut self, line: &str) -> Reply {
        self.send(format!("{line}\r\n").as_bytes());
        self.reply()
    }

    /// The next reply, all its lines.
    pub fn reply(&mut self) -> Reply {
        let mut texts = Vec::new();
        loop {
            let mut line = Vec::new();
            let got = self
                .stream
                .by_ref()
                .take(64 << 10)
                .read_until(b'\n', &mut line)
                .unwrap_or(0);
            let line = String::from_utf8_lossy(&line).trim_end().to_owned();
            let code = line
                .get(..3)
                .and_then(|digits| digits.parse().ok())
                .unwrap_or(0);
            texts.push(line.get(4..).unwrap_or_default().to_owned());
            if got == 0 || code == 0 || line.as_bytes().get(3) != Some(&b'-') {
                return Reply {
                    code,
                    text: texts.join("\n"),
                };
            }
        }
    }

    /// One transaction in single steps. Gives a reply for each recipient: its
    /// refusal, or what was said after the dot. A refused MAIL or DATA counts
    /// for all.
    pub fn deliver(&mut self, from: &str, to: &[&str], raw: &[u8]) -> Vec<Reply> {
        let sender = self.command(&format!("MAIL FROM:<{from}>"));
        if !sender.is_ok() {
            return vec![sender; to.len()];
        }
        let mut replies: Vec<Reply> = to
            .iter()
            .map(|to| self.command(&format!("RCPT TO:<{to}>")))
            .collect();
        let start = if replies.iter().any(Reply::is_ok) {
            self.command("DATA")
        } else {
            self.command("RSET")
        };
        if start.code == 354 {
            self.send(&stuffed(raw));
            self.after_the_dot(&mut replies);
        } else {
            replies
                .iter_mut()
                .filter(|reply| reply.is_ok())
                .for_each(|reply| *reply = start.clone());
        }
        replies
    }

    // LMTP answers once for each recipient it took, SMTP once for all.
    fn after_the_dot(&mut self, replies: &mut [Reply]) {
        let mut last = None;
        for reply in replies.iter_mut().filter(|reply| reply.is_ok()) {
            let verdict = match &last {
                Some(same) if self.protocol == Protocol::Smtp => Reply::clone(same),
                _ => self.reply(),
            };
            *reply = last.insert(verdict).clone();
        }
    }

    /// Everything the server still says after QUIT, until it closes.
    pub fn quit(mut self) -> String {
        self.send(b"QUIT\r\n");
        let mut rest = Vec::new();
        let _ = self.stream.take(1 << 20).read_to_end(&mut rest);
        String::from_utf8_lossy(&rest).into_owned()
    }
}

/// A message as it goes over the wire: dots stuffed, ended by CRLF.CRLF.
pub fn stuffed(raw: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(raw.len() + 64);
    let mut at_start = true;
    for (index, byte) in raw.iter().enumerate() {
        if at_start && *byte == b'.' {
            out.push(b'.');
        }
        out.push(*byte);
        at_start = *byte == b'\n' && index > 0 && raw.get(index - 1) == Some(&b'\r');
    }
    out.extend_from_slice(if raw.is_empty() || out.ends_with(b"\r\n") {
        b".\r\n"
    } else {
        b"\r\n.\r\n"
    });
    out
}

fn tcp(address: SocketAddr) -> Option<TcpStream> {
    let stream = TcpStream::connect(address).ok()?;
    stream
        .set_read_timeout(Some(Duration::from_secs(60)))
        .ok()?;
    stream.set_nodelay(true).ok()?;
    Some(stream)
}
