//! From DATA or BDAT to the answers: the message is received and handed over.

use std::sync::Arc;
use tokio::io::{AsyncRead, AsyncWrite};

use super::command::Sender;
use super::data::{Body, Fault};
use super::dialogue::{Gate, Incoming};
use super::reply::Reply;
use super::session::{Session, Transaction, out_of_order};
use super::wire::Ending;

impl<S, G> Session<'_, S, G>
where
    S: AsyncRead + AsyncWrite + Unpin + Send,
    G: Gate,
{
    pub(super) async fn data(&mut self) -> Result<(), Ending> {
        match &self.transaction {
            Some(open) if open.chunks.is_some() => {
                return self.answer(&out_of_order(
                    "the message began with BDAT; go on with it or say RSET",
                ));
            }
            Some(open) if !open.recipients.is_empty() => {}
            _ => return self.answer(&no_recipients()),
        }
        self.wire.answer(&Reply::plain(
            354,
            "go on; a dot alone on its line ends the message",
        ));
        let mut body = Body::new(self.settings.max_size);
        self.wire.data(&mut body).await?;
        self.deliver(body).await
    }

    /// The octets of a chunk come whatever the answer will be (RFC 3030, 2).
    pub(super) async fn chunk(&mut self, size: u64, last: bool) -> Result<(), Ending> {
        let Some(transaction) = self
            .transaction
            .as_mut()
            .filter(|open| !open.recipients.is_empty())
        else {
            self.wire.chunk(size, &mut Body::new(0)).await?;
            return self.answer(&no_recipients());
        };
        let fresh = || Body::new(self.settings.max_size);
        let mut body = transaction.chunks.take().unwrap_or_else(fresh);
        self.wire.chunk(size, &mut body).await?;
        if last {
            return self.deliver(body).await;
        }
        let reply = match body.fault() {
            Some(fault) => {
                self.transaction = None;
                fault.reply()
            }
            None => {
                transaction.chunks = Some(body);
                Reply::ok(format!("{size} octets received"))
            }
        };
        self.answer(&reply)
    }

    /// Hands the message over and passes the answers on.
    async fn deliver(&mut self, body: Body) -> Result<(), Ending> {
        let Some(Transaction {
            sender, recipients, ..
        }) = self.transaction.take()
        else {
            return Ok(());
        };
        let count = recipients.len();
        let mut replies = match body.finish() {
            Ok(raw) => self.accept(self.incoming(sender, recipients, raw)).await,
            Err(fault) => refuse(fault, count),
        };
        self.messages += 1;
        replies.resize_with(count, Reply::local_error);
        if !self.is_lmtp() {
            replies = vec![Reply::of_all(&replies)];
        }
        replies.iter().try_for_each(|reply| self.answer(reply))
    }

    /// In a task of its own, so that a panic is our error and not the sender's,
    /// and so that nothing that happens to this connection stops it half-way.
    async fn accept(&self, message: Incoming) -> Vec<Reply> {
        let gate = Arc::clone(self.gate);
        let accepting = tokio::spawn(async move { gate.accept(message).await });
        accepting.await.unwrap_or_else(|error| {
            tracing::error!(%error, "intake.accept_failed");
            Vec::new()
        })
    }

    fn incoming(&self, sender: Sender, recipients: Vec<String>, raw: Vec<u8>) -> Incoming {
        Incoming {
            protocol: self.settings.protocol,
            peer: self.peer.clone(),
            helo: self.helo.clone().unwrap_or_default(),
            envelope_from: sender.address,
            recipients,
            smtputf8: sender.smtputf8,
            raw,
        }
    }
}

fn refuse(fault: Fault, count: usize) -> Vec<Reply> {
    std::iter::repeat_with(|| fault.reply())
        .take(count)
        .collect()
}

fn no_recipients() -> Reply {
    out_of_order("no recipient was taken; MAIL and RCPT come first")
}
