//! Size: a series for many members, from its charter to the relay's last answer.

use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::{NaiveDate, TimeDelta};
use tokio::sync::watch;

use super::Errand;
use crate::cadence::engine;
use crate::clock::{Clock, moment, monotonic};
use crate::config::Settings;
use crate::context::Context;
use crate::demo::calendar::Object;
use crate::demo::sink::{Received, Sink};
use crate::lists::home::Home;
use crate::lists::membership::{self, NewMember};
use crate::outbox::release;
use crate::practice::apply::apply;
use crate::pulse::Pulse;
use crate::relay::{self, RelayState};
use crate::sessions::change;
use crate::store::communities::{self, Community};
use crate::store::{self, Db, invitations, members, offers, outbox, series, sessions, stopped};
use crate::templates::Templates;

/// A clinic every Tuesday of March; nothing else falls due.
const CHARTER: &str = "slug = \"pumps\"\nname = \"Pumps\"\ntimezone = \"Europe/Berlin\"\n\
    [charter]\ndomain = \"Pumps.\"\ncommunity = \"People.\"\npractice = \"Notes.\"\n\
    [list]\ndmarc = \"none\"\n\
    [[session]]\nslug = \"clinic\"\ntitle = \"Pump clinic\"\nrule = \"FREQ=WEEKLY;BYDAY=TU\"\n\
    starts = \"2026-03-10T16:00\"\nuntil = \"2026-04-30\"\nlink = \"https://meet.example/pumps\"\n";

/// Monday, 2 March 2026, noon in Berlin.
const NOW: i64 = 1_772_449_200_000;
const DAY: i64 = 86_400_000;

/// Nobody waits longer for what is measured.
const MOST: Duration = Duration::from_secs(600);

/// Of so many, some leave, some pause, and some join after the date that is changed.
const LEFT: usize = 10;
const PAUSED: usize = 7;
const JOINED: usize = 15;

struct Node {
    ctx: Context,
    sink: Sink,
    community: Community,
    _folder: tempfile::TempDir,
}

/// 250 in every run, 5,000 with `FOLKMOOT_FULL=1`; on the empty PostgreSQL database that
/// `FOLKMOOT_SIZE_PG` names instead of SQLite.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_series_for_many_is_told_once_to_each() {
    let full = std::env::var("FOLKMOOT_FULL").is_ok_and(|full| full == "1");
    let members: usize = if full { 5_000 } else { 250 };
    let node = founded(members).await;
    let (before, worked) = (store::asked(), processor());
    let built = rate(members, node.tell().await);
    let work = processor() - worked;
    let building = each(members, store::asked() - before);
    let before = store::asked();
    let released = rate(members, node.work().await);
    let releasing = each(members, store::asked() - before);
    let worked = processor();
    let taken = rate(members, node.deliver().await);
    let taking = processor() - worked;
    assert_eq!(node.rows().await, members as i64, "one row a member");
    assert_eq!(node.told().len(), members, "one mail a member");

    // A date is moved: everybody has it.
    node.move_to("2026-03-17", 28).await;
    let before = store::asked();
    let changed = rate(members, node.tell().await);
    let changing = each(members, store::asked() - before);
    node.work().await;
    node.deliver().await;
    assert_eq!(node.told().len(), members);

    // Some go, some pause; and when it would have been, some join: it is still to come.
    node.some_go().await;
    node.ctx.clock.set(NOW + 16 * DAY);
    node.add("late", JOINED).await;
    node.work().await;
    node.deliver().await;
    assert_eq!(node.told().len(), LEFT + JOINED);
    node.move_to("2026-03-17", 29).await;
    node.work().await;
    let told = members - LEFT - PAUSED + JOINED;
    node.deliver().await;
    let mails = node.told();
    assert_eq!(mails.len(), told, "those alone who are invited to it");
    let late = mails.iter().filter(|to| to.starts_with("late"));
    assert_eq!(late.count(), JOINED, "{mails:?}");
    assert_eq!(node.rows().await, (members + JOINED - LEFT) as i64);

    println!(
        "{members} members: invitations built {built:.0}/s, let go by the budget \
         {released:.0}/s, taken by the relay {taken:.0}/s, {:.2} : 1; a date that is moved \
         {changed:.0}/s, then told to {told} of {}; asked of the database for each: {building:.2} \
         to build, {releasing:.1} to let go, {changing:.2} to change; of processors for each: \
         {:.2} ms to build, {:.2} ms to relay and sink",
        built / taken,
        members + JOINED,
        1e3 * work / members as f64,
        1e3 * taking / members as f64
    );
    // What does not depend on the machine: one by one it was five for each.
    assert!(building < 0.6, "{building} for each that is built");
    assert!(
        changing < 0.6,
        "{changing} for each that is told of a change"
    );
    assert!(releasing < 17.0, "{releasing} for each that is let go");
    // Of a few members, beside other tests, time says nothing; on a busy machine, where the
    // relay and the sink have more threads, the clock does not either.
    assert!(!full || work < taking, "{work} s, and the relay {taking} s");
}

/// The time that this process has had of all processors, in seconds; 0 where it is not told.
fn processor() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after = stat.rsplit(')').next().unwrap_or_default();
    let ticks = after.split_whitespace().skip(11).take(2);
    let ticks: f64 = ticks.filter_map(|all| all.parse::<f64>().ok()).sum();
    ticks / 100.0
}

fn each(members: usize, asked: u64) -> f64 {
    asked as f64 / members as f64
}

/// An invitation that found no room is made anew, but not for whoever wants none.
#[tokio::test]
async fn an_invitation_that_found_no_room_is_owed_again() {
    let node = founded(2).await;
    let pulse = Pulse::new("owed");
    let waiting = async |who: &str| {
        while engine::step(&node.ctx, &pulse).await.unwrap() {}
        let mut tx = node.ctx.write().await.unwrap();
        let offers = offers::take_waiting(&mut tx, who).await.unwrap();
        tx.commit().await.unwrap();
        offers
    };
    let (one, other) = ("m00000@plant.example", "m00001@plant.example");
    for who in [one, other] {
        let offers = waiting(who).await;
        assert_eq!(offers.len(), 1, "{who}");
        let mut tx = node.ctx.write().await.unwrap();
        let (id, now) = (offers[0].id, node.ctx.now());
        offers::end(&mut tx, id, "dropped", "no room", now)
            .await
            .unwrap();
        tx.commit().await.unwrap();
    }
    let mut tx = node.ctx.write().await.unwrap();
    let member = members::by_address(&mut tx, node.community.id, other).await;
    let person = member.unwrap().unwrap().person_id;
    stopped::stop(&mut tx, person, "invitation", NOW)
        .await
        .unwrap();
    let all = series::latest(&mut tx, node.community.id).await.unwrap();
    super::plan_owed(&mut tx, &all[0], NOW).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(waiting(one).await.len(), 1, "invited anew");
    assert_eq!(waiting(other).await.len(), 0, "they want none");
    // One that waits is not made again.
    let mut tx = node.ctx.write().await.unwrap();
    super::plan_owed(&mut tx, &all[0], NOW).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(waiting(one).await.len(), 1);
}

/// A change of an errand is told by its key alone.
#[test]
fn an_errand_is_read_as_it_was_written() {
    let one = series::Series {
        id: 7,
        version: 3,
        ..series::Series::default()
    };
    let day = NaiveDate::from_ymd_opt(2026, 3, 24).unwrap();
    for errand in [Errand::all(&one), Errand::one(&one, day)] {
        assert_eq!(Errand::read(errand.name, &errand.write()), Some(errand));
    }
    assert_eq!(Errand::read(super::CHANGE, "7.3"), None);
}

fn rate(count: usize, took: Duration) -> f64 {
    count as f64 / took.as_secs_f64().max(1e-6)
}

async fn founded(count: usize) -> Node {
    let (folder, sink) = (
        tempfile::tempdir().unwrap(),
        Sink::start("127.0.0.1:0").unwrap(),
    );
    let path = folder.path().join("folkmoot.toml");
    let text = format!(
        "domain = \"lists.example\"\nbase_url = \"https://lists.example\"\ndata_dir = \"{}\"\n\
         [relay]\nurl = \"smtp://{}\"\nconnections = 8\n",
        folder.path().display(),
        sink.addr()
    );
    std::fs::write(&path, text).unwrap();
    let db = match std::env::var("FOLKMOOT_SIZE_PG") {
        Ok(url) => Db::open_postgres(&url).await.unwrap(),
        Err(_) => Db::open_sqlite(&folder.path().join("size.db"))
            .await
            .unwrap(),
    };
    db.migrate().await.unwrap();
    let (settings, templates) = (
        Settings::load(&path).unwrap(),
        Templates::load(None).unwrap(),
    );
    let ctx = Context::new(settings, db, Clock::test(NOW), templates);
    let ctx = ctx.await.unwrap();
    let mut tx = ctx.write().await.unwrap();
    apply(&mut tx, &ctx, CHARTER, "charter.toml", None)
        .await
        .unwrap();
    let found = communities::by_slug(&mut tx, "pumps").await.unwrap();
    tx.commit().await.unwrap();
    let node = Node {
        ctx,
        sink,
        community: found.unwrap(),
        _folder: folder,
    };
    node.add("m", count).await;
    node
}

impl Node {
    async fn add(&self, name: &str, count: usize) {
        let mut tx = self.ctx.write().await.unwrap();
        for number in 0..count {
            let new = NewMember {
                address: format!("{name}{number:05}@plant.example"),
                name: format!("Member {number}"),
                ..NewMember::default()
            };
            let (community, now) = (self.community.id, self.ctx.now());
            membership::add(&mut tx, community, &new, "the test", now)
                .await
                .unwrap();
        }
        tx.commit().await.unwrap();
    }

    /// Does the acts that are due.
    async fn tell(&self) -> Duration {
        let (began, pulse) = (monotonic(), Pulse::new("size"));
        while engine::step(&self.ctx, &pulse).await.unwrap() {
            within(began);
        }
        began.elapsed()
    }

    /// Does all that is due, but for the relay.
    async fn work(&self) -> Duration {
        let (began, pulse) = (monotonic(), Pulse::new("size"));
        while engine::step(&self.ctx, &pulse).await.unwrap()
            || release::step(&self.ctx).await.unwrap()
        {
            within(began);
        }
        began.elapsed()
    }

    /// Lets the relay take all that is there.
    async fn deliver(&self) -> Duration {
        let (stop, stopping) = watch::channel(false);
        let (pulse, state) = (Pulse::new("size"), Arc::new(RelayState::default()));
        let began = monotonic();
        let ctx = self.ctx.clone();
        let running = tokio::spawn(relay::run_apart(ctx, pulse, state, stopping));
        while self.is_open().await {
            within(began);
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        let took = began.elapsed();
        stop.send(true).unwrap();
        self.ctx.bells.all();
        running.await.unwrap();
        took
    }

    async fn is_open(&self) -> bool {
        let mut tx = self.ctx.read().await.unwrap();
        outbox::any_open(&mut tx, self.ctx.now()).await.unwrap()
    }

    /// To whom the mails for calendars went that came since.
    fn told(&self) -> Vec<String> {
        let all = self.sink.take().into_iter();
        let is_ours = |mail: &Received| Object::of(&mail.raw).unwrap().is_some();
        all.filter(is_ours)
            .flat_map(|mail| mail.recipients)
            .collect()
    }

    /// Moves the session of a day to another day of March.
    async fn move_to(&self, on: &str, day: u32) {
        let mut tx = self.ctx.write().await.unwrap();
        let charter = self.ctx.charter(&self.community).unwrap();
        let home = Home {
            ctx: &self.ctx,
            community: &self.community,
            charter: &charter,
        };
        let to = NaiveDate::from_ymd_opt(2026, 3, day).unwrap();
        let to = to.and_hms_opt(15, 0, 0).unwrap().and_utc() + TimeDelta::days(28);
        let which = ("clinic", on.parse().unwrap());
        let moved = change::move_one(&mut tx, &home, which, to, "the test");
        moved.await.unwrap().unwrap();
        tx.commit().await.unwrap();
    }

    async fn some_go(&self) {
        let mut tx = self.ctx.write().await.unwrap();
        let all = members::of_community(&mut tx, self.community.id)
            .await
            .unwrap();
        for (number, mut member) in all.into_iter().enumerate().take(LEFT + PAUSED) {
            if number < LEFT {
                let now = self.ctx.now();
                membership::leave(&mut tx, member, "the test", now)
                    .await
                    .unwrap();
            } else {
                member.state = "paused".into();
                member.paused_until = Some(NOW + 300 * DAY);
                membership::save(&mut tx, &member).await.unwrap();
            }
        }
        tx.commit().await.unwrap();
    }

    /// How many members are invited.
    async fn rows(&self) -> i64 {
        let mut tx = self.ctx.read().await.unwrap();
        let all = series::latest(&mut tx, self.community.id).await.unwrap();
        let planned = sessions::of_series(&mut tx, all[0].id).await.unwrap();
        assert!(planned.iter().any(|row| row.state == "planned"));
        assert!(moment(planned[0].starts_at) < moment(planned[1].starts_at));
        invitations::count(&mut tx, all[0].id).await.unwrap()
    }
}

#[track_caller]
fn within(began: Instant) {
    assert!(began.elapsed() < MOST, "it does not come to an end");
}
