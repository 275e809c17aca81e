//! Whose turn it is to host: whoever never has comes first, then whoever did the longest
//! ago. Pure but for [`candidates`], which gathers what is known.

use std::collections::HashSet;

use crate::calendar::read::Partstat;
use crate::sessions::before::{self, Sitting};
use crate::sessions::roster;
use crate::store::hosts::{self, Asked};
use crate::store::members::{self, Member};
use crate::store::series::Series;
use crate::store::sessions::Session;
use crate::store::{self, Millis, Tx, stopped};

/// Whoever has let so many asks in a row pass is asked when nobody else is left.
const MOST_SILENT: usize = 2;

/// A member who may be asked, and what their place depends on.
#[derive(Clone, Debug)]
pub(super) struct Candidate {
    /// Who.
    pub(super) member: Member,
    /// They read only: listeners, and those who get no single posts.
    is_reader: bool,
    /// They do not answer such mail.
    is_silent: bool,
    /// They are asked for another session now.
    is_asked: bool,
    /// The day of the last session that they hosted, or will.
    pub(super) last_hosted: Option<String>,
    /// 0 where they come to this one, 1 where they may, 2 where nobody knows.
    comes: u8,
    /// When they were last asked, and did not keep their turn.
    last_asked: Option<Millis>,
}

impl Candidate {
    fn place(&self) -> impl Ord + use<> {
        (
            (self.is_reader, self.is_silent, self.is_asked),
            self.last_hosted.clone(),
            self.comes,
            self.last_asked,
            (self.member.joined_at, self.member.id),
        )
    }
}

/// Whose turn it is.
pub(super) fn next(candidates: Vec<Candidate>) -> Option<Candidate> {
    candidates.into_iter().min_by_key(Candidate::place)
}

/// Everybody who may be asked to host a session: members who were invited, have not
/// declined, have not paused, and get mail; but for those who were asked for it already.
///
/// # Errors
/// Where the database refuses.
pub(super) async fn candidates(
    tx: &mut Tx,
    sitting: &Sitting<'_>,
) -> store::Result<Vec<Candidate>> {
    candidates_of(tx, (&sitting.series, &sitting.row), sitting.home.now()).await
}

/// The same of a session of a series.
///
/// # Errors
/// Where the database refuses.
pub(super) async fn candidates_of(
    tx: &mut Tx,
    (series, row): (&Series, &Session),
    now: Millis,
) -> store::Result<Vec<Candidate>> {
    let community = series.community_id;
    let roster = roster::rows(tx, series, row.on_date.parse().ok(), now).await?;
    let mut past = hosts::of_community(tx, community).await?;
    past.sort_by_key(|one| one.asked_at);
    let off = hosts::cancelled(tx, community).await?;
    let off: HashSet<(String, String)> = off.into_iter().collect();
    let is_this = |one: &Asked| one.series == series.slug && one.on_date == row.on_date;
    let mut found = Vec::new();
    for (member, said) in before::reachable(tx, community, &roster).await? {
        let is_own = |one: &&Asked| one.member_id == member.id;
        let own: Vec<&Asked> = past.iter().filter(is_own).collect();
        let was_asked = own.iter().any(|one| is_this(one));
        if member.state != "active" || was_asked || wants_none(tx, &member).await? {
            continue;
        }
        found.push(candidate(member, said, &own, &off));
    }
    Ok(found)
}

/// What is known of a member who was asked for a session.
///
/// # Errors
/// Where the database refuses.
pub(super) async fn one(
    tx: &mut Tx,
    sitting: &Sitting<'_>,
    member: i64,
) -> store::Result<Option<Candidate>> {
    let Some(member) = members::by_id(tx, member).await? else {
        return Ok(None);
    };
    let community = sitting.home.community.id;
    let past = hosts::of_community(tx, community).await?;
    let off = hosts::cancelled(tx, community).await?.into_iter().collect();
    let own: Vec<&Asked> = past
        .iter()
        .filter(|one| one.member_id == member.id)
        .collect();
    Ok(Some(candidate(member, None, &own, &off)))
}

async fn wants_none(tx: &mut Tx, member: &Member) -> store::Result<bool> {
    stopped::is_stopped(tx, &member.address, super::NAME).await
}

fn candidate(
    member: Member,
    said: Option<Partstat>,
    own: &[&Asked],
    off: &HashSet<(String, String)>,
) -> Candidate {
    let is_held = |one: &&&Asked| {
        let key = (one.series.clone(), one.on_date.clone());
        one.state == "agreed" && !off.contains(&key)
    };
    let hosted = own.iter().filter(is_held).map(|one| one.on_date.clone());
    let silent = own.iter().rev().take_while(|one| one.state == "silent");
    let asked = own.iter().filter(|one| one.state != "swapped");
    Candidate {
        is_reader: reads_only(&member),
        is_silent: silent.count() >= MOST_SILENT,
        is_asked: own.iter().any(|one| one.state == "asked"),
        last_hosted: hosted.max(),
        comes: match said {
            Some(Partstat::Accepted) => 0,
            Some(Partstat::Tentative) => 1,
            _ => 2,
        },
        last_asked: asked.map(|one| one.asked_at).max(),
        member,
    }
}

fn reads_only(member: &Member) -> bool {
    let mut roles = member.roles();
    let listens = roles.all(|role| matches!(role, "listener" | "sponsor"));
    listens || member.delivery != "each"
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn member(id: i64) -> Member {
        Member {
            id,
            roles: "member".into(),
            delivery: "each".into(),
            ..Member::default()
        }
    }

    fn asked(member_id: i64, n: usize, state: &str) -> Asked {
        Asked {
            series: "clinic".into(),
            on_date: format!("{:04}-01-01", 2000 + n),
            member_id,
            state: state.into(),
            via: "rota".into(),
            asked_at: n as i64,
            answered_at: None,
        }
    }

    /// Who of so many hosts, session after session; `away` says who does not that time.
    fn hosts_of(count: i64, away: &[Vec<bool>]) -> Vec<i64> {
        let mut past: Vec<Asked> = Vec::new();
        for (n, away) in away.iter().enumerate() {
            let all = (0..count).filter(|id| !away.get(*id as usize).copied().unwrap_or(false));
            let all = all.map(|id| {
                let own: Vec<&Asked> = past.iter().filter(|one| one.member_id == id).collect();
                candidate(member(id), None, &own, &HashSet::new())
            });
            if let Some(one) = next(all.collect()) {
                past.push(asked(one.member.id, n, "agreed"));
            }
        }
        past.iter().map(|one| one.member_id).collect()
    }

    proptest! {
        #[test]
        fn nobody_hosts_twice_before_all_have_hosted_once(count in 1i64..12, sessions in 1usize..60) {
            let turns = hosts_of(count, &vec![Vec::new(); sessions]);
            prop_assert_eq!(turns.len(), sessions);
            let times = |id| turns.iter().filter(|one| **one == id).count();
            let all: Vec<usize> = (0..count).map(times).collect();
            let (least, most) = (all.iter().min().unwrap(), all.iter().max().unwrap());
            prop_assert!(most - least <= 1, "{:?}", all);
        }

        #[test]
        fn whoever_was_away_is_next_when_they_are_back(
            away in prop::collection::vec(prop::collection::vec(any::<bool>(), 5), 1..40)
        ) {
            let mut all = away;
            // At the end everybody is there, for as many sessions as there are people.
            all.extend(vec![Vec::new(); 5]);
            let turns = hosts_of(5, &all);
            let last: HashSet<&i64> = turns.iter().rev().take(5).collect();
            prop_assert_eq!(last.len(), 5);
        }
    }

    #[test]
    fn the_order_of_those_who_may() {
        let none = HashSet::new();
        let fresh = candidate(member(9), None, &[], &none);
        let hosted = asked(1, 3, "agreed");
        let before = candidate(member(1), Some(Partstat::Accepted), &[&hosted], &none);
        let listener = Member {
            roles: "listener".into(),
            ..member(2)
        };
        let listener = candidate(listener, Some(Partstat::Accepted), &[], &none);
        let digest = Member {
            delivery: "digest".into(),
            ..member(3)
        };
        let digest = candidate(digest, None, &[], &none);
        let (one, two) = (asked(4, 1, "silent"), asked(4, 2, "silent"));
        let silent = candidate(member(4), None, &[&one, &two], &none);
        let skipped = asked(5, 4, "skipped");
        let skipped = candidate(member(5), None, &[&skipped], &none);
        let mut left = vec![listener, before, digest, silent, skipped, fresh];
        let mut order = Vec::new();
        while let Some(one) = next(left.clone()) {
            left.retain(|other| other.member.id != one.member.id);
            order.push(one.member.id);
        }
        // Never hosted, not asked; never hosted, asked; hosted; silent; who only reads.
        assert_eq!(order, [9, 5, 1, 4, 2, 3]);
    }

    #[test]
    fn what_was_cancelled_nobody_has_hosted() {
        let hosted = asked(1, 3, "agreed");
        let off = HashSet::from([(hosted.series.clone(), hosted.on_date.clone())]);
        assert_eq!(
            candidate(member(1), None, &[&hosted], &off).last_hosted,
            None
        );
        let swapped = asked(1, 4, "swapped");
        let one = candidate(member(1), None, &[&swapped], &off);
        assert_eq!(one.last_asked, None, "they keep their turn");
    }
}
