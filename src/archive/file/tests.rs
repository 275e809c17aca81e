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
        self.file_at(0, name, references, &Hints::default()).await
    }

    async fn file_at(&mut self, at: i64, name: &str, references: &[&str], hints: &Hints) -> i64 {
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
            sent_at: at,
            archived_at: at,
            text: "",
            references: references.iter().map(ToString::to_string).collect(),
        };
        file(&mut self.tx, &post, hints).await.unwrap()
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

fn index(answers: &[u8]) -> Hints {
    let answers: String = answers.iter().map(|n| format!("{n:010x}")).collect();
    Hints {
        thread_index: format!("{}{answers}", "01".repeat(22)),
        ..Hints::default()
    }
}

#[tokio::test]
async fn outlook_s_conversation_places_what_refers_to_nothing() {
    let mut archive = archive().await;
    let other = archive.file("other", &[]).await;
    let root = archive.file_at(0, "root", &[], &index(&[])).await;
    let deep = archive.file_at(0, "deep", &[], &index(&[1, 2])).await;
    let beside = archive.file_at(0, "beside", &[], &index(&[3])).await;
    // It comes late, and what answers it was below the first of all.
    let middle = archive.file_at(0, "middle", &[], &index(&[1])).await;
    let referring = archive
        .file_at(0, "referring", &["other"], &index(&[4]))
        .await;
    for (id, parent, thread) in [
        (root, None, root),
        (middle, Some(root), root),
        (beside, Some(root), root),
        (referring, Some(other), other),
    ] {
        let post = archive.post(id).await;
        assert_eq!(
            (post.parent_id, post.thread_id),
            (parent, thread),
            "{}",
            post.message_id
        );
    }
    assert_eq!(archive.post(deep).await.thread_id, root);
}

#[tokio::test]
async fn an_answer_by_index_waits_for_what_it_answers() {
    let mut archive = archive().await;
    let deep = archive.file_at(0, "deep", &[], &index(&[1, 2])).await;
    let below = archive.file("below", &["deep"]).await;
    assert_eq!(archive.post(below).await.thread_id, deep);
    let root = archive.file_at(0, "root", &[], &index(&[])).await;
    for (id, parent) in [(deep, root), (below, deep)] {
        let post = archive.post(id).await;
        assert_eq!((post.parent_id, post.thread_id), (Some(parent), root));
    }
}

#[tokio::test]
async fn what_is_quoted_counts_before_the_subject_and_the_subject_for_a_week() {
    const DAY: i64 = 86_400_000;
    let mut archive = archive().await;
    let under = |subject: &str, is_bare_answer| Hints {
        base_subject: subject.to_owned(),
        is_bare_answer,
        ..Hints::default()
    };
    let first = archive
        .file_at(0, "first", &[], &under("seals", false))
        .await;
    let quoted = archive
        .file_at(DAY, "quoted", &[], &under("hoses", false))
        .await;
    let quoting = Hints {
        quoted: vec!["nobody".into(), "quoted".into()],
        ..under("seals", true)
    };
    let quoting = archive.file_at(2 * DAY, "quoting", &[], &quoting).await;
    let soon = archive
        .file_at(7 * DAY, "soon", &[], &under("seals", true))
        .await;
    let new = archive
        .file_at(8 * DAY, "new", &[], &under("seals", false))
        .await;
    let late = archive
        .file_at(30 * DAY, "late", &[], &under("seals", true))
        .await;
    let empty = archive
        .file_at(30 * DAY, "empty", &[], &under("", true))
        .await;
    assert_eq!(archive.post(quoting).await.parent_id, Some(quoted));
    // The last under that subject stands in the thread of what it quotes.
    assert_eq!(archive.post(soon).await.parent_id, Some(quoted));
    for root in [first, new, late, empty] {
        let post = archive.post(root).await;
        assert_eq!(
            (post.parent_id, post.thread_id),
            (None, root),
            "{}",
            post.message_id
        );
    }
}

#[tokio::test]
async fn what_a_facilitator_split_off_stays_apart() {
    let mut archive = archive().await;
    let a = archive.file("a", &["ghost"]).await;
    let b = archive.file("b", &["ghost", "a"]).await;
    let c = archive.file("c", &["ghost", "a", "b"]).await;
    let post = archive.post(b).await;
    relocate::split(&mut archive.tx, &post, ("ann", 1))
        .await
        .unwrap()
        .unwrap();
    let d = archive.file("d", &["ghost", "a", "b", "c"]).await;
    let ghost = archive.file("ghost", &[]).await;
    for (id, parent, thread) in [
        (ghost, None, ghost),
        (a, Some(ghost), ghost),
        (b, None, b),
        (c, Some(b), b),
        (d, Some(c), b),
    ] {
        let post = archive.post(id).await;
        assert_eq!(
            (post.parent_id, post.thread_id),
            (parent, thread),
            "{}",
            post.message_id
        );
    }
}

#[tokio::test]
async fn a_post_that_is_moved_takes_its_answers_and_leaves_a_thread_behind() {
    let mut archive = archive().await;
    let root = archive.file("root", &["ghost"]).await;
    let answer = archive.file("answer", &["root"]).await;
    let sibling = archive.file("sibling", &["ghost"]).await;
    let other = archive.file("other", &[]).await;
    let (moved, below) = (archive.post(root).await, archive.post(other).await);
    let by = ("ann", 1);
    relocate::move_below(&mut archive.tx, &moved, &below, by)
        .await
        .unwrap()
        .unwrap();
    for (id, parent, thread) in [
        (root, Some(other), other),
        (answer, Some(root), other),
        // The thread was named after what went away.
        (sibling, None, sibling),
    ] {
        let post = archive.post(id).await;
        assert_eq!(
            (post.parent_id, post.thread_id),
            (parent, thread),
            "{}",
            post.message_id
        );
    }
    let (up, down) = (archive.post(other).await, archive.post(answer).await);
    let refused = relocate::move_below(&mut archive.tx, &up, &down, by)
        .await
        .unwrap();
    assert_eq!(refused, Err(relocate::Refused::Circle));
}
