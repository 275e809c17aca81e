use chrono::TimeDelta;

use super::plan_of;
use crate::cadence::Outcome;
use crate::cadence::act::{Act, Plan};
use crate::cadence::moments::Offset;
use crate::clock::Clock;
use crate::config::Settings;
use crate::context::Context;
use crate::practice::apply::apply;
use crate::sessions::standing;
use crate::store::{Db, acts, communities};
use crate::templates::Templates;

/// Sessions on Tuesdays at four, from 10 March on.
const CHARTER: &str = "slug = \"pumps\"\nname = \"Pumps\"\ntimezone = \"UTC\"\n\
    [charter]\ndomain = \"Pumps.\"\ncommunity = \"People.\"\npractice = \"Notes.\"\n\
    [[session]]\nslug = \"clinic\"\ntitle = \"Pump clinic\"\nrule = \"FREQ=WEEKLY;BYDAY=TU\"\n\
    starts = \"2026-03-10T16:00\"\n";

/// Monday, 2 March 2026.
const NOW: i64 = 1_772_449_200_000;
const DAY: i64 = 86_400_000;

const RECAP: Act = Act::new("recap-test", |_, _| {
    Box::pin(async { Ok(Outcome::Done(String::new())) })
})
.planned(Plan::Sessions(|_| Some(Offset::After(TimeDelta::days(3)))));

/// What follows a session that took place does, whatever rule its series has since.
#[tokio::test]
async fn what_follows_a_session_that_was_held_stays_when_the_rule_changes() {
    let folder = tempfile::tempdir().unwrap();
    let ctx = context(folder.path()).await;
    assert_eq!(planned(&ctx, CHARTER).await, ["clinic 2026-03-10"]);
    // Before it takes place it goes with its rule.
    let wednesdays = CHARTER.replace("BYDAY=TU", "BYDAY=WE");
    assert_eq!(planned(&ctx, &wednesdays).await, ["clinic 2026-03-11"]);
    assert_eq!(planned(&ctx, CHARTER).await, ["clinic 2026-03-10"]);
    ctx.clock.set(NOW + 9 * DAY);
    let both = ["clinic 2026-03-10", "clinic 2026-03-12"];
    let thursdays = CHARTER.replace("BYDAY=TU", "BYDAY=TH");
    assert_eq!(planned(&ctx, &thursdays).await, both);
    assert_eq!(planned(&ctx, &thursdays).await, both, "planned once");
    let none = CHARTER.split("[[session]]").next().unwrap();
    assert_eq!(planned(&ctx, none).await, ["clinic 2026-03-10"]);
}

/// What waits once a charter was applied.
async fn planned(ctx: &Context, charter: &str) -> Vec<String> {
    let mut tx = ctx.write().await.unwrap();
    let file = Some(crate::config::merge::Take::File);
    apply(&mut tx, ctx, charter, "charter.toml", file)
        .await
        .unwrap();
    let community = communities::by_slug(&mut tx, "pumps").await.unwrap();
    let community = community.unwrap();
    let charter = ctx.charter(&community).unwrap();
    let stands = standing::charter(&mut tx, community.id, &charter).await;
    let (stands, now) = (stands.unwrap(), ctx.now());
    plan_of(&mut tx, &[RECAP], community.id, &stands, now)
        .await
        .unwrap();
    let waiting = acts::waiting(&mut tx, community.id).await.unwrap();
    tx.commit().await.unwrap();
    let ours = waiting.into_iter().filter(|act| act.name == RECAP.name);
    ours.map(|act| act.about).collect()
}

async fn context(folder: &std::path::Path) -> Context {
    let file = folder.join("folkmoot.toml");
    let text = format!(
        "domain = \"lists.example\"\nbase_url = \"https://lists.example\"\ndata_dir = \"{}\"\n",
        folder.display()
    );
    std::fs::write(&file, text).unwrap();
    let db = Db::open_sqlite(&folder.join("plan.db")).await.unwrap();
    db.migrate().await.unwrap();
    let (settings, templates) = (
        Settings::load(&file).unwrap(),
        Templates::load(None).unwrap(),
    );
    Context::new(settings, db, Clock::test(NOW), templates)
        .await
        .unwrap()
}
