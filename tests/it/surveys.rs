//! Surveys, as members, facilitators and operators meet them.

use serde_json::Value;

use crate::support::http::{get, request};
use crate::support::letters::{Letter, answer, last, names, reply_to, send, write};
use crate::support::{Community, Database, Node, Post, Sink, both};

both!(
    a_health_check_is_answered_by_mail_and_published,
    too_few_answers_say_nothing,
    words_strangers_and_late_replies,
    the_page_takes_an_answer_too,
    who_asked_a_question_is_asked_whether_it_was_solved,
    the_reminder_and_the_yearly_reflection_come_when_they_are_due,
);

const MORE: &str = "[[facilitator]]\naddress = \"fay@plant.example\"\n\
    [health_check]\nschedule = \"0 9 3 3 *\"\nopen_for = \"10d\"\nreflection = \"off\"\n[budget]\nquiet = \"off\"\n";
const LIST: &str = "pumps@lists.example.org";
const FACILITATOR: &str = "fay@plant.example";

fn member(number: usize) -> String {
    format!("m{number:02}@plant.example")
}

fn founded<'d>(database: &'d Database, sink: &Sink, count: usize, more: &str) -> Node<'d> {
    let node = Node::new(database, sink);
    let community = Community {
        more: Box::leak(more.to_owned().into_boxed_str()),
        ..Community::pumps()
    };
    let all: Vec<String> = (1..=count).map(member).collect();
    let all: Vec<&str> = all.iter().map(String::as_str).collect();
    node.found(&community, &all);
    node
}

fn results(node: &Node) -> Value {
    node.json(&["survey", "results", "pumps"])["waves"].clone()
}

fn a_health_check_is_answered_by_mail_and_published(database: &Database) {
    let sink = Sink::start();
    let mut node = founded(database, &sink, 12, MORE);
    node.start();
    node.run(&["clock", "set", "2026-03-03T12:00:00Z"]).ok();
    let asked = last(&sink, &member(1), "health-check");
    assert!(
        asked.subject().contains("health check"),
        "{}",
        asked.subject()
    );
    assert!(
        reply_to(&asked).starts_with("pumps-survey+"),
        "{}",
        reply_to(&asked)
    );
    assert!(asked.header("From").contains("pumps-survey+"));
    assert!(
        asked.text().contains("1 I get what I came for here."),
        "{}",
        asked.text()
    );
    // Each has an address of their own.
    let other = last(&sink, &member(2), "health-check");
    assert_ne!(reply_to(&asked), reply_to(&other));
    let shapes = [
        "4 4 5 2 3 4 0",
        "4,4,5,2,3,4,0",
        "4\n4\n5\n2\n3\n4\n0",
        "1) 4\n2) 4\n3) 5\n4) 2\n5) 3\n6) 4\n7) 0",
        "4452340",
        "four four five two three four zero",
        "4/5 4/5 5/5 2/5 3/5 4/5 0/5",
        "4 4 5 2 3 4 0\n\nShorter sessions.",
        "1=4 2=4 3=5 4=2 5=3 6=4 7=0",
        "Q1: 4, Q2: 4, Q3: 5, Q4: 2, Q5: 3, Q6: 4, Q7: 0",
    ];
    for (at, shape) in shapes.iter().enumerate() {
        let who = member(at + 1);
        answer(&node, &who, &last(&sink, &who, "health-check"), shape);
        let receipt = last(&sink, &who, "receipt");
        assert!(
            receipt.text().contains("4 4 5 2 3 4 0"),
            "{shape}: {}",
            receipt.text()
        );
    }
    // A facilitator is asked, and not counted.
    let own = last(&sink, FACILITATOR, "health-check");
    answer(&node, FACILITATOR, &own, "1 1 1 1 1 1 1");
    assert!(
        last(&sink, FACILITATOR, "receipt")
            .text()
            .contains("not counted")
    );
    // A later answer takes the place of the first.
    answer(
        &node,
        &member(10),
        &last(&sink, &member(10), "health-check"),
        "1 4 5 2 3 4 0",
    );
    assert!(results(&node).as_array().is_some_and(Vec::is_empty));
    node.advance("10d");
    let wave = &results(&node)[0];
    assert_eq!(wave["survey"], "health-check");
    assert_eq!(
        (&wave["invited"], &wave["answered"]),
        (&12.into(), &10.into())
    );
    let index = |name: &str| {
        let all = wave["indices"].as_array().expect("indices");
        all.iter()
            .find(|one| one["index"] == name)
            .expect(name)
            .clone()
    };
    // Nine of ten said 4: the bin is 80 to 100.
    let satisfaction = index("satisfaction");
    assert_eq!(satisfaction["n"], 10);
    assert_eq!(satisfaction["bin"], serde_json::json!([80, 100]));
    assert_eq!(satisfaction["interval"], serde_json::json!([49, 100]));
    assert_eq!(satisfaction["bounds"], serde_json::json!([67, 100]));
    assert_eq!(satisfaction["verdict"], "first time");
    assert_eq!(satisfaction["suppressed"], false);
    assert_eq!(index("safety")["bin"], serde_json::json!([80, 100]));
    assert_eq!(index("rotating")["suppressed"], true);
    assert_eq!(index("rotating")["bin"], Value::Null);
    let told = last(&sink, &member(12), "health-check-results");
    assert!(told.text().contains("10 of 12 members"), "{}", told.text());
    assert!(!told.text().contains("Shorter sessions"), "{}", told.text());
    let facilitators = last(&sink, FACILITATOR, "health-check-results");
    assert!(
        facilitators.text().contains("Shorter sessions."),
        "{}",
        facilitators.text()
    );
    assert!(!facilitators.text().contains("m08"));
}

fn token(sink: &Sink, who: &str) -> String {
    let address = reply_to(&last(sink, who, "health-check"));
    let token = address
        .split_once('+')
        .map(|(_, rest)| rest.split('@').next().unwrap_or_default());
    token.unwrap_or_default().to_owned()
}

/// The columns of the database in which one of the words stands.
fn holding(node: &Node, words: &[String]) -> Vec<String> {
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    node.database.columns_with(&node.path("data"), &words)
}

fn too_few_answers_say_nothing(database: &Database) {
    let sink = Sink::start();
    let mut node = founded(database, &sink, 4, MORE);
    node.start();
    node.run(&["survey", "open", "pumps"]).ok();
    node.settle();
    for number in 1..=4 {
        let who = member(number);
        let asked = last(&sink, &who, "health-check");
        answer(&node, &who, &asked, "4 4 5 2 3 4 0\n\nOnly mine.");
    }
    let again = node.run(&["survey", "open", "pumps"]).refused();
    assert!(again.contains("open in pumps already"), "{again}");
    node.run(&["survey", "close", "pumps"]).ok();
    node.settle();
    let wave = &results(&node)[0];
    assert_eq!(wave["answered"], 4);
    let all = wave["indices"].as_array().expect("indices");
    assert!(
        all.iter()
            .all(|index| index["suppressed"] == true && index["bin"].is_null()),
        "{all:?}"
    );
    assert_eq!(
        holding(&node, &["only mine".to_owned()]),
        Vec::<String>::new()
    );
}

fn words_strangers_and_late_replies(database: &Database) {
    let sink = Sink::start();
    let mut node = founded(database, &sink, 6, MORE);
    node.start();
    node.run(&["survey", "open", "pumps"]).ok();
    node.settle();
    let asked = |number: usize| last(&sink, &member(number), "health-check");
    let count = |number: usize| names(&sink, &member(number)).len();
    // Once it is said what would be understood, and then no more.
    answer(&node, &member(1), &asked(1), "4 4 5 2 3 4 0 5");
    let told = last(&sink, &member(1), "clarification");
    assert!(told.text().contains("7 digits"), "{}", told.text());
    let before = count(1);
    answer(&node, &member(1), &asked(1), "3-4 4 5 2 3 4");
    assert_eq!(count(1), before);
    answer(&node, &member(6), &asked(6), "4.5 4 5 2 3 4 0");
    let told_six = last(&sink, &member(6), "clarification");
    assert!(
        told_six.text().contains("whole digit"),
        "{}",
        told_six.text()
    );
    answer(&node, &member(1), &told, "4 4 5 2 3 4 0");
    assert!(
        last(&sink, &member(1), "receipt")
            .text()
            .contains("4 4 5 2 3 4 0")
    );
    answer(&node, &member(2), &asked(2), "WHY");
    assert!(last(&sink, &member(2), "receipt").text().contains("sealed"));
    answer(&node, &member(3), &asked(3), "SKIP");
    assert!(last(&sink, &member(3), "receipt").text().contains("skip"));
    answer(&node, &member(4), &asked(4), "STOP SURVEYS");
    assert!(
        last(&sink, &member(4), "receipt")
            .text()
            .contains("No more surveys")
    );
    // Somebody to whom it was passed on, and a machine.
    let before = count(5);
    answer(&node, "eve@else.example", &asked(5), "1 1 1 1 1 1 1");
    assert!(names(&sink, "eve@else.example").is_empty());
    let to = reply_to(&asked(5));
    let machine = Letter {
        from: &member(5),
        to: &to,
        subject: "Out of office",
        text: "I am away until 2026-03-04 5 5.",
        more: "Auto-Submitted: auto-replied\r\n",
    };
    send(&node, &machine);
    assert_eq!(count(5), before);
    node.run(&["survey", "close", "pumps"]).ok();
    node.settle();
    assert_eq!(results(&node)[0]["answered"], 1);
    // No survey any more for whoever has stopped them.
    node.advance("80d");
    node.run(&["survey", "open", "pumps"]).ok();
    node.settle();
    let surveys = |number| {
        names(&sink, &member(number))
            .iter()
            .filter(|name| *name == "health-check")
            .count()
    };
    node.advance("8d");
    assert_eq!((surveys(4), surveys(6)), (1, 2));
}

fn the_page_takes_an_answer_too(database: &Database) {
    let sink = Sink::start();
    let mut node = founded(database, &sink, 5, MORE);
    node.start();
    node.run(&["survey", "open", "pumps"]).ok();
    node.settle();
    let path = |number: usize| format!("/r/{}", token(&sink, &member(number)));
    for number in 1..=5 {
        let shown = get(node.http, &path(number));
        assert_eq!(shown.status, 200);
        assert!(
            shown.body.contains("I get what I came for here."),
            "{}",
            shown.body
        );
        // What they think better of is counted once, as they said it last.
        let first = "q1=1&q2=4&q3=5&q4=2&q5=3&q6=4&q7=0&comment=";
        let form = "q1=4&q2=4&q3=5&q4=2&q5=3&q6=4&q7=0&comment=Fine";
        for (form, digits) in [(first, "1 4 5 2 3 4 0"), (form, "4 4 5 2 3 4 0")] {
            let done = request(node.http, "POST", &path(number), form);
            assert_eq!(done.status, 200, "{}", done.body);
            assert!(done.body.contains(digits), "{}", done.body);
        }
        // Nobody who finds the page reads there what was answered.
        let shown = get(node.http, &path(number));
        assert!(!shown.body.contains("checked"), "{}", shown.body);
        assert!(!shown.body.contains("Fine"), "{}", shown.body);
    }
    let missing = request(node.http, "POST", &path(1), "q1=4&q2=9");
    assert_eq!(missing.status, 400);
    node.run(&["survey", "close", "pumps"]).ok();
    node.settle();
    assert_eq!(get(node.http, &path(1)).status, 404);
    let wave = &results(&node)[0];
    assert_eq!(wave["answered"], 5);
    assert_eq!(wave["indices"][0]["bin"], "mostly yes");
}

fn who_asked_a_question_is_asked_whether_it_was_solved(database: &Database) {
    let sink = Sink::start();
    let mut node = founded(database, &sink, 3, MORE);
    node.start();
    let question = Post::new(&member(1), "q@people.example", "Which seal for hot oil?");
    node.post(&question);
    node.settle();
    node.advance("5d");
    let reply = Letter {
        from: &member(2),
        to: LIST,
        subject: "Re: Which seal for hot oil?",
        text: "Take the blue one.",
        more: "In-Reply-To: <q@people.example>\r\n",
    };
    send(&node, &reply);
    let asked = |node: &Node| {
        node.settle();
        names(&sink, &member(1))
            .iter()
            .filter(|name| *name == "solution-check")
            .count()
    };
    node.advance("4d");
    assert_eq!(asked(&node), 0, "the thread goes on");
    node.advance("6d");
    assert_eq!(asked(&node), 1);
    let mail = last(&sink, &member(1), "solution-check");
    assert!(
        mail.text().contains("Which seal for hot oil?"),
        "{}",
        mail.text()
    );
    answer(&node, &member(1), &mail, "4, solved, thanks");
    assert!(last(&sink, &member(1), "receipt").text().contains("\n  4"));
    assert!(!names(&sink, &member(2)).contains(&"solution-check".to_owned()));
}

fn the_reminder_and_the_yearly_reflection_come_when_they_are_due(database: &Database) {
    let sink = Sink::start();
    let more = MORE.replace("\"off\"\n[budget]", "\"0 9 24 3 *\"\n[budget]");
    let mut node = founded(database, &sink, 5, &more);
    node.start();
    node.run(&["clock", "set", "2026-03-03T12:00:00Z"]).ok();
    let asked = |number: usize| last(&sink, &member(number), "health-check");
    answer(&node, &member(4), &asked(4), "PAUSE 30");
    answer(&node, &member(5), &asked(5), "SKIP");
    answer(
        &node,
        &member(1),
        &last(&sink, &member(1), "health-check"),
        "4 4 5 2 3 4 0",
    );
    write(&node, &member(2), "pumps-request@lists.example.org", "help");
    node.advance("7d");
    let count = |number: usize, name: &str| {
        names(&sink, &member(number))
            .iter()
            .filter(|one| *one == name)
            .count()
    };
    assert_eq!(
        (
            count(1, "health-check-reminder"),
            count(2, "health-check-reminder")
        ),
        (0, 1)
    );
    let others = [3, 4, 5].map(|number| count(number, "health-check-reminder"));
    assert_eq!(others, [1, 0, 0], "4 has paused, 5 skips it");
    let reminder = last(&sink, &member(2), "health-check-reminder");
    answer(&node, &member(2), &reminder, "4 4 5 2 3 4 0");
    assert!(
        last(&sink, &member(2), "receipt")
            .text()
            .contains("4 4 5 2 3 4 0")
    );
    node.run(&["clock", "set", "2026-03-26T12:00:00Z"]).ok();
    let asked = last(&sink, &member(3), "yearly-reflection");
    assert!(
        asked.text().contains("3 I work differently"),
        "{}",
        asked.text()
    );
    answer(&node, &member(3), &asked, "5 4 3");
    assert!(last(&sink, &member(3), "receipt").text().contains("5 4 3"));
}
