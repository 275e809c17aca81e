//! Whom the mail that asks names, and under which number.

use std::collections::HashMap;

use crate::lists::home::Home;
use crate::message::oneline::oneline;
use crate::message::words::attendance::Invited;
use crate::sessions::roster::{self, UNANSWERED};
use crate::store::members::{self, Member};
use crate::store::series::Series;
use crate::store::sessions::Session;
use crate::store::{self, Millis, Tx, reports};
use crate::templates::Phrase;
use crate::templates::mails::AskedPerson;

/// A mail names so many at most.
const MOST_NAMED: usize = 60;

/// Of more people than these only those are named who said that they come, or may.
const FEW: usize = 20;

/// The longest name in a mail, in characters.
const LONGEST_NAME: usize = 40;

/// Somebody who may have come.
#[derive(Clone, Debug)]
pub struct Candidate {
    /// Their membership.
    pub member: i64,
    /// How they are found in a reply.
    pub invited: Invited,
    /// ACCEPTED, TENTATIVE, …
    pub partstat: String,
}

impl Candidate {
    /// Whether `ALL` means them although the mail had no room for their name.
    pub(super) fn is_unnamed(&self) -> bool {
        self.invited.of_all && self.invited.number.is_none()
    }

    /// Their name, else their address.
    pub fn name(&self) -> &str {
        match self.invited.name.as_str() {
            "" => &self.invited.address,
            name => name,
        }
    }
}

/// Everybody who was invited to a session: those who said yes first. Nobody who said no is
/// one of `ALL`, and in a large community nobody who said nothing.
///
/// # Errors
/// Where the database refuses.
pub async fn candidates(
    tx: &mut Tx,
    series: &Series,
    row: &Session,
    now: Millis,
) -> store::Result<Vec<Candidate>> {
    let rows = roster::rows(tx, series, row.on_date.parse().ok(), now).await?;
    let numbers: HashMap<i64, i64> = reports::asked(tx, row.id)
        .await?
        .into_iter()
        .map(|(number, member)| (member, number))
        .collect();
    let names = names(tx, series.community_id, rows.len()).await?;
    let stays_away = |one: &roster::Row| matches!(one.partstat.as_str(), "DECLINED" | "DELEGATED");
    let is_large = rows.iter().filter(|one| !stays_away(one)).count() > FEW;
    let mut all = Vec::new();
    for one in rows {
        let of_all = !(stays_away(&one) || is_large && one.partstat == UNANSWERED);
        let number = numbers
            .get(&one.member)
            .and_then(|number| u32::try_from(*number).ok());
        let name = match names.get(&one.member) {
            Some(name) => name.clone(),
            None => name_of(tx, one.member).await?,
        };
        all.push(Candidate {
            member: one.member,
            invited: Invited {
                number,
                name,
                address: one.address,
                of_all,
            },
            partstat: one.partstat,
        });
    }
    all.sort_by_cached_key(|one| (rank(&one.partstat), one.name().to_lowercase()));
    Ok(all)
}

/// The names of all members, where most of them are needed.
async fn names(tx: &mut Tx, community: i64, needed: usize) -> store::Result<HashMap<i64, String>> {
    if needed == 0 {
        return Ok(HashMap::new());
    }
    let all = members::of_community(tx, community).await?;
    let named = |member: Member| (member.id, oneline(&member.name));
    Ok(all.into_iter().map(named).collect())
}

async fn name_of(tx: &mut Tx, member: i64) -> store::Result<String> {
    let member = members::by_id(tx, member).await?;
    Ok(member
        .map(|member| oneline(&member.name))
        .unwrap_or_default())
}

fn rank(partstat: &str) -> u8 {
    match partstat {
        "ACCEPTED" => 0,
        "TENTATIVE" => 1,
        UNANSWERED => 2,
        _ => 3,
    }
}

/// Gives those their numbers whom the mail names. A number that was given stays.
pub(super) async fn number(tx: &mut Tx, row: &Session, all: &[Candidate]) -> store::Result<()> {
    let mut number = reports::asked(tx, row.id)
        .await?
        .iter()
        .map(|one| one.0)
        .max()
        .unwrap_or(0);
    let fresh = |one: &&Candidate| one.is_unnamed();
    for one in all
        .iter()
        .filter(fresh)
        .take(MOST_NAMED.saturating_sub(number as usize))
    {
        number += 1;
        reports::ask(tx, row.id, (number, one.member)).await?;
    }
    Ok(())
}

/// How the mail names somebody; `None` whom it does not.
pub(super) fn line(home: &Home<'_>, one: &Candidate) -> Option<AskedPerson> {
    let number = one.invited.number?;
    let said = match one.partstat.as_str() {
        "ACCEPTED" => home.say(&Phrase::new("attendance_yes")),
        "TENTATIVE" => home.say(&Phrase::new("attendance_maybe")),
        _ => String::new(),
    };
    let name = one.name().chars().take(LONGEST_NAME).collect();
    Some(AskedPerson {
        number: format!("{number:>2}"),
        name,
        said,
    })
}

/// Names as a reply may have them: the first two.
pub(super) fn example(all: &[Candidate]) -> String {
    let named = all.iter().filter(|one| one.invited.number.is_some());
    let names: Vec<String> = named
        .take(2)
        .map(|one| one.name().chars().take(LONGEST_NAME / 2).collect())
        .collect();
    names.join(", ")
}
