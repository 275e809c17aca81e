//! What a year must have kept.

use std::collections::BTreeMap;

use chrono::Datelike;
use folkmoot::cadence::registry::ACTS;
use folkmoot::cadence::{moments, preview};
use folkmoot::clock;
use folkmoot::config::Charter;
use folkmoot::store::{acts, communities};

use crate::charters;
use crate::kept;
use crate::oracle;
use crate::windows;
use crate::world::{Community, DAY, START, World};

pub async fn judge(world: &World) {
    windows::hold(world).await;
    nothing_that_matters_is_lost(world).await;
    for community in &world.communities {
        every_moment_has_its_row(world, community).await;
        sessions_are_held_or_cancelled(world, community).await;
    }
    everything_has_ended(world).await;
}

async fn charter(world: &World, community: &Community) -> (communities::Community, Charter) {
    let mut tx = world.ctx.read().await.expect("a connection");
    let row = communities::by_id(&mut tx, community.id)
        .await
        .expect("the community");
    let charter = Charter::parse(&row.charter, "charter").expect("a charter");
    (row, charter)
}

/// No moment is missing, none is there twice, and none that nobody planned.
async fn every_moment_has_its_row(world: &World, community: &Community) {
    let (_, charter) = charter(world, community).await;
    let mut tx = world.ctx.read().await.expect("a connection");
    let rows = acts::all(&mut tx, community.id).await.expect("acts");
    let span = (START, world.ctx.now());
    for act in ACTS.iter().filter(|act| act.plan.is_of_charter()) {
        let (expected, _) = oracle::moments(act, &community.plan, &charter, span);
        let its = rows
            .iter()
            .filter(|row| row.name == act.name && row.due_at <= span.1)
            .filter(|row| !was_planned_anew(row))
            // What hung on a session that was cancelled leaves a row only where it was the
            // next; nothing was due any more.
            .filter(|row| {
                let is_idle = row.state == "dropped" && row.reason.starts_with("the session was");
                !is_idle || (act.mailing.is_some() && expected.contains(&row.due_at))
            });
        let found: Vec<i64> = its.map(|row| row.due_at).collect();
        let (name, slug) = (act.name, &community.plan.slug);
        let why = rows.iter().filter(|row| row.name == name);
        let why: Vec<_> = why
            .map(|row| (row.due_at, &row.state, &row.reason))
            .collect();
        assert_eq!(found, expected, "{name} of {slug}: {why:?}");
    }
}

/// Whether the moment was given up because a person changed what it hung on.
fn was_planned_anew(row: &acts::Act) -> bool {
    const CHANGED: [&str; 2] = [moments::MOVED, "the charter's schedule has changed"];
    row.state == "dropped" && CHANGED.iter().any(|why| row.reason.starts_with(why))
}

/// Each session that the charter plans is in the calendar once, and where sessions end as
/// held or cancelled, each one has.
async fn sessions_are_held_or_cancelled(world: &World, community: &Community) {
    let (row, charter) = charter(world, community).await;
    let mut tx = world.ctx.read().await.expect("a connection");
    let now = world.ctx.now();
    let calendar = preview::calendar(&mut tx, &row, &charter, (Some(START), now, now)).await;
    let calendar = calendar.expect("a calendar");
    let lines = calendar
        .lines
        .iter()
        .filter(|line| line.mail == preview::SESSION);
    let starts: Vec<i64> = lines.map(|line| line.at).collect();
    assert_eq!(
        starts,
        oracle::sessions(&community.plan, (START, now)),
        "sessions"
    );
    let sql = format!(
        "SELECT o.state FROM session o JOIN series s ON s.id = o.series_id \
         WHERE s.community_id = {} AND o.ends_at <= {now} AND o.ends_at > {START}",
        community.id
    );
    let ended = world.texts(&sql).await;
    let count = |word: &str| ended.iter().filter(|end| *end == word).count();
    let changes = community.plan.session.changes.iter();
    let lasts = community.plan.session.lasts.num_milliseconds();
    let gone = changes.filter(|(on, (_, to))| {
        to.is_none() && oracle::start(&community.plan, **on) + lasts <= now
    });
    assert_eq!(count("cancelled"), gone.count(), "{ended:?}");
    assert_eq!(count("held") + count("cancelled"), ended.len(), "{ended:?}");
}

/// Whatever fell due is done, merged or dropped with a reason, and nothing hangs.
async fn everything_has_ended(world: &World) {
    let now = world.ctx.now();
    for table in [
        format!(
            "act WHERE (state = 'waiting' AND next_at <= {now}) OR (state IN ('merged', 'dropped') AND reason = '')"
        ),
        format!(
            "offer WHERE (state = 'waiting' AND next_at <= {now}) OR (state <> 'sent' AND reason = '' AND due_at <= {now})"
        ),
        format!(
            "outbox WHERE state = 'sending' OR (state IN ('waiting', 'deferred') AND next_at <= {now})"
        ),
        "intake WHERE state <> 'done'".to_owned(),
        "mail WHERE state = 'expanding'".to_owned(),
    ] {
        // What an intake row says of itself is worth more than its number.
        let what = match table.starts_with("intake") {
            true => "recipient || ' ' || state || ' ' || reason",
            false => "CAST(id AS TEXT)",
        };
        let open = world.texts(&format!("SELECT {what} FROM {table}")).await;
        assert!(open.is_empty(), "{table}: {open:?}");
    }
}

/// What its recipients, or who runs their community, can say or have brought about.
const THEIR_WISH: [&str; 7] = [
    "has left the community",
    "they have stopped this kind of mail",
    "expired: they have paused",
    "mail to them comes back",
    "they complained",
    "the session was cancelled",
    "the session was moved",
];

async fn nothing_that_matters_is_lost(world: &World) {
    let names = kept::KEPT.map(|name| format!("'{name}'")).join(", ");
    let sql = format!(
        "SELECT CAST(o.community_id AS TEXT) || ' ' || CAST(o.due_at AS TEXT) || ' ' || CAST(o.expires_at AS TEXT) || ' ' || o.recipient || ' ' || COALESCE(CAST(o.member_id AS TEXT), '-') || ' ' || o.name \
         || ': ' || o.reason FROM offer o WHERE o.state = 'dropped' \
         AND o.name IN ({names}) ORDER BY o.id"
    );
    let dropped = world.texts(&sql).await;
    let mut excused = BTreeMap::<_, usize>::new();
    let mut lost = Vec::new();
    for row in dropped {
        match excuse(world, &row) {
            Some(why) => *excused.entry(why).or_default() += 1,
            None => lost.push(row),
        }
    }
    println!("kept and not sent: {excused:?}, lost {}", lost.len());
    let asked = std::env::var("FOLKMOOT_SIMULATE_TELL").ok();
    let first = lost.first().and_then(|row| row.split(' ').nth(3));
    for whom in asked.as_deref().or(first).unwrap_or_default().split(',') {
        tell_of(world, whom).await;
    }
    let told: Vec<String> = lost.iter().map(|row| in_words(row)).collect();
    assert!(lost.is_empty(), "{} lost:\n{}", lost.len(), told.join("\n"));
}

/// Why nobody could have sent it.
fn excuse(world: &World, row: &str) -> Option<&'static str> {
    let is_wish = THEIR_WISH.iter().any(|wish| row.contains(wish));
    let all = [
        (is_wish, "by their wish"),
        (was_away(world, row), "no node for a day"),
        (is_strict(world, row), "its community has one mail a week"),
        (had_paused(world, row), "paused in its time"),
        (!has_a_day(row), "no working day"),
    ];
    all.into_iter().find(|(is, _)| *is).map(|(_, why)| why)
}

/// The same row, with times that somebody can read.
fn in_words(row: &str) -> String {
    let at = |word: &str| {
        let ms = word.parse().ok().filter(|ms| *ms > START);
        ms.map_or_else(|| word.to_owned(), clock::rfc3339)
    };
    row.split(' ').map(at).collect::<Vec<_>>().join(" ")
}

/// All that was offered to somebody, for whoever looks for what went wrong.
async fn tell_of(world: &World, recipient: &str) {
    let sql = format!(
        "SELECT CAST(community_id AS TEXT) || ' ' || CAST(priority AS TEXT) || ' ' || name || ' ' || kind || ' due ' \
         || CAST(due_at AS TEXT) || ' until ' || CAST(expires_at AS TEXT) || ' ' || state || ' ' \
         || COALESCE(CAST(done_at AS TEXT), '-') || ' ' || reason FROM offer WHERE recipient = '{recipient}' ORDER BY id"
    );
    for row in world.texts(&sql).await {
        println!("{}", in_words(&row));
    }
}

/// Whether its community allows so little that what others send leaves it no room.
fn is_strict(world: &World, row: &str) -> bool {
    let id = row.split(' ').next().and_then(|word| word.parse().ok());
    let its = world.communities.iter().find(|one| Some(one.id) == id);
    its.is_some_and(|community| community.plan.per_week < 2)
}

/// Whether its recipient was away for some of the time that it had: what went meanwhile
/// to them from elsewhere could not take it along.
fn had_paused(world: &World, row: &str) -> bool {
    let words: Vec<&str> = row.split(' ').collect();
    let number = |n: usize| words.get(n).and_then(|word| word.parse::<i64>().ok());
    let (from, to) = (number(1).unwrap_or(0), number(2).unwrap_or(0));
    let mut theirs = world
        .pauses
        .iter()
        .filter(|pause| Some(pause.member) == number(4));
    theirs.any(|pause| pause.from < to && pause.until > from)
}

/// Whether there was a working day in its time, wherever its recipient lives.
fn has_a_day(row: &str) -> bool {
    let mut numbers = row.split(' ').skip(1).map(|word| word.parse().unwrap_or(0));
    let (from, to): (i64, i64) = (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0));
    let day = |at: i64| clock::moment(at).date_naive();
    let inside = day(from)
        .iter_days()
        .skip(1)
        .take_while(|one| *one < day(to));
    let works = |one: &chrono::NaiveDate| {
        one.weekday().num_days_from_monday() < 5 && !charters::is_holiday(*one)
    };
    inside.filter(works).count() > 0
}

/// Whether no node ran for a day or more of the time that a mail had.
fn was_away(world: &World, row: &str) -> bool {
    let mut numbers = row.split(' ').skip(1).map(|word| word.parse().unwrap_or(0));
    let (from, to): (i64, i64) = (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0));
    let spans = world
        .away
        .iter()
        .map(|(gone, back)| (*back.min(&to) - *gone.max(&from)).max(0));
    spans.sum::<i64>() >= DAY
}
