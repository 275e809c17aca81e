//! What one installation sends: how much in a day, by however many nodes, and when it
//! stops because people complain.

use std::time::Duration;

use folkmoot::context::Context;
use folkmoot::outbox::brake::{self, Brake};
use folkmoot::outbox::release;
use folkmoot::practice::apply;
use folkmoot::store::mails::{self, NewMail};
use folkmoot::store::offers::{self, NewOffer};
use folkmoot::store::{communities, outbox};
use tokio::sync::watch;

use crate::support::store::{NOW, founded, founded_with, runtime, write};
use crate::support::{Database, both};

both!(
    two_nodes_release_each_offer_once_and_exceed_no_window,
    a_day_has_room_for_so_many_and_what_matters_more_goes_first,
    a_clock_set_back_or_a_month_ahead_makes_no_storm_and_no_gap,
    complaints_about_all_communities_stop_the_programme_mail_of_all,
);

const HOUR: i64 = 3_600_000;
/// Monday at nine, when nobody rests.
const MONDAY: i64 = NOW + 24 * HOUR;

fn two_nodes_release_each_offer_once_and_exceed_no_window(database: &Database) {
    const PEOPLE: usize = 60;
    let folder = tempfile::tempdir().expect("a folder");
    runtime().block_on(async {
        let (ctx, community) = founded(database, folder.path()).await;
        ctx.clock.set(MONDAY);
        let people: Vec<_> = (0..PEOPLE)
            .map(|n| format!("m{n:03}@plant.example"))
            .collect();
        for number in 0..5 {
            offer(
                &ctx,
                community.id,
                ("delivery-trouble", "role"),
                6,
                number,
                &people,
            )
            .await;
        }
        for number in 5..8 {
            offer(
                &ctx,
                community.id,
                ("charter-review", "programme"),
                6,
                number,
                &people,
            )
            .await;
        }
        settle(&ctx, 2).await;
        let mut tx = ctx.read().await.expect("a reader");
        for person in &people {
            let got = offers::history(&mut tx, person, 0, MONDAY)
                .await
                .expect("what they got");
            let kinds: Vec<_> = got.iter().map(|mail| mail.kind.as_str()).collect();
            let count = |kind| kinds.iter().filter(|known| **known == kind).count();
            assert_eq!((count("role"), count("programme")), (3, 1), "{person}");
            let others = offers::of_recipient(&mut tx, person, 100)
                .await
                .expect("offers");
            let count = |state| others.iter().filter(|offer| offer.state == state).count();
            assert_eq!((count("waiting"), count("merged")), (2, 3), "{person}");
            let rows = outbox::of_recipient(&mut tx, person, 100)
                .await
                .expect("rows");
            let goes = rows.iter().filter(|row| row.state == "waiting").count();
            assert_eq!(goes, 4, "three of a role and one digest to {person}");
        }
        drop(tx);
        ctx.db.clone().close().await;
    });
}

fn a_day_has_room_for_so_many_and_what_matters_more_goes_first(database: &Database) {
    let folder = tempfile::tempdir().expect("a folder");
    runtime().block_on(async {
        let limit = "[limits]\nprogramme_per_day = 2\n";
        let (ctx, community) = founded_with(database, folder.path(), limit).await;
        ctx.clock.set(MONDAY);
        let to = |name: &str| vec![format!("{name}@plant.example")];
        for (number, name) in (0..).zip(["ann", "bob", "cleo", "dora"]) {
            let mail = ("charter-review", "programme");
            offer(&ctx, community.id, mail, 6, number, &to(name)).await;
        }
        // The last one, and it matters more.
        offer(
            &ctx,
            community.id,
            ("charter-review", "programme"),
            1,
            4,
            &to("emil"),
        )
        .await;
        offer(
            &ctx,
            community.id,
            ("delivery-trouble", "role"),
            6,
            5,
            &to("fay"),
        )
        .await;
        settle(&ctx, 1).await;
        assert_eq!(
            gone(&ctx).await,
            ["ann", "emil", "fay"],
            "role mail is not counted"
        );
        let mut tx = ctx.read().await.expect("a reader");
        let waiting = offers::waiting(&mut tx, 10).await.expect("what waits");
        drop(tx);
        let midnight = MONDAY + 15 * HOUR;
        for offer in &waiting {
            let why = "the installation has sent as many programme mails as it may in a day";
            assert_eq!((offer.reason.as_str(), offer.next_at), (why, midnight));
        }
        assert_eq!(waiting.len(), 3);
        // The next day begins in quiet hours. Somebody else comes before their end, and
        // behind those who have waited.
        ctx.clock.set(midnight);
        settle(&ctx, 1).await;
        assert_eq!(gone(&ctx).await.len(), 3);
        ctx.clock.set(MONDAY + 24 * HOUR);
        offer(
            &ctx,
            community.id,
            ("charter-review", "programme"),
            6,
            6,
            &to("gus"),
        )
        .await;
        settle(&ctx, 1).await;
        assert_eq!(gone(&ctx).await, ["ann", "bob", "cleo", "emil", "fay"]);
        ctx.clock.set(MONDAY + 48 * HOUR);
        settle(&ctx, 2).await;
        assert_eq!(
            gone(&ctx).await,
            ["ann", "bob", "cleo", "dora", "emil", "fay", "gus"]
        );
        ctx.db.clone().close().await;
    });
}

fn a_clock_set_back_or_a_month_ahead_makes_no_storm_and_no_gap(database: &Database) {
    let folder = tempfile::tempdir().expect("a folder");
    runtime().block_on(async {
        let (ctx, community) = founded(database, folder.path()).await;
        ctx.clock.set(MONDAY);
        let ann = ["ann@plant.example".to_owned()];
        let mail = ("delivery-trouble", "role");
        for number in 0..5 {
            offer(&ctx, community.id, mail, 6, number, &ann).await;
        }
        settle(&ctx, 1).await;
        assert_eq!(gone(&ctx).await.len(), 3, "a week has room for three");
        // What went an hour from now has gone.
        ctx.clock.set(MONDAY - HOUR);
        offer(&ctx, community.id, mail, 6, 5, &ann).await;
        settle(&ctx, 1).await;
        assert_eq!(gone(&ctx).await.len(), 3);
        // A month later nothing of it is sent at once; it ends, and says why.
        ctx.clock.set(MONDAY + 31 * 24 * HOUR);
        settle(&ctx, 1).await;
        assert_eq!(gone(&ctx).await.len(), 3);
        let mut tx = ctx.read().await.expect("a reader");
        let all = offers::of_recipient(&mut tx, &ann[0], 10)
            .await
            .expect("offers");
        let ends = all
            .iter()
            .filter(|one| one.state == "dropped" && one.reason.starts_with("expired: "));
        assert_eq!((ends.count(), all.len()), (3, 3), "{all:?}");
        drop(tx);
        ctx.db.clone().close().await;
    });
}

fn complaints_about_all_communities_stop_the_programme_mail_of_all(database: &Database) {
    let folder = tempfile::tempdir().expect("a folder");
    runtime().block_on(async {
        let (ctx, pumps) = founded(database, folder.path()).await;
        ctx.clock.set(MONDAY);
        let mut tx = write(&ctx).await;
        let charter = pumps.charter.replace("pumps", "seals");
        let applied = apply::apply(&mut tx, &ctx, &charter, "seals.toml", None).await;
        applied.expect("the charter is applied");
        let seals = communities::by_slug(&mut tx, "seals")
            .await
            .expect("an answer");
        let seals = seals.expect("the community");
        // Two about one and one about the other: for neither alone enough.
        for (community, alone) in [
            (&pumps, Brake::Off),
            (&pumps, Brake::Warn),
            (&seals, Brake::Off),
        ] {
            let brake = brake::complained(&mut tx, &ctx, community.id).await;
            assert_eq!(brake.expect("a verdict"), alone);
        }
        let all = brake::everywhere(&mut tx, MONDAY).await.expect("a verdict");
        assert_eq!(all.brake, Brake::On);
        assert_eq!(
            all.told(),
            "3 complaints about 0 mails of all communities in 30 days"
        );
        let later = brake::everywhere(&mut tx, MONDAY + 31 * 24 * HOUR).await;
        assert_eq!(later.expect("a verdict").brake, Brake::Off);
        tx.commit().await.expect("a commit");
        let ann = ["ann@plant.example".to_owned()];
        offer(&ctx, seals.id, ("charter-review", "programme"), 6, 0, &ann).await;
        offer(&ctx, seals.id, ("delivery-trouble", "role"), 6, 1, &ann).await;
        settle(&ctx, 1).await;
        assert_eq!(gone(&ctx).await, ["ann"], "the mail of a role");
        let mut tx = ctx.read().await.expect("a reader");
        let all = offers::of_recipient(&mut tx, &ann[0], 10)
            .await
            .expect("offers");
        assert_eq!(
            (all[0].state.as_str(), all[0].reason.as_str()),
            ("dropped", brake::EVERYWHERE)
        );
        drop(tx);
        ctx.db.clone().close().await;
    });
}

/// Offers a mail of that name and kind to these people, due `number` minutes ago and good
/// for a month.
async fn offer(
    ctx: &Context,
    community: i64,
    (name, kind): (&str, &str),
    priority: i64,
    number: i64,
    to: &[String],
) {
    let mut tx = write(ctx).await;
    let id = format!("{kind}-{number}@lists.example.org");
    let mail = NewMail {
        community_id: community,
        name,
        post_id: None,
        message_id: &id,
        roster_version: None,
        concerns: "",
        created_at: ctx.now(),
        content: b"Subject: It is time\r\n\r\nSay something.\r\n",
    };
    let mail_id = mails::insert(&mut tx, &mail).await.expect("a mail");
    for recipient in to {
        let due_at = ctx.now() - HOUR + number * 60_000;
        let new = NewOffer {
            community_id: community,
            mail_id,
            member_id: None,
            recipient,
            name,
            kind,
            series: "",
            priority,
            due_at,
            expires_at: due_at + 30 * 24 * HOUR,
        };
        offers::insert_all(&mut tx, &[new]).await.expect("an offer");
    }
    tx.commit().await.expect("a commit");
}

/// So many nodes release what is offered until nothing is due.
async fn settle(ctx: &Context, nodes: usize) {
    let (stop, stopped) = watch::channel(false);
    let work = || tokio::spawn(release::run(ctx.clone(), stopped.clone()));
    let workers: Vec<_> = (0..nodes).map(|_| work()).collect();
    let is_done = async || {
        let mut tx = ctx.read().await.expect("a reader");
        let next = offers::next_due(&mut tx).await.expect("an answer");
        next.is_none_or(|due| due > ctx.now())
    };
    while !is_done().await {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    stop.send(true).expect("they listen");
    for worker in workers {
        worker.await.expect("an end");
    }
}

/// The names of those to whom mail goes, in order.
async fn gone(ctx: &Context) -> Vec<String> {
    let mut tx = ctx.read().await.expect("a reader");
    let rows = outbox::unfinished(&mut tx, 100).await.expect("rows");
    let name = |address: &str| address.split('@').next().unwrap_or_default().to_owned();
    let mut names: Vec<_> = rows.iter().map(|row| name(&row.recipient)).collect();
    names.sort();
    names
}
