use proptest::prelude::*;
use sqlx::sqlite::{SqlitePool, SqlitePoolOptions};

use super::super::fold::fold;
use super::*;
use crate::store::search::Pair;

/// What stands behind the word of the archive.
fn written(input: &str) -> (String, String) {
    let query = Query::parse(input);
    let asked = query.to_asked("_c1", &["_c1".to_owned()]);
    let (fts5, tsquery) = (asked.fts5, asked.tsquery);
    let behind = |text: &str, scope: &str| text.replacen(scope, "", 1);
    (
        behind(&fts5, "scope : \"_c1\""),
        behind(&tsquery, "('_c1')"),
    )
}

#[test]
fn queries_are_written_for_both_databases() {
    let cases: &[(&str, &str, &str)] = &[
        (
            "Pump seal",
            r#" AND "pump" AND "seal""#,
            " & ('pump') & ('seal')",
        ),
        (
            "\"Seal Leak\"",
            r#" AND "seal leak""#,
            " & ('seal' <-> 'leak')",
        ),
        (
            "“seal leak”",
            r#" AND "seal leak""#,
            " & ('seal' <-> 'leak')",
        ),
        ("cavi*", r#" AND "cavi" *"#, " & ('cavi':*)"),
        ("c*", r#" AND "c""#, " & ('c')"),
        (
            "pump -valve -hose",
            r#"( AND "pump") NOT ("valve" OR "hose")"#,
            " & ('pump') & !(('valve') | ('hose'))",
        ),
        (
            "pump seal OR gasket OR ring",
            r#" AND "pump" AND ("seal" OR "gasket" OR "ring")"#,
            " & ('pump') & (('seal') | ('gasket') | ('ring'))",
        ),
        (
            "OR pump OR",
            r#" AND "or" AND "pump" AND "or""#,
            " & ('or') & ('pump') & ('or')",
        ),
        (
            "from:Müller",
            r#" AND author : "muller""#,
            " & ('_amuller')",
        ),
        (
            "subject:\"dry run*\"",
            r#" AND subject : "dry run" *"#,
            " & ('_sdry' & '_srun':* & ('dry':A <-> 'run':*A))",
        ),
        ("subject:dr*", r#" AND subject : "dr" *"#, " & ('_sdr':*)"),
        ("has:PDF", r#" AND scope : "_hpdf""#, " & ('_hpdf')"),
        (
            "has:files",
            r#" AND scope : "_hattachment""#,
            " & ('_hattachment')",
        ),
        (
            "-has:link",
            r#"() NOT (scope : "_hlink")"#,
            " & !(('_hlink'))",
        ),
        ("has:", r#" AND "has""#, " & ('has')"),
        (
            "http://x.example",
            r#" AND "http x example""#,
            " & ('http' <-> 'x' <-> 'example')",
        ),
        (
            "colour:red",
            r#" AND "colour red""#,
            " & ('colour' <-> 'red')",
        ),
        (
            "before:soon",
            r#" AND "before soon""#,
            " & ('before' <-> 'soon')",
        ),
        ("after:2026-01-05", "", ""),
        ("-valve", r#"() NOT ("valve")"#, " & !(('valve'))"),
        ("水", r#" AND "水" *"#, " & ('水':*)"),
        ("_c2", r#" AND "c2""#, " & ('c2')"),
        (
            "\"unclosed one",
            r#" AND "unclosed one""#,
            " & ('unclosed' <-> 'one')",
        ),
        (
            "AND NOT NEAR(",
            r#" AND "and" AND "not" AND "near""#,
            " & ('and') & ('not') & ('near')",
        ),
        ("!!! ' \" * - ( ) : & | <->", "", ""),
        ("", "", ""),
    ];
    for (input, fts5, tsquery) in cases {
        let written = written(input);
        assert_eq!(
            (written.0.as_str(), written.1.as_str()),
            (*fts5, *tsquery),
            "{input}"
        );
    }
}

#[test]
fn what_bounds_a_search_is_no_word() {
    let day = |text: &str| text.parse::<NaiveDate>().ok();
    let query =
        Query::parse("after:2026-01-05 before:2026-02 pump is:learning thread:<a@b.example>");
    assert_eq!(query.after, day("2026-01-05"));
    assert_eq!(query.before, day("2026-02-01"));
    assert_eq!(query.thread.as_deref(), Some("<a@b.example>"));
    assert!(query.learning);
    assert_eq!(query.wanted.len(), 1);
    assert_eq!(Query::parse("before:2026").before, day("2026-01-01"));
    for odd in [
        "after:2026-1-5",
        "after:2026-13-01",
        "before:99999-01-01",
        "after:",
        "thread:",
        "is:",
    ] {
        let query = Query::parse(odd);
        let bounds = (query.after, query.before, query.thread.as_deref());
        assert_eq!(bounds, (None, None, None), "{odd}");
        assert_eq!(query.wanted.len(), 1, "{odd}");
    }
}

#[test]
fn nothing_is_asked_for_by_nothing() {
    for (input, is_empty) in [
        ("", true),
        ("- \"\" *", true),
        ("-seal", false),
        ("after:2026-01-01", false),
        ("is:learning", false),
    ] {
        assert_eq!(Query::parse(input).is_empty(), is_empty, "{input}");
    }
}

type Pairs = &'static [(&'static str, &'static str)];

#[test]
fn phrases_are_looked_for_loosely_first() {
    let asked = |input: &str| Query::parse(input).to_asked("_c1", &["_c1".to_owned()]);
    assert!(asked("pump -seal").phrases.is_none());
    let cases: &[(&str, &str, Pairs)] = &[
        (
            "\"dry run\" pump -\"wet run\" -oil",
            "('_c1') & ('dry' & 'run') & ('pump') & !(('oil'))",
            &[("dry", "run")],
        ),
        (
            "\"a dry run*\"",
            "('_c1') & ('a' & 'dry' & 'run':*)",
            &[("a", "dry")],
        ),
        (
            "subject:\"dry run\"",
            "('_c1') & ('_sdry' & '_srun')",
            &[("dry", "run")],
        ),
        (
            "\"dry run\" OR pump",
            "('_c1') & (('dry' & 'run') | ('pump'))",
            &[],
        ),
        ("pump -\"dry run\"", "('_c1') & ('pump')", &[]),
    ];
    for (input, loose, pairs) in cases {
        let phrases = asked(input).phrases.expect("a phrase");
        assert_eq!(phrases.loose, *loose, "{input}");
        let pairs: Vec<Pair> = pairs.iter().map(|(a, b)| Pair::of(a, b)).collect();
        assert_eq!(phrases.pairs, pairs, "{input}");
    }
}

#[test]
fn input_is_limited() {
    let many = Query::parse(&"pump ".repeat(1_000));
    assert_eq!(many.wanted.len(), MAX_TERMS);
    let long = Query::parse(&"x".repeat(100_000));
    assert!(long.to_asked("_c1", &[]).fts5.len() < 200);
}

async fn index(posts: &[(&str, &str, &str)]) -> SqlitePool {
    let pool = SqlitePoolOptions::new()
        .max_connections(1)
        .connect("sqlite::memory:")
        .await
        .unwrap();
    let schema = include_str!("../../../migrations/sqlite/0022_search.sql");
    let from = schema.find("CREATE VIRTUAL TABLE post_search").unwrap();
    let length = schema[from..].find(';').unwrap();
    let table = schema[from..from + length].to_owned();
    sqlx::raw_sql(sqlx::AssertSqlSafe(table))
        .execute(&pool)
        .await
        .unwrap();
    for (subject, author, text) in posts {
        let insert =
            "INSERT INTO post_search (subject, author, text, scope) VALUES ($1, $2, $3, '_c1')";
        let insert = sqlx::query(insert)
            .bind(fold(subject))
            .bind(fold(author))
            .bind(fold(text));
        insert.execute(&pool).await.unwrap();
    }
    pool
}

async fn found(pool: &SqlitePool, input: &str) -> Result<Vec<i64>, sqlx::Error> {
    let fts5 = Query::parse(input).to_asked("_c1", &[]).fts5;
    let select = "SELECT rowid FROM post_search WHERE post_search MATCH $1 ORDER BY rowid";
    sqlx::query_scalar(select).bind(fts5).fetch_all(pool).await
}

#[tokio::test]
async fn posts_are_found_as_people_expect() {
    let pool = index(&[
        (
            "Seal leaks",
            "Ann Müller",
            "The shaft seal of the Grundfos pump drips.",
        ),
        (
            "Leak test",
            "Bo Ek",
            "A dry run before the seal is fitted; café, naïve.",
        ),
        ("ポンプの故障", "田中", "東京都の水道ポンプが止まった。"),
    ])
    .await;
    let cases: &[(&str, &[i64])] = &[
        ("seal", &[1, 2]),
        ("SEAL pump", &[1]),
        ("\"shaft seal\"", &[1]),
        ("\"seal shaft\"", &[]),
        ("leak*", &[1, 2]),
        ("leak", &[2]),
        ("seal -grundfos", &[2]),
        ("from:muller", &[1]),
        ("from:seal", &[]),
        ("subject:leak", &[2]),
        ("grundfos OR cafe", &[1, 2]),
        ("-seal", &[3]),
        ("cafe", &[2]),
        ("東京", &[3]),
        ("京都", &[3]),
        ("東京都", &[3]),
        ("大阪", &[]),
        ("道", &[3]),
        ("都", &[3]),
        ("ﾎﾟﾝﾌﾟ", &[3]),
        ("from:田中", &[3]),
    ];
    for (input, expected) in cases {
        assert_eq!(found(&pool, input).await.unwrap(), *expected, "{input}");
    }
}

fn hostile() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("\"".to_owned()),
        Just("*".to_owned()),
        Just("-".to_owned()),
        Just("(".to_owned()),
        Just(")".to_owned()),
        Just(" ".to_owned()),
        Just("NEAR(".to_owned()),
        Just(" OR ".to_owned()),
        Just(" NOT ".to_owned()),
        Just("from:".to_owned()),
        Just("subject:".to_owned()),
        Just("before:2026-01-01 ".to_owned()),
        Just("^".to_owned()),
        Just("{text}:".to_owned()),
        Just("'".to_owned()),
        Just("\0".to_owned()),
        Just("水道".to_owned()),
        Just("्ि".to_owned()),
        any::<String>(),
    ];
    proptest::collection::vec(piece, 0..30).prop_map(|pieces| pieces.concat())
}

#[test]
fn no_input_is_a_syntax_error() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let pool = runtime.block_on(index(&[("a", "b", "c")]));
    proptest!(ProptestConfig::with_cases(1_000), |(input in hostile())| {
        let found = runtime.block_on(found(&pool, &input));
        prop_assert!(found.is_ok(), "{input:?}: {found:?}");
        let tsquery = Query::parse(&input)
            .to_asked("_c1", &["_c1".to_owned()])
            .tsquery;
        prop_assert_eq!(tsquery.matches('\'').count() % 2, 0);
        prop_assert!(!tsquery.contains(['\\', '"', '\0']));
    });
}
