//! What goes round with surveys: polls and rankings, reviews and votes, actions, quotes,
//! the days between two waves, and what happens where a key is not where it should be.

use serde_json::Value;

use crate::support::letters::{answer, last, names, reply_to, write};
use crate::support::{Community, Database, Node, Post, Sink, both, wait};

both!(
    a_poll_is_confirmed_answered_and_published,
    a_low_index_opens_a_review_and_a_vote_changes_the_charter,
    what_follows_is_tracked_to_the_next_check,
    eighty_days_lie_between_two_health_checks,
    an_answer_to_one_question_leaves_the_other,
    what_came_in_time_is_counted_though_the_key_was_away,
    answers_wait_a_week_for_a_lost_key,
    a_quote_is_its_authors,
    subjects_are_put_in_order,
    members_are_asked_where_they_stand,
    a_closing_that_was_dropped_is_made_up_for,
);

const MORE: &str = "[[facilitator]]\naddress = \"fay@plant.example\"\n\
    [health_check]\nschedule = \"0 9 3 1,7 *\"\nopen_for = \"10d\"\nreflection = \"off\"\n\
    [budget]\nquiet = \"off\"\nper_week = 20\nper_month = 60\n";
const FACILITATOR: &str = "fay@plant.example";
const REQUEST: &str = "pumps-request@lists.example.org";

fn member(number: usize) -> String {
    format!("m{number:02}@plant.example")
}

fn founded<'d>(database: &'d Database, sink: &Sink, count: usize) -> Node<'d> {
    let mut node = Node::new(database, sink);
    let community = Community {
        more: MORE,
        ..Community::pumps()
    };
    let all: Vec<String> = (1..=count).map(member).collect();
    let all: Vec<&str> = all.iter().map(String::as_str).collect();
    node.found(&community, &all);
    node.start();
    node
}

fn results(node: &Node) -> Value {
    node.json(&["survey", "results", "pumps"])["waves"].clone()
}

fn open(node: &Node, survey: &str) {
    node.run(&["survey", "open", "pumps", survey]).ok();
    node.settle();
}

fn close(node: &Node, survey: &str) {
    node.run(&["survey", "close", "pumps", survey]).ok();
    node.settle();
}

fn count(sink: &Sink, number: usize, name: &str) -> usize {
    let all = names(sink, &member(number));
    all.iter().filter(|one| *one == name).count()
}

fn a_poll_is_confirmed_answered_and_published(database: &Database) {
    let sink = Sink::start();
    let node = founded(database, &sink, 7);
    let poll = "poll Which day is best?\n\n- Tuesday\n- Friday morning\n";
    write(&node, FACILITATOR, REQUEST, poll);
    assert_eq!(count(&sink, 1, "health-check"), 0, "nothing before a yes");
    let asked = last(&sink, FACILITATOR, "confirm");
    assert!(asked.text().contains("Friday morning"), "{}", asked.text());
    answer(&node, FACILITATOR, &asked, "YES");
    let told = last(&sink, FACILITATOR, "receipt");
    assert!(
        told.text().contains("Which day is best?"),
        "{}",
        told.text()
    );
    let mail = last(&sink, &member(1), "health-check");
    assert_eq!(mail.subject().matches("Which day is best?").count(), 1);
    for part in ["Which day is best?", "1 Tuesday", "2 Friday morning"] {
        assert!(mail.text().contains(part), "{part}: {}", mail.text());
    }
    // A number, or the text of an option.
    let said = [
        "2",
        "Friday morning",
        "friday morning.",
        "2",
        "1\nFridays I am off.",
        "3",
    ];
    for (at, text) in said.iter().enumerate() {
        let who = member(at + 1);
        answer(&node, &who, &last(&sink, &who, "health-check"), text);
    }
    for (number, digits) in [(2, "\n  2"), (5, "\n  1")] {
        let receipt = last(&sink, &member(number), "receipt");
        assert!(receipt.text().contains(digits), "{}", receipt.text());
    }
    let unclear = last(&sink, &member(6), "clarification");
    assert!(unclear.text().contains("from 1 to 2"), "{}", unclear.text());
    // A member cannot ask everybody.
    write(&node, &member(7), REQUEST, "poll Shall we stop?\nYes\nNo\n");
    answer(
        &node,
        &member(7),
        &last(&sink, &member(7), "confirm"),
        "YES",
    );
    let refused = last(&sink, &member(7), "clarification");
    assert!(
        refused.text().contains("Facilitators open polls"),
        "{}",
        refused.text()
    );
    node.advance("8d");
    let wave = &results(&node)[0];
    assert_eq!(wave["survey"], "poll");
    assert_eq!(wave["question"], "Which day is best?");
    assert_eq!(
        (&wave["invited"], &wave["answered"]),
        (&7.into(), &5.into())
    );
    let option = |at: usize| &wave["indices"][at];
    assert_eq!(option(0)["label"], "Tuesday");
    assert_eq!(option(0)["bin"], "mostly no");
    assert_eq!(option(1)["bin"], "mostly yes");
    let mail = last(&sink, &member(6), "health-check-results");
    assert!(mail.subject().contains("Which day is best?"));
    for part in ["Which day is best?", "most chose it", "few chose it", "n=5"] {
        assert!(mail.text().contains(part), "{part}: {}", mail.text());
    }
    // The same again is refused with its day.
    write(&node, FACILITATOR, REQUEST, poll);
    answer(
        &node,
        FACILITATOR,
        &last(&sink, FACILITATOR, "confirm"),
        "YES",
    );
    let again = last(&sink, FACILITATOR, "clarification");
    assert!(
        again.text().contains("asked again from"),
        "{}",
        again.text()
    );
}

fn a_low_index_opens_a_review_and_a_vote_changes_the_charter(database: &Database) {
    let sink = Sink::start();
    let node = founded(database, &sink, 10);
    open(&node, "health-check");
    for number in 1..=10 {
        let who = member(number);
        answer(
            &node,
            &who,
            &last(&sink, &who, "health-check"),
            "4 4 5 2 4 1 4",
        );
    }
    close(&node, "health-check");
    node.advance("12d");
    let review = last(&sink, &member(2), "charter-review");
    for part in ["Members like me decide", "PROPOSE practice:"] {
        assert!(review.text().contains(part), "{part}: {}", review.text());
    }
    assert!(
        !review.text().contains("I get what I came for"),
        "{}",
        review.text()
    );
    // Somebody to whom it was passed on proposes nothing.
    answer(
        &node,
        "eve@else.example",
        &review,
        "PROPOSE practice: Nothing.",
    );
    let text = "I think so.\n\nPROPOSE practice: Field notes,\nand a clinic every month.\n";
    answer(&node, &member(2), &review, text);
    let receipt = last(&sink, &member(2), "receipt");
    assert!(
        receipt.text().contains("put to the vote"),
        "{}",
        receipt.text()
    );
    node.advance("3d");
    let ballot = |number: usize| last(&sink, &member(number), "charter-review");
    let asked = ballot(5);
    for part in [
        "- Field notes and failure reports.",
        "+ Field notes, and a clinic every month.",
        "YES, NO or ABSTAIN",
    ] {
        assert!(asked.text().contains(part), "{part}: {}", asked.text());
    }
    for (number, text) in [
        (1, "yes"),
        (3, "Ja"),
        (4, "NO\n\nToo much."),
        (5, "ABSTAIN"),
        (4, "yes"),
    ] {
        answer(&node, &member(number), &ballot(number), text);
    }
    let receipt = last(&sink, &member(4), "receipt");
    assert!(
        receipt.text().contains("You vote yes"),
        "{}",
        receipt.text()
    );
    // Of their own they may know it, while it is open.
    let own = node.run(&["member", "export", &member(4)]).ok();
    for part in [
        "charter_votes",
        "\"vote\": \"yes\"",
        "and a clinic every month",
    ] {
        assert!(own.contains(part), "{part}: {own}");
    }
    let own = node.run(&["member", "export", &member(2)]).ok();
    assert!(own.contains("charter_changes_proposed") && own.contains("\"state\": \"open\""));
    let charter = || node.run(&["community", "show", "pumps", "--toml"]).ok();
    assert!(!charter().contains("every month"), "{}", charter());
    node.advance("14d");
    assert!(
        charter().contains("Field notes, and a clinic every month."),
        "{}",
        charter()
    );
    node.advance("3d");
    let told = last(&sink, &member(9), "charter-review");
    assert!(
        told.subject().contains("Our charter has changed"),
        "{}",
        told.subject()
    );
    for part in [
        "3 said yes, 0 no, and 1 abstained, of 11",
        "+ Field notes, and a clinic",
    ] {
        assert!(told.text().contains(part), "{part}: {}", told.text());
    }
    // Who voted how is kept nowhere, and the file's version does not undo it.
    let votes = database.cells(&node.path("data")).into_iter();
    let votes = votes.filter(|(table, _, _)| table == "charter_vote");
    assert!(votes.into_iter().all(|(_, _, cells)| cells.is_empty()));
    let file = node.path("communities/pumps.toml").display().to_string();
    node.run(&["community", "apply", &file]).ok();
    assert!(charter().contains("every month"), "{}", charter());
    answer(&node, &member(5), &asked, "no");
    let over = last(&sink, &member(5), "receipt");
    assert!(over.text().contains("vote is over"), "{}", over.text());
}

fn what_follows_is_tracked_to_the_next_check(database: &Database) {
    let sink = Sink::start();
    let node = founded(database, &sink, 6);
    open(&node, "health-check");
    for number in 1..=6 {
        let who = member(number);
        answer(
            &node,
            &who,
            &last(&sink, &who, "health-check"),
            "4 4 5 2 4 4 4",
        );
    }
    close(&node, "health-check");
    node.advance("3d");
    let told = last(&sink, FACILITATOR, "health-check-results");
    assert!(told.text().contains("ACTION:"), "{}", told.text());
    let members = last(&sink, &member(1), "health-check-results");
    assert!(!members.text().contains("ACTION:"), "{}", members.text());
    assert!(
        members.text().contains("████████████▒▒▒▒▒▒▒▒ n=6"),
        "{}",
        members.text()
    );
    // Only who runs the community promises something.
    answer(&node, &member(1), &members, "ACTION: free beer");
    let lines = "ACTION: sessions start at 16:00\nACTION: a guide for newcomers\n\nFay";
    answer(&node, FACILITATOR, &told, lines);
    let receipt = last(&sink, FACILITATOR, "receipt");
    assert!(
        receipt.text().contains("a guide for newcomers"),
        "{}",
        receipt.text()
    );
    answer(&node, FACILITATOR, &told, "DONE 1\nDONE 77");
    let receipt = last(&sink, FACILITATOR, "receipt");
    for part in ["Number 1 is done", "no open action with the number 77"] {
        assert!(receipt.text().contains(part), "{part}: {}", receipt.text());
    }
    node.advance("80d");
    open(&node, "health-check");
    node.advance("3d");
    let next = last(&sink, &member(1), "health-check");
    for part in [
        "Since last time:",
        "done: sessions start at 16:00",
        "still at it: a guide for newcomers",
    ] {
        assert!(next.text().contains(part), "{part}: {}", next.text());
    }
    assert!(!next.text().contains("beer"), "{}", next.text());
    for number in 1..=6 {
        let who = member(number);
        answer(
            &node,
            &who,
            &last(&sink, &who, "health-check"),
            "4 4 5 2 4 4 4",
        );
    }
    close(&node, "health-check");
    node.advance("3d");
    let told = last(&sink, FACILITATOR, "health-check-results");
    assert!(
        told.text().contains("2 a guide for newcomers"),
        "{}",
        told.text()
    );
    // Two waves, two bars; the rotating question is another one each time.
    let bars = told.text().matches('█').count();
    assert!(bars >= 11 * 8, "{}", told.text());
    let shown = node.run(&["survey", "results", "pumps"]).ok();
    assert!(shown.contains("████████████▒▒▒▒▒▒▒▒"), "{shown}");
}

fn eighty_days_lie_between_two_health_checks(database: &Database) {
    let sink = Sink::start();
    let node = founded(database, &sink, 3);
    // The stories begin on 2 March 2026.
    open(&node, "health-check");
    close(&node, "health-check");
    let refused = node.run(&["survey", "open", "pumps"]).refused();
    assert!(
        refused.contains("may open again at 2026-05-21"),
        "{refused}"
    );
    let charter = node.read("communities/pumps.toml");
    node.write(
        "communities/pumps.toml",
        charter.replace("\"0 9 3 1,7 *\"", "\"0 9 3 * *\""),
    );
    let file = node.path("communities/pumps.toml").display().to_string();
    let refused = node.run(&["community", "apply", &file]).refused();
    assert!(refused.contains("comes twice in 80 days"), "{refused}");
    let checked = node.run(&["check"]).refused();
    assert!(
        checked.contains("pumps.toml:") && checked.contains("it may open again from"),
        "{checked}"
    );
    node.advance("80d");
    open(&node, "health-check");
    assert_eq!(count(&sink, 1, "health-check"), 2);
}

fn an_answer_to_one_question_leaves_the_other(database: &Database) {
    let sink = Sink::start();
    let node = founded(database, &sink, 3);
    for (id, subject) in [
        ("q1", "Which seal for hot oil?"),
        ("q2", "Which pump for sand?"),
    ] {
        node.post(&Post::new(
            &member(1),
            &format!("{id}@people.example"),
            subject,
        ));
        node.settle();
    }
    // Both are due at the same moment; the second waits for the gap of 48 hours.
    node.advance("8d");
    let asked = count(&sink, 1, "solution-check");
    assert_eq!(asked, 1, "the second waits");
    answer(
        &node,
        &member(1),
        &last(&sink, &member(1), "solution-check"),
        "WHY",
    );
    answer(
        &node,
        &member(1),
        &last(&sink, &member(1), "solution-check"),
        "4",
    );
    node.advance("9d");
    assert_eq!(count(&sink, 1, "solution-check"), 2);
}

/// Takes the keys of open surveys away from the node, or gives them back.
fn move_keys(node: &Node, from: &str, to: &str) {
    let (from, to) = (node.path("data").join(from), node.path("data").join(to));
    if to.exists() {
        std::fs::remove_dir_all(&to).expect("the folder of keys");
    }
    std::fs::rename(&from, &to).expect("the folder of keys");
}

fn what_came_in_time_is_counted_though_the_key_was_away(database: &Database) {
    let sink = Sink::start();
    let node = founded(database, &sink, 6);
    open(&node, "health-check");
    move_keys(&node, "survey-keys", "elsewhere");
    for number in 1..=6 {
        let who = member(number);
        answer(
            &node,
            &who,
            &last(&sink, &who, "health-check"),
            "4 4 5 2 3 4 4",
        );
    }
    assert!(!names(&sink, &member(1)).contains(&"receipt".to_owned()));
    let doctor = node.run(&["doctor", "--json"]);
    assert!(
        doctor.out.contains("the key of health-check in pumps"),
        "{}",
        doctor.out
    );
    move_keys(&node, "elsewhere", "survey-keys");
    close(&node, "health-check");
    assert_eq!(results(&node)[0]["answered"], 6);
}

fn answers_wait_a_week_for_a_lost_key(database: &Database) {
    let sink = Sink::start();
    let node = founded(database, &sink, 6);
    open(&node, "health-check");
    open(&node, "yearly-reflection");
    for number in 1..=6 {
        let who = member(number);
        answer(
            &node,
            &who,
            &last(&sink, &who, "health-check"),
            "4 4 5 2 3 4 4",
        );
    }
    move_keys(&node, "survey-keys", "elsewhere");
    node.run(&["survey", "close", "pumps"]).ok();
    node.advance("6d");
    let doctor = node.run(&["doctor", "--json"]);
    assert!(
        doctor.out.contains("its answers are lost at"),
        "{}",
        doctor.out
    );
    assert_eq!(results(&node), serde_json::json!([]));
    move_keys(&node, "elsewhere", "survey-keys");
    node.advance("2h");
    assert_eq!(results(&node)[0]["answered"], 6);
    // And after a week without it they are gone, which is said.
    move_keys(&node, "survey-keys", "elsewhere");
    close(&node, "yearly-reflection");
    node.advance("8d");
    let waves = database.columns_with(&node.path("data"), &["lost"]);
    assert!(
        waves
            .iter()
            .any(|place| place.starts_with("survey_wave.state")),
        "{waves:?}"
    );
}

fn a_quote_is_its_authors(database: &Database) {
    let sink = Sink::start();
    let node = founded(database, &sink, 6);
    open(&node, "health-check");
    let say = |number: usize, text: &str| {
        let who = member(number);
        answer(&node, &who, &last(&sink, &who, "health-check"), text);
        last(&sink, &who, "receipt")
    };
    let told = say(1, "4 4 5 2 3 4 4\nQUOTE\nThe indigo seal saved a day.");
    assert!(
        told.text().contains("sponsor may read them too"),
        "{}",
        told.text()
    );
    let told = say(2, "4 4 5 2 3 4 4\n\nThe magenta pump is loud.");
    assert!(
        told.text().contains("unless you reply QUOTE"),
        "{}",
        told.text()
    );
    answer(&node, &member(2), &told, "QUOTE");
    let told = last(&sink, &member(2), "receipt");
    assert!(
        told.text().contains("A sponsor may read"),
        "{}",
        told.text()
    );
    say(3, "4 4 5 2 3 4 4\n\nThe ochre valve drips.");
    // Taken back.
    say(4, "4 4 5 2 3 4 4\nQUOTE\nThe sepia hose is short.");
    say(4, "4 4 5 2 3 4 4\n\nThe sepia hose is short.");
    say(5, "4 4 5 2 3 4 4");
    let places = |word: &str| database.columns_with(&node.path("data"), &[word]);
    assert_eq!(places("indigo"), Vec::<String>::new(), "sealed");
    close(&node, "health-check");
    let is_quote = |word: &str| {
        let all = places(word);
        all.iter()
            .any(|place| place.starts_with("survey_quote.text"))
    };
    let found = ["indigo", "magenta", "ochre", "sepia"].map(is_quote);
    assert_eq!(found, [true, true, false, false]);
    assert_eq!(
        places("ochre"),
        Vec::<String>::new(),
        "below ten nobody reads it"
    );
}

fn subjects_are_put_in_order(database: &Database) {
    let sink = Sink::start();
    let node = founded(database, &sink, 6);
    open(&node, "domain-survey");
    let asked = last(&sink, &member(1), "domain-survey");
    for part in ["4 digits", "the best first", "3 What I could show others."] {
        assert!(asked.text().contains(part), "{part}: {}", asked.text());
    }
    answer(&node, &member(1), &asked, "3 3 1 2");
    let unclear = last(&sink, &member(1), "clarification");
    assert!(unclear.text().contains("each once"), "{}", unclear.text());
    for number in 1..=5 {
        let who = member(number);
        answer(&node, &who, &last(&sink, &who, "domain-survey"), "3 1 2 4");
        assert!(last(&sink, &who, "receipt").text().contains("3 1 2 4"));
    }
    let path = format!("/r/{}", token(&last(&sink, &member(6), "domain-survey")));
    let page = crate::support::http::get(node.http, &path);
    for part in ["Place 1</legend>", "> What I could show others.</label>"] {
        assert!(page.body.contains(part), "{part}: {}", page.body);
    }
    let form = |digits: [u8; 4]| {
        let [a, b, c, d] = digits;
        let text = format!("q1={a}&q2={b}&q3={c}&q4={d}&comment=");
        crate::support::http::request(node.http, "POST", &path, &text).status
    };
    assert_eq!(form([1, 1, 2, 3]), 400);
    assert_eq!(form([1, 2, 3, 4]), 200);
    close(&node, "domain-survey");
    let indices = &results(&node)[0]["indices"];
    assert_eq!(indices[2]["label"], "What I could show others.");
    assert_eq!(indices[2]["bin"], "mostly yes");
    assert_eq!(indices[3]["bin"], "mostly no");
}

fn token(mail: &crate::support::Mail) -> String {
    let address = reply_to(mail);
    let behind = address.split_once('+').map_or("", |(_, rest)| rest);
    behind.split('@').next().unwrap_or_default().to_owned()
}

fn members_are_asked_where_they_stand(database: &Database) {
    let sink = Sink::start();
    let node = founded(database, &sink, 1);
    // Whoever was there before the node's clock stood still has joined on no day of it.
    node.run(&["member", "add", "pumps", &member(9)]).ok();
    node.advance("14d");
    let asked = last(&sink, &member(9), "stage-check");
    assert!(
        asked.text().contains("4 = I do it without thinking"),
        "{}",
        asked.text()
    );
    answer(&node, &member(9), &asked, "2");
    assert!(last(&sink, &member(9), "receipt").text().contains("\n  2"));
    assert_eq!(count(&sink, 9, "stage-check"), 1);
    node.advance("60d");
    assert_eq!(count(&sink, 9, "stage-check"), 1);
    node.advance("30d");
    assert_eq!(count(&sink, 9, "stage-check"), 2, "after ninety days");
}

fn a_closing_that_was_dropped_is_made_up_for(database: &Database) {
    let sink = Sink::start();
    let node = founded(database, &sink, 5);
    open(&node, "health-check");
    for number in 1..=5 {
        let who = member(number);
        answer(
            &node,
            &who,
            &last(&sink, &who, "health-check"),
            "4 4 5 2 3 4 4",
        );
    }
    let dropped = "UPDATE act SET state = 'dropped' WHERE name = 'survey-close'";
    assert_eq!(database.execute(&node.path("data"), dropped), 1);
    node.advance("11d");
    wait::until("the survey to close", wait::SOON, || {
        node.settle();
        (results(&node)[0]["answered"] == 5).then_some(())
    });
}
