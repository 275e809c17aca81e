//! What the host answers.

use super::answer::{self, Asking};
use super::{candidates, record};
use crate::cadence::act::Reply;
use crate::lists::home::Home;
use crate::lists::post::Outcome;
use crate::lists::{commands, digest};
use crate::message::words::attendance::{self, Asked};
use crate::outbox::compose;
use crate::outbox::moot;
use crate::store::series::{self, Series};
use crate::store::sessions::{self, Session};
use crate::store::{self, Millis, Tx, communities};

/// So long after the end of a session it is noted who came, in milliseconds.
pub(super) const ACCEPTED_FOR: Millis = 14 * 86_400_000;

/// Somebody who was asked who came has replied.
///
/// # Errors
/// Where the database refuses or an answer cannot be composed.
pub(super) async fn hear(tx: &mut Tx, reply: &Reply<'_>) -> Result<Outcome, compose::Error> {
    let (ctx, arrival, speaker) = (reply.ctx, reply.arrival, reply.speaker);
    if digest::reply::is_request(arrival.mail) {
        return commands::in_reply(tx, ctx, arrival, speaker, &[super::NAME]).await;
    }
    let Some(by) = speaker.on_list() else {
        let why = format!("{} is no member any more", speaker.address);
        return Ok(("discarded", why));
    };
    // One reply after the other.
    communities::lock(tx, arrival.community.id).await?;
    let Some((series, row)) = session_of(tx, reply).await? else {
        return Ok(("discarded", "the session is gone".to_owned()));
    };
    let home = Home::of(ctx, arrival);
    let asking = Asking {
        home,
        arrival,
        by,
        series: &series,
        row: &row,
    };
    if home.now() > row.ends_at + ACCEPTED_FOR {
        return answer::too_late(tx, &asking).await;
    }
    if row.state == "cancelled" && row.reason != record::NOBODY {
        return answer::cancelled(tx, &asking).await;
    }
    let roster = candidates(tx, &series, &row, home.now()).await?;
    let invited: Vec<_> = roster.iter().map(|one| one.invited.clone()).collect();
    let asked = Asked {
        roster: &invited,
        by: roster.iter().position(|one| one.member == by.id),
        on: row.on_date.parse().unwrap_or_default(),
    };
    let sheet = attendance::read(&arrival.mail.visible_text, &asked);
    if !sheet.doubts.is_empty() {
        return answer::unclear(tx, &asking, &roster, &sheet.doubts).await;
    }
    let kept = record::keep(tx, &home, (&series, &row), (&roster, &sheet), Some(by)).await?;
    answer::noted(tx, &asking, &kept).await
}

/// The session that the mail asked about, or an answer to a reply to it.
async fn session_of(tx: &mut Tx, reply: &Reply<'_>) -> store::Result<Option<(Series, Session)>> {
    let Some((_, id)) = moot::concerned(&reply.mail.concerns) else {
        return Ok(None);
    };
    let Some(row) = sessions::by_id(tx, id).await? else {
        return Ok(None);
    };
    let series = series::by_id(tx, row.series_id).await?;
    let own = series.filter(|series| series.community_id == reply.arrival.community.id);
    Ok(own.map(|series| (series, row)))
}
