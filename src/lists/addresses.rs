//! A person has many addresses: linking two, and putting one in the other's place.
//! Both ends must agree. Who writes with a token, or is proven otherwise, has agreed
//! at the end they wrote from; a change of address takes a plain yes at both.

mod change;
mod link;
mod merge;

pub use change::{change, change_now};
pub use link::link;

use super::confirmation;
use super::home::Home;
use super::post::{Arrival, Outcome};
use super::speaker::Speaker;
use crate::cadence::{self, Running};
use crate::identity::tokens;
use crate::outbox::compose::{self, Letter};
use crate::store::members::Member;
use crate::store::tokens::Token;
use crate::store::wishes::{self, Wish};
use crate::store::{self, Millis, Tx, acts, communities, members};
use crate::templates::Phrase;
use crate::templates::mails::{Confirm, Receipt};
use crate::trail::Step;

/// The kind of wish and token by which two addresses become one person's.
pub const LINK: &str = "link";

/// The kind of wish and token by which one address takes the other's place.
pub const CHANGE: &str = "change";

/// The act that ends a wish.
pub const END: &str = "address-wish-end";

const DAY: Millis = 86_400_000;

/// So many wishes a day of somebody of whom only a From line is known, and of others.
const MOST_A_DAY: usize = 3;
const MOST_OF_PROVEN: usize = 10;

/// Why a member wishes no more today: who writes in their name must not have them asked
/// again and again, and they must not have many strangers asked.
async fn wishes_enough(
    tx: &mut Tx,
    home: &Home<'_>,
    (speaker, member): (&Speaker, &Member),
) -> store::Result<Option<String>> {
    let most = match speaker.strength.may_change() {
        false => MOST_A_DAY,
        true => MOST_OF_PROVEN,
    };
    let recent = wishes::recent(tx, &member.address, home.now() - DAY).await?;
    let own = recent.iter().filter(|wish| wish.near == member.address);
    let is_enough = own.count() >= most;
    Ok(is_enough.then(|| format!("{} has wished often enough today", member.address)))
}

/// Keeps a wish and asks those ends that have not said yes.
async fn ask(
    tx: &mut Tx,
    home: &Home<'_>,
    arrival: &Arrival<'_>,
    mut wish: Wish,
) -> Result<(), compose::Error> {
    wish.community_id = home.community.id;
    wish.created_at = home.now();
    wish.expires_at = home.now() + confirmation::DAYS * DAY;
    wish.id = wishes::insert(tx, &wish).await?;
    acts::insert(
        tx,
        wish.community_id,
        END,
        &wish.id.to_string(),
        wish.expires_at,
    )
    .await?;
    for end in ends(&wish) {
        if !end.said_yes {
            ask_end(tx, home, arrival, &wish, &end).await?;
        }
    }
    trail(tx, home, &wish, "asked").await?;
    Ok(())
}

/// One of a wish's two ends.
struct End<'a> {
    address: &'a str,
    other: &'a str,
    is_far: bool,
    said_yes: bool,
}

fn ends(wish: &Wish) -> [End<'_>; 2] {
    let end = |is_far: bool, said: Option<Millis>| End {
        address: if is_far { &wish.far } else { &wish.near },
        other: if is_far { &wish.near } else { &wish.far },
        is_far,
        said_yes: said.is_some(),
    };
    [end(false, wish.near_yes_at), end(true, wish.far_yes_at)]
}

async fn ask_end(
    tx: &mut Tx,
    home: &Home<'_>,
    arrival: &Arrival<'_>,
    wish: &Wish,
    end: &End<'_>,
) -> Result<(), compose::Error> {
    let (token, hash) = tokens::random_token();
    let row = Token {
        community_id: wish.community_id,
        kind: wish.kind.clone(),
        address: end.address.to_owned(),
        subject: wish.id.to_string(),
        created_at: wish.created_at,
        expires_at: wish.expires_at,
        used_at: None,
    };
    store::tokens::insert(tx, &hash, &row).await?;
    let letter = Letter {
        to: vec![(None, end.address.to_owned())],
        reply_to: home.address(&format!("confirm+{token}")),
        // A stranger's thread is none of the other end's business.
        in_reply_to: match arrival.mail.from.first() {
            Some(from) if from.address == end.address => arrival.message.message_id.clone(),
            _ => String::new(),
        },
        ..Letter::default()
    };
    compose::send(
        tx,
        home.ctx,
        home.community,
        &mail(home, wish, end),
        &letter,
    )
    .await?;
    Ok(())
}

fn mail(home: &Home<'_>, wish: &Wish, end: &End<'_>) -> Confirm {
    let blank = Confirm {
        community: home.community.name.clone(),
        about: home.charter.charter.domain.clone(),
        address: end.address.to_owned(),
        days: confirmation::DAYS as u32,
        owner_address: home.address("owner"),
        ..Confirm::default()
    };
    match wish.kind.as_str() {
        CHANGE => Confirm {
            old_address: wish.near.clone(),
            new_address: wish.far.clone(),
            is_new_end: end.is_far,
            ..blank
        },
        _ => Confirm {
            linked_to: end.other.to_owned(),
            ..blank
        },
    }
}

/// One end said yes. Where it was the last one, the wish comes true.
///
/// # Errors
/// Where the database refuses or an answer cannot be composed.
pub async fn confirmed(
    tx: &mut Tx,
    home: &Home<'_>,
    request: &Token,
) -> Result<Outcome, compose::Error> {
    communities::lock(tx, home.community.id).await?;
    let Some(mut wish) = of_token(tx, request).await? else {
        return Ok(("discarded", "what it confirms has ended already".into()));
    };
    let near = request.address == wish.near;
    wishes::yes(tx, wish.id, near, home.now()).await?;
    match near {
        true => wish.near_yes_at = Some(home.now()),
        false => wish.far_yes_at = Some(home.now()),
    }
    let said = format!("{}: {} said yes", wish.kind, request.address);
    if !ends(&wish).iter().all(|end| end.said_yes) {
        return Ok(("command", format!("{said}; the other end has not yet")));
    }
    wishes::end(tx, wish.id, "done", home.now()).await?;
    match wish.kind.as_str() {
        CHANGE => change::come_true(tx, home, &wish).await?,
        _ => link::come_true(tx, home, &wish).await?,
    }
    trail(tx, home, &wish, "done").await?;
    Ok(("command", said))
}

/// One end said no.
///
/// # Errors
/// Where the database refuses.
pub async fn declined(tx: &mut Tx, home: &Home<'_>, request: &Token) -> store::Result<()> {
    if let Some(wish) = of_token(tx, request).await? {
        wishes::end(tx, wish.id, "declined", home.now()).await?;
        trail(tx, home, &wish, "declined").await?;
    }
    Ok(())
}

/// Ends a wish that one end has not answered.
///
/// # Errors
/// Where the database refuses.
pub async fn end(tx: &mut Tx, act: &Running<'_>) -> store::Result<cadence::Outcome> {
    let home = Home {
        ctx: act.ctx,
        community: act.community,
        charter: &act.charter,
    };
    let found = match act.about.parse() {
        Ok(id) => wishes::by_id(tx, id).await?,
        Err(_) => None,
    };
    let Some(wish) = found.filter(|wish| wish.ended_at.is_none()) else {
        return Ok(cadence::Outcome::Dropped("it has ended already".into()));
    };
    wishes::end(tx, wish.id, "expired", home.now()).await?;
    trail(tx, &home, &wish, "expired").await?;
    let text = format!("the {} of {} ended unanswered", wish.kind, wish.near);
    Ok(cadence::Outcome::Done(text))
}

async fn of_token(tx: &mut Tx, request: &Token) -> store::Result<Option<Wish>> {
    let Ok(id) = request.subject.parse() else {
        return Ok(None);
    };
    let found = wishes::by_id(tx, id).await?;
    Ok(found.filter(|wish| wish.ended_at.is_none()))
}

/// Tells addresses that something was done.
async fn tell(
    tx: &mut Tx,
    home: &Home<'_>,
    addresses: &[&str],
    done: &Phrase,
) -> Result<(), compose::Error> {
    let mut to = Vec::new();
    for address in addresses {
        let member = members::by_address(tx, home.community.id, address).await?;
        to.push((member.map(|member| member.id), (*address).to_owned()));
    }
    let mail = Receipt {
        community: home.community.name.clone(),
        done: vec![home.say(done)],
        owner_address: home.address("owner"),
        ..Receipt::default()
    };
    let letter = Letter {
        to,
        ..Letter::default()
    };
    compose::send(tx, home.ctx, home.community, &mail, &letter).await?;
    Ok(())
}

async fn trail(tx: &mut Tx, home: &Home<'_>, wish: &Wish, verdict: &str) -> store::Result<()> {
    for end in ends(wish) {
        let step = Step::of_person(Some(home.community.id), end.address, home.now());
        let with = if wish.kind == CHANGE {
            "change"
        } else {
            "link"
        };
        let reason = format!("{with} with {}", end.other);
        step.record(tx, "address", verdict, &reason).await?;
    }
    Ok(())
}
