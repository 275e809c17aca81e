//! The database of a year.

use std::path::Path;

use folkmoot::store::Db;
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection, SqliteConnection};

/// Which one.
pub enum Where {
    Sqlite,
    /// Its address, and that of the one from which it is dropped at the end.
    Postgres {
        url: String,
        from: String,
    },
}

impl Where {
    /// A new one in the cluster of `scripts/with-postgres`.
    pub fn postgres() -> Option<Where> {
        let from = std::env::var("FOLKMOOT_TEST_PG").ok()?;
        let name = format!("yearsim{}", std::process::id());
        let url = from.replacen("/postgres?", &format!("/{name}?"), 1);
        Some(Where::Postgres { url, from })
    }

    pub async fn open(&self, folder: &Path) -> Db {
        let db = match self {
            Where::Sqlite => Db::open_sqlite(&file(folder)).await,
            Where::Postgres { url, .. } => {
                self.administer("CREATE").await;
                Db::open_postgres(url).await
            }
        };
        let db = db.expect("the database opens");
        db.migrate().await.expect("it is migrated");
        db
    }

    pub async fn end(&self) {
        if let Where::Postgres { .. } = self {
            self.administer("DROP").await;
        }
    }

    async fn administer(&self, verb: &str) {
        let Where::Postgres { from, .. } = self else {
            return;
        };
        let name = format!("yearsim{}", std::process::id());
        let mut connection = PgConnection::connect(from).await.expect("PostgreSQL");
        let force = if verb == "DROP" { " WITH (FORCE)" } else { "" };
        let sql = format!("{verb} DATABASE {name}{force}");
        connection.execute(AssertSqlSafe(sql)).await.expect("done");
    }

    /// The rows of a statement that gives one text column.
    pub async fn texts(&self, folder: &Path, sql: &str) -> Vec<String> {
        let sql = AssertSqlSafe(sql.to_owned());
        match self {
            Where::Sqlite => {
                let url = format!("sqlite:{}", file(folder).display());
                let mut connection = SqliteConnection::connect(&url).await.expect("a connection");
                let rows = sqlx::query_scalar(sql).fetch_all(&mut connection).await;
                rows.expect("rows")
            }
            Where::Postgres { url, .. } => {
                let mut connection = PgConnection::connect(url).await.expect("a connection");
                let rows = sqlx::query_scalar(sql).fetch_all(&mut connection).await;
                rows.expect("rows")
            }
        }
    }
}

fn file(folder: &Path) -> std::path::PathBuf {
    folder.join("year.db")
}
