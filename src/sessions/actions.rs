//! What was agreed to be done at a session, and by whom. Open actions are shown again by
//! the next mails about their series, until somebody says that they are done.

use chrono::{Days, NaiveDate};

use crate::lists::home::Home;
use crate::message::words::attendance;
use crate::store::reports::Action;
use crate::store::series::Series;
use crate::store::sessions::Session;
use crate::store::{self, Tx, reports};
use crate::templates::Phrase;
use crate::templates::mails::ActionLine;

/// So many open actions are named in a mail.
const MOST_NAMED: usize = 10;

/// The open actions of a series as a mail names them, the oldest first.
///
/// # Errors
/// Where the database refuses.
pub async fn open(tx: &mut Tx, home: &Home<'_>, series: &Series) -> store::Result<Vec<ActionLine>> {
    let all = reports::actions(tx, series.community_id, &series.slug).await?;
    let open = all.iter().filter(|one| one.done_at.is_none());
    Ok(open.take(MOST_NAMED).map(|one| line(home, one)).collect())
}

/// An action as mails name it.
pub(super) fn line(home: &Home<'_>, action: &Action) -> ActionLine {
    let due = action.due.parse().ok().map(|day: NaiveDate| {
        let (language, slug) = (&home.charter.language, &home.community.slug);
        let day = home.ctx.templates.say_date(language, slug, day);
        home.say(&Phrase::new("action_due").with("day", day))
    });
    ActionLine {
        number: action.number,
        who: action.who.clone(),
        what: action.what.clone(),
        due: due.unwrap_or_default(),
    }
}

/// A day in an example: ten days after the session.
pub(super) fn example_day(home: &Home<'_>, row: &Session) -> String {
    let day = crate::clock::moment(row.starts_at).with_timezone(&home.charter.timezone);
    let day = day.date_naive().checked_add_days(Days::new(10));
    day.map(|day| day.to_string()).unwrap_or_default()
}

/// Writes the actions of a session in the place of those that it had. What is the same
/// keeps its number; what was done stays done.
///
/// # Errors
/// Where the database refuses.
pub(super) async fn replace(
    tx: &mut Tx,
    series: &Series,
    row: &Session,
    wanted: &[(attendance::Action, Option<i64>)],
) -> store::Result<()> {
    let all = reports::actions(tx, series.community_id, &series.slug).await?;
    let mut number = all.iter().map(|one| one.number).max().unwrap_or(0);
    let own: Vec<&Action> = all.iter().filter(|one| one.session_id == row.id).collect();
    let is_same = |one: &Action, said: &attendance::Action| {
        one.who.to_lowercase() == said.who.to_lowercase()
            && one.what.to_lowercase() == said.what.to_lowercase()
    };
    for one in own.iter().filter(|one| one.done_at.is_none()) {
        if !wanted.iter().any(|(said, _)| is_same(one, said)) {
            reports::drop_action(tx, one).await?;
        }
    }
    for (said, member) in wanted {
        let known = own.iter().find(|one| is_same(one, said));
        number += i64::from(known.is_none());
        let action = Action {
            community_id: series.community_id,
            series: series.slug.clone(),
            number: known.map_or(number, |one| one.number),
            session_id: row.id,
            who: said.who.clone(),
            member_id: *member,
            what: said.what.clone(),
            due: said.due.map(|day| day.to_string()).unwrap_or_default(),
            done_at: known.and_then(|one| one.done_at),
        };
        reports::put_action(tx, &action).await?;
    }
    Ok(())
}

/// Notes that open actions of a series are done; gives those that were.
///
/// # Errors
/// Where the database refuses.
pub(super) async fn done(
    tx: &mut Tx,
    home: &Home<'_>,
    series: &str,
    numbers: &[u32],
) -> store::Result<Vec<Action>> {
    let all = reports::actions(tx, home.community.id, series).await?;
    let meant = |one: &Action| {
        one.done_at.is_none()
            && numbers
                .iter()
                .any(|number| i64::from(*number) == one.number)
    };
    let mut ended = Vec::new();
    for one in all.into_iter().filter(meant) {
        let done_at = Some(home.now());
        let one = Action { done_at, ..one };
        reports::put_action(tx, &one).await?;
        ended.push(one);
    }
    Ok(ended)
}
