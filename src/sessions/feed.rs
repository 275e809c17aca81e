//! The feeds of a community: one for whoever may read its archive, one for each member
//! by a token of their own. Feeds say nothing of people; a change is told by mail too,
//! since many calendars ask for a feed but once a day.

use chrono::TimeDelta;

use super::event::day;
use super::times::Times;
use crate::calendar::feed::{self, About, Change, Feed, Series};
use crate::calendar::write::{Event, Party};
use crate::clock::moment;
use crate::config::Charter;
use crate::context::Context;
use crate::store::communities::{self, Community};
use crate::store::members::{self, Member};
use crate::store::series::Series as Row;
use crate::store::sessions::Session;
use crate::store::{self, Tx, feeds, series, sessions};
use crate::trail::Step;

/// The feed of a community's sessions as they stand now.
///
/// # Errors
/// Where the database refuses.
pub async fn of(
    tx: &mut Tx,
    ctx: &Context,
    community: &Community,
    charter: &Charter,
) -> store::Result<Feed> {
    let about = About {
        name: community.name.clone(),
        zone: charter.timezone,
        since: moment(community.created_at),
    };
    let organizer = Party {
        address: format!("{}@{}", community.slug, ctx.settings.domain),
        name: community.name.clone(),
    };
    let mut all = Vec::new();
    for row in series::of_community(tx, community.id).await? {
        let its = sessions::of_series(tx, row.id).await?;
        all.extend(shown(&row, &its, &organizer));
    }
    let feed = feed::feed(&about, &all, moment(ctx.now()));
    for odd in &feed.odd {
        tracing::warn!(community = community.slug, %odd, "a series is not in the feed");
    }
    Ok(feed)
}

/// Where a member subscribes to their feed.
///
/// # Errors
/// Where the database refuses.
pub async fn address(tx: &mut Tx, ctx: &Context, member: i64) -> store::Result<String> {
    Ok(format!("{}calendar.ics", folder(tx, ctx, member).await?))
}

/// Where a member subscribes to the archive's latest posts, by the same token.
///
/// # Errors
/// Where the database refuses.
pub async fn address_of_posts(tx: &mut Tx, ctx: &Context, member: i64) -> store::Result<String> {
    Ok(format!("{}feed.atom", folder(tx, ctx, member).await?))
}

async fn folder(tx: &mut Tx, ctx: &Context, member: i64) -> store::Result<String> {
    let turn = feeds::turn(tx, member).await?.unwrap_or_default();
    let token = ctx.secret.sign_feed(member, turn);
    Ok(format!("{}/f/{token}/", ctx.settings.base_url))
}

/// Whose feed a token opens: that of somebody who is on the list now.
///
/// # Errors
/// Where the database refuses.
pub async fn open(
    tx: &mut Tx,
    ctx: &Context,
    token: &str,
) -> store::Result<Option<(Member, Community)>> {
    let Some(member) = present(tx, ctx, token).await? else {
        return Ok(None);
    };
    let Some(member) = members::by_id(tx, member).await?.filter(Member::on_list) else {
        return Ok(None);
    };
    let community = communities::by_id(tx, member.community_id).await?;
    Ok(Some((member, community)))
}

/// Ends the present address of a member's feed; the next one works. `why` is recorded.
///
/// # Errors
/// Where the database refuses.
pub async fn renew(tx: &mut Tx, ctx: &Context, member: &Member, why: &str) -> store::Result<()> {
    feeds::rotate(tx, member.id).await?;
    let step = Step::of_person(Some(member.community_id), &member.address, ctx.now());
    step.record(tx, "feed", "renewed", why).await
}

/// The same by the token of that address, if it still works.
///
/// # Errors
/// Where the database refuses.
pub async fn end(tx: &mut Tx, ctx: &Context, token: &str, why: &str) -> store::Result<()> {
    let Some(id) = present(tx, ctx, token).await? else {
        return Ok(());
    };
    match members::by_id(tx, id).await? {
        Some(member) => renew(tx, ctx, &member, why).await,
        None => Ok(()),
    }
}

/// The member of a token that is the one of their present turn.
async fn present(tx: &mut Tx, ctx: &Context, token: &str) -> store::Result<Option<i64>> {
    let Some((member, turn)) = ctx.secret.verify_feed(token) else {
        return Ok(None);
    };
    let present = feeds::turn(tx, member).await?;
    Ok((present == Some(turn)).then_some(member))
}

/// A series with what became of its sessions; `None` where a hand in the database has
/// spoilt its times, or where it ended before it had a session.
fn shown(row: &Row, its: &[Session], organizer: &Party) -> Option<Series> {
    let times = Times::of(row)?;
    if times.until.is_some_and(|until| until < times.starts.date()) {
        return None;
    }
    let changed = its
        .iter()
        .filter(|one| one.moved || one.state == "cancelled");
    let changes = changed.filter_map(|one| change(&times, one));
    Some(Series {
        changes: changes.collect(),
        is_cancelled: row.state == "cancelled",
        event: event(row, times, organizer),
    })
}

fn event(row: &Row, times: Times, organizer: &Party) -> Event {
    let excluded = times.excluded.iter().map(|day| times.wall(*day)).collect();
    Event {
        uid: row.uid.clone(),
        organizer: organizer.clone(),
        attendee: None,
        sequence: u32::try_from(row.version - 1).unwrap_or_default(),
        dtstamp: moment(row.modified_at),
        starts: times.starts,
        zone: times.zone,
        duration: times.duration,
        rule: times.rule,
        until: times.until,
        excluded,
        recurrence: None,
        summary: row.title.clone(),
        description: String::new(),
        location: row.location.clone(),
        link: row.link.clone(),
        cancelled: false,
    }
}

/// When a session is instead, and for how long, or that it is not.
fn change(times: &Times, session: &Session) -> Option<Change> {
    let lasts = TimeDelta::milliseconds(session.ends_at - session.starts_at);
    let to = (times.clock(session.starts_at), lasts);
    Some(Change {
        original: times.wall(day(session)?),
        to: (session.state != "cancelled").then_some(to),
        at: moment(session.modified_at),
    })
}
