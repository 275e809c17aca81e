//! What each person got, counted again from what the relay was given.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{Datelike, TimeZone, Timelike, Utc, Weekday};
use chrono_tz::Tz;
use folkmoot::outbox::catalogue::Class;

use crate::charters::is_holiday;
use crate::relay::Got;
use crate::world::{DAY, HOUR, World};

/// Every promise about the mails of one person, for all persons.
pub async fn hold(world: &World) {
    let series = series(world).await;
    let members = members(world).await;
    let worksheets = worksheets(world).await;
    let mut of_person: BTreeMap<&str, Vec<&Got>> = BTreeMap::new();
    for got in &world.relay.got {
        of_person.entry(&got.recipient).or_default().push(got);
    }
    for (address, mut all) in of_person {
        all.sort_by_key(|got| got.at);
        let is_role = |got: &Got| got.is_role() || worksheets.contains(&got.mail);
        let plain: Vec<&Got> = all.iter().filter(|got| !is_role(got)).copied().collect();
        programme(world, address, &plain, &series);
        let roles: Vec<i64> = all
            .iter()
            .filter(|got| is_role(got))
            .map(|got| got.at)
            .collect();
        most(&roles, 7 * DAY, 3, &format!("role mail to {address}"));
        for got in all {
            in_peace(world, got, &series, &members);
        }
    }
    let twice = world.relay.got.iter().map(|got| (got.mail, &got.recipient));
    let all: BTreeSet<_> = twice.clone().collect();
    assert_eq!(all.len(), twice.count(), "nobody gets a mail twice");
}

/// (mail, recipient) of what invites to a series; what invites again does not count.
async fn series(world: &World) -> HashMap<(i64, String), bool> {
    let rows = world
        .texts(
            "SELECT CAST(mail_id AS TEXT) || ' ' || CAST(community_id AS TEXT) || series || ' ' || recipient \
             FROM offer WHERE kind = 'series' AND state = 'sent' ORDER BY done_at, id",
        )
        .await;
    let mut seen = BTreeSet::new();
    let of = |row: String| {
        let mut words = row.split(' ');
        let mut word = || words.next().unwrap_or_default().to_owned();
        let (mail, series, recipient) = (word(), word(), word());
        let is_first = seen.insert((series, recipient.clone()));
        ((mail.parse().expect("a key"), recipient), is_first)
    };
    rows.into_iter().map(of).collect()
}

/// The mails that are several worksheets as one.
async fn worksheets(world: &World) -> BTreeSet<i64> {
    let sql = "SELECT CAST(mail_id AS TEXT) FROM offer WHERE name = 'digest' AND kind = 'role'";
    let rows = world.texts(sql).await;
    rows.iter().map(|row| row.parse().expect("a key")).collect()
}

/// Two in a week, six in a month, two days apart, over all communities; fewer where the
/// mail's own community says so.
fn programme(world: &World, address: &str, all: &[&Got], series: &HashMap<(i64, String), bool>) {
    let is_series = |got: &Got| series.get(&(got.mail, got.recipient.clone())).copied();
    let counted: Vec<&&Got> = all
        .iter()
        .filter(|got| got.is_programme() && is_series(got) != Some(false))
        .collect();
    for (index, got) in counted.iter().enumerate() {
        let community = world.communities.iter().find(|one| one.id == got.community);
        let plan = &community.expect("its community").plan;
        let within = |span: i64| {
            let near = counted[..=index]
                .iter()
                .filter(|one| got.at - one.at < span);
            near.count()
        };
        assert!(
            within(7 * DAY) <= plan.per_week,
            "a week of {address} until {}",
            got.at
        );
        assert!(
            within(30 * DAY) <= plan.per_month,
            "a month of {address} until {}: {:?}",
            got.at,
            counted[..=index]
                .iter()
                .filter(|one| got.at - one.at < 30 * DAY)
                .map(|one| (one.at, one.community, one.name.as_str(), one.mail))
                .collect::<Vec<_>>()
        );
    }
    let plain: Vec<i64> = counted
        .iter()
        .filter(|got| is_series(got).is_none())
        .map(|got| got.at)
        .collect();
    for two in plain.windows(2) {
        assert!(
            two[1] - two[0] >= 48 * HOUR,
            "{address} at {} and {}",
            two[0],
            two[1]
        );
    }
}

fn most(times: &[i64], span: i64, most: usize, what: &str) {
    for (index, at) in times.iter().enumerate() {
        let near = times[..=index].iter().filter(|one| at - **one < span);
        assert!(near.count() <= most, "{what} until {at}");
    }
}

/// What the year's people are like in each community: their key and clock.
async fn members(world: &World) -> HashMap<(i64, String), (i64, String)> {
    let rows = world
        .texts(
            "SELECT CAST(community_id AS TEXT) || ' ' || address || ' ' || CAST(id AS TEXT) || ' ' || tz FROM member",
        )
        .await;
    let of = |row: String| {
        let words: Vec<&str> = row.split(' ').collect();
        let number = |n: usize| words[n].parse::<i64>().expect("a key");
        (
            (number(0), words[1].to_owned()),
            (number(2), words[3].to_owned()),
        )
    };
    rows.into_iter().map(of).collect()
}

/// Not at night, not on a day off, and not while they are away.
fn in_peace(
    world: &World,
    got: &Got,
    series: &HashMap<(i64, String), bool>,
    members: &HashMap<(i64, String), (i64, String)>,
) {
    let Some((member, tz)) = members.get(&(got.community, got.recipient.clone())) else {
        return;
    };
    let is_offered = got.is_programme() || got.is_role();
    if is_offered || got.class() == Some(Class::Conversation) || got.name == "post" {
        let away = world.pauses.iter().find(|pause| {
            // What was on its way when they paused arrives.
            pause.member == *member && (pause.from..pause.until).contains(&got.released)
        });
        assert!(
            away.is_none(),
            "{} to {} at {}",
            got.name,
            got.recipient,
            got.at
        );
    }
    if !is_offered || series.contains_key(&(got.mail, got.recipient.clone())) {
        return;
    }
    let community = world.communities.iter().find(|one| one.id == got.community);
    let zone: Tz = tz
        .parse()
        .unwrap_or(community.expect("its community").plan.zone);
    // What the relay puts off goes when the relay can.
    let local = zone.timestamp_millis_opt(got.released).unwrap();
    let is_off = matches!(local.weekday(), Weekday::Sat | Weekday::Sun);
    let is_day = (8..18).contains(&local.hour());
    let utc = Utc.timestamp_millis_opt(got.released).unwrap();
    assert!(
        is_day && !is_off && !is_holiday(local.date_naive()),
        "{} to {} at {local}, {utc}",
        got.name,
        got.recipient
    );
}
