use super::*;
use crate::store::intake::{self, NewMessage};
use crate::store::posts::Post;
use crate::store::{Db, Durability, communities};

struct Archive {
    tx: Tx,
    community: i64,
    _folder: tempfile::TempDir,
}

async fn archive() -> Archive {
    let folder = tempfile::tempdir().unwrap();
    let db = Db::open_sqlite(&folder.path().join("file.db"))
        .await
        .unwrap();
    db.migrate().await.unwrap();
    let mut tx = db.write(Durability::Process).await.unwrap();
    let community = communities::insert(&mut tx, "pumps", "Pumps", "", "", 0)
        .await
        .unwrap();
    Archive {
        tx,
        community,
        _folder: folder,
    }
}

impl Archive {
    async fn file(&mut self, name: &str, references: &[&str]) -> i64 {
        let message = NewMessage {
            message_id: name,
            envelope_from: "",
            via: "import",
            peer: "",
            helo: "",
            received_at: 0,
            raw: b"",
        };
        let raw_id = intake::insert(&mut self.tx, &message, &[], 0)
            .await
            .unwrap();
        let post = NewPost {
            community_id: self.community,
            raw_id,
            message_id: name,
            permalink: name,
            body_digest: b"",
            subject: name,
            author_name: "",
            author_address: "",
            sent_at: 0,
            archived_at: 0,
            text: "",
            references: references.iter().map(ToString::to_string).collect(),
        };
        file(&mut self.tx, &post).await.unwrap()
    }

    async fn post(&mut self, id: i64) -> Post {
        posts::by_id(&mut self.tx, id).await.unwrap().unwrap()
    }
}

#[tokio::test]
async fn a_late_parent_takes_its_answers_and_their_threads() {
    let mut archive = archive().await;
    let far = archive.file("far", &["root", "near"]).await;
    let alone = archive.file("alone", &["root"]).await;
    assert_eq!(
        archive.post(alone).await.thread_id,
        far,
        "beside its sibling"
    );
    let root = archive.file("root", &[]).await;
    let near = archive.file("near", &["root"]).await;
    for (id, parent) in [
        (root, None),
        (alone, Some(root)),
        (near, Some(root)),
        (far, Some(near)),
    ] {
        let post = archive.post(id).await;
        assert_eq!(
            (post.parent_id, post.thread_id),
            (parent, root),
            "{}",
            post.message_id
        );
    }
}

#[tokio::test]
async fn the_nearest_ancestor_stays_the_parent_when_a_further_one_arrives() {
    let mut archive = archive().await;
    let near = archive.file("near", &[]).await;
    let answer = archive.file("answer", &["root", "near"]).await;
    let root = archive.file("root", &[]).await;
    let post = archive.post(answer).await;
    assert_eq!((post.parent_id, post.thread_id), (Some(near), root));
}

#[tokio::test]
async fn a_second_post_of_the_same_message_id_takes_no_thread_over() {
    let mut archive = archive().await;
    let root = archive.file("root", &[]).await;
    let answer = archive.file("answer", &["root"]).await;
    let second = archive.file("root", &[]).await;
    let post = archive.post(answer).await;
    assert_eq!((post.parent_id, post.thread_id), (Some(root), root));
    assert_eq!(archive.post(root).await.thread_id, root);
    assert_eq!(archive.post(second).await.thread_id, second);
}

#[tokio::test]
async fn posts_that_claim_to_answer_each_other_make_no_circle() {
    let mut archive = archive().await;
    let a = archive.file("a", &["c"]).await;
    let b = archive.file("b", &["a"]).await;
    let c = archive.file("c", &["b"]).await;
    let parents = [
        archive.post(a).await.parent_id,
        archive.post(b).await.parent_id,
        archive.post(c).await.parent_id,
    ];
    assert_eq!(parents, [None, Some(a), Some(b)]);
}
