//! An import files whole batches; each post stands where it would if it had come alone.

use std::io::Cursor;

use folkmoot::archive::file::file;
use folkmoot::archive::mbox::MboxReader;
use folkmoot::archive::threads::{Hints, ancestry};
use folkmoot::archive::transfer::{self, Target};
use folkmoot::context::Context;
use folkmoot::links;
use folkmoot::message;
use folkmoot::practice::apply;
use folkmoot::store::intake::{self, NewMessage};
use folkmoot::store::posts::{self, NewPost, Post};
use folkmoot::store::{communities, raws};

use crate::support::random::Random;
use crate::support::store::{NOW, founded, runtime, write};
use crate::support::{Database, both};

both!(
    a_batch_files_as_single_posts_are_filed,
    what_two_communities_import_is_kept_once,
);

const VALVES: &str = "slug = \"valves\"\nname = \"Valves\"\n[charter]\ndomain = \"Valves.\"\n\
    community = \"People.\"\npractice = \"Notes.\"\n[list]\nposting = \"anyone\"\n";

fn a_batch_files_as_single_posts_are_filed(database: &Database) {
    let folder = tempfile::tempdir().expect("a folder");
    runtime().block_on(async {
        let (ctx, pumps) = founded(database, folder.path()).await;
        for seed in 0..12 {
            let (together, alone) = (
                another(&ctx, &format!("together-{seed}")).await,
                another(&ctx, &format!("alone-{seed}")).await,
            );
            let mails = mails(seed);
            let mbox: String = mails
                .iter()
                .map(|mail| format!("{SEPARATOR}{mail}\n"))
                .collect();
            import(&ctx, together, &mbox).await;
            for mail in &mails {
                file_alone(&ctx, alone, mail.as_bytes()).await;
            }
            let (ours, theirs) = (places(&ctx, together).await, places(&ctx, alone).await);
            assert_eq!(ours.len(), theirs.len(), "seed {seed}");
            for (ours, theirs) in ours.iter().zip(&theirs) {
                assert_eq!(ours, theirs, "seed {seed}\n{mbox}");
            }
        }
        assert!(places(&ctx, pumps.id).await.is_empty());
    });
}

const SEPARATOR: &str = "From ann@plant.example Mon Jan  5 09:00:00 2026\n";

async fn another(ctx: &Context, slug: &str) -> i64 {
    let mut tx = write(ctx).await;
    let charter = VALVES.replace("\"valves\"", &format!("\"{slug}\""));
    let applied = apply::apply(&mut tx, ctx, &charter, "charter.toml", None).await;
    applied.expect("the charter is applied");
    let found = communities::by_slug(&mut tx, slug)
        .await
        .expect("an answer");
    tx.commit().await.expect("a commit");
    found.expect("the community").id
}

/// Mails that answer what is there, what comes later, and what never comes; that say so by
/// References, by Outlook's index, by a link in what they quote, and by their subject alone;
/// some twice, some under a name that is taken, some for members only.
fn mails(seed: u64) -> Vec<String> {
    let mut chance = Random::seeded(seed);
    let mut mails: Vec<String> = Vec::new();
    for number in 0..70_u64 {
        let id = match chance.below(25) {
            0 => chance.below(70),
            _ => number,
        };
        let mut head = format!(
            "From: p{}@plant.example\nMessage-ID: <{id}@x.example>\nDate: Mon, 5 Jan 2026 {:02}:{:02}:00 +0000\n",
            chance.below(5),
            number / 60,
            number % 60
        );
        let subject = match chance.below(12) {
            0 => "[members] Pay".to_owned(),
            1..=4 => format!("Re: Seal {}", chance.below(4)),
            _ => format!("Seal {}", chance.below(4)),
        };
        head += &format!("Subject: {subject}\n");
        match chance.below(3) {
            0 => {
                let above: Vec<String> = (0..1 + chance.below(3))
                    .map(|_| format!("<{}@x.example>", chance.below(75)))
                    .collect();
                head += &format!("References: {}\n", above.join(" "));
            }
            1 => {
                let conversation = [1, chance.below(3) as u8].repeat(11);
                let steps = [7, chance.below(2) as u8, 0, 0, 1].repeat(chance.below(3) as usize);
                let index = [conversation, steps].concat();
                head += &format!("Thread-Index: {}\n", base64(&index));
            }
            _ => {}
        }
        let quoted = match chance.below(6) {
            0 => {
                let name = links::permalink(&format!("{}@x.example", chance.below(70)));
                format!("> https://lists.example.org/c/pumps/m/{name}\n")
            }
            _ => String::new(),
        };
        mails.push(format!("{head}\nText {number}.\n{quoted}"));
        if chance.below(15) == 0 {
            let again = mails[chance.below(mails.len() as u64) as usize].clone();
            mails.push(again);
        }
    }
    mails
}

fn base64(bytes: &[u8]) -> String {
    use base64::Engine;
    base64::engine::general_purpose::STANDARD.encode(bytes)
}

async fn import(ctx: &Context, community: i64, mbox: &str) -> transfer::Imported {
    let target = Target {
        ctx,
        community,
        now: NOW,
    };
    let mails = MboxReader::new(Cursor::new(mbox.as_bytes().to_vec()));
    let done = transfer::import(&target, Box::new(mails), |_| ()).await;
    done.expect("an import")
}

/// As a post from the list is filed.
async fn file_alone(ctx: &Context, community: i64, raw: &[u8]) {
    let mail = message::parse(raw);
    let message_id = message::message_id(raw).expect("a Message-ID");
    let author = &mail.from[0].address;
    let digest = mail.body_digest.as_bytes();
    let mut tx = write(ctx).await;
    let twin = posts::twin(&mut tx, community, &message_id, author, digest).await;
    if twin.expect("an answer").is_some() {
        return;
    }
    let new = NewMessage {
        message_id: &message_id,
        envelope_from: author,
        via: "lmtp",
        peer: "",
        helo: "",
        received_at: NOW,
        raw,
    };
    let raw_id = intake::insert(&mut tx, &new, &[], NOW)
        .await
        .expect("a row");
    let above = ancestry(&message_id, &mail.references, &mail.in_reply_to);
    let post = NewPost {
        community_id: community,
        raw_id,
        message_id: &message_id,
        permalink: &links::permalink(&message_id),
        body_digest: digest,
        subject: &mail.subject,
        author_name: "",
        author_address: author,
        sent_at: mail.date.expect("a date").timestamp_millis(),
        archived_at: NOW,
        text: &mail.text,
        references: above.into_iter().map(str::to_owned).collect(),
    };
    file(&mut tx, &post, &Hints::of(&mail))
        .await
        .expect("it is filed");
    tx.commit().await.expect("a commit");
}

/// Each post by its number: Message-ID, the numbers of its parent and of the first post of its
/// thread, and whether it stays among members.
async fn places(ctx: &Context, community: i64) -> Vec<(String, Option<usize>, Option<usize>, i64)> {
    let mut tx = ctx.read().await.expect("a connection");
    let all = posts::page(&mut tx, community, 0, 1_000)
        .await
        .expect("posts");
    let number = |id: i64| all.iter().position(|post| post.id == id);
    let place = |post: &Post| {
        let parent = post.parent_id.and_then(number);
        (
            post.message_id.clone(),
            parent,
            number(post.thread_id),
            post.members_only,
        )
    };
    all.iter().map(place).collect()
}

fn what_two_communities_import_is_kept_once(database: &Database) {
    let folder = tempfile::tempdir().expect("a folder");
    runtime().block_on(async {
        let (ctx, pumps) = founded(database, folder.path()).await;
        let valves = another(&ctx, "valves").await;
        let mail = |number: u32, text: &str| {
            format!(
                "{SEPARATOR}From: ann@plant.example\nSubject: Seal\nMessage-ID: <{number}@x.example>\n\
                 Date: Mon, 5 Jan 2026 09:00:00 +0000\n\n{text}\n\n"
            )
        };
        let both = [mail(1, "One."), mail(2, "Two.")].concat();
        assert_eq!(import(&ctx, pumps.id, &both).await.added, 2);
        let sizes = |ctx: Context| async move {
            raws::sizes(&mut ctx.read().await.expect("a connection")).await.expect("sizes")
        };
        let before = sizes(ctx.clone()).await;
        assert_eq!(import(&ctx, valves, &both).await.added, 2);
        assert_eq!(sizes(ctx.clone()).await, before);
        // Not what only has the same name.
        let other = another(&ctx, "other").await;
        assert_eq!(import(&ctx, other, &mail(1, "Another.")).await.added, 1);
        assert_ne!(sizes(ctx.clone()).await, before);
        let again = import(&ctx, pumps.id, &both).await;
        assert_eq!((again.added, again.duplicates), (0, 2));
    });
}
