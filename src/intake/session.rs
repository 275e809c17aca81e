//! One client's commands, in their order.

use std::sync::Arc;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::watch;

use super::command::{self, Command, Sender};
use super::data::Body;
use super::dialogue::{Gate, Protocol, Settings};
use super::reply::Reply;
use super::tls::Handshake;
use super::wire::{Ending, Line, Wire};

/// Commands a client may get wrong in one session.
const BAD_COMMANDS: u32 = 20;

/// The state of one dialogue.
pub(super) struct Session<'a, S, G> {
    pub(super) wire: Wire<S>,
    pub(super) settings: &'a Settings,
    pub(super) gate: &'a Arc<G>,
    stop: watch::Receiver<bool>,
    pub(super) peer: String,
    pub(super) helo: Option<String>,
    pub(super) transaction: Option<Transaction>,
    bad_commands: u32,
    pub(super) messages: u64,
    is_encrypted: bool,
    handshake: Option<Handshake>,
}

/// A stream on which the client begins TLS next, and what answers it.
pub(super) struct Upgrade<S> {
    pub(super) stream: S,
    pub(super) handshake: Handshake,
}

/// From MAIL to the answer after the message.
pub(super) struct Transaction {
    pub(super) sender: Sender,
    pub(super) recipients: Vec<String>,
    /// What BDAT brought so far.
    pub(super) chunks: Option<Body>,
}

impl<'a, S, G> Session<'a, S, G>
where
    S: AsyncRead + AsyncWrite + Unpin + Send,
    G: Gate,
{
    pub(super) fn new(
        stream: S,
        peer: String,
        settings: &'a Settings,
        gate: &'a Arc<G>,
        stop: watch::Receiver<bool>,
    ) -> Self {
        let wire = Wire::new(stream, settings, stop.clone());
        Self {
            wire,
            settings,
            gate,
            stop,
            peer,
            helo: None,
            transaction: None,
            bad_commands: 0,
            messages: 0,
            is_encrypted: false,
            handshake: None,
        }
    }

    /// The same under TLS: it was greeted before, and TLS is not offered again.
    pub(super) fn encrypted(self) -> Self {
        let is_encrypted = true;
        Self {
            is_encrypted,
            ..self
        }
    }

    /// Greets, answers until the end, says goodbye; or returns for TLS to begin.
    pub(super) async fn run(mut self) -> Option<Upgrade<S>> {
        if !self.is_encrypted {
            let kind = if self.is_lmtp() { "LMTP" } else { "ESMTP" };
            let greeting = format!("{} {kind} folkmoot", self.settings.hostname);
            self.wire.answer(&Reply::plain(220, greeting));
        }
        let ending = loop {
            if let Err(ending) = self.step().await {
                break ending;
            }
        };
        if ending == Ending::Tls {
            return self.upgrade().await;
        }
        if let Some(reply) = self.farewell(ending) {
            self.wire.answer(&reply);
        }
        let Self {
            peer,
            messages,
            bad_commands,
            settings,
            ..
        } = &self;
        tracing::debug!(peer, protocol = ?settings.protocol, messages, bad_commands, ?ending, "intake.session_ended");
        self.wire.close().await;
        None
    }

    /// Lets go of the stream once the client has been told to go on.
    async fn upgrade(mut self) -> Option<Upgrade<S>> {
        let handshake = self.handshake.take()?;
        self.wire.flush().await.ok()?;
        let stream = self.wire.into_stream();
        Some(Upgrade { stream, handshake })
    }

    async fn step(&mut self) -> Result<(), Ending> {
        if *self.stop.borrow() {
            return Err(Ending::Stopping);
        }
        let read = match self.wire.line().await? {
            Line::Text(line) => command::parse(&line, self.settings.protocol),
            Line::TooLong => Err(command::unreadable(
                "a command line over 2048 octets; write a shorter one",
            )),
        };
        match read {
            Ok(command) => self.obey(command).await,
            Err(reply) => self.answer(&reply),
        }
    }

    async fn obey(&mut self, command: Command) -> Result<(), Ending> {
        let reply = match command {
            Command::Hello { host, extended } => return self.hello(host, extended),
            Command::Data => return self.data().await,
            Command::Chunk { size, last } => return self.chunk(size, last).await,
            Command::UnreadableChunk => {
                self.answer(&Reply::new(501, (5, 5, 4), "write BDAT octets [LAST]"))?;
                return Err(Ending::OutOfStep);
            }
            Command::Foreign => return Err(Ending::OutOfStep),
            Command::StartTls => return self.start_tls(),
            Command::Quit => return Err(Ending::Quit),
            Command::Mail(sender) => self.mail(sender),
            Command::Rcpt(address) => self.rcpt(address).await,
            Command::Reset => {
                self.transaction = None;
                Reply::ok("forgotten")
            }
            Command::Noop => Reply::ok("done, which was nothing"),
            Command::Verify => Reply::new(252, (2, 0, 0), "ask with RCPT TO"),
            Command::Help => Reply::new(214, (2, 0, 0), self.help()),
        };
        self.answer(&reply)
    }

    fn hello(&mut self, host: String, extended: bool) -> Result<(), Ending> {
        self.helo = Some(host);
        self.transaction = None;
        let hostname = self.settings.hostname.clone();
        let offers = [
            "PIPELINING",
            "8BITMIME",
            "SMTPUTF8",
            "ENHANCEDSTATUSCODES",
            "CHUNKING",
        ]
        .map(str::to_owned);
        let mut lines = vec![hostname];
        if extended {
            lines.extend(offers);
            lines.push(format!("SIZE {}", self.settings.max_size));
            if self.offers_tls() {
                lines.push("STARTTLS".to_owned());
            }
        }
        self.wire.answer_lines(&lines);
        Ok(())
    }

    /// Whatever stands behind STARTTLS in the clear was put there by somebody who wants
    /// it taken for a command of the encrypted session: nothing of it is obeyed.
    fn start_tls(&mut self) -> Result<(), Ending> {
        let Some(certificate) = self.settings.tls.as_ref().filter(|_| self.offers_tls()) else {
            return self.answer(&Reply::new(502, (5, 5, 1), "STARTTLS is not offered here"));
        };
        if self.wire.has_pending() {
            let text = "nothing may follow STARTTLS before TLS; closing";
            self.answer(&Reply::new(501, (5, 5, 4), text))?;
            return Err(Ending::Said);
        }
        if self.transaction.is_some() {
            return self.answer(&out_of_order("a transaction is open; say RSET first"));
        }
        match certificate.handshake() {
            Some(handshake) => self.handshake = Some(handshake),
            None => {
                let text = "TLS is not to be had now; come again in a minute";
                return self.answer(&Reply::new(454, (4, 7, 0), text));
            }
        }
        self.answer(&Reply::new(220, (2, 0, 0), "go on with TLS"))?;
        Err(Ending::Tls)
    }

    fn offers_tls(&self) -> bool {
        self.settings.tls.is_some() && !self.is_encrypted && !self.is_lmtp()
    }

    fn help(&self) -> &'static str {
        match self.settings.protocol {
            Protocol::Lmtp => "LHLO MAIL RCPT DATA BDAT RSET NOOP VRFY HELP QUIT",
            Protocol::Smtp if self.offers_tls() => {
                "EHLO HELO STARTTLS MAIL RCPT DATA BDAT RSET NOOP VRFY HELP QUIT"
            }
            Protocol::Smtp => "EHLO HELO MAIL RCPT DATA BDAT RSET NOOP VRFY HELP QUIT",
        }
    }

    fn mail(&mut self, sender: Sender) -> Reply {
        if self.helo.is_none() {
            let hello = if self.is_lmtp() {
                "say LHLO first"
            } else {
                "say EHLO first"
            };
            return out_of_order(hello);
        }
        if self.transaction.is_some() {
            return out_of_order("a transaction is open; finish it or say RSET");
        }
        if sender
            .size
            .is_some_and(|size| size > self.settings.max_size)
        {
            return Reply::too_big(self.settings.max_size);
        }
        if !sender.smtputf8 && !sender.address.is_ascii() {
            return needs_smtputf8();
        }
        self.transaction = Some(Transaction {
            sender,
            recipients: Vec::new(),
            chunks: None,
        });
        Reply::new(250, (2, 1, 0), "sender taken")
    }

    async fn rcpt(&mut self, address: String) -> Reply {
        let Some(transaction) = self
            .transaction
            .as_mut()
            .filter(|open| open.chunks.is_none())
        else {
            return out_of_order("RCPT comes after MAIL and before the message");
        };
        if !transaction.sender.smtputf8 && !address.is_ascii() {
            return needs_smtputf8();
        }
        if transaction.recipients.len() >= self.settings.max_recipients {
            return Reply::new(
                452,
                (4, 5, 3),
                "too many recipients; send the others in another message",
            );
        }
        match self.gate.recipient(&address, self.settings.protocol).await {
            Ok(()) => {
                transaction.recipients.push(address);
                Reply::new(250, (2, 1, 5), "recipient taken")
            }
            Err(reply) => reply,
        }
    }

    /// Queues a reply, and ends what it ends.
    pub(super) fn answer(&mut self, reply: &Reply) -> Result<(), Ending> {
        if matches!(reply.code, 500..=504 | 555) {
            self.bad_commands += 1;
        }
        match reply.code {
            0 => return Err(Ending::Said),
            _ if self.bad_commands > BAD_COMMANDS => return Err(Ending::BadCommands),
            _ => self.wire.answer(reply),
        }
        if reply.code == 421 {
            Err(Ending::Said)
        } else {
            Ok(())
        }
    }

    fn farewell(&self, ending: Ending) -> Option<Reply> {
        let bye = |code: (u8, u16, u16), text: &str| Some(Reply::new(421, code, text));
        match ending {
            Ending::Quit => Some(Reply::new(221, (2, 0, 0), "goodbye")),
            Ending::Gone | Ending::Said | Ending::Tls => None,
            Ending::Idle => bye((4, 4, 2), "nothing was said for too long; come again"),
            Ending::Slow => bye((4, 4, 2), "this is too slow; come again over a better line"),
            Ending::Endless => bye((4, 5, 0), "this does not end; closing"),
            Ending::Stopping => bye((4, 3, 2), "this server stops; come again in a minute"),
            Ending::BadCommands => bye((4, 7, 0), "too many wrong commands; closing"),
            Ending::OutOfStep => bye(
                (4, 5, 0),
                "what follows cannot be told from commands; closing",
            ),
        }
    }

    pub(super) fn is_lmtp(&self) -> bool {
        self.settings.protocol == Protocol::Lmtp
    }
}

pub(super) fn out_of_order(text: &str) -> Reply {
    Reply::new(503, (5, 5, 1), text)
}

fn needs_smtputf8() -> Reply {
    Reply::new(
        553,
        (5, 6, 7),
        "an address beyond ASCII needs SMTPUTF8 in MAIL FROM",
    )
}
