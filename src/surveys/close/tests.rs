use super::*;
use crate::config::survey::BUILT_IN;
use crate::store::surveys::Wave;

fn asked() -> Asked {
    let (name, text) = BUILT_IN
        .iter()
        .find(|(name, _)| *name == "health-check")
        .unwrap();
    Asked::of(Wave {
        id: 1,
        community_id: 1,
        survey: (*name).to_owned(),
        number: 1,
        definition: (*text).to_owned(),
        public_key: Vec::new(),
        rolling: false,
        minimum: 5,
        state: "open".to_owned(),
        opened_at: 0,
        closes_at: 0,
        closed_at: None,
        invited: 0,
        answered: 0,
    })
    .unwrap()
}

fn given(invitee: i64, digits: [u8; 7]) -> Given {
    Given {
        invitee,
        digits: digits.to_vec(),
        comment: format!("comment {invitee}"),
        shared: invitee == 2,
        quoted: false,
        consents: false,
        withdraws: false,
    }
}

#[test]
fn an_index_needs_all_its_items_and_turns_what_is_reversed() {
    let asked = asked();
    let safety = |third: u8, fourth: u8| {
        favourable(&asked, &given(1, [1, 1, third, fourth, 1, 1, 1]), "safety")
    };
    assert_eq!(safety(5, 1), Some(true));
    assert_eq!(safety(3, 1), Some(true));
    assert_eq!(safety(5, 5), Some(false));
    assert_eq!(safety(5, 0), None);
    assert_eq!(safety(0, 1), None);
    let names: Vec<_> = tallies(&asked, &[])
        .into_iter()
        .map(|one| one.name)
        .collect();
    let expected = [
        "satisfaction",
        "trust",
        "safety",
        "applied",
        "voice",
        "rotating",
    ];
    assert_eq!(names, expected);
}

#[test]
fn what_cannot_be_said_counts_in_no_index() {
    let all = [
        given(1, [4, 0, 3, 2, 5, 1, 0]),
        given(2, [3, 4, 5, 1, 5, 2, 0]),
    ];
    let found: Vec<_> = tallies(&asked(), &all)
        .iter()
        .map(|one| (one.k, one.n))
        .collect();
    assert_eq!(found, [(1, 2), (1, 1), (1, 2), (2, 2), (0, 2), (0, 0)]);
}

#[test]
fn of_several_answers_the_last_counts_and_only_of_those_who_count() {
    let invitee = |id| Invitee {
        id,
        wave_id: 1,
        member_id: id,
        about: String::new(),
        counted: true,
        state: "answered".into(),
        replies: 1,
        clarified: false,
    };
    let known = [invitee(1), invitee(2)];
    let known: Vec<_> = known.iter().collect();
    let all = vec![
        given(1, [1; 7]),
        given(3, [5; 7]),
        given(2, [2; 7]),
        given(1, [4; 7]),
    ];
    let last = last_of_each(all, &known);
    let found: Vec<_> = last
        .iter()
        .map(|one| (one.invitee, one.digits[0]))
        .collect();
    assert_eq!(found, [(1, 4), (2, 2)]);
    let back = |id| Given {
        withdraws: true,
        ..given(id, [0; 7])
    };
    let all = vec![
        given(1, [1; 7]),
        given(2, [2; 7]),
        back(1),
        back(2),
        given(2, [3; 7]),
    ];
    let last = last_of_each(all, &known);
    assert_eq!(last.len(), 1, "{last:?}");
    assert_eq!((last[0].invitee, last[0].digits[0]), (2, 3));
}

#[test]
fn comments_of_few_are_shown_only_where_their_writers_share_them() {
    let some: Vec<_> = (1..=9).map(|id| given(id, [4; 7])).collect();
    assert_eq!(shown(&some, 9), ["comment 2"]);
    let more: Vec<_> = (1..=10).map(|id| given(id, [4; 7])).collect();
    assert_eq!(shown(&more, 10).len(), 10);
    // Ten answers of people who were asked one by one, some of them twice.
    assert_eq!(shown(&more, 9), ["comment 2"]);
}

#[test]
fn a_shuffle_loses_nothing_and_changes_the_order() {
    let mut all: Vec<u32> = (0..200).collect();
    shuffle(&mut all);
    assert!(!all.is_sorted());
    all.sort_unstable();
    assert_eq!(all, (0..200).collect::<Vec<_>>());
}
