//! A large archive made by chance with a fixed seed, and what is asked of it: for the story
//! that compares the databases and for the bench that measures them.

use std::time::Duration;

use folkmoot::archive::document::{Attached, Words, document};
use folkmoot::archive::fetch::{self, Asked};
use folkmoot::archive::query::Query;
use folkmoot::archive::snippet::snippet;
use folkmoot::store::intake::{self, NewMessage};
use folkmoot::store::posts::{self, NewPost};
use folkmoot::store::{Db, Durability, Tx, communities, search};

const SEED: u64 = 20_260_301;
/// 1 March 2026.
const NOW: i64 = 1_772_355_600_000;
const BATCH: usize = 500;
/// Words of the language; the n-th is used one n-th as often as the first.
const WORDS: usize = 40_000;
/// Posts a thread.
const THREAD: usize = 8;

/// What one search gave, and how long it took with what a page shows of it.
#[derive(Debug)]
pub struct Answer {
    /// What was asked.
    pub query: String,
    /// How many posts were found.
    pub total: usize,
    /// The first twenty, by Message-ID.
    pub best: Vec<String>,
    /// How long it took.
    pub took: Duration,
}

/// Asks `rounds` times thirteen queries of every kind, and some more.
pub async fn ask(db: &Db, community: i64, rounds: usize) -> Vec<Answer> {
    let mut answers = Vec::new();
    for query in queries(rounds) {
        answers.push(answer(db, community, query).await);
    }
    answers
}

async fn answer(db: &Db, community: i64, query: String) -> Answer {
    let asked = Asked {
        community,
        now: NOW,
        of_members: false,
        offset: 0,
        limit: 20,
    };
    let began = folkmoot::clock::monotonic();
    let parsed = Query::parse(&query);
    let mut tx = db.read().await.expect("a reader");
    let found = fetch::search(&mut tx, &parsed, asked).await.expect("posts");
    let best = found.posts.iter().map(|whole| {
        assert!(!snippet(&whole.text, &parsed).is_empty(), "{query}");
        whole.post.message_id.clone()
    });
    Answer {
        best: best.collect(),
        took: began.elapsed(),
        total: found.total,
        query,
    }
}

/// Chance that is the same each time.
struct Chance(u64);

impl Chance {
    /// Below 1.
    fn next(&mut self) -> f64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1_u64 << 53) as f64
    }

    fn below(&mut self, end: usize) -> usize {
        (self.next() * end as f64) as usize
    }
}

/// Of every kind, with common words and rare ones.
fn queries(rounds: usize) -> Vec<String> {
    let mut random = Chance(SEED + 1);
    let mut all = vec![word(0)];
    for _ in 0..rounds {
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
            word(random.below(2_000))
                .chars()
                .take(4)
                .collect::<String>()
        ));
        all.push(format!("{b} has:link"));
        all.push(word(random.below(WORDS)));
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
fn zipf(random: &mut Chance) -> String {
    let rank = (WORDS as f64).powf(random.next()) as usize - 1;
    word(rank.min(WORDS - 1))
}

/// Fills a new archive with ten years of posts; gives its community.
pub async fn fill(db: &Db, count: usize) -> i64 {
    let mut random = Chance(SEED);
    let step = 10 * 365 * 86_400_000 / count as i64;
    let mut tx = db.write(Durability::Process).await.expect("a transaction");
    let community = communities::insert(&mut tx, "pumps", "Pumps", "", "", 0);
    let community = community.await.expect("a community");
    let raw_id = raw(&mut tx).await;
    let mut thread = 0;
    for n in 0..count {
        let at = NOW - (count - n) as i64 * step;
        let id = post(&mut tx, (community, raw_id), n, at, &mut random).await;
        if n.is_multiple_of(THREAD) {
            thread = id;
        }
        posts::set_place(&mut tx, id, thread, None)
            .await
            .expect("a place");
        if n % BATCH == BATCH - 1 {
            tx.commit().await.expect("a commit");
            tx = db.write(Durability::Process).await.expect("a transaction");
        }
    }
    search::count_words(&mut tx).await.expect("statistics");
    tx.commit().await.expect("a commit");
    community
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
    random: &mut Chance,
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
        vector: tx.is_postgres(),
    };
    search::insert(tx, &document(&words))
        .await
        .expect("an index");
    id
}
