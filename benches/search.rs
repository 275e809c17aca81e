//! How long searches take in an archive of 100,000 posts: `cargo bench --bench search`
//!
//! The archive is made by chance with a fixed seed: 20 to 280 words a post, from 40,000 words
//! that are as common as those of a language. A search is timed with its first page of twenty
//! posts and their snippets. PostgreSQL is the cluster that `scripts/with-postgres` starts;
//! without it SQLite alone is measured. `-- --posts N` makes another archive.

#[path = "../tests/it/searching/corpus.rs"]
mod corpus;

use anyhow::Context;
use corpus::Answer;
use folkmoot::store::Db;

/// Rounds of thirteen queries.
const ROUNDS: usize = 30;

fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().collect();
    // cargo gives this to `cargo bench` only.
    if !arguments.iter().any(|argument| argument == "--bench") {
        eprintln!("nothing is measured here; run cargo bench --bench search");
        return Ok(());
    }
    let posts = arguments.iter().position(|argument| argument == "--posts");
    let posts = posts.and_then(|at| arguments.get(at + 1));
    let posts = posts.map_or(Ok(100_000), |posts| posts.parse());
    let posts = posts.context("--posts wants a number")?;
    let folder = tempfile::tempdir()?;
    let runtime = tokio::runtime::Runtime::new()?;
    println!("| {posts} posts | searches | p50 ms | p90 ms | p99 ms | slowest ms |");
    println!("| --- | --- | --- | --- | --- | --- |");
    runtime.block_on(async {
        let sqlite = Db::open_sqlite(&folder.path().join("search.db")).await?;
        measure("SQLite", &sqlite, posts).await?;
        if let Ok(url) = std::env::var("FOLKMOOT_TEST_PG") {
            measure("PostgreSQL", &Db::open_postgres(&url).await?, posts).await?;
        }
        Ok(())
    })
}

async fn measure(name: &str, db: &Db, posts: usize) -> anyhow::Result<()> {
    db.migrate().await?;
    let community = corpus::fill(db, posts).await;
    let mut answers = corpus::ask(db, community, ROUNDS).await;
    answers.sort_by_key(|answer| answer.took);
    let at = |share: f64| ms(&answers[((answers.len() - 1) as f64 * share) as usize]);
    println!(
        "| {name} | {} | {:.1} | {:.1} | {:.1} | {:.1} |",
        answers.len(),
        at(0.5),
        at(0.9),
        at(0.99),
        at(1.0)
    );
    for slow in answers.iter().rev().take(8) {
        eprintln!(
            "    {:.1} ms  {} found, {} shown  {}",
            ms(slow),
            slow.total,
            slow.best.len(),
            slow.query
        );
    }
    Ok(())
}

fn ms(answer: &Answer) -> f64 {
    answer.took.as_secs_f64() * 1_000.0
}
