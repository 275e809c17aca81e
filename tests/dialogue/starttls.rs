//! STARTTLS (RFC 3207) on the SMTP listener, as a client sees it that trusts nobody.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use folkmoot::config::settings::Tls;
use folkmoot::intake::tls::Certificate;
use folkmoot::intake::{Incoming, Protocol, Settings, converse};
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, ServerName};
use tokio::io::{
    AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufStream, DuplexStream,
};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::version::{TLS12, TLS13};
use tokio_rustls::rustls::{ClientConfig, RootCertStore, SupportedProtocolVersion, crypto::ring};

use super::wire::{self, Book};

fn with_certificate(protocol: Protocol) -> Settings {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/relay");
    let files = Tls {
        certificate_file: folder.join("certificate.pem"),
        key_file: folder.join("key.pem"),
    };
    Settings {
        tls: Some(Arc::new(Certificate::open(&files).expect("a certificate"))),
        ..wire::settings(protocol)
    }
}

/// A session, and the client's end of its stream.
struct Session {
    near: BufStream<DuplexStream>,
    book: Arc<Book>,
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl Session {
    fn start(settings: Settings) -> Session {
        let (near, far) = tokio::io::duplex(65_536);
        let (stop, stopped) = watch::channel(false);
        let book = Arc::new(Book::default());
        let gate = Arc::clone(&book);
        let task = tokio::spawn(async move {
            converse(far, "192.0.2.1".to_owned(), &settings, &gate, stopped).await;
        });
        let near = BufStream::new(near);
        Session {
            near,
            book,
            stop,
            task,
        }
    }

    /// One that was greeted and has said EHLO.
    async fn greeted() -> Session {
        let mut session = Session::start(with_certificate(Protocol::Smtp));
        assert!(reply(&mut session.near).await.starts_with("220 "));
        let offered = say(&mut session.near, "EHLO c.example").await;
        assert!(offered.contains("STARTTLS"), "{offered}");
        session
    }

    fn kept(&self) -> Vec<Incoming> {
        self.book.0.lock().unwrap().clone()
    }
}

async fn say(stream: &mut BufStream<impl AsyncRead + AsyncWrite + Unpin>, line: &str) -> String {
    write(stream, format!("{line}\r\n").as_bytes()).await;
    reply(stream).await
}

async fn write(stream: &mut BufStream<impl AsyncRead + AsyncWrite + Unpin>, octets: &[u8]) {
    // A server that has closed is seen in what it says.
    let _ = stream.write_all(octets).await;
    let _ = stream.flush().await;
}

/// All lines of the next reply; empty at the end.
async fn reply(stream: &mut BufStream<impl AsyncRead + AsyncWrite + Unpin>) -> String {
    let mut said = String::new();
    loop {
        let start = said.len();
        let got = stream.read_line(&mut said).await.unwrap_or(0);
        if got == 0 || said.as_bytes()[start..].get(3) != Some(&b'-') {
            return said;
        }
    }
}

/// Shakes hands, trusting the one certificate, for `localhost`.
async fn shake(
    stream: BufStream<DuplexStream>,
    version: &'static SupportedProtocolVersion,
) -> BufStream<TlsStream<DuplexStream>> {
    let pem = include_bytes!("../data/relay/certificate.pem");
    let mut roots = RootCertStore::empty();
    roots
        .add(CertificateDer::from_pem_slice(pem).expect("a certificate"))
        .expect("a root");
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_protocol_versions(&[version])
        .expect("a version")
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = ServerName::try_from("localhost").expect("a name");
    let connector = TlsConnector::from(Arc::new(config));
    let shaken = connector.connect(name, stream.into_inner()).await;
    BufStream::new(shaken.expect("a handshake"))
}

const MAIL: [&str; 3] = ["MAIL FROM:<a@a.example>", "RCPT TO:<one@l.example>", "DATA"];

#[tokio::test]
async fn a_message_comes_under_both_versions_of_tls() {
    for version in [&TLS12, &TLS13] {
        let mut session = Session::greeted().await;
        assert!(
            say(&mut session.near, "STARTTLS")
                .await
                .starts_with("220 2.0.0")
        );
        let (book, task) = (session.book.clone(), session.task);
        let mut tls = shake(session.near, version).await;

        let early = say(&mut tls, "MAIL FROM:<a@a.example>").await;
        assert!(
            early.starts_with("503 "),
            "EHLO in the clear counted: {early}"
        );
        let offered = say(&mut tls, "EHLO c.example").await;
        assert!(offered.contains("PIPELINING") && !offered.contains("STARTTLS"));
        let again = say(&mut tls, "STARTTLS").await;
        assert!(again.starts_with("502 5.5.1"), "TLS within TLS: {again}");
        for (line, code) in MAIL.into_iter().zip(["250", "250", "354"]) {
            assert!(say(&mut tls, line).await.starts_with(code), "{line}");
        }
        assert!(say(&mut tls, "secret\r\n.").await.starts_with("250 "));
        assert!(say(&mut tls, "QUIT").await.starts_with("221 "));
        let mut rest = Vec::new();
        // An end without close_notify would be an error here.
        tls.read_to_end(&mut rest).await.expect("a clean end");
        assert!(rest.is_empty());
        drop(tls);
        task.await.expect("no panic");
        let kept = book.0.lock().unwrap().clone();
        assert_eq!(kept.len(), 1);
        assert_eq!(kept[0].raw, b"secret\r\n");
        assert_eq!(kept[0].helo, "c.example");
    }
}

/// CVE-2011-0411 and its kin: what somebody puts between STARTTLS and TLS.
#[tokio::test]
async fn nothing_in_the_clear_behind_starttls_is_obeyed() {
    let evil = "EHLO evil\r\nMAIL FROM:<evil@a.example>\r\nRCPT TO:<one@l.example>\r\nDATA\r\nevil\r\n.\r\nQUIT\r\n";
    for behind in [evil, "NOOP\r\n", "\r\n", "x"] {
        let mut session = Session::greeted().await;
        let together = format!("STARTTLS\r\n{behind}");
        write(&mut session.near, together.as_bytes()).await;
        let mut said = String::new();
        session.near.read_to_string(&mut said).await.unwrap();
        assert_eq!(
            said,
            "501 5.5.4 nothing may follow STARTTLS before TLS; closing\r\n"
        );
        assert!(session.kept().is_empty());
    }
    // The same a moment later, when the server already waits for a handshake.
    for behind in [evil, "NOOP\r\n"] {
        let mut session = Session::greeted().await;
        assert!(say(&mut session.near, "STARTTLS").await.starts_with("220 "));
        write(&mut session.near, behind.as_bytes()).await;
        let mut rest = Vec::new();
        let _ = session.near.read_to_end(&mut rest).await;
        let shown = String::from_utf8_lossy(&rest).into_owned();
        assert!(!shown.contains("250"), "obeyed: {shown:?}");
        session.task.await.expect("no panic");
        assert!(session.book.0.lock().unwrap().is_empty());
    }
}

#[tokio::test]
async fn what_was_begun_in_the_clear_is_no_transaction_under_tls() {
    let mut session = Session::greeted().await;
    assert!(say(&mut session.near, MAIL[0]).await.starts_with("250 "));
    let open = say(&mut session.near, "STARTTLS").await;
    assert!(open.starts_with("503 5.5.1"), "{open}");
    assert!(say(&mut session.near, "RSET").await.starts_with("250 "));
    let argument = say(&mut session.near, "STARTTLS now").await;
    assert!(argument.starts_with("501 "), "{argument}");
    assert!(say(&mut session.near, "STARTTLS").await.starts_with("220 "));
    let mut tls = shake(session.near, &TLS13).await;
    assert!(say(&mut tls, "EHLO c.example").await.starts_with("250-"));
    assert!(say(&mut tls, MAIL[1]).await.starts_with("503 "));
}

#[tokio::test]
async fn without_a_certificate_and_over_lmtp_there_is_no_starttls() {
    for settings in [
        wire::settings(Protocol::Smtp),
        wire::settings(Protocol::Lmtp),
        with_certificate(Protocol::Lmtp),
    ] {
        let hello = wire::hello(settings.protocol);
        let mut session = Session::start(settings);
        reply(&mut session.near).await;
        let offered = say(&mut session.near, &format!("{hello} c.example")).await;
        assert!(!offered.contains("STARTTLS"), "{offered}");
        let refused = say(&mut session.near, "STARTTLS").await;
        assert_eq!(refused, "502 5.5.1 STARTTLS is not offered here\r\n");
        assert!(say(&mut session.near, "NOOP").await.starts_with("250 "));
    }
}

#[tokio::test(start_paused = true)]
async fn a_handshake_that_does_not_come_is_not_waited_for() {
    let mut session = Session::greeted().await;
    assert!(say(&mut session.near, "STARTTLS").await.starts_with("220 "));
    let began = paused_now();
    assert_eq!(reply(&mut session.near).await, "");
    assert!((19..=21).contains(&began.elapsed().as_secs()));
    session.task.await.expect("no panic");
}

#[tokio::test(start_paused = true)]
async fn a_stopping_node_waits_for_no_handshake() {
    let mut session = Session::greeted().await;
    assert!(say(&mut session.near, "STARTTLS").await.starts_with("220 "));
    session.stop.send_replace(true);
    let began = paused_now();
    assert_eq!(reply(&mut session.near).await, "");
    assert!(began.elapsed() < Duration::from_secs(1));
}

/// The moment by the clock that these tests stop, which is the runtime's own.
#[expect(clippy::disallowed_methods, reason = "only this clock can be paused")]
fn paused_now() -> tokio::time::Instant {
    tokio::time::Instant::now()
}
