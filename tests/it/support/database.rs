//! The database of one story. Every story runs on SQLite and on PostgreSQL.

use std::sync::atomic::{AtomicU32, Ordering};

use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection, SqliteConnection};

use super::cluster::Cluster;

/// Makes two tests of each story, `STORY::sqlite` and `STORY::postgres`. A story
/// is a function of this module that takes a `&Database`.
macro_rules! both {
    ($($story:ident),+ $(,)?) => {$(
        mod $story {
            #[test]
            fn sqlite() {
                super::$story(&$crate::support::Database::sqlite());
            }

            #[test]
            fn postgres() {
                let Some(database) = $crate::support::Database::postgres() else { return };
                super::$story(&database);
            }
        }
    )+};
}
pub(crate) use both;

/// An empty database for one node; a PostgreSQL one is dropped at the end.
pub enum Database {
    /// A file in the node's own data folder.
    Sqlite,
    /// A database of its own in a cluster.
    Postgres(Postgres),
}

/// A database in the cluster of the test run, or in one of the story's own.
pub struct Postgres {
    name: String,
    cluster: Option<Cluster>,
}

impl Database {
    /// A SQLite file that the node makes itself.
    pub fn sqlite() -> Self {
        Self::Sqlite
    }

    /// A new database in the cluster that `FOLKMOOT_TEST_PG` names, else in one
    /// of its own. `None`, said loudly, where PostgreSQL is not installed.
    pub fn postgres() -> Option<Self> {
        if std::env::var_os("FOLKMOOT_TEST_PG").is_none() {
            return Self::private_postgres();
        }
        Some(Self::Postgres(Postgres::create(None)))
    }

    /// A database in a cluster that this story may stop.
    pub fn private_postgres() -> Option<Self> {
        let cluster = Cluster::start();
        if cluster.is_none() {
            assert!(
                std::env::var_os("CI").is_none(),
                "CI must have PostgreSQL: scripts/test installs it"
            );
            eprintln!("SKIPPED: no PostgreSQL here; install it, or let scripts/test do so");
            println!("SKIPPED: no PostgreSQL here; install it, or let scripts/test do so");
        }
        Some(Self::Postgres(Postgres::create(Some(cluster?))))
    }

    /// What `[database] url` says.
    pub fn url(&self) -> String {
        match self {
            Self::Sqlite => "sqlite:folkmoot.db".into(),
            Self::Postgres(postgres) => postgres.url(&postgres.name),
        }
    }

    /// The story's own cluster.
    ///
    /// # Panics
    /// Where the database is not one of [`Database::private_postgres`].
    pub fn cluster(&self) -> &Cluster {
        match self {
            Self::Postgres(Postgres {
                cluster: Some(cluster),
                ..
            }) => cluster,
            _ => panic!("this story has no cluster of its own"),
        }
    }

    /// Runs one statement beside the node, as members' votes will once they
    /// exist; returns how many rows it changed.
    pub fn execute(&self, data_dir: &std::path::Path, statement: impl Into<String>) -> u64 {
        let statement = AssertSqlSafe(statement.into());
        runtime().block_on(async {
            match self {
                Self::Sqlite => {
                    let url = format!("sqlite:{}", data_dir.join("folkmoot.db").display());
                    let mut connection = SqliteConnection::connect(&url)
                        .await
                        .expect("the node's database opens");
                    connection
                        .execute(statement)
                        .await
                        .expect("the statement")
                        .rows_affected()
                }
                Self::Postgres(_) => {
                    let mut connection = PgConnection::connect(&self.url())
                        .await
                        .expect("PostgreSQL answers");
                    connection
                        .execute(statement)
                        .await
                        .expect("the statement")
                        .rows_affected()
                }
            }
        })
    }
}

impl Database {
    /// PostgreSQL's own files of this database, its log of changes and its log, everything written
    /// to them before; none where it is a file of the node's.
    pub fn files(&self) -> Vec<std::path::PathBuf> {
        let Self::Postgres(_) = self else {
            return Vec::new();
        };
        let (data, oid) = runtime().block_on(async {
            let mut connection = PgConnection::connect(&self.url())
                .await
                .expect("PostgreSQL answers");
            connection.execute("CHECKPOINT").await.expect("a checkpoint");
            let sql = "SELECT current_setting('data_directory'), (SELECT oid::int8 FROM pg_database \
                WHERE datname = current_database())";
            let found: (String, i64) = sqlx::query_as(sql)
                .fetch_one(&mut connection)
                .await
                .expect("where the files are");
            found
        });
        let data = std::path::Path::new(&data);
        let folders = [data.join("base").join(oid.to_string()), data.join("pg_wal")];
        let entries = folders.iter().flat_map(|folder| {
            std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{folder:?}: {error}"))
        });
        let mut files: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
        // What the server says is written beside its data.
        files.extend(data.parent().map(|beside| beside.join("log")));
        assert!(files.len() > 20, "{files:?}");
        files
    }

    /// The columns, as `table.column`, in which one of these words stands, in any case.
    pub fn columns_with(&self, data_dir: &std::path::Path, words: &[&str]) -> Vec<String> {
        let words: Vec<String> = words.iter().map(|word| word.to_lowercase()).collect();
        let all = self.cells_unpacked(data_dir).into_iter();
        all.flat_map(|(table, column, cells)| holding(&table, &column, &cells, &words))
            .collect()
    }

    /// The same, with what comes out of messages that are deflated beside them.
    pub fn cells_unpacked(&self, data_dir: &std::path::Path) -> Vec<Column> {
        let mut all = self.cells(data_dir);
        for (table, column, cells) in &mut all {
            if matches!(
                (table.as_str(), column.as_str()),
                ("message", "raw") | ("body", "bytes")
            ) {
                let whole: Vec<_> = cells
                    .iter()
                    .flatten()
                    .map(|cell| Some(inflated(cell)))
                    .collect();
                cells.extend(whole);
            }
        }
        all
    }

    /// Everything that is kept: table, column, and its cells in some order.
    pub fn cells(&self, data_dir: &std::path::Path) -> Vec<Column> {
        runtime().block_on(async {
            let mut found = Vec::new();
            match self {
                Self::Sqlite => {
                    let url = format!("sqlite:{}", data_dir.join("folkmoot.db").display());
                    let mut connection = SqliteConnection::connect(&url).await.expect(&url);
                    let columns: Vec<(String, String)> = sqlx::query_as(SQLITE_COLUMNS)
                        .fetch_all(&mut connection)
                        .await
                        .expect("columns");
                    for (table, column) in columns {
                        let sql = format!("SELECT CAST(\"{column}\" AS BLOB) FROM \"{table}\"");
                        let cells = sqlx::query_scalar(AssertSqlSafe(sql));
                        let cells: Vec<Option<Vec<u8>>> =
                            cells.fetch_all(&mut connection).await.expect(&table);
                        found.push((table, column, cells));
                    }
                }
                Self::Postgres(_) => {
                    let mut connection = PgConnection::connect(&self.url())
                        .await
                        .expect("PostgreSQL");
                    let columns: Vec<(String, String, String)> = sqlx::query_as(POSTGRES_COLUMNS)
                        .fetch_all(&mut connection)
                        .await
                        .expect("columns");
                    for (table, column, kind) in columns {
                        let cell = match kind.as_str() {
                            "bytea" => format!("\"{column}\""),
                            _ => format!("convert_to(\"{column}\"::text, 'UTF8')"),
                        };
                        let sql = format!("SELECT {cell} FROM \"{table}\"");
                        let cells = sqlx::query_scalar(AssertSqlSafe(sql));
                        let cells: Vec<Option<Vec<u8>>> =
                            cells.fetch_all(&mut connection).await.expect(&table);
                        found.push((table, column, cells));
                    }
                }
            }
            found
        })
    }
}

/// Table, column, and what stands in it.
pub type Column = (String, String, Vec<Option<Vec<u8>>>);

const SQLITE_COLUMNS: &str = "SELECT m.name, c.name FROM sqlite_master m JOIN pragma_table_info(m.name) c \
    WHERE m.type = 'table' ORDER BY 1, 2";
const POSTGRES_COLUMNS: &str = "SELECT CAST(table_name AS TEXT), CAST(column_name AS TEXT), CAST(data_type AS TEXT) \
    FROM information_schema.columns WHERE table_schema = 'public' ORDER BY 1, 2";

fn inflated(bytes: &[u8]) -> Vec<u8> {
    let mut whole = Vec::new();
    // What is none gives nothing, or what there was before the first octet that is none.
    let _ = std::io::Read::read_to_end(&mut flate2::read::DeflateDecoder::new(bytes), &mut whole);
    whole
}

fn holding(table: &str, column: &str, cells: &[Option<Vec<u8>>], words: &[String]) -> Vec<String> {
    let texts = cells.iter().flatten();
    let texts: Vec<String> = texts
        .map(|cell| String::from_utf8_lossy(cell).to_lowercase())
        .collect();
    let stands = |word: &&String| texts.iter().any(|text| text.contains(word.as_str()));
    let found = words.iter().filter(stands);
    found
        .map(|word| format!("{table}.{column}: {word}"))
        .collect()
}

impl Postgres {
    fn create(cluster: Option<Cluster>) -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let name = format!(
            "story_{}_{}",
            std::process::id(),
            NUMBER.fetch_add(1, Ordering::Relaxed)
        );
        let postgres = Self { name, cluster };
        postgres
            .administer(format!("CREATE DATABASE {}", postgres.name))
            .expect("a database of the story's own");
        postgres
    }

    fn url(&self, name: &str) -> String {
        match &self.cluster {
            Some(cluster) => cluster.url(name),
            None => std::env::var("FOLKMOOT_TEST_PG")
                .expect("FOLKMOOT_TEST_PG")
                .replacen("/postgres?", &format!("/{name}?"), 1),
        }
    }

    fn administer(&self, statement: String) -> sqlx::Result<()> {
        runtime().block_on(async {
            let mut connection = PgConnection::connect(&self.url("postgres")).await?;
            connection
                .execute(AssertSqlSafe(statement))
                .await
                .map(|_| ())
        })
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        if self.cluster.is_none() {
            // The node is gone by now, killed or not; FORCE for what it left.
            let _ = self.administer(format!(
                "DROP DATABASE IF EXISTS {} WITH (FORCE)",
                self.name
            ));
        }
    }
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime")
}
