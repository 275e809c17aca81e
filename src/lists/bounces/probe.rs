//! The mail that tries an address, and the week in which it may come back.

use super::{WEEK, notes, stop, trouble};
use crate::cadence::{Outcome, Running};
use crate::context::Context;
use crate::lists::home::Home;
use crate::outbox::compose::{self, Letter};
use crate::store::communities::Community;
use crate::store::failing::{self, Failing};
use crate::store::{self, Millis, Tx, acts, communities, mails, outbox};
use crate::templates::mails::DeliveryWarning;
use crate::trail::Step;

/// The act that looks what became of such a mail; it is about the address.
pub const WATCH: &str = "delivery-watch";

/// So many mails try an address to which nothing goes any more.
const MOST_WARNINGS: i64 = 3;

/// There are too many points: the address is tried before anything else happens.
pub(super) async fn first(
    tx: &mut Tx,
    ctx: &Context,
    failing: Failing,
) -> Result<(), compose::Error> {
    let failing = Failing {
        probe_failures: 0,
        ..failing
    };
    let community = communities::by_id(tx, failing.community_id).await?;
    send(tx, ctx, &community, failing).await
}

/// Sends one, and plans the look at it. It is a delivery like any other: what comes
/// back of it comes to its own signed address.
async fn send(
    tx: &mut Tx,
    ctx: &Context,
    community: &Community,
    mut failing: Failing,
) -> Result<(), compose::Error> {
    let address = failing.address.clone();
    if let Some(charter) = ctx.charter(community) {
        let home = Home {
            ctx,
            community,
            charter: &charter,
        };
        let mail = DeliveryWarning {
            is_stopped: failing.stopped_at.is_some(),
            is_last: failing.warnings >= MOST_WARNINGS,
            ..notes::warning(tx, &home, &failing).await?
        };
        let letter = Letter {
            to: vec![(
                notes::member_at(tx, community.id, &address).await?,
                address.clone(),
            )],
            ..Letter::default()
        };
        failing.probe_id = compose::send(tx, ctx, community, &mail, &letter).await?;
    }
    failing::update(tx, &failing).await?;
    plan(tx, ctx, &failing).await?;
    let step = Step::of_person(Some(community.id), &address, ctx.now());
    let reason = "a mail tries whether the address takes mail";
    Ok(step.record(tx, "delivery", "tried", reason).await?)
}

/// The look at the last mail comes a week from now, and no other does.
pub(super) async fn plan(tx: &mut Tx, ctx: &Context, failing: &Failing) -> store::Result<()> {
    unplan(tx, ctx, failing, "another look is planned").await?;
    let (community, due) = (failing.community_id, ctx.now() + WEEK);
    acts::insert(tx, community, WATCH, &failing.address, due).await
}

/// No look is planned any more.
pub(super) async fn unplan(
    tx: &mut Tx,
    ctx: &Context,
    failing: &Failing,
    why: &str,
) -> store::Result<()> {
    acts::drop_later(tx, (WATCH, &failing.address), why, ctx.now()).await
}

/// What became of the mail that tried an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    /// The relay took it, and it has not come back.
    Arrived,
    /// It failed, at once or later.
    CameBack,
    /// It was refused for what it is, or for who we are: that says nothing.
    Refused,
    /// It has not gone yet: the relay is away, or the outbox is held.
    OnItsWay,
    /// It went less than a week ago, and another look at it is planned.
    Young,
}

/// Looks at the last mail, and goes on from there.
///
/// # Errors
/// Where the database refuses.
pub async fn watch(tx: &mut Tx, act: &Running<'_>) -> store::Result<Outcome> {
    let Some(failing) = failing::of(tx, &act.about).await? else {
        return Ok(Outcome::Dropped(
            "mail to that address fails no more".into(),
        ));
    };
    let done = match fate(tx, &failing, act.ctx.now()).await? {
        Fate::Arrived => {
            let why = "a mail that tried it did not come back within a week";
            stop::reset(tx, act.ctx, &failing.address, why).await?;
            Ok("mail goes there again")
        }
        Fate::Young => Ok("a mail is trying it"),
        Fate::OnItsWay => {
            plan_again(tx, act, &failing).await?;
            Ok("the mail that tries it has not gone yet")
        }
        Fate::Refused if failing.stopped_at.is_none() => {
            // The next failure tries again.
            let failing = Failing {
                probe_id: String::new(),
                ..failing
            };
            failing::update(tx, &failing).await?;
            Ok("the mail that tried it was refused for other reasons")
        }
        Fate::CameBack | Fate::Refused => next(tx, act, failing).await,
    };
    match done {
        Ok(done) => Ok(Outcome::Done(done.to_owned())),
        Err(compose::Error::Store(error)) => Err(error),
        Err(error) => Ok(Outcome::Dropped(error.to_string())),
    }
}

async fn plan_again(tx: &mut Tx, act: &Running<'_>, failing: &Failing) -> store::Result<()> {
    let due = act.ctx.now() + WEEK;
    acts::insert(tx, act.community.id, WATCH, &failing.address, due).await
}

/// The last mail came back: another one tries, or it is left to the facilitators.
async fn next(
    tx: &mut Tx,
    act: &Running<'_>,
    mut failing: Failing,
) -> Result<&'static str, compose::Error> {
    let ctx = act.ctx;
    if failing.stopped_at.is_none() {
        send(tx, ctx, act.community, failing).await?;
        return Ok("it is tried once more");
    }
    if failing.warnings >= MOST_WARNINGS {
        for id in failing::members_at(tx, &failing.address, "bouncing").await? {
            trouble::note(tx, ctx, id, "unreachable").await?;
        }
        return Ok("no mail has reached it; the facilitators decide");
    }
    failing.warnings += 1;
    send(tx, ctx, act.community, failing).await?;
    Ok("a mail tries it again")
}

async fn fate(tx: &mut Tx, failing: &Failing, now: Millis) -> store::Result<Fate> {
    let sent = mails::by_message_id(tx, &failing.probe_id).await?;
    let ids: Vec<i64> = sent.iter().map(|mail| mail.id).collect();
    let rows = outbox::of_mails(tx, &ids).await?;
    let Some(row) = rows.first() else {
        // Nothing has tried it since it was stopped.
        return Ok(Fate::CameBack);
    };
    let came_back = failing::counted(tx, row.id).await?.is_some();
    Ok(match row.state.as_str() {
        "sent" if !came_back && row.created_at + WEEK > now => Fate::Young,
        "sent" if !came_back => Fate::Arrived,
        "waiting" | "sending" | "deferred" => Fate::OnItsWay,
        "failed" if !came_back => Fate::Refused,
        _ => Fate::CameBack,
    })
}
