//! A recording gate and a client on a memory stream.

use folkmoot::intake::{Gate, Incoming, Protocol, Reply, Settings, converse};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{
    AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader, DuplexStream, ReadHalf, WriteHalf,
};
use tokio::sync::{Notify, watch};
use tokio::task::JoinHandle;

/// Keeps what it accepts, `held@` only once it is notified; other names behave as tests/data/dialogues/README says.
#[derive(Default)]
pub struct Book(pub Mutex<Vec<Incoming>>, pub Notify);

impl Gate for Book {
    async fn recipient(&self, address: &str, _protocol: Protocol) -> Result<(), Reply> {
        if address.starts_with("nobody@") {
            Err(Reply::no_such_user(address))
        } else {
            Ok(())
        }
    }

    async fn accept(&self, message: Incoming) -> Vec<Reply> {
        if message.recipients.iter().any(|to| to.starts_with("held@")) {
            self.1.notified().await;
        }
        let replies = message
            .recipients
            .iter()
            .map(|to| after_message(to))
            .collect();
        self.0.lock().unwrap().push(message);
        replies
    }
}

fn after_message(to: &str) -> Reply {
    match to.split('@').next() {
        Some("later") => Reply::local_error(),
        Some("full") => Reply::new(552, (5, 2, 2), "mailbox full"),
        Some("panic") => panic!("the gate panics"),
        _ => Reply::ok("kept"),
    }
}

pub fn settings(protocol: Protocol) -> Settings {
    Settings {
        protocol,
        hostname: "mx.example".to_owned(),
        max_size: 1_000,
        max_recipients: 3,
        max_connections: 10,
        idle: Duration::from_secs(60),
        floor: 500,
        tls: None,
    }
}

/// One session, and the client's end of it.
pub struct Client {
    pub reader: BufReader<ReadHalf<DuplexStream>>,
    pub writer: WriteHalf<DuplexStream>,
    pub book: Arc<Book>,
    pub stop: watch::Sender<bool>,
    pub session: JoinHandle<()>,
}

impl Client {
    pub fn connect(settings: Settings) -> Self {
        let (near, far) = tokio::io::duplex(65_536);
        let (stop, stopped) = watch::channel(false);
        let book = Arc::new(Book::default());
        let gate = Arc::clone(&book);
        let session = tokio::spawn(async move {
            converse(far, "192.0.2.1".to_owned(), &settings, &gate, stopped).await;
        });
        let (reader, writer) = tokio::io::split(near);
        Self {
            reader: BufReader::new(reader),
            writer,
            book,
            stop,
            session,
        }
    }

    /// A session that has said hello.
    pub async fn greeted(settings: Settings) -> Self {
        let hello = hello(settings.protocol);
        let mut client = Self::connect(settings);
        client.line().await;
        client
            .send(format!("{hello} c.example\r\n").as_bytes())
            .await;
        client.hello_reply().await;
        client
    }

    pub async fn send(&mut self, octets: &[u8]) {
        self.writer.write_all(octets).await.unwrap();
    }

    /// The next line without CRLF; `EOF` at the end.
    pub async fn line(&mut self) -> String {
        let mut line = String::new();
        match self.reader.read_line(&mut line).await.unwrap() {
            0 => "EOF".to_owned(),
            _ => line
                .strip_suffix("\r\n")
                .expect("a reply ends in CRLF")
                .to_owned(),
        }
    }

    pub async fn hello_reply(&mut self) {
        while !self.line().await.starts_with("250 ") {}
    }

    /// All that the server still says.
    pub async fn rest(mut self) -> (String, Vec<Incoming>) {
        let mut rest = String::new();
        self.reader.read_to_string(&mut rest).await.unwrap();
        (rest, std::mem::take(&mut self.book.0.lock().unwrap()))
    }
}

pub fn hello(protocol: Protocol) -> &'static str {
    match protocol {
        Protocol::Lmtp => "LHLO",
        Protocol::Smtp => "EHLO",
    }
}
