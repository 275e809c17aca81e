//! Both databases find the same in the same order in an archive that has more of a common
//! word than are ranked. `benches/search.rs` measures a larger one.

use folkmoot::archive::fetch;
use std::time::Duration;

use super::corpus::{self, Answer};
use crate::support::Database;
use crate::support::store::{open, runtime};

const POSTS: usize = 1_500;
/// No search of the two may take so long, on the slowest machine in a debug build.
const LONG: Duration = Duration::from_secs(20);

#[test]
fn both_databases_find_the_same_in_the_same_order() {
    let Some(postgres) = Database::postgres() else {
        return;
    };
    let [one, other] = [Database::sqlite(), postgres].map(|database| {
        let folder = tempfile::tempdir().expect("a folder");
        runtime().block_on(async {
            let db = open(&database, folder.path()).await;
            let community = corpus::fill(&db, POSTS).await;
            let answers = corpus::ask(&db, community, 6).await;
            db.close().await;
            answers
        })
    });
    for (one, other) in one.iter().zip(&other) {
        let said = |answer: &Answer| (answer.total, answer.best.clone());
        assert!(
            one.took + other.took < LONG,
            "{} takes {:?}",
            one.query,
            one.took
        );
        assert_eq!(said(one), said(other), "{}", one.query);
    }
    let common = &one[0];
    assert!(
        common.total > fetch::MOST,
        "{} is in most posts: {}",
        common.query,
        common.total
    );
    let finding = one.iter().filter(|answer| answer.total > 0).count();
    assert!(
        finding > one.len() / 2,
        "{finding} of {} find something",
        one.len()
    );
}
