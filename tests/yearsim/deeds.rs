//! What people do: they post, join, leave, answer, and ask one another.

use folkmoot::clock::moment;
use folkmoot::intake::{Incoming, Protocol, accept};
use folkmoot::lists::home::Home;
use folkmoot::lists::membership;
use folkmoot::outbox::catalogue::Entry;
use folkmoot::outbox::compose::{self, Letter};
use folkmoot::practice::apply;
use folkmoot::random;
use folkmoot::sessions::change;
use folkmoot::store::members::{self, Member};
use folkmoot::store::{Millis, communities};
use folkmoot::templates::mails::CharterReview;

use crate::charters;
use crate::kept;
use crate::oracle;
use crate::relay;
use crate::world::{DAY, HOUR, Pause, World};

/// One of the things that people do.
pub async fn some(world: &mut World) {
    match world.chance.below(100) {
        0..40 => post(world).await,
        40..64 => ask(world).await,
        64..80 => come(world).await,
        80..88 => go(world).await,
        88..92 => change_a_session(world).await,
        92..94 => change_the_charter(world).await,
        _ => ask_facilitators(world).await,
    }
}

async fn post(world: &mut World) {
    let community = world.chance.below(world.communities.len());
    // Some lists are quiet, so that there are silences to be broken.
    if community % 2 == 1 && world.chance.percent(80) {
        return;
    }
    let (members, slug) = here(world, community).await;
    let author = world.chance.pick(&members).address.clone();
    world.tally.posts += 1;
    let number = world.tally.posts;
    let text =
        format!("Subject: Question {number}\r\n\r\nWhat do you do about number {number}?\r\n");
    send(world, &author, &format!("{slug}@lists.example"), &text).await;
}

/// Who is a member of a community, and its slug.
async fn here(world: &World, community: usize) -> (Vec<Member>, String) {
    let community = &world.communities[community];
    let mut tx = world.ctx.read().await.expect("a connection");
    let mut all = members::of_community(&mut tx, community.id)
        .await
        .expect("members");
    all.retain(|member| member.state != "left" && member.state != "pending");
    (all, community.plan.slug.clone())
}

/// A mail of the programme to everybody, as many acts send one.
async fn ask(world: &mut World) {
    let community = world.chance.below(world.communities.len());
    let (members, _) = here(world, community).await;
    let series = if world.chance.percent(10) { "walk" } else { "" };
    offer(world, community, &kept::ASK, &members, (14, series)).await;
}

async fn ask_facilitators(world: &mut World) {
    let community = world.chance.below(world.communities.len());
    let (mut members, _) = here(world, community).await;
    members.retain(|member| member.has_role("facilitator"));
    offer(world, community, &kept::ROLE_ASK, &members, (7, "")).await;
}

async fn offer(
    world: &mut World,
    community: usize,
    entry: &'static Entry,
    members: &[Member],
    (days, series): (Millis, &str),
) {
    world.tally.asks += 1;
    let mut tx = world.write().await;
    let id = world.communities[community].id;
    let community = communities::by_id(&mut tx, id)
        .await
        .expect("the community");
    let to = members.iter().map(|m| (Some(m.id), m.address.clone()));
    let letter = Letter {
        to: to.collect(),
        expires_at: Some(world.ctx.now() + days * DAY),
        series: series.to_owned(),
        ..Letter::default()
    };
    let mail = CharterReview {
        community: community.name.clone(),
        about: format!("Ask {}", world.tally.asks),
        ..CharterReview::default()
    };
    let ctx = &world.ctx;
    let message_id = random::message_id("lists.example");
    let content = compose::compose(ctx, &community, entry, &mail, &letter, &message_id);
    let content = content.expect("it is composed");
    let done = compose::enqueue(
        &mut tx,
        ctx,
        &community,
        entry,
        &letter,
        &message_id,
        &content,
    );
    done.await.expect("it is offered");
    tx.commit().await.expect("a commit");
}

async fn come(world: &mut World) {
    let person = match world.chance.percent(30) {
        true => world.born(),
        false => world.chance.below(world.people.len()),
    };
    let community = world.chance.below(world.communities.len());
    let mut tx = world.write().await;
    world.join(&mut tx, person, community).await;
    tx.commit().await.expect("a commit");
    world.tally.joined += 1;
    // Who comes back is not away any more.
    remember_pauses(world, person).await;
}

async fn go(world: &mut World) {
    let community = world.chance.below(world.communities.len());
    let (mut members, _) = here(world, community).await;
    members.retain(|member| !member.has_role("facilitator"));
    if members.len() < 4 {
        return;
    }
    let address = world.chance.pick(&members).address.clone();
    let id = world.communities[community].id;
    let mut tx = world.write().await;
    let member = membership::for_change(&mut tx, id, &address).await;
    let member = member.expect("an answer").expect("a member");
    let left = membership::leave(&mut tx, member, "the year", world.ctx.now()).await;
    left.expect("they leave");
    tx.commit().await.expect("a commit");
    world.tally.left += 1;
}

/// Hands in the letters that were written by now.
pub async fn letters_arrive(world: &mut World) {
    while let Some(letter) = world.relay.letter(world.ctx.now()) {
        let usual = match (letter.name.as_str(), letter.is_bundle) {
            ("health-check", false) => "4 4 5 2 3 4 0",
            (_, true) => "Re 1: Thanks, that is still right.",
            _ => "Thanks, that is still right.",
        };
        let text = match world.chance.below(100) {
            0..3 => "PAUSE 30",
            3..5 => "LESS",
            5 => "STOP",
            6 if !runs_it(world, &letter) => "LEAVE",
            _ => usual,
        };
        world.tally.letters += 1;
        send(
            world,
            &letter.from,
            &letter.to,
            &format!("Subject: Re\r\n\r\n{text}\r\n"),
        )
        .await;
        // It is read at once: what it changes counts from this moment on.
        while world.hand.step().await.expect("a piece of work") {}
        let author = world
            .people
            .iter()
            .position(|one| one.address == letter.from);
        if let Some(person) = author {
            remember_pauses(world, person).await;
        }
    }
}

/// Whether the author is one of those without whom nobody would read what is passed on to
/// the community's facilitators: the operator would have to name others.
fn runs_it(world: &World, letter: &relay::Letter) -> bool {
    let slug = letter.to.split('-').next();
    let mut all = world.communities.iter();
    let number = all.position(|one| Some(one.plan.slug.as_str()) == slug);
    number.is_some_and(|number| world.facilitators(number).contains(&letter.from))
}

async fn send(world: &mut World, from: &str, to: &str, rest: &str) {
    let number = world.tally.posts * 1_000_000 + world.tally.letters;
    let raw =
        format!("From: <{from}>\r\nTo: <{to}>\r\nMessage-ID: <{number}@people.example>\r\n{rest}");
    let incoming = Incoming {
        protocol: Protocol::Lmtp,
        peer: "year".into(),
        helo: String::new(),
        envelope_from: from.to_owned(),
        recipients: vec![to.to_owned()],
        smtputf8: true,
        raw: raw.into_bytes(),
    };
    let kept = accept::keep(&world.ctx, &incoming, "lmtp").await;
    kept.expect("it is accepted");
}

/// Notes where somebody is away from now on, and where they are not any more.
async fn remember_pauses(world: &mut World, person: usize) {
    let (now, address) = (world.ctx.now(), &world.people[person].address);
    let mut tx = world.ctx.read().await.expect("a connection");
    let all = members::of_address(&mut tx, address)
        .await
        .expect("members");
    for member in all {
        let until = match member.state.as_str() {
            "paused" => member.paused_until.unwrap_or(i64::MAX),
            _ => now,
        };
        let open = |pause: &&mut Pause| pause.member == member.id && pause.until > now;
        match world.pauses.iter_mut().find(open) {
            Some(pause) => pause.until = until,
            None if until > now => world.pauses.push(Pause {
                member: member.id,
                from: now,
                until,
            }),
            None => {}
        }
    }
}

/// A facilitator cancels or moves one of the next sessions.
async fn change_a_session(world: &mut World) {
    let (number, now) = (world.chance.below(world.communities.len()), world.ctx.now());
    let nth = world.chance.below(2);
    let plan = &world.communities[number].plan;
    let Some((on, starts)) = oracle::next_sessions(plan, now + HOUR).nth(nth) else {
        return;
    };
    if plan.session.changes.contains_key(&on) {
        return;
    }
    // Up to four days later, and never so early that it would be over.
    let to = world
        .chance
        .percent(60)
        .then(|| starts + HOUR + world.chance.time_below(4 * DAY));
    let ctx = world.ctx.clone();
    let mut tx = world.write().await;
    let community = communities::by_id(&mut tx, world.communities[number].id).await;
    let community = community.expect("the community");
    let charter = ctx.charter(&community).expect("its charter");
    let home = Home {
        ctx: &ctx,
        community: &community,
        charter: &charter,
    };
    let done = match to {
        Some(to) => {
            let to = moment(to);
            let moved = change::move_one(&mut tx, &home, ("clinic", on), to, "the year").await;
            moved.expect("an answer").is_ok()
        }
        None => {
            let whose = ("clinic", on);
            let gone = change::cancel_one(&mut tx, &home, whose, "Too few", "the year").await;
            gone.expect("an answer").is_ok()
        }
    };
    assert!(done, "a session to come can be changed");
    tx.commit().await.expect("a commit");
    let changes = &mut world.communities[number].plan.session.changes;
    changes.insert(on, (now, to));
    world.tally.changes += 1;
}

/// Somebody applies a charter with another schedule.
async fn change_the_charter(world: &mut World) {
    let number = world.chance.below(world.communities.len());
    let review = *world.chance.pick(&charters::REVIEWS);
    let now = world.ctx.now();
    let facilitators = world.facilitators(number);
    let plan = &mut world.communities[number].plan;
    if plan.reviews.last().is_some_and(|(_, last)| *last == review) {
        return;
    }
    plan.reviews.push((now, review));
    let text = plan.text(&facilitators);
    let mut tx = world.write().await;
    let applied = apply::apply(&mut tx, &world.ctx, &text, "charter.toml", None).await;
    applied.expect("the charter is applied");
    tx.commit().await.expect("a commit");
    world.tally.changes += 1;
}
