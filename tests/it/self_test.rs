//! The stories' own tools, tried on each other: a sink that loses mail or a
//! client that mends it would prove anything.

use crate::support::client::stuffed;
use crate::support::dns::{Dns, Mode};
use crate::support::sink::{HANG_UP, Stage};
use crate::support::{Client, Database, Mail, Sink, mail, mbox};

#[test]
fn a_sink_keeps_what_a_client_sends() {
    let sink = Sink::start();
    let mut client = Client::smtp(sink.address()).expect("a greeting");
    let raw = b"Message-ID: <dots@x.example>\r\n\r\n.dot\r\n..two\r\nend\r\n";
    assert_eq!(
        client.deliver("a@x.example", &["B@y.example"], raw)[0].code,
        250
    );
    assert_eq!(
        client.deliver("a@x.example", &["b@y.example"], raw)[0].code,
        250
    );
    let received = sink.for_recipient("b@y.example");
    assert_eq!(received[0].raw.as_slice(), raw);
    assert_eq!(received[0].from, "a@x.example");
    assert_eq!(
        sink.tally()[&("b@y.example".into(), "dots@x.example".into())],
        2
    );
    assert!(sink.violations().is_empty());
}

#[test]
fn a_sink_takes_pipelined_commands() {
    let sink = Sink::start();
    let mut client = Client::smtp(sink.address()).expect("a greeting");
    assert!(client.extensions.contains("PIPELINING"));
    client.send(b"MAIL FROM:<a@x.example>\r\nRCPT TO:<b@y.example>\r\nDATA\r\n");
    assert_eq!(
        [
            client.reply().code,
            client.reply().code,
            client.reply().code
        ],
        [250, 250, 354]
    );
    client.send(b"x\r\n.\r\nQUIT\r\n");
    assert_eq!([client.reply().code, client.reply().code], [250, 221]);
}

#[test]
fn a_sink_refuses_as_told_and_notes_each_attempt() {
    let sink = Sink::start();
    sink.reply(
        "b@y.example",
        Stage::Recipient,
        &["450 4.2.0 later", "250 ok"],
    );
    sink.reply("c@y.example", Stage::Data, &["552 5.2.2 full"]);
    sink.reply("d@y.example", Stage::Data, &[HANG_UP]);
    let mut client = Client::smtp(sink.address()).expect("a greeting");
    let codes = [
        "b@y.example",
        "b@y.example",
        "b@y.example",
        "c@y.example",
        "d@y.example",
    ]
    .map(|to| client.deliver("a@x.example", &[to], b"x\r\n")[0].code);
    assert_eq!(codes, [450, 250, 250, 552, 0]);
    assert_eq!(sink.attempts("b@y.example"), 3);
    assert_eq!(sink.for_recipient("c@y.example").len(), 0);
    assert_eq!(
        sink.for_recipient("d@y.example").len(),
        1,
        "kept, though nobody was told"
    );
}

#[test]
fn a_sink_notes_bare_line_ends_and_long_lines() {
    let long = [b"x".repeat(999).as_slice(), b"\r\n"].concat();
    for (raw, breach) in [
        (&b"a\nb\r\n"[..], "a bare LF"),
        (b"a\rb\r\n", "a bare CR"),
        (&long, "a line of 1001 octets"),
    ] {
        let sink = Sink::start();
        let mut client = Client::smtp(sink.address()).expect("a greeting");
        assert_eq!(
            client.deliver("a@x.example", &["b@y.example"], raw)[0].code,
            250
        );
        assert_eq!(sink.violations(), [breach]);
        assert_eq!(sink.received()[0].raw.as_slice(), raw);
    }
}

#[test]
fn a_sink_goes_down_and_comes_back_on_its_port() {
    let sink = Sink::start();
    let mut open = Client::smtp(sink.address()).expect("a greeting");
    sink.down();
    assert_eq!(open.command("NOOP").code, 0, "open connections are cut");
    assert!(Client::smtp(sink.address()).is_none());
    sink.up();
    assert!(Client::smtp(sink.address()).is_some());
}

#[test]
fn a_message_is_stuffed_and_ended() {
    for (raw, wire) in [
        (&b""[..], &b".\r\n"[..]),
        (b"a", b"a\r\n.\r\n"),
        (b".\r\n", b"..\r\n.\r\n"),
        (b"a\r\n.b\r\n", b"a\r\n..b\r\n.\r\n"),
        (b"a\n.b\r\n", b"a\n.b\r\n.\r\n"),
    ] {
        assert_eq!(stuffed(raw), wire, "{:?}", String::from_utf8_lossy(raw));
    }
}

#[test]
fn a_mail_is_read_field_by_field() {
    let mail = Mail::new(b"A: 1\r\n 2\r\nb: <x@y>\r\nMessage-ID: <m@x>\r\n\r\nbody\r\n\r\nmore");
    assert_eq!(
        mail.fields(),
        ["A: 1\r\n 2", "b: <x@y>", "Message-ID: <m@x>"]
    );
    assert_eq!(mail.header("a"), "1 2");
    assert_eq!(mail.message_id(), "m@x");
    assert_eq!(mail.body(), b"body\r\n\r\nmore");
    assert_eq!(Mail::new(b"\r\nbody").body(), b"body");
    assert_eq!(mail::crlf(b"a\nb\r\nc\rd"), b"a\r\nb\r\nc\r\nd");
}

#[test]
fn a_mailbox_is_split() {
    let parts = mbox::split(b"From a\nA: 1\r\n\r\n>From x\n>>From y\n\nFrom b\nB: 2\n\n\n");
    assert_eq!(parts, [&b"A: 1\n\nFrom x\n>From y"[..], b"B: 2"]);
}

#[test]
fn a_cluster_goes_down_and_comes_back_with_what_it_knew() {
    let Some(database) = Database::private_postgres() else {
        return;
    };
    let nowhere = std::path::Path::new("");
    database.execute(nowhere, "CREATE TABLE t (n INTEGER)");
    assert_eq!(
        database.execute(nowhere, "INSERT INTO t VALUES (1), (2)"),
        2
    );
    database.cluster().down();
    database.cluster().up();
    assert_eq!(database.execute(nowhere, "UPDATE t SET n = 3"), 2);
}

#[test]
fn a_resolver_reads_what_the_dns_server_was_told() {
    let dns = Dns::start();
    let long = "k".repeat(1400);
    dns.publish("Mail.x.example", "A", "192.0.2.7");
    dns.publish("x.example", "MX", "10 mail.x.example");
    dns.publish_key("x.example", "one", "rsa", &long);
    let get = |name: &str| resolve(&dns, name);
    assert_eq!(
        get("one._domainkey.X.example."),
        Ok(format!("v=DKIM1; k=rsa; p={long}")),
        "a long one comes over TCP"
    );
    assert!(get("x.example.").is_err_and(|error| error.contains("No Error")));
    assert!(get("y.example.").is_err_and(|error| error.contains("Non-Existent")));
    dns.behave(Mode::Fails);
    assert!(get("z.example.").is_err_and(|error| error.contains("DNS resolution error")));
    dns.behave(Mode::Silent);
    assert!(get("z.example.").is_err_and(|error| error.contains("timed out")));
    dns.behave(Mode::Answers);
    dns.publish("z.example", "TXT", "here");
    assert_eq!(get("z.example."), Ok("here".into()));
    dns.withdraw("z.example");
    assert!(get("z.example.").is_err());
    assert!(dns.asked().contains(&"one._domainkey.x.example".to_owned()));
}

fn resolve(dns: &Dns, name: &str) -> Result<String, String> {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(async {
        let found = dns.authenticator().txt_raw_lookup(name).await;
        found
            .map(|text| String::from_utf8_lossy(&text).into_owned())
            .map_err(|error| error.to_string())
    })
}
