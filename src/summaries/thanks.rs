//! Thanks: a reply to the monthly summary with `THANK name: what for` tells that member, and
//! asks whether the next summary may say so (`thanks`). Nothing is told without a YES.

mod words;

use chrono::NaiveDate;

use crate::cadence::act::{Act, Reply};
use crate::cadence::{Outcome, Running};
use crate::lists::digest::reply::is_request;
use crate::lists::{commands, owner, post, receipt};
use crate::message::words as said;
use crate::message::words::attendance::{self, Asked, Doubt, Invited};
use crate::outbox::compose::{self, Letter};
use crate::sessions::before::called;
use crate::store::members::{self, Member};
use crate::store::thanks::{self, Thanks as Row};
use crate::store::{self, Millis, Tx};
use crate::templates::Phrase;
use crate::templates::mails::Thanks;
use crate::trail::Step;
pub use words::{Word, read};

/// Its mail's name in the catalogue.
pub const NAME: &str = "thanks";

/// What its mail concerns, before the key of the thanks.
const CONCERNS: &str = "thanks:";

/// Whom one member may thank in a day.
const MOST: i64 = 10;

const DAY: Millis = 86_400_000;

/// Nothing plans it; it hears what is said to its mail.
pub const ACT: Act = Act::new(NAME, |tx, act| Box::pin(run(tx, act)))
    .hearing(NAME, |tx, reply| Box::pin(decide(tx, reply)));

async fn run(_: &mut Tx, _: &Running<'_>) -> store::Result<Outcome> {
    Ok(Outcome::Dropped("thanks fall due by replies alone".into()))
}

/// A reply to the monthly summary: words of thanks, or what any reply may say.
///
/// # Errors
/// Where the database refuses or an answer cannot be composed.
pub async fn hear(tx: &mut Tx, reply: &Reply<'_>) -> Result<post::Outcome, compose::Error> {
    let (ctx, arrival) = (reply.ctx, reply.arrival);
    let all = read(&arrival.mail.visible_text);
    let by = reply.speaker.on_list();
    let by = by.filter(|_| reply.speaker.strength.may_change());
    let Some(by) = by.filter(|_| !all.is_empty()) else {
        return match is_request(arrival.mail) {
            true => {
                commands::in_reply(tx, ctx, arrival, reply.speaker, &[super::monthly::NAME]).await
            }
            false => owner::to_facilitators(tx, ctx, arrival).await,
        };
    };
    let people = members::of_community(tx, arrival.community.id).await?;
    let people: Vec<Member> = people.into_iter().filter(Member::on_list).collect();
    let mut done = Vec::new();
    for word in &all {
        done.push(thank(tx, reply, (by, &people), word).await?);
    }
    let to = (Some(by.id), by.address.as_str());
    receipt::send(tx, ctx, arrival, to, &done, None).await?;
    Ok(("command", format!("thanks: {} lines", all.len())))
}

/// Thanks one member; says what became of it.
async fn thank(
    tx: &mut Tx,
    reply: &Reply<'_>,
    (by, people): (&Member, &[Member]),
    word: &Word,
) -> Result<Phrase, compose::Error> {
    let to = match named(people, &word.name) {
        Ok(to) if to.person_id == by.person_id => return Ok(Phrase::new("thanks_self")),
        Ok(to) => to,
        Err(phrase) => return Ok(phrase),
    };
    let now = reply.ctx.now();
    if thanks::said_since(tx, by.id, now - DAY).await? >= MOST {
        return Ok(Phrase::new("thanks_enough").with("count", MOST.to_string()));
    }
    let id = keep(tx, (by, to), &word.text, now).await?;
    tell(tx, reply, (by, to), (id, &word.text)).await?;
    Ok(Phrase::new("thanks_asked").with("name", name(to)))
}

/// The one member who is meant, or what to answer.
fn named<'a>(people: &'a [Member], name: &str) -> Result<&'a Member, Phrase> {
    let nobody = || Phrase::new("thanks_nobody").with("name", name);
    let invited = |one: &Member| Invited {
        number: None,
        name: one.name.clone(),
        address: one.address.clone(),
        of_all: false,
    };
    let roster: Vec<Invited> = people.iter().map(invited).collect();
    let asked = Asked {
        roster: &roster,
        by: None,
        on: NaiveDate::MIN,
    };
    let sheet = attendance::read(name, &asked);
    if let Some(Doubt::Which(_, some)) = sheet.doubts.first() {
        let names = some.iter().filter_map(|at| people.get(*at));
        let names: Vec<String> = names.map(self::name).collect();
        let phrase = Phrase::new("thanks_which").with("name", name);
        return Err(phrase.with("names", names.join(", ")));
    }
    match sheet.came.as_deref() {
        Some([one]) if sheet.guests.is_empty() => people.get(*one).ok_or_else(nobody),
        _ => Err(nobody()),
    }
}

fn name(member: &Member) -> String {
    called(&member.name, &member.address).to_owned()
}

async fn keep(
    tx: &mut Tx,
    (by, to): (&Member, &Member),
    text: &str,
    at: Millis,
) -> store::Result<i64> {
    let row = Row {
        id: 0,
        community_id: by.community_id,
        by_id: by.id,
        to_id: to.id,
        text: text.to_owned(),
        state: "asked".to_owned(),
        at,
    };
    let id = thanks::insert(tx, &row).await?;
    let step = Step::of_person(Some(by.community_id), &by.address, at);
    step.record(tx, NAME, "said", &format!("thanks {id}"))
        .await?;
    Ok(id)
}

async fn tell(
    tx: &mut Tx,
    reply: &Reply<'_>,
    (by, to): (&Member, &Member),
    (id, text): (i64, &str),
) -> Result<(), compose::Error> {
    let community = reply.arrival.community;
    let mail = Thanks {
        community: community.name.clone(),
        by: name(by),
        text: text.to_owned(),
    };
    let letter = Letter {
        to: vec![(Some(to.id), to.address.clone())],
        concerns: format!("{CONCERNS}{id}"),
        ..Letter::default()
    };
    compose::send(tx, reply.ctx, community, &mail, &letter).await?;
    Ok(())
}

/// Whoever was thanked says whether others may read it.
async fn decide(tx: &mut Tx, reply: &Reply<'_>) -> Result<post::Outcome, compose::Error> {
    let (ctx, arrival) = (reply.ctx, reply.arrival);
    let id = reply.mail.concerns.strip_prefix(CONCERNS);
    let found = match id.and_then(|id| id.parse().ok()) {
        Some(id) => thanks::by_id(tx, id).await?,
        None => None,
    };
    let by = reply.speaker.on_list();
    let by = by.filter(|_| reply.speaker.strength.may_change());
    let answer = said::answer(arrival.mail);
    let state = match (answer.is_yes, answer.is_no, answer.is_question) {
        (true, false, false) => Some("agreed"),
        (false, true, false) => Some("declined"),
        _ => None,
    };
    let (Some(found), Some(by), Some(state)) = (found, by, state) else {
        return commands::in_reply(tx, ctx, arrival, reply.speaker, &[NAME]).await;
    };
    // A mail that was passed on makes nobody the one who is thanked.
    if by.id != found.to_id {
        return commands::in_reply(tx, ctx, arrival, reply.speaker, &[NAME]).await;
    }
    thanks::decide(tx, found.id, state, ctx.now()).await?;
    let step = Step::of_person(Some(by.community_id), &by.address, ctx.now());
    step.record(tx, NAME, state, &format!("thanks {}", found.id))
        .await?;
    let thanker = members::by_id(tx, found.by_id).await?;
    let thanker = thanker.as_ref().map(name).unwrap_or_default();
    let key = match state {
        "agreed" => "thanks_agreed",
        _ => "thanks_declined",
    };
    let to = (Some(by.id), by.address.as_str());
    let done = [Phrase::new(key).with("name", thanker)];
    receipt::send(tx, ctx, arrival, to, &done, None).await?;
    Ok(("command", format!("thanks {}: {state}", found.id)))
}
