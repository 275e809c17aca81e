//! One connection to the relay: one recipient a transaction, few turns, a verdict for each.

use std::{borrow::Cow, future::Future, time::Duration};

use lettre::transport::smtp::{
    Error,
    client::{AsyncSmtpConnection, Certificate},
    response::Response,
};
use tokio::time;

use super::{
    address::RelayAddress,
    envelope, line_ends,
    opening::{self, Offers},
    verdict::{Failure, Reply, Verdict},
};

/// Leaving politely is worth no longer wait than this.
const GOODBYE: Duration = Duration::from_secs(5);

/// A body is handed to lettre, which copies it, in pieces of this many octets.
const PIECE: usize = 64 * 1024;

/// A relay that takes a body slower than this, in octets per second, is given up.
const SLOWEST: u64 = 10_000;

/// A greeted, encrypted and authenticated connection.
///
/// After a [`Failure`], or when a call was dropped half-way, it is of no more use: drop it and open
/// another. lettre writes the commands and parses the replies; the stream under it groups what is
/// written (RFC 2920) and tidies what is read.
pub struct Connection {
    lettre: AsyncSmtpConnection,
    name: String,
    offers: Offers,
    timeout: Duration,
    sent: u32,
    reset_due: bool,
    usable: bool,
}

impl Connection {
    /// Connects, greets as `hello` (our own host name), encrypts and authenticates.
    ///
    /// `timeout` is the wait for one reply; RFC 5321 4.5.3.2 asks for 300 s. Opening takes no longer
    /// than that in all, connecting no longer than 30 s of it, and the answer to a final dot may take
    /// twice as long.
    ///
    /// # Errors
    /// [`Failure::Unreachable`], whatever went wrong; a relay that knows no EHLO is unreachable too.
    pub async fn open(
        address: &RelayAddress,
        hello: &str,
        timeout: Duration,
    ) -> Result<Connection, Failure> {
        Connection::open_trusting(address, hello, timeout, None).await
    }

    async fn open_trusting(
        address: &RelayAddress,
        hello: &str,
        timeout: Duration,
        trusted: Option<Certificate>,
    ) -> Result<Connection, Failure> {
        let name = format!("the relay {address}");
        let opened = time::timeout(timeout, opening::open(address, hello, trusted)).await;
        let opened = opened.unwrap_or_else(|_| Err(format!("did not greet us within {timeout:?}")));
        let (lettre, offers) =
            opened.map_err(|why| Failure::Unreachable(format!("{name} {why}")))?;
        Ok(Connection {
            lettre,
            name,
            offers,
            timeout,
            sent: 0,
            reset_due: false,
            usable: true,
        })
    }

    /// Opens a transaction: MAIL, RCPT and DATA, in one group where PIPELINING is offered and one by
    /// one otherwise. `from` is empty for the null sender; `size` is the message's in octets;
    /// `eight_bit` says that it holds octets over 127.
    ///
    /// None: the relay waits for [`body`](Connection::body). A verdict: this recipient ended here,
    /// and the connection is ready for the next (unless [`is_usable`](Connection::is_usable) says
    /// otherwise).
    ///
    /// # Errors
    /// [`Failure::Broken`] where the connection died, timed out, went out of step or was ended with
    /// 421 before this recipient was refused; [`Failure::Unreachable`] where the relay wants authentication that we did not give.
    pub async fn envelope(
        &mut self,
        from: &str,
        to: &str,
        size: usize,
        eight_bit: bool,
    ) -> Result<Option<Verdict>, Failure> {
        let commands = match envelope::commands(from, to, size, eight_bit, self.offers) {
            Ok(commands) => commands,
            Err(verdict) => return Ok(Some(verdict)),
        };
        self.reset().await?;
        let replies = match self.offers.pipelining {
            true => self.in_one_group(&commands).await?,
            false => self.one_by_one(&commands).await?,
        };
        self.judge(replies).await
    }

    /// Sends the message that [`envelope`](Connection::envelope) announced, given in pieces that are
    /// sent one after the other (a copy's own headers, then what all copies share): dots stuffed,
    /// final dot, one reply.
    ///
    /// Line ends are to be CRLF; others are made so, which breaks a signature over them, and told
    /// in the log.
    ///
    /// # Errors
    /// [`Failure::Broken`] where no answer came: the message may or may not have arrived.
    pub async fn body(&mut self, pieces: &[&[u8]]) -> Result<Verdict, Failure> {
        let pieces = line_ends::prepared(pieces);
        let size: usize = pieces.iter().map(|piece| piece.len()).sum();
        let wait = self.timeout * 2 + Duration::from_secs(size as u64 / SLOWEST);
        self.alive()?;
        let parts = pieces
            .iter()
            .map(Cow::as_ref)
            .flat_map(|piece| piece.chunks(PIECE));
        let reply = heard(wait, self.lettre.message_iter(parts)).await;
        let reply = self.kept(reply)?;
        self.reset_due = false;
        self.usable &= reply.code != 421;
        self.sent += u32::from(reply.is_yes());
        let line = reply.line.clone();
        reply.verdict().map_or_else(
            || self.broken(format!("answered a message with {line}")),
            Ok,
        )
    }

    /// Says goodbye, without insisting on an answer.
    pub async fn quit(mut self) {
        if self.usable {
            let _ = time::timeout(self.timeout.min(GOODBYE), self.lettre.command("QUIT\r\n")).await;
        }
    }

    /// How many messages the relay took on this connection.
    pub fn sent(&self) -> u32 {
        self.sent
    }

    /// Whether another envelope may be tried: false after a failure, and where a verdict was the last
    /// thing that the relay had to say.
    pub fn is_usable(&self) -> bool {
        self.usable
    }

    /// Every transaction leaves a reset to be done by the next, until a body completes it. RSET may
    /// stand at the head of a group (RFC 2920 3.1), but a refusal is rare and one turn clearer.
    async fn reset(&mut self) -> Result<(), Failure> {
        if self.reset_due {
            let reply = self.ask("RSET\r\n").await?;
            if !reply.is_yes() {
                return self.broken(format!("did not reset: {}", reply.line));
            }
        }
        self.reset_due = true;
        Ok(())
    }

    async fn in_one_group(&mut self, commands: &[String; 3]) -> Result<Vec<Reply>, Failure> {
        let mut replies = vec![self.ask(&commands.concat()).await?];
        while replies.len() < commands.len() {
            match self.hear().await {
                Ok(reply) => replies.push(reply),
                // A relay that has had enough of unknown recipients says 550 to this one and 421 to
                // its DATA; the 550 stands.
                Err(_) if matches!(&replies[..], [mail, rcpt] if mail.is_yes() && !rcpt.is_yes()) =>
                {
                    break;
                }
                Err(failure) => return Err(failure),
            }
        }
        Ok(replies)
    }

    async fn one_by_one(&mut self, commands: &[String; 3]) -> Result<Vec<Reply>, Failure> {
        let mut replies = Vec::new();
        for command in commands {
            replies.push(self.ask(command).await?);
            if !replies.last().is_some_and(Reply::is_yes) {
                break;
            }
        }
        Ok(replies)
    }

    /// What the replies to MAIL, RCPT and DATA, of which the later ones may be missing, mean.
    async fn judge(&mut self, replies: Vec<Reply>) -> Result<Option<Verdict>, Failure> {
        let mut replies = replies.into_iter();
        let (mail, rcpt, data) = (replies.next(), replies.next(), replies.next());
        let has_recipient = rcpt.as_ref().is_some_and(Reply::is_yes);
        let waits_for_body = data.as_ref().is_some_and(|reply| reply.code == 354);
        let refusal = [mail, rcpt]
            .into_iter()
            .flatten()
            .find(|reply| !reply.is_yes());
        let end = match (refusal, data) {
            (None, _) if has_recipient && waits_for_body => return Ok(None),
            (Some(refusal), _) => refusal,
            (None, Some(data)) => data,
            (None, None) => return self.broken("gave no answer to DATA".to_owned()),
        };
        let verdict = self.ended(end)?;
        self.end_unwanted_data(waits_for_body, has_recipient).await;
        Ok(Some(verdict))
    }

    /// The verdict in a reply that ends a transaction before its body.
    fn ended(&mut self, reply: Reply) -> Result<Verdict, Failure> {
        let line = reply.line.clone();
        match (reply.code, reply.verdict()) {
            // Not this recipient's fault, and every other would be refused with it.
            (530 | 538, _) => {
                self.usable = false;
                let name = &self.name;
                Err(Failure::Unreachable(format!(
                    "{name} wants authentication; set user and password: {line}"
                )))
            }
            (_, Some(verdict @ (Verdict::Deferred { .. } | Verdict::Refused { .. }))) => {
                Ok(verdict)
            }
            _ => self.broken(format!("is out of step: {line}")),
        }
    }

    /// A relay that was sent DATA with its refused recipient may still say 354; it then waits for a
    /// single dot (RFC 2920 3.1). Where it has a recipient all the same, that would deliver an empty
    /// mail, so the connection is given up.
    async fn end_unwanted_data(&mut self, waits_for_body: bool, has_recipient: bool) {
        if waits_for_body && has_recipient {
            self.usable = false;
        } else if waits_for_body {
            // The verdict stands, whatever comes now; `ask` marks a connection that failed.
            let _ = self.ask(".\r\n").await;
        }
    }

    /// Writes commands and hears the answer to the first.
    async fn ask(&mut self, commands: &str) -> Result<Reply, Failure> {
        self.alive()?;
        let reply = heard(self.timeout, self.lettre.command(commands)).await;
        self.unless_closing(reply)
    }

    async fn hear(&mut self) -> Result<Reply, Failure> {
        let reply = heard(self.timeout, self.lettre.read_response()).await;
        self.unless_closing(reply)
    }

    /// 421 ends the connection and says nothing about the recipient (RFC 5321 3.8).
    fn unless_closing(&mut self, reply: Result<Reply, String>) -> Result<Reply, Failure> {
        let reply = self.kept(reply)?;
        match reply.code {
            421 => self.broken(format!("closes the connection: {}", reply.line)),
            _ => Ok(reply),
        }
    }

    fn kept(&mut self, reply: Result<Reply, String>) -> Result<Reply, Failure> {
        reply.or_else(|why| self.broken(format!("did not answer: {why}")))
    }

    fn alive(&self) -> Result<(), Failure> {
        match self.usable {
            true => Ok(()),
            false => Err(Failure::Broken(format!(
                "the connection to {} is no longer in use",
                self.name
            ))),
        }
    }

    fn broken<T>(&mut self, why: String) -> Result<T, Failure> {
        self.usable = false;
        Err(Failure::Broken(format!("{} {why}", self.name)))
    }
}

/// A reply within `wait`, or why there is none.
async fn heard(
    wait: Duration,
    reply: impl Future<Output = Result<Response, Error>>,
) -> Result<Reply, String> {
    match time::timeout(wait, reply).await {
        Ok(result) => Reply::from(result),
        Err(_) => Err(format!("nothing came within {wait:?}")),
    }
}

#[cfg(test)]
mod tests;
#[cfg(test)]
mod tls_tests;
