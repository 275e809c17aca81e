//! Who is not on the list: outsiders, a guest, spammers, robots, forgers.

use super::ledger::Sent;
use super::life::{Month, Written, at, proven};

const ZOE: &str = "zoe@far.example";
const EVE: &str = "eve@spam.example";

/// A post from outside that no moderator ever touches.
pub fn a_post_that_nobody_will_decide(month: &mut Month) -> Sent {
    let lost = month.tried("lars@far.example", "May I ask?", "Do you know a dealer?");
    month.heard(&[("mona", "moderation"), ("max", "moderation")]);
    lost
}

/// A reminder for posts and one for each request.
pub fn moderators_are_reminded(month: &mut Month, of: &[&str]) {
    for _ in of {
        month
            .ledger
            .heard(&[(at("mona"), "moderation"), (at("max"), "moderation")]);
    }
    month.silence();
}

/// After 30 days it is given up, and the moderators are told.
pub fn nobody_has_decided(month: &mut Month, lost: &Sent) {
    month.heard(&[("mona", "moderation"), ("max", "moderation")]);
    let why = month.node.run(&["why", &lost.id]).ok();
    assert!(why.contains("expired"), "{why}");
    assert!(month.sink.copies(&lost.id).is_empty());
}

/// Machines get no answer, and a From line proves nothing.
pub fn robots_and_forgers_change_nothing(month: &mut Month, talk: &super::daily::Talk) {
    let away = "Auto-Submitted: auto-replied\r\nX-Auto-Response-Suppress: All\r\n";
    let copy = month.copy("ben", &talk.motors);
    let receipt = month.last("ben", "receipt");
    let welcome = month.last("ben", "welcome");
    for mail in [&copy, &receipt, &welcome] {
        month.reply_proven("ben", mail, "I am out of office. leave", away);
        month.silence();
    }
    for to in ["pumps-request", "pumps-join", "pumps-leave"] {
        let loops = Written {
            by: "ben",
            to: vec![to.into()],
            subject: "Automatic reply: leave",
            text: "leave",
            answers: None,
            more: away,
        };
        month.write(&loops);
        month.silence();
    }
    let before = month.node.json(&["member", "list", "pumps"]);
    // Anybody can write this field.
    let claimed =
        "Authentication-Results: mx.evil.example; dmarc=pass header.from=plant.example\r\n";
    for (to, text) in [
        ("pumps-request", "set none\nset own off"),
        ("pumps-leave", ""),
    ] {
        let forged = Written {
            by: "cleo",
            to: vec![to.into()],
            subject: "please",
            text,
            answers: None,
            more: claimed,
        };
        month.write(&forged);
        month.heard(&[("cleo", "confirm")]);
    }
    // Somebody has got hold of her mails.
    for name in ["confirm", "receipt", "welcome"] {
        let hers = month.last("cleo", name);
        month.reply("mallory@evil.example", &hers, "Yes");
        month.reply("mallory@evil.example", &hers, "leave");
        month.silence();
    }
    let asked = month.last("mona", "moderation");
    month.reply("mallory@evil.example", &asked, "ACCEPT");
    month.silence();
    assert_eq!(month.node.json(&["member", "list", "pumps"]), before);
}

/// Zoe asks from outside, Mona lets it through by replying, and Zoe gets that thread.
pub fn an_outsider_becomes_a_guest(month: &mut Month) -> Sent {
    let asked = Written {
        by: ZOE,
        to: vec!["pumps".into()],
        subject: "A question from outside",
        text: "How do you store spare seals?",
        answers: None,
        more: &proven(ZOE),
    };
    let id = month.write(&asked);
    let root = Sent {
        thread: id.clone(),
        topic: "",
        subject: asked.subject.to_owned(),
        by: ZOE.to_owned(),
        id,
    };
    month.heard(&[
        ("mona", "moderation"),
        ("max", "moderation"),
        (ZOE, "hold-notice"),
    ]);
    month.answer("mona", "moderation", "Accept\n\nA good question.");
    month.ledger.published(&root, &[]);
    month.heard(&[("max", "moderation"), (ZOE, "hold-notice")]);
    month
        .ledger
        .guests
        .insert((root.thread.clone(), ZOE.to_owned()));
    let answer = month.answer_post("pete", &root, "Dark, cool, and not for ever.");
    // As a guest she is not asked about again.
    month.answer_post(ZOE, &answer, "Thank you, that helps.");
    root
}

/// Twelve days later the thread still goes on.
pub fn the_guest_is_still_there(month: &mut Month, root: &Sent) {
    month.answer_post("max", root, "One more thing: no ozone.");
}

/// Two weeks after the last post it rests: a late answer does not reach her.
pub fn the_guests_thread_rests(month: &mut Month, root: &Sent) {
    month.ledger.guests.clear();
    month.answer_post("anna", root, "Late, but thank you.");
}

/// Hugo has not accepted the charter; Eve sells pills.
pub fn one_post_is_rejected_and_one_author_banned(month: &mut Month) {
    let early = month.tried("hugo", "Cheap oil", "My cousin sells oil.");
    month.heard(&[
        ("mona", "moderation"),
        ("max", "moderation"),
        ("hugo", "hold-notice"),
    ]);
    month.answer("max", "moderation", "REJECT No offers here, please.");
    month.heard(&[("mona", "moderation"), ("hugo", "hold-notice")]);
    let told = month.last("hugo", "hold-notice").text();
    assert!(told.contains("No offers here"), "{told}");
    assert!(month.sink.copies(&early.id).is_empty());
    month.answer("hugo", "welcome", "AGREE");
    month.heard(&[("hugo", "receipt")]);
    month.thread("hugo", "Oil", "Which oil do you use?");

    month.tried(EVE, "Pills", "Buy now.");
    month.heard(&[("mona", "moderation"), ("max", "moderation")]);
    month.answer("mona", "moderation", "BAN");
    month.heard(&[("max", "moderation")]);
    let again = month.tried(EVE, "Pills again", "Buy now!");
    assert_eq!(month.outcome(&again.id), "discarded");
    month.mail(EVE, "-join", "", "Let me in");
    month.silence();
}
