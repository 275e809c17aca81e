//! A connection of either database, inside a transaction or for reading.

use sqlx::pool::PoolConnection;
use sqlx::{PgConnection, Postgres, Sqlite, SqliteConnection, Transaction};
use tokio::sync::OwnedMutexGuard;

use super::Result;

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

/// A SQLite connection: one of the readers, or the writer's turn.
pub enum SqliteTx {
    /// Outside any transaction: each statement sees what is committed.
    Read(PoolConnection<Sqlite>),
    /// The one writer. The guard is dropped after the transaction.
    Write(Transaction<'static, Sqlite>, OwnedMutexGuard<()>),
    /// The one writer, outside any transaction: each statement is its own.
    Single(PoolConnection<Sqlite>, OwnedMutexGuard<()>),
}

/// A PostgreSQL connection: for reading, or inside a transaction.
pub enum PostgresTx {
    /// Outside any transaction.
    Read(PoolConnection<Postgres>),
    /// Inside one.
    Write(Transaction<'static, Postgres>),
}

impl SqliteTx {
    pub(crate) fn connection(&mut self) -> &mut SqliteConnection {
        match self {
            SqliteTx::Read(connection) | SqliteTx::Single(connection, _) => connection,
            SqliteTx::Write(transaction, _) => transaction,
        }
    }
}

impl PostgresTx {
    pub(crate) fn connection(&mut self) -> &mut PgConnection {
        match self {
            PostgresTx::Read(connection) => connection,
            PostgresTx::Write(transaction) => transaction,
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
            Tx::Sqlite(SqliteTx::Write(transaction, turn)) => {
                let result = transaction.commit().await;
                drop(turn);
                result
            }
            Tx::Postgres(PostgresTx::Write(transaction)) => transaction.commit().await,
            Tx::Sqlite(SqliteTx::Read(_) | SqliteTx::Single(..))
            | Tx::Postgres(PostgresTx::Read(_)) => Ok(()),
        }
    }

    /// True on PostgreSQL: for the few statements that must differ.
    pub fn is_postgres(&self) -> bool {
        matches!(self, Tx::Postgres(_))
    }
}
