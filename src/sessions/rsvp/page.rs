//! The page on which a member answers an invitation, where no calendar does it for them
//! (`/r/TOKEN`).

use chrono::NaiveDate;

use super::instance::Instance;
use super::record::{self, Answer, Noted};
use super::{LONGEST_COMMENT, text};
use crate::calendar::read::Partstat;
use crate::context::Context;
use crate::identity::tokens::hash;
use crate::lists::home::Home;
use crate::message::oneline::oneline;
use crate::store::communities::{self, Community};
use crate::store::members::{self, Member};
use crate::store::rsvps::{self, Rsvp};
use crate::store::series::{self, Series};
use crate::store::sessions::{self, Session};
use crate::store::{self, Millis, Tx, tokens};

/// So many sessions to come are shown.
const MOST_DATES: usize = 12;

/// What a link opens.
pub struct Opened {
    /// The community.
    pub community: Community,
    /// The series.
    pub series: Series,
    /// Who answers.
    pub member: Member,
    /// Its sessions to come, as many as are shown.
    pub coming: Vec<Coming>,
    /// What they said to the whole series; `None`: nothing.
    pub said: Option<Rsvp>,
}

/// A session to come.
pub struct Coming {
    /// Its original day.
    pub on: NaiveDate,
    /// When it begins.
    pub starts_at: Millis,
    /// What they said to it alone; `None`: nothing, and the answer to the series counts.
    pub said: Option<Rsvp>,
}

/// The address of the page that such a token opens.
pub fn link(ctx: &Context, token: &str) -> String {
    format!("{}/r/{token}", ctx.settings.base_url)
}

/// The token of the page on which a member answers the invitation to a series: all are
/// equally long.
pub fn token(ctx: &Context, series: i64, member: i64) -> String {
    ctx.secret.sign_answer(member, series)
}

/// Whether a token is one of these pages'.
pub fn is_ours(ctx: &Context, token: &str) -> bool {
    ctx.secret.verify_answer(token).is_some()
}

/// What a token opens; `None` where it opens nothing (any more).
///
/// # Errors
/// Where the database refuses.
pub async fn open(tx: &mut Tx, ctx: &Context, token: &str) -> store::Result<Option<Opened>> {
    let Some((member, series)) = ctx.secret.verify_answer(token) else {
        return Ok(None);
    };
    // Somebody has shown it to a whole list.
    if tokens::is_revoked(tx, &hash(token)).await? {
        return Ok(None);
    }
    let member = members::by_id(tx, member).await?.filter(Member::on_list);
    let (Some(member), Some(series)) = (member, series::by_id(tx, series).await?) else {
        return Ok(None);
    };
    if member.community_id != series.community_id {
        return Ok(None);
    }
    let answers = rsvps::of_member(tx, series.id, member.id).await?;
    Ok(Some(Opened {
        community: communities::by_id(tx, series.community_id).await?,
        coming: coming(tx, &series, &answers, ctx.now()).await?,
        said: answers.into_iter().find(|one| one.on_date.is_empty()),
        series,
        member,
    }))
}

async fn coming(
    tx: &mut Tx,
    series: &Series,
    answers: &[Rsvp],
    now: Millis,
) -> store::Result<Vec<Coming>> {
    if !series.is_running() {
        return Ok(Vec::new());
    }
    let rows = sessions::of_series(tx, series.id).await?;
    let is_ahead = |row: &Session| row.state == "planned" && row.starts_at > now;
    let ahead = rows.into_iter().filter(is_ahead);
    let shown = ahead.filter_map(|row| {
        let mut answers = answers.iter();
        Some(Coming {
            on: row.on_date.parse().ok()?,
            starts_at: row.starts_at,
            said: answers.find(|one| one.on_date == row.on_date).cloned(),
        })
    });
    Ok(shown.take(MOST_DATES).collect())
}

/// Records what somebody answers on the page, to one session or (`None`) to all of the
/// series; says it in words.
///
/// # Errors
/// Where the database refuses.
pub async fn answer(
    tx: &mut Tx,
    home: &Home<'_>,
    opened: &Opened,
    on: Option<NaiveDate>,
    (partstat, comment): (Partstat, &str),
) -> store::Result<String> {
    let (series, member) = (&opened.series, &opened.member);
    let instance = Instance {
        on: on.filter(|_| !series.rule.is_empty()),
    };
    let answer = Answer {
        partstat,
        sequence: 0,
        dtstamp: home.now(),
        comment: oneline(comment).chars().take(LONGEST_COMMENT).collect(),
        via: "page",
        delegates: Vec::new(),
    };
    let answer = record::now(tx, (series, member), &instance, answer).await?;
    let noted = Noted {
        home,
        message_id: "",
        how: "on their page",
    };
    noted.note(tx, member, series, &instance, &answer).await?;
    Ok(home.say(&text::said(home, series, &instance, partstat)))
}
