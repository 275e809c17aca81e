//! How people join, by every policy of the charter, and who cannot make whom join.

use crate::support::letters::{self, Letter, answer, last, names, write};
use crate::support::{Community, Database, Node, Sink, both};

both!(
    who_confirms_joins_and_is_welcomed,
    nothing_but_a_human_yes_to_the_own_token_confirms,
    an_open_list_asks_whom_nobody_has_proven,
    an_open_list_takes_whom_a_trusted_server_has_proven,
    moderators_decide_and_the_first_wins,
    a_request_waits_for_moderators_and_ends,
    confirmed_first_and_then_approved,
    only_whom_somebody_invites,
    an_invitation_is_taken_refused_or_ends,
    no_victim_gets_more_than_three_a_day,
);

const JOIN: &str = "pumps-join@lists.example.org";
const ZOE: &str = "zoe@far.example";
const PEOPLE: &str = "[[facilitator]]\naddress = \"ann@plant.example\"\nname = \"Ann Berg\"\n\
    [[facilitator]]\naddress = \"bob@plant.example\"\n";
const ANN: &str = "ann@plant.example";
const BOB: &str = "bob@plant.example";

fn community(slug: &'static str, policy: &str) -> Community {
    let more = format!("subscription = \"{policy}\"\n{PEOPLE}");
    Community {
        slug,
        more: more.leak(),
        ..Community::pumps()
    }
}

fn node<'a>(database: &'a Database, sink: &Sink, policy: &str) -> Node<'a> {
    Node::with_list(database, sink, &community("pumps", policy), &[])
}

fn is_member(node: &Node, address: &str) -> bool {
    node.member(address)["state"] == "active"
}

fn who_confirms_joins_and_is_welcomed(database: &Database) {
    let sink = Sink::start();
    let node = node(database, &sink, "confirm");
    // The name, decoded, has a line end and a NUL in it.
    let asked = letters::send(
        &node,
        &Letter {
            from: "=?utf-8?q?Zo=C3=AB=0D=0ABcc:_eve=40far.example=00?= <zoe@far.example>",
            to: JOIN,
            subject: "hello",
            text: "I run pumps.",
            more: "",
        },
    );
    assert_eq!(names(&sink, ZOE), ["confirm"]);
    let confirm = last(&sink, ZOE, "confirm");
    assert_eq!(confirm.header("In-Reply-To"), format!("<{asked}>"));
    answer(
        &node,
        "Zoë <zoe@far.example>",
        &confirm,
        "Gladly, thank you.",
    );
    assert!(is_member(&node, ZOE));
    assert_eq!(node.member(ZOE)["name"], "Zoë Bcc: eve@far.example");
    assert!(sink.for_recipient("eve@far.example").is_empty());
    assert_eq!(names(&sink, ZOE), ["confirm", "welcome"]);

    let welcome = last(&sink, ZOE, "welcome");
    let own = letters::reply_to(&welcome);
    assert!(own.starts_with("pumps-rsvp+"), "{own}");
    assert!(welcome.header("From").contains(&own), "it comes from there");
    let text = welcome.text();
    for said in [
        "How we choose, run and repair pumps",
        "Ask before you are sure",
        "set digest",
    ] {
        assert!(text.contains(said), "{said}: {text}");
    }
    assert!(welcome.all("Bcc").is_empty() && confirm.all("Bcc").is_empty());

    // An introduction is for people.
    answer(
        &node,
        ZOE,
        &welcome,
        "Thank you! I have run pumps for nine years.",
    );
    let passed_on = last(&sink, ANN, "person-message");
    assert!(passed_on.text().contains("nine years"));
    assert_eq!(names(&sink, BOB), ["person-message"]);

    let again = names(&sink, ZOE).len();
    write(&node, ZOE, JOIN, "Once more");
    answer(&node, ZOE, &confirm, "Yes");
    assert_eq!(
        names(&sink, ZOE).len(),
        again,
        "a member is not asked again"
    );
}

fn nothing_but_a_human_yes_to_the_own_token_confirms(database: &Database) {
    let sink = Sink::start();
    let node = node(database, &sink, "confirm");
    node.found(&community("valves", "confirm"), &[]);
    write(&node, ZOE, JOIN, "Let me in");
    let confirm = last(&sink, ZOE, "confirm");
    let right = letters::reply_to(&confirm);

    let automatic = Letter {
        from: ZOE,
        to: &right,
        subject: "Out of office",
        text: "I am away.",
        more: "Auto-Submitted: auto-replied\r\n",
    };
    letters::send(&node, &automatic);
    // A wrong one, another community's, another kind: some are refused at once.
    let wrong = [
        "pumps-confirm+wrong@lists.example.org".to_owned(),
        format!("pumps-confirm+{}@lists.example.org", "a".repeat(26)),
        right.replace("pumps-", "valves-"),
        right.replace("-confirm", "-rsvp"),
        right.replace("-confirm", "-bounces"),
    ];
    for to in &wrong {
        let raw = format!("From: {ZOE}\r\nTo: <{to}>\r\nSubject: Re: x\r\n\r\nYes\r\n");
        node.client().deliver(ZOE, &[to], raw.as_bytes());
    }
    node.settle();
    assert!(!is_member(&node, ZOE));
    assert_eq!(names(&sink, ZOE), ["confirm"], "and nobody is answered");

    // A question goes to people and leaves the request open; a no ends it.
    answer(&node, ZOE, &confirm, "Who are you?");
    assert!(
        last(&sink, ANN, "person-message")
            .text()
            .contains("Who are you")
    );
    answer(&node, ZOE, &confirm, "No, thanks");
    answer(&node, ZOE, &confirm, "Yes");
    assert!(!is_member(&node, ZOE), "a no is final");
    assert_eq!(names(&sink, ZOE), ["confirm"]);

    // A yes that comes after three days is answered once.
    let yan = "yan@far.example";
    write(&node, yan, JOIN, "Let me in");
    let confirm = last(&sink, yan, "confirm");
    node.advance("73h");
    answer(&node, yan, &confirm, "Yes");
    answer(&node, yan, &confirm, "Yes!");
    assert!(!is_member(&node, yan));
    assert_eq!(names(&sink, yan), ["confirm", "join-outcome"]);
    let why = node.run(&["why", yan]).ok();
    assert!(why.contains("expired"), "{why}");
}

fn an_open_list_asks_whom_nobody_has_proven(database: &Database) {
    let sink = Sink::start();
    let node = node(database, &sink, "open");
    write(&node, ZOE, JOIN, "Let me in");
    assert!(!is_member(&node, ZOE), "a From line proves nothing");
    answer(&node, ZOE, &last(&sink, ZOE, "confirm"), "Yes");
    assert!(is_member(&node, ZOE));
}

fn an_open_list_takes_whom_a_trusted_server_has_proven(database: &Database) {
    let sink = Sink::start();
    let mut node = Node::new(database, &sink);
    let trusted = "dns = []\ntrusted_authserv = [\"mx.example.org\"]";
    node.configure("dns = []", trusted);
    node.found(&community("pumps", "open"), &[]);
    node.start();
    let asks = |from: &str, server: &str| {
        let more = format!(
            "Authentication-Results: {server}; dkim=pass header.d=far.example; \
             dmarc=pass header.from=far.example\r\n"
        );
        let letter = Letter {
            from,
            to: JOIN,
            subject: "join",
            text: "Let me in",
            more: &more,
        };
        letters::send(&node, &letter)
    };
    let yan = "yan@far.example";
    asks(yan, "mx.elsewhere.example");
    assert_eq!(
        names(&sink, yan),
        ["confirm"],
        "anybody can write such a field"
    );
    asks(ZOE, "mx.example.org");
    assert!(is_member(&node, ZOE));
    assert_eq!(names(&sink, ZOE), ["welcome"]);
    // Who is proven leaves at once, too.
    let more = "Authentication-Results: mx.example.org; dmarc=pass header.from=far.example\r\n";
    let letter = Letter {
        from: ZOE,
        to: "pumps-leave@lists.example.org",
        subject: "leave",
        text: "Bye",
        more,
    };
    letters::send(&node, &letter);
    assert_eq!(names(&sink, ZOE), ["welcome", "goodbye"]);
}

fn moderators_decide_and_the_first_wins(database: &Database) {
    let sink = Sink::start();
    let node = node(database, &sink, "approve");
    write(
        &node,
        "Zoe Ek <zoe@far.example>",
        JOIN,
        "I run pumps in the north.",
    );
    assert!(names(&sink, ZOE).is_empty(), "she may be a victim");
    let (to_ann, to_bob) = (
        last(&sink, ANN, "moderation"),
        last(&sink, BOB, "moderation"),
    );
    for said in [
        "zoe@far.example",
        "Zoe Ek",
        "I run pumps in the north.",
        "REJECT",
    ] {
        assert!(to_ann.text().contains(said), "{said}: {}", to_ann.text());
    }
    let (ann, bob) = (letters::reply_to(&to_ann), letters::reply_to(&to_bob));
    assert!(ann.starts_with("pumps-reply+") && ann != bob, "{ann} {bob}");

    // A token in somebody else's hands, or words that decide nothing.
    answer(&node, "eve@far.example", &to_ann, "ACCEPT");
    answer(&node, BOB, &to_ann, "ACCEPT");
    assert!(!is_member(&node, ZOE));
    answer(&node, ANN, &to_ann, "Does anybody know her?");
    assert_eq!(names(&sink, ANN), ["moderation", "clarification"]);
    let explained = last(&sink, ANN, "clarification");

    answer(&node, ANN, &explained, "REJECT we are for the south");
    assert_eq!(names(&sink, ZOE), ["join-outcome"]);
    let told = last(&sink, ZOE, "join-outcome").text();
    assert!(told.contains("we are for the south"), "{told}");
    assert_eq!(names(&sink, BOB), ["moderation", "moderation"]);
    let outcome = last(&sink, BOB, "moderation");
    assert!(outcome.header("References").contains(&to_bob.message_id()));
    assert!(outcome.text().contains("Ann Berg"), "{}", outcome.text());
    answer(&node, BOB, &to_bob, "ACCEPT");
    assert!(!is_member(&node, ZOE), "whoever is first wins");

    let yan = "yan@far.example";
    write(&node, yan, JOIN, "Me too");
    answer(&node, BOB, &last(&sink, BOB, "moderation"), "ACCEPT");
    assert!(is_member(&node, yan));
    assert_eq!(names(&sink, yan), ["welcome"]);

    let eve = "eve@far.example";
    write(&node, eve, JOIN, "Buy");
    answer(&node, ANN, &last(&sink, ANN, "moderation"), "BAN");
    node.advance("48h");
    let before = names(&sink, ANN).len();
    write(&node, eve, JOIN, "Buy");
    assert_eq!(
        (names(&sink, ANN).len(), names(&sink, eve).len()),
        (before, 0)
    );
}

fn a_request_waits_for_moderators_and_ends(database: &Database) {
    let sink = Sink::start();
    let node = node(database, &sink, "approve");
    write(&node, ZOE, JOIN, "Let me in");
    let first = last(&sink, ANN, "moderation");
    write(&node, ZOE, JOIN, "Let me in!!");
    assert_eq!(names(&sink, ANN), ["moderation"], "one request at a time");
    node.advance("7d");
    let moderated = || {
        let all = names(&sink, ANN);
        all.iter().filter(|name| *name == "moderation").count()
    };
    assert_eq!(moderated(), 2);
    let reminder = last(&sink, ANN, "moderation");
    assert!(
        reminder.text().contains("16 March 2026"),
        "{}",
        reminder.text()
    );
    assert!(reminder.header("References").contains(&first.message_id()));
    node.advance("7d");
    assert_eq!(moderated(), 3, "told that nobody decided");
    assert_eq!(names(&sink, ZOE), ["join-outcome"]);
    answer(&node, ANN, &reminder, "ACCEPT");
    assert!(!is_member(&node, ZOE), "it is over");
}

fn confirmed_first_and_then_approved(database: &Database) {
    let sink = Sink::start();
    let node = node(database, &sink, "confirm+approve");
    write(&node, ZOE, JOIN, "I run pumps.");
    assert!(
        names(&sink, ANN).is_empty(),
        "moderators see whom somebody is"
    );
    answer(&node, ZOE, &last(&sink, ZOE, "confirm"), "Yes");
    assert!(!is_member(&node, ZOE));
    let asked = last(&sink, ANN, "moderation");
    assert!(asked.text().contains("I run pumps."), "{}", asked.text());
    answer(&node, ANN, &asked, "Yes");
    assert!(is_member(&node, ZOE));
    assert_eq!(names(&sink, ZOE), ["confirm", "welcome"]);
    assert_eq!(names(&sink, BOB), ["moderation", "moderation"]);
}

fn only_whom_somebody_invites(database: &Database) {
    let sink = Sink::start();
    let node = node(database, &sink, "invite");
    write(&node, ZOE, JOIN, "Let me in");
    write(&node, ZOE, JOIN, "Let me in!");
    assert_eq!(names(&sink, ZOE), ["join-outcome"], "one neutral answer");
    let text = last(&sink, ZOE, "join-outcome").text();
    assert!(text.contains("invites them"), "{text}");
    assert!(!is_member(&node, ZOE) && names(&sink, ANN).is_empty());
}

fn an_invitation_is_taken_refused_or_ends(database: &Database) {
    let sink = Sink::start();
    let node = node(database, &sink, "invite");
    let (yan, xia) = ("yan@far.example", "xia@far.example");
    let invite = |address: &str| {
        let told = node.json(&[
            "member",
            "invite",
            "pumps",
            address,
            "--message",
            "Do come.",
        ]);
        told[0]["invited"] == true
    };
    assert!(invite(ZOE) && invite(yan) && invite(xia));
    assert!(!invite(ZOE), "one at a time");
    assert!(!invite(ANN), "she is a member");
    let mail = last(&sink, ZOE, "list-invitation");
    assert!(mail.text().contains("Do come."), "{}", mail.text());
    answer(&node, ZOE, &mail, "What a nice surprise!");
    assert!(is_member(&node, ZOE));
    assert_eq!(names(&sink, ZOE), ["list-invitation", "welcome"]);

    answer(
        &node,
        yan,
        &last(&sink, yan, "list-invitation"),
        "No, thanks",
    );
    assert!(!is_member(&node, yan));
    assert!(invite(yan), "the operator may ask again");

    let late = last(&sink, xia, "list-invitation");
    node.advance("15d");
    answer(&node, xia, &late, "Yes");
    assert!(!is_member(&node, xia));
    assert_eq!(names(&sink, xia), ["list-invitation", "join-outcome"]);
}

fn no_victim_gets_more_than_three_a_day(database: &Database) {
    let sink = Sink::start();
    let node = node(database, &sink, "confirm");
    let slugs = ["a", "b", "c", "d"];
    let policies = ["open", "confirm+approve", "invite", "approve"];
    for (slug, policy) in slugs.into_iter().zip(policies) {
        node.found(&community(slug, policy), &[]);
    }
    let bomb = || {
        for slug in ["pumps", "a", "b", "c", "d", "pumps", "a"] {
            let to = format!("{slug}-join@lists.example.org");
            write(&node, ZOE, &to, "Let me in");
        }
    };
    bomb();
    assert_eq!(names(&sink, ZOE), ["confirm", "confirm", "confirm"]);
    assert!(
        names(&sink, ANN).is_empty(),
        "moderators are not bothered either"
    );
    node.advance("25h");
    bomb();
    // One waits for a reply on three lists already; two are left.
    assert_eq!(names(&sink, ZOE).len(), 4, "{:?}", names(&sink, ZOE));
    let lists: Vec<_> = sink
        .for_recipient(ZOE)
        .iter()
        .map(|one| one.mail().header("List-Id"))
        .collect();
    let mut once = lists.clone();
    once.sort();
    once.dedup();
    assert_eq!(once.len(), lists.len(), "{lists:?}");
}
