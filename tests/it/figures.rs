//! From mail and sessions, as they were recorded, to the figures and what of them may be told.

use folkmoot::config::Charter;
use folkmoot::store::{Db, Durability, communities};
use folkmoot::summaries::csv;
use folkmoot::summaries::figure::{Figures, Value, Why};
use folkmoot::summaries::gather;

use crate::sessions::{ANN, BOB, CLEO, DORA, PUMPS};
use crate::support::community::LIST;
use crate::support::letters::{Letter, send};
use crate::support::store::runtime;
use crate::support::{Database, Node, Sink, both};

both!(figures_follow_what_was_recorded);

/// Six, with Ann who facilitates.
const OTHERS: [&str; 5] = [BOB, CLEO, DORA, "eli@mill.example", "fay@mill.example"];

const DAY: i64 = 86_400_000;

/// Sunday, 5 April 2026, nine o'clock.
const CUT_OFF: i64 = 1_775_379_600_000;

fn post(node: &Node, from: &str, subject: &str, text: &str, answers: &str) -> String {
    let more = match answers {
        "" => String::new(),
        id => format!("In-Reply-To: <{id}>\r\n"),
    };
    let letter = Letter {
        from,
        to: LIST,
        subject,
        text,
        more: &more,
    };
    send(node, &letter)
}

async fn open(database: &Database, node: &Node<'_>) -> Db {
    let db = match database {
        Database::Sqlite => Db::open_sqlite(&node.path("data/folkmoot.db")).await,
        Database::Postgres(_) => Db::open_postgres(&database.url()).await,
    };
    db.expect("the database opens")
}

/// (all figures, those that may be told); the latter are noted as told.
async fn figures(db: &Db, cut_off: i64, earlier: &[i64]) -> (Figures, Figures) {
    let mut tx = db.write(Durability::Full).await.expect("a transaction");
    let community = communities::by_slug(&mut tx, "pumps")
        .await
        .expect("an answer");
    let community = community.expect("the community");
    let charter = Charter::parse(&community.charter, "charter").expect("a charter");
    let of = (&community, &charter);
    let all = gather::figures(&mut tx, of, cut_off, earlier).await;
    let told = gather::told(&mut tx, of, cut_off, earlier)
        .await
        .expect("figures");
    let audience = (&community, "sponsor");
    for _ in 0..2 {
        let noted = gather::release(&mut tx, audience, &told, (earlier, cut_off)).await;
        noted.expect("it is noted");
    }
    tx.commit().await.expect("a commit");
    (all.expect("figures"), told)
}

fn figures_follow_what_was_recorded(database: &Database) {
    let sink = Sink::start();
    // While the node runs, by whose clock they join.
    let mut node = Node::new(database, &sink);
    node.start();
    node.found(&PUMPS, &OTHERS);
    for who in OTHERS {
        node.run(&["member", "set", "pumps", who, "org=Mill"]).ok();
    }
    let question = post(&node, CLEO, "Seals", "Which seal holds?", "");
    node.advance("2h");
    post(&node, BOB, "Re: Seals", "The blue one.", &question);
    post(&node, ANN, "Valves", "Who has one to spare?", "");
    node.run(&["clock", "set", "2026-04-05T09:00:00Z"]).ok();
    let runtime = runtime();
    let db = runtime.block_on(open(database, &node));
    let (all, told) = runtime.block_on(figures(&db, CUT_OFF, &[]));
    let share = |k, n| Value::Share { k, n };
    for (metric, value) in [
        ("members", Value::Count(6.0)),
        // Cleo, Bob and Ann; all are here for a month.
        ("participation", share(3, 6)),
        // Cleo's question, and Ann's.
        ("first-response-24h", share(1, 2)),
        ("first-response-72h", share(1, 2)),
        ("first-response-median", Value::TooLittle),
        ("questions-open", Value::Count(1.0)),
        // 10 and 24 March.
        ("sessions-planned", Value::Count(2.0)),
        ("sessions-held", Value::Count(2.0)),
        ("attendance-median", Value::TooLittle),
        ("newcomers-joined", Value::Count(6.0)),
        // First posts: Cleo's was answered, Bob's and Ann's nobody followed up.
        ("newcomers-answered-48h", share(1, 3)),
        // Bob answered Cleo, both of the mill.
        ("cross-unit", share(0, 1)),
        ("absence-factor", Value::Count(2.0)),
        ("learnings-new", Value::Count(0.0)),
        ("solution-rate", Value::TooLittle),
    ] {
        assert_eq!(all.get(metric, 0), &value, "{metric}");
    }
    assert_eq!(
        told.get("newcomers-answered-48h", 0),
        &Value::Suppressed(Why::FewPeople)
    );
    let table = String::from_utf8(csv::write(&told).expect("a table")).expect("text");
    for line in [
        "metric,unit,period,k,n,value,low,high,verdict,suppressed",
        "participation,,0,3,6,,18.8,81.2,,",
        "first-response-24h,,0,1,2,,,,,",
        "questions-open,,0,,,1,,,,",
        "attendance-median,,0,,,,,,too little data,",
        "newcomers-answered-48h,,0,,,,,,,fewer than five people",
        // The mill has five, and one is left: all are told together.
        "unit,other,0,,,6,,,,",
    ] {
        assert!(table.lines().any(|one| one == line), "{line}: {table}");
    }
    assert!(!table.contains("concentration"), "{table}");

    // One more takes part: the next summary would give them away.
    post(&node, DORA, "Pipes", "I have one to spare.", "");
    node.run(&["clock", "set", "2026-04-06T09:00:00Z"]).ok();
    let (all, told) = runtime.block_on(figures(&db, CUT_OFF + DAY, &[CUT_OFF]));
    assert_eq!(all.get("participation", 0), &share(4, 6));
    assert_eq!(
        told.get("participation", 0),
        &Value::Suppressed(Why::Differencing)
    );
    assert_eq!(told.get("participation", 1), &share(3, 6));
    runtime.block_on(db.close());
}
