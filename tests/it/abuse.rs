//! What others do to strangers through a list, and lists to each other (P10, P11 and
//! P13 of the bar). The sizes are those of every run; FOLKMOOT_ABUSE multiplies them,
//! and 50 gives those of the bar.

use folkmoot::outbox::catalogue::CATALOGUE;

use crate::support::bounce::hand_in;
use crate::support::letters::{answer, last, names};
use crate::support::sink::Received;
use crate::support::{Client, Community, Database, Node, Post, Sink, both};

both!(
    a_flood_of_sign_ups_reaches_its_victim_three_times,
    a_flood_in_a_forged_name_sends_that_name_nothing,
    two_lists_that_subscribe_to_each_other_pass_a_post_once,
    lists_of_two_installations_pass_a_post_once,
    members_who_answer_by_themselves_are_not_heard,
    what_goes_in_circles_ends,
    no_answer_of_the_catalogue_can_be_had_without_end,
);

const VICTIM: &str = "victim@far.example";
const BOB: &str = "bob@plant.example";
const CLEO: &str = "cleo@mill.example";
const FAY: &str = "fay@plant.example";
const DOMAIN: &str = "lists.example.org";

fn times(count: usize) -> usize {
    let factor = std::env::var("FOLKMOOT_ABUSE").ok();
    count * factor.and_then(|text| text.parse().ok()).unwrap_or(1)
}

fn letter(from: &str, to: &str, id: &str, more: &str) -> String {
    format!(
        "{more}From: <{from}>\r\nTo: <{to}>\r\nSubject: Hello\r\nMessage-ID: <{id}@far.example>\r\n\r\nHello there.\r\n"
    )
}

fn a_flood_of_sign_ups_reaches_its_victim_three_times(database: &Database) {
    let sink = Sink::start();
    let node = Node::with_list(database, &sink, &Community::pumps(), &[BOB]);
    let slugs = ["pumps", "valves", "seals", "motors", "tanks"];
    for slug in &slugs[1..] {
        let community = Community {
            slug,
            ..Community::pumps()
        };
        node.found(&community, &[BOB]);
    }
    let mut client = node.client();
    for number in 0..times(200) {
        let to = format!("{}-join@{DOMAIN}", slugs[number % slugs.len()]);
        let raw = letter(VICTIM, &to, &format!("join-{number}"), "");
        let reply = client.deliver(VICTIM, &[&to], raw.as_bytes());
        assert_eq!(reply[0].code, 250, "{reply:?}");
    }
    node.settle();
    let got = sink.for_recipient(VICTIM);
    assert_eq!(
        names(&sink, VICTIM),
        ["confirm"; 3],
        "three a day over all lists"
    );
    let mut from: Vec<String> = got.iter().map(|one| one.mail().header("List-Id")).collect();
    from.dedup();
    assert_eq!(from.len(), 3, "one a list");
    let confirm = last(&sink, VICTIM, "confirm");
    node.advance("4d");
    let before = names(&sink, VICTIM).len();
    answer(&node, VICTIM, &confirm, "yes");
    for slug in slugs {
        let members = node.json(&["member", "list", slug]).to_string();
        assert!(!members.contains(VICTIM), "it has ended: {members}");
    }
    assert!(names(&sink, VICTIM).len() <= before + 1);
}

fn a_flood_in_a_forged_name_sends_that_name_nothing(database: &Database) {
    let sink = Sink::start();
    let node = Node::with_list(database, &sink, &Community::pumps(), &[BOB]);
    let add = ["member", "add", "pumps", FAY, "--role", "facilitator"];
    node.run(&add).ok();
    let known = ["", "-request", "-join", "-leave", "-owner"];
    let unknown = [
        "-confirm+x",
        "-bounces+x",
        "-reply+x",
        "-rsvp+x",
        "-nonsense",
    ];
    let clients = [Client::lmtp(node.lmtp), Client::smtp(node.smtp)];
    for (protocol, client) in clients.into_iter().enumerate() {
        let mut client = client.expect("a greeting");
        for round in 0..times(10) {
            for (number, suffix) in known.iter().chain(&unknown).enumerate() {
                let to = format!("pumps{suffix}@{DOMAIN}");
                let id = format!("flood-{protocol}-{round}-{number}");
                let raw = letter(VICTIM, &to, &id, "");
                let reply = client.deliver(VICTIM, &[&to], raw.as_bytes());
                let is_known = known.contains(suffix);
                assert_eq!(reply[0].code == 550, !is_known, "{to}: {reply:?}");
            }
        }
    }
    node.settle();
    let mut got = names(&sink, VICTIM);
    got.sort();
    // What -join and -request answer to anybody, once a day; no bounce and no notice.
    got.retain(|name| name != "confirm" && name != "clarification");
    assert_eq!(got, [] as [&str; 0]);
    assert!(
        names(&sink, VICTIM).len() <= 2,
        "{:?}",
        names(&sink, VICTIM)
    );
    let empty = |one: &Received| one.from.is_empty();
    assert!(!sink.received().iter().any(empty), "nothing is a bounce");
}

/// Carries what goes to lists back to their nodes, until nothing does; gives how often.
fn carry(sink: &Sink, nodes: &[(&str, &Node)]) -> usize {
    let (mut seen, mut carried) = (0, 0);
    loop {
        for (_, node) in nodes {
            node.settle();
        }
        let all = sink.received();
        let fresh: Vec<Received> = all[seen..].to_vec();
        seen = all.len();
        let mut moved = 0;
        for one in fresh {
            let domain = one.to.rsplit('@').next().unwrap_or_default();
            if let Some((_, node)) = nodes.iter().find(|(name, _)| *name == domain) {
                let raw = String::from_utf8_lossy(&one.raw).into_owned();
                hand_in(node, &one.from, &one.to, &raw);
                moved += 1;
            }
        }
        carried += moved;
        assert!(carried < 20, "a post goes in circles");
        if moved == 0 {
            return carried;
        }
    }
}

fn two_lists_that_subscribe_to_each_other_pass_a_post_once(database: &Database) {
    let sink = Sink::start();
    let (pumps, valves) = (Community::open_to_all(), open("valves"));
    let node = Node::with_list(database, &sink, &pumps, &[BOB, "valves@lists.example.org"]);
    node.found(&valves, &[CLEO, "pumps@lists.example.org"]);
    node.post(&Post::new(BOB, "p@plant.example", "Seals"));
    let carried = carry(&sink, &[(DOMAIN, &node)]);
    assert!(carried <= 2, "{carried} passes");
    for somebody in [BOB, CLEO] {
        let copies = sink.for_recipient(somebody).len();
        assert!(copies <= 1, "{somebody} got {copies}");
    }
}

fn open(slug: &'static str) -> Community {
    Community {
        slug,
        ..Community::open_to_all()
    }
}

fn lists_of_two_installations_pass_a_post_once(database: &Database) {
    let sink = Sink::start();
    let here = Node::with_list(
        database,
        &sink,
        &Community::open_to_all(),
        &[BOB, "valves@lists.example.net"],
    );
    let other = Database::sqlite();
    let mut there = Node::new(&other, &sink);
    there.configure("lists.example.org", "lists.example.net");
    there.found(&open("valves"), &[CLEO, "pumps@lists.example.org"]);
    there.start();
    here.post(&Post::new(BOB, "p@plant.example", "Seals"));
    let carried = carry(&sink, &[(DOMAIN, &here), ("lists.example.net", &there)]);
    assert!(carried <= 2, "{carried} passes");
    for somebody in [BOB, CLEO] {
        let copies = sink.for_recipient(somebody).len();
        assert_eq!(copies, 1, "{somebody}");
    }
}

fn members_who_answer_by_themselves_are_not_heard(database: &Database) {
    let sink = Sink::start();
    let members: Vec<String> = (0..times(40).min(200))
        .map(|n| format!("m{n}@away.example"))
        .collect();
    let mut all: Vec<&str> = members.iter().map(String::as_str).collect();
    all.push(BOB);
    let node = Node::with_list(database, &sink, &Community::open_to_all(), &all);
    node.post(&Post::new(BOB, "p@plant.example", "Seals"));
    node.settle();
    let copies = sink.copies("p@plant.example");
    assert_eq!(copies.len(), all.len());
    let mut client = node.client();
    for (number, copy) in copies.iter().enumerate().filter(|(_, copy)| copy.to != BOB) {
        // To where a good one answers, and to where bad ones do.
        for to in [
            copy.from.as_str(),
            "pumps@lists.example.org",
            "pumps-request@lists.example.org",
        ] {
            let id = format!("away-{number}-{}", &to[..6]);
            let raw = letter(&copy.to, to, &id, "Auto-Submitted: auto-replied\r\n");
            client.deliver("", &[to], raw.as_bytes());
            let vacation = letter(&copy.to, to, &format!("v{id}"), "X-Autoreply: yes\r\n");
            client.deliver(&copy.to, &[to], vacation.as_bytes());
        }
    }
    node.settle();
    assert_eq!(sink.count(), all.len(), "nothing follows");
    assert_eq!(node.member("m0@away.example")["state"], "active");
    assert!(node.json(&["why", "m0@away.example"])["delivery"].is_null());
}

fn what_goes_in_circles_ends(database: &Database) {
    let sink = Sink::start();
    let node = Node::with_list(database, &sink, &Community::open_to_all(), &[BOB, CLEO]);
    let hop = "Received: from a.example by b.example; Mon, 2 Mar 2026 10:00:00 +0100\r\n";
    for (hops, copies) in [(50, 2), (51, 0)] {
        let id = format!("hops-{hops}");
        let raw = letter(BOB, "pumps@lists.example.org", &id, &hop.repeat(hops));
        hand_in(&node, BOB, "pumps@lists.example.org", &raw);
        assert_eq!(
            sink.copies(&format!("{id}@far.example")).len(),
            copies,
            "{hops} hops"
        );
    }
}

/// So many of each answer go to one person in a day, whoever writes in their name, and
/// why it is not one. A new answer of the catalogue needs its line here.
const ANSWERS: [(&str, usize, &str); 9] = [
    (
        "confirm",
        8,
        "three each for commands and addresses, one each for joining and leaving",
    ),
    ("welcome", 0, "follows a token or a moderator"),
    ("join-outcome", 0, "follows a moderator"),
    ("receipt", 10, "members try things; all commands together"),
    ("goodbye", 0, "follows a token"),
    (
        "clarification",
        10,
        "members try things; counted with the receipts",
    ),
    ("hold-notice", 1, "only to authors who are proven"),
    ("export", 3, "to the registered address alone"),
    ("link", 3, "to the registered address alone"),
];

fn no_answer_of_the_catalogue_can_be_had_without_end(database: &Database) {
    let answers = CATALOGUE.iter().filter(|entry| entry.answers);
    let mut names_of: Vec<&str> = answers.map(|entry| entry.name).collect();
    let mut listed: Vec<&str> = ANSWERS.iter().map(|(name, ..)| *name).collect();
    names_of.sort_unstable();
    listed.sort_unstable();
    assert_eq!(names_of, listed);
    let sink = Sink::start();
    let node = Node::with_list(database, &sink, &Community::pumps(), &[BOB, CLEO]);
    let words = [
        "which",
        "frobnicate",
        "set digest",
        "page",
        "export",
        "erase",
        "leave",
        "resume",
        "help",
        "link other@far.example",
        "address other@far.example",
        "stop",
        "confirm",
        "accept",
    ];
    let mut client = node.client();
    for round in 0..times(12) {
        for (number, word) in words.iter().enumerate() {
            for (person, from) in [BOB, VICTIM].iter().enumerate() {
                for suffix in ["-request", "-join", "-leave", ""] {
                    let to = format!("pumps{suffix}@{DOMAIN}");
                    if suffix.is_empty() && *from == BOB {
                        continue;
                    }
                    let id = format!("ask-{round}-{number}-{person}{suffix}");
                    let raw = letter(from, &to, &id, "").replace("Hello there.", word);
                    client.deliver(from, &[&to], raw.as_bytes());
                }
            }
        }
    }
    node.settle();
    for person in [BOB, VICTIM, "other@far.example"] {
        let got = names(&sink, person);
        for (name, most, _) in ANSWERS {
            let count = got.iter().filter(|one| *one == name).count();
            assert!(count <= most, "{person} got {count} {name}: {got:?}");
        }
    }
}
