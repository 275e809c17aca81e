//! What became of the acts whose moment has come.

use super::{Line, all_alike, day_of, series_of};
use crate::cadence::act::{Act, Ahead, Plan, Recipient};
use crate::cadence::registry;
use crate::clock::moment;
use crate::config::Charter;
use crate::store::acts::{self, Act as Row};
use crate::store::outbox::{self, Delivery};
use crate::store::sessions::{self as rows, Listed};
use crate::store::{self, Millis, Tx};

/// The lines of all rows from `since` on, and of those that are overdue.
pub(super) async fn lines(
    tx: &mut Tx,
    (community, charter): (i64, &Charter),
    since: Option<Millis>,
    now: Millis,
) -> store::Result<Vec<Line>> {
    let most = super::MOST_LINES as i64 + 1;
    let from = since.unwrap_or(now.saturating_add(1));
    let mut lines: Vec<Line> = Vec::new();
    for row in acts::between(tx, community, (from, now), most).await? {
        let Some(act) = registry::by_name(&row.name).filter(|act| act.mailing.is_some()) else {
            continue;
        };
        let line = line(tx, act, charter, &row).await?;
        // Not every session brings every mail.
        if line.recipients.is_empty() && matches!(act.plan, Plan::Sessions(_)) {
            continue;
        }
        // A digest goes on in acts of its own: they are one mail to people. What waits for
        // several members or threads at one moment are several.
        let goes_on = matches!(act.plan, Plan::Elsewhere);
        let same = |known: &&mut Line| {
            goes_on && (known.at, &known.mail, &known.series) == (line.at, &line.mail, &line.series)
        };
        match lines
            .iter_mut()
            .rev()
            .take_while(|known| known.at == line.at)
            .find(same)
        {
            Some(known) => known.recipients.extend(line.recipients),
            None => lines.push(line),
        }
    }
    Ok(lines)
}

/// The sessions of a while that has passed, as they are recorded.
pub(super) async fn sessions(
    tx: &mut Tx,
    community: i64,
    (from, to): (Millis, Millis),
) -> store::Result<Vec<Line>> {
    let most = super::MOST_LINES as i64 + 1;
    // One that begins now is still to come.
    let found = rows::between(tx, community, (from, to.saturating_sub(1)), most).await?;
    Ok(found.into_iter().filter_map(session).collect())
}

fn session(row: Listed) -> Option<Line> {
    let (outcome, said) = match (row.state.as_str(), row.moved) {
        ("cancelled", _) => ("dropped", format!(" ({})", said_cancelled(&row.reason))),
        (_, true) => ("planned", format!(" (moved from {})", row.on_date)),
        (_, false) => ("planned", String::new()),
    };
    Some(Line {
        at: row.starts_at,
        mail: super::SESSION.to_owned(),
        series: Some(row.slug),
        on: row.on_date.parse().ok()?,
        outcome,
        reason: row.title + &said,
        recipients: Vec::new(),
    })
}

/// That a session was cancelled, and why.
pub(super) fn said_cancelled(why: &str) -> String {
    match why {
        "" => "cancelled".to_owned(),
        why => format!("cancelled: {why}"),
    }
}

async fn line(tx: &mut Tx, act: &Act, charter: &Charter, row: &Row) -> store::Result<Line> {
    let mails = acts::mails_of(tx, row.id).await?;
    let went = outbox::of_mails(tx, &mails).await?;
    let (outcome, recipients) = match (row.state.as_str(), went.is_empty()) {
        ("done", false) => ("sent", went.iter().map(recipient).collect()),
        // It was done and wrote to nobody: nothing was new, say.
        ("done", true) => ("dropped", instead(tx, act, charter, row, "dropped").await?),
        ("waiting", _) => ("planned", instead(tx, act, charter, row, "planned").await?),
        ("merged", _) => ("merged", instead(tx, act, charter, row, "merged").await?),
        (_, _) => ("dropped", instead(tx, act, charter, row, "dropped").await?),
    };
    Ok(Line {
        at: row.due_at,
        mail: act
            .mailing
            .map_or(act.name, |mailing| mailing.mail)
            .to_owned(),
        series: series_of(act, charter, &row.about),
        on: day_of(charter, &row.about, moment(row.due_at)),
        outcome,
        reason: row.reason.clone(),
        recipients,
    })
}

/// Who would have got it, as far as that can be told now.
async fn instead(
    tx: &mut Tx,
    act: &Act,
    charter: &Charter,
    row: &Row,
    outcome: &'static str,
) -> store::Result<Vec<Recipient>> {
    let Some(mailing) = act.mailing else {
        return Ok(Vec::new());
    };
    let ahead = Ahead {
        community: row.community_id,
        charter,
        about: &row.about,
        due_at: row.due_at,
    };
    let who = (mailing.audience)(tx, &ahead).await?;
    Ok(all_alike(who, outcome, &row.reason))
}

/// What became of one delivery, in the calendar's words.
fn recipient(delivery: &Delivery) -> Recipient {
    let outcome = match delivery.state.as_str() {
        "sent" => "sent",
        "merged" => "merged",
        "dropped" | "failed" => "dropped",
        _ => "planned",
    };
    let reason = match outcome {
        "sent" => "",
        _ => delivery.reply.as_str(),
    };
    Recipient::other(&delivery.recipient, outcome, reason)
}
