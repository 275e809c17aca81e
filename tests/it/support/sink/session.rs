//! One SMTP connection of the sink: PIPELINING, strict about line ends.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;

use super::{HANG_UP, Received, Shared, Stage};

// Far above any message of a story; a runaway sender ends here.
const LIMIT: u64 = 64 << 20;

struct Session<'a> {
    reader: BufReader<&'a TcpStream>,
    shared: &'a Shared,
    from: String,
    to: Option<String>,
}

/// Serves one connection to its end.
pub fn run(stream: &TcpStream, shared: &Shared) {
    let _ = stream.set_nodelay(true);
    let mut session = Session {
        reader: BufReader::new(stream),
        shared,
        from: String::new(),
        to: None,
    };
    if session.say("220 sink.example ESMTP").is_some() {
        while session.command().is_some() {}
    }
    let _ = stream.shutdown(std::net::Shutdown::Both);
}

impl Session<'_> {
    // One command and its reply; `None` ends the connection.
    fn command(&mut self) -> Option<()> {
        let line = self.line()?;
        let text = String::from_utf8_lossy(&line).trim_end().to_owned();
        let verb = text
            .split([' ', ':'])
            .next()
            .unwrap_or_default()
            .to_ascii_uppercase();
        match verb.as_str() {
            "EHLO" => self.say("250-sink.example\r\n250-PIPELINING\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250-ENHANCEDSTATUSCODES\r\n250 SIZE 67108864"),
            "HELO" | "NOOP" => self.say("250 2.0.0 ok"),
            "RSET" => self.reset(),
            "MAIL" => self.sender(&text),
            "RCPT" => self.recipient(&text),
            "DATA" => self.data(),
            "QUIT" => self.say("221 2.0.0 bye").and(None),
            _ => self.say("500 5.5.2 what?"),
        }
    }

    fn reset(&mut self) -> Option<()> {
        self.to = None;
        self.say("250 2.0.0 ok")
    }

    fn sender(&mut self, line: &str) -> Option<()> {
        self.from = path(line);
        self.to = None;
        self.say("250 2.1.0 ok")
    }

    fn recipient(&mut self, line: &str) -> Option<()> {
        let to = path(line).to_lowercase();
        if self.to.is_some() {
            self.violation("a second recipient in one transaction");
        }
        *self.shared.lock().attempts.entry(to.clone()).or_default() += 1;
        match self.scripted(Stage::Recipient, &to) {
            Some(reply) if !reply.starts_with('2') => self.say_or_hang_up(&reply),
            _ => {
                self.to = Some(to);
                self.say("250 2.1.5 ok")
            }
        }
    }

    fn data(&mut self) -> Option<()> {
        let Some(to) = self.to.take() else {
            return self.say("503 5.5.1 no recipient");
        };
        self.say("354 go on")?;
        let raw = self.message()?;
        let pause = self.shared.lock().delay / 2;
        std::thread::sleep(pause);
        let reply = self
            .scripted(Stage::Data, &to)
            .unwrap_or_else(|| "250 2.0.0 kept".into());
        self.keep(to, raw, reply.starts_with('2') || reply == HANG_UP);
        std::thread::sleep(pause);
        self.say_or_hang_up(&reply)
    }

    fn keep(&mut self, to: String, raw: Vec<u8>, taken: bool) {
        let mail = Received {
            from: self.from.clone(),
            to,
            raw: raw.into(),
        };
        let mut state = self.shared.lock();
        match taken {
            true => state.received.push(mail),
            false => state.refused.push(mail),
        }
        drop(state);
        self.shared.changed.notify_all();
    }

    // The message up to CRLF.CRLF. A lone CR or LF ends nothing; it is noted.
    fn message(&mut self) -> Option<Vec<u8>> {
        let mut raw = Vec::new();
        loop {
            let line = self.line()?;
            if line == b".\r\n" {
                return Some(raw);
            }
            if line.len() > 1000 {
                self.violation(&format!("a line of {} octets", line.len()));
            }
            raw.extend_from_slice(line.strip_prefix(b".").unwrap_or(&line));
        }
    }

    // Up to CRLF, which is kept.
    fn line(&mut self) -> Option<Vec<u8>> {
        let mut line = Vec::new();
        while !line.ends_with(b"\r\n") {
            let got = self
                .reader
                .by_ref()
                .take(LIMIT)
                .read_until(b'\n', &mut line)
                .ok()?;
            if got == 0 {
                return None;
            }
            if !line.ends_with(b"\r\n") {
                self.violation("a bare LF");
            }
        }
        let body = &line[..line.len() - 2];
        if body.contains(&b'\r') {
            self.violation("a bare CR");
        }
        Some(line)
    }

    fn scripted(&self, stage: Stage, to: &str) -> Option<String> {
        let mut state = self.shared.lock();
        let replies = state.replies.get_mut(&(stage, to.to_owned()))?;
        if replies.len() > 1 {
            replies.pop_front()
        } else {
            replies.front().cloned()
        }
    }

    fn violation(&self, what: &str) {
        self.shared.lock().violations.push(what.to_owned());
    }

    fn say_or_hang_up(&mut self, reply: &str) -> Option<()> {
        if reply == HANG_UP {
            None
        } else {
            self.say(reply)
        }
    }

    fn say(&mut self, reply: &str) -> Option<()> {
        self.reader
            .get_mut()
            .write_all(format!("{reply}\r\n").as_bytes())
            .ok()
    }
}

// What stands between the angle brackets.
fn path(line: &str) -> String {
    let inner = line
        .split_once('<')
        .and_then(|(_, rest)| rest.split_once('>'));
    inner.map(|(path, _)| path.to_owned()).unwrap_or_default()
}
