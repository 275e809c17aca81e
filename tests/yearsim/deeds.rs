//! What people do: they post, join, leave, answer, and ask one another.

use chrono::TimeDelta;
use folkmoot::clock::moment;
use folkmoot::intake::{Incoming, Protocol, accept};
use folkmoot::lists::membership;
use folkmoot::outbox::catalogue::Entry;
use folkmoot::outbox::compose::{self, Letter};
use folkmoot::random;
use folkmoot::store::members::{self, Member};
use folkmoot::store::{Millis, communities};
use folkmoot::templates::mails::CharterReview;

use crate::charters;
use crate::kept;
use crate::world::{DAY, HOUR, Pause, START, World};

/// One of the things that people do.
pub async fn some(world: &mut World) {
    match world.chance.below(100) {
        0..40 => post(world).await,
        40..64 => ask(world).await,
        64..80 => come(world).await,
        80..90 => go(world).await,
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
    offer(world, community, &kept::ASK, &members, (14, "", series)).await;
}

async fn ask_facilitators(world: &mut World) {
    let community = world.chance.below(world.communities.len());
    let (mut members, _) = here(world, community).await;
    members.retain(|member| member.has_role("facilitator"));
    offer(world, community, &kept::ROLE_ASK, &members, (7, "", "")).await;
}

async fn offer(
    world: &mut World,
    community: usize,
    entry: &'static Entry,
    members: &[Member],
    (days, concerns, series): (Millis, &str, &str),
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
        concerns: concerns.to_owned(),
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
            6 => "LEAVE",
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

/// What stands for the mails that matter most, as long as no act sends them.
pub struct Calls(Vec<(Millis, usize, &'static str)>);

impl Calls {
    /// As each charter says: before each session, and after each health check.
    pub fn new(world: &World) -> Calls {
        let mut all = Vec::new();
        for (number, community) in world.communities.iter().enumerate() {
            let first = START + i64::try_from(number).unwrap_or(0) * 2 * DAY + 4 * HOUR;
            let weeks = community.plan.session.weeks;
            all.push((first, number, ("agenda-call", weeks * 7)));
            all.push((first + 10 * DAY, number, ("health-check", 91)));
            all.push((first + 21 * DAY, number, ("health-check-results", 91)));
        }
        let end = START + world.size.days * DAY;
        let mut calls = Vec::new();
        for (first, number, (name, days)) in all {
            let mut at = first;
            while at < end && kept::stand_in(name).is_some() {
                calls.push((at, number, name));
                at += days * DAY;
            }
        }
        calls.sort_by(|a, b| b.cmp(a));
        Calls(calls)
    }

    pub fn next(&self) -> Millis {
        self.0.last().map_or(Millis::MAX, |(at, _, _)| *at)
    }

    /// Makes the next one, if its time has come.
    pub async fn made(&mut self, world: &mut World) -> bool {
        let Some((_, community, name)) = self.0.pop_if(|(at, _, _)| *at <= world.ctx.now()) else {
            return false;
        };
        let Some((entry, days)) = kept::stand_in(name) else {
            return true;
        };
        let (members, _) = here(world, community).await;
        let days = days + free_days(world, days);
        offer(
            world,
            community,
            entry,
            &members,
            (days, kept::SIMULATED, ""),
        )
        .await;
        true
    }
}

/// The days of the next days that are holidays: no session is on one.
fn free_days(world: &World, days: i64) -> i64 {
    let today = moment(world.ctx.now()).date_naive();
    let next = (0..days + 1).map(|n| today + TimeDelta::days(n));
    let free = next.filter(|day| charters::is_holiday(*day)).count();
    match free {
        0 => 0,
        // Holidays that have just begun are longer than what is seen of them.
        _ => 14,
    }
}
