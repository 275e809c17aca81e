//! What comes of surveys: results within a week however many communities somebody is in,
//! what an operator asks of their own, and what is asked of people one by one.

use serde_json::Value;

use crate::support::http::{get, request};
use crate::support::letters::{answer, last, names, reply_to, write};
use crate::support::{Community, Database, Node, Post, Sink, both};

both!(
    results_reach_members_of_three_communities_within_a_week,
    an_operator_adds_a_survey,
    what_is_asked_one_by_one_comes_to_the_facilitators,
);

const FACILITATOR: &str = "fay@plant.example";

fn member(number: usize) -> String {
    format!("m{number:02}@plant.example")
}

fn members(count: usize) -> Vec<String> {
    (1..=count).map(member).collect()
}

fn found(node: &Node, slug: &'static str, more: &'static str, all: &[String]) {
    let community = Community {
        slug,
        more,
        ..Community::pumps()
    };
    let all: Vec<&str> = all.iter().map(String::as_str).collect();
    node.found(&community, &all);
}

/// A clinic every other week with all that belongs to it, a health check on the same day as
/// everybody else's, a review of the charter, and the budget that nobody changed.
macro_rules! charter {
    ($starts:literal) => {
        concat!(
            "[[facilitator]]\naddress = \"fay@plant.example\"\n",
            "[[session]]\nslug = \"clinic\"\ntitle = \"Clinic\"\n",
            "rule = \"FREQ=WEEKLY;INTERVAL=2\"\nstarts = \"",
            $starts,
            "\"\nduration = \"1h\"\n",
            "[health_check]\nschedule = \"0 9 13 4 *\"\nopen_for = \"14d\"\nreflection = \"off\"\n"
        )
    };
}

const THREE: [(&str, &str); 3] = [
    ("pumps", charter!("2026-03-10T16:00")),
    ("seals", charter!("2026-03-11T15:00")),
    ("valves", charter!("2026-03-19T10:00")),
];

fn results_reach_members_of_three_communities_within_a_week(database: &Database) {
    let sink = Sink::start();
    let mut node = Node::new(database, &sink);
    let all = members(6);
    for (slug, more) in THREE {
        found(&node, slug, more, &all);
    }
    node.start();
    // All are asked from the 13th of April on, as their budgets have room, and answer at once.
    let mut answered = 0;
    for day in 13..=26 {
        let until = format!("2026-04-{day}T16:30:00Z");
        node.run(&["clock", "set", &until]).ok();
        answered += all
            .iter()
            .map(|one| reply_to_all(&node, &sink, one))
            .sum::<usize>();
    }
    assert_eq!(answered, 3 * all.len(), "everybody was asked by all three");
    // They close on the 27th at seven, fourteen days after they opened.
    node.run(&["clock", "set", "2026-04-27T06:59:00Z"]).ok();
    let told = |one: &String| {
        let got = sink.for_recipient(one);
        let texts = got.iter().map(|one| one.mail().text());
        texts
            .map(|text| text.matches("6 of 6 members answered").count())
            .sum::<usize>()
    };
    let counts = || all.iter().map(told).collect::<Vec<_>>();
    assert_eq!(counts(), [0; 6], "before they have closed");
    node.run(&["clock", "set", "2026-05-04T06:59:00Z"]).ok();
    let why = node.run(&["why", &member(1)]).ok();
    assert_eq!(counts(), [3; 6], "a week later: {why}");
}

/// Answers what somebody was asked and has not answered, by mails of their own or by
/// sections of one; gives how much that was.
fn reply_to_all(node: &Node, sink: &Sink, who: &str) -> usize {
    let got = sink.for_recipient(who);
    let mails: Vec<_> = got.iter().map(|one| one.mail()).collect();
    let named = |mail: &crate::support::Mail| {
        let text = format!("{} {}", reply_to(mail), mail.text());
        let words = text.split(|c: char| c.is_whitespace() || "<>()".contains(c));
        let own = words.filter(|word| word.contains("-survey+") && word.contains('@'));
        own.map(|word| word.trim_end_matches(['.', ',', ':']).to_owned())
            .collect::<Vec<_>>()
    };
    let of = |is_receipt: bool| -> std::collections::BTreeSet<String> {
        let kind = |mail: &&crate::support::Mail| {
            (mail.header("Folkmoot-Mail") == "receipt") == is_receipt
        };
        mails.iter().filter(kind).flat_map(named).collect()
    };
    let asked: Vec<String> = of(false).difference(&of(true)).cloned().collect();
    for address in &asked {
        write(node, who, address, "4 4 5 2 3 4 4");
    }
    asked.len()
}

const ONBOARDING: &str = "version    = 1\nlowest     = 1\nhighest    = 5\nskip       = true\n\
    favourable = 4\nopen_for   = \"10d\"\n[title]\nen = \"How did you arrive?\"\n\
    [open]\nen = \"what was missing\"\n\
    [[item]]\nindex = \"welcome\"\nen = \"Somebody answered when I first wrote.\"\n\
    [[item]]\nindex = \"orientation\"\nen = \"I know whom to ask about what.\"\n";

const QUIET: &str = "[[facilitator]]\naddress = \"fay@plant.example\"\n\
    [health_check]\nschedule = \"0 9 3 1 *\"\nreflection = \"off\"\n\
    [budget]\nquiet = \"off\"\nper_week = 20\nper_month = 60\n";

/// Six answer, too few for all comments: what one of them shares is read, the others' words
/// are not.
fn an_operator_adds_a_survey(database: &Database) {
    let sink = Sink::start();
    let mut node = Node::new(database, &sink);
    found(&node, "pumps", QUIET, &members(7));
    node.start();
    std::fs::create_dir_all(node.path("surveys")).expect("a folder");
    node.write(
        "surveys/onboarding.toml",
        ONBOARDING.replace("= 4\n", "= 7\n"),
    );
    let wrong = node.run(&["check"]).refused();
    assert!(wrong.contains("onboarding.toml:5:"), "{wrong}");
    assert!(wrong.contains("write 5 at most"), "{wrong}");
    node.write("surveys/onboarding.toml", ONBOARDING);
    node.run(&["survey", "open", "pumps", "onboarding"]).ok();
    node.settle();
    let asked = |number: usize| last(&sink, &member(number), "health-check");
    for part in [
        "How did you arrive?",
        "Reply with 2 digits, in order.",
        "2 I know whom",
    ] {
        let mail = asked(1);
        let shown = format!("{}\n{}", mail.subject(), mail.text());
        assert!(shown.contains(part), "{part}: {shown}");
    }
    answer(
        &node,
        &member(1),
        &asked(1),
        "4 2\nSHARE\nThe lilac map was missing.",
    );
    answer(
        &node,
        &member(2),
        &asked(2),
        "4 2\n\nThe maroon badge was late.",
    );
    for number in 3..=5 {
        answer(&node, &member(number), &asked(number), "5, 1");
    }
    // On their page the same can be said.
    let path = format!("/r/{}", token(&asked(6)));
    let page = get(node.http, &path).body;
    assert!(
        page.contains("They may read mine however few there are."),
        "{page}"
    );
    let form = "q1=2&q2=2&comment=The+amber+door+was+shut.&share=yes";
    assert_eq!(request(node.http, "POST", &path, form).status, 200);
    node.run(&["survey", "close", "pumps", "onboarding"]).ok();
    // Two days lie between two mails.
    node.advance("3d");
    let wave = &results(&node)[0];
    assert_eq!(
        (&wave["survey"], &wave["answered"]),
        (&"onboarding".into(), &6.into())
    );
    let bins = [&wave["indices"][0], &wave["indices"][1]].map(|index| index["bin"].clone());
    assert_eq!(bins, ["mostly yes", "mostly no"].map(Value::from));
    let told = last(&sink, FACILITATOR, "health-check-results").text();
    for (word, is_shown) in [("lilac", true), ("amber", true), ("maroon", false)] {
        assert_eq!(told.contains(word), is_shown, "{word}: {told}");
    }
    let members = last(&sink, &member(7), "health-check-results").text();
    assert!(members.contains("6 of 7 members answered"), "{members}");
    assert!(!members.contains("lilac"), "{members}");
}

fn token(mail: &crate::support::Mail) -> String {
    let address = reply_to(mail);
    let behind = address.split_once('+').map_or("", |(_, rest)| rest);
    behind.split('@').next().unwrap_or_default().to_owned()
}

fn results(node: &Node) -> Value {
    node.json(&["survey", "results", "pumps"])["waves"].clone()
}

/// Five ask a question each and say whether it was solved; the wave closes after a quarter.
fn what_is_asked_one_by_one_comes_to_the_facilitators(database: &Database) {
    let sink = Sink::start();
    let mut node = Node::new(database, &sink);
    found(&node, "pumps", QUIET, &members(7));
    node.start();
    for number in 1..=5 {
        let id = format!("q{number}@people.example");
        node.post(&Post::new(
            &member(number),
            &id,
            &format!("Which seal for pump {number}?"),
        ));
        node.settle();
    }
    node.advance("9d");
    for number in 1..=5 {
        let asked = last(&sink, &member(number), "solution-check");
        let page = get(node.http, &format!("/r/{}", token(&asked))).body;
        let about = format!("Which seal for pump {number}?");
        assert!(page.contains(&about), "{page}");
        let text = match number {
            1 => "4\nSHARE\nThe lilac seal did it.",
            2 => "4\n\nThe maroon one leaked.",
            _ => "4",
        };
        answer(&node, &member(number), &asked, text);
    }
    node.advance("95d");
    let told = last(&sink, FACILITATOR, "health-check-results").text();
    for part in ["Asked 5 times, answered 5 times.", "mostly yes", "lilac"] {
        assert!(told.contains(part), "{part}: {told}");
    }
    assert!(!told.contains("maroon"), "{told}");
    assert!(!names(&sink, &member(1)).contains(&"health-check-results".to_owned()));
}
