//! Opening a database: pools, pragmas, version check, migrations.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Connection, PgPool, SqlitePool};
use tokio::sync::Mutex;

use super::objects::{Objects, Trouble};
use super::tx::{Durability, PostgresKind, PostgresTx, SqliteKind, SqliteTx, Turn, Tx};
use super::{Result, nodes};

/// The first SQLite without the WAL-reset corruption (3.7.0 to 3.51.2).
const OLDEST_SQLITE: (u32, u32, u32) = (3, 51, 3);

/// How long a statement waits for a lock or a connection before the sender is
/// told to try again. Below the ten seconds after which a client gives up hope.
const PATIENCE: Duration = Duration::from_secs(8);

static SQLITE_MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!("migrations/sqlite");
static POSTGRES_MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!("migrations/postgres");

/// One of the two databases. Cheap to clone.
#[derive(Clone)]
pub enum Db {
    /// Embedded.
    Sqlite(SqliteDb),
    /// Shared by several nodes.
    Postgres(PostgresDb),
}

/// PostgreSQL.
#[derive(Clone)]
pub struct PostgresDb {
    pool: PgPool,
    objects: Objects,
}

/// SQLite: readers beside one writer, which has a connection for each
/// [`Durability`]; `turn` keeps the two from waiting on each other's lock.
#[derive(Clone)]
pub struct SqliteDb {
    read: SqlitePool,
    full: SqlitePool,
    process: SqlitePool,
    turn: Arc<Mutex<()>>,
    objects: Objects,
}

/// Why a database could not be opened; the text says what to do.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The file or server cannot be reached.
    #[error(
        "cannot open the database {url}: {source}; check [database] url and that it is running"
    )]
    Unreachable {
        /// Which one, without a password.
        url: String,
        /// What the driver said.
        source: sqlx::Error,
    },
    /// A migration failed or the database is newer than this program.
    #[error(
        "cannot bring the database up to date: {0}; restore a backup or use the newer folkmoot"
    )]
    Migration(#[from] sqlx::migrate::MigrateError),
    /// Pending migrations, and this command may not apply them.
    #[error("the database is not of this version and a node is using it; restart the node first")]
    NotMigrated,
    /// The object store beside it.
    #[error(transparent)]
    Objects(#[from] Trouble),
    /// The linked SQLite has a known corruption bug.
    #[error("SQLite {0} can corrupt a database in WAL mode; 3.51.3 or newer is needed")]
    OldSqlite(String),
}

impl Db {
    /// Opens the embedded database, creating the file where there is none.
    ///
    /// # Errors
    /// [`OpenError`]: unreachable, or a SQLite that is not safe.
    pub async fn open_sqlite(file: &Path) -> std::result::Result<Db, OpenError> {
        Db::open_sqlite_with(file, true).await
    }

    /// The same, where what is deleted need not be overwritten: to measure what that costs.
    ///
    /// # Errors
    /// See [`Db::open_sqlite`].
    pub async fn open_sqlite_with(
        file: &Path,
        overwrites: bool,
    ) -> std::result::Result<Db, OpenError> {
        let unreachable = |source| OpenError::Unreachable {
            url: format!("sqlite:{}", file.display()),
            source,
        };
        let options = SqliteConnectOptions::new()
            .filename(file)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .foreign_keys(true)
            .busy_timeout(PATIENCE)
            .statement_cache_capacity(200)
            // What is deleted is overwritten with zeros.
            .pragma("secure_delete", if overwrites { "on" } else { "off" })
            .pragma("temp_store", "memory")
            .pragma("journal_size_limit", "67108864");
        // Whoever writes much writes the same pages again and again: they are kept, and moved
        // from the log into the file less often than each 4 MB.
        let full = options
            .clone()
            .synchronous(SqliteSynchronous::Full)
            .pragma("cache_size", "-16000")
            .pragma("wal_autocheckpoint", "4000");
        let process = options.synchronous(SqliteSynchronous::Normal);
        let db = SqliteDb {
            full: sqlite_pool(1, full).await.map_err(unreachable)?,
            process: sqlite_pool(1, process.clone()).await.map_err(unreachable)?,
            read: sqlite_pool(4, process).await.map_err(unreachable)?,
            turn: Arc::new(Mutex::new(())),
            objects: Objects::default(),
        };
        check_version(&db.read).await?;
        Ok(Db::Sqlite(db))
    }

    /// Opens PostgreSQL by URL.
    ///
    /// # Errors
    /// [`OpenError::Unreachable`].
    pub async fn open_postgres(url: &str) -> std::result::Result<Db, OpenError> {
        let shown = url
            .rsplit_once('@')
            .map_or(url, |(_, rest)| rest)
            .to_owned();
        let unreachable = |source| OpenError::Unreachable {
            url: format!("postgres://{shown}"),
            source,
        };
        let options: PgConnectOptions = url.parse().map_err(unreachable)?;
        let options = options
            .application_name("folkmoot")
            .statement_cache_capacity(200)
            .options([
                ("lock_timeout", "8000"),
                ("statement_timeout", "60000"),
                // A node that froze inside a transaction must not hold its locks
                // longer than its leases.
                ("idle_in_transaction_session_timeout", "30000"),
                // Nothing that is asked here takes so long that compiling it first is worth
                // the tenth of a second.
                ("jit", "off"),
                // What is not sorted into the search index yet is read whole by every search.
                ("gin_pending_list_limit", "256kB"),
            ]);
        let pool = PgPoolOptions::new()
            .max_connections(12)
            .acquire_timeout(PATIENCE)
            .connect_with(options.clone())
            .await;
        match pool {
            Ok(pool) => Ok(Db::Postgres(PostgresDb {
                pool,
                objects: Objects::default(),
            })),
            Err(sqlx::Error::PoolTimedOut) => Err(unreachable(cause(&options).await)),
            Err(source) => Err(unreachable(source)),
        }
    }

    /// True for PostgreSQL: for what is made for one of them alone.
    pub fn is_postgres(&self) -> bool {
        matches!(self, Db::Postgres(_))
    }

    /// The same database with an object store beside it.
    pub fn with(self, objects: Objects) -> Db {
        match self {
            Db::Sqlite(db) => Db::Sqlite(SqliteDb { objects, ..db }),
            Db::Postgres(db) => Db::Postgres(PostgresDb { objects, ..db }),
        }
    }

    /// The object store beside it.
    pub fn objects(&self) -> &Objects {
        match self {
            Db::Sqlite(db) => &db.objects,
            Db::Postgres(db) => &db.objects,
        }
    }

    /// Applies pending migrations.
    ///
    /// # Errors
    /// [`OpenError::Migration`].
    pub async fn migrate(&self) -> std::result::Result<(), OpenError> {
        match self {
            Db::Sqlite(db) => SQLITE_MIGRATIONS.run(&db.full).await?,
            Db::Postgres(db) => POSTGRES_MIGRATIONS.run(&db.pool).await?,
        }
        Ok(())
    }

    /// For a command: applies pending migrations where no node is alive (a node
    /// must never have its schema changed under it).
    ///
    /// # Errors
    /// [`OpenError`].
    pub async fn migrate_unless_in_use(
        &self,
        system_now: i64,
    ) -> std::result::Result<(), OpenError> {
        let alive = match self.read().await {
            Ok(mut tx) => nodes::any_alive(&mut tx, system_now).await.unwrap_or(false),
            Err(_) => false,
        };
        match alive {
            true => Ok(()),
            false => self.migrate().await,
        }
    }

    /// A connection for reading.
    ///
    /// # Errors
    /// Where the database cannot be reached.
    pub async fn read(&self) -> Result<Tx> {
        Ok(match self {
            Db::Sqlite(db) => db.tx(SqliteKind::Read(db.read.acquire().await?)),
            Db::Postgres(db) => db.tx(PostgresKind::Read(db.pool.acquire().await?)),
        })
    }

    /// A transaction for writing. On SQLite it waits for its turn: there is one
    /// writer, and `BEGIN IMMEDIATE` spares it the upgrade deadlock.
    ///
    /// # Errors
    /// Where the database cannot be reached or is locked too long.
    pub async fn write(&self, durability: Durability) -> Result<Tx> {
        Ok(match self {
            Db::Sqlite(db) => {
                let turn = tokio::time::timeout(PATIENCE, db.turn.clone().lock_owned());
                let turn = turn.await.map_err(|_| sqlx::Error::PoolTimedOut)?;
                let pool = match durability {
                    Durability::Full => &db.full,
                    Durability::Process => &db.process,
                };
                let transaction = pool.begin_with("BEGIN IMMEDIATE").await?;
                let turn = Turn::new(turn, pool.clone());
                db.tx(SqliteKind::Write(transaction, turn))
            }
            Db::Postgres(db) => db.tx(PostgresKind::Write(db.pool.begin().await?)),
        })
    }

    /// A connection for one writing statement, which is committed by itself: one
    /// turn instead of three where a single statement is all there is to do.
    ///
    /// # Errors
    /// Where the database cannot be reached or is locked too long.
    pub async fn single(&self) -> Result<Tx> {
        Ok(match self {
            Db::Sqlite(db) => {
                let turn = db.turn.clone().lock_owned().await;
                db.tx(SqliteKind::Single {
                    connection: db.process.acquire().await?,
                    _turn: turn,
                })
            }
            Db::Postgres(db) => db.tx(PostgresKind::Read(db.pool.acquire().await?)),
        })
    }

    /// The same database for a runtime of its own, for work on the outbox:
    /// PostgreSQL connections belong to the runtime that opened them, SQLite's to
    /// none. They are not tried before use, so the user must be ready to try again.
    ///
    /// The outbox is a short queue at the end of a long history. Before PostgreSQL
    /// has statistics of that, it would read the history from the beginning for
    /// each claim, so these connections go by index.
    pub fn apart(&self) -> Db {
        match self {
            Db::Sqlite(db) => Db::Sqlite(db.clone()),
            Db::Postgres(db) => {
                let options = PgPoolOptions::new()
                    .max_connections(4)
                    .acquire_timeout(PATIENCE)
                    .test_before_acquire(false);
                let by_index = ["enable_seqscan", "enable_hashjoin", "enable_mergejoin"];
                let connect = db.pool.connect_options().as_ref().clone();
                let connect = connect.options(by_index.map(|setting| (setting, "off")));
                Db::Postgres(PostgresDb {
                    pool: options.connect_lazy_with(connect),
                    objects: db.objects.clone(),
                })
            }
        }
    }

    /// Closes every connection; SQLite checkpoints its log then.
    pub async fn close(&self) {
        match self {
            Db::Sqlite(db) => {
                db.read.close().await;
                db.process.close().await;
                db.full.close().await;
            }
            Db::Postgres(db) => db.pool.close().await,
        }
    }

    /// The PostgreSQL pool, for LISTEN; `None` on SQLite.
    pub(crate) fn postgres(&self) -> Option<&PgPool> {
        match self {
            Db::Sqlite(_) => None,
            Db::Postgres(db) => Some(&db.pool),
        }
    }
}

impl SqliteDb {
    fn tx(&self, kind: SqliteKind) -> Tx {
        Tx::Sqlite(SqliteTx::new(kind, self.objects.clone()))
    }
}

impl PostgresDb {
    fn tx(&self, kind: PostgresKind) -> Tx {
        Tx::Postgres(PostgresTx::new(kind, self.objects.clone()))
    }
}

/// A pool only says that time is up; one try of its own says why.
async fn cause(options: &PgConnectOptions) -> sqlx::Error {
    let attempt = sqlx::postgres::PgConnection::connect_with(options);
    match tokio::time::timeout(Duration::from_secs(2), attempt).await {
        Ok(Err(cause)) => cause,
        _ => sqlx::Error::PoolTimedOut,
    }
}

async fn sqlite_pool(size: u32, options: SqliteConnectOptions) -> Result<SqlitePool> {
    SqlitePoolOptions::new()
        .max_connections(size)
        .acquire_timeout(PATIENCE)
        .test_before_acquire(false)
        .idle_timeout(None)
        .max_lifetime(None)
        .connect_with(options)
        .await
}

async fn check_version(pool: &SqlitePool) -> std::result::Result<(), OpenError> {
    let unreadable = |source| OpenError::Unreachable {
        url: "sqlite".into(),
        source,
    };
    let query = sqlx::query_scalar::<_, String>("SELECT sqlite_version()");
    let version = query.fetch_one(pool).await.map_err(unreadable)?;
    let mut numbers = version.split('.').map(|part| part.parse().unwrap_or(0));
    let mut next = || numbers.next().unwrap_or(0);
    match (next(), next(), next()) >= OLDEST_SQLITE {
        true => Ok(()),
        false => Err(OpenError::OldSqlite(version)),
    }
}
