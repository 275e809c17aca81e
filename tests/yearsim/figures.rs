//! What happened, in numbers, and in one.

use std::fmt::Write as _;

use folkmoot::cadence::registry::ACTS;
use folkmoot::config::Charter;
use folkmoot::store::communities;
use sha2::{Digest, Sha256};

use crate::oracle;
use crate::world::{START, World};

/// What the figures in `docs/figures.md` are taken from.
pub async fn print(world: &World, seconds: f64) {
    let World { tally, relay, .. } = world;
    println!(
        "{} members, {} communities, {} days: {seconds:.1} s",
        world.people.len(),
        world.communities.len(),
        world.size.days
    );
    let offered = relay
        .got
        .iter()
        .filter(|got| got.is_programme() || got.is_role())
        .count();
    let bundles = relay.got.iter().filter(|got| got.is_bundle).count();
    println!(
        "mails {}, of them programme and role {offered}, bundles among these {bundles}, deferred {}",
        relay.got.len(),
        relay.deferred
    );
    println!(
        "posts {}, letters {}, asks {}, changes {}, joins {}, leaves {}, pauses {}, outages {}, deaths at work {}",
        tally.posts,
        tally.letters,
        tally.asks,
        tally.changes,
        tally.joined,
        tally.left,
        world.pauses.len(),
        tally.outages,
        tally.deaths
    );
    for (what, table) in [("acts", "act"), ("offers", "offer")] {
        let sql = format!(
            "SELECT state || ' ' || CAST(count(*) AS TEXT) FROM {table} GROUP BY state ORDER BY state"
        );
        println!("{what}: {}", world.texts(&sql).await.join(", "));
    }
    println!("acts without an oracle: {:?}", without_oracle(world).await);
}

async fn without_oracle(world: &World) -> Vec<&'static str> {
    let mut tx = world.ctx.read().await.expect("a connection");
    let first = &world.communities[0];
    let row = communities::by_id(&mut tx, first.id)
        .await
        .expect("a community");
    let charter = Charter::parse(&row.charter, "charter").expect("a charter");
    let acts = ACTS.iter().filter(|act| act.plan.is_of_charter());
    let of = |name: &&folkmoot::cadence::act::Act| {
        !oracle::moments(name, &first.plan, &charter, (START, START)).1
    };
    acts.filter(of).map(|act| act.name).collect()
}

/// One number for all that fell due, was offered and was got. Tokens and Message-IDs are
/// chance that no seed rules, and are left out.
pub async fn digest(world: &World) -> String {
    let acts = "SELECT CAST(community_id AS TEXT) || name || ' ' || about || ' ' || CAST(due_at AS TEXT) || ' ' || \
        state || ' ' || reason FROM act ORDER BY id";
    let offers = "SELECT recipient || name || ' ' || kind || ' ' || CAST(due_at AS TEXT) || state || \
        COALESCE(CAST(done_at AS TEXT), '') || ' ' || reason FROM offer ORDER BY id";
    let mut hash = Sha256::new();
    for sql in [acts, offers] {
        for row in world.texts(sql).await {
            let plain = row
                .split_once('<')
                .map_or(row.as_str(), |(before, _)| before);
            hash.update(plain);
            hash.update("\n");
        }
    }
    for got in &world.relay.got {
        hash.update(format!("{} {} {}\n", got.at, got.recipient, got.name));
    }
    let mut text = String::new();
    for byte in hash.finalize().iter().take(8) {
        let _ = write!(text, "{byte:02x}");
    }
    println!("digest {text}");
    text
}
