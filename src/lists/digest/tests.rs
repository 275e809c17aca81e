use std::sync::Arc;
use std::time::Duration;

use super::{Place, REST, rest, run};
use crate::archive::file::file;
use crate::archive::threads::Hints;
use crate::cadence::{Outcome, Running};
use crate::clock::{Clock, monotonic};
use crate::config::{Charter, Settings};
use crate::context::Context;
use crate::lists::membership::{self, NewMember};
use crate::practice::apply::apply;
use crate::store::communities::{self, Community};
use crate::store::intake::{self, NewMessage};
use crate::store::mails::{self, NewMail};
use crate::store::posts::NewPost;
use crate::store::{Db, Tx, acts, outbox};
use crate::templates::Templates;

const CHARTER: &str = "slug = \"pumps\"\nname = \"Pumps\"\n[charter]\ndomain = \"Pumps.\"\n\
    community = \"People.\"\npractice = \"Notes.\"\n";

const DUE: i64 = 7 * 86_400_000;

#[test]
fn a_place_is_read_as_it_was_written() {
    let place = Place { to: 7, member: 12 };
    assert_eq!(Place::read(&place.write()), Some(place));
    assert_eq!(Place::read("soon"), None);
}

/// Five thousand members cost a few contents and short transactions.
#[tokio::test]
async fn a_large_list_is_served_in_short_transactions() {
    const MEMBERS: usize = 5_000;
    let folder = tempfile::tempdir().unwrap();
    let ctx = context(folder.path()).await;
    let (community, charter) = founded(&ctx, MEMBERS).await;
    let mut turns: Vec<Duration> = Vec::new();
    let mut about = String::new();
    loop {
        let mut tx = ctx.write().await.unwrap();
        let act = running(&ctx, &community, &charter, &about);
        let began = monotonic();
        let done = match about.as_str() {
            "" => run(&mut tx, &act).await.unwrap(),
            _ => rest(&mut tx, &act).await.unwrap(),
        };
        let next = next_rest(&mut tx, &community).await;
        tx.commit().await.unwrap();
        turns.push(began.elapsed());
        assert!(matches!(done, Outcome::Done(_)), "{done:?}");
        match next {
            Some(next) => about = next,
            None => break,
        }
    }
    let all: Duration = turns.iter().sum();
    let longest = turns.iter().max().copied().unwrap_or_default();
    println!(
        "{MEMBERS} members: {all:?}, {} turns, the longest {longest:?}",
        turns.len()
    );
    let rows = digest_rows(&ctx).await;
    assert_eq!(rows.len(), MEMBERS, "each member once");
    let mut contents: Vec<&str> = rows.iter().map(String::as_str).collect();
    contents.sort_unstable();
    contents.dedup();
    assert_eq!(contents.len(), 2, "pages and headlines");
    assert!(longest < Duration::from_secs(5), "a turn took {longest:?}");
}

async fn context(folder: &std::path::Path) -> Context {
    let path = folder.join("folkmoot.toml");
    let text = "domain = \"lists.example\"\nbase_url = \"https://lists.example\"\n";
    std::fs::write(&path, text).unwrap();
    let db = Db::open_sqlite(&folder.join("digest.db")).await.unwrap();
    db.migrate().await.unwrap();
    let (settings, templates) = (
        Settings::load(&path).unwrap(),
        Templates::load(None).unwrap(),
    );
    Context::new(settings, db, Clock::test(DUE), templates)
        .await
        .unwrap()
}

// Every tenth member gets headlines; then there are forty posts in ten threads.
async fn founded(ctx: &Context, members: usize) -> (Community, Arc<Charter>) {
    let mut tx = ctx.write().await.unwrap();
    apply(&mut tx, ctx, CHARTER, "charter.toml", None)
        .await
        .unwrap();
    let community = communities::by_slug(&mut tx, "pumps")
        .await
        .unwrap()
        .unwrap();
    for number in 0..members {
        let new = NewMember {
            address: format!("m{number:05}@plant.example"),
            delivery: if number % 10 == 0 {
                "headlines"
            } else {
                "digest"
            }
            .into(),
            ..NewMember::default()
        };
        membership::add(&mut tx, community.id, &new, "the test", 0)
            .await
            .unwrap();
    }
    for number in 0..40 {
        post(&mut tx, community.id, number).await;
    }
    tx.commit().await.unwrap();
    let charter = ctx.charter(&community).unwrap();
    (community, charter)
}

async fn post(tx: &mut Tx, community_id: i64, number: usize) {
    let (id, root) = (
        format!("p{number}@x.example"),
        format!("p{}@x.example", number % 10),
    );
    let message = NewMessage {
        message_id: &id,
        envelope_from: "",
        via: "lmtp",
        peer: "",
        helo: "",
        received_at: 0,
        raw: b"",
    };
    let raw_id = intake::insert(tx, &message, &[], 0).await.unwrap();
    let new = NewPost {
        community_id,
        raw_id,
        message_id: &id,
        permalink: &id,
        body_digest: b"",
        subject: "Seal leaks",
        author_name: "Ann",
        author_address: "ann@x.example",
        sent_at: DUE,
        archived_at: DUE,
        text: &"It drips again, a week after we changed it.\n".repeat(10),
        references: if number < 10 { Vec::new() } else { vec![root] },
    };
    let post_id = Some(file(tx, &new, &Hints::default()).await.unwrap());
    let mail = NewMail {
        community_id,
        name: "post",
        post_id,
        message_id: &id,
        roster_version: None,
        concerns: "",
        created_at: DUE,
        content: b"",
    };
    mails::insert(tx, &mail).await.unwrap();
}

fn running<'a>(
    ctx: &'a Context,
    community: &'a Community,
    charter: &Arc<Charter>,
    about: &str,
) -> Running<'a> {
    Running {
        ctx,
        community,
        charter: charter.clone(),
        about: about.to_owned(),
        due_at: DUE,
    }
}

// Where the digest goes on; taken off the list as the engine does.
async fn next_rest(tx: &mut Tx, community: &Community) -> Option<String> {
    let waiting = acts::waiting(tx, community.id).await.unwrap();
    let next = waiting.into_iter().find(|act| act.name == REST)?;
    acts::drop_waiting(tx, next.id, "done", DUE).await.unwrap();
    Some(next.about)
}

// The Message-ID of each row.
async fn digest_rows(ctx: &Context) -> Vec<String> {
    let mut tx = ctx.read().await.unwrap();
    let rows = outbox::unfinished(&mut tx, 100_000).await.unwrap();
    let digests = rows.into_iter().filter(|row| row.name == "digest");
    digests.map(|row| row.message_id).collect()
}
