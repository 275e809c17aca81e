//! A year of communities on the test clock: people who join, leave, pause, answer and
//! ignore; nodes that die, and clocks that are set. What everybody got is counted again
//! from what the relay was given, and what should have fallen due from the charters, both
//! without asking the code that is under test. The seed says everything: `scripts/simulate`
//! prints it, and plays it again.

#[path = "yearsim/chance.rs"]
mod chance;
#[path = "yearsim/charters.rs"]
mod charters;
#[path = "yearsim/database.rs"]
mod database;
#[path = "yearsim/deeds.rs"]
mod deeds;
#[path = "yearsim/figures.rs"]
mod figures;
#[path = "yearsim/kept.rs"]
mod kept;
#[path = "yearsim/oracle.rs"]
mod oracle;
#[path = "yearsim/relay.rs"]
mod relay;
#[path = "yearsim/verdict.rs"]
mod verdict;
#[path = "yearsim/windows.rs"]
mod windows;
#[path = "yearsim/world.rs"]
mod world;
#[path = "yearsim/year.rs"]
mod year;

use database::Where;
use world::Size;

/// What is played in every run of the tests. Each person's three communities ask on the
/// same day.
const SMALL: Size = Size {
    members: 12,
    communities: 6,
    days: 365,
};

/// What is played twice, and beside PostgreSQL.
const TINY: Size = Size {
    members: 9,
    communities: 4,
    days: 120,
};

/// What `scripts/simulate` plays, where it is not told otherwise.
const FULL: Size = Size {
    members: 500,
    communities: 12,
    days: 365,
};

#[test]
fn a_year_of_a_few_people() {
    play(Where::Sqlite, SMALL, seed(2026));
}

#[test]
fn four_months_beside_postgres() {
    match Where::postgres() {
        Some(database) => drop(play(database, TINY, seed(7))),
        None => println!("SKIPPED: no PostgreSQL here; scripts/with-postgres starts one"),
    }
}

#[test]
fn the_same_seed_has_the_same_end() {
    let first = play(Where::Sqlite, TINY, 11);
    assert_eq!(play(Where::Sqlite, TINY, 11), first);
    assert_ne!(play(Where::Sqlite, TINY, 12), first, "another has another");
}

#[test]
#[ignore = "it takes minutes; scripts/simulate runs it"]
fn a_year_of_five_hundred() {
    let size = Size {
        members: asked("FOLKMOOT_SIMULATE_MEMBERS", FULL.members),
        days: asked("FOLKMOOT_SIMULATE_DAYS", FULL.days),
        ..FULL
    };
    play(Where::Sqlite, size, seed(1));
}

/// Plays it, judges it, prints what happened; gives a digest over all of it.
fn play(database: Where, size: Size, seed: u64) -> String {
    // Threads that wake one another cost more than all that is worked off.
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(async {
        println!("seed {seed}");
        let began = folkmoot::clock::monotonic();
        let mut world = world::World::founded(database, size, seed).await;
        year::live(&mut world).await;
        let seconds = began.elapsed().as_secs_f64();
        verdict::judge(&world).await;
        figures::print(&world, seconds).await;
        let digest = figures::digest(&world).await;
        world.end().await;
        digest
    })
}

/// The seed that somebody asks for, or this one.
fn seed(usual: u64) -> u64 {
    asked("FOLKMOOT_SIMULATE_SEED", usual)
}

/// What a variable of the environment says, or this.
fn asked<T: std::str::FromStr>(variable: &str, usual: T) -> T {
    let asked = std::env::var(variable).ok();
    asked.and_then(|text| text.parse().ok()).unwrap_or(usual)
}
