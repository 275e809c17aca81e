//! More of everything than a client should send: octets, headers, connections, silence.
//! `FOLKMOOT_FULL=1` runs the full counts.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use crate::mutate::{Numbers, mutated};
use crate::support::community::LIST;
use crate::support::post::Post;
use crate::support::{Client, Community, Database, Node, Sink, both, http, wait};

both!(
    a_header_of_half_a_million_addresses_is_refused_at_once,
    a_gigabyte_costs_no_memory,
    hostile_bodies_arrive_each_once,
    the_slow_do_not_keep_others_waiting,
    a_thousand_connections_are_served_or_told_to_come_again,
);

fn is_full() -> bool {
    std::env::var_os("FOLKMOOT_FULL").is_some()
}

fn node<'a>(database: &'a Database, sink: &Sink) -> Node<'a> {
    Node::with_list(
        database,
        sink,
        &Community::open_to_all(),
        &["ann@plant.example"],
    )
}

/// P5. The limit on a header is 256 KiB, so neither comes as far as a parser.
fn a_header_of_half_a_million_addresses_is_refused_at_once(database: &Database) {
    let sink = Sink::start();
    let mut node = node(database, &sink);
    node.configure("1MiB", "25MiB");
    node.terminate();
    node.start();
    let lines = "To: a@x.example,\r\n a@x.example,\r\n".repeat(250_000);
    let long = format!("X-Long: {}\r\n", "x".repeat(1 << 20));
    for header in [lines, long] {
        let raw = format!("From: <bob@plant.example>\r\n{header}\r\nbody\r\n");
        let began = wait::now();
        let reply = node
            .client()
            .deliver("bob@plant.example", &[LIST], raw.as_bytes());
        let took = began.elapsed();
        assert_eq!(reply[0].code, 554, "{reply:?}");
        assert!(took < Duration::from_secs(8), "{took:?}");
    }
    node.settle();
    assert_eq!(sink.count(), 0);
}

/// P6. What is declared too large is refused at MAIL, what is streamed at its end, and
/// nothing of either is in memory meanwhile: neither before the limit (25 MiB here, as
/// without a setting) nor behind it.
fn a_gigabyte_costs_no_memory(database: &Database) {
    let sink = Sink::start();
    let mut node = node(database, &sink);
    node.configure("1MiB", "25MiB");
    node.terminate();
    node.start();
    let declared = node
        .client()
        .command("MAIL FROM:<bob@plant.example> SIZE=1073741824");
    assert_eq!(declared.code, 552, "{declared:?}");
    let before = node.resident_kib();
    let mut highest = before;
    for client in [Client::lmtp(node.lmtp), Client::smtp(node.smtp)] {
        let mut client = client.expect("a connection");
        client.command("MAIL FROM:<bob@plant.example>");
        client.command(&format!("RCPT TO:<{LIST}>"));
        assert_eq!(client.command("DATA").code, 354);
        client.send(b"Subject: large\r\n\r\n");
        let block = b"0123456789abcdef0123456789abcd\r\n".repeat(32 * 1_024);
        for _ in 0..if is_full() { 1_024 } else { 100 } {
            client.send(&block);
            highest = highest.max(node.resident_kib());
        }
        client.send(b"\r\n.\r\n");
        let reply = client.reply();
        assert_eq!(reply.code, 552, "{reply:?}");
        assert!(client.quit().contains("221"));
    }
    println!("{before} KiB before, {highest} KiB at most");
    assert!(
        highest - before <= 10 * 1_024,
        "from {before} to {highest} KiB"
    );
}

/// P2 and P3: each is answered once, and what was taken arrives once.
fn hostile_bodies_arrive_each_once(database: &Database) {
    let sink = Sink::start();
    let node = node(database, &sink);
    let count = if is_full() { 10_000 } else { 150 };
    let seeds = seeds();
    let (mut numbers, mut taken) = (Numbers(11), Vec::new());
    let mut client = node.client();
    for number in 0..count {
        let id = format!("hostile-{number}@plant.example");
        let head = format!("From: <bob@plant.example>\r\nMessage-ID: <{id}>\r\nSubject: x\r\n\r\n");
        let raw = [head.as_bytes(), &mutated(&seeds, &mut numbers)].concat();
        let reply = client.deliver("bob@plant.example", &[LIST], &raw).remove(0);
        match reply.code {
            250 => taken.push(id),
            500..=599 => {}
            _ => panic!("{reply:?} to {}", raw.escape_ascii()),
        }
    }
    assert!(taken.len() * 10 > count * 9, "{} of {count}", taken.len());
    node.settle();
    assert_eq!(sink.violations(), [""; 0]);
    let received = sink.received();
    let mut arrived: Vec<String> = received
        .iter()
        .map(|mail| mail.mail().message_id())
        .collect();
    arrived.sort();
    taken.sort();
    // One body is one post: the same octets under another Message-ID are another.
    assert_eq!(arrived, taken);
}

fn seeds() -> Vec<Vec<u8>> {
    let endings: [&[u8]; 6] = [
        b"\n.\n",
        b"\r.\r",
        b"\r\n.\r",
        b"\n.\r\n",
        b"\r\n..\r\n",
        b"\0",
    ];
    let mut seeds: Vec<Vec<u8>> = endings
        .iter()
        .map(|ending| [b"one", *ending, b"MAIL FROM:<e@e.example>\r\n"].concat())
        .collect();
    seeds.push("ü".repeat(2_000).into_bytes());
    seeds.push(b"From here\r\n.\r\n..\r\n-- \r\nx".to_vec());
    seeds
}

/// P7. 500 clients that say an octet now and then, on each listener.
fn the_slow_do_not_keep_others_waiting(database: &Database) {
    let sink = Sink::start();
    let node = node(database, &sink);
    let each = 500;
    let mut slow = Vec::new();
    for address in [node.lmtp, node.smtp, node.http] {
        slow.extend((0..each).map(|_| TcpStream::connect(address).expect("a connection")));
    }
    let mut times = Vec::new();
    for number in 0..20 {
        for one in &mut slow {
            let _ = one.write_all(b"G");
        }
        let began = wait::now();
        let id = format!("good-{number}@plant.example");
        node.post(&Post::new("bob@plant.example", &id, "Good"));
        let mut smtp = Client::smtp(node.smtp).expect("SMTP");
        assert!(smtp.command("NOOP").is_ok());
        assert_eq!(http::get(node.http, "/healthz").status, 200);
        times.push(began.elapsed());
    }
    times.sort();
    println!(
        "{} slow ones; a good client waits {:?} at most",
        slow.len(),
        times[19]
    );
    assert!(times[19] <= Duration::from_secs(2), "{times:?}");
}

/// P8.
fn a_thousand_connections_are_served_or_told_to_come_again(database: &Database) {
    let sink = Sink::start();
    let node = node(database, &sink);
    let many = if is_full() { 1_100 } else { 300 };
    let mut clients: Vec<TcpStream> = (0..many)
        .map(|_| TcpStream::connect(node.smtp).expect("a connection"))
        .collect();
    let (mut served, mut turned_away) = (0, 0);
    for client in &mut clients {
        client
            .set_read_timeout(Some(wait::SOON))
            .expect("a timeout");
        let mut code = [0; 3];
        client.read_exact(&mut code).expect("a greeting");
        match &code {
            b"220" => served += 1,
            b"421" => turned_away += 1,
            other => panic!("{}", other.escape_ascii()),
        }
    }
    println!(
        "{served} served, {turned_away} told to come again, {} KiB",
        node.resident_kib()
    );
    assert_eq!(served, many.min(1_000));
    assert!(node.resident_kib() <= 512 * 1_024);
    drop(clients);
    let began: Instant = wait::now();
    wait::until("room again", wait::SOON, || Client::smtp(node.smtp));
    assert!(began.elapsed() < Duration::from_secs(10));
}
