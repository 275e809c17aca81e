//! The release: what is offered to people goes to them as far as their budgets have
//! room, waits, or ends with a reason. All that waits for one person is judged in one
//! transaction, which no other node can be in at the same time, so that nothing goes
//! twice and no budget is exceeded whatever dies.

mod ahead;
mod backoff;
mod bundle;
mod day;
pub mod digest;
mod standing;

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use tokio::sync::watch;

use super::budget::{
    self, Ahead, Calendar, Decision, GAP, Going, Kind, Limits, MONTH, Reason, Sent, WEEK,
};
use super::catalogue::{self, Entry, WORKSHEET};
use crate::config::Charter;
use crate::context::Context;
use crate::store::offers::{self, Offer};
use crate::store::{self, Millis, Tx, outbox};
use ahead::Plans;
pub use bundle::{CONCERNS, merge, sections};
use day::{Day, Verdict};
use standing::{Desk, Fate, Standing};

/// People that a transaction serves. Other writers get their turn in between.
const BATCH: i64 = 50;

/// The longest sleep: the civil clock may be set, and other nodes may offer.
const LONGEST_SLEEP: Duration = Duration::from_secs(30);

/// Releases what is offered until told to stop.
pub async fn run(ctx: Context, mut stop: watch::Receiver<bool>) {
    while !*stop.borrow() {
        let sleep = match step(&ctx).await {
            Ok(true) => continue,
            Ok(false) => until_next(&ctx).await,
            Err(error) => {
                tracing::warn!(%error, "what is offered waits for the database");
                Duration::from_secs(2)
            }
        };
        tokio::select! {
            () = ctx.bells.offers.notified() => {}
            () = tokio::time::sleep(sleep) => {}
            _ = stop.changed() => {}
        }
    }
}

async fn until_next(ctx: &Context) -> Duration {
    let next = match ctx.read().await {
        Ok(mut tx) => offers::next_due(&mut tx).await.ok().flatten(),
        Err(_) => None,
    };
    match next {
        // A standing clock is moved by command, which rings the bell.
        Some(due) if !ctx.clock.is_test() => {
            Duration::from_millis((due - ctx.now()).max(10).unsigned_abs()).min(LONGEST_SLEEP)
        }
        _ => LONGEST_SLEEP,
    }
}

/// Serves some people; false if nothing was due.
pub(crate) async fn step(ctx: &Context) -> store::Result<bool> {
    let next = offers::next_due(&mut ctx.read().await?).await?;
    if next.is_none_or(|due| due > ctx.now()) {
        return Ok(false);
    }
    let mut tx = ctx.write().await?;
    serve(&mut tx, ctx).await?;
    tx.commit().await?;
    ctx.bells.relay.notify_one();
    Ok(true)
}

/// Serves some of the people for whom something waits, in a transaction of the caller's.
///
/// # Errors
/// Where the database refuses.
pub async fn serve(tx: &mut Tx, ctx: &Context) -> store::Result<()> {
    let mut day = Day::look(tx, ctx).await?;
    let (mut plans, mut desk) = (Plans::default(), Desk::default());
    let due = offers::first_due(tx, ctx.now(), BATCH).await?;
    let mut served = HashSet::new();
    for address in due {
        // All that waits for somebody is looked at together.
        if served.insert(address.clone()) {
            let common = (&mut day, &mut plans, &mut desk);
            person(tx, ctx, &address, common).await?;
        }
    }
    Ok(())
}

/// An offer whose recipient may get it, if the budget allows.
struct Candidate {
    offer: Offer,
    entry: &'static Entry,
    standing: Standing,
}

impl Candidate {
    fn calendar(&self) -> Calendar<'_> {
        let charter = &self.standing.charter;
        Calendar {
            zone: self.standing.zone,
            quiet: charter.budget.quiet,
            holidays: &charter.holidays,
        }
    }
}

/// Judges all that waits for one person, the most important first. What has to wait
/// keeps its place: nothing of less weight goes before it and takes its room, but for
/// what takes it along.
async fn person(
    tx: &mut Tx,
    ctx: &Context,
    address: &str,
    (day, plans, desk): (&mut Day, &mut Plans, &mut Desk),
) -> store::Result<()> {
    let now = ctx.now();
    let (candidates, taken, halved) = known(tx, ctx, desk, address).await?;
    let wants_room = |one: &Candidate| kind(&one.offer) != Kind::Role && one.offer.due_at <= now;
    let planned = match candidates.iter().any(wants_room) {
        true => plans.of_person(tx, ctx, address).await?,
        false => ahead::Person::default(),
    };
    let mut ahead = planned.ahead(&candidates, now);
    let mut rooms = Rooms {
        taken,
        next_digest: None,
        booked_digest: None,
    };
    let (mut gone, mut late) = (HashSet::new(), Vec::new());
    // Communities whose next digest takes along what waits for this person.
    let mut digests = HashMap::new();
    for candidate in &candidates {
        let id = candidate.offer.id;
        if gone.contains(&id) || candidate.offer.due_at > now {
            continue;
        }
        let kind = kind(&candidate.offer);
        let key = digest::key(candidate);
        if let Some(at) = digests.get(&key).copied()
            && digest::join(tx, candidate, at, now).await?
        {
            continue;
        }
        // There it needs no room.
        if catalogue::is_kept(candidate.offer.priority)
            && let Some(at) = digest::next(tx, candidate).await?
            && digest::join(tx, candidate, at, now).await?
        {
            continue;
        }
        let limits = limits(candidate, halved);
        let history = rooms.for_one(candidate);
        let mut going = going(&candidates, candidate, &gone);
        let among = (&ahead, &mut going);
        match decide(tx, candidate, (&history, &limits), among, now).await? {
            Decision::Send => {
                if let Some(at) = digest::next(tx, candidate).await?
                    && digest::join(tx, candidate, at, now).await?
                {
                    digests.insert(key, at);
                    rooms.taken.push(Sent { at, kind });
                    continue;
                }
                match day.judge(tx, candidate).await? {
                    Verdict::Room => {}
                    Verdict::Wait(at, reason) => {
                        offers::wait(tx, id, at, reason).await?;
                        rooms.taken.push(Sent { at, kind });
                        continue;
                    }
                    Verdict::Drop(reason) => {
                        offers::end(tx, id, "dropped", &reason, now).await?;
                        continue;
                    }
                }
                day.count(&candidate.offer);
                let goes = going.surely;
                let is_one = |id: &i64| candidates.iter().find(|one| one.offer.id == *id);
                let with: Vec<&Candidate> = goes.iter().filter_map(is_one).collect();
                ahead.end(&goes);
                gone.extend(goes);
                send(tx, ctx, &with, now).await?;
                rooms.taken.push(Sent { at: now, kind });
            }
            Decision::Wait(at, reason) => {
                offers::wait(tx, id, at, &reason.to_string()).await?;
                rooms.reserve(candidate, Sent { at, kind }, reason);
            }
            Decision::Drop(reason) => late.push((candidate, reason)),
        }
    }
    late.retain(|(candidate, _)| !gone.contains(&candidate.offer.id));
    for (candidate, reason) in late {
        without_room(tx, candidate, rooms.next_digest, reason, now).await?;
    }
    Ok(())
}

/// The room that a person has.
struct Rooms {
    /// What they got, and what is to go by itself, later.
    taken: Vec<Sent>,
    /// When the first of what can be sections of one mail goes: all of it goes then.
    next_digest: Option<Millis>,
    /// The same of what is not kept.
    booked_digest: Option<Millis>,
}

impl Rooms {
    /// What takes room from a candidate: the digest to come takes none from what would be
    /// a section of it, and takes it along where that goes earlier.
    fn for_one(&self, candidate: &Candidate) -> Vec<Sent> {
        let digest = self.booked_digest.filter(|_| !fits(candidate));
        let digest = digest.map(|at| Sent {
            at,
            kind: Kind::Programme,
        });
        self.taken.iter().copied().chain(digest).collect()
    }

    /// What has to wait keeps its place; but what is kept, and what leaves room for that,
    /// is judged with all that is ahead ([`budget::decide_ahead`]) whenever it is looked at.
    fn reserve(&mut self, candidate: &Candidate, sent: Sent, reason: Reason) {
        let earlier = |known: Option<Millis>| Some(known.map_or(sent.at, |at| at.min(sent.at)));
        if fits(candidate) {
            self.next_digest = earlier(self.next_digest);
        }
        let is_open = catalogue::is_kept(candidate.offer.priority) || reason == Reason::Kept;
        match fits(candidate) {
            _ if is_open && sent.kind != Kind::Role => {}
            true => self.booked_digest = earlier(self.booked_digest),
            false => self.taken.push(sent),
        }
    }
}

/// A mail that would have room only after it has expired: it is a section of what goes
/// before, or ends. What is kept waits for such a mail until the last moment.
async fn without_room(
    tx: &mut Tx,
    candidate: &Candidate,
    next_digest: Option<Millis>,
    reason: Reason,
    now: Millis,
) -> store::Result<()> {
    let Candidate { offer, .. } = candidate;
    let in_time = |at: &Millis| fits(candidate) && *at <= offer.expires_at;
    let last = offer.expires_at;
    let is_kept = catalogue::is_kept(offer.priority) && now < last;
    match next_digest.filter(in_time).or(is_kept.then_some(last)) {
        Some(at) => offers::wait(tx, offer.id, at, &reason.to_string()).await,
        None => {
            let reason = format!("expired: {reason}");
            offers::end(tx, offer.id, "dropped", &reason, now).await
        }
    }
}

/// All that waits for a person and is due, or soon, the most important first; what they
/// got, and how often they have asked for half.
async fn known(
    tx: &mut Tx,
    ctx: &Context,
    desk: &mut Desk,
    address: &str,
) -> store::Result<(Vec<Candidate>, Vec<Sent>, u32)> {
    let waiting = offers::take_waiting(tx, address).await?;
    let mut candidates = candidates(tx, ctx, desk, waiting).await?;
    candidates.sort_by_key(|one| (one.offer.priority, one.offer.due_at, one.offer.id));
    let halved = u32::try_from(offers::halved(tx, address).await?).unwrap_or(0);
    let history = history(tx, address, halved, ctx.now()).await?;
    Ok((candidates, history, halved))
}

/// What goes with a mail as sections of one: the programme's, but for what stands alone,
/// and the worksheets of several communities. The mail itself comes first. What is kept and
/// stands alone goes with it where it would be lost, and takes others along then.
fn going(all: &[Candidate], first: &Candidate, gone: &HashSet<i64>) -> Going {
    let is_other =
        |one: &&Candidate| one.offer.id != first.offer.id && !gone.contains(&one.offer.id);
    let others = all.iter().filter(is_other);
    let (with, rest): (Vec<_>, Vec<_>) = others.partition(|one| go_together(first, one));
    let is_kept = |one: &&Candidate| catalogue::is_kept(one.offer.priority);
    let can_have = fits(first) || is_kept(&first);
    let can_be = |one: &&Candidate| kind(&one.offer) == Kind::Programme && is_kept(one);
    let mut perhaps: Vec<_> = rest
        .into_iter()
        .filter(|one| can_have && can_be(one))
        .collect();
    perhaps.sort_by_key(|one| one.offer.expires_at);
    let room = bundle::MOST - 1;
    let ids = |some: &[&Candidate], most: usize| -> Vec<i64> {
        some.iter().take(most).map(|one| one.offer.id).collect()
    };
    let with = ids(&with, room);
    Going {
        perhaps: ids(&perhaps, room - with.len()),
        surely: [vec![first.offer.id], with].concat(),
    }
}

fn go_together(one: &Candidate, other: &Candidate) -> bool {
    let is_worksheet = |one: &Candidate| one.entry.name == WORKSHEET.name;
    fits(one) && fits(other) || is_worksheet(one) && is_worksheet(other)
}

/// Whether it can be a section of a digest.
fn fits(one: &Candidate) -> bool {
    one.offer.kind == "programme" && !one.entry.alone
}

/// Sends several as one, where that can be; else the first, and the others wait.
async fn send(tx: &mut Tx, ctx: &Context, all: &[&Candidate], now: Millis) -> store::Result<()> {
    if all.len() > 1 && bundle::send(tx, ctx, all, now).await? {
        return Ok(());
    }
    let Some((first, others)) = all.split_first() else {
        return Ok(());
    };
    send_one(tx, first, now).await?;
    for other in others {
        let until = now.max(other.offer.due_at) + GAP;
        offers::wait(tx, other.offer.id, until, &Reason::Gap.to_string()).await?;
    }
    Ok(())
}

/// What is due, or soon, and may go as far as its recipient is concerned; all else that
/// is due waits or ends.
async fn candidates(
    tx: &mut Tx,
    ctx: &Context,
    desk: &mut Desk,
    waiting: Vec<Offer>,
) -> store::Result<Vec<Candidate>> {
    let mut found = Vec::new();
    let soon = ctx.now() + bundle::SPAN;
    for offer in waiting.into_iter().filter(|one| one.due_at <= soon) {
        let is_due = offer.due_at <= ctx.now();
        match standing::judge(tx, ctx, desk, &offer).await? {
            Ok((entry, standing)) => found.push(Candidate {
                offer,
                entry,
                standing,
            }),
            Err(_) if !is_due => {}
            Err(Fate::Wait(until, reason)) => offers::wait(tx, offer.id, until, reason).await?,
            Err(Fate::Drop(reason)) => {
                offers::end(tx, offer.id, "dropped", &reason, ctx.now()).await?;
            }
        }
    }
    Ok(found)
}

async fn decide(
    tx: &mut Tx,
    candidate: &Candidate,
    (history, limits): (&[Sent], &Limits),
    among: (&Ahead<'_>, &mut Going),
    now: Millis,
) -> store::Result<Decision> {
    let Candidate { offer, .. } = candidate;
    let (community, series) = (offer.community_id, offer.series.as_str());
    let is_counted = offer.kind == "series"
        && offers::invited(tx, &offer.recipient, community, series)
            .await?
            .is_some();
    if is_counted && now <= offer.expires_at {
        return Ok(Decision::Send);
    }
    let calendar = candidate.calendar();
    let wanted = budget::Offer {
        kind: kind(offer),
        due_at: offer.due_at,
        expires_at: offer.expires_at,
        jitter: budget::jitter(&offer.recipient, &offer.mail_id.to_string()),
        is_kept: catalogue::is_kept(offer.priority),
    };
    Ok(budget::decide_ahead(
        &wanted, history, limits, &calendar, among, now,
    ))
}

fn limits(candidate: &Candidate, halved: u32) -> Limits {
    limits_of(&candidate.standing.charter, halved)
}

fn limits_of(charter: &Charter, halved: u32) -> Limits {
    Limits {
        per_week: charter.budget.per_week,
        per_month: charter.budget.per_month,
        halved,
    }
}

fn kind(offer: &Offer) -> Kind {
    kind_of(&offer.kind)
}

fn kind_of(kind: &str) -> Kind {
    match kind {
        "role" => Kind::Role,
        "series" => Kind::Series,
        _ => Kind::Programme,
    }
}

async fn history(tx: &mut Tx, address: &str, halved: u32, now: Millis) -> store::Result<Vec<Sent>> {
    // What left the budget before may have arrived days later, by which it counts.
    let since = now - (MONTH << halved.min(8)) - WEEK;
    let got = offers::history(tx, address, since, now).await?;
    let sent = got.iter().map(|mail| Sent {
        at: mail.at,
        kind: kind_of(&mail.kind),
    });
    Ok(sent.collect())
}

/// Puts a mail into the outbox, at the address that its recipient has today.
async fn send_one(tx: &mut Tx, candidate: &Candidate, now: Millis) -> store::Result<()> {
    let Candidate {
        offer, standing, ..
    } = candidate;
    let address = &standing.address;
    if *address != offer.recipient && !offers::readdress(tx, offer.id, address).await? {
        let reason = format!("this mail goes to {address}, who is the same person");
        return offers::end(tx, offer.id, "dropped", &reason, now).await;
    }
    let (community, mail) = (offer.community_id, offer.mail_id);
    outbox::insert(tx, community, mail, offer.member_id, address, now).await?;
    offers::end(tx, offer.id, "sent", "", now).await
}
