//! Terms of facilitators and moderators that end soon, or have ended while the role
//! goes on.

use chrono::{Days, NaiveDate, NaiveTime};

use super::gather::Source;
use super::item::{Item, Rank, day, local_day, who};
use crate::cadence::cron::from_wall_clock;
use crate::lists::home::Home;
use crate::message::address;
use crate::store::members;
use crate::store::{self, Tx};
use crate::templates::Phrase;

/// So many days before its end somebody should think of who comes next.
const AHEAD: u64 = 30;

pub(super) const SOURCE: Source = Source {
    kind: "term",
    gather: |tx, home| Box::pin(gather(tx, home)),
    settle: None,
};

/// (address, name, role, last day) of each term that the charter names.
fn terms<'a>(home: &'a Home<'a>) -> Vec<(String, &'a str, &'static str, NaiveDate)> {
    let plain = |given: &lettre::Address| {
        let text = given.to_string();
        address::normalise(&text).unwrap_or(text)
    };
    let facilitators = home.charter.facilitators.iter().filter_map(|one| {
        Some((
            plain(&one.address),
            one.name.as_str(),
            "facilitator",
            one.term_until?,
        ))
    });
    let moderators = home.charter.moderators.iter().filter_map(|one| {
        Some((
            plain(&one.address),
            one.name.as_str(),
            "moderator",
            one.term_until?,
        ))
    });
    facilitators.chain(moderators).collect()
}

async fn gather(tx: &mut Tx, home: &Home<'_>) -> store::Result<Vec<Item>> {
    let last = local_day(home, home.now()).checked_add_days(Days::new(AHEAD));
    let mut items = Vec::new();
    for (address, name, role, until) in terms(home) {
        let member = members::by_address(tx, home.community.id, &address).await?;
        let Some(member) = member.filter(|member| member.on_list() && member.has_role(role)) else {
            continue;
        };
        if last.is_some_and(|last| until <= last) {
            let name = who(name, &address);
            items.push(item(home, member.id, &name, (role, until)));
        }
    }
    Ok(items)
}

fn item(home: &Home<'_>, member: i64, name: &str, (role, until): (&str, NaiveDate)) -> Item {
    let is_over = until < local_day(home, home.now());
    let key = match (is_over, role) {
        (false, "moderator") => "worksheet_term_moderator",
        (false, _) => "worksheet_term_facilitator",
        (true, "moderator") => "worksheet_over_moderator",
        (true, _) => "worksheet_over_facilitator",
    };
    let title = Phrase::new(key)
        .with("who", name)
        .with("day", day(home, until));
    let end = from_wall_clock(until.and_time(NaiveTime::MIN), home.charter.timezone);
    let key = format!("{member}.{role}.{until}");
    Item::new("term", key, Rank::Community, end.timestamp_millis()).saying(
        home,
        &title,
        &Phrase::new("worksheet_term_more"),
    )
}
