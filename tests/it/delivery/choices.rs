//! Choices for a thread, as the affairs of mail and page make them.

use folkmoot::context::Context;
use folkmoot::lists::membership::{self, NewMember};
use folkmoot::lists::post::{self, Arrival};
use folkmoot::lists::{choices, guests};
use folkmoot::message;
use folkmoot::store::communities::Community;
use folkmoot::store::guests::Thread;
use folkmoot::store::intake::{self, NewMessage};
use folkmoot::store::members::{self, Member};
use folkmoot::store::{self, Tx, posts, trail};

use crate::support::store::{NOW, founded, runtime, write};
use crate::support::{Database, both};

both!(choices_and_guests_follow_a_thread_that_becomes_part_of_another);

const ANN: &str = "ann@plant.example";

fn choices_and_guests_follow_a_thread_that_becomes_part_of_another(database: &Database) {
    let folder = tempfile::tempdir().expect("a folder");
    runtime().block_on(async {
        let (ctx, community) = founded(database, folder.path()).await;
        let mut tx = write(&ctx).await;
        let ann = join(&mut tx, community.id).await;
        // An answer that is here before what it answers.
        file(&mut tx, &ctx, &community, "late", "root").await;
        let apart = thread(&mut tx, community.id, "late").await;
        choices::follow(&mut tx, &ctx, &ann, apart)
            .await
            .expect("followed");
        choices::mute(&mut tx, &ctx, &ann, apart)
            .await
            .expect("muted");
        let of = Thread {
            community: community.id,
            thread: apart,
        };
        let is_in = guests::let_in(&mut tx, &ctx, of, "expert@far.example", "ann").await;
        assert!(is_in.expect("an answer"));
        let again = guests::let_in(&mut tx, &ctx, of, "expert@far.example", "ann").await;
        assert!(!again.expect("an answer"), "they are in");
        let member = guests::let_in(&mut tx, &ctx, of, ANN, "ann").await;
        assert!(!member.expect("an answer"), "members are no guests");

        file(&mut tx, &ctx, &community, "root", "older").await;
        file(&mut tx, &ctx, &community, "older", "").await;
        let whole = thread(&mut tx, community.id, "late").await;
        assert_eq!(whole, thread(&mut tx, community.id, "older").await);
        assert_ne!(whole, apart);
        let choice = store::choices::of_member(&mut tx, ann.id, whole).await;
        assert_eq!(choice.expect("an answer").as_deref(), Some("mute"));
        let of = Thread {
            thread: whole,
            ..of
        };
        let is_guest = guests::is_guest_of(&mut tx, of, "expert@far.example").await;
        assert!(is_guest.expect("an answer"));

        // By the key of a thread that is none any more, too.
        assert!(
            choices::unmute(&mut tx, &ctx, &ann, apart)
                .await
                .expect("done")
        );
        assert!(
            !choices::unmute(&mut tx, &ctx, &ann, whole)
                .await
                .expect("done")
        );
        assert!(
            !choices::unfollow(&mut tx, &ctx, &ann, whole)
                .await
                .expect("done")
        );
        let steps = trail::of_address(&mut tx, ANN).await.expect("steps");
        let mut told: Vec<&str> = steps.iter().map(|step| step.verdict.as_str()).collect();
        told.reverse();
        assert_eq!(told, ["joined", "follow", "mute", "unmute"]);

        let reply = message::parse(&raw("x", "late"));
        let found = choices::thread_of(&mut tx, community.id, &reply).await;
        assert_eq!(found.expect("an answer"), Some(whole));
        let stranger = message::parse(&raw("x", "nobody"));
        let found = choices::thread_of(&mut tx, community.id, &stranger).await;
        assert_eq!(found.expect("an answer"), None);
        drop(tx);
        ctx.db.close().await;
    });
}

async fn join(tx: &mut Tx, community: i64) -> Member {
    let new = NewMember {
        address: ANN.into(),
        ..NewMember::default()
    };
    let added = membership::add(tx, community, &new, "test", NOW).await;
    added.expect("a member");
    let found = members::by_address(tx, community, ANN).await;
    found.expect("an answer").expect("the member")
}

async fn thread(tx: &mut Tx, community: i64, id: &str) -> i64 {
    let found = posts::by_message_id(tx, community, &format!("{id}@plant.example")).await;
    found.expect("an answer").expect("the post").thread_id
}

fn raw(id: &str, answers: &str) -> Vec<u8> {
    let answers = match answers {
        "" => String::new(),
        id => format!("In-Reply-To: <{id}@plant.example>\r\n"),
    };
    format!(
        "From: bob@plant.example\r\nMessage-ID: <{id}@plant.example>\r\n{answers}Subject: {id}\r\n\r\nHi\r\n"
    )
    .into_bytes()
}

async fn file(tx: &mut Tx, ctx: &Context, community: &Community, id: &str, answers: &str) {
    let (raw, name) = (raw(id, answers), format!("{id}@plant.example"));
    let new = NewMessage {
        message_id: &name,
        envelope_from: "bob@plant.example",
        via: "lmtp",
        peer: "test",
        helo: "",
        received_at: NOW,
        raw: &raw,
    };
    let id = intake::insert(tx, &new, &[], NOW).await.expect("kept");
    let message = intake::message(tx, id).await.expect("the message");
    let arrival = Arrival {
        intake: 0,
        community,
        charter: &ctx.charter(community).expect("a charter"),
        message: &message,
        mail: &message::parse(&raw),
    };
    post::publish(tx, ctx, &arrival).await.expect("an outcome");
}
