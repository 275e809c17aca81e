//! Bare senders: what LMTP and SMTP cost when nothing else is done.

use std::{
    io::{BufRead, BufReader, Write},
    net::TcpStream,
    thread,
    time::Duration,
};

use anyhow::ensure;

/// A sender that waits longer than this for a reply gives up.
const PATIENCE: Duration = Duration::from_secs(30);

/// One mail: envelope and content, the content with CRLF, dots stuffed and a final dot.
#[derive(Clone)]
pub struct Mail {
    /// Envelope sender.
    pub from: String,
    /// The one envelope recipient.
    pub to: String,
    /// What follows DATA.
    pub content: Vec<u8>,
}

/// A post of about 2 kB, plain text.
pub fn mail(from: &str, to: &str, id: &str) -> Mail {
    let mut content = format!(
        "From: Bench <{from}>\r\nTo: <{to}>\r\nSubject: A question about pumps {id}\r\n\
         Date: Mon, 05 Jan 2026 09:00:00 +0000\r\nMessage-ID: <{id}@members.example>\r\n\
         MIME-Version: 1.0\r\nContent-Type: text/plain; charset=us-ascii\r\n\r\n"
    );
    let mut line = 0;
    while content.len() < 2040 {
        line += 1;
        content.push_str(&format!(
            "Line {line} of {id} says what happened to the pump this week.\r\n"
        ));
    }
    content.push_str(".\r\n");
    Mail {
        from: from.to_owned(),
        to: to.to_owned(),
        content: content.into_bytes(),
    }
}

/// Sends all mails over so many kept connections (each takes every n-th), one command at a time as
/// smtp-source does; `greet` is EHLO or LHLO. Returns when the last is answered with 250.
pub fn send(port: u16, greet: &str, connections: usize, mails: &[Mail]) -> anyhow::Result<()> {
    thread::scope(|scope| {
        let start = |first| {
            scope.spawn(move || {
                send_every(port, greet, mails.iter().skip(first).step_by(connections))
            })
        };
        let threads: Vec<_> = (0..connections).map(start).collect();
        let ended = threads.into_iter().map(|thread| {
            thread
                .join()
                .unwrap_or_else(|_| anyhow::bail!("a sender died"))
        });
        ended.collect()
    })
}

fn send_every<'a>(
    port: u16,
    greet: &str,
    mails: impl Iterator<Item = &'a Mail>,
) -> anyhow::Result<()> {
    let mut talk = Talk::open(port)?;
    talk.ask(format!("{greet} bench.example\r\n").as_bytes(), b'2')?;
    for mail in mails {
        talk.ask(format!("MAIL FROM:<{}>\r\n", mail.from).as_bytes(), b'2')?;
        talk.ask(format!("RCPT TO:<{}>\r\n", mail.to).as_bytes(), b'2')?;
        talk.ask(b"DATA\r\n", b'3')?;
        talk.ask(&mail.content, b'2')?;
    }
    talk.ask(b"QUIT\r\n", b'2')
}

struct Talk {
    stream: TcpStream,
    replies: BufReader<TcpStream>,
    line: Vec<u8>,
}

impl Talk {
    fn open(port: u16) -> anyhow::Result<Talk> {
        let stream = TcpStream::connect(("127.0.0.1", port))?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_write_timeout(Some(PATIENCE))?;
        let replies = BufReader::new(stream.try_clone()?);
        let mut talk = Talk {
            stream,
            replies,
            line: Vec::new(),
        };
        talk.hear(b'2')?;
        Ok(talk)
    }

    fn ask(&mut self, what: &[u8], expected: u8) -> anyhow::Result<()> {
        self.stream.write_all(what)?;
        self.hear(expected)
    }

    /// One reply of any number of lines, whose first digit is to be this.
    fn hear(&mut self, expected: u8) -> anyhow::Result<()> {
        loop {
            self.line.clear();
            self.replies.read_until(b'\n', &mut self.line)?;
            let fits = self.line.first() == Some(&expected);
            ensure!(
                fits,
                "the server said {:?}",
                String::from_utf8_lossy(&self.line)
            );
            if self.line.get(3) != Some(&b'-') {
                return Ok(());
            }
        }
    }
}
