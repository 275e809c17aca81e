//! From an address to a greeted, encrypted, authenticated connection.

use std::time::Duration;

use lettre::transport::smtp::{
    Error,
    authentication::{Credentials, Mechanism},
    client::{AsyncSmtpConnection, Certificate, TlsParameters},
    commands::Ehlo,
    extension::ClientId,
    response::Response,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time,
};

use super::{
    address::{RelayAddress, Scheme},
    replies::Replies,
    stream::{Network, Stream},
    verdict::{Reply, one_line, said},
};

/// RFC 5321 leaves the wait for a connection to the client; Postfix waits 30 s.
const CONNECT: Duration = Duration::from_secs(30);

/// The longest reply that is read before TLS, in octets.
const LONGEST_REPLY: usize = 16 * 1024;

/// What the relay offered in its answer to EHLO, of what we can use.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Offers {
    /// PIPELINING (RFC 2920).
    pub pipelining: bool,
    /// SIZE (RFC 1870).
    pub size: bool,
    /// 8BITMIME (RFC 6152).
    pub eight_bit: bool,
    /// SMTPUTF8 (RFC 6531).
    pub utf8: bool,
}

impl Offers {
    fn read(answer: &Response) -> Offers {
        let mut offers = Offers::default();
        // The first line is the relay's name.
        for line in answer.message().skip(1) {
            match line
                .split_whitespace()
                .next()
                .unwrap_or_default()
                .to_ascii_uppercase()
                .as_str()
            {
                "PIPELINING" => offers.pipelining = true,
                "SIZE" => offers.size = true,
                "8BITMIME" => offers.eight_bit = true,
                "SMTPUTF8" => offers.utf8 = true,
                _ => {}
            }
        }
        offers
    }
}

/// Connects, greets, encrypts and authenticates. `trusted` is a certificate that is believed besides
/// the system's own. The error is a sentence without a subject.
pub(super) async fn open(
    address: &RelayAddress,
    hello: &str,
    trusted: Option<Certificate>,
) -> Result<(AsyncSmtpConnection, Offers), String> {
    let hello = ClientId::Domain(hello.to_owned());
    let stream = stream(address, &hello, trusted).await?;
    let mut connection = AsyncSmtpConnection::connect_with_transport(Box::new(stream), &hello)
        .await
        .map_err(|error| format!("did not greet us: {}", told(&error)))?;
    authenticate(&mut connection, address).await?;
    // lettre forgets PIPELINING and SIZE, so the keywords are asked for once more.
    let answer = connection
        .command(Ehlo::new(hello))
        .await
        .map_err(|error| told(&error))?;
    Ok((connection, Offers::read(&answer)))
}

async fn stream(
    address: &RelayAddress,
    hello: &ClientId,
    trusted: Option<Certificate>,
) -> Result<Stream, String> {
    let mut tcp = connect(address).await?;
    let greeting = match address.scheme {
        Scheme::Starttls => starttls(&mut tcp, hello).await?,
        Scheme::Smtp | Scheme::Smtps => Vec::new(),
    };
    let mut network = Network::use_existing_tokio1(Box::new(tcp));
    if address.scheme != Scheme::Smtp {
        encrypt(&mut network, &address.host, trusted).await?;
    }
    Ok(Stream::new(network, &greeting))
}

async fn connect(address: &RelayAddress) -> Result<TcpStream, String> {
    let connecting = TcpStream::connect((address.host.as_str(), address.port));
    let tcp = match time::timeout(CONNECT, connecting).await {
        Ok(result) => result.map_err(|error| format!("cannot be reached: {error}"))?,
        Err(_) => {
            return Err(format!(
                "cannot be reached: no answer within {} s",
                CONNECT.as_secs()
            ));
        }
    };
    tcp.set_nodelay(true).map_err(|error| error.to_string())?;
    Ok(tcp)
}

async fn encrypt(
    network: &mut Network,
    host: &str,
    trusted: Option<Certificate>,
) -> Result<(), String> {
    let mut parameters = TlsParameters::builder(host.to_owned());
    if let Some(certificate) = trusted {
        parameters = parameters.add_root_certificate(certificate);
    }
    let parameters = parameters
        .build()
        .map_err(|error| format!("cannot be spoken to over TLS: {}", told(&error)))?;
    let upgrade = network.upgrade_tls(parameters).await;
    upgrade.map_err(|error| {
        format!(
            "refused TLS, or its certificate is not trusted: {}",
            told(&error)
        )
    })
}

async fn authenticate(
    connection: &mut AsyncSmtpConnection,
    address: &RelayAddress,
) -> Result<(), String> {
    let Some(user) = &address.user else {
        return Ok(());
    };
    let credentials = Credentials::new(user.clone(), address.password.clone().unwrap_or_default());
    let answer = connection
        .auth(&[Mechanism::Plain, Mechanism::Login], &credentials)
        .await;
    answer.map(drop).map_err(|error| {
        format!(
            "did not let {user:?} in; check user and password: {}",
            told(&error)
        )
    })
}

/// The conversation before TLS (RFC 3207); returns the greeting, for lettre to hear it afterwards.
async fn starttls(tcp: &mut TcpStream, hello: &ClientId) -> Result<Vec<u8>, String> {
    let greeting = expect(tcp, 220).await?;
    let offered = ask(tcp, &Ehlo::new(hello.clone()).to_string(), 250).await?;
    let offered = String::from_utf8_lossy(&offered).to_ascii_uppercase();
    // Each line is a code of three digits, a separator and a keyword.
    if !offered
        .lines()
        .any(|line| line.get(4..).is_some_and(|word| word.trim() == "STARTTLS"))
    {
        return Err("does not offer STARTTLS; use smtps:// or another port".to_owned());
    }
    ask(tcp, "STARTTLS\r\n", 220).await?;
    Ok(greeting)
}

async fn ask(tcp: &mut TcpStream, command: &str, code: u16) -> Result<Vec<u8>, String> {
    tcp.write_all(command.as_bytes())
        .await
        .map_err(|error| error.to_string())?;
    expect(tcp, code).await
}

/// One reply of this code, read octet by octet: what somebody slipped in after it, in the clear, is
/// then read by TLS, which fails, and never as an answer given under TLS.
async fn expect(tcp: &mut TcpStream, code: u16) -> Result<Vec<u8>, String> {
    let (mut replies, mut heard, mut line) = (Replies::default(), Vec::new(), 0);
    while heard.len() < LONGEST_REPLY {
        let byte = tcp
            .read_u8()
            .await
            .map_err(|error| format!("hung up before TLS: {error}"))?;
        replies.tidy(&[byte], &mut heard);
        if byte != b'\n' {
            continue;
        }
        if heard.get(line + 3) == Some(&b' ') {
            let fits = heard.get(line..line + 3) == Some(code.to_string().as_bytes());
            return if fits {
                Ok(heard)
            } else {
                Err(format!(
                    "said {}",
                    one_line(&String::from_utf8_lossy(&heard))
                ))
            };
        }
        line = heard.len();
    }
    Err("talks without end".to_owned())
}

/// An error of lettre's with the relay's own words where there are any.
fn told(error: &Error) -> String {
    match error.status() {
        Some(code) => Reply::new(code.into(), &said(error)).line,
        None => one_line(&said(error)),
    }
}
