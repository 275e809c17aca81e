//! Dialogues with a scripted server, as data.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

use super::*;
use crate::relay::scripted::{self, Answers, HANG_UP, Heard, SILENCE, Script, Step::*};

const PATIENCE: Duration = Duration::from_secs(10);
const NO_PIPELINING: Answers = &["250-scripted.example\r\n250 8BITMIME"];
const BUSY: &str = "421 4.3.2 busy";

async fn open(
    script: Script,
    timeout: Duration,
) -> (Result<Connection, Failure>, Arc<Mutex<Heard>>) {
    let (port, heard) = scripted::start(script).await;
    let address = format!("smtp://127.0.0.1:{port}")
        .parse()
        .expect("an address");
    (
        Connection::open(&address, "node.example", timeout).await,
        heard,
    )
}

/// One mail to one recipient, told as one line: what became of it.
async fn send(connection: &mut Connection, to: &str, pieces: &[&[u8]]) -> String {
    let size = pieces.iter().map(|piece| piece.len()).sum();
    let result = match connection
        .envelope("list@node.example", to, size, false)
        .await
    {
        Ok(None) => connection.body(pieces).await,
        Ok(Some(verdict)) => Ok(verdict),
        Err(failure) => Err(failure),
    };
    match result {
        Ok(Verdict::Sent { reply }) => format!("sent {reply}"),
        Ok(Verdict::Deferred { reply }) => format!("deferred {reply}"),
        Ok(Verdict::Refused { reply }) => format!("refused {reply}"),
        Err(Failure::Broken(why)) => format!("broken {why}"),
        Err(Failure::Unreachable(why)) => format!("unreachable {why}"),
    }
}

/// What becomes of two mails on one connection, the second after whatever befell the first.
async fn two(script: Script, timeout: Duration) -> (String, String, Arc<Mutex<Heard>>) {
    let (connection, heard) = open(script, timeout).await;
    let mut connection = connection.unwrap_or_else(|failure| panic!("{failure}"));
    let first = send(
        &mut connection,
        "ann@one.example",
        &[b"A: first\r\n\r\n", b"one\r\n"],
    )
    .await;
    let second = send(
        &mut connection,
        "bob@two.example",
        &[b"A: second\r\n\r\n", b"two\r\n"],
    )
    .await;
    (first, second, heard)
}

fn received(heard: &Mutex<Heard>) -> Vec<String> {
    let heard = heard.lock().expect("the server's notes");
    heard
        .messages
        .iter()
        .map(|message| String::from_utf8_lossy(message).into_owned())
        .collect()
}

#[tokio::test]
async fn each_recipient_gets_the_relays_own_verdict_and_the_next_is_unharmed() {
    for (step, answer, expected) in [
        (Mail, "250 ok", "sent 250 2.0.0 taken"),
        (Mail, "451 4.3.0 later", "deferred 451 4.3.0 later"),
        (Mail, "550 5.7.1 not you", "refused 550 5.7.1 not you"),
        (Mail, "552 5.3.4 big", "refused 552 5.3.4 big"),
        (Rcpt, "251 will forward", "sent 250 2.0.0 taken"),
        (Rcpt, "450 4.2.1 full", "deferred 450 4.2.1 full"),
        (Rcpt, "550 5.1.1 who?", "refused 550 5.1.1 who?"),
        (Rcpt, "552 5.2.2 full", "refused 552 5.2.2 full"),
        (Rcpt, "571 no", "refused 551 no"),
        (Rcpt, "550", "refused 550"),
        (
            Rcpt,
            "550-5.1.1 no\r\n550-5.1.1 such\r\n550 5.1.1 \x1bone",
            "refused 550 5.1.1 no such ?one",
        ),
        (Data, "451 4.3.0 disk", "deferred 451 4.3.0 disk"),
        (Data, "550 5.7.1 policy", "refused 550 5.7.1 policy"),
        (Dot, "250", "sent 250"),
        (
            Dot,
            "250-2.0.0 a\r\n250 2.0.0 b",
            "sent 250 2.0.0 a 2.0.0 b",
        ),
        (Dot, "450 4.7.1 grey", "deferred 450 4.7.1 grey"),
        (Dot, "550 5.7.1 spam", "refused 550 5.7.1 spam"),
        (Dot, "552 5.3.4 big", "refused 552 5.3.4 big"),
    ] {
        // The first mail hears the answer, the second the usual one.
        let usual = match step {
            Data => "354 go on",
            _ => "250 2.0.0 ok",
        };
        let script = Script::welcome().saying(step, Box::leak(Box::new([answer, usual])));
        for script in [script.clone(), script.saying(Ehlo, NO_PIPELINING)] {
            expect_then_well(script, expected).await;
        }
    }
}

/// The first mail ends so, the second is sent, and only what was sent arrived.
async fn expect_then_well(script: Script, expected: &str) {
    let (first, second, heard) = two(script, PATIENCE).await;
    assert_eq!(first, expected);
    assert!(second.starts_with("sent 250"), "{expected}: {second}");
    let mut arrived = vec!["A: second\r\n\r\ntwo\r\n"];
    if first.starts_with("sent") {
        arrived.insert(0, "A: first\r\n\r\none\r\n");
    }
    assert_eq!(received(&heard), arrived, "{expected}");
}

#[tokio::test]
async fn a_refused_recipient_stays_refused_whatever_is_said_to_data() {
    for data in [
        &["503 5.5.1 rcpt first", "354 go on"] as Answers,
        &["554 5.5.1 no valid recipients", "354 go on"],
        &["451 4.3.0 what?", "354 go on"],
        // Answered with a single dot, and no mail.
        &["354 go on"],
    ] {
        let script = Script::welcome().saying(Rcpt, &["550 5.1.1 who?", "250 ok"]);
        expect_then_well(script.saying(Data, data), "refused 550 5.1.1 who?").await;
    }
}

#[tokio::test]
async fn a_connection_that_ends_is_no_verdict_on_the_recipient() {
    for (step, answers, expected) in [
        (
            Mail,
            &[BUSY] as Answers,
            "closes the connection: 421 4.3.2 busy",
        ),
        (Rcpt, &[BUSY], "closes the connection: 421 4.3.2 busy"),
        (Data, &[BUSY], "closes the connection: 421 4.3.2 busy"),
        (Mail, &[HANG_UP], "did not answer"),
        (Rcpt, &[HANG_UP], "did not answer"),
        (Data, &[HANG_UP], "did not answer"),
        (Dot, &[HANG_UP], "did not answer"),
        (Rcpt, &["hello?"], "did not answer"),
        (Mail, &["354 go on"], "is out of step: 354 go on"),
        (Data, &["250 ok"], "is out of step: 250 ok"),
        (Dot, &["354 go on"], "answered a message with 354 go on"),
    ] {
        let script = Script::welcome().saying(step, answers);
        for script in [script.clone(), script.saying(Ehlo, NO_PIPELINING)] {
            let (first, second, _) = two(script, PATIENCE).await;
            assert!(
                first.starts_with("broken ") && first.contains(expected),
                "{expected}: {first}"
            );
            assert!(
                second.contains("is no longer in use"),
                "{expected}: {second}"
            );
        }
    }
}

#[tokio::test]
async fn a_refusal_stands_though_the_connection_ends_right_after() {
    for end in [BUSY, HANG_UP] {
        let script = Script::welcome().saying(Rcpt, &["550 5.1.1 who?"]);
        let script = script.saying(Data, Box::leak(Box::new([end])));
        let (first, second, _) = two(script, PATIENCE).await;
        assert_eq!(first, "refused 550 5.1.1 who?");
        assert!(second.contains("no longer in use"), "{second}");
    }
}

#[tokio::test]
async fn a_relay_that_hangs_up_within_a_body_breaks_the_connection() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let port = listener.local_addr().expect("an address").port();
    tokio::spawn(async move {
        let (mut tcp, _) = listener.accept().await.ok()?;
        let mut part = [0; 1000];
        for answer in [
            "220 hi",
            "250 hi",
            "250 hi",
            "250 from",
            "250 to",
            "354 go on",
        ] {
            tcp.write_all(format!("{answer}\r\n").as_bytes())
                .await
                .ok()?;
            tcp.read(&mut part).await.ok().filter(|count| *count > 0)?;
        }
        Some(())
    });
    let address = format!("smtp://127.0.0.1:{port}")
        .parse()
        .expect("an address");
    let opened = Connection::open(&address, "node.example", PATIENCE).await;
    let mut connection = opened.unwrap_or_else(|failure| panic!("{failure}"));
    let told = send(
        &mut connection,
        "ann@one.example",
        &[&b"0123456\r\n".repeat(2_000_000)],
    )
    .await;
    assert!(
        told.starts_with("broken ") && told.contains("did not answer"),
        "{told}"
    );
    assert_eq!((connection.sent(), connection.is_usable()), (0, false));
}

#[tokio::test]
async fn a_reset_that_is_refused_ends_the_connection() {
    let script = Script::welcome().saying(Rcpt, &["550 5.1.1 who?"]);
    let (first, second, _) = two(script.saying(Rset, &["500 what?"]), PATIENCE).await;
    assert_eq!(first, "refused 550 5.1.1 who?");
    assert!(
        second.starts_with("broken ") && second.ends_with("did not reset: 500 what?"),
        "{second}"
    );
}

#[tokio::test]
async fn a_421_after_the_final_dot_defers_and_ends_the_connection() {
    let (first, second, heard) = two(Script::welcome().saying(Dot, &[BUSY]), PATIENCE).await;
    assert_eq!(first, "deferred 421 4.3.2 busy");
    assert!(
        second.starts_with("broken ") && second.contains("no longer in use"),
        "{second}"
    );
    assert!(received(&heard).is_empty());
}

#[tokio::test]
async fn every_wait_ends() {
    let short = Duration::from_millis(100);
    for step in [Mail, Data, Dot] {
        let (first, _, _) = two(Script::welcome().saying(step, &[SILENCE]), short).await;
        assert!(
            first.starts_with("broken ") && first.contains("nothing came within"),
            "{first}"
        );
    }
    let (opened, _) = open(Script::welcome().saying(Greeting, &[SILENCE]), short).await;
    let failure = opened.err().expect("no greeting").to_string();
    assert!(
        failure.ends_with("did not greet us within 100ms"),
        "{failure}"
    );
}

#[tokio::test]
async fn a_relay_that_does_not_let_us_in_is_unreachable() {
    for (step, answers, expected) in [
        (
            Greeting,
            &["554 5.7.1 go away"] as Answers,
            "did not greet us: 554 5.7.1 go away",
        ),
        (Greeting, &[BUSY], "did not greet us: 421 4.3.2 busy"),
        (
            Greeting,
            &[HANG_UP],
            "did not greet us: incomplete response",
        ),
        (
            Ehlo,
            &["502 5.5.1 no EHLO"],
            "did not greet us: 502 5.5.1 no EHLO",
        ),
    ] {
        let (opened, _) = open(Script::welcome().saying(step, answers), PATIENCE).await;
        let failure = opened.err().expect("refused");
        assert!(
            matches!(&failure, Failure::Unreachable(why) if why.ends_with(expected)),
            "{failure:?}"
        );
    }
    let closed = "smtp://127.0.0.1:1".parse().expect("an address");
    let failure = Connection::open(&closed, "node.example", PATIENCE)
        .await
        .err()
        .expect("closed");
    assert!(
        failure
            .to_string()
            .starts_with("the relay smtp://127.0.0.1:1 cannot be reached"),
        "{failure}"
    );
}

#[tokio::test]
async fn a_relay_that_wants_authentication_refuses_nobody() {
    let (first, _, _) = two(
        Script::welcome().saying(Mail, &["530 5.7.0 log in"]),
        PATIENCE,
    )
    .await;
    assert!(
        first.starts_with("unreachable ") && first.contains("set user and password: 530 5.7.0"),
        "{first}"
    );
}

#[tokio::test]
async fn a_user_is_authenticated() {
    let offered: Answers = &["250-scripted.example\r\n250 AUTH PLAIN LOGIN"];
    for (auth, ehlo, expected) in [
        (&["235 2.7.0 in"] as Answers, offered, None),
        (
            &["535 5.7.8 wrong"],
            offered,
            Some("check user and password: 535 5.7.8 wrong"),
        ),
        (
            &["235 2.7.0 in"],
            NO_PIPELINING,
            Some("No compatible authentication mechanism was found"),
        ),
    ] {
        let script = Script::welcome().saying(Auth, auth).saying(Ehlo, ehlo);
        let (port, heard) = scripted::start(script).await;
        let address = format!("smtp://ann:secret@127.0.0.1:{port}")
            .parse()
            .expect("an address");
        let opened = Connection::open(&address, "node.example", PATIENCE).await;
        match (opened.err(), expected) {
            // NUL, user, NUL, password in Base64 (RFC 4616).
            (None, None) => assert_eq!(
                heard.lock().expect("notes").commands[1],
                "AUTH PLAIN AGFubgBzZWNyZXQ="
            ),
            (Some(failure), Some(expected)) => {
                assert!(failure.to_string().ends_with(expected), "{failure}")
            }
            (failure, expected) => panic!("{failure:?} instead of {expected:?}"),
        }
    }
}

#[tokio::test]
async fn an_envelope_is_one_group_and_a_body_with_its_dot_another() {
    let (first, second, heard) = two(Script::welcome(), PATIENCE).await;
    assert!(first.starts_with("sent") && second.starts_with("sent"));
    let reads = heard.lock().expect("notes").reads.clone();
    let reads: Vec<_> = reads
        .iter()
        .map(|read| String::from_utf8_lossy(read))
        .collect();
    assert_eq!(
        reads,
        [
            "EHLO node.example\r\n",
            "EHLO node.example\r\n",
            "MAIL FROM:<list@node.example> SIZE=17\r\nRCPT TO:<ann@one.example>\r\nDATA\r\n",
            "A: first\r\n\r\none\r\n.\r\n",
            "MAIL FROM:<list@node.example> SIZE=18\r\nRCPT TO:<bob@two.example>\r\nDATA\r\n",
            "A: second\r\n\r\ntwo\r\n.\r\n",
        ]
    );
}

#[tokio::test]
async fn without_pipelining_each_command_waits_for_its_answer() {
    let script = Script::welcome()
        .saying(Ehlo, NO_PIPELINING)
        .saying(Rcpt, &["550 5.1.1 who?", "250 ok"]);
    let (_, _, heard) = two(script, PATIENCE).await;
    let commands = heard.lock().expect("notes").commands.join("|");
    assert!(
        commands.ends_with(
            "|MAIL FROM:<list@node.example>|RCPT TO:<ann@one.example>|RSET\
             |MAIL FROM:<list@node.example>|RCPT TO:<bob@two.example>|DATA"
        ),
        "{commands}"
    );
}

#[tokio::test]
async fn a_recipient_taken_without_a_sender_is_sent_no_empty_mail() {
    let script = Script::welcome()
        .saying(Mail, &["550 5.7.1 no"])
        .saying(Rcpt, &["250 ok"]);
    let (first, second, heard) = two(script, PATIENCE).await;
    assert_eq!(first, "refused 550 5.7.1 no");
    assert!(second.contains("no longer in use"), "{second}");
    assert!(received(&heard).is_empty());
}

#[tokio::test]
async fn eight_bit_mail_and_addresses_are_announced_where_that_is_offered() {
    let full: &[&str] = &["250-x.example\r\n250-8BITMIME\r\n250-smtputf8\r\n250 PIPELINING"];
    let (connection, heard) = open(Script::welcome().saying(Ehlo, full), PATIENCE).await;
    let mut connection = connection.unwrap_or_else(|failure| panic!("{failure}"));
    let body = "A: b\r\n\r\nGrüße \u{1F600}\r\n".as_bytes();
    let waits = connection
        .envelope("", "jörg@one.example", body.len(), true)
        .await;
    assert_eq!(waits, Ok(None));
    assert!(matches!(
        connection.body(&[body, b"\xff\x00\r\n"]).await,
        Ok(Verdict::Sent { .. })
    ));
    assert_eq!(connection.sent(), 1);
    connection.quit().await;
    let heard = heard.lock().expect("notes");
    assert_eq!(heard.messages, [[body, b"\xff\x00\r\n"].concat()]);
    assert_eq!(
        heard.commands[2..],
        [
            "MAIL FROM:<> BODY=8BITMIME SMTPUTF8",
            "RCPT TO:<jörg@one.example>",
            "DATA",
            "QUIT"
        ]
    );
}

#[tokio::test]
async fn dots_are_stuffed_over_the_seams_of_pieces() {
    let (connection, heard) = open(Script::welcome(), PATIENCE).await;
    let mut connection = connection.unwrap_or_else(|failure| panic!("{failure}"));
    let long = ["x".repeat(PIECE - 2).as_bytes(), b"\r\n.\r\n..\r\n"].concat();
    let cases: &[&[&[u8]]] = &[
        &[b".\r\n"],
        &[b"a\r\n", b".\r\n", b".b\r\n"],
        &[b"a\r", b"\n.\r\n"],
        &[b"a\r\n.", b"\r\n"],
        &[b"a.", b".b\r\n"],
        &[b"\r\n\r\n.\r\n\r\n"],
        &[&long],
    ];
    for pieces in cases {
        assert!(
            send(&mut connection, "ann@one.example", pieces)
                .await
                .starts_with("sent")
        );
    }
    let sent: Vec<Vec<u8>> = cases.iter().map(|pieces| pieces.concat()).collect();
    assert!(heard.lock().expect("notes").messages == sent);
}

/// Every sequence of three of these parts is tried; the last of them holds a whole mail.
#[tokio::test]
async fn a_thousand_hostile_bodies_arrive_as_a_thousand_messages() {
    const PARTS: [&[u8]; 10] = [
        b"\r",
        b"\n",
        b".",
        b"\r\n",
        b"\r\n.\r\n",
        b"\n.\n",
        b"\r.\r",
        b"\n.\r\n",
        b"\r\n.\r",
        b"MAIL FROM:<x@y.example>\r\nRCPT TO:<z@y.example>\r\nDATA\r\nin\r\n.\r\n",
    ];
    let (connection, heard) = open(Script::welcome(), PATIENCE).await;
    let mut connection = connection.unwrap_or_else(|failure| panic!("{failure}"));
    for number in 0..1000 {
        let body = [
            PARTS[number / 100],
            PARTS[number / 10 % 10],
            PARTS[number % 10],
        ];
        let head = format!("Number: {number}\r\n\r\n");
        let told = send(
            &mut connection,
            "ann@one.example",
            &[head.as_bytes(), body[0], body[1], body[2]],
        )
        .await;
        assert!(told.starts_with("sent"), "{number}: {told}");
    }
    connection.quit().await;
    let heard = heard.lock().expect("notes");
    let numbers: Vec<Option<&[u8]>> = heard
        .messages
        .iter()
        .map(|m| m.split(|b| *b == b'\r').next())
        .collect();
    let expected: Vec<String> = (0..1000)
        .map(|number| format!("Number: {number}"))
        .collect();
    assert_eq!(
        numbers,
        expected
            .iter()
            .map(|line| Some(line.as_bytes()))
            .collect::<Vec<_>>()
    );
    assert!(
        heard
            .messages
            .iter()
            .all(|message| line_ends::only_crlf(&[message]))
    );
    assert_eq!(
        heard
            .commands
            .iter()
            .filter(|line| line.starts_with("RCPT"))
            .count(),
        1000
    );
}

#[tokio::test]
async fn a_large_body_arrives_whole() {
    let (connection, heard) = open(Script::welcome(), PATIENCE).await;
    let mut connection = connection.unwrap_or_else(|failure| panic!("{failure}"));
    let body: Vec<u8> = (0..60_000)
        .flat_map(|n| format!(".{n} {}\r\n", "y".repeat(n % 60)).into_bytes())
        .collect();
    let told = send(
        &mut connection,
        "ann@one.example",
        &[b"A: b\r\n\r\n", &body],
    )
    .await;
    assert!(told.starts_with("sent"), "{told}");
    assert!(heard.lock().expect("notes").messages == [[b"A: b\r\n\r\n", &body[..]].concat()]);
}
