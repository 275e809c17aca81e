//! Whatever stands in a message, it arrives as it was sent, one answer a recipient, and
//! what is pipelined behind it is not part of it.
#![no_main]

use folkmoot::intake::{Gate, Incoming, Protocol, Reply, Settings, converse};
use libfuzzer_sys::fuzz_target;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::watch;

#[derive(Default)]
struct Book(Mutex<Vec<Incoming>>);

impl Gate for Book {
    async fn recipient(&self, _address: &str, _protocol: Protocol) -> Result<(), Reply> {
        Ok(())
    }

    async fn accept(&self, message: Incoming) -> Vec<Reply> {
        let replies = message.recipients.iter().map(|_| Reply::ok("kept"));
        let replies = replies.collect();
        self.0.lock().expect("a book").push(message);
        replies
    }
}

fn settings() -> Settings {
    Settings {
        protocol: Protocol::Lmtp,
        hostname: "fuzz.example".to_owned(),
        max_size: 1 << 20,
        max_recipients: 5,
        max_connections: 1,
        idle: Duration::from_secs(5),
        floor: 500,
        tls: None,
    }
}

fuzz_target!(|input: &[u8]| {
    let (knobs, body) = input.split_first().unwrap_or((&0, &[]));
    let recipients = usize::from(knobs % 4) + 1;
    let mut wire = b"LHLO c.example\r\nMAIL FROM:<a@a.example>\r\n".to_vec();
    for _ in 0..recipients {
        wire.extend_from_slice(b"RCPT TO:<b@l.example>\r\n");
    }
    let message = [b"\r\n", body, b"\r\n"].concat();
    if knobs & 4 == 0 {
        wire.extend_from_slice(b"DATA\r\n");
        wire.extend_from_slice(&stuffed(&message));
    } else {
        wire.extend_from_slice(format!("BDAT {} LAST\r\n", message.len()).as_bytes());
        wire.extend_from_slice(&message);
    }
    wire.extend_from_slice(b"QUIT\r\n");
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    let piece = usize::from(knobs >> 3) * 37 + 1;
    let (said, kept) = runtime.block_on(talk(&wire, piece));
    assert_eq!(kept.len(), 1, "{said}");
    assert!(kept[0].raw == message && kept[0].recipients.len() == recipients);
    assert_eq!(said.matches("250 2.0.0 kept\r\n").count(), recipients);
    assert!(said.ends_with("221 2.0.0 goodbye\r\n"), "{said}");
});

/// The client's side: every line that begins with a dot gets another, then the lone dot.
fn stuffed(message: &[u8]) -> Vec<u8> {
    let mut wire = Vec::new();
    for (at, octet) in message.iter().enumerate() {
        if *octet == b'.' && (at == 0 || message[..at].ends_with(b"\r\n")) {
            wire.push(b'.');
        }
        wire.push(*octet);
    }
    [wire, b".\r\n".to_vec()].concat()
}

/// Writes and reads at once, as either side alone would wait for the other.
async fn talk(wire: &[u8], piece: usize) -> (String, Vec<Incoming>) {
    let (near, far) = tokio::io::duplex(1_024);
    let (_running, stop) = watch::channel(false);
    let (settings, gate) = (settings(), Arc::new(Book::default()));
    let (mut reader, mut writer) = tokio::io::split(near);
    let write = async {
        for octets in wire.chunks(piece) {
            if writer.write_all(octets).await.is_err() {
                break;
            }
        }
        writer.shutdown().await
    };
    let mut said = String::new();
    let read = reader.read_to_string(&mut said);
    let session = converse(far, "fuzz".to_owned(), &settings, &gate, stop);
    let (_, _, read) = tokio::join!(session, write, read);
    read.expect("replies are text");
    let kept = std::mem::take(&mut *gate.0.lock().expect("a book"));
    (said, kept)
}
