//! P8: a node that is used for long does not grow. Seconds here, a day with `scripts/soak`,
//! which prints how much memory the node has each minute.

use std::io::Write;
use std::net::TcpStream;
use std::time::Duration;

use crate::mutate::{Numbers, mutated};
use crate::support::community::{LIST, THREE};
use crate::support::{Client, Community, Database, Node, Post, Sink, both, http, wait};

both!(a_node_in_use_does_not_grow);

/// Before this much of the whole has passed, caches fill.
const WARM: f64 = 0.25;
/// Growth that is allowed behind it: 5 % over a day, and so much for the noise of a short run.
const NOISE_KIB: u64 = 16 * 1_024;

fn seconds() -> u64 {
    let text = std::env::var("FOLKMOOT_SOAK_SECONDS").ok();
    text.map_or(6, |text| text.parse().expect("FOLKMOOT_SOAK_SECONDS"))
}

fn a_node_in_use_does_not_grow(database: &Database) {
    let sink = Sink::start();
    let community = Community {
        archive: "public",
        ..Community::open_to_all()
    };
    let node = Node::with_list(database, &sink, &community, &THREE);
    let whole = Duration::from_secs(seconds());
    let (began, mut minute, mut warm, mut highest) = (wait::now(), 0, None, 0);
    let (mut numbers, mut round) = (Numbers(3), 0);
    while began.elapsed() < whole {
        let start = wait::now();
        one_round(&node, &mut numbers, round);
        round += 1;
        let (passed, kib) = (began.elapsed(), node.resident_kib());
        if passed >= whole.mul_f64(WARM) {
            warm.get_or_insert(kib);
            highest = highest.max(kib);
        }
        if passed.as_secs() / 60 >= minute {
            println!("{minute} min: {kib} KiB after {round} rounds");
            minute = passed.as_secs() / 60 + 1;
        }
        // Some work each second, so that a day of it is no more than a disk holds.
        std::thread::sleep(Duration::from_secs(1).saturating_sub(start.elapsed()));
    }
    node.settle();
    let warm = warm.expect("a round after the beginning");
    let last = node.resident_kib();
    println!("{round} rounds: {warm} KiB when warm, {highest} at most, {last} at the end");
    let arrived = sink.recipients("soak-0@plant.example").len();
    assert_eq!(arrived, THREE.len(), "the first post arrived");
    let id = format!("soak-{}@plant.example", round - 1);
    assert_eq!(sink.copies(&id).len(), THREE.len(), "so did the last one");
    assert!(last <= warm + warm / 20 + NOISE_KIB, "{warm} to {last} KiB");
}

/// What comes to a node: a post, a broken mail, a letter to a program, somebody who vanishes,
/// readers, and somebody who asks for what is not there.
fn one_round(node: &Node, numbers: &mut Numbers, round: u64) {
    let id = format!("soak-{round}@plant.example");
    // Many authors: none of them exceeds what one may send in an hour.
    let author = format!("m{round}@plant.example");
    let body = format!("Line {round} of the log.\r\n").repeat(20);
    node.post(&Post::with_body(&author, &id, "Soak", &body));
    let broken = mutated(&[b"Subject: help\r\n\r\nset digest\r\n".to_vec()], numbers);
    let request = "pumps-request@lists.example.org";
    node.client()
        .deliver("bob@plant.example", &[request], &broken);
    if let Some(mut client) = Client::smtp(node.smtp) {
        client.command("MAIL FROM:<bob@plant.example>");
        client.command(&format!("RCPT TO:<{LIST}>"));
        client.command("DATA");
        client.send(b"Subject: never ended\r\n\r\n");
    }
    if let Ok(mut stream) = TcpStream::connect(node.http) {
        let _ = stream.write_all(b"GET /c/pumps/ HT");
    }
    for path in ["/c/pumps/", "/c/pumps/search?q=log", "/u/none", "/metrics"] {
        assert!(
            (200..500).contains(&http::get(node.http, path).status),
            "{path}"
        );
    }
}
