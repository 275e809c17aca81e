//! SIGTERM: what is in flight is finished, and the node ends.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crate::support::community::{LIST, members};
use crate::support::wait::SOON;
use crate::support::{Client, Community, Database, Node, Post, Sink, both};

both!(sigterm_under_load_loses_and_doubles_nothing);

const MEMBERS: usize = 20;

fn sigterm_under_load_loses_and_doubles_nothing(database: &Database) {
    let sink = Sink::start();
    let members = members(MEMBERS);
    let names: Vec<&str> = members.iter().map(String::as_str).collect();
    let mut node = Node::new(database, &sink).real_clock();
    node.found(&Community::pumps(), &names);
    let mut taken = Vec::new();
    for round in 0..3 {
        node.start();
        let (accepted, status, took) = post_until_the_end(&mut node, &sink, round);
        assert_eq!(status, Some(0), "round {round}");
        assert!(
            took < Duration::from_secs(30),
            "round {round} took {took:?}"
        );
        assert!(!accepted.is_empty(), "round {round} was under load");
        taken.extend(accepted);
    }
    node.start();
    sink.wait_for(taken.len() * MEMBERS, SOON * 2);
    std::thread::sleep(Duration::from_millis(500));
    let tally = sink.tally();
    for id in &taken {
        for member in &members {
            assert_eq!(
                tally.get(&(member.clone(), id.clone())),
                Some(&1),
                "{id} to {member}"
            );
        }
    }
}

// Posts from four connections; SIGTERM comes in the middle. Returns the ids
// that got their 250.
fn post_until_the_end(
    node: &mut Node,
    sink: &Sink,
    round: usize,
) -> (Vec<String>, Option<i32>, Duration) {
    let (address, before) = (node.lmtp, sink.count());
    let stop = &AtomicBool::new(false);
    std::thread::scope(|scope| {
        let clients: Vec<_> = (0..4)
            .map(|client| scope.spawn(move || flood(address, round, client, stop)))
            .collect();
        sink.wait_for(before + 10, SOON);
        let (status, took) = node.terminate();
        stop.store(true, Ordering::Relaxed);
        let accepted = clients
            .into_iter()
            .flat_map(|client| client.join().expect("a client"))
            .collect();
        (accepted, status, took)
    })
}

fn flood(
    address: std::net::SocketAddr,
    round: usize,
    client: usize,
    stop: &AtomicBool,
) -> Vec<String> {
    let mut accepted = Vec::new();
    let Some(mut connection) = Client::lmtp(address) else {
        return accepted;
    };
    for number in 0..40 {
        if stop.load(Ordering::Relaxed) {
            break;
        }
        let author = format!("m{:03}@plant.example", number % MEMBERS + 1);
        let post = Post::new(
            &author,
            &format!("term-{round}-{client}-{number}@plant.example"),
            "Load",
        );
        let reply = connection.deliver(&post.from, &[LIST], &post.raw).remove(0);
        match reply.code {
            250 => accepted.push(post.id),
            _ => break,
        }
    }
    accepted
}
