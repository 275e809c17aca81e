//! What members do: choose, talk, read, answer.

use folkmoot::links::permalink;

use super::ledger::{Delivery, Person, Sent};
use super::life::{Month, Written, at, proven};
use crate::support::http::get;

/// The threads of the first days.
pub struct Talk {
    /// On seals, with answers from every program.
    pub seals: Sent,
    /// On motors.
    pub motors: Sent,
    /// On nothing in particular.
    pub hello: Sent,
}

/// What is asked from a bare address is asked back; a reply to a mail of ours, and a
/// trusted server's word, are enough.
pub fn everybody_chooses_how_mail_comes(month: &mut Month) {
    month.mail("cleo", "-request", "set digest", "");
    month.heard(&[("cleo", "confirm")]);
    month.answer("cleo", "confirm", "Yes");
    month.heard(&[("cleo", "receipt")]);
    month.person("cleo").delivery = Delivery::Page;
    for (who, answers, words) in [
        ("gita", "receipt", "set digest mime"),
        ("fred", "receipt", "set headlines\n\nThanks!"),
        ("jon", "welcome", "set topics seals"),
        ("elise", "receipt", "set own off"),
        ("ida", "receipt", "SET NONE"),
    ] {
        month.answer(who, answers, words);
        month.heard(&[(who, "receipt")]);
    }
    month.person("gita").delivery = Delivery::Mime;
    month.person("fred").delivery = Delivery::Headlines;
    month.person("jon").topics = vec!["seals"];
    month.person("elise").no_own = true;
    month.person("ida").delivery = Delivery::None;
    let until = Written {
        by: "dirk",
        to: vec!["pumps-request".into()],
        subject: "Urlaub",
        text: "pause until 2026-03-16",
        answers: None,
        more: &proven("dirk"),
    };
    month.write(&until);
    month.heard(&[("dirk", "receipt")]);
    assert_eq!(month.state("dirk"), "paused");
    month.person("dirk").paused = true;
}

/// Three threads, with answers from every program.
pub fn people_talk(month: &mut Month) -> Talk {
    let hello = month.thread("anna", "Who we are", "Tell us what you work on.");
    let seals = month.thread("ben", "[seals] Hot water", "Which seal for 140 degrees?");
    let motors = month.thread("kim", "[motors] Noise", "Ours howls above 50 Hz.");
    let answers = [
        ("elise", "Du carbure de silicium."),
        ("lena", "Bei uns h\u{e4}lt EPDM drei Jahre."),
        ("jon", "EPDM, but mind the oil."),
        ("rosa", "We use graphite."),
        ("mona", "Seconded."),
    ];
    let mut last = seals.clone();
    for (who, text) in answers {
        last = month.answer_post(who, &last, text);
    }
    for (who, text) in [
        ("fred", "Look at the bearings."),
        ("pete", "Or at the drive."),
    ] {
        month.answer_post(who, &motors, text);
    }
    let copy = month.copy("ben", &last).text();
    assert!(copy.contains("Seconded."), "{copy}");
    Talk {
        seals,
        motors,
        hello,
    }
}

/// A reply to the list that is nothing but a word goes to nobody.
pub fn threads_are_muted_and_followed(month: &mut Month, talk: &Talk) {
    let mute = month.tried_answer("nils", &talk.seals, "mute");
    assert_eq!(month.outcome(&mute.id), "command");
    month.heard(&[("nils", "confirm")]);
    month.answer("nils", "confirm", "ok");
    month.heard(&[("nils", "receipt")]);
    month.person("nils").muted.insert(talk.seals.thread.clone());
    // Ida gets no posts; she answers what she read in the archive.
    let copy = month.copy("anna", &talk.motors);
    month.reply_proven("ida", &copy, "follow", &proven("ida"));
    month.heard(&[("ida", "receipt")]);
    month
        .person("ida")
        .followed
        .insert(talk.motors.thread.clone());
    month.answer_post("uwe", &talk.seals, "Gru\u{df} aus der Werkstatt.");
    month.answer_post(
        "tess",
        &talk.motors,
        "Chez nous c'\u{e9}tait l'accouplement.",
    );
}

/// Rosa quotes what stands below a mail of ours, and the link of her copy.
pub fn a_token_in_a_quote_reaches_nobody(month: &mut Month, talk: &Talk) {
    let address = month.last("rosa", "receipt").header("Reply-To");
    let field = month.copy("rosa", &talk.hello).header("List-Unsubscribe");
    let link = field.split(['<', '>']).nth(1).expect("a link").to_owned();
    let text = format!("How do I leave?\n\n> Reply to {address}\n> or press {link}.");
    let post = month.thread("rosa", "A question", &text);
    let secrets = [
        address.split(['+', '@']).nth(1).expect("a token"),
        link.rsplit('/').next().expect("a token"),
    ];
    for copy in month.sink.copies(&post.id) {
        let text = copy.mail().text();
        assert!(text.contains("pumps-reply+TOKEN-REMOVED@"), "{text}");
        assert!(
            !secrets.iter().any(|secret| text.contains(secret)),
            "{text}"
        );
    }
    let page = get(
        month.node.http,
        &format!("/c/pumps/m/{}", permalink(&post.id)),
    );
    assert!(page.body.contains("How do I leave?"), "{}", page.body);
    assert!(
        !secrets.iter().any(|secret| page.body.contains(secret)),
        "{}",
        page.body
    );
    // She still has them.
    month.answer("rosa", "receipt", "which");
    month.heard(&[("rosa", "receipt")]);
}

/// What is said among members is not in the public archive.
pub fn a_thread_stays_among_members(month: &mut Month) {
    let root = month.thread("anna", "[members] The budget", "Marmalade for everybody.");
    month.answer_post("ben", &root, "Hear, hear.");
    for path in ["", "feed.atom", "search?q=marmalade"] {
        let page = get(month.node.http, &format!("/c/pumps/{path}"));
        assert_eq!(page.status, 200);
        assert!(!page.body.contains("budget"), "{path}: {}", page.body);
    }
}

/// A reply to a digest lands in its thread; one that names nothing is asked about.
pub fn readers_of_digests_answer(month: &mut Month, talk: &Talk) {
    let digest = month.last("cleo", "digest");
    let number = number_of(&digest.text(), "Hot water");
    let id = month.reply(
        "cleo",
        &digest,
        &format!("Re {number}: Viton, if you can pay."),
    );
    let post = month.in_thread(&talk.seals, &id, "cleo");
    month.goes_out(&post);
    let copy = month.copy("ben", &post);
    assert!(copy.subject().contains("Hot water"), "{}", copy.subject());
    assert!(!copy.text().contains("howls"), "{}", copy.text());

    let headlines = month.last("fred", "digest");
    month.reply("fred", &headlines, "I agree with all of you.");
    month.heard(&[("fred", "clarification")]);
    let asked = month.last("fred", "clarification");
    let number = number_of(&headlines.text(), "Noise");
    let id = month.reply("fred", &asked, &format!("Re {number}: it was the bearing."));
    let post = month.in_thread(&talk.motors, &id, "fred");
    month.goes_out(&post);
    // The posts that were made of two replies have an outcome of their own.
    month.recipients += 2;
}

fn number_of(digest: &str, subject: &str) -> String {
    let line = digest.lines().find(|line| line.contains(subject));
    let (number, _) = line.and_then(|line| line.split_once('.')).expect(digest);
    number.trim().to_owned()
}

/// Lena writes from home: it is held, she says that it is she, and it goes out.
pub fn two_addresses_become_one_person(month: &mut Month) {
    let home = "lena@home.example";
    let written = Written {
        by: home,
        to: vec!["pumps".into()],
        subject: "Von zu Hause",
        text: "Das Bild habe ich hier.",
        answers: None,
        more: &proven(home),
    };
    let id = month.write(&written);
    assert_eq!(month.outcome(&id), "held");
    month.heard(&[
        ("mona", "moderation"),
        ("max", "moderation"),
        (home, "hold-notice"),
    ]);
    month.answer(home, "hold-notice", "link lena@plant.example");
    month.heard(&[(home, "receipt"), ("lena", "confirm")]);
    month.answer("lena", "confirm", "Ja, das bin ich.");
    let post = Sent {
        thread: id.clone(),
        topic: "",
        subject: written.subject.to_owned(),
        by: home.to_owned(),
        id,
    };
    month.person("lena").linked.push(home.to_owned());
    month.ledger.published(&post, &[]);
    month.heard(&[
        (home, "receipt"),
        ("lena", "receipt"),
        ("mona", "moderation"),
        ("max", "moderation"),
    ]);
    month.thread(home, "Noch eins", "Jetzt geht es von hier.");
}

/// Nils moves: both ends say yes, and all mail goes to the new one.
pub fn mail_moves_to_a_new_address(month: &mut Month) {
    let new = "nils@new.example";
    month.mail("nils", "-request", "", &format!("address {new}"));
    month.heard(&[("nils", "confirm"), (new, "confirm")]);
    month.answer(new, "confirm", "Yes");
    month.silence();
    month.answer("nils", "confirm", "Yes");
    month.heard(&[("nils", "receipt"), (new, "receipt")]);
    let nils = month.ledger.people.remove(&at("nils")).expect("Nils");
    let linked = Person {
        linked: vec![at("nils")],
        ..nils
    };
    month.ledger.people.insert(new.to_owned(), linked);
    month.thread(new, "Moved", "I am at the new plant.");
}

/// Kim is in two communities, and so is Anna: each post comes once.
pub fn two_communities_get_one_copy(month: &mut Month) {
    for who in ["kim", "zita@mill.example"] {
        let join = Written {
            by: who,
            to: vec!["valves-join".into()],
            subject: "join",
            text: "",
            answers: None,
            more: "",
        };
        month.write(&join);
        month.heard(&[(who, "confirm")]);
        month.answer(who, "confirm", "Yes");
        month.heard(&[(who, "welcome")]);
    }
    let both = Written {
        by: "kim",
        to: vec!["pumps".into(), "valves".into()],
        subject: "For both",
        text: "Who has tried the new gaskets?",
        answers: None,
        more: "",
    };
    let id = month.write(&both);
    assert_eq!(month.outcome(&id), "accepted, accepted");
    let post = Sent {
        thread: id.clone(),
        topic: "",
        subject: "For both".into(),
        by: at("kim"),
        id,
    };
    month
        .ledger
        .published(&post, &["zita@mill.example".to_owned()]);
    month.silence();
}

/// Dirk is back on his day: what was said meanwhile does not come later.
pub fn a_pause_ends(month: &mut Month, talk: &Talk) {
    assert_eq!(month.state("dirk"), "active");
    month.person("dirk").paused = false;
    month.answer_post("dirk", &talk.hello, "Ich bin wieder da.");
    month.answer("uwe", "receipt", "pause 14d");
    month.heard(&[("uwe", "receipt")]);
    month.person("uwe").paused = true;
    month.answer_post("anna", &talk.hello, "Welcome back.");
    month.answer("uwe", "receipt", "resume");
    month.heard(&[("uwe", "receipt")]);
    month.person("uwe").paused = false;
    month.answer_post("uwe", &talk.hello, "Ich auch.");
}

/// Choices are changed in the mail that they change.
pub fn readers_change_their_minds(month: &mut Month, talk: &Talk) {
    month.answer("cleo", "digest", "set each");
    month.heard(&[("cleo", "receipt")]);
    month.person("cleo").delivery = Delivery::Each;
    month.answer("fred", "digest", "less");
    month.heard(&[("fred", "receipt")]);
    month.person("fred").delivery = Delivery::None;
    let copy = month.copy("anna", &talk.seals);
    month.reply_proven(
        "nils@new.example",
        &copy,
        "unmute",
        &proven("nils@new.example"),
    );
    month.heard(&[("nils@new.example", "receipt")]);
    month.person("nils@new.example").muted.clear();
    month.answer_post("jon", &talk.seals, "EPDM it was. Thank you all.");
    month.answer_post("kim", &talk.motors, "And the bearing.");
    month.mail("jon", "-request", "", "which");
    month.heard(&[("jon", "receipt")]);
}
