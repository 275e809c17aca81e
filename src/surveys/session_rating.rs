//! Every third session that took place is rated by those who were there.

use super::{ask, open};
use crate::config::Charter;
use crate::context::Context;
use crate::store::communities::Community;
use crate::store::{self, Tx, members, surveys};

/// Its survey's name, and its mail's in the catalogue.
pub const NAME: &str = "session-rating";

/// Every so many sessions of a series are rated.
const EVERY: usize = 3;

/// A session that took place.
#[derive(Clone, Debug)]
pub struct Held<'a> {
    /// Its series' slug.
    pub series: &'a str,
    /// What it is called, for people.
    pub title: &'a str,
    /// Its original day, as `2026-01-13`.
    pub on: &'a str,
    /// How many sessions of its series have taken place, this one included.
    pub count: usize,
    /// The members who attended, or had accepted where nobody noted who came.
    pub attendees: &'a [i64],
}

/// Whether a session is rated that is the `count`th of its series to take place.
pub fn is_due(count: usize) -> bool {
    count > 0 && count.is_multiple_of(EVERY)
}

/// Asks those who were at a session, where its turn has come; gives what was done, for
/// the reason of the act that calls it: the recap's, or one with it.
///
/// # Errors
/// Where the database refuses.
pub async fn after(
    tx: &mut Tx,
    ctx: &Context,
    (community, charter): (&Community, &Charter),
    held: &Held<'_>,
) -> store::Result<String> {
    if charter.health_check.is_none() {
        return Ok("the charter surveys nobody".to_owned());
    }
    if !is_due(held.count) {
        return Ok(format!("session {} of its series is not rated", held.count));
    }
    let asked = match open::rolling(tx, ctx, (community, charter), NAME).await? {
        Ok(asked) => asked,
        Err(why) => return Ok(why),
    };
    let about = format!("{} {}", held.series, held.on);
    let mut count = 0;
    for id in held.attendees {
        let member = members::by_id(tx, *id).await?;
        let Some(member) = member.filter(open::is_asked) else {
            continue;
        };
        surveys::invite(tx, asked.wave.id, member.id, &about, open::counts(&member)).await?;
    }
    let shown = format!("{}, {}", held.title, held.on);
    for invitee in surveys::unmailed(tx, asked.wave.id, 10_000).await? {
        if invitee.about != about {
            continue;
        }
        let who = (&invitee, shown.as_str(), false);
        if let Err(why) = ask::write(tx, ctx, (community, charter), &asked, who).await? {
            return Ok(why);
        }
        surveys::set_mailed(tx, invitee.id).await?;
        count += 1;
    }
    Ok(format!("{count} are asked to rate it"))
}

#[cfg(test)]
mod tests {
    use super::is_due;

    #[test]
    fn every_third_is_rated() {
        let rated: Vec<_> = (0..10).filter(|count| is_due(*count)).collect();
        assert_eq!(rated, [3, 6, 9]);
    }
}
