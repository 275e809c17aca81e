//! The LMTP and SMTP dialogue, as a client sees it.

#[path = "dialogue/starttls.rs"]
mod starttls;
#[path = "support/wire.rs"]
mod wire;

use folkmoot::intake::{Incoming, Protocol, Settings};
use std::path::{Path, PathBuf};
use std::time::Duration;
use wire::{Client, hello, settings};

const BOTH: [Protocol; 2] = [Protocol::Lmtp, Protocol::Smtp];

#[tokio::test]
async fn every_dialogue_file_runs_as_written() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/dialogues");
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "txt"));
    assert!(files.len() >= 15, "{files:?}");
    for file in files {
        let script = std::fs::read_to_string(&file).unwrap();
        for protocol in BOTH {
            let name = if protocol == Protocol::Lmtp {
                "lmtp"
            } else {
                "smtp"
            };
            if script
                .lines()
                .next()
                .and_then(|line| line.strip_prefix("only: "))
                .is_none_or(|only| only == name)
            {
                let run = play(&script, protocol, name, &file);
                tokio::time::timeout(Duration::from_secs(10), run)
                    .await
                    .unwrap_or_else(|_| panic!("{file:?} hangs"));
            }
        }
    }
}

async fn play(script: &str, protocol: Protocol, name: &str, file: &Path) {
    let mut client = Client::connect(settings(protocol));
    let mut kept = 0;
    for (number, line) in script.lines().enumerate() {
        let place = format!("{}:{} over {name}", file.display(), number + 1);
        let (key, text) = line
            .split_once(": ")
            .unwrap_or((line.trim_end_matches(':'), ""));
        let text = text.replace(
            "{HELLO}",
            if key.starts_with('S') {
                "{HELLO}"
            } else {
                hello(protocol)
            },
        );
        match key {
            "C" => {
                client
                    .send(&[unescape(&text), b"\r\n".to_vec()].concat())
                    .await
            }
            "c" => {
                client.send(&unescape(&text)).await;
                // The server is to see the pieces apart.
                tokio::task::yield_now().await;
            }
            "S" if text == "{HELLO}" => client.hello_reply().await,
            _ if key == "S" || key == format!("S {name}") => {
                let said = client.line().await;
                assert!(
                    said.starts_with(&text),
                    "{place}: expected {text:?}, got {said:?}"
                );
            }
            "M" => {
                let found = client
                    .book
                    .0
                    .lock()
                    .unwrap()
                    .get(kept)
                    .map_or("none".to_owned(), describe);
                let expected = if text == "none" {
                    text
                } else {
                    escape(&unescape_message(&text))
                };
                assert_eq!(found, expected, "{place}");
                kept += 1;
            }
            "only" | "S smtp" | "S lmtp" => {}
            _ => panic!("{place}: what is {key:?}?"),
        }
    }
}

fn describe(message: &Incoming) -> String {
    let head = format!(
        "{} | {} | ",
        message.envelope_from,
        message.recipients.join(", ")
    );
    escape(&[head.as_bytes(), &message.raw].concat())
}

fn escape(octets: &[u8]) -> String {
    octets.escape_ascii().to_string()
}

fn unescape_message(text: &str) -> Vec<u8> {
    let padded = if text.ends_with(" |") {
        format!("{text} ")
    } else {
        text.to_owned()
    };
    unescape(&padded)
}

fn unescape(text: &str) -> Vec<u8> {
    let mut out = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((first, tail)) = rest.split_first() {
        rest = tail;
        if *first != b'\\' {
            out.push(*first);
            continue;
        }
        let (kind, tail) = rest.split_first().expect("an escape has a kind");
        rest = tail;
        match kind {
            b'r' => out.push(b'\r'),
            b'n' => out.push(b'\n'),
            b'\\' | b'"' => out.push(*kind),
            b'x' => {
                let (digits, tail) = rest.split_at(2);
                out.push(u8::from_str_radix(std::str::from_utf8(digits).unwrap(), 16).unwrap());
                rest = tail;
            }
            _ => panic!("unknown escape in {text}"),
        }
    }
    out
}

/// A dot that only looks like an end: all of it is content.
#[tokio::test]
async fn nothing_but_a_dot_between_two_crlf_ends_a_message() {
    let lookalikes: [&[u8]; 20] = [
        b"\n.\n",
        b"\n.\r\n",
        b"\r\n.\n",
        b"\r.\r",
        b"\r.\r\n",
        b"\r\n.\r",
        b"\n.\r",
        b"\r.\n",
        b"\r\n.\r\r\n",
        b"\r\r\n.\r\r\n",
        b"\r\n\x00.\r\n",
        b"\r\n.\x00\r\n",
        b"\r\n. \r\n",
        b"\r\n .\r\n",
        b"\r\n..\r\n",
        b"\n\n.\r\n",
        b"\r\n.\r.\r\n",
        b"\r\n.\n\r\n",
        b"\n\r.\r\n",
        b"\r\n\n.\r\n",
    ];
    for protocol in BOTH {
        for lookalike in lookalikes {
            for cut in 0..=lookalike.len() {
                smuggle(protocol, lookalike, cut).await;
            }
        }
    }
}

async fn smuggle(protocol: Protocol, lookalike: &[u8], cut: usize) {
    let mut client = Client::greeted(settings(protocol)).await;
    client
        .send(b"MAIL FROM:<a@a.example>\r\nRCPT TO:<one@l.example>\r\nDATA\r\n")
        .await;
    let (before, after) = lookalike.split_at(cut);
    client.send(b"Subject: one\r\n\r\nbody").await;
    client.send(before).await;
    tokio::task::yield_now().await;
    client.send(after).await;
    client.send(b"MAIL FROM:<evil@a.example>\r\nRCPT TO:<two@l.example>\r\nDATA\r\nevil\r\n.\r\nQUIT\r\n").await;
    let (said, kept) = client.rest().await;
    let shown = lookalike.escape_ascii();
    assert_eq!(kept.len(), 1, "{shown}");
    assert!(kept[0].raw.ends_with(b"DATA\r\nevil\r\n"), "{shown}");
    let codes: Vec<&str> = said.lines().map(|line| &line[..3]).collect();
    assert_eq!(codes, ["250", "250", "354", "250", "221"], "{shown}");
}

#[tokio::test]
async fn a_hundred_megabytes_are_refused_after_their_end() {
    for protocol in BOTH {
        let limits = Settings {
            max_size: 1_000_000,
            ..settings(protocol)
        };
        let mut client = Client::greeted(limits).await;
        client.send(b"MAIL FROM:<a@a.example>\r\nRCPT TO:<one@l.example>\r\nRCPT TO:<two@l.example>\r\nDATA\r\n\r\n").await;
        let block = b"0123456789abcdef\r\n".repeat(3_640);
        for _ in 0..(100_000_000 / block.len()) {
            client.send(&block).await;
        }
        client.send(b".\r\nQUIT\r\n").await;
        let (said, kept) = client.rest().await;
        let refused = said
            .lines()
            .filter(|line| line.starts_with("552 5.3.4"))
            .count();
        assert_eq!(
            refused,
            if protocol == Protocol::Lmtp { 2 } else { 1 },
            "{said}"
        );
        assert!(said.ends_with("goodbye\r\n") && kept.is_empty());
    }
}

#[tokio::test]
async fn a_header_without_end_is_refused() {
    for protocol in BOTH {
        let limits = Settings {
            max_size: 10_000_000,
            ..settings(protocol)
        };
        let mut client = Client::greeted(limits).await;
        client
            .send(b"MAIL FROM:<a@a.example>\r\nRCPT TO:<one@l.example>\r\nDATA\r\n")
            .await;
        client.send(&b"X-Long: header\r\n".repeat(20_000)).await;
        client.send(b"\r\nbody\r\n.\r\nQUIT\r\n").await;
        let (said, kept) = client.rest().await;
        assert!(
            said.contains("554 5.6.0 header section over 262144 octets; "),
            "{said}"
        );
        assert!(kept.is_empty());
    }
}

#[tokio::test(start_paused = true)]
async fn a_silent_client_is_hung_up_on() {
    let mut client = Client::greeted(settings(Protocol::Smtp)).await;
    assert!(client.line().await.starts_with("421 4.4.2"));
    assert_eq!(client.line().await, "EOF");
}

/// Where a client that sends an octet a second is cut off: in a command and in a message.
#[tokio::test(start_paused = true)]
async fn a_slow_client_is_hung_up_on() {
    for (opening, replies) in [
        ("", 0),
        (
            "MAIL FROM:<a@a.example>\r\nRCPT TO:<one@l.example>\r\nDATA\r\n",
            3,
        ),
    ] {
        let mut client = Client::greeted(settings(Protocol::Lmtp)).await;
        client.send(opening.as_bytes()).await;
        for _ in 0..replies {
            client.line().await;
        }
        let began = 40;
        let Client {
            reader,
            mut writer,
            book,
            stop,
            session,
        } = client;
        let trickle = tokio::spawn(async move {
            let mut sent = 0;
            while sent < began
                && tokio::io::AsyncWriteExt::write_all(&mut writer, b"x")
                    .await
                    .is_ok()
            {
                tokio::time::sleep(Duration::from_secs(1)).await;
                sent += 1;
            }
            sent
        });
        let mut client = Client {
            reader,
            writer: tokio::io::split(tokio::io::duplex(1).0).1,
            book,
            stop,
            session,
        };
        assert!(
            client
                .line()
                .await
                .starts_with("421 4.4.2 this is too slow")
        );
        assert_eq!(client.line().await, "EOF");
        assert!(client.book.0.lock().unwrap().is_empty());
        drop(client);
        assert!((29..=33).contains(&trickle.await.unwrap()));
    }
}

#[tokio::test(start_paused = true)]
async fn a_client_just_above_the_floor_is_served() {
    let limits = Settings {
        max_size: 1_000_000,
        ..settings(Protocol::Smtp)
    };
    let mut client = Client::greeted(limits).await;
    client
        .send(b"MAIL FROM:<a@a.example>\r\nRCPT TO:<one@l.example>\r\nDATA\r\n\r\n")
        .await;
    for _ in 0..120 {
        client.send(&[b'x'; 510]).await;
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    client.send(b"\r\n.\r\nQUIT\r\n").await;
    let (said, kept) = client.rest().await;
    assert_eq!(kept.len(), 1, "{said}");
}

#[tokio::test]
async fn a_thousand_pipelined_messages_arrive_in_order() {
    for protocol in BOTH {
        let mut client = Client::greeted(settings(protocol)).await;
        let Client {
            writer,
            reader,
            book,
            stop,
            session,
        } = client;
        let sending = tokio::spawn(async move {
            let mut writer = writer;
            for number in 0..1_000 {
                let text = format!(
                    "MAIL FROM:<a@a.example>\r\nRCPT TO:<one@l.example>\r\nDATA\r\nSubject: {number}\r\n\r\n.\r\n"
                );
                tokio::io::AsyncWriteExt::write_all(&mut writer, text.as_bytes())
                    .await
                    .unwrap();
            }
            tokio::io::AsyncWriteExt::write_all(&mut writer, b"QUIT\r\n")
                .await
                .unwrap();
            writer
        });
        let spare = tokio::io::split(tokio::io::duplex(1).0).1;
        client = Client {
            writer: spare,
            reader,
            book,
            stop,
            session,
        };
        let (said, kept) = client.rest().await;
        sending.await.unwrap();
        assert_eq!(said.lines().count(), 4_001);
        assert_eq!(kept.len(), 1_000);
        for (number, message) in kept.iter().enumerate() {
            assert_eq!(
                message.raw,
                format!("Subject: {number}\r\n\r\n").into_bytes()
            );
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_stopping_node_sends_the_idle_away_and_lets_a_message_arrive() {
    let mut idle = Client::greeted(settings(Protocol::Lmtp)).await;
    idle.stop.send_replace(true);
    assert!(idle.line().await.starts_with("421 4.3.2"));
    assert_eq!(idle.line().await, "EOF");

    let mut busy = Client::greeted(settings(Protocol::Lmtp)).await;
    busy.send(b"MAIL FROM:<a@a.example>\r\nRCPT TO:<one@l.example>\r\nDATA\r\n")
        .await;
    for _ in 0..3 {
        busy.line().await;
    }
    busy.stop.send_replace(true);
    tokio::time::sleep(Duration::from_secs(15)).await;
    busy.send(b"late\r\n.\r\n").await;
    let (said, kept) = busy.rest().await;
    assert_eq!(kept.len(), 1);
    assert!(said.starts_with("250 2.0.0 kept\r\n421 4.3.2"), "{said}");

    let mut stuck = Client::greeted(settings(Protocol::Lmtp)).await;
    stuck
        .send(b"MAIL FROM:<a@a.example>\r\nRCPT TO:<one@l.example>\r\nDATA\r\nhalf")
        .await;
    for _ in 0..3 {
        stuck.line().await;
    }
    stuck.stop.send_replace(true);
    let (said, kept) = stuck.rest().await;
    assert!(kept.is_empty() && said.starts_with("421 4.3.2"), "{said}");
}

#[tokio::test]
async fn half_a_message_leaves_nothing() {
    for half in [
        "DATA\r\nSubject: half\r\n\r\nbody\r\n",
        "DATA\r\nbody\r\n.",
        "DATA\r\nbody\r\n.\r",
        "BDAT 5 LAST\r\nfour",
        "BDAT 4\r\nfour",
    ] {
        let mut client = Client::greeted(settings(Protocol::Smtp)).await;
        client
            .send(b"MAIL FROM:<a@a.example>\r\nRCPT TO:<one@l.example>\r\n")
            .await;
        client.send(half.as_bytes()).await;
        let Client {
            reader,
            writer,
            book,
            session,
            stop,
        } = client;
        drop((reader, writer));
        session.await.unwrap();
        assert!(book.0.lock().unwrap().is_empty(), "{half}");
        drop(stop);
    }
}

#[tokio::test]
async fn a_message_is_kept_though_its_client_goes_meanwhile() {
    let mut client = Client::greeted(settings(Protocol::Smtp)).await;
    client
        .send(b"MAIL FROM:<a@a.example>\r\nRCPT TO:<held@l.example>\r\nDATA\r\n")
        .await;
    for _ in 0..3 {
        client.line().await;
    }
    client.send(b"whole\r\n.\r\n").await;
    tokio::task::yield_now().await;
    let Client {
        reader,
        writer,
        book,
        session,
        stop,
    } = client;
    drop((reader, writer));
    stop.send_replace(true);
    assert!(book.0.lock().unwrap().is_empty());
    book.1.notify_one();
    session.await.unwrap();
    assert_eq!(book.0.lock().unwrap().len(), 1);
}

mod properties {
    use super::*;
    use proptest::prelude::*;

    fn runtime() -> tokio::runtime::Runtime {
        tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .start_paused(true)
            .build()
            .unwrap()
    }

    /// Commands, fragments of them, and noise.
    fn token() -> impl Strategy<Value = Vec<u8>> {
        let known = prop::sample::select(vec![
            "LHLO c\r\n",
            "EHLO c\r\n",
            "MAIL FROM:<a@b.example>",
            "RCPT TO:<",
            "\"",
            "a@b.example>",
            "DATA\r\n",
            "\r\n",
            "\r",
            "\n",
            ".",
            "BDAT 3\r\n",
            "BDAT 2 LAST\r\n",
            "RSET\r\n",
            " SIZE=9",
            " SMTPUTF8",
            "\\",
            "<",
            ">",
            "@",
            ":",
            "ü",
        ]);
        prop_oneof![8 => known.prop_map(|text| text.as_bytes().to_vec()), 1 => prop::collection::vec(any::<u8>(), 0..40)]
    }

    proptest! {
        #[test]
        fn whatever_is_said_the_session_ends_well(pieces in prop::collection::vec(token(), 0..60), lmtp in any::<bool>()) {
            let protocol = if lmtp { Protocol::Lmtp } else { Protocol::Smtp };
            runtime().block_on(async {
                let mut client = Client::connect(settings(protocol));
                for piece in &pieces {
                    // A client may find the door closed; that is an answer too.
                    let _ = tokio::io::AsyncWriteExt::write_all(&mut client.writer, piece).await;
                    tokio::task::yield_now().await;
                }
                let Client { mut reader, writer, session, stop, .. } = client;
                drop(stop);
                let mut said = Vec::new();
                tokio::io::AsyncReadExt::read_to_end(&mut reader, &mut said).await.unwrap();
                drop((reader, writer));
                session.await.expect("no panic");
                let said = String::from_utf8(said).expect("replies are text");
                for line in said.split_terminator("\r\n") {
                    let code = line.get(..3).and_then(|code| code.parse::<u16>().ok());
                    assert!(code.is_some_and(|code| (200..600).contains(&code)), "{line}");
                }
            });
        }

        #[test]
        fn any_body_arrives_as_it_was_sent(
            lines in prop::collection::vec(prop::collection::vec(prop::sample::select(b".\r\nab\0\xff".to_vec()), 0..6), 0..12),
            cut in 1_usize..30,
            lmtp in any::<bool>(),
        ) {
            let protocol = if lmtp { Protocol::Lmtp } else { Protocol::Smtp };
            let body: Vec<u8> = lines.iter().flat_map(|line| [line.as_slice(), b"\r\n"].concat()).collect();
            let wire = [b"MAIL FROM:<a@b.example>\r\nRCPT TO:<a@b.example>\r\nDATA\r\n".to_vec(), stuff(&body), b"QUIT\r\n".to_vec()].concat();
            let kept = runtime().block_on(async {
                let mut client = Client::greeted(settings(protocol)).await;
                for piece in wire.chunks(cut) {
                    client.send(piece).await;
                    tokio::task::yield_now().await;
                }
                client.rest().await.1
            });
            prop_assert_eq!(kept.len(), 1);
            prop_assert_eq!(&kept[0].raw, &body);
        }
    }

    /// The client's side: every line that begins with a dot gets another, and then the lone dot.
    fn stuff(body: &[u8]) -> Vec<u8> {
        let mut wire = Vec::new();
        for (at, octet) in body.iter().enumerate() {
            if *octet == b'.' && (at == 0 || body[..at].ends_with(b"\r\n")) {
                wire.push(b'.');
            }
            wire.push(*octet);
        }
        [wire, b".\r\n".to_vec()].concat()
    }
}
