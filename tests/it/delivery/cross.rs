//! One post for several communities: each person gets it once.

use std::collections::BTreeMap;

use folkmoot::context::Context;
use folkmoot::lists::membership::{self, NewMember};
use folkmoot::lists::post::{self, Arrival};
use folkmoot::message;
use folkmoot::practice::apply;
use folkmoot::store::communities::{self, Community as Row};
use folkmoot::store::intake::{self, NewMessage};
use folkmoot::store::{Tx, mails, outbox};

use super::{ANN, BOB, CLEO, why};
use crate::support::community::{LIST, THREE};
use crate::support::store::{NOW, founded, runtime, write};
use crate::support::{Community, Database, Node, Post, Sink, both};

both!(
    a_cross_post_reaches_each_person_once,
    a_second_list_that_comes_later_sends_no_second_copy,
    two_nodes_that_expand_at_once_send_one_copy,
    an_umbrella_reaches_the_members_of_its_communities,
);

const DORA: &str = "dora@mill.example";
const VALVES: &str = "valves@lists.example.org";

fn two_lists<'a>(database: &'a Database, sink: &Sink) -> Node<'a> {
    let mut node = Node::new(database, sink);
    node.found(&Community::pumps(), &THREE);
    let valves = Community {
        slug: "valves",
        ..Community::pumps()
    };
    node.found(&valves, &[DORA, BOB, ANN]);
    node.start();
    node
}

fn a_cross_post_reaches_each_person_once(database: &Database) {
    let sink = Sink::start();
    let node = two_lists(database, &sink);
    let post = Post::new(BOB, "both@plant.example", "For both");
    node.client().deliver(BOB, &[LIST, VALVES], &post.raw);
    node.settle();
    assert_eq!(sink.recipients(&post.id), [ANN, BOB, CLEO, DORA]);
    for twice in [ANN, BOB] {
        let told = why(&node, &post.id, twice);
        let (sent, dropped) = told.split_once(", ").expect("two rows");
        let mut both = [sent, dropped];
        both.sort_unstable();
        let second = both[0];
        let by = ["pumps", "valves"].map(|slug| format!("dropped: a copy came by {slug}"));
        assert!(
            by.contains(&second.to_owned()) && both[1] == "sent",
            "{told}"
        );
    }
    for list in [LIST, VALVES] {
        node.client()
            .deliver(ANN, &[list], &Post::new(ANN, list, "One list each").raw);
    }
    node.settle();
    assert_eq!(sink.recipients(LIST), THREE);
    assert_eq!(sink.recipients(VALVES), [ANN, BOB, DORA]);
}

fn a_second_list_that_comes_later_sends_no_second_copy(database: &Database) {
    let sink = Sink::start();
    let node = two_lists(database, &sink);
    let post = Post::new(BOB, "later@plant.example", "For both");
    node.client().deliver(BOB, &[VALVES], &post.raw);
    node.settle();
    assert_eq!(sink.recipients(&post.id), [ANN, BOB, DORA]);
    node.client().deliver(BOB, &[LIST], &post.raw);
    node.settle();
    assert_eq!(sink.recipients(&post.id), [ANN, BOB, CLEO, DORA]);
    assert_eq!(
        why(&node, &post.id, ANN),
        "sent, dropped: a copy came by valves"
    );
    // Somebody who repeats a Message-ID with other words takes nobody's copy away.
    let other = Post::with_body(CLEO, "later@plant.example", "Mine", "Other words.\r\n");
    node.client().deliver(CLEO, &[LIST], &other.raw);
    node.settle();
    assert_eq!(
        sink.recipients(&post.id),
        [ANN, ANN, BOB, BOB, CLEO, CLEO, DORA]
    );
}

const RAW: &[u8] =
    b"From: bob@plant.example\r\nMessage-ID: <one@plant.example>\r\nSubject: x\r\n\r\nHi\r\n";
const OTHER: &str = "slug = \"valves\"\nname = \"Valves\"\n[charter]\ndomain = \"Valves.\"\n\
    community = \"People.\"\npractice = \"Notes.\"\n[list]\nposting = \"anyone\"\n";

fn two_nodes_that_expand_at_once_send_one_copy(database: &Database) {
    let folder = tempfile::tempdir().expect("a folder");
    runtime().block_on(async {
        let (ctx, pumps) = founded(database, folder.path()).await;
        let mut tx = write(&ctx).await;
        apply::apply(&mut tx, &ctx, OTHER, "other.toml", None)
            .await
            .expect("applied");
        let valves = communities::by_slug(&mut tx, "valves")
            .await
            .expect("an answer");
        let valves = valves.expect("the community");
        for n in 0..20 {
            join(&mut tx, pumps.id, n).await;
        }
        // In another order, so that batches meet each other's people.
        for n in (0..20).rev() {
            join(&mut tx, valves.id, n).await;
        }
        tx.commit().await.expect("a commit");
        let mut first = write(&ctx).await;
        publish(&mut first, &ctx, &pumps).await;
        let second = tokio::spawn({
            let (ctx, valves) = (ctx.clone(), valves.clone());
            async move {
                let mut tx = write(&ctx).await;
                publish(&mut tx, &ctx, &valves).await;
                tx.commit().await.expect("a commit");
            }
        });
        tokio::time::sleep(std::time::Duration::from_millis(300)).await;
        first.commit().await.expect("a commit");
        // A batch of the first, before or after the second marks it.
        assert!(step(&ctx, "a", 3).await);
        second.await.expect("an end");
        let nodes = ["a", "b"].map(|owner| {
            let ctx = ctx.clone();
            tokio::spawn(async move { while step(&ctx, owner, 3).await {} })
        });
        for node in nodes {
            node.await.expect("no deadlock");
        }
        let mut tx = ctx.read().await.expect("a reader");
        let mails = mails::by_message_id(&mut tx, "one@plant.example")
            .await
            .expect("mails");
        let ids: Vec<i64> = mails.iter().map(|mail| mail.id).collect();
        let rows = outbox::of_mails(&mut tx, &ids).await.expect("rows");
        let mut waiting: BTreeMap<&str, usize> = BTreeMap::new();
        for row in &rows {
            *waiting.entry(&row.recipient).or_default() += usize::from(row.state == "waiting");
        }
        assert_eq!((rows.len(), waiting.len()), (40, 20));
        assert!(waiting.values().all(|count| *count == 1), "{waiting:?}");
        drop(tx);
        ctx.db.close().await;
    });
}

/// One batch, as a node does it; false at the end.
async fn step(ctx: &Context, owner: &str, limit: i64) -> bool {
    let mut tx = write(ctx).await;
    if !mails::any_expanding(&mut tx).await.expect("an answer") {
        return false;
    }
    let claimed = mails::claim_expanding(&mut tx, owner, (NOW, NOW + 1)).await;
    if let Some(mail) = claimed.expect("claimed") {
        mails::expand(&mut tx, &mail, owner, limit, NOW)
            .await
            .expect("expanded");
    }
    tx.commit().await.expect("a commit");
    // Free for the other at once; apart, as at a node's end, because it touches every
    // mail that this owner ever held.
    let mut tx = write(ctx).await;
    mails::release(&mut tx, owner).await.expect("released");
    tx.commit().await.expect("a commit");
    true
}

async fn join(tx: &mut Tx, community: i64, n: i64) {
    let new = NewMember {
        address: format!("m{n:02}@plant.example"),
        ..NewMember::default()
    };
    let added = membership::add(tx, community, &new, "test", NOW).await;
    added.expect("a member");
}

async fn publish(tx: &mut Tx, ctx: &Context, community: &Row) {
    let message = NewMessage {
        message_id: "one@plant.example",
        envelope_from: "bob@plant.example",
        via: "lmtp",
        peer: "test",
        helo: "",
        received_at: NOW,
        raw: RAW,
    };
    let id = intake::insert(tx, &message, &[], NOW).await.expect("kept");
    let message = intake::message(tx, id).await.expect("the message");
    let mail = message::parse(&message.raw);
    let arrival = Arrival {
        intake: 0,
        community,
        charter: &ctx.charter(community).expect("a charter"),
        message: &message,
        mail: &mail,
    };
    let outcome = post::publish(tx, ctx, &arrival).await.expect("an outcome");
    assert_eq!(outcome.0, "accepted");
}

fn an_umbrella_reaches_the_members_of_its_communities(database: &Database) {
    let sink = Sink::start();
    let mut node = Node::new(database, &sink);
    let list = |slug, more| Community {
        slug,
        more,
        ..Community::pumps()
    };
    // A circle, and a community that is not there yet.
    let (all, mills) = (
        "includes = [\"mills\", \"yards\", \"docks\"]\n",
        "includes = [\"all\"]\n",
    );
    node.found(&list("mills", mills), &[ANN, BOB, DORA]);
    node.found(&list("yards", ""), &[CLEO, DORA]);
    node.found(&list("all", all), &[CLEO]);
    let checked = node.run(&["check"]);
    assert!(checked.err.contains("docks"), "{}", checked.err);
    node.database.execute(
        &node.path("data"),
        "INSERT INTO address (address, person_id, added_at) \
         SELECT 'bob@home.example', person_id, 1 FROM address WHERE address = 'bob@plant.example'",
    );
    node.run(&["member", "add", "yards", "bob@home.example"])
        .ok();
    let add_none = ["member", "add", "all", DORA, "--delivery", "none"];
    node.run(&add_none).ok();
    node.start();
    let post = Post::new(ANN, "umbrella@plant.example", "For all");
    node.client()
        .deliver(ANN, &["all@lists.example.org"], &post.raw);
    node.settle();
    // Ann may post as a member of what is included; Dora's own choice there counts.
    assert_eq!(sink.recipients(&post.id), [ANN, BOB, CLEO]);
    assert_eq!(
        why(&node, &post.id, "bob@home.example"),
        "dropped: a copy came by mills"
    );
    let copy = |address: &str| {
        let copies = sink.copies(&post.id).into_iter();
        let mail = copies
            .filter(|copy| copy.to == address)
            .map(|copy| copy.mail());
        mail.into_iter().next().expect("a copy")
    };
    assert!(
        copy(ANN)
            .header("List-Id")
            .contains("<all.lists.example.org>")
    );
    assert!(
        copy(ANN)
            .header("List-Unsubscribe")
            .contains("<mailto:mills-leave@")
    );
    assert!(
        copy(CLEO)
            .header("List-Unsubscribe")
            .contains("<mailto:all-leave@")
    );
    // The umbrella's list and one of its communities in one message: once.
    let both = Post::new(ANN, "cross@plant.example", "For all and mills");
    let to = ["all@lists.example.org", "mills@lists.example.org"];
    node.client().deliver(ANN, &to, &both.raw);
    node.settle();
    assert_eq!(sink.recipients(&both.id), [ANN, BOB, CLEO, DORA]);
}
