//! Before a session: somebody is asked to host it, all are asked what it shall be about,
//! and the host is told.

use serde_json::Value;

use crate::support::letters::{answer, last, names};
use crate::support::{Community, Database, Node, Sink, both};

both!(
    an_agenda_is_made_by_replies,
    what_is_no_item_changes_nothing,
    what_comes_late_is_for_the_next_session,
    the_rota_asks_one_after_the_other,
    where_nobody_hosts_the_facilitators_are_told,
    two_members_swap,
    the_host_changes_the_agenda,
    a_moved_session_takes_all_along_and_a_cancelled_one_drops_it,
    what_waits_about_a_moved_session_has_its_new_time,
    the_calendar_and_an_outage,
    replies_in_german,
);

const ANN: &str = "ann@plant.example";
const BOB: &str = "bob@plant.example";
const CLEO: &str = "cleo@mill.example";
const DORA: &str = "dora@mill.example";
const EMIL: &str = "emil@mill.example";
const FOUR: [&str; 4] = [ANN, BOB, CLEO, DORA];
const ALL: [&str; 5] = [ANN, BOB, CLEO, DORA, EMIL];

/// Ann facilitates. It is Monday, 2 March; a clinic every other Tuesday at four from 24
/// March on. Hosts are asked ten days before, members seven, and the host is told one day
/// before.
const PUMPS: Community = Community {
    slug: "pumps",
    posting: "members",
    archive: "members",
    more: "[[facilitator]]\naddress = \"ann@plant.example\"\nname = \"Ann Berg\"\n\
        [[session]]\nslug = \"clinic\"\ntitle = \"Pump clinic\"\nrule = \"FREQ=WEEKLY;INTERVAL=2;BYDAY=TU\"\n\
        starts = \"2026-03-24T16:00\"\nuntil = \"2026-05-31\"\nlink = \"https://meet.example/pumps\"\n\
        attendance = \"off\"\nrecap = \"off\"\n[worksheet]\nschedule = \"0 8 * * 1\"\n",
};

const MARCH: &str = "2026-03-24";
const APRIL: &str = "2026-04-07";

fn founded<'a>(database: &'a Database, sink: &Sink) -> Node<'a> {
    let node = Node::with_list(database, sink, &PUMPS, &FOUR);
    node.settle();
    node
}

/// The charter without a line or two.
fn amend(node: &Node, old: &str, new: &str) {
    let file = "communities/pumps.toml";
    let text = node.read(file);
    assert!(text.contains(old), "{old}: {text}");
    node.write(file, text.replace(old, new));
    node.run(&["community", "apply"]).ok();
}

/// Nobody is asked to host.
fn without_hosts(node: &Node) {
    let off = "host_ask = \"off\"\nhost_brief = \"off\"\nattendance";
    amend(node, "attendance", off);
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// (number, text, votes) of the agenda of a day.
#[track_caller]
fn agenda(node: &Node, on: &str) -> Vec<(i64, String, i64)> {
    let rows = node.json(&["session", "agenda", "pumps", "clinic", "--on", on]);
    let rows = rows.as_array().expect("a list").iter();
    let number = |value: &Value| value.as_i64().unwrap_or_default();
    rows.map(|row| {
        (
            number(&row["number"]),
            text(&row["text"]),
            number(&row["votes"]),
        )
    })
    .collect()
}

#[track_caller]
fn has(said: &str, words: &[&str]) {
    for word in words {
        assert!(said.contains(word), "{word}: {said}");
    }
}

fn count(sink: &Sink, to: &str, name: &str) -> usize {
    names(sink, to).iter().filter(|one| *one == name).count()
}

/// Who was asked to host, so far.
fn asked(sink: &Sink) -> Vec<&'static str> {
    let was = |who: &&str| count(sink, who, "host-ask") > 0;
    ALL.into_iter().filter(was).collect()
}

/// The one who is asked now and was not among those.
#[track_caller]
fn newly_asked(sink: &Sink, before: &[&str]) -> &'static str {
    let now = asked(sink);
    let new: Vec<_> = now
        .into_iter()
        .filter(|who| !before.contains(who))
        .collect();
    assert_eq!(new.len(), 1, "{new:?}, before: {before:?}");
    new[0]
}

/// The host of a day, as the list of sessions has it.
fn host(node: &Node, on: &str) -> String {
    let rows = node.json(&["session", "list", "pumps"]);
    let mut rows = rows.as_array().expect("a list").iter();
    let row = rows.find(|row| row["on"] == on).expect("a session");
    text(&row["host"])
}

fn votes(all: &[(i64, &str, i64)]) -> Vec<(i64, String, i64)> {
    let owned = |(number, text, votes): &(i64, &str, i64)| (*number, (*text).to_owned(), *votes);
    all.iter().map(owned).collect()
}

fn an_agenda_is_made_by_replies(database: &Database) {
    let sink = Sink::start();
    let node = founded(database, &sink);
    without_hosts(&node);
    node.run(&["member", "set", "pumps", BOB, "name=Bob Ek"])
        .ok();
    node.advance("16d");
    let call = last(&sink, BOB, "agenda-call");
    let about = "agenda-call; community=pumps; series=clinic; on=2026-03-24";
    assert_eq!(call.header("Folkmoot-About"), about);
    assert_eq!(
        call.subject(),
        "What shall we talk about? Pump clinic, Tuesday, 24 March, 16:00"
    );
    has(&call.html(), &["What shall we talk about at Pump clinic?"]);
    for who in FOUR {
        assert_eq!(count(&sink, who, "agenda-call"), 1, "{who}");
    }
    let said = "Hi all,\n\nSeals for hot water\n- Bearing noise\n\nThanks\nBob\n\n\
        On Tuesday, pumps wrote:\n> Reply to this mail\n> +9";
    answer(&node, BOB, &call, said);
    let receipt = last(&sink, BOB, "receipt").text();
    has(
        &receipt,
        &[
            "Added: 1. Seals for hot water",
            "Added: 2. Bearing noise",
            "The agenda of Pump clinic, Tuesday, 24 March, 16:00:",
            "1. Seals for hot water (Bob Ek, 1 vote)",
        ],
    );
    assert!(!receipt.contains("Not done"), "{receipt}");

    // One vote a person and item; the author's counts.
    let call = last(&sink, CLEO, "agenda-call");
    answer(&node, CLEO, &call, "+1 +2 +9\nSpare parts");
    let receipt = last(&sink, CLEO, "receipt").text();
    has(
        &receipt,
        &[
            "You vote for 1. Seals for hot water",
            "Added: 3. Spare parts",
            "+9: the agenda has no such item",
            "2. Bearing noise (Bob Ek, 2 votes)",
        ],
    );
    answer(&node, CLEO, &call, "+1\nspare PARTS");
    let receipt = last(&sink, CLEO, "receipt").text();
    has(
        &receipt,
        &["You vote for 1. Seals for hot water, as before"],
    );
    let all = [
        (1, "Seals for hot water", 2),
        (2, "Bearing noise", 2),
        (3, "Spare parts", 1),
    ];
    assert_eq!(agenda(&node, MARCH), votes(&all));

    // Taken back: a vote, then the item with its author's.
    answer(&node, CLEO, &call, "-2");
    answer(
        &node,
        BOB,
        &last(&sink, BOB, "receipt"),
        "-2\nMaintenance plan",
    );
    let receipt = last(&sink, BOB, "receipt").text();
    has(
        &receipt,
        &["Taken back: 2. Bearing noise", "Added: 4. Maintenance plan"],
    );

    // Whoever leaves takes their votes along, and leaves what they brought.
    answer(
        &node,
        DORA,
        &last(&sink, DORA, "agenda-call"),
        "Training\n+3",
    );
    node.run(&["member", "remove", "pumps", DORA]).ok();
    node.settle();
    let all = [
        (1, "Seals for hot water", 2),
        (3, "Spare parts", 1),
        (4, "Maintenance plan", 1),
        (5, "Training", 0),
    ];
    assert_eq!(agenda(&node, MARCH), votes(&all));
    let told = node
        .run(&["session", "agenda", "pumps", "clinic", "--on", MARCH])
        .ok();
    has(
        &told,
        &["  1. Seals for hot water  (bob@plant.example, 2 votes)"],
    );
    let export = node.run(&["member", "export", DORA]).ok();
    has(&export, &["Training"]);

    // Her words go with her data.
    node.run(&["member", "erase", DORA, "--yes"]).ok();
    node.settle();
    assert_eq!(agenda(&node, MARCH), votes(&all[..3]));
}

fn what_is_no_item_changes_nothing(database: &Database) {
    let sink = Sink::start();
    let node = founded(database, &sink);
    without_hosts(&node);
    node.advance("16d");
    let call = last(&sink, BOB, "agenda-call");
    let thanks = answer(&node, BOB, &call, "Thanks for asking!\n\nKind regards\nBob");
    let quoted = answer(&node, BOB, &call, &call.text());
    let quote = answer(&node, BOB, &call, "\n> Seals\n> +1");
    for id in [&thanks, &quoted, &quote] {
        let why = node.run(&["why", id]).ok();
        assert!(why.contains("agenda:") || why.contains("command"), "{why}");
    }
    // Whoever else has the mail is not heard by it.
    answer(&node, CLEO, &call, "Somebody else's seals");
    assert_eq!(agenda(&node, MARCH), votes(&[]));
    assert_eq!(count(&sink, CLEO, "receipt"), 0);

    answer(&node, BOB, &call, "Sorry, I can't make it this time.");
    has(
        &last(&sink, BOB, "receipt").text(),
        &["You do not come to Pump clinic"],
    );
    let roster = node
        .run(&["session", "roster", "pumps", "clinic", "--on", MARCH])
        .ok();
    has(&roster, &["DECLINED      bob@plant.example"]);
    assert_eq!(agenda(&node, MARCH), votes(&[]));

    // The words of every reply.
    answer(&node, BOB, &call, "stop");
    has(&last(&sink, BOB, "receipt").text(), &["agenda-call"]);
    answer(&node, CLEO, &last(&sink, CLEO, "agenda-call"), "help");
    has(
        &last(&sink, CLEO, "clarification").text(),
        &["+2", "pause 14d"],
    );
    node.advance("14d");
    assert_eq!(count(&sink, BOB, "agenda-call"), 1);
    assert_eq!(count(&sink, CLEO, "agenda-call"), 2);
}

fn what_comes_late_is_for_the_next_session(database: &Database) {
    let sink = Sink::start();
    let node = founded(database, &sink);
    without_hosts(&node);
    node.advance("24d");
    let call = last(&sink, BOB, "agenda-call");
    answer(&node, BOB, &call, "Cooling\n+1");
    let receipt = last(&sink, BOB, "receipt").text();
    has(
        &receipt,
        &[
            "The session of 24 March 2026 has begun already",
            "kept for the next one, 7 April 2026",
            "Added: 1. Cooling",
            "+1: that session's agenda is closed",
            "The agenda of Pump clinic, Tuesday, 7 April, 16:00:",
        ],
    );
    assert_eq!(agenda(&node, MARCH), votes(&[]));
    assert_eq!(agenda(&node, APRIL), votes(&[(1, "Cooling", 1)]));
    // The next call shows it.
    node.advance("7d");
    has(
        &last(&sink, CLEO, "agenda-call").text(),
        &["So far:", "1. Cooling", "bob, 1 vote"],
    );

    // After the last one it is kept with it.
    let why = [
        "session",
        "cancel",
        "pumps",
        "clinic",
        "--reason",
        "Nobody comes",
    ];
    node.run(&why).ok();
    node.settle();
    answer(&node, CLEO, &last(&sink, CLEO, "agenda-call"), "Oil");
    let receipt = last(&sink, CLEO, "receipt").text();
    has(
        &receipt,
        &["is cancelled, and none is planned after it", "2. Oil"],
    );
}

fn the_rota_asks_one_after_the_other(database: &Database) {
    let sink = Sink::start();
    let node = founded(database, &sink);
    // Dora only listens: she is asked when nobody else is left.
    node.run(&["member", "set", "pumps", DORA, "role=listener"])
        .ok();
    node.run(&["member", "add", "pumps", EMIL]).ok();
    node.advance("15d");
    let first = newly_asked(&sink, &[]);
    let mail = last(&sink, first, "host-ask");
    let about = "host-ask; community=pumps; series=clinic; on=2026-03-24";
    assert_eq!(mail.header("Folkmoot-About"), about);
    assert_eq!(
        mail.subject(),
        "Will you host Pump clinic, Tuesday, 24 March, 16:00?"
    );
    has(&mail.html(), &["Will you host Pump clinic?"]);
    has(
        &mail.text(),
        &["you have not hosted yet", "by Tuesday, 17 March"],
    );
    answer(&node, first, &mail, "SKIP, I am on leave");
    has(
        &last(&sink, first, "receipt").text(),
        &["somebody else is asked"],
    );
    let second = newly_asked(&sink, &[first]);
    // A question is for people.
    answer(
        &node,
        second,
        &last(&sink, second, "host-ask"),
        "What would I have to do?",
    );
    assert_eq!(count(&sink, ANN, "person-message"), 1);
    assert_eq!(host(&node, MARCH), "");
    // Three days without an answer.
    node.advance("4d");
    let third = newly_asked(&sink, &[first, second]);
    answer(
        &node,
        third,
        &last(&sink, third, "host-ask"),
        "Yes, gladly!\n\nBest regards",
    );
    let receipt = last(&sink, third, "receipt");
    has(
        &receipt.text(),
        &["You host Pump clinic, Tuesday, 24 March, 16:00"],
    );
    assert_eq!(host(&node, MARCH), third);
    let roster = node.json(&["session", "roster", "pumps", "clinic", "--on", MARCH]);
    let hosts = |row: &&Value| row["host"] == true;
    let hosts: Vec<String> = roster
        .as_array()
        .expect("a list")
        .iter()
        .filter(hosts)
        .map(|row| text(&row["address"]))
        .collect();
    assert_eq!(hosts, [third]);
    answer(&node, first, &mail, "Yes, I can after all");
    has(
        &last(&sink, first, "receipt").text(),
        &[" by now. Thank you all the same"],
    );
    assert_eq!(host(&node, MARCH), third);

    // Whoever cannot after all says so, and the next one is asked.
    answer(&node, third, &receipt, "skip");
    assert_eq!(host(&node, MARCH), "");
    answer(&node, first, &mail, "Yes");
    assert_eq!(host(&node, MARCH), first);
    node.advance("3d");
    let brief = last(&sink, first, "host-brief");
    assert_eq!(
        brief.subject(),
        "You host Pump clinic, Tuesday, 24 March, 16:00"
    );
    has(&brief.html(), &["You host Pump clinic</h1>"]);
    assert_eq!(count(&sink, ANN, "host-brief"), usize::from(first == ANN));

    // Next time it is another one's turn who never did.
    node.advance("7d");
    let next: Vec<&str> = ALL
        .into_iter()
        .filter(|who| {
            let got = sink.for_recipient(who).into_iter().map(|one| one.mail());
            let mut asks = got.filter(|mail| mail.header("Folkmoot-Mail") == "host-ask");
            asks.any(|mail| mail.header("Folkmoot-About").contains(APRIL))
        })
        .collect();
    assert_eq!(next.len(), 1, "{next:?}");
    assert!(next[0] != first && next[0] != DORA, "{next:?}");
}

fn where_nobody_hosts_the_facilitators_are_told(database: &Database) {
    let sink = Sink::start();
    let node = founded(database, &sink);
    node.advance("15d");
    let mut before = Vec::new();
    for _ in FOUR {
        let who = newly_asked(&sink, &before);
        answer(
            &node,
            who,
            &last(&sink, who, "host-ask"),
            "Nein, leider nicht",
        );
        before.push(who);
    }
    let told = last(&sink, before[3], "receipt").text();
    has(&told, &["the facilitators look for somebody"]);
    node.advance("7d");
    has(
        &last(&sink, ANN, "worksheet").text(),
        &[
            "Nobody hosts “Pump clinic” on 24 March 2026",
            "4 asked, none agreed",
        ],
    );
    let brief = last(&sink, ANN, "host-brief");
    assert_eq!(
        brief.subject(),
        "Nobody hosts Pump clinic, Tuesday, 24 March, 16:00"
    );
    answer(&node, ANN, &brief, "YES");
    assert_eq!(host(&node, MARCH), ANN);

    // The operator says who.
    let set = ["session", "host", "pumps", "clinic", "--on", MARCH, CLEO];
    node.run(&set).ok();
    assert_eq!(host(&node, MARCH), CLEO);
    let nobody = [
        "session",
        "host",
        "pumps",
        "clinic",
        "--on",
        MARCH,
        "no@far.example",
    ];
    has(&node.run(&nobody).refused(), &["is no member"]);
    let never = [
        "session",
        "host",
        "pumps",
        "clinic",
        "--on",
        "2026-03-25",
        CLEO,
    ];
    has(&node.run(&never).refused(), &["no session of clinic"]);
    // Who leaves hosts no more.
    node.run(&["member", "remove", "pumps", CLEO]).ok();
    assert_eq!(host(&node, MARCH), "");
}

fn two_members_swap(database: &Database) {
    let sink = Sink::start();
    let node = founded(database, &sink);
    // Whoever is asked first has not hosted; Dora hosts in April.
    node.run(&["session", "host", "pumps", "clinic", "--on", APRIL, DORA])
        .ok();
    node.advance("15d");
    let first = newly_asked(&sink, &[]);
    assert_ne!(first, DORA, "she will have hosted");
    answer(
        &node,
        first,
        &last(&sink, first, "host-ask"),
        "SWAP 2026-04-07",
    );
    let receipt = last(&sink, first, "receipt").text();
    has(
        &receipt,
        &[
            "dora is asked to host Pump clinic",
            "you host on 7 April 2026",
        ],
    );
    let mail = last(&sink, DORA, "host-ask").text();
    has(&mail, &["would host on 7 April 2026 if you take this one"]);
    assert_eq!(
        host(&node, APRIL),
        DORA,
        "nothing changes before she says yes"
    );
    answer(&node, DORA, &last(&sink, DORA, "host-ask"), "Ja, gerne");
    assert_eq!(host(&node, MARCH), DORA);
    assert_eq!(host(&node, APRIL), first);
    has(
        &last(&sink, first, "receipt").text(),
        &["dora hosts on Tuesday, 24 March", "7 April"],
    );

    // A free day is taken at once; then the next one is asked.
    node.advance("28d");
    let of = "2026-04-21";
    let asks = |who: &&str| {
        let got = sink.for_recipient(who).into_iter().map(|one| one.mail());
        got.filter(|mail| mail.header("Folkmoot-Mail") == "host-ask")
            .any(|mail| mail.header("Folkmoot-About").contains(of))
    };
    let now: Vec<&str> = FOUR.into_iter().filter(asks).collect();
    let [who, ..] = now.as_slice() else {
        panic!("nobody is asked")
    };
    answer(
        &node,
        who,
        &last(&sink, who, "host-ask"),
        "swap with 5 May 2026",
    );
    has(
        &last(&sink, who, "receipt").text(),
        &["You host Pump clinic on 5 May 2026"],
    );
    assert_eq!(host(&node, "2026-05-05"), *who);
}

fn the_host_changes_the_agenda(database: &Database) {
    let sink = Sink::start();
    let node = founded(database, &sink);
    node.run(&["session", "host", "pumps", "clinic", "--on", MARCH, BOB])
        .ok();
    node.run(&["member", "set", "pumps", BOB, "name=Bob Ek"])
        .ok();
    node.advance("16d");
    assert_eq!(asked(&sink).len(), 0, "there is a host");
    has(&last(&sink, CLEO, "agenda-call").text(), &["Host: Bob Ek"]);
    let call = last(&sink, CLEO, "agenda-call");
    answer(&node, CLEO, &call, "Seals\nBearings\nPumps in general");
    answer(
        &node,
        DORA,
        &last(&sink, DORA, "agenda-call"),
        "+3\n2: Bearings, too",
    );
    has(
        &last(&sink, DORA, "receipt").text(),
        &["Added: 4. Bearings, too"],
    );
    answer(
        &node,
        CLEO,
        &last(&sink, CLEO, "invitation"),
        "Yes, I'll come",
    );
    node.advance("6d");
    let brief = last(&sink, BOB, "host-brief");
    let about = "host-brief; community=pumps; series=clinic; on=2026-03-24";
    assert_eq!(brief.header("Folkmoot-About"), about);
    let said = brief.text();
    has(
        &said,
        &["Who comes: 1 going", "cleo", "https://meet.example/pumps"],
    );
    let place = |what: &str| said.find(what).unwrap_or_else(|| panic!("{what}: {said}"));
    assert!(
        place("3. Pumps in general") < place("1. Seals"),
        "by votes: {said}"
    );
    answer(
        &node,
        BOB,
        &brief,
        "-2\n1: Seals for hot water\nWho takes notes?\n\nBob",
    );
    let receipt = last(&sink, BOB, "receipt");
    has(
        &receipt.text(),
        &[
            "Dropped: 2. Bearings",
            "1 says now: Seals for hot water",
            "Added: 5. Who takes notes?",
        ],
    );
    // So does the answer to the receipt; another member may not.
    answer(&node, BOB, &receipt, "-4");
    answer(&node, DORA, &last(&sink, DORA, "agenda-call"), "-1");
    has(
        &last(&sink, DORA, "receipt").text(),
        &["-1: you did not vote for 1."],
    );
    let all = [
        (3, "Pumps in general", 2),
        (1, "Seals for hot water", 1),
        (5, "Who takes notes?", 1),
    ];
    assert_eq!(agenda(&node, MARCH), votes(&all));
}

fn a_moved_session_takes_all_along_and_a_cancelled_one_drops_it(database: &Database) {
    let sink = Sink::start();
    let node = founded(database, &sink);
    let to = "2026-03-31T10:00:00+02:00";
    let moved = [
        "session", "move", "pumps", "clinic", "--on", MARCH, "--to", to,
    ];
    node.run(&moved).ok();
    node.run(&["session", "cancel", "pumps", "clinic", "--on", APRIL])
        .ok();
    node.settle();
    node.advance("16d");
    assert_eq!(asked(&sink).len(), 0, "ten days before it now is");
    node.advance("7d");
    let call = last(&sink, BOB, "agenda-call");
    let about = "agenda-call; community=pumps; series=clinic; on=2026-03-24";
    assert_eq!(call.header("Folkmoot-About"), about);
    has(&call.text(), &["Tuesday, 31 March, 10:00"]);
    answer(&node, BOB, &call, "Seals");
    assert_eq!(agenda(&node, MARCH), votes(&[(1, "Seals", 1)]));
    // It is moved once more: the agenda stays with it.
    let to = "2026-04-02T10:00:00+02:00";
    let moved = [
        "session", "move", "pumps", "clinic", "--on", MARCH, "--to", to,
    ];
    node.run(&moved).ok();
    node.settle();
    answer(&node, CLEO, &last(&sink, CLEO, "agenda-call"), "+1");
    assert_eq!(agenda(&node, MARCH), votes(&[(1, "Seals", 2)]));

    // Nothing was sent for the one in April.
    node.advance("15d");
    for who in FOUR {
        for one in sink.for_recipient(who) {
            let mail = one.mail();
            let name = mail.header("Folkmoot-Mail");
            let is_before = ["host-ask", "agenda-call", "host-brief"].contains(&&*name);
            assert!(
                !(is_before && mail.header("Folkmoot-About").contains(APRIL)),
                "{who}: {name}"
            );
        }
    }
    let past = node.json(&[
        "calendar",
        "pumps",
        "--weeks",
        "0",
        "--since",
        "2026-03-02T00:00:00Z",
    ]);
    let off = past.as_array().expect("a list").iter().filter(|line| {
        line["on"] == APRIL && line["mail"] != "session" && line["outcome"] == "dropped"
    });
    let off: Vec<String> = off.map(|line| text(&line["mail"])).collect();
    for name in ["host-ask", "agenda-call", "host-brief"] {
        assert!(off.contains(&name.to_owned()), "{name}: {off:?}");
    }
}

fn what_waits_about_a_moved_session_has_its_new_time(database: &Database) {
    let sink = Sink::start();
    let node = founded(database, &sink);
    let quiet = "[budget]\nquiet = \"15:00-09:00\"\n[worksheet]";
    amend(&node, "[worksheet]", quiet);
    let at = |moment: &str| {
        node.run(&["clock", "set", moment]).ok();
        node.settle();
    };
    let shift = |to: &str| {
        let which = ["session", "move", "pumps", "clinic", "--on", MARCH, "--to"];
        node.run(&[&which[..], &[to]].concat()).ok();
        node.settle();
    };
    // Whose turn it is, is asked on a Saturday at four; they get no mail before Monday.
    at("2026-03-14T16:00:00Z");
    assert_eq!(asked(&sink).len(), 0, "it waits");
    shift("2026-03-24T18:00:00+01:00");
    at("2026-03-16T09:00:00Z");
    let who = newly_asked(&sink, &[]);
    assert_eq!(count(&sink, who, "host-ask"), 1);
    let ask = last(&sink, who, "host-ask");
    has(&ask.text(), &["Tuesday, 24 March, 18:00"]);
    answer(&node, who, &ask, "yes");
    assert_eq!(host(&node, MARCH), who);
    // The host is told on the day before at six, and gets it in the morning.
    at("2026-03-23T18:00:00Z");
    assert_eq!(count(&sink, who, "host-brief"), 0, "it waits");
    shift("2026-03-24T20:00:00+01:00");
    at("2026-03-24T09:00:00Z");
    assert_eq!(count(&sink, who, "host-brief"), 1);
    let brief = last(&sink, who, "host-brief").text();
    has(&brief, &["Tuesday, 24 March, 20:00"]);

    // Of what is cancelled nothing waits any more.
    at("2026-03-28T16:00:00Z");
    node.run(&["session", "cancel", "pumps", "clinic", "--on", APRIL])
        .ok();
    node.settle();
    let offers = node.run(&["queue"]).out;
    assert!(!offers.contains("host-ask"), "{offers}");
    at("2026-03-30T09:00:00Z");
    assert_eq!(asked(&sink), [who], "nobody is asked for April");
}

fn the_calendar_and_an_outage(database: &Database) {
    let sink = Sink::start();
    let mut node = founded(database, &sink);
    let ahead = node.json(&["calendar", "pumps", "--weeks", "4"]);
    let lines = ahead.as_array().expect("a list");
    let of = |name: &str| {
        let found = lines
            .iter()
            .find(|line| line["mail"] == name && line["on"] == MARCH);
        found
            .unwrap_or_else(|| panic!("no {name} in {ahead}"))
            .clone()
    };
    let to = |line: &Value| line["recipients"].as_array().map_or(0, Vec::len);
    let (ask, call, brief) = (of("host-ask"), of("agenda-call"), of("host-brief"));
    assert_eq!((to(&ask), to(&call), to(&brief)), (1, 4, 1), "{ahead}");
    assert_eq!(text(&ask["at"]), "2026-03-14T15:00:00Z");
    assert_eq!(text(&call["at"]), "2026-03-17T15:00:00Z");
    assert_eq!(text(&brief["at"]), "2026-03-23T15:00:00Z");
    assert_eq!(text(&call["series"]), "clinic");

    // Nobody is asked about a session that is over.
    node.terminate();
    node.clock_from("2026-03-26T09:00:00Z");
    node.start();
    node.settle();
    for who in FOUR {
        for name in ["host-ask", "agenda-call", "host-brief"] {
            let got = sink.for_recipient(who).into_iter().map(|one| one.mail());
            let about = |mail: crate::support::Mail| mail.header("Folkmoot-About");
            let named = got.filter(|mail| mail.header("Folkmoot-Mail") == name);
            assert!(
                !named.map(about).any(|about| about.contains(MARCH)),
                "{who}: {name}"
            );
        }
    }
    let past = node.json(&[
        "calendar",
        "pumps",
        "--weeks",
        "0",
        "--since",
        "2026-03-02T00:00:00Z",
    ]);
    let dropped = past.as_array().expect("a list").iter().filter(|line| {
        let why = text(&line["reason"]);
        let is_past = ["the session has begun", "the session was held"]
            .iter()
            .any(|past| why.contains(past));
        line["on"] == MARCH && is_past
    });
    assert_eq!(dropped.count(), 3, "{past}");
}

fn replies_in_german(database: &Database) {
    let sink = Sink::start();
    let node = founded(database, &sink);
    amend(&node, "language = \"en\"", "language = \"de\"");
    node.advance("15d");
    let first = newly_asked(&sink, &[]);
    let mail = last(&sink, first, "host-ask");
    assert_eq!(
        mail.subject(),
        "Moderieren Sie Pump clinic, Dienstag, 24. März, 16:00 Uhr?"
    );
    answer(&node, first, &mail, "Ja, gerne!\n\nViele Grüße");
    has(
        &last(&sink, first, "receipt").text(),
        &["Sie moderieren Pump clinic"],
    );
    node.advance("1d");
    let call = last(&sink, CLEO, "agenda-call");
    has(
        &call.text(),
        &["Worüber sprechen wir bei Pump clinic?", "Es moderiert: "],
    );
    answer(
        &node,
        CLEO,
        &call,
        "Hallo zusammen,\n\nDichtungen\nLager\n\nViele Grüße\nCleo",
    );
    has(
        &last(&sink, CLEO, "receipt").text(),
        &["Hinzugefügt: 1. Dichtungen", "2. Lager (cleo, 1 Stimme)"],
    );
    node.advance("6d");
    let brief = last(&sink, first, "host-brief");
    answer(&node, first, &brief, "1: Dichtungen im Heißwasser\n-2");
    has(
        &last(&sink, first, "receipt").text(),
        &[
            "1 lautet jetzt: Dichtungen im Heißwasser",
            "Gestrichen: 2. Lager",
        ],
    );
}
