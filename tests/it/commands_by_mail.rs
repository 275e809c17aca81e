//! What a member changes by writing words: at `-request`, in a reply, in a post that
//! is nothing but a word; and what nobody changes in their name.

use crate::support::community::{LIST, THREE};
use crate::support::letters::{self, Letter, answer, last, names, write};
use crate::support::{Community, Database, Node, Post, Sink, both};

both!(
    a_bare_from_is_asked_back_and_then_obeyed,
    a_trusted_server_s_word_is_enough,
    words_in_a_reply_act_at_once,
    a_held_author_links_the_address_and_is_heard,
    a_post_that_is_nothing_but_a_word_goes_to_nobody,
    forged_and_foreign_words_change_nothing,
    an_unknown_word_gets_one_helpful_answer_and_machines_none,
    information_goes_to_the_registered_address,
    a_stopped_mail_stays_away,
    an_export_has_everything_and_an_erasure_leaves_nothing,
    a_mail_that_is_understood_in_part_is_answered_so,
    what_was_asked_for_is_told_under_its_own_heading,
    who_has_left_still_gets_their_data,
    nobody_is_bombed_with_their_own_data,
);

const REQUEST: &str = "pumps-request@lists.example.org";
const ANN: &str = "ann@plant.example";
const BOB: &str = "bob@plant.example";

/// A server in front that is believed.
const TRUSTED: &str = "dns = []\ntrusted_authserv = [\"mx.example.org\"]";

fn node<'a>(database: &'a Database, sink: &Sink) -> Node<'a> {
    Node::with_list(database, sink, &Community::pumps(), &THREE)
}

fn a_bare_from_is_asked_back_and_then_obeyed(database: &Database) {
    let sink = Sink::start();
    let node = node(database, &sink);
    write(
        &node,
        ANN,
        REQUEST,
        "Set Digest\n\npause 14d\n-- \nAnn\nleave",
    );
    assert_eq!(
        node.member(ANN)["delivery"],
        "each",
        "a From line proves nothing"
    );
    assert_eq!(names(&sink, ANN), ["confirm"]);
    let asked = last(&sink, ANN, "confirm");
    assert!(asked.text().contains("set digest"), "{}", asked.text());
    answer(&node, ANN, &asked, "Yes, please");
    let ann = node.member(ANN);
    assert_eq!(ann["delivery"], "digest");
    assert_eq!(ann["state"], "paused");
    assert_eq!(
        ann["paused_until"], "2026-03-15T23:00:00Z",
        "midnight in Berlin"
    );
    assert_eq!(names(&sink, ANN), ["confirm", "receipt"]);
    let told = last(&sink, ANN, "receipt").text();
    assert!(told.contains("16 March 2026"), "{told}");
    // The token has done its work.
    write(&node, ANN, REQUEST, "resume");
    answer(&node, ANN, &asked, "yes");
    assert_eq!(node.member(ANN)["state"], "paused");
}

fn a_trusted_server_s_word_is_enough(database: &Database) {
    let sink = Sink::start();
    let mut node = Node::new(database, &sink);
    node.configure("dns = []", TRUSTED);
    node.found(&Community::pumps(), &THREE);
    node.start();
    let pass = "Authentication-Results: mx.example.org; dmarc=pass header.from=plant.example\r\n";
    let said = |by: &str, text: &str| {
        let more =
            format!("Authentication-Results: {by}; dmarc=pass header.from=plant.example\r\n");
        let letter = Letter {
            from: ANN,
            to: REQUEST,
            subject: "words",
            text,
            more: &more,
        };
        letters::send(&node, &letter)
    };
    said("mx.elsewhere.example", "set none");
    assert_eq!(
        node.member(ANN)["delivery"],
        "each",
        "a stranger's word is none"
    );
    said("mx.example.org", "set headlines");
    assert_eq!(node.member(ANN)["delivery"], "headlines");
    let leave = Letter {
        from: ANN,
        to: "pumps-leave@lists.example.org",
        subject: "",
        text: "",
        more: pass,
    };
    letters::send(&node, &leave);
    assert_eq!(node.member(ANN)["state"], "left");
    assert_eq!(
        last(&sink, ANN, "goodbye").header("Auto-Submitted"),
        "auto-replied"
    );
}

fn words_in_a_reply_act_at_once(database: &Database) {
    let sink = Sink::start();
    let node = node(database, &sink);
    write(&node, ANN, REQUEST, "help");
    let help = last(&sink, ANN, "clarification");
    let quoted = "Set Own Off!\n\nOn Mon, Pumps wrote:\n> set none\n> leave\n";
    answer(&node, ANN, &help, quoted);
    assert_eq!(names(&sink, ANN), ["clarification", "receipt"]);
    node.post(&Post::new(ANN, "one@plant.example", "Seals"));
    node.settle();
    assert_eq!(
        names(&sink, ANN),
        ["clarification", "receipt"],
        "no copy of her own"
    );
    assert!(node.run(&["why", "one@plant.example"]).ok().contains("own"));
    // From the receipt, in German, with the prefix of a German program.
    let receipt = last(&sink, ANN, "receipt");
    answer(&node, ANN, &receipt, "abmelden");
    assert_eq!(node.member(ANN)["state"], "left");
    assert_eq!(
        names(&sink, ANN).last().map(String::as_str),
        Some("goodbye")
    );
}

fn a_held_author_links_the_address_and_is_heard(database: &Database) {
    let sink = Sink::start();
    let mut node = Node::new(database, &sink);
    node.configure("dns = []", TRUSTED);
    node.found(&Community::pumps(), &THREE);
    node.start();
    let home = "ann@home.example";
    let letter = Letter {
        from: home,
        to: LIST,
        subject: "From home",
        text: "Which seal?",
        more: "Authentication-Results: mx.example.org; dmarc=pass header.from=home.example\r\n",
    };
    let id = letters::send(&node, &letter);
    assert!(sink.copies(&id).is_empty(), "held");
    let notice = last(&sink, home, "hold-notice");
    answer(
        &node,
        home,
        &notice,
        "link ann@plant.example\n-- \nsent from home",
    );
    let asked = last(&sink, ANN, "confirm");
    assert!(asked.text().contains(home), "{}", asked.text());
    assert!(sink.copies(&id).is_empty(), "not before she has said so");
    answer(&node, ANN, &asked, "Yes");
    assert_eq!(sink.copies(&id).len(), THREE.len(), "released, and hers");
    let next = write(&node, home, LIST, "And which bolt?");
    assert_eq!(sink.copies(&next).len(), THREE.len());
}

fn a_post_that_is_nothing_but_a_word_goes_to_nobody(database: &Database) {
    let sink = Sink::start();
    let node = node(database, &sink);
    node.post(&Post::new(BOB, "root@plant.example", "Seals"));
    node.settle();
    let reply = Letter {
        from: ANN,
        to: LIST,
        subject: "Re: [pumps] Seals",
        text: "mute\n\nBob wrote:\n> Which seal?",
        more: "In-Reply-To: <root@plant.example>\r\n",
    };
    let id = letters::send(&node, &reply);
    assert!(sink.copies(&id).is_empty(), "it is no post");
    answer(&node, ANN, &last(&sink, ANN, "confirm"), "ok");
    let said = last(&sink, ANN, "receipt");
    assert!(said.text().contains("Seals"), "{}", said.text());
    let more = "In-Reply-To: <root@plant.example>\r\n";
    let next = Letter {
        from: BOB,
        to: LIST,
        subject: "Re: Seals",
        text: "EPDM.",
        more,
    };
    let next = letters::send(&node, &next);
    let to: Vec<_> = sink.copies(&next).into_iter().map(|copy| copy.to).collect();
    assert!(
        !to.contains(&ANN.to_owned()) && to.contains(&BOB.to_owned()),
        "{to:?}"
    );
    let unsubscribe = write(&node, BOB, LIST, "unsubscribe");
    assert!(sink.copies(&unsubscribe).is_empty());
    assert_eq!(
        last(&sink, BOB, "confirm").header("Folkmoot-Mail"),
        "confirm"
    );
}

fn forged_and_foreign_words_change_nothing(database: &Database) {
    let sink = Sink::start();
    let node = node(database, &sink);
    write(&node, ANN, REQUEST, "help");
    let hers = last(&sink, ANN, "clarification");
    let before = node.json(&["member", "list", "pumps"]);
    let count = sink.count();
    // Bob has got hold of Ann's token; a stranger as well; a token of no one.
    answer(&node, BOB, &hers, "set none");
    answer(&node, "eve@far.example", &hers, "leave");
    let refused = node.client().deliver(
        ANN,
        &["pumps-reply+aaaaaaaaaaaaaaaaaaaaaaaaaaaaa@lists.example.org"],
        b"From: ann@plant.example\r\n\r\nleave\r\n",
    );
    assert_eq!(refused[0].code, 550);
    node.settle();
    assert_eq!(node.json(&["member", "list", "pumps"]), before);
    assert!(sink.count() <= count + 2, "one neutral answer at most each");
    let strangers = sink.for_recipient("eve@far.example");
    assert!(
        strangers.is_empty(),
        "nobody writes to who is named by a forger"
    );
}

fn an_unknown_word_gets_one_helpful_answer_and_machines_none(database: &Database) {
    let sink = Sink::start();
    let node = node(database, &sink);
    write(&node, ANN, REQUEST, "frobnicate the pumps");
    assert_eq!(names(&sink, ANN), ["clarification"]);
    let said = last(&sink, ANN, "clarification").text();
    assert!(
        said.contains("frobnicate") && said.contains("set digest"),
        "{said}"
    );
    let robot = Letter {
        from: ANN,
        to: REQUEST,
        subject: "Out of office",
        text: "I am away",
        more: "Auto-Submitted: auto-replied\r\n",
    };
    letters::send(&node, &robot);
    let html = Letter {
        from: ANN,
        to: REQUEST,
        subject: "AW: words",
        text: "<html><body><p>WHICH</p><blockquote>leave</blockquote></body></html>",
        more: "Content-Type: text/html\r\n",
    };
    letters::send(&node, &html);
    assert_eq!(names(&sink, ANN), ["clarification", "receipt"]);
}

fn information_goes_to_the_registered_address(database: &Database) {
    let sink = Sink::start();
    let node = node(database, &sink);
    write(&node, ANN, REQUEST, "who\nlists\narchive\nwhich");
    let mail = last(&sink, ANN, "clarification");
    let text = mail.text();
    assert!(
        !text.contains(BOB),
        "only facilitators see who is here: {text}"
    );
    write(&node, "eve@far.example", REQUEST, "who");
    write(&node, "eve@far.example", REQUEST, "lists");
    assert_eq!(
        names(&sink, "eve@far.example"),
        ["clarification"],
        "one a day"
    );
    let open = Community {
        more: "members_visible_to = \"members\"\n",
        ..Community::pumps()
    };
    node.found(&open, &[]);
    write(&node, ANN, REQUEST, "who");
    let told = last(&sink, ANN, "receipt").text();
    assert!(
        told.contains(BOB) && told.contains("cleo@mill.example"),
        "{told}"
    );
}

fn a_stopped_mail_stays_away(database: &Database) {
    let sink = Sink::start();
    let with_ann = Community {
        more: "[[facilitator]]\naddress = \"ann@plant.example\"\n",
        ..Community::pumps()
    };
    let node = Node::with_list(database, &sink, &with_ann, &[]);
    write(&node, ANN, REQUEST, "help");
    let help = last(&sink, ANN, "clarification");
    answer(&node, ANN, &help, "stop charter-review");
    assert_eq!(
        names(&sink, ANN).last().map(String::as_str),
        Some("receipt")
    );
    node.run(&["clock", "advance", "200d"]).ok();
    let got = names(&sink, ANN);
    assert!(!got.contains(&"charter-review".to_owned()), "{got:?}");
}

fn an_export_has_everything_and_an_erasure_leaves_nothing(database: &Database) {
    let sink = Sink::start();
    let node = node(database, &sink);
    let secret = "My pump sings at night";
    node.post(&Post::with_body(
        ANN,
        "night@plant.example",
        "Night",
        secret,
    ));
    node.settle();
    write(&node, ANN, REQUEST, "export");
    let mail = last(&sink, ANN, "export");
    let held = node.run(&["member", "export", ANN]).ok();
    for part in [secret, "night@plant.example", ANN, "pumps"] {
        assert!(held.contains(part), "{part} in {held}");
    }
    assert!(mail.all("Content-Type")[0].starts_with("multipart/mixed"));
    answer(&node, ANN, &mail, "erase");
    let asked = last(&sink, ANN, "confirm");
    answer(&node, ANN, &asked, "Do I have to?");
    assert_eq!(node.member(ANN)["state"], "active", "it takes a plain yes");
    answer(&node, ANN, &asked, "Yes");
    let left = node.run(&["member", "export", ANN]).refused();
    assert!(left.contains("nothing is held"), "{left}");
    let members = node.json(&["member", "list", "pumps"]).to_string();
    assert!(!members.contains(ANN), "{members}");
    let found = node.json(&["archive", "search", "pumps", "sings"]);
    assert_eq!(found, serde_json::json!([]));
    let threads = node.json(&["archive", "threads", "pumps"]).to_string();
    assert!(
        threads.contains("night@plant.example"),
        "a tombstone keeps its place"
    );
}

fn a_mail_that_is_understood_in_part_is_answered_so(database: &Database) {
    let sink = Sink::start();
    let node = node(database, &sink);
    write(&node, ANN, REQUEST, "help");
    let help = last(&sink, ANN, "clarification");
    answer(&node, ANN, &help, "set own off\nwhich\nfrobnicate");
    let said = last(&sink, ANN, "clarification");
    for part in [
        "no longer get a copy",
        "Copies of own posts: no",
        "Friends of pumps: ann@plant.example",
        "What was read:  frobnicate",
    ] {
        assert!(said.text().contains(part), "{part}: {}", said.text());
    }
    assert!(
        !said.text().contains("Nothing has been changed"),
        "{}",
        said.text()
    );
    assert!(said.subject().contains("in part"), "{}", said.subject());
    // Help beside a command is no failure.
    answer(&node, ANN, &help, "set digest\nhelp");
    let said = last(&sink, ANN, "clarification");
    assert!(said.subject().starts_with("What you can do"));
    assert!(
        said.text().contains("bundled in a digest"),
        "{}",
        said.text()
    );
    assert!(!said.text().contains("What is wrong"), "{}", said.text());
}

fn what_was_asked_for_is_told_under_its_own_heading(database: &Database) {
    let sink = Sink::start();
    let node = node(database, &sink);
    write(&node, ANN, REQUEST, "which");
    let said = last(&sink, ANN, "receipt");
    let text = said.text();
    assert!(
        !text.contains("Done") && !text.contains("Your settings"),
        "{text}"
    );
    assert!(text.contains("You belong to these communities:"), "{text}");
    answer(&node, ANN, &said, "which\nset own off");
    let text = last(&sink, ANN, "receipt").text();
    for part in ["these communities", "ann@plant.example", "Done:"] {
        assert!(text.contains(part), "{part}: {text}");
    }
}

fn who_has_left_still_gets_their_data(database: &Database) {
    let sink = Sink::start();
    let node = node(database, &sink);
    write(&node, ANN, "pumps-leave@lists.example.org", "");
    answer(&node, ANN, &last(&sink, ANN, "confirm"), "yes");
    let goodbye = last(&sink, ANN, "goodbye");
    answer(&node, ANN, &goodbye, "Export, please");
    assert_eq!(
        names(&sink, ANN).last().map(String::as_str),
        Some("export"),
        "as the goodbye says"
    );
    answer(&node, ANN, &goodbye, "set digest");
    assert_eq!(node.member(ANN)["state"], "left", "nothing else acts");
    answer(&node, ANN, &goodbye, "erase");
    answer(&node, ANN, &last(&sink, ANN, "confirm"), "yes");
    let left = node.run(&["member", "export", ANN]).refused();
    assert!(left.contains("nothing is held"), "{left}");
}

fn nobody_is_bombed_with_their_own_data(database: &Database) {
    let sink = Sink::start();
    let node = node(database, &sink);
    for _ in 0..3 {
        write(&node, ANN, REQUEST, "export");
    }
    assert_eq!(names(&sink, ANN), ["export"], "one a day in her name");
    node.advance("25h");
    write(&node, ANN, REQUEST, "export");
    assert_eq!(names(&sink, ANN), ["export", "export"]);
}
