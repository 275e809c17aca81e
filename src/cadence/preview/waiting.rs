//! The rows that wait for a moment to come and that no charter plans: what a post or a
//! member will bring about, unless something happens before.

use super::{Line, Recipient, all_alike, day_of, series_of, word};
use crate::cadence::act::{Act, Ahead, Mailing};
use crate::cadence::judge::{self, Case};
use crate::cadence::registry;
use crate::clock::moment;
use crate::config::Charter;
use crate::store::acts::{self, Act as Row};
use crate::store::mutes::Mute;
use crate::store::{self, Millis, Tx, mutes, stopped};

/// The lines of all such rows after `now`.
pub(super) async fn lines(
    tx: &mut Tx,
    (community, charter): (i64, &Charter),
    (now, to): (Millis, Millis),
) -> store::Result<Vec<Line>> {
    let muted = mutes::of_community(tx, community).await?;
    let most = super::MOST_LINES as i64 + 1;
    let mut lines = Vec::new();
    for row in acts::waiting_between(tx, community, (now, to), most).await? {
        let act = registry::by_name(&row.name).filter(|act| !act.plan.is_of_charter());
        let Some((act, mailing)) = act.and_then(|act| Some((act, act.mailing?))) else {
            continue;
        };
        let who = audience(tx, mailing, charter, &row).await?;
        // Where nobody would get anything, as when a question is answered, there is no mail.
        if !who.is_empty() {
            lines.push(line(act, mailing, charter, (&row, who), &muted));
        }
    }
    Ok(lines)
}

async fn audience(
    tx: &mut Tx,
    mailing: Mailing,
    charter: &Charter,
    row: &Row,
) -> store::Result<Vec<Recipient>> {
    let ahead = Ahead {
        community: row.community_id,
        charter,
        about: &row.about,
        due_at: row.due_at,
    };
    let mut who = (mailing.audience)(tx, &ahead).await?;
    for one in who.iter_mut().filter(|one| one.outcome == "planned") {
        if stopped::is_stopped(tx, &one.address, mailing.mail).await? {
            let why = "they have stopped this kind of mail";
            *one = Recipient::other(&one.address, "dropped", why);
        }
    }
    Ok(who)
}

fn line(
    act: &Act,
    mailing: Mailing,
    charter: &Charter,
    (row, who): (&Row, Vec<Recipient>),
    muted: &[Mute],
) -> Line {
    let case = Case {
        act,
        charter,
        about: &row.about,
        due_at: row.due_at,
    };
    let objection = judge::silenced(&case, muted, row.due_at);
    let (outcome, reason) = match &objection {
        None => ("planned", String::new()),
        Some(other) => (word(other), other.parts().1.to_owned()),
    };
    Line {
        at: row.due_at,
        mail: mailing.mail.to_owned(),
        series: series_of(act, charter, &row.about),
        on: day_of(charter, &row.about, moment(row.due_at)),
        outcome,
        recipients: match objection {
            None => who,
            Some(_) => all_alike(who, outcome, &reason),
        },
        reason,
    }
}
