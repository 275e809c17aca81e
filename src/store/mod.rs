//! SQLite and PostgreSQL behind one set of queries: one file an aggregate,
//! each query once.
//!
//! [`Db`] is one of two typed pools; [`Tx`] is a connection of either, inside a
//! transaction or for reading. The macro `on!` expands one body over both, so
//! that a query is written once and type-checked twice. Times are milliseconds
//! since 1970 in UTC and always bound: SQL never asks what time it is.

mod open;
mod tx;

pub mod acts;
pub mod agendas;
pub mod answers;
pub mod asks;
pub mod attention;
pub mod audience;
pub mod batches;
pub mod choices;
pub mod communities;
pub mod complaints;
pub mod counted_answers;
pub mod cutting;
pub mod digests;
pub mod erasure;
pub mod evidence;
pub mod failing;
pub mod feeds;
pub mod figure_points;
pub mod figures;
pub mod guests;
pub mod held;
pub mod holds;
pub mod hosts;
pub mod intake;
pub mod invitations;
pub mod joinings;
pub mod learnings;
pub mod mails;
pub mod members;
pub mod mutes;
pub mod nodes;
pub mod objects;
pub mod objects_gone;
pub mod offers;
pub mod outbox;
pub mod packing;
pub mod people;
pub mod placing;
pub mod posts;
pub mod proposals;
pub mod raws;
pub mod rehearsal;
pub mod reports;
pub mod requests;
pub mod roster;
pub mod rsvps;
pub mod search;
pub mod series;
pub mod sessions;
pub mod settings;
pub mod stopped;
pub mod stories;
pub mod sponsor_summaries;
pub mod suppressed;
pub mod survey_actions;
pub mod survey_answers;
pub mod summaries;
pub mod surveys;
pub mod standings;
pub mod thanks;
pub mod threads;
pub mod tokens;
pub mod trail;
mod trouble;
pub mod troubles;
pub mod tsvector;
pub mod watches;
pub mod wishes;
pub mod worksheets;

pub use open::{Db, OpenError};
pub use trouble::is_passing;
pub use tx::{Durability, Tx};

/// What a query gives. Every error here is temporary to whoever is waiting:
/// mail is answered with 451, work is tried again.
pub type Result<T> = std::result::Result<T, sqlx::Error>;

/// Milliseconds since 1970 in UTC.
pub type Millis = i64;

/// Expands one body over both kinds of connection. `$c` is bound to the
/// database's own `&mut Connection`.
macro_rules! on {
    ($tx:expr, $c:ident => $body:expr) => {{
        #[cfg(test)]
        $crate::store::count();
        match $tx {
            $crate::store::Tx::Sqlite(tx) => {
                let $c = tx.connection();
                $body
            }
            $crate::store::Tx::Postgres(tx) => {
                let $c = tx.connection();
                $body
            }
        }
    }};
}
pub(crate) use on;

#[cfg(test)]
thread_local! {
    static ASKED: std::cell::Cell<u64> = const { std::cell::Cell::new(0) };
}

#[cfg(test)]
fn count() {
    ASKED.set(ASKED.get() + 1);
}

/// How often this thread has asked a database for something: what work costs, whatever
/// the machine does beside it.
#[cfg(test)]
pub(crate) fn asked() -> u64 {
    ASKED.get()
}

/// `($1, $2), ($3, $4)`: `rows` groups of `columns` placeholders, each cast as
/// `types` say, because PostgreSQL does not infer types inside VALUES.
pub(crate) fn values(rows: usize, types: &[&str]) -> String {
    let group = |row: usize| {
        let cell = |(column, kind): (usize, &&str)| {
            format!("CAST(${} AS {kind})", row * types.len() + column + 1)
        };
        let cells: Vec<_> = types.iter().enumerate().map(cell).collect();
        format!("({})", cells.join(", "))
    };
    (0..rows).map(group).collect::<Vec<_>>().join(", ")
}

/// `($1, $2), ($3, $4)`: the VALUES of an INSERT of `rows` rows. Its columns say what the
/// types are. SQLite looks through all names before it for each that is read or bound, so
/// that of a thousand half of the time goes there: its placeholders have none.
pub(crate) fn rows(tx: &Tx, rows: usize, columns: usize) -> String {
    let group = |row: usize| match tx {
        Tx::Sqlite(_) => vec!["?"; columns].join(", "),
        Tx::Postgres(_) => placeholders(row * columns + 1, columns),
    };
    let groups = (0..rows).map(|row| format!("({})", group(row)));
    groups.collect::<Vec<_>>().join(", ")
}

/// `$from, $from+1, …`: `count` placeholders, for an IN list.
pub(crate) fn placeholders(from: usize, count: usize) -> String {
    let names: Vec<_> = (from..from + count).map(|n| format!("${n}")).collect();
    names.join(", ")
}

/// How a claim locks the rows that it picks. PostgreSQL passes over what another
/// node is claiming; SQLite has one writer. The picking always stands in a
/// materialised CTE: PostgreSQL may run a subquery of `IN` more than once, and
/// would then claim more rows than its LIMIT says. No key of a claimed row changes:
/// the weaker lock lets others refer to it meanwhile, where a stronger one could end in
/// a deadlock (an expansion writes rows that refer to another node's claimed mail).
pub(crate) fn skip_locked(tx: &Tx) -> &'static str {
    match tx {
        Tx::Sqlite(_) => "",
        Tx::Postgres(_) => "FOR NO KEY UPDATE SKIP LOCKED",
    }
}

/// The channel on which PostgreSQL tells nodes that something was written.
pub const CHANNEL: &str = "folkmoot";

/// A number that changes with every change made by another connection (SQLite);
/// always 0 on PostgreSQL, which notifies instead.
///
/// # Errors
/// Where the database cannot be reached.
pub async fn data_version(tx: &mut Tx) -> Result<i64> {
    match tx {
        Tx::Sqlite(tx) => {
            sqlx::query_scalar("PRAGMA data_version")
                .fetch_one(tx.connection())
                .await
        }
        Tx::Postgres(_) => Ok(0),
    }
}

/// Tells running nodes, when this transaction commits, that there is work.
///
/// # Errors
/// Where the database refuses.
pub async fn notify(tx: &mut Tx) -> Result<()> {
    match tx {
        Tx::Sqlite(_) => Ok(()),
        Tx::Postgres(tx) => sqlx::query("SELECT pg_notify($1, '')")
            .bind(CHANNEL)
            .execute(tx.connection())
            .await
            .map(drop),
    }
}
