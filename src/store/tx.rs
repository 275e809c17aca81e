//! A connection of either database, inside a transaction or for reading.

use sqlx::pool::PoolConnection;
use sqlx::{PgConnection, Postgres, Sqlite, SqliteConnection, SqlitePool, Transaction};
use tokio::sync::OwnedMutexGuard;

use super::Result;
use super::objects::Objects;

/// How safe a commit is when it returns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Durability {
    /// On the disk: survives a power cut. What a 250 or a person's wish needs.
    Full,
    /// With the operating system: survives the death of the process. SQLite
    /// only; PostgreSQL commits in full always.
    Process,
}

/// One database connection at work. Dropped without [`Tx::commit`], what it
/// wrote is rolled back.
pub enum Tx {
    /// On the embedded database.
    Sqlite(SqliteTx),
    /// On PostgreSQL.
    Postgres(PostgresTx),
}

/// A SQLite connection at work, and where bytes may be that are not here.
pub struct SqliteTx {
    kind: SqliteKind,
    objects: Objects,
}

/// A SQLite connection: one of the readers, or the writer's turn.
pub(super) enum SqliteKind {
    /// Outside any transaction: each statement sees what is committed.
    Read(PoolConnection<Sqlite>),
    /// The one writer. The guard is dropped after the transaction.
    Write(Transaction<'static, Sqlite>, Turn),
    /// The one writer, outside any transaction: each statement is its own.
    Single {
        /// The writer's connection.
        connection: PoolConnection<Sqlite>,
        /// Its turn.
        _turn: OwnedMutexGuard<()>,
    },
}

/// The one writer's turn.
pub struct Turn {
    guard: OwnedMutexGuard<()>,
    pool: SqlitePool,
    erases: bool,
}

impl Turn {
    /// The turn of whoever holds that guard, on a connection of that pool.
    pub(super) fn new(guard: OwnedMutexGuard<()>, pool: SqlitePool) -> Turn {
        let erases = false;
        Turn {
            guard,
            pool,
            erases,
        }
    }

    /// Ends it behind a commit.
    async fn end(self) {
        if self.erases {
            self.empty_log().await;
        }
        drop(self.guard);
    }

    /// The write-ahead log still has the pages as they were before. Copied into the file,
    /// which is zeroed where rows were deleted (`secure_delete`), it is cut to nothing.
    async fn empty_log(&self) {
        let checkpoint = sqlx::query_as::<_, (i64, i64, i64)>("PRAGMA wal_checkpoint(TRUNCATE)");
        match checkpoint.fetch_one(&self.pool).await {
            Ok((0, ..)) => {}
            Ok(_) => tracing::warn!(
                "somebody is reading the database, so that its log could not be cut; what was \
                 erased leaves the log when the node stops or the log begins anew"
            ),
            Err(error) => tracing::warn!(%error, "the log of the database could not be cut"),
        }
    }
}

/// A PostgreSQL connection at work, and where bytes may be that are not here.
pub struct PostgresTx {
    kind: PostgresKind,
    objects: Objects,
}

/// A PostgreSQL connection: for reading, or inside a transaction.
pub(super) enum PostgresKind {
    /// Outside any transaction.
    Read(PoolConnection<Postgres>),
    /// Inside one.
    Write(Transaction<'static, Postgres>),
}

impl SqliteTx {
    pub(super) fn new(kind: SqliteKind, objects: Objects) -> SqliteTx {
        SqliteTx { kind, objects }
    }

    pub(crate) fn connection(&mut self) -> &mut SqliteConnection {
        match &mut self.kind {
            SqliteKind::Read(connection) | SqliteKind::Single { connection, .. } => connection,
            SqliteKind::Write(transaction, _) => transaction,
        }
    }
}

impl PostgresTx {
    pub(super) fn new(kind: PostgresKind, objects: Objects) -> PostgresTx {
        PostgresTx { kind, objects }
    }

    pub(crate) fn connection(&mut self) -> &mut PgConnection {
        match &mut self.kind {
            PostgresKind::Read(connection) => connection,
            PostgresKind::Write(transaction) => transaction,
        }
    }
}

impl Tx {
    /// Makes what was written visible and as safe as [`Durability`] says.
    ///
    /// # Errors
    /// Where the database refuses or is gone; whether it was committed may then
    /// be unknown, and only the rows can tell.
    pub async fn commit(self) -> Result<()> {
        match self {
            Tx::Sqlite(tx) => match tx.kind {
                SqliteKind::Write(transaction, turn) => {
                    transaction.commit().await?;
                    turn.end().await;
                    Ok(())
                }
                SqliteKind::Read(_) | SqliteKind::Single { .. } => Ok(()),
            },
            Tx::Postgres(tx) => match tx.kind {
                PostgresKind::Write(transaction) => transaction.commit().await,
                PostgresKind::Read(_) => Ok(()),
            },
        }
    }

    /// Says that this transaction erases what somebody wrote: when it is committed, SQLite's
    /// log is emptied too. PostgreSQL has nothing of that kind; see `docs/operating.md`.
    pub fn erases(&mut self) {
        if let Tx::Sqlite(tx) = self
            && let SqliteKind::Write(_, turn) = &mut tx.kind
        {
            turn.erases = true;
        }
    }

    /// Where the bytes of messages may be that are not here.
    pub(super) fn objects(&self) -> Objects {
        match self {
            Tx::Sqlite(tx) => tx.objects.clone(),
            Tx::Postgres(tx) => tx.objects.clone(),
        }
    }

    /// True on PostgreSQL: for the few statements that must differ.
    pub fn is_postgres(&self) -> bool {
        matches!(self, Tx::Postgres(_))
    }
}
