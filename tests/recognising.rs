//! How well mail of machines is told from mail of people. Samples of our own, one a
//! format, and the figures on real mail: `cargo test --test recognising -- --nocapture`.

#[path = "it/support/mbox.rs"]
mod mbox;
#[path = "it/support/testdata.rs"]
mod testdata;

use folkmoot::message::bounce::{Class, Recipient};
use folkmoot::message::{Kind, Mail, parse};
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeSet;
use testdata::{Case, cases};

#[derive(Deserialize)]
struct Samples<T> {
    mail: Vec<T>,
}

#[derive(Deserialize)]
struct Bounce {
    product: String,
    is: Value,
    mail: String,
}

#[derive(Deserialize)]
struct Answer {
    what: String,
    is: String,
    header: String,
    text: String,
}

#[test]
fn bounces_of_many_products() {
    let samples: Samples<Bounce> = toml::from_str(include_str!("data/bounces.toml")).unwrap();
    let wrong: Vec<String> = samples.mail.iter().filter_map(misread).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What is wrong with how a sample is read.
fn misread(sample: &Bounce) -> Option<String> {
    let mail = parse(with_sender(sample.mail.trim_start()).as_bytes());
    let is_bounce = mail.kind == Kind::Bounce;
    let right = match sample.is.as_array() {
        Some(_) => is_bounce && Value::from(shown(&mail)) == sample.is,
        None => mail.kind.name() == sample.is,
    };
    assert_eq!(is_bounce, mail.report.is_some(), "{}", sample.product);
    (!right).then(|| {
        format!(
            "{}: {} {:?}",
            sample.product,
            mail.kind.name(),
            shown(&mail)
        )
    })
}

fn with_sender(mail: &str) -> String {
    let to = "To: <pumps-bounces+token@lists.example>\n";
    match mail.starts_with("From:") {
        true => format!("{to}{mail}"),
        false => format!("From: MAILER-DAEMON@mx.y.example\n{to}{mail}"),
    }
}

fn shown(mail: &Mail) -> Vec<String> {
    let one = |one: &Recipient| {
        let status = one.status.as_deref().unwrap_or_default();
        format!("{} {} {status}", one.address, one.class.name())
            .trim_end()
            .to_owned()
    };
    mail.bounce.iter().map(one).collect()
}

#[test]
fn answers_of_machines_and_of_people() {
    let samples: Samples<Answer> = toml::from_str(include_str!("data/auto-replies.toml")).unwrap();
    for Answer {
        what,
        is,
        header,
        text,
    } in samples.mail
    {
        let raw =
            format!("{header}\nFrom: Ann <ann@x.example>\nTo: pumps@lists.example\n\n{text}\n");
        assert_eq!(parse(raw.as_bytes()).kind.name(), is, "{what}");
    }
}

/// A share of what was judged, and what was missed.
#[derive(Default)]
struct Figure {
    right: usize,
    judged: usize,
    missed: BTreeSet<String>,
}

impl Figure {
    fn count(&mut self, right: bool, case: &Case) {
        self.judged += 1;
        self.right += usize::from(right);
        if !right {
            let certainty = case.found["certainty"].as_str().unwrap_or_default();
            self.missed.insert(format!("{} ({certainty})", case.id));
        }
    }

    fn at_least(&self, floor: usize, what: &str) {
        let (right, judged) = (self.right, self.judged);
        println!("{what}: {right} of {judged}; missed {:?}", self.missed);
        assert!(
            right * 100 >= floor * judged,
            "{what}: {right} of {judged}, not {floor} %"
        );
    }
}

#[test]
fn real_bounces() {
    let (mut seen, mut classed, mut addressed) = <(Figure, Figure, Figure)>::default();
    for case in cases("bounce") {
        let mail = parse(&case.raw);
        judge_bounce(&case, &mail, &mut seen, &mut classed);
        judge_addresses(&case, &mail, &mut addressed);
        for one in &mail.bounce {
            let put_off = one
                .status
                .as_deref()
                .is_some_and(|status| status.starts_with('4'));
            assert!(
                !put_off || one.class != Class::Permanent,
                "{}: {one:?}",
                case.id
            );
        }
    }
    seen.at_least(95, "bounces seen");
    classed.at_least(95, "bounces classed");
    addressed.at_least(97, "addresses of bounces");
}

fn judge_bounce(case: &Case, mail: &Mail, seen: &mut Figure, classed: &mut Figure) {
    let is_bounce = mail.kind == Kind::Bounce;
    if let Some(expected) = case.expect["is_bounce"].as_bool() {
        seen.count(is_bounce == expected, case);
    }
    let has = |class: Class| mail.bounce.iter().any(|one| one.class == class);
    let class = match is_bounce {
        false => "none",
        true if has(Class::Permanent) => "permanent",
        true if has(Class::Transient) => "transient",
        true => "unknown",
    };
    if let Some(expected) = case.expect["class"].as_str() {
        let failure = expected == "failure" && ["permanent", "unknown"].contains(&class);
        classed.count(failure || expected == class, case);
    }
}

/// Each address that is expected counts, and so does each that is not.
fn judge_addresses(case: &Case, mail: &Mail, figure: &mut Figure) {
    let list = |key: &str| -> Option<BTreeSet<String>> {
        let all = case.expect[key].as_array()?.iter();
        Some(
            all.filter_map(|one| one.as_str())
                .map(str::to_lowercase)
                .collect(),
        )
    };
    let Some(wanted) = list("addresses").filter(|_| case.expect["is_bounce"] != false) else {
        return;
    };
    let also = list("also_ok").unwrap_or_default();
    let found: BTreeSet<String> = mail.bounce.iter().map(|one| one.address.clone()).collect();
    wanted
        .iter()
        .for_each(|one| figure.count(found.contains(one), case));
    if case.expect["complete"] == true {
        let extra = found
            .iter()
            .filter(|one| !wanted.contains(*one) && !also.contains(*one));
        extra.for_each(|_| figure.count(false, case));
    }
}

#[test]
fn real_automatic_replies() {
    let mut figure = Figure::default();
    for case in cases("autoreply") {
        let automatic = parse(&case.raw).kind == Kind::AutoReply;
        figure.count(case.expect["auto"].as_bool() == Some(automatic), &case);
    }
    figure.at_least(100, "automatic replies");
}

#[test]
fn real_people_are_no_machines() {
    let Some(mailbox) = testdata::mailbox() else {
        return;
    };
    let posts = mbox::split(&mailbox);
    let machine =
        |kind: Kind| matches!(kind, Kind::AutoReply | Kind::Bounce | Kind::FeedbackReport);
    let taken: Vec<_> = posts
        .iter()
        .map(|raw| parse(raw))
        .filter(|mail| machine(mail.kind))
        .collect();
    println!(
        "a public list's mails taken for machines': {} of {}",
        taken.len(),
        posts.len()
    );
    assert!(posts.len() > 2_500);
    assert_eq!(
        taken
            .iter()
            .map(|mail| mail.message_id.clone())
            .collect::<Vec<_>>(),
        []
    );
}

#[test]
fn real_complaints() {
    let mut figure = Figure::default();
    for case in cases("complaint") {
        let mail = parse(&case.raw);
        let complaint = mail
            .feedback
            .as_ref()
            .is_some_and(|report| report.is_complaint());
        let found = complaint && mail.kind == Kind::FeedbackReport;
        figure.count(case.expect["complaint"].as_bool() == Some(found), &case);
    }
    figure.at_least(100, "complaints");
}

#[test]
fn real_replies() {
    let squeezed = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let (mut kept, mut clean) = <(Figure, Figure)>::default();
    for case in cases("reply-trim") {
        let began = folkmoot::clock::monotonic();
        let visible = squeezed(&parse(&case.raw).visible_text);
        let took = began.elapsed().as_millis();
        // A debug build on a busy machine.
        let most = 5 * case.expect["max_ms"].as_u64().unwrap_or(1_000);
        assert!(took < u128::from(most), "{} took {took} ms", case.id);
        let lists = |key: &str| -> Vec<String> {
            let all = case.expect[key].as_array().into_iter().flatten();
            all.filter_map(|one| one.as_str()).map(squeezed).collect()
        };
        let whole = case.expect["visible"]
            .as_str()
            .map(squeezed)
            .unwrap_or_default();
        kept.count(
            visible.contains(&whole) && lists("contains").iter().all(|one| visible.contains(one)),
            &case,
        );
        clean.count(
            !lists("absent").iter().any(|one| visible.contains(one)),
            &case,
        );
    }
    kept.at_least(97, "replies that lose nothing new");
    clean.at_least(80, "replies that show nothing quoted");
}
