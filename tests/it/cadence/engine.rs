//! The engine without a node: clocks that are set, nodes that die, and each moment
//! once.

use folkmoot::cadence::{engine, plan};
use folkmoot::clock::rfc3339;
use folkmoot::context::Context;
use folkmoot::practice::apply;
use folkmoot::pulse::Pulse;
use folkmoot::store::acts;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::support::Database;
use crate::support::database::both;
use crate::support::store::{founded, runtime, write};
use crate::support::wait;

both!(
    a_clock_set_back_repeats_nothing_and_loses_nothing,
    a_clock_set_a_month_ahead_merges_and_says_so,
    an_hourly_schedule_makes_no_storm_of_a_month,
    what_two_nodes_do_and_one_dies_at_happens_once,
);

const DAY: i64 = 86_400_000;

/// Monday 2 March 2026, 08:00 UTC: the digest's moment.
const DIGEST: i64 = 1_772_438_400_000;

struct Engine {
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

fn engine(ctx: &Context, name: &str) -> Engine {
    let (stop, stopping) = watch::channel(false);
    let task = tokio::spawn(engine::run(ctx.clone(), Pulse::new(name), stopping));
    Engine { stop, task }
}

impl Engine {
    async fn end(self, ctx: &Context) {
        let _ = self.stop.send(true);
        ctx.bells.all();
        self.task.await.expect("an end");
    }
}

/// Sets the clock and waits until nothing is due.
async fn at(ctx: &Context, now: i64) {
    ctx.clock.set(now);
    let began = wait::now();
    loop {
        ctx.bells.cadence.notify_one();
        let next = acts::next_due(&mut ctx.read().await.expect("a reader")).await;
        if next.expect("an answer").is_none_or(|due| due > now) {
            return;
        }
        assert!(began.elapsed() < wait::SOON * 6, "the engine stands still");
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
}

async fn rows(ctx: &Context, community: i64, name: &str) -> Vec<acts::Act> {
    let mut tx = ctx.read().await.expect("a reader");
    let all = acts::all(&mut tx, community).await.expect("rows");
    all.into_iter().filter(|act| act.name == name).collect()
}

async fn states(ctx: &Context, community: i64) -> Vec<(String, String)> {
    let all = rows(ctx, community, "digest").await.into_iter();
    let day = |act: acts::Act| (act.state, rfc3339(act.due_at).chars().take(10).collect());
    all.map(day).collect()
}

fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    let owned = |(state, day): &(&str, &str)| ((*state).to_owned(), (*day).to_owned());
    expected.iter().map(owned).collect()
}

async fn change(ctx: &Context, key: &str) {
    let charter = format!(
        "slug = \"pumps\"\nname = \"Pumps\"\n[charter]\ndomain = \"Pumps.\"\n\
         community = \"People.\"\npractice = \"Notes.\"\n{key}\n"
    );
    let mut tx = write(ctx).await;
    let applied = apply::apply(&mut tx, ctx, &charter, "charter.toml", None).await;
    applied.expect("the charter is applied");
    tx.commit().await.expect("a commit");
}

fn a_clock_set_back_repeats_nothing_and_loses_nothing(database: &Database) {
    let folder = tempfile::tempdir().expect("a folder");
    runtime().block_on(async {
        let (ctx, community) = founded(database, folder.path()).await;
        let node = engine(&ctx, "a");
        at(&ctx, DIGEST).await;
        let hour_before = DIGEST - 3_600_000;
        at(&ctx, hour_before).await;
        // As at a restart, and when a charter is applied.
        plan::plan_all(&ctx).await.expect("planned");
        let expected = [("done", "2026-03-02"), ("waiting", "2026-03-09")];
        assert_eq!(states(&ctx, community.id).await, pairs(&expected));
        at(&ctx, DIGEST).await;
        assert_eq!(
            states(&ctx, community.id).await,
            pairs(&expected),
            "nothing twice"
        );
        at(&ctx, DIGEST + 7 * DAY).await;
        let after = [
            ("done", "2026-03-02"),
            ("done", "2026-03-09"),
            ("waiting", "2026-03-16"),
        ];
        assert_eq!(
            states(&ctx, community.id).await,
            pairs(&after),
            "nothing lost"
        );
        node.end(&ctx).await;
        ctx.db.close().await;
    });
}

fn a_clock_set_a_month_ahead_merges_and_says_so(database: &Database) {
    let folder = tempfile::tempdir().expect("a folder");
    runtime().block_on(async {
        let (ctx, community) = founded(database, folder.path()).await;
        let node = engine(&ctx, "a");
        at(&ctx, DIGEST + 30 * DAY).await;
        let expected = [
            ("done", "2026-03-02"),
            ("merged", "2026-03-09"),
            ("merged", "2026-03-16"),
            ("merged", "2026-03-23"),
            ("merged", "2026-03-30"),
            ("waiting", "2026-04-06"),
        ];
        assert_eq!(states(&ctx, community.id).await, pairs(&expected));
        let rows = rows(&ctx, community.id, "digest").await;
        assert!(
            rows[0].reason.contains("late, it was due at 2026-03-02"),
            "{}",
            rows[0].reason
        );
        node.end(&ctx).await;
        ctx.db.close().await;
    });
}

fn an_hourly_schedule_makes_no_storm_of_a_month(database: &Database) {
    let folder = tempfile::tempdir().expect("a folder");
    runtime().block_on(async {
        let (ctx, community) = founded(database, folder.path()).await;
        change(&ctx, "[digest]\nschedule = \"0 * * * *\"").await;
        let node = engine(&ctx, "a");
        at(&ctx, DIGEST + 30 * DAY).await;
        let rows = rows(&ctx, community.id, "digest").await;
        let count = |state: &str| rows.iter().filter(|row| row.state == state).count();
        assert_eq!(
            (count("done"), count("merged"), count("waiting")),
            (1, 400, 1)
        );
        let last = rows
            .iter()
            .rfind(|row| row.state == "merged")
            .expect("a row");
        assert_eq!(
            rfc3339(last.due_at),
            rfc3339(DIGEST + 30 * DAY),
            "up to the present"
        );
        assert!(
            last.reason.contains("so did "),
            "and how many got no row: {}",
            last.reason
        );
        node.end(&ctx).await;
        ctx.db.close().await;
    });
}

fn what_two_nodes_do_and_one_dies_at_happens_once(database: &Database) {
    const DAYS: i64 = 12;
    let folder = tempfile::tempdir().expect("a folder");
    runtime().block_on(async {
        let (ctx, community) = founded(database, folder.path()).await;
        let facilitator = "[[facilitator]]\naddress = \"ann@plant.example\"";
        change(&ctx, &format!("review = \"0 9 * * *\"\n{facilitator}")).await;
        let (mut a, b) = (engine(&ctx, "a"), engine(&ctx, "b"));
        for day in 0..DAYS {
            ctx.clock.set(DIGEST + 3_600_000 + day * DAY);
            ctx.bells.cadence.notify_one();
            // Somewhere in the middle of what it does, or before, or behind.
            tokio::time::sleep(std::time::Duration::from_millis(1 + day as u64 % 7)).await;
            a.task.abort();
            let _ = a.task.await;
            let mut tx = write(&ctx).await;
            acts::release(&mut tx, "a")
                .await
                .expect("released as at its start");
            tx.commit().await.expect("a commit");
            a = engine(&ctx, "a");
            at(&ctx, DIGEST + 3_600_000 + day * DAY).await;
        }
        let reviews = rows(&ctx, community.id, "charter-review").await;
        let done: Vec<_> = reviews.iter().filter(|row| row.state == "done").collect();
        assert_eq!(done.len() as i64, DAYS, "{reviews:?}");
        let mut tx = ctx.read().await.expect("a reader");
        for row in done {
            let mails = acts::mails_of(&mut tx, row.id).await.expect("mails");
            assert_eq!(mails.len(), 1, "one mail for {}", rfc3339(row.due_at));
        }
        let last = acts::last_mail(&mut tx).await.expect("a key");
        let all = folkmoot::store::mails::by_id(&mut tx, last)
            .await
            .expect("the last mail");
        assert_eq!(all.name, "charter-review");
        drop(tx);
        a.end(&ctx).await;
        b.end(&ctx).await;
        ctx.db.close().await;
    });
}
