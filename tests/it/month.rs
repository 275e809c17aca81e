//! Twenty people live on one list for a month, by mail alone. The community is founded
//! on the command line; from then on it only moves the clock and looks. After every
//! step, and at the end, each mailbox is compared with a model: no post missing, none
//! twice, and no mail of ours that the story does not tell of.

mod arrivals;
mod daily;
mod ending;
mod ledger;
mod life;
mod partings;
mod programs;
mod strangers;

use crate::support::{Community, Database, Node, Sink, both};
use ledger::{Ledger, Person};
use life::{Month, at};

both!(twenty_people_live_on_a_list_for_a_month);

const PUMPS: &str = r#"subscription = "confirm+approve"
acceptance = true

[[topic]]
name  = "seals"
title = "Seals"

[[topic]]
name  = "motors"
title = "Motors"

[[facilitator]]
address = "anna@plant.example"
name    = "Anna"

[[moderator]]
address = "mona@plant.example"
name    = "Mona"

[[moderator]]
address = "max@plant.example"
name    = "Max"
"#;

const VALVES: &str = r#"subscription = "confirm"

[[facilitator]]
address = "anna@plant.example"
name    = "Anna"
"#;

fn twenty_people_live_on_a_list_for_a_month(database: &Database) {
    let sink = Sink::start();
    let node = founded(database, &sink);
    let mut month = Month {
        node: &node,
        sink: &sink,
        ledger: Ledger::default(),
        letters: Vec::new(),
        recipients: 0,
    };
    for known in ["anna", "mona", "max"] {
        month.ledger.people.insert(at(known), Person::default());
    }
    // Monday, 2 March: three people and a charter.
    arrivals::people_ask_to_join(&mut month);
    arrivals::the_facilitator_invites(&mut month);
    arrivals::some_never_come_in(&mut month);
    let lost = strangers::a_post_that_nobody_will_decide(&mut month);
    month.day(3);
    daily::everybody_chooses_how_mail_comes(&mut month);
    let talk = daily::people_talk(&mut month);
    month.day(4);
    daily::threads_are_muted_and_followed(&mut month, &talk);
    daily::a_token_in_a_quote_reaches_nobody(&mut month, &talk);
    strangers::robots_and_forgers_change_nothing(&mut month, &talk);
    month.day(5);
    let guest = strangers::an_outsider_becomes_a_guest(&mut month);
    strangers::one_post_is_rejected_and_one_author_banned(&mut month);
    daily::a_thread_stays_among_members(&mut month);
    month.day(9);
    month.digests();
    arrivals::a_confirmation_ended_unanswered(&mut month);
    daily::readers_of_digests_answer(&mut month, &talk);
    month.day(10);
    strangers::moderators_are_reminded(&mut month, &["lars", "xeno"]);
    daily::two_addresses_become_one_person(&mut month);
    month.day(11);
    daily::mail_moves_to_a_new_address(&mut month);
    daily::two_communities_get_one_copy(&mut month);
    month.clock("2026-03-16T08:00:00Z");
    month.digests();
    month.day(17);
    arrivals::requests_end_undecided(&mut month);
    daily::a_pause_ends(&mut month, &talk);
    strangers::the_guest_is_still_there(&mut month, &guest);
    month.day(18);
    partings::one_asks_for_all_that_is_kept_and_leaves(&mut month);
    partings::one_is_forgotten(&mut month);
    partings::one_presses_a_button(&mut month);
    month.clock("2026-03-23T08:00:00Z");
    month.digests();
    month.day(24);
    strangers::moderators_are_reminded(&mut month, &["lars"]);
    daily::readers_change_their_minds(&mut month, &talk);
    month.clock("2026-03-30T06:30:00Z");
    month.digests();
    month.clock("2026-04-02T09:00:00Z");
    strangers::nobody_has_decided(&mut month, &lost);
    strangers::the_guests_thread_rests(&mut month, &guest);
    ending::everything_has_ended_and_is_told(&mut month);
}

fn founded<'a>(database: &'a Database, sink: &Sink) -> Node<'a> {
    let mut node = Node::new(database, sink);
    let trusted = "dns = []\ntrusted_authserv = [\"mx.example.org\"]";
    node.configure("dns = []", trusted);
    let pumps = Community {
        archive: "public",
        more: PUMPS,
        ..Community::pumps()
    };
    let valves = Community {
        slug: "valves",
        more: VALVES,
        ..Community::pumps()
    };
    node.found(&pumps, &[]);
    node.found(&valves, &[]);
    node.start();
    node
}
