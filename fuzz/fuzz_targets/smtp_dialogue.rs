//! Any octets, cut anywhere, spoken to both protocols: no panic, no hang, and
//! every answer is a line with a code.
#![no_main]

use folkmoot::intake::{Gate, Incoming, Protocol, Reply, Settings, converse};
use libfuzzer_sys::fuzz_target;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::watch;

struct Yes;

impl Gate for Yes {
    async fn recipient(&self, address: &str, _protocol: Protocol) -> Result<(), Reply> {
        if address.len().is_multiple_of(7) {
            Err(Reply::no_such_user(address))
        } else {
            Ok(())
        }
    }

    async fn accept(&self, message: Incoming) -> Vec<Reply> {
        assert!(message.raw.len() <= 4_096);
        message
            .recipients
            .iter()
            .map(|_| Reply::ok("kept"))
            .collect()
    }
}

fn settings(protocol: Protocol) -> Settings {
    Settings {
        protocol,
        hostname: "fuzz.example".to_owned(),
        max_size: 4_096,
        max_recipients: 5,
        max_connections: 1,
        idle: Duration::from_secs(5),
        floor: 500,
        tls: None,
    }
}

fuzz_target!(|input: &[u8]| {
    let Some((knobs, octets)) = input.split_first() else {
        return;
    };
    let protocol = if knobs & 1 == 0 {
        Protocol::Lmtp
    } else {
        Protocol::Smtp
    };
    let piece = usize::from(knobs >> 1) + 1;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(talk(protocol, octets.chunks(piece)));
});

/// Writes and reads at once, as either side alone would wait for the other.
async fn talk(protocol: Protocol, pieces: std::slice::Chunks<'_, u8>) {
    let (near, far) = tokio::io::duplex(1_024);
    let (_running, stop) = watch::channel(false);
    let settings = settings(protocol);
    let gate = Arc::new(Yes);
    let (mut reader, mut writer) = tokio::io::split(near);
    let write = async move {
        for piece in pieces {
            if writer.write_all(piece).await.is_err() {
                break;
            }
        }
        let _ = writer.shutdown().await;
    };
    let mut said = Vec::new();
    let read = reader.read_to_end(&mut said);
    let (_, _, read) = tokio::join!(
        converse(far, "fuzz".to_owned(), &settings, &gate, stop),
        write,
        read
    );
    read.expect("a memory stream can be read");
    for line in said
        .split(|octet| *octet == b'\n')
        .filter(|line| !line.is_empty())
    {
        assert!(
            line.len() <= 511
                && line.ends_with(b"\r")
                && line.iter().take(3).all(u8::is_ascii_digit)
        );
    }
}
