//! Every statement that the store keeps as a constant is one to both databases.

use std::fs;
use std::path::Path;

use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection, SqlSafeStr, SqliteConnection};

use crate::support::Database;
use crate::support::store::{open, runtime};

const VERBS: [&str; 5] = ["SELECT ", "INSERT ", "UPDATE ", "DELETE ", "WITH "];

#[test]
fn every_statement_is_one_to_sqlite() {
    let folder = tempfile::tempdir().expect("a folder");
    runtime().block_on(async {
        let db = open(&Database::sqlite(), folder.path()).await;
        let url = format!("sqlite:{}", folder.path().join("store.db").display());
        let mut connection = SqliteConnection::connect(&url).await.expect(&url);
        for (name, sql) in statements("SQLITE") {
            let prepared = connection.prepare(AssertSqlSafe(sql.clone()).into_sql_str());
            if let Err(error) = prepared.await {
                panic!("{name}: {error}\n{sql}");
            }
        }
        db.close().await;
    });
}

#[test]
fn every_statement_is_one_to_postgres() {
    let Some(database) = Database::postgres() else {
        return;
    };
    let folder = tempfile::tempdir().expect("a folder");
    runtime().block_on(async {
        let db = open(&database, folder.path()).await;
        let url = database.url();
        let mut connection = PgConnection::connect(&url).await.expect(&url);
        for (name, sql) in statements("POSTGRES") {
            let prepared = connection.prepare(AssertSqlSafe(sql.clone()).into_sql_str());
            if let Err(error) = prepared.await {
                panic!("{name}: {error}\n{sql}");
            }
        }
        db.close().await;
    });
}

/// (file and name, statement) of all constants that are not the other database's
/// own, which are named so: `INSERT_SQLITE`, `LOCK_POSTGRES`.
fn statements(ours: &str) -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/store");
    let mut found = Vec::new();
    for entry in fs::read_dir(&folder).expect("src/store") {
        let path = entry.expect("an entry").path();
        let source = fs::read_to_string(&path).expect("a source file");
        let file = path.file_name().unwrap_or_default().to_string_lossy();
        for (name, sql) in constants(&source) {
            let of_one = name.ends_with("_SQLITE") || name.ends_with("_POSTGRES");
            let is_statement = VERBS.iter().any(|verb| sql.starts_with(verb));
            if is_statement && (!of_one || name.ends_with(ours)) {
                found.push((format!("{file}: {name}"), sql));
            }
        }
    }
    assert!(found.len() > 60, "only {} statements found", found.len());
    found
}

/// (name, value) of each `const NAME: &str = "…";`, with continued lines joined.
fn constants(source: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for piece in source.split("const ").skip(1) {
        let Some((name, rest)) = piece.split_once(": &str =") else {
            continue;
        };
        let Some(rest) = rest.trim_start().strip_prefix('"') else {
            continue;
        };
        let Some((value, _)) = rest.split_once("\";") else {
            continue;
        };
        let lines: Vec<&str> = value
            .split("\\\n")
            .enumerate()
            .map(|(n, line)| if n == 0 { line } else { line.trim_start() })
            .collect();
        found.push((name.to_owned(), lines.concat()));
    }
    found
}
