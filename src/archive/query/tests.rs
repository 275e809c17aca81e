use proptest::prelude::*;
use sqlx::sqlite::{SqlitePool, SqlitePoolOptions};

use super::super::fold::fold;
use super::*;

#[test]
fn queries_are_written_for_both_databases() {
    let cases: &[(&str, Option<&str>, Option<&str>)] = &[
        (
            "Pump seal",
            Some(r#""pump" AND "seal""#),
            Some("('pump') & ('seal')"),
        ),
        (
            "\"Seal Leak\"",
            Some(r#""seal leak""#),
            Some("('seal' <-> 'leak')"),
        ),
        (
            "“seal leak”",
            Some(r#""seal leak""#),
            Some("('seal' <-> 'leak')"),
        ),
        ("cavi*", Some(r#""cavi" *"#), Some("('cavi':*)")),
        (
            "pump -valve",
            Some(r#"("pump") NOT ("valve")"#),
            Some("('pump') & !(('valve'))"),
        ),
        (
            "from:Müller",
            Some(r#"author : "muller""#),
            Some("('muller':B)"),
        ),
        (
            "subject:\"dry run*\"",
            Some(r#"subject : "dry run""#),
            Some("('dry':A <-> 'run':A)"),
        ),
        (
            "subject:dr*",
            Some(r#"subject : "dr" *"#),
            Some("('dr':*A)"),
        ),
        (
            "http://x.example",
            Some(r#""http x example""#),
            Some("('http' <-> 'x' <-> 'example')"),
        ),
        (
            "colour:red",
            Some(r#""colour red""#),
            Some("('colour' <-> 'red')"),
        ),
        (
            "before:soon",
            Some(r#""before soon""#),
            Some("('before' <-> 'soon')"),
        ),
        ("after:2026-01-05", None, None),
        ("-valve", None, None),
        ("水", Some(r#""水" *"#), Some("('水':*)")),
        (
            "\"unclosed one",
            Some(r#""unclosed one""#),
            Some("('unclosed' <-> 'one')"),
        ),
        (
            "AND OR NOT NEAR(",
            Some(r#""and" AND "or" AND "not" AND "near""#),
            Some("('and') & ('or') & ('not') & ('near')"),
        ),
        ("!!! ' \" * - ( ) : & | <->", None, None),
        ("", None, None),
    ];
    for (input, fts5, tsquery) in cases {
        let query = Query::parse(input);
        assert_eq!(query.to_fts5().as_deref(), *fts5, "{input}");
        assert_eq!(query.to_tsquery().as_deref(), *tsquery, "{input}");
    }
}

#[test]
fn dates_bound_the_search() {
    let query = Query::parse("after:2026-01-05 before:2026-02-01 pump");
    assert_eq!(query.after, NaiveDate::from_ymd_opt(2026, 1, 5));
    assert_eq!(query.before, NaiveDate::from_ymd_opt(2026, 2, 1));
    assert_eq!(query.terms.len(), 1);
    assert!(!Query::parse("after:2026-01-05").is_empty());
    assert!(Query::parse("-pump").is_empty());
}

#[test]
fn input_is_limited() {
    assert_eq!(Query::parse(&"pump ".repeat(1_000)).terms.len(), MAX_TERMS);
    let long = Query::parse(&"x".repeat(100_000));
    assert!(long.to_fts5().unwrap().len() < 200);
}

async fn index(posts: &[(&str, &str, &str)]) -> SqlitePool {
    let pool = SqlitePoolOptions::new()
        .max_connections(1)
        .connect("sqlite::memory:")
        .await
        .unwrap();
    let schema = include_str!("../../../migrations/sqlite/0001_spine.sql");
    let table = &schema[schema.find("CREATE VIRTUAL TABLE post_search").unwrap()..];
    sqlx::raw_sql(table).execute(&pool).await.unwrap();
    for (subject, author, text) in posts {
        let insert = "INSERT INTO post_search (subject, author, text) VALUES ($1, $2, $3)";
        let insert = sqlx::query(insert)
            .bind(fold(subject))
            .bind(fold(author))
            .bind(fold(text));
        insert.execute(&pool).await.unwrap();
    }
    pool
}

async fn found(pool: &SqlitePool, input: &str) -> Result<Vec<i64>, sqlx::Error> {
    let Some(fts5) = Query::parse(input).to_fts5() else {
        return Ok(vec![]);
    };
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
        let tsquery = Query::parse(&input).to_tsquery().unwrap_or_default();
        prop_assert_eq!(tsquery.matches('\'').count() % 2, 0);
        prop_assert!(!tsquery.contains(['\\', '"', '\0']));
    });
}
