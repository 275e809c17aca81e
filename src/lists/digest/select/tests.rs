use std::collections::HashSet;

use super::super::gather::{Gathered, Owed};
use super::{Form, Group, plan};
use crate::store::digests::Fresh;
use crate::store::members::Member;

fn member(id: i64, delivery: &str) -> Owed {
    Owed {
        member: Member {
            id,
            community_id: 1,
            person_id: id,
            address: format!("m{id}@plant.example"),
            name: String::new(),
            roles: "member".into(),
            delivery: delivery.into(),
            paused_until: None,
            org: String::new(),
            tz: String::new(),
            state: "active".into(),
            joined_at: 0,
            left_at: None,
            own: 1,
            copies: 0,
            topics: String::new(),
            digest_form: "page".into(),
            digested_to: 0,
            agreed: 0,
            exempt: true,
        },
        stretches: vec![(0, 100)],
        muted: HashSet::new(),
        got: HashSet::new(),
        own: HashSet::new(),
        items: Vec::new(),
    }
}

// Posts 1 to 4: 1 and 3 are a thread, 2 is of a topic, 4 is m1's own.
fn posts() -> Vec<Fresh> {
    let post = |id: i64, thread_id, topic: &str, author: &str| Fresh {
        id,
        thread_id,
        topic: topic.into(),
        author_address: author.into(),
        ..Fresh::default()
    };
    vec![
        post(1, 1, "", "x@plant.example"),
        post(2, 2, "Seals", "x@plant.example"),
        post(3, 1, "", "x@plant.example"),
        post(4, 4, "", "m1@plant.example"),
    ]
}

// The form, the posts and the members of a group.
type Shared = (Form, Vec<i64>, Vec<i64>);

fn groups(members: Vec<Owed>, contents: usize) -> (Vec<Shared>, Option<i64>) {
    let gathered = Gathered {
        posts: posts(),
        members,
        to: 100,
    };
    let plan = plan(&gathered, contents);
    let told = |group: &Group| {
        let posts = group.posts.iter().map(|place| gathered.posts[*place].id);
        let members = group.to.iter().map(|(id, _)| *id);
        (group.form, posts.collect(), members.collect())
    };
    (plan.groups.iter().map(told).collect(), plan.last_member)
}

#[test]
fn who_wants_the_same_shares_a_mail() {
    let (groups, last) = groups(
        vec![
            member(1, "digest"),
            member(2, "headlines"),
            member(3, "digest"),
        ],
        9,
    );
    let expected = [
        (Form::Page, vec![1, 2, 3, 4], vec![1, 3]),
        (Form::Headlines, vec![1, 2, 3, 4], vec![2]),
    ];
    assert_eq!(groups, expected);
    assert_eq!(last, None);
}

#[test]
fn what_is_muted_unwanted_or_there_already_is_left_out() {
    type Case = (fn(&mut Owed), &'static [i64]);
    let cases: [Case; 7] = [
        (|owed| assert!(owed.muted.insert(1)), &[2, 4]),
        (|owed| assert!(owed.got.insert(2)), &[1, 3, 4]),
        (
            |owed| assert!(owed.own.insert("m1@plant.example".into())),
            &[1, 2, 3],
        ),
        (|owed| owed.member.topics = "valves".into(), &[1, 3, 4]),
        (
            |owed| owed.member.topics = "valves, seals".into(),
            &[1, 2, 3, 4],
        ),
        (|owed| owed.stretches = vec![(0, 1), (3, 100)], &[1, 4]),
        (|owed| owed.stretches = vec![(4, 100)], &[]),
    ];
    for (number, (change, expected)) in cases.into_iter().enumerate() {
        let mut owed = member(1, "digest");
        change(&mut owed);
        let (groups, _) = groups(vec![owed], 9);
        let posts: Vec<i64> = groups.into_iter().flat_map(|(_, posts, _)| posts).collect();
        assert_eq!(posts, expected, "case {number}");
    }
}

#[test]
fn a_plan_ends_before_the_content_that_is_too_many() {
    let mut other = member(3, "digest");
    other.muted.insert(1);
    let members = vec![
        member(1, "digest"),
        member(2, "digest"),
        other,
        member(4, "digest"),
    ];
    let (groups, last) = groups(members, 1);
    assert_eq!(groups.len(), 1);
    assert_eq!(groups[0].2, [1, 2], "4 comes after 3, in the next plan");
    assert_eq!(last, Some(2));
}
