//! What two transactions, or two nodes, do to each other's rows.

use std::time::Duration;

use folkmoot::context::Context;
use folkmoot::lists::membership::{self, NewMember};
use folkmoot::lists::moderation::{self, By, Choice, Refused};
use folkmoot::lists::post::{self, Arrival};
use folkmoot::message;
use folkmoot::store::communities::{self, Community};
use folkmoot::store::intake::{self, NewMessage};
use folkmoot::store::mails::{self, NewMail};
use folkmoot::store::outbox::{self, Attempt};
use folkmoot::store::{Tx, members};

use crate::support::Database;
use crate::support::database::both;
use crate::support::store::{NOW, founded, runtime, write};

const RAW: &[u8] =
    b"From: bob@plant.example\r\nMessage-ID: <one@plant.example>\r\nSubject: x\r\n\r\nHi\r\n";

both!(
    one_message_held_by_two_is_archived_once,
    leaving_is_not_undone_by_a_change_that_began_before,
    only_its_holder_sets_a_message_aside,
    who_has_left_gets_nothing_from_an_audience_frozen_before,
    rows_locked_by_a_frozen_node_keep_no_beat_waiting,
    of_two_decisions_at_the_same_moment_the_first_holds,
    who_comes_in_by_two_nodes_at_once_is_one_person,
);

/// A story told in transactions.
fn story<F: Future<Output = ()>>(database: &Database, tell: impl FnOnce(Context, Community) -> F) {
    let folder = tempfile::tempdir().expect("a folder");
    runtime().block_on(async {
        let (ctx, community) = founded(database, folder.path()).await;
        let db = ctx.db.clone();
        tell(ctx, community).await;
        db.close().await;
    });
}

fn one_message_held_by_two_is_archived_once(database: &Database) {
    story(database, |ctx, community| async move {
        let mut first = write(&ctx).await;
        assert_eq!(publish(&mut first, &ctx, &community).await, "accepted");
        let second = tokio::spawn({
            let (ctx, community) = (ctx.clone(), community.clone());
            async move {
                let mut tx = write(&ctx).await;
                publish(&mut tx, &ctx, &community).await
            }
        });
        tokio::time::sleep(Duration::from_millis(300)).await;
        first.commit().await.expect("a commit");
        assert_eq!(second.await.expect("an end"), "duplicate");
    });
}

fn of_two_decisions_at_the_same_moment_the_first_holds(database: &Database) {
    story(database, |ctx, community| async move {
        let id = hold(&ctx, &community).await;
        let by = |name: &str| By {
            name: name.to_owned(),
            address: String::new(),
        };
        let mut first = write(&ctx).await;
        let done = moderation::decide(&mut first, &ctx, id, &Choice::Discard, &by("Mia")).await;
        done.expect("decided");
        let second = tokio::spawn({
            let (ctx, max) = (ctx.clone(), by("Max"));
            async move {
                let mut tx = write(&ctx).await;
                let late = moderation::decide(&mut tx, &ctx, id, &Choice::Accept, &max).await;
                tx.commit().await.expect("a commit");
                late
            }
        });
        tokio::time::sleep(Duration::from_millis(300)).await;
        first.commit().await.expect("a commit");
        let late = second.await.expect("an end");
        assert!(matches!(late, Err(Refused::Gone(_))), "{late:?}");
        let mut tx = ctx.read().await.expect("a reader");
        let kept = intake::by_message_id(&mut tx, "one@plant.example").await;
        assert_eq!(kept.expect("rows")[0].1.outcome, "discarded");
        let posts = mails::by_message_id(&mut tx, "one@plant.example").await;
        assert!(posts.expect("mails").is_empty(), "nothing went out");
    });
}

fn who_comes_in_by_two_nodes_at_once_is_one_person(database: &Database) {
    story(database, |ctx, _| async move {
        let who = "new@plant.example";
        let mut first = write(&ctx).await;
        let one = members::person_of(&mut first, who, "New", NOW).await;
        let second = tokio::spawn({
            let ctx = ctx.clone();
            async move {
                let mut tx = write(&ctx).await;
                let other = members::person_of(&mut tx, who, "New", NOW).await;
                tx.commit().await.expect("a commit");
                other
            }
        });
        tokio::time::sleep(Duration::from_millis(300)).await;
        first.commit().await.expect("a commit");
        let other = second.await.expect("an end");
        assert_eq!(other.expect("a person"), one.expect("a person"));
    });
}

/// A post that waits, and its id.
async fn hold(ctx: &Context, community: &Community) -> i64 {
    let mut tx = write(ctx).await;
    let raw = keep(&mut tx, &["pumps@lists.example.org".to_owned()]).await;
    let rows = intake::claim(&mut tx, NOW, "a", (0, 10), 1).await;
    let id = rows.expect("claimed")[0].id;
    let message = intake::message(&mut tx, raw).await.expect("the message");
    let arrival = Arrival {
        intake: id,
        community,
        charter: &ctx.charter(community).expect("its charter"),
        message: &message,
        mail: &message::parse(&message.raw),
    };
    let held = moderation::hold(&mut tx, ctx, &arrival, &[]).await;
    held.expect("held");
    let end = ("held", "by a test");
    let done = intake::finish(&mut tx, id, "a", end, Some(community.id), NOW).await;
    assert!(done.expect("finished"));
    tx.commit().await.expect("a commit");
    id
}

fn leaving_is_not_undone_by_a_change_that_began_before(database: &Database) {
    story(database, |ctx, community| async move {
        join(&ctx, &community).await;
        let mut change = write(&ctx).await;
        let found = membership::for_change(&mut change, community.id, "ann@plant.example").await;
        let mut member = found.expect("an answer").expect("the member");
        let leaving = tokio::spawn({
            let (ctx, community) = (ctx.clone(), community.id);
            async move {
                let mut tx = write(&ctx).await;
                let found = membership::for_change(&mut tx, community, "ann@plant.example").await;
                let member = found.expect("an answer").expect("the member");
                membership::leave(&mut tx, member, "test", NOW)
                    .await
                    .expect("left");
                tx.commit().await.expect("a commit");
            }
        });
        tokio::time::sleep(Duration::from_millis(300)).await;
        member.delivery = "digest".into();
        membership::save(&mut change, &member).await.expect("saved");
        change.commit().await.expect("a commit");
        leaving.await.expect("an end");
        let mut tx = ctx.read().await.expect("a reader");
        let found = members::by_id(&mut tx, member.id).await.expect("an answer");
        let member = found.expect("the member");
        assert_eq!(
            (member.state.as_str(), member.delivery.as_str()),
            ("left", "digest")
        );
    });
}

fn only_its_holder_sets_a_message_aside(database: &Database) {
    story(database, |ctx, community| async move {
        let mut tx = write(&ctx).await;
        let id = keep(&mut tx, &["pumps@lists.example.org".to_owned()]).await;
        let rows = intake::claim(&mut tx, NOW, "a", (0, 10), 9)
            .await
            .expect("claimed");
        assert_eq!(rows.len(), 1, "message {id}");
        let row = &rows[0];
        let again = intake::claim(&mut tx, NOW, "b", (20, 30), 9)
            .await
            .expect("claimed");
        assert_eq!(again.len(), 1, "a's lease has ended");
        intake::park(&mut tx, row.id, "a", "too late", NOW)
            .await
            .expect("no error");
        intake::postpone(&mut tx, row.id, "a", NOW + 9, "too late")
            .await
            .expect("no error");
        let end = ("accepted", "by b");
        let done = intake::finish(&mut tx, row.id, "b", end, Some(community.id), NOW).await;
        assert!(done.expect("no error"), "b still holds it");
        intake::park(&mut tx, row.id, "b", "after an unknown commit", NOW)
            .await
            .expect("no error");
        let kept = intake::by_message_id(&mut tx, "one@plant.example")
            .await
            .expect("rows");
        assert_eq!((kept[0].1.state.as_str(), kept[0].1.attempts), ("done", 0));
    });
}

fn who_has_left_gets_nothing_from_an_audience_frozen_before(database: &Database) {
    story(database, |ctx, community| async move {
        join(&ctx, &community).await;
        let mut tx = write(&ctx).await;
        let version = communities::by_id(&mut tx, community.id)
            .await
            .expect("it")
            .roster_version;
        mail(&mut tx, &community, Some(version)).await;
        let found = membership::for_change(&mut tx, community.id, "ann@plant.example").await;
        let member = found.expect("an answer").expect("the member");
        membership::leave(&mut tx, member, "test", NOW)
            .await
            .expect("left");
        let mail = mails::claim_expanding(&mut tx, "a", (0, 10))
            .await
            .expect("claimed");
        let mail = mail.expect("a mail");
        assert!(
            mails::expand(&mut tx, &mail, "a", 9, NOW)
                .await
                .expect("expanded")
        );
        let rows = outbox::of_mails(&mut tx, &[mail.id]).await.expect("rows");
        let states: Vec<_> = rows
            .iter()
            .map(|row| (row.state.as_str(), row.done_at))
            .collect();
        assert_eq!(states, [("dropped", Some(NOW))]);
    });
}

fn rows_locked_by_a_frozen_node_keep_no_beat_waiting(database: &Database) {
    story(database, |ctx, community| async move {
        let mut tx = write(&ctx).await;
        let mail = mail(&mut tx, &community, None).await;
        for to in ["ann@plant.example", "bob@plant.example"] {
            outbox::insert(&mut tx, community.id, mail, None, to, NOW)
                .await
                .expect("a row");
        }
        let rows = outbox::claim(&mut tx, NOW, "frozen", 10, 9)
            .await
            .expect("claimed");
        tx.commit().await.expect("a commit");
        let mut freezing = write(&ctx).await;
        if !freezing.is_postgres() {
            return; // One writer: nobody can beat beside it.
        }
        let attempt = Attempt {
            id: rows[0].id,
            state: "sent",
            reply: String::new(),
            at: NOW,
        };
        outbox::record(&mut freezing, "frozen", &[attempt])
            .await
            .expect("recorded");
        let mut beat = write(&ctx).await;
        let freed = outbox::reclaim(&mut beat, 20)
            .await
            .expect("no lock is waited for");
        assert_eq!(freed, 1, "the row that is not locked");
    });
}

async fn join(ctx: &Context, community: &Community) {
    let mut tx = write(ctx).await;
    let new = NewMember {
        address: "ann@plant.example".into(),
        ..NewMember::default()
    };
    let added = membership::add(&mut tx, community.id, &new, "test", NOW).await;
    added.expect("a member");
    tx.commit().await.expect("a commit");
}

async fn keep(tx: &mut Tx, recipients: &[String]) -> i64 {
    let message = NewMessage {
        message_id: "one@plant.example",
        envelope_from: "bob@plant.example",
        via: "lmtp",
        peer: "test",
        helo: "",
        received_at: NOW,
        raw: RAW,
    };
    intake::insert(tx, &message, recipients, NOW)
        .await
        .expect("kept")
}

async fn publish(tx: &mut Tx, ctx: &Context, community: &Community) -> &'static str {
    let id = keep(tx, &[]).await;
    let message = intake::message(tx, id).await.expect("the message");
    let mail = message::parse(&message.raw);
    let charter = ctx.charter(community).expect("a charter");
    let arrival = Arrival {
        intake: 0,
        community,
        charter: &charter,
        message: &message,
        mail: &mail,
    };
    post::publish(tx, ctx, &arrival)
        .await
        .expect("an outcome")
        .0
}

async fn mail(tx: &mut Tx, community: &Community, roster_version: Option<i64>) -> i64 {
    let mail = NewMail {
        community_id: community.id,
        name: "post",
        post_id: None,
        message_id: "one@plant.example",
        roster_version,
        concerns: "",
        created_at: NOW,
        content: RAW,
    };
    mails::insert(tx, &mail).await.expect("a mail")
}
