//! The year itself: the clock goes from one moment to the next, nodes die, and clocks
//! are set.

use folkmoot::node::settle;

use crate::deeds;
use crate::world::{DAY, HOUR, START, World};

/// How often somebody of a community does something.
const BETWEEN_DEEDS: i64 = 5 * DAY;

/// Pieces of work that one moment may take.
const MOST_WORK: usize = 1_000_000;

/// What disturbs the year, and when.
struct Troubles {
    outage: i64,
    back: i64,
    ahead: i64,
}

pub async fn live(world: &mut World) {
    world.hand.start().await.expect("a start");
    let end = START + world.size.days * DAY;
    let mut troubles = Troubles {
        outage: START + world.chance.time_below(10 * DAY),
        back: START + world.size.days * DAY / 3,
        ahead: START + world.size.days * DAY / 2,
    };
    let (mut deed, mut told) = (START, START);
    loop {
        work_off(world).await;
        let now = world.ctx.now();
        if now >= told {
            tell(world, now);
            told = now + 7 * DAY;
        }
        if now >= end {
            return;
        }
        if disturb(world, &mut troubles, now).await {
            continue;
        }
        if deed <= now {
            deeds::some(world).await;
            let communities = i64::try_from(world.communities.len()).unwrap_or(1);
            deed = now + world.chance.time_below(2 * BETWEEN_DEEDS / communities);
            continue;
        }
        let due = settle::next_moment(&world.ctx).await.expect("an answer");
        let all = [due, Some(deed), world.relay.next_letter()];
        let next = all.into_iter().flatten().min().unwrap_or(end);
        world.ctx.clock.set(next.clamp(now + 1, end));
    }
}

/// Says how far it is, to whoever waits for a long one.
fn tell(world: &World, now: i64) {
    if world.size.members < 100 {
        return;
    }
    let (day, days) = ((now - START) / DAY, world.size.days);
    let seconds = world.began.elapsed().as_secs();
    let mails = world.relay.got.len();
    println!("day {day} of {days}: {mails} mails, {seconds} s");
}

/// Does all that is due, as often as something new falls due by it.
async fn work_off(world: &mut World) {
    for _ in 0..MOST_WORK {
        deeds::letters_arrive(world).await;
        let worked = world.hand.step().await.expect("a piece of work");
        if !worked && !world.deliver().await {
            return;
        }
    }
    panic!("the work of one moment does not end");
}

/// Whether something has happened to the node or to its clock.
async fn disturb(world: &mut World, troubles: &mut Troubles, now: i64) -> bool {
    if now >= troubles.back {
        troubles.back = i64::MAX;
        world.ctx.clock.set(now - HOUR);
    } else if now >= troubles.ahead {
        troubles.ahead = i64::MAX;
        world.ctx.clock.set(now + 31 * DAY);
        world.away.push((now, now + 31 * DAY));
    } else if now >= troubles.outage {
        troubles.outage = now + world.chance.time_below(20 * DAY);
        world.tally.outages += 1;
        outage(world).await;
    } else {
        return false;
    }
    world.hand.start().await.expect("a start");
    true
}

/// The node is gone for a while; some die at work.
async fn outage(world: &mut World) {
    if world.chance.percent(60)
        && let Some(due) = settle::next_moment(&world.ctx).await.expect("an answer")
    {
        world.ctx.clock.set(due);
        let died = world.hand.die_at_work().await.expect("a death");
        world.tally.deaths += usize::from(died);
    }
    let longest = [HOUR, HOUR, 12 * HOUR, 4 * DAY][world.chance.below(4)];
    let span = 1_000 + world.chance.time_below(longest);
    let now = world.ctx.now();
    world.ctx.clock.set(now + span);
    world.away.push((now, now + span));
}
