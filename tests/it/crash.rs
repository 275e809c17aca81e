//! The crash test: a node under load is killed at random moments and started
//! again. No acknowledged mail is lost, and each kill doubles at most as many
//! mails as there are connections to the relay.
//!
//! Small here; `scripts/torture/run` plays it big. `FOLKMOOT_TORTURE_POSTS`,
//! `_MEMBERS`, `_KILLS` and `_SEED` set its size and repeat its choices.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use crate::support::community::{LIST, members};
use crate::support::random::{Random, seed};
use crate::support::sink::Received;
use crate::support::{Client, Community, Database, Node, Post, Sink, both, wait};

both!(no_acknowledged_mail_is_lost);

// As many as `relay.connections` in the nodes of these stories.
const CONNECTIONS: usize = 4;

struct Plan {
    posts: usize,
    members: usize,
    kills: usize,
    seed: u64,
}

impl Plan {
    fn from_environment() -> Self {
        let number = |name: &str| {
            std::env::var(format!("FOLKMOOT_TORTURE_{name}"))
                .ok()
                .map(|text| text.parse().expect(name))
        };
        let size = |name: &str, default: u64| {
            usize::try_from(number(name).unwrap_or(default)).expect(name)
        };
        Self {
            posts: size("POSTS", 60),
            members: size("MEMBERS", 10),
            kills: size("KILLS", 20),
            seed: number("SEED").unwrap_or_else(seed),
        }
    }

    fn post(&self, number: usize) -> Post {
        // Many authors, so that nobody exceeds what one author may send an hour.
        let author = format!("m{:03}@plant.example", number % self.members + 1);
        let body = format!("Line {number} of the log.\r\n.stuffed\r\n").repeat(1 + number % 40);
        Post::with_body(
            &author,
            &format!("crash-{number}@plant.example"),
            &format!("Crash {number}"),
            &body,
        )
    }
}

fn no_acknowledged_mail_is_lost(database: &Database) {
    let plan = Plan::from_environment();
    println!(
        "{} posts, {} members, {} kills, seed {}",
        plan.posts, plan.members, plan.kills, plan.seed
    );
    let sink = Sink::start();
    let members = members(plan.members);
    let names: Vec<&str> = members.iter().map(String::as_str).collect();
    let mut node = Node::new(database, &sink).real_clock();
    node.found(&Community::pumps(), &names);
    // A kill shall find mails on their way, whatever the machine.
    sink.slow(Duration::from_millis(10));
    storm(&plan, &mut node, &sink);
    drain(&plan, &sink);
    let outcome = Outcome::of(&plan, &members, &sink);
    println!("{}", outcome.line(&plan));
    outcome.assert(&plan);
}

// Kills come while posts do: each life of the node may take only its share of
// them, so that the last kill meets a busy node as the first one does.
fn storm(plan: &Plan, node: &mut Node, sink: &Sink) {
    let (allowed, over) = (&AtomicUsize::new(0), &AtomicBool::new(false));
    let mut random = Random::seeded(plan.seed);
    let address = node.lmtp;
    std::thread::scope(|scope| {
        let _unblock = Unblock(allowed, over);
        for client in 0..CONNECTIONS {
            scope.spawn(move || post_all(plan, address, client, allowed, over));
        }
        for kill in 1..=plan.kills {
            node.start();
            allowed.store(plan.posts * kill / (plan.kills + 1), Ordering::Relaxed);
            wait_for_a_moment(plan, sink, &mut random);
            node.kill();
        }
        node.start();
        allowed.store(plan.posts, Ordering::Relaxed);
    });
}

// Somewhere between the first and the last mail of this life's share, and a few
// milliseconds on, so that every step of a mail is met.
fn wait_for_a_moment(plan: &Plan, sink: &Sink, random: &mut Random) {
    let share = (plan.posts * plan.members / (plan.kills + 1)) as u64;
    let target = sink.count() + usize::try_from(random.below(share)).unwrap_or(0);
    let start = wait::now();
    while sink.count() < target && start.elapsed() < Duration::from_secs(2) {
        std::thread::sleep(Duration::from_millis(1));
    }
    std::thread::sleep(Duration::from_millis(random.below(10)));
}

// Lets the clients go where a start fails: else the scope would wait for ever.
struct Unblock<'a>(&'a AtomicUsize, &'a AtomicBool);

impl Drop for Unblock<'_> {
    fn drop(&mut self) {
        self.0.store(usize::MAX, Ordering::Relaxed);
        self.1.store(std::thread::panicking(), Ordering::Relaxed);
    }
}

// Every fourth post, each until it got its 250, with the same bytes.
fn post_all(
    plan: &Plan,
    address: std::net::SocketAddr,
    client: usize,
    allowed: &AtomicUsize,
    over: &AtomicBool,
) {
    let mut connection = None;
    for number in (client..plan.posts).step_by(CONNECTIONS) {
        let post = plan.post(number);
        wait::until("a post to be taken", Duration::from_secs(3600), || {
            if over.load(Ordering::Relaxed) {
                return Some(());
            }
            let wait = number >= allowed.load(Ordering::Relaxed);
            (!wait && deliver(&mut connection, address, &post)).then_some(())
        });
    }
}

fn deliver(connection: &mut Option<Client>, address: std::net::SocketAddr, post: &Post) -> bool {
    let Some(mut client) = connection.take().or_else(|| Client::lmtp(address)) else {
        return false;
    };
    let reply = client.deliver(&post.from, &[LIST], &post.raw).remove(0);
    assert!(reply.code / 100 != 5, "refused for good: {reply:?}");
    if reply.code == 250 {
        *connection = Some(client);
    }
    reply.code == 250
}

// A dead node's leases must end before its mails are sent again.
fn drain(plan: &Plan, sink: &Sink) {
    let expected = plan.posts * plan.members;
    let limit = wait::SOON * 4 + Duration::from_millis(20 * expected as u64);
    let start = wait::now();
    while (sink.count() < expected || sink.tally().len() < expected) && start.elapsed() < limit {
        std::thread::sleep(Duration::from_millis(500));
    }
    // What is sent twice is sent now.
    std::thread::sleep(Duration::from_secs(3));
}

struct Outcome {
    lost: Vec<String>,
    unexpected: Vec<String>,
    different: Vec<String>,
    doubled: usize,
}

impl Outcome {
    fn of(plan: &Plan, members: &[String], sink: &Sink) -> Self {
        let mut copies: BTreeMap<(String, String), Vec<Received>> = BTreeMap::new();
        for mail in sink.received() {
            copies
                .entry((mail.to.clone(), mail.mail().message_id()))
                .or_default()
                .push(mail);
        }
        let expected: BTreeSet<_> = (0..plan.posts)
            .flat_map(|number| {
                members
                    .iter()
                    .map(move |to| (to.clone(), plan.post(number).id))
            })
            .collect();
        let name = |(to, id): &(String, String)| format!("{id} to {to}");
        Self {
            lost: expected
                .iter()
                .filter(|key| !copies.contains_key(*key))
                .map(name)
                .collect(),
            unexpected: copies
                .keys()
                .filter(|key| !expected.contains(*key))
                .map(name)
                .collect(),
            different: copies
                .iter()
                .filter(|(_, mails)| differ(mails))
                .map(|(key, _)| name(key))
                .collect(),
            doubled: copies.values().map(|mails| mails.len() - 1).sum(),
        }
    }

    fn line(&self, plan: &Plan) -> String {
        let (lost, unexpected, doubled) = (self.lost.len(), self.unexpected.len(), self.doubled);
        let all = plan.posts * plan.members;
        format!(
            "lost {lost}, unexpected {unexpected}, doubled {doubled} of {all}, kills {}, seed {}",
            plan.kills, plan.seed
        )
    }

    fn assert(&self, plan: &Plan) {
        let line = self.line(plan);
        assert!(self.lost.is_empty(), "{line}; lost {:?}", first(&self.lost));
        assert!(
            self.unexpected.is_empty(),
            "{line}; unexpected {:?}",
            first(&self.unexpected)
        );
        assert!(
            self.different.is_empty(),
            "{line}; sent again with other bytes {:?}",
            first(&self.different)
        );
        assert!(
            self.doubled <= CONNECTIONS * plan.kills,
            "{line}; at most {CONNECTIONS} a kill can be explained"
        );
    }
}

fn differ(mails: &[Received]) -> bool {
    mails
        .windows(2)
        .any(|pair| pair[0].raw != pair[1].raw || pair[0].from != pair[1].from)
}

fn first(names: &[String]) -> &[String] {
    names.get(..5).unwrap_or(names)
}
