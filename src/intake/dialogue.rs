//! The server's side of LMTP (RFC 2033) and SMTP (RFC 5321), with STARTTLS (RFC 3207).

use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::watch;
use tokio::time::timeout;

use super::reply::Reply;
use super::session::{Session, Upgrade};
use super::tls::Certificate;

/// How long a handshake may take.
const LONGEST_HANDSHAKE: Duration = Duration::from_secs(20);

/// Which of the two is spoken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protocol {
    /// LHLO, and an answer for each recipient after the message.
    Lmtp,
    /// EHLO or HELO, and one answer for all.
    Smtp,
}

/// The limits of a listener.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Which protocol the listener speaks.
    pub protocol: Protocol,
    /// The name in the greeting.
    pub hostname: String,
    /// The largest message, in octets (RFC 1870).
    pub max_size: u64,
    /// Recipients of one message; more are asked to come in a second one.
    pub max_recipients: usize,
    /// Sessions at the same time; more are turned away with 421.
    pub max_connections: usize,
    /// How long a client may say nothing.
    pub idle: Duration,
    /// Octets per second, over 30 s, below which a client is hung up on; 0 for none.
    pub floor: u32,
    /// What STARTTLS shows; it is not offered without one.
    pub tls: Option<Arc<Certificate>>,
}

/// A message that was received whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Incoming {
    /// How it came.
    pub protocol: Protocol,
    /// The client's address without port, or `unix`.
    pub peer: String,
    /// What the client called itself: up to 255 octets without spaces or
    /// control characters, otherwise anything.
    pub helo: String,
    /// The reverse path, empty for the null sender. Quotes only where needed.
    pub envelope_from: String,
    /// The accepted recipients in the order of their RCPT, doubles included.
    pub recipients: Vec<String>,
    /// Whether the client declared SMTPUTF8 (RFC 6531).
    pub smtputf8: bool,
    /// The message, its dots unstuffed, otherwise as it came.
    pub raw: Vec<u8>,
}

/// Who decides over recipients and keeps messages.
pub trait Gate: Send + Sync + 'static {
    /// Judges one RCPT TO. A client that speaks SMTP is its author's own server, which tells
    /// them of a refusal; behind LMTP is the operator's, which would tell whoever stands in
    /// the envelope.
    fn recipient(
        &self,
        address: &str,
        protocol: Protocol,
    ) -> impl Future<Output = Result<(), Reply>> + Send;

    /// Makes the message durable and only then answers: one reply for each
    /// recipient, in order. LMTP sends them all; SMTP sends the first temporary
    /// failure, else the first 2xx, else the first. A panic or a missing reply
    /// is a 451. It runs to its end even where the client vanishes.
    fn accept(&self, message: Incoming) -> impl Future<Output = Vec<Reply>> + Send;
}

/// Speaks with one client until either side ends it. `stop` turning true ends
/// it between messages; a message on its way has 20 s to arrive.
pub async fn converse<S, G>(
    stream: S,
    peer: String,
    settings: &Settings,
    gate: &Arc<G>,
    stop: watch::Receiver<bool>,
) where
    S: AsyncRead + AsyncWrite + Unpin + Send,
    G: Gate,
{
    let session = Session::new(stream, peer.clone(), settings, gate, stop.clone());
    if let Some(upgrade) = session.run().await
        && let Some(stream) = encrypted(upgrade, stop.clone()).await
    {
        // Nothing that was said in the clear counts any more (RFC 3207, 4.2).
        let session = Session::new(stream, peer, settings, gate, stop);
        session.encrypted().run().await;
    }
}

/// The stream under TLS, where the client gets that far in time.
async fn encrypted<S>(
    upgrade: Upgrade<S>,
    mut stop: watch::Receiver<bool>,
) -> Option<tokio_rustls::server::TlsStream<S>>
where
    S: AsyncRead + AsyncWrite + Unpin + Send,
{
    let Upgrade { stream, handshake } = upgrade;
    let shaking = timeout(LONGEST_HANDSHAKE, handshake.acceptor.accept(stream));
    let shaken = tokio::select! {
        shaken = shaking => shaken,
        _ = stop.wait_for(|stopping| *stopping) => return None,
    };
    drop(handshake.permit);
    match shaken {
        Ok(Ok(stream)) => return Some(stream),
        Ok(Err(error)) => tracing::debug!(%error, "intake.handshake_failed"),
        Err(_) => tracing::debug!("intake.handshake_too_slow"),
    }
    None
}
