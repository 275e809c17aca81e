//! Which errors of the database say nothing about the work that met them.

use sqlx::Error;

use super::raws::Unreadable;

/// Whether the same work may well succeed when it is tried again: the database is
/// away, locked, full or shutting down, or chose this transaction to resolve a
/// deadlock, or the object store does not answer. Such an error is not counted against what was being done, which
/// would be set aside or dropped for an outage it has no part in.
pub fn is_passing(error: &Error) -> bool {
    match error {
        Error::Io(_) | Error::Tls(_) | Error::PoolTimedOut | Error::PoolClosed => true,
        Error::WorkerCrashed | Error::BeginFailed => true,
        Error::Decode(why) => why
            .downcast_ref::<Unreadable>()
            .is_some_and(Unreadable::is_passing),
        Error::Database(error) => error.code().is_some_and(|code| is_passing_code(&code)),
        _ => false,
    }
}

/// PostgreSQL says five characters, SQLite a number of at most four digits, whose
/// low octet is the kind.
fn is_passing_code(code: &str) -> bool {
    if code.len() == 5 {
        let classes = ["08", "40", "53", "57P"];
        // Besides whole classes: a lock not got in time, a session that idled.
        return code == "55P03"
            || code == "25P03"
            || classes.iter().any(|class| code.starts_with(class));
    }
    const BUSY_LOCKED_IOERR_FULL_CANTOPEN: [u32; 5] = [5, 6, 10, 13, 14];
    code.parse::<u32>()
        .is_ok_and(|code| BUSY_LOCKED_IOERR_FULL_CANTOPEN.contains(&(code & 0xff)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_outage_passes_and_a_refused_statement_does_not() {
        for (code, passes) in [
            ("40P01", true),
            ("40001", true),
            ("53100", true),
            ("57P01", true),
            ("55P03", true),
            ("08006", true),
            ("57014", false),
            ("23505", false),
            ("22021", false),
            ("5", true),
            ("517", true),
            ("13", true),
            ("2067", false),
            ("1", false),
            ("11", false),
        ] {
            assert_eq!(is_passing_code(code), passes, "{code}");
        }
        assert!(is_passing(&Error::PoolTimedOut));
        assert!(!is_passing(&Error::RowNotFound));
    }
}
