//! A large archive, made by chance with a fixed seed: both databases find the same in the
//! same order, and soon. 3,000 posts in every run, 100,000 with `FOLKMOOT_FULL=1`, which
//! prints how long searches take.

use std::time::{Duration, Instant};

use folkmoot::archive::document::{Attached, Words, document};
use folkmoot::archive::fetch::{self, Asked};
use folkmoot::archive::query::Query;
use folkmoot::archive::snippet::snippet;
use folkmoot::context::Context;
use folkmoot::store::intake::{self, NewMessage};
use folkmoot::store::posts::{self, NewPost};
use folkmoot::store::{Tx, search};

use crate::support::Database;
use crate::support::random::Random;
use crate::support::store::{NOW, founded, runtime, write};

const SEED: u64 = 20_260_301;
const BATCH: usize = 500;
/// Words of the language; the n-th is used one n-th as often as the first.
const WORDS: usize = 40_000;
/// Posts a thread.
const THREAD: usize = 8;

fn is_full() -> bool {
    std::env::var("FOLKMOOT_FULL").is_ok_and(|full| full == "1")
}

#[test]
fn both_databases_find_the_same_and_soon() {
    let count = if is_full() { 100_000 } else { 3_000 };
    let mut all = Vec::new();
    for database in [Some(Database::sqlite()), Database::postgres()]
        .into_iter()
        .flatten()
    {
        let folder = tempfile::tempdir().expect("a folder");
        let name = match database {
            Database::Sqlite => "SQLite",
            Database::Postgres(_) => "PostgreSQL",
        };
        all.push(runtime().block_on(async {
            let (ctx, community) = founded(&database, folder.path()).await;
            fill(&ctx, community.id, count).await;
            let found = ask(&ctx, community.id, name).await;
            ctx.db.close().await;
            found
        }));
    }
    let Some((first, rest)) = all.split_first() else {
        return;
    };
    for other in rest {
        for (one, other) in first.iter().zip(other) {
            assert_eq!(one, other, "the databases differ");
        }
    }
    let common = &first[0];
    assert!(
        common.1 >= 1_000,
        "a common word is in most posts: {common:?}"
    );
    assert!(first.iter().filter(|(_, total, _)| *total > 0).count() > first.len() / 2);
}

/// (query, how many, the best by Message-ID)
type Answer = (String, usize, Vec<String>);

async fn ask(ctx: &Context, community: i64, name: &str) -> Vec<Answer> {
    let (mut answers, mut times) = (Vec::new(), Vec::new());
    for query in queries() {
        let began = Instant::now();
        answers.push(answer(ctx, community, &query).await);
        times.push((began.elapsed(), query));
    }
    report(name, times);
    answers
}

/// A page of twenty, with what it shows of each.
async fn answer(ctx: &Context, community: i64, query: &str) -> Answer {
    let asked = Asked {
        community,
        now: NOW,
        of_members: false,
        offset: 0,
        limit: 20,
    };
    let parsed = Query::parse(query);
    let mut tx = ctx.read().await.expect("a reader");
    let found = fetch::search(&mut tx, &parsed, asked).await.expect(query);
    let names = found.posts.iter().map(|whole| {
        assert!(!snippet(&whole.text, &parsed).is_empty(), "{query}");
        whole.post.message_id.clone()
    });
    (query.to_owned(), found.total, names.collect())
}

fn report(name: &str, mut times: Vec<(Duration, String)>) {
    times.sort();
    let at = |share: f64| &times[((times.len() - 1) as f64 * share) as usize];
    let ms = |time: &Duration| time.as_secs_f64() * 1_000.0;
    println!(
        "{name}: {} searches, p50 {:.1} ms, p90 {:.1} ms, p99 {:.1} ms, slowest {:.1} ms ({})",
        times.len(),
        ms(&at(0.5).0),
        ms(&at(0.9).0),
        ms(&at(0.99).0),
        ms(&at(1.0).0),
        at(1.0).1
    );
    if is_full() {
        for (time, query) in times.iter().rev().take(8) {
            println!("    {:.1} ms  {query}", ms(time));
        }
    }
}

/// Of every kind, with common words and rare ones.
fn queries() -> Vec<String> {
    let mut random = Random::seeded(SEED + 1);
    let mut all = vec![word(0)];
    for _ in 0..30 {
        let mut drawn = || zipf(&mut random);
        let (a, b, c) = (drawn(), drawn(), drawn());
        all.extend([
            a.clone(),
            format!("{a} {b}"),
            format!("{a} {b} {c}"),
            format!("\"{a} {b}\""),
            format!("{a} -{b}"),
            format!("{a} OR {c}"),
            format!("subject:{b}"),
            format!("{a} after:2024-06-01 before:2025-06-01"),
        ]);
        let (n, post) = (random.below(500), random.below(3_000));
        all.push(format!("from:author{n} {a}"));
        all.push(format!("{c} thread:{post}@t.example"));
        all.push(format!(
            "{}*",
            word(random.below(2_000) as usize)
                .chars()
                .take(4)
                .collect::<String>()
        ));
        all.push(format!("{b} has:link"));
        all.push(word(random.below(WORDS as u64) as usize));
    }
    all.extend([
        "has:pdf".into(),
        "-has:link".into(),
        "after:2025-12-01".into(),
    ]);
    all
}

/// The n-th word of the language: syllables, so that beginnings are shared.
fn word(n: usize) -> String {
    const SYLLABLES: [&str; 24] = [
        "ka", "no", "ri", "te", "su", "mo", "la", "pe", "vi", "dro", "men", "tal", "ber", "gon",
        "fli", "hu", "ska", "tor", "wen", "zi", "bru", "cha", "del", "ost",
    ];
    // Mixed up, so that common words do not begin alike.
    let mut rest = (n * 7_919 + 3) % 331_776;
    let mut word = String::new();
    for _ in 0..4 {
        word.push_str(SYLLABLES[rest % 24]);
        rest /= 24;
        if rest == 0 {
            break;
        }
    }
    word
}

/// A word as language has them: the n-th with a chance of 1/n.
fn zipf(random: &mut Random) -> String {
    let chance = (random.below(1 << 53) as f64) / (1_u64 << 53) as f64;
    let rank = ((WORDS as f64).powf(chance)) as usize - 1;
    word(rank.min(WORDS - 1))
}

async fn fill(ctx: &Context, community: i64, count: usize) {
    let mut random = Random::seeded(SEED);
    let step = 10 * 365 * 86_400_000 / count as i64;
    let mut thread = 0;
    let mut raw_id = 0;
    for batch in (0..count).collect::<Vec<_>>().chunks(BATCH) {
        let mut tx = write(ctx).await;
        if raw_id == 0 {
            raw_id = raw(&mut tx).await;
        }
        for &n in batch {
            let at = NOW - (count - n) as i64 * step;
            let id = post(&mut tx, (community, raw_id), n, at, &mut random).await;
            if n % THREAD == 0 {
                thread = id;
            }
            posts::set_place(&mut tx, id, thread, None)
                .await
                .expect("a place");
        }
        tx.commit().await.expect("a commit");
    }
}

/// One message stands behind all posts: only the index is measured.
async fn raw(tx: &mut Tx) -> i64 {
    let message = NewMessage {
        message_id: "raw@t.example",
        envelope_from: "",
        via: "import",
        peer: "",
        helo: "",
        received_at: 0,
        raw: b"",
    };
    intake::insert(tx, &message, &[], 0)
        .await
        .expect("a message")
}

async fn post(
    tx: &mut Tx,
    (community, raw_id): (i64, i64),
    n: usize,
    at: i64,
    random: &mut Random,
) -> i64 {
    let length = 20 + random.below(260);
    let mut text: String = (0..length).map(|_| zipf(random) + " ").collect();
    if n.is_multiple_of(3) {
        text.push_str("https://x.example");
    }
    let subject: Vec<String> = (0..6).map(|_| zipf(random)).collect();
    let subject = subject.join(" ");
    let author = format!("author{}", random.below(500));
    let address = format!("{author}@plant.example");
    let message_id = format!("{n}@t.example");
    let new = NewPost {
        community_id: community,
        raw_id,
        message_id: &message_id,
        permalink: &message_id,
        body_digest: b"",
        subject: &subject,
        author_name: &author,
        author_address: &address,
        sent_at: at,
        archived_at: at,
        text: &text,
        references: Vec::new(),
    };
    let id = posts::insert(tx, &new, ("", "")).await.expect("a post");
    let attached = Attached {
        names: (n.is_multiple_of(50))
            .then(|| format!("figures {n}.pdf"))
            .into_iter()
            .collect(),
        ..Attached::default()
    };
    let words = Words {
        post: (community, id),
        sent_at: at,
        subject: &subject,
        author: (&author, &address),
        text: &text,
        attached: &attached,
    };
    search::insert(tx, &document(&words))
        .await
        .expect("an index");
    id
}
