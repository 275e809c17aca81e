//! The store without a node: for what two nodes do to each other's rows, moment
//! by moment, which no story from outside can time.

use std::path::Path;

use folkmoot::clock::Clock;
use folkmoot::config::Settings;
use folkmoot::context::Context;
use folkmoot::practice::apply;
use folkmoot::store::communities::{self, Community};
use folkmoot::store::{Db, Tx};
use folkmoot::templates::Templates;

use super::Database;

/// 1 March 2026.
pub const NOW: i64 = 1_772_355_600_000;

const SETTINGS: &str = "domain = \"lists.example.org\"\nbase_url = \"https://lists.example.org\"\n";
const CHARTER: &str = "slug = \"pumps\"\nname = \"Pumps\"\n[charter]\ndomain = \"Pumps.\"\n\
    community = \"People.\"\npractice = \"Notes.\"\n[list]\nposting = \"anyone\"\n";

/// A runtime with threads: two transactions wait for each other's locks.
pub fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime")
}

/// The migrated database; a SQLite one is `store.db` in that folder.
pub async fn open(database: &Database, folder: &Path) -> Db {
    let db = match database {
        Database::Sqlite => Db::open_sqlite(&folder.join("store.db")).await,
        Database::Postgres(_) => Db::open_postgres(&database.url()).await,
    };
    let db = db.expect("the database opens");
    db.migrate().await.expect("it is migrated");
    db
}

/// What every room needs, with the community `pumps`.
pub async fn founded(database: &Database, folder: &Path) -> (Context, Community) {
    founded_with(database, folder, "").await
}

/// The same with more settings: tables.
pub async fn founded_with(database: &Database, folder: &Path, more: &str) -> (Context, Community) {
    let file = folder.join("folkmoot.toml");
    std::fs::write(&file, format!("{SETTINGS}{more}")).expect("a configuration");
    let settings = Settings::load(&file).expect("settings");
    let db = open(database, folder).await;
    let templates = Templates::load(None).expect("templates");
    let ctx = Context::new(settings, db, Clock::test(NOW), templates);
    let ctx = ctx.await.expect("a context");
    let mut tx = write(&ctx).await;
    let applied = apply::apply(&mut tx, &ctx, CHARTER, "charter.toml", None).await;
    applied.expect("the charter is applied");
    let community = communities::by_slug(&mut tx, "pumps").await;
    tx.commit().await.expect("a commit");
    (ctx, community.expect("an answer").expect("the community"))
}

/// A transaction.
pub async fn write(ctx: &Context) -> Tx {
    ctx.write().await.expect("a transaction")
}
