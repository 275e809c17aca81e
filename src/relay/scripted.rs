//! A small SMTP server for tests that says what it is told to.
//!
//! It is strict: only CRLF ends a line, and only CRLF.CRLF ends a message.

use std::sync::{Arc, Mutex};

use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::TcpListener,
};

/// Said instead of an answer: the connection is closed.
pub const HANG_UP: &str = "HANG UP";
/// Said instead of an answer: nothing.
pub const SILENCE: &str = "SILENCE";

/// Answers without their last CRLF: the first one the first time, and so on, the last ever after.
pub type Answers = &'static [&'static str];

/// Where something is said.
#[derive(Clone, Copy)]
pub enum Step {
    Greeting,
    Ehlo,
    Auth,
    Mail,
    /// Without an answer: 250 where a sender was taken, 503 otherwise.
    Rcpt,
    /// Without an answer: 354 where a recipient was taken, 554 otherwise.
    Data,
    Dot,
    Rset,
    Starttls,
}

/// What is said at each step.
#[derive(Clone)]
pub struct Script([Answers; 9]);

impl Script {
    /// A server to which everything is welcome, with PIPELINING, SIZE and 8BITMIME.
    pub fn welcome() -> Script {
        let mut script = Script([&[""]; 9]);
        for (step, answers) in [
            (Step::Greeting, &["220 scripted.example ESMTP"] as Answers),
            (
                Step::Ehlo,
                &["250-scripted.example\r\n250-PIPELINING\r\n250-SIZE 1000000\r\n250 8BITMIME"],
            ),
            (Step::Auth, &["235 2.7.0 in"]),
            (Step::Mail, &["250 2.1.0 ok"]),
            (Step::Dot, &["250 2.0.0 taken"]),
            (Step::Rset, &["250 2.0.0 reset"]),
            (Step::Starttls, &["220 2.0.0 go on"]),
        ] {
            script = script.saying(step, answers);
        }
        script
    }

    /// The same, but for one step.
    pub fn saying(mut self, step: Step, answers: Answers) -> Script {
        self.0[step as usize] = answers;
        self
    }
}

/// What the server saw.
#[derive(Default)]
pub struct Heard {
    /// Every command line, without CRLF.
    pub commands: Vec<String>,
    /// Every message that a recipient was accepted for and that was taken, dots unstuffed, with its
    /// last CRLF.
    pub messages: Vec<Vec<u8>>,
    /// Every chunk as it came from the network.
    pub reads: Vec<Vec<u8>>,
}

/// Starts a server; returns its port and what it will have heard.
pub async fn start(script: Script) -> (u16, Arc<Mutex<Heard>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let port = listener.local_addr().expect("an address").port();
    let heard = Arc::new(Mutex::new(Heard::default()));
    let shared = heard.clone();
    tokio::spawn(async move {
        while let Ok((tcp, _)) = listener.accept().await {
            // Answers are written one by one; without this each would wait for an acknowledgement.
            tcp.set_nodelay(true).expect("a socket option");
            tokio::spawn(Talk::new(tcp, script.clone(), shared.clone()).run());
        }
    });
    (port, heard)
}

/// One connection, over any stream.
pub struct Talk<S> {
    stream: S,
    script: Script,
    heard: Arc<Mutex<Heard>>,
    input: Vec<u8>,
    said: [usize; 9],
    over_to_tls: bool,
    sender: bool,
    recipients: usize,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Talk<S> {
    pub fn new(stream: S, script: Script, heard: Arc<Mutex<Heard>>) -> Talk<S> {
        Talk {
            stream,
            script,
            heard,
            input: Vec::new(),
            said: [0; 9],
            over_to_tls: false,
            sender: false,
            recipients: 0,
        }
    }

    /// Talks until somebody hangs up.
    pub async fn run(mut self) {
        let _ = self.talk().await;
    }

    /// Talks until STARTTLS was asked for and granted; returns the stream for TLS to go on with.
    pub async fn until_starttls(mut self) -> Option<S> {
        let _ = self.talk().await;
        self.over_to_tls.then_some(self.stream)
    }

    async fn talk(&mut self) -> Option<()> {
        self.say(Step::Greeting).await?;
        loop {
            let line = self.until(b"\r\n").await?;
            let line = String::from_utf8_lossy(&line).trim_end().to_owned();
            self.heard.lock().ok()?.commands.push(line.clone());
            self.answer(&line).await?;
        }
    }

    async fn answer(&mut self, line: &str) -> Option<()> {
        match line.split([' ', ':']).next().unwrap_or_default() {
            "EHLO" => self.say(Step::Ehlo).await.map(drop),
            "AUTH" => self.say(Step::Auth).await.map(drop),
            "MAIL" => {
                let answer = self.say(Step::Mail).await?;
                self.sender = answer.starts_with('2');
                Some(())
            }
            "RCPT" => {
                let answer = match self.next(Step::Rcpt) {
                    "" if self.sender => "250 2.1.5 ok",
                    "" => "503 5.5.1 no sender",
                    answer => answer,
                };
                self.recipients += usize::from(answer.starts_with('2'));
                self.obey(answer).await
            }
            "DATA" => self.data().await,
            "RSET" => {
                (self.sender, self.recipients) = (false, 0);
                self.say(Step::Rset).await.map(drop)
            }
            "STARTTLS" => {
                let answer = self.say(Step::Starttls).await?;
                self.over_to_tls = answer.starts_with("220");
                (!self.over_to_tls).then_some(())
            }
            "QUIT" => {
                self.write("221 2.0.0 bye").await;
                None
            }
            _ => self.write("500 5.5.2 what?").await,
        }
    }

    async fn data(&mut self) -> Option<()> {
        let answer = match self.next(Step::Data) {
            "" if self.recipients > 0 => "354 go on",
            "" => "554 5.5.1 no valid recipients",
            answer => answer,
        };
        self.obey(answer).await?;
        if !answer.starts_with("354") {
            return Some(());
        }
        let message = self.message().await?;
        let recipients = std::mem::take(&mut self.recipients);
        if recipients == 0 {
            return self.write("554 5.5.1 no valid recipients").await;
        }
        let answer = self.next(Step::Dot);
        if answer.starts_with('2') {
            self.heard.lock().ok()?.messages.push(message);
        }
        self.obey(answer).await
    }

    /// A message up to CRLF.CRLF, or a single dot at once.
    async fn message(&mut self) -> Option<Vec<u8>> {
        let mut message = Vec::new();
        loop {
            let line = self.until(b"\r\n").await?;
            match line.strip_prefix(b".") {
                Some(b"\r\n") => return Some(message),
                Some(rest) => message.extend_from_slice(rest),
                None => message.extend_from_slice(&line),
            }
        }
    }

    async fn until(&mut self, end: &[u8]) -> Option<Vec<u8>> {
        let mut searched = 0;
        loop {
            if let Some(at) = self.input[searched..]
                .windows(end.len())
                .position(|window| window == end)
            {
                return Some(self.input.drain(..searched + at + end.len()).collect());
            }
            searched = self.input.len().saturating_sub(end.len() - 1);
            let mut part = vec![0; 1 << 20];
            let count = self
                .stream
                .read(&mut part)
                .await
                .ok()
                .filter(|count| *count > 0)?;
            self.input.extend_from_slice(&part[..count]);
            self.heard.lock().ok()?.reads.push(part[..count].to_vec());
        }
    }

    async fn say(&mut self, step: Step) -> Option<&'static str> {
        let answer = self.next(step);
        self.obey(answer).await?;
        Some(answer)
    }

    fn next(&mut self, step: Step) -> &'static str {
        let answers = self.script.0[step as usize];
        let said = &mut self.said[step as usize];
        *said += 1;
        answers[(*said).min(answers.len()) - 1]
    }

    async fn obey(&mut self, answer: &str) -> Option<()> {
        match answer {
            HANG_UP => None,
            SILENCE => Some(()),
            answer => self.write(answer).await,
        }
    }

    async fn write(&mut self, answer: &str) -> Option<()> {
        self.stream
            .write_all(format!("{answer}\r\n").as_bytes())
            .await
            .ok()?;
        self.stream.flush().await.ok()
    }
}
