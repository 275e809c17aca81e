//! What has become pointless while it waited: what it asked for has happened.

use crate::store::hosts::{self, Key};
use crate::store::offers::Offer;
use crate::store::{self, Tx, mails, members, posts, reports, sessions, watches};

/// Of a mail that asks its recipient to answer the post with that key.
pub const ASKED: &str = "question";

/// Of a mail that tells its recipient that nobody has answered it.
pub const TOLD: &str = "unanswered";

/// Of a mail that asks the member with that key how they are, because they are silent.
pub const SILENT: &str = "silence";

/// Of a mail that asks who came to the session with that key, and of the answers to its
/// replies: the name of that mail, so that what answers them is heard by it too.
pub const CAME: &str = "attendance-ask";
/// The mails before a session: what they concern is `NAME:SERIES DATE`, its original day.
const BEFORE: [&str; 3] = ["host-ask", "agenda-call", "host-brief"];

/// What a mail of that kind concerns, as it is kept.
pub fn concerns(kind: &str, key: i64) -> String {
    format!("{kind}:{key}")
}

/// The kind and key that [`concerns`] has written.
pub fn concerned(concerns: &str) -> Option<(&str, i64)> {
    let (kind, key) = concerns.split_once(':')?;
    Some((kind, key.parse().ok()?))
}

/// Why a mail that waits need not go any more.
///
/// # Errors
/// Where the database refuses.
pub(super) async fn reason(tx: &mut Tx, offer: &Offer) -> store::Result<Option<String>> {
    let mail = mails::by_id(tx, offer.mail_id).await?;
    let (community, since) = (offer.community_id, mail.created_at);
    if let Some(about) = before_session(&mail.concerns) {
        return overtaken(tx, offer, about).await;
    }
    match concerned(&mail.concerns) {
        Some((ASKED | TOLD, post)) => answered(tx, community, post).await,
        Some((SILENT, member)) => {
            let Some(member) = members::by_id(tx, member).await? else {
                return Ok(None);
            };
            let last = watches::last_post(tx, community, member.person_id).await?;
            let has_written = last.is_some_and(|at| at >= since);
            Ok(has_written.then(|| "they have written since".to_owned()))
        }
        Some((CAME, session)) => {
            let report = reports::of(tx, session).await?;
            let is_told = report.is_some_and(|report| report.counted);
            Ok(is_told.then(|| "somebody has said meanwhile who came".to_owned()))
        }
        _ => Ok(None),
    }
}

/// The series and day of the session before which a mail makes sense.
fn before_session(concerns: &str) -> Option<(&str, &str)> {
    let (name, about) = concerns.split_once(':')?;
    BEFORE.contains(&name).then(|| about.split_once(' '))?
}

/// The session is off, or somebody else has been asked to host it.
async fn overtaken(
    tx: &mut Tx,
    offer: &Offer,
    (series, on): (&str, &str),
) -> store::Result<Option<String>> {
    let session = sessions::named(tx, offer.community_id, series, on).await?;
    let why = match session.as_ref().map(|session| session.state.as_str()) {
        Some("planned") => None,
        Some("cancelled") => Some("the session was cancelled"),
        _ => Some("the session is not to come any more"),
    };
    if let Some(why) = why {
        return Ok(Some(why.to_owned()));
    }
    if offer.name != BEFORE[0] {
        return Ok(None);
    }
    let key = Key {
        community: offer.community_id,
        series: series.to_owned(),
        on: on.to_owned(),
    };
    let asked = hosts::of_session(tx, &key).await?;
    let waits = asked
        .iter()
        .any(|one| Some(one.member_id) == offer.member_id && one.state == "asked");
    Ok((!waits).then(|| "somebody hosts it, or was asked instead".to_owned()))
}

async fn answered(tx: &mut Tx, community: i64, post: i64) -> store::Result<Option<String>> {
    let root = posts::by_id(tx, post).await?;
    if root.is_none_or(|root| root.author_address.is_empty()) {
        return Ok(Some("the question was erased".to_owned()));
    }
    let answer = watches::first_answer(tx, community, post).await?;
    Ok(answer.map(|_| "somebody has answered meanwhile".to_owned()))
}
