//! How people come in, and how some do not.

use super::ledger::Person;
use super::life::{Month, at};
use crate::support::letters;

/// Who asks to join: what they write, how they confirm, who lets them in, and how they
/// accept the charter's expectations.
const JOIN: [(&str, &str, &str, &str, &str); 15] = [
    ("ben", "I buy pumps.", "Yes, please.", "mona", "AGREE"),
    ("cleo", "I repair pumps.", "Yes", "max", "Agree!"),
    (
        "dirk",
        "Ich betreibe Pumpen.",
        "Ja, gerne.",
        "mona",
        "AGREE",
    ),
    (
        "elise",
        "J'\u{e9}tudie les pompes.",
        "Oui, merci.",
        "max",
        "oui",
    ),
    ("fred", "I sell nothing.", "Confirmed", "mona", "I agree."),
    ("gita", "Pumps, all day.", "Sure, why not", "max", "agree"),
    ("hugo", "Curious.", "Yes", "mona", ""),
    ("ida", "I mostly read.", "Ok.", "max", "AGREE"),
    ("jon", "Seals only.", "yes", "mona", "Agree"),
    ("kim", "Pumps and valves.", "Gladly.", "max", "AGREE"),
    ("lena", "Instandhaltung.", "Ja", "mona", "Ja."),
    ("nils", "I will move soon.", "Yes", "max", "AGREE"),
    ("olga", "Let us see.", "Yes", "mona", "AGREE"),
    ("pete", "For a while.", "Yes", "max", "AGREE"),
    ("rosa", "Hello.", "Yes", "mona", "AGREE"),
];

/// They confirm, a moderator accepts, the welcome comes, they agree.
pub fn people_ask_to_join(month: &mut Month) {
    for (who, words, yes, moderator, agree) in JOIN {
        month.mail(who, "-join", "", words);
        month.heard(&[(who, "confirm")]);
        month.answer(who, "confirm", yes);
        month.heard(&[("mona", "moderation"), ("max", "moderation")]);
        month.answer(moderator, "moderation", "ACCEPT");
        let other = if moderator == "mona" { "max" } else { "mona" };
        month.heard(&[(other, "moderation"), (who, "welcome")]);
        comes_in(month, who);
        if !agree.is_empty() {
            month.answer(who, "welcome", agree);
            month.heard(&[(who, "receipt")]);
        }
    }
}

fn comes_in(month: &mut Month, who: &str) {
    let own = letters::reply_to(&month.last(who, "welcome"));
    assert!(own.starts_with("pumps-rsvp+"), "{own}");
    month.ledger.people.insert(at(who), Person::default());
}

/// Three are invited: two come without anybody's approval, one never answers.
pub fn the_facilitator_invites(month: &mut Month) {
    let text = "invite tess@plant.example, uwe@plant.example, vera@far.example\n\nDo come.";
    month.mail("anna", "-request", "", text);
    month.heard(&[("anna", "confirm")]);
    month.answer("anna", "confirm", "Yes");
    month.heard(&[
        ("anna", "receipt"),
        ("tess", "list-invitation"),
        ("uwe", "list-invitation"),
        ("vera@far.example", "list-invitation"),
    ]);
    for (who, yes) in [("tess", "Avec plaisir."), ("uwe", "Da bin ich dabei.")] {
        month.answer(who, "list-invitation", yes);
        month.heard(&[(who, "welcome")]);
        comes_in(month, who);
        month.answer(who, "welcome", "AGREE");
        month.heard(&[(who, "receipt")]);
    }
    let members = month.node.json(&["member", "list", "pumps"]);
    assert_eq!(members.as_array().map(Vec::len), Some(20));
}

/// Wim does not confirm, nobody decides about Xeno, Yara is sent away.
pub fn some_never_come_in(month: &mut Month) {
    month.mail("wim@far.example", "-join", "", "Hello");
    month.heard(&[("wim@far.example", "confirm")]);
    for who in ["xeno@far.example", "yara@far.example"] {
        month.mail(who, "-join", "", "Let me in.");
        month.heard(&[(who, "confirm")]);
        month.answer(who, "confirm", "Yes");
        month.heard(&[("mona", "moderation"), ("max", "moderation")]);
    }
    month.answer(
        "max",
        "moderation",
        "REJECT We are for people who run pumps.",
    );
    month.heard(&[("mona", "moderation"), ("yara@far.example", "join-outcome")]);
    let told = month.last("yara@far.example", "join-outcome").text();
    assert!(told.contains("people who run pumps"), "{told}");
}

/// After three days it is too late; who says yes then is told so.
pub fn a_confirmation_ended_unanswered(month: &mut Month) {
    month.answer("wim@far.example", "confirm", "Yes, sorry for being late");
    month.heard(&[("wim@far.example", "join-outcome")]);
    assert_eq!(month.state("wim@far.example"), "unknown");
}

/// After 14 days a request ends, and so does an invitation.
pub fn requests_end_undecided(month: &mut Month) {
    month.heard(&[
        ("xeno@far.example", "join-outcome"),
        ("mona", "moderation"),
        ("max", "moderation"),
    ]);
    month.answer("vera@far.example", "list-invitation", "Yes!");
    month.heard(&[("vera@far.example", "join-outcome")]);
    for who in ["xeno@far.example", "vera@far.example"] {
        assert_eq!(month.state(who), "unknown");
    }
}
