//! The engine: takes what is due, does it, and plans what follows, all in the
//! transaction that records it, so that each moment happens exactly once
//! whatever dies.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

use super::act::{Act, Plan};
use super::judge::Case;
use super::{Outcome, Running, judge, plan, registry};
use crate::context::Context;
use crate::pulse::Pulse;
use crate::sessions::standing;
use crate::store::acts::{self, Act as Row};
use crate::store::{self, Tx, communities};
use crate::trail::Step;

/// After so many failures an act is dropped, with what went wrong as its reason.
const MOST_ATTEMPTS: i64 = 5;

/// The longest sleep: the civil clock may be set, and other nodes may plan.
const LONGEST_SLEEP: Duration = Duration::from_secs(30);

/// Does what falls due until told to stop.
pub async fn run(ctx: Context, pulse: Pulse, mut stop: watch::Receiver<bool>) {
    while !*stop.borrow() {
        let sleep = match step(&ctx, &pulse).await {
            Ok(true) => continue,
            Ok(false) => until_next(&ctx).await,
            Err(error) => {
                tracing::warn!(%error, "what is due waits for the database");
                give_back(&ctx, &pulse).await;
                Duration::from_secs(2)
            }
        };
        tokio::select! {
            () = ctx.bells.cadence.notified() => {}
            () = tokio::time::sleep(sleep) => {}
            _ = stop.changed() => {}
        }
    }
}

/// What was taken and not done need not wait for the end of its lease.
async fn give_back(ctx: &Context, pulse: &Pulse) {
    if let Ok(mut tx) = ctx.write().await
        && acts::release(&mut tx, pulse.owner()).await.is_ok()
    {
        let _ = tx.commit().await;
    }
}

async fn until_next(ctx: &Context) -> Duration {
    let next = match ctx.read().await {
        Ok(mut tx) => acts::next_due(&mut tx).await.ok().flatten(),
        Err(_) => None,
    };
    match next {
        // A standing clock is moved by command, which rings the bell.
        Some(due) if !ctx.clock.is_test() => {
            Duration::from_millis((due - ctx.now()).max(10) as u64).min(LONGEST_SLEEP)
        }
        _ => LONGEST_SLEEP,
    }
}

/// Does one act; false if none was due.
pub(crate) async fn step(ctx: &Context, pulse: &Pulse) -> store::Result<bool> {
    if acts::next_due(&mut ctx.read().await?)
        .await?
        .is_none_or(|due| due > ctx.now())
    {
        return Ok(false);
    }
    let mut tx = ctx.write().await?;
    let claimed = acts::claim(&mut tx, ctx.now(), pulse.owner(), pulse.lease()).await?;
    tx.commit().await?;
    let Some(row) = claimed else { return Ok(false) };
    match perform(ctx, pulse, &row).await {
        Ok(()) => Ok(true),
        // No fault of the act: it stays due.
        Err(error) if store::is_passing(&error) => Err(error),
        Err(error) => failed(ctx, pulse, &row, &error).await.map(|()| true),
    }
}

async fn perform(ctx: &Context, pulse: &Pulse, row: &Row) -> store::Result<()> {
    let mut tx = ctx.write_durably().await?;
    let outcome = act_out(&mut tx, ctx, row).await?;
    let (state, reason) = outcome.parts();
    if !acts::finish(&mut tx, row.id, pulse.owner(), state, reason, ctx.now()).await? {
        // Somebody else did it while we slept: what we did is rolled back.
        return Ok(());
    }
    let step = Step {
        community_id: Some(row.community_id),
        at: ctx.now(),
        ..Step::default()
    };
    step.record(&mut tx, &row.name, state, reason).await?;
    tx.commit().await?;
    metrics::counter!("folkmoot_acts_total", "state" => state).increment(1);
    ctx.bells.all();
    Ok(())
}

/// Does an act that has fallen due, unless something says against it, and plans what
/// follows. Who calls it ends the row.
///
/// # Errors
/// Where the database refuses.
pub async fn act_out(tx: &mut Tx, ctx: &Context, row: &Row) -> store::Result<Outcome> {
    let community = communities::by_id(tx, row.community_id).await?;
    let (act, charter) = match (registry::by_name(&row.name), ctx.charter(&community)) {
        (None, _) => return dropped("this version knows no such act"),
        (_, None) => return dropped("the charter cannot be read; see `folkmoot check`"),
        (Some(act), Some(charter)) => (act, charter),
    };
    let charter = Arc::new(standing::charter(tx, community.id, &charter).await?);
    let running = Running {
        ctx,
        community: &community,
        charter: charter.clone(),
        about: row.about.clone(),
        due_at: row.due_at,
    };
    if community.closed_at.is_some() && !matches!(act.plan, Plan::Elsewhere) {
        return dropped(plan::CLOSED);
    }
    let outcome = one(tx, act, row, &running).await?;
    let stands = matches!(outcome, Outcome::Done(_));
    plan::plan_next(tx, act, row, stands, (&charter, ctx.now())).await?;
    Ok(outcome)
}

fn dropped(why: &str) -> store::Result<Outcome> {
    Ok(Outcome::Dropped(why.to_owned()))
}

async fn one(tx: &mut Tx, act: &Act, row: &Row, running: &Running<'_>) -> store::Result<Outcome> {
    let now = running.ctx.now();
    let case = Case {
        act,
        charter: &running.charter,
        about: &row.about,
        due_at: row.due_at,
    };
    if let Some(objection) = judge::objection(tx, row.community_id, &case, now).await? {
        return Ok(objection);
    }
    let before = acts::last_mail(tx).await?;
    let outcome = (act.run)(tx, running).await?;
    acts::note_mails(tx, row, before).await?;
    Ok(judge::with_lateness(outcome, row.due_at, now))
}

async fn failed(ctx: &Context, pulse: &Pulse, row: &Row, error: &sqlx::Error) -> store::Result<()> {
    tracing::error!(act = row.name, community = row.community_id, %error, "an act failed");
    match row.attempts + 1 >= MOST_ATTEMPTS {
        true => give_up(ctx, pulse, row, &error.to_string()).await?,
        false => {
            let mut tx = ctx.write().await?;
            let reason = error.to_string();
            acts::postpone(&mut tx, row.id, pulse.owner(), ctx.now(), &reason).await?;
            tx.commit().await?;
        }
    }
    // At once under a standing clock, but not in a spin.
    tokio::time::sleep(Duration::from_millis(200 << row.attempts.clamp(0, 5))).await;
    Ok(())
}

/// Drops an act that failed too often. What follows it is planned all the same:
/// one bad week must not end a schedule.
async fn give_up(ctx: &Context, pulse: &Pulse, row: &Row, reason: &str) -> store::Result<()> {
    let mut tx = ctx.write_durably().await?;
    if !acts::finish(&mut tx, row.id, pulse.owner(), "dropped", reason, ctx.now()).await? {
        return Ok(());
    }
    let community = communities::by_id(&mut tx, row.community_id).await?;
    if let (Some(act), Some(charter)) = (registry::by_name(&row.name), ctx.charter(&community)) {
        let charter = standing::charter(&mut tx, community.id, &charter).await?;
        plan::plan_next(&mut tx, act, row, true, (&charter, ctx.now())).await?;
    }
    let step = Step {
        community_id: Some(community.id),
        at: ctx.now(),
        ..Step::default()
    };
    step.record(&mut tx, &row.name, "dropped", reason).await?;
    tx.commit().await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Clock;
    use crate::config::Settings;
    use crate::practice::apply::apply;
    use crate::store::Db;
    use crate::templates::Templates;

    const CHARTER: &str = "slug = \"pumps\"\nname = \"Pumps\"\n[charter]\ndomain = \"Pumps.\"\n\
        community = \"People.\"\npractice = \"Notes.\"\nreview = \"0 9 1 1 *\"\n";

    async fn context(folder: &std::path::Path) -> Context {
        let file = folder.join("folkmoot.toml");
        let text = "domain = \"lists.example\"\nbase_url = \"https://lists.example\"\n";
        std::fs::write(&file, text).unwrap();
        let settings = Settings::load(&file).unwrap();
        let db = Db::open_sqlite(&folder.join("acts.db")).await.unwrap();
        db.migrate().await.unwrap();
        let templates = Templates::load(None).unwrap();
        Context::new(settings, db, Clock::test(0), templates)
            .await
            .unwrap()
    }

    #[tokio::test]
    async fn an_act_that_is_given_up_leaves_its_schedule_running() {
        let folder = tempfile::tempdir().unwrap();
        let (ctx, pulse) = (context(folder.path()).await, Pulse::new("node"));
        let mut tx = ctx.write().await.unwrap();
        apply(&mut tx, &ctx, CHARTER, "charter.toml", None)
            .await
            .unwrap();
        let due = acts::next_due(&mut tx).await.unwrap().unwrap();
        ctx.clock.set(due);
        let claimed = acts::claim(&mut tx, due, "node", (0, 1)).await.unwrap();
        tx.commit().await.unwrap();
        let row = claimed.unwrap();
        give_up(&ctx, &pulse, &row, "it failed").await.unwrap();
        let all = acts::all(&mut ctx.read().await.unwrap(), row.community_id)
            .await
            .unwrap();
        let same: Vec<_> = all.iter().filter(|act| act.name == row.name).collect();
        let states: Vec<_> = same.iter().map(|act| act.state.as_str()).collect();
        assert_eq!(states, ["dropped", "waiting"]);
        assert!(same[1].due_at > due);
    }
}
