//! TLS from the first byte and after STARTTLS, against a server with a self-made certificate.

use std::sync::{Arc, Mutex};

use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{
        ServerConfig,
        crypto::ring,
        pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
    },
};

use super::*;
use crate::relay::{
    address::Scheme,
    scripted::{Heard, SILENCE, Script, Step::*, Talk},
};

const CERTIFICATE: &[u8] = include_bytes!("../../../tests/data/relay/certificate.pem");
const KEY: &[u8] = include_bytes!("../../../tests/data/relay/key.pem");
const PATIENCE: Duration = Duration::from_secs(10);
const OFFERED: &[&str] = &["250-scripted.example\r\n250-PIPELINING\r\n250 STARTTLS"];

/// Opens a connection to a server of this scheme and, where that goes well, sends a mail.
async fn send(
    scheme: Scheme,
    host: &str,
    trust: bool,
    script: Script,
) -> (Result<(), String>, Arc<Mutex<Heard>>) {
    let (port, heard) = start(scheme, script).await;
    let address = format!("{}://{host}:{port}", scheme.name())
        .parse()
        .expect("an address");
    let trusted = trust.then(|| Certificate::from_pem(CERTIFICATE).expect("a certificate"));
    let opened = Connection::open_trusting(&address, "node.example", PATIENCE, trusted).await;
    let mut connection = match opened {
        Ok(connection) => connection,
        Err(Failure::Unreachable(why)) => return (Err(why), heard),
        Err(failure) => panic!("{failure}"),
    };
    let waits = connection.envelope("", "ann@one.example", 17, false).await;
    assert_eq!(waits, Ok(None));
    let verdict = connection.body(&[b"A: b\r\n\r\n", b".secret\r\n"]).await;
    assert!(matches!(verdict, Ok(Verdict::Sent { .. })), "{verdict:?}");
    connection.quit().await;
    (Ok(()), heard)
}

async fn start(scheme: Scheme, script: Script) -> (u16, Arc<Mutex<Heard>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let port = listener.local_addr().expect("an address").port();
    let heard = Arc::new(Mutex::new(Heard::default()));
    let shared = heard.clone();
    tokio::spawn(async move {
        let (tcp, _) = listener.accept().await.ok()?;
        match scheme {
            Scheme::Smtp => Talk::new(tcp, script, shared).run().await,
            Scheme::Smtps => Talk::new(encrypted(tcp).await?, script, shared).run().await,
            Scheme::Starttls => {
                let tcp = Talk::new(tcp, script.clone(), shared.clone())
                    .until_starttls()
                    .await?;
                let script = script.saying(Greeting, &[SILENCE]);
                Talk::new(encrypted(tcp).await?, script, shared).run().await;
            }
        }
        Some(())
    });
    (port, heard)
}

async fn encrypted(tcp: TcpStream) -> Option<tokio_rustls::server::TlsStream<TcpStream>> {
    let chain = vec![CertificateDer::from_pem_slice(CERTIFICATE).expect("a certificate")];
    let key = PrivateKeyDer::from_pem_slice(KEY).expect("a key");
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("versions of TLS")
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .expect("a certificate with its key");
    TlsAcceptor::from(Arc::new(config)).accept(tcp).await.ok()
}

#[tokio::test]
async fn a_mail_goes_through_tls_both_ways_of_beginning_it() {
    for (scheme, first) in [
        (Scheme::Smtps, vec!["EHLO node.example"; 2]),
        (
            Scheme::Starttls,
            vec![
                "EHLO node.example",
                "STARTTLS",
                "EHLO node.example",
                "EHLO node.example",
            ],
        ),
    ] {
        let script = Script::welcome().saying(Ehlo, OFFERED);
        let (sent, heard) = send(scheme, "localhost", true, script).await;
        assert_eq!(sent, Ok(()), "{scheme:?}");
        let heard = heard.lock().expect("notes");
        assert_eq!(heard.messages, [b"A: b\r\n\r\n.secret\r\n"]);
        assert_eq!(heard.commands[..first.len()], first);
        assert_eq!(
            heard.commands[first.len()..],
            ["MAIL FROM:<>", "RCPT TO:<ann@one.example>", "DATA", "QUIT"]
        );
    }
}

#[tokio::test]
async fn nothing_is_sent_where_tls_cannot_be_had() {
    let welcome = || Script::welcome().saying(Ehlo, OFFERED);
    for (scheme, host, trust, script, expected) in [
        (
            Scheme::Smtps,
            "localhost",
            false,
            welcome(),
            "its certificate is not trusted",
        ),
        (
            Scheme::Smtps,
            "127.0.0.1",
            true,
            welcome(),
            "its certificate is not trusted",
        ),
        (
            Scheme::Starttls,
            "localhost",
            false,
            welcome(),
            "its certificate is not trusted",
        ),
        (
            Scheme::Starttls,
            "localhost",
            true,
            Script::welcome(),
            "does not offer STARTTLS; use smtps://",
        ),
        (
            Scheme::Starttls,
            "localhost",
            true,
            welcome().saying(Starttls, &["454 4.7.0 no"]),
            "said 454 4.7.0 no",
        ),
        (
            Scheme::Starttls,
            "localhost",
            true,
            welcome().saying(Greeting, &["554 go away"]),
            "said 554 go away",
        ),
        // An answer in the clear that is to be taken for one given under TLS.
        (
            Scheme::Starttls,
            "localhost",
            true,
            welcome().saying(Starttls, &["220 go on\r\n250 slipped in"]),
            "refused TLS",
        ),
    ] {
        let (sent, heard) = send(scheme, host, trust, script).await;
        let why = sent.expect_err(expected);
        assert!(why.contains(expected), "{why}");
        let commands = heard.lock().expect("notes").commands.join("|");
        assert!(!commands.contains("MAIL"), "{expected}: {commands}");
    }
}
