//! A change of the charter: a member proposes it by reply to a review, all vote by reply,
//! and what is accepted is the charter, with the difference mailed to everybody.
//!
//! It is accepted where more say yes than no, and a quarter of those asked, three at
//! least (or all of a smaller community), have said anything, abstentions included.
//! Facilitators vote as everybody does and can veto nothing.

mod words;

pub use words::{Key, Proposed, Vote, read, vote};

use super::charter_review::NAME;
use crate::cadence::act::Reply;
use crate::cadence::{Outcome, Running};
use crate::config::Charter;
use crate::lists::agreement;
use crate::lists::home::Home;
use crate::lists::{post, receipt};
use crate::outbox::compose::{self, Letter};
use crate::store::members::{self, Member};
use crate::store::proposals::{self, NewProposal, Proposal};
use crate::store::{self, Millis, Tx, acts, communities};
use crate::templates::Phrase;
use crate::templates::mails::{CharterChanged, CharterVote};
use crate::trail::Step;

/// Counts the votes on the proposal that the act is about.
pub const CLOSE: &str = "charter-vote-close";

/// What the mails of a proposal concern, before its key.
const CONCERNS: &str = "proposal:";

/// How long people may vote, in milliseconds: fourteen days, because the mail that asks
/// may wait for a week until the budget has room for it.
const OPEN_FOR: Millis = 14 * 86_400_000;

/// Proposals that are voted on at one time.
pub const MOST_OPEN: usize = 3;

/// One of so many that are asked must vote.
const QUORUM: i64 = 4;

/// And so many at least, where there are as many.
const FEWEST_VOTES: i64 = 3;

/// The proposal that a mail asks to vote on.
pub fn asked_by(concerns: &str) -> Option<i64> {
    concerns.strip_prefix(CONCERNS)?.parse().ok()
}

/// Whether a proposal is accepted, by its votes and how many were asked.
pub fn is_accepted((yes, no, abstained): (i64, i64, i64), asked: i64) -> bool {
    let quorum = ((asked + QUORUM - 1) / QUORUM)
        .max(FEWEST_VOTES)
        .min(asked.max(1));
    yes > no && yes + no + abstained >= quorum
}

/// Puts to the vote what a member proposes in a reply to a review.
///
/// # Errors
/// Where the database refuses or a mail cannot be composed.
pub async fn propose(
    tx: &mut Tx,
    reply: &Reply<'_>,
    member: &Member,
    proposed: &[Proposed],
) -> Result<post::Outcome, compose::Error> {
    let (ctx, arrival) = (reply.ctx, reply.arrival);
    communities::lock(tx, arrival.community.id).await?;
    let mut said = Vec::new();
    for one in proposed {
        said.push(put(tx, reply, member, one).await?);
    }
    let to = (Some(member.id), member.address.as_str());
    receipt::send(tx, ctx, arrival, to, &said, None).await?;
    Ok(("command", format!("{} proposal(s)", said.len())))
}

async fn put(
    tx: &mut Tx,
    reply: &Reply<'_>,
    member: &Member,
    proposed: &Proposed,
) -> Result<Phrase, compose::Error> {
    let home = Home::of(reply.ctx, reply.arrival);
    let key = proposed.key.name();
    let refused = |why: &'static str| Phrase::new(why).with("key", key);
    // As it stands behind the lock: another vote may just have changed it.
    let current = communities::by_id(tx, home.community.id).await?;
    let Ok(charter) = Charter::parse(&current.charter, "") else {
        return Ok(refused("proposal_unfit"));
    };
    let before = proposed.key.of(&charter);
    if before == proposed.text {
        return Ok(refused("proposal_same"));
    }
    if changed(&charter, proposed.key, &proposed.text).is_none() {
        return Ok(refused("proposal_unfit"));
    }
    let open = proposals::open_ones(tx, home.community.id).await?;
    if open.len() >= MOST_OPEN || open.iter().any(|one| one.key == key) {
        return Ok(refused("proposal_waits"));
    }
    let voters: Vec<Member> = voters(tx, home.community.id).await?;
    let (now, asked) = (home.now(), i64::try_from(voters.len()).unwrap_or(i64::MAX));
    let new = NewProposal {
        community_id: home.community.id,
        member_id: member.id,
        key,
        before: &before,
        after: &proposed.text,
        asked,
        opened_at: now,
        closes_at: now + OPEN_FOR,
    };
    let id = proposals::open(tx, &new).await?;
    acts::insert(tx, home.community.id, CLOSE, &id.to_string(), new.closes_at).await?;
    ask(tx, &home, (id, &new, member), &voters).await?;
    record(tx, home.community.id, (id, "proposed", key), now).await?;
    Ok(Phrase::new("proposal_put")
        .with("key", key)
        .with("date", home.day(new.closes_at)))
}

async fn voters(tx: &mut Tx, community: i64) -> store::Result<Vec<Member>> {
    let all = members::of_community(tx, community).await?;
    Ok(all.into_iter().filter(Member::on_list).collect())
}

async fn ask(
    tx: &mut Tx,
    home: &Home<'_>,
    (id, new, by): (i64, &NewProposal<'_>, &Member),
    voters: &[Member],
) -> Result<(), compose::Error> {
    let mail = CharterVote {
        community: home.community.name.clone(),
        proposed_by: match by.name.as_str() {
            "" => by.address.clone(),
            name => name.to_owned(),
        },
        part: part(home, new.key),
        before: lines(new.before),
        after: lines(new.after),
        closes: home.day(new.closes_at),
        owner_address: home.address("owner"),
    };
    let letter = Letter {
        to: everybody(voters),
        concerns: format!("{CONCERNS}{id}"),
        expires_at: Some(new.closes_at),
        ..Letter::default()
    };
    compose::send(tx, home.ctx, home.community, &mail, &letter)
        .await
        .map(drop)
}

fn everybody(all: &[Member]) -> Vec<(Option<i64>, String)> {
    all.iter()
        .map(|one| (Some(one.id), one.address.clone()))
        .collect()
}

fn part(home: &Home<'_>, key: &str) -> String {
    let phrase = match key {
        "domain" => "survey_part_domain",
        "community" => "survey_part_community",
        "practice" => "survey_part_practice",
        _ => "survey_part_norms",
    };
    home.say(&Phrase::new(phrase))
}

fn lines(text: &str) -> Vec<String> {
    text.lines().map(str::to_owned).collect()
}

/// Keeps a vote.
///
/// # Errors
/// Where the database refuses or the receipt cannot be composed.
pub async fn cast(
    tx: &mut Tx,
    reply: &Reply<'_>,
    member: &Member,
    (id, vote): (i64, Vote),
) -> Result<post::Outcome, compose::Error> {
    let home = Home::of(reply.ctx, reply.arrival);
    communities::lock(tx, home.community.id).await?;
    let found = proposals::by_id(tx, id).await?;
    let open = found.filter(|one| one.community_id == home.community.id && one.state == "open");
    let said = match &open {
        Some(open) => {
            proposals::vote(tx, open.id, member.id, vote.name()).await?;
            Phrase::new(vote.phrase())
                .with("part", part(&home, &open.key))
                .with("date", home.day(open.closes_at))
        }
        None => Phrase::new("proposal_over"),
    };
    let to = (Some(member.id), member.address.as_str());
    receipt::send(tx, reply.ctx, reply.arrival, to, &[said], None).await?;
    // How somebody voted is in no trail.
    Ok(("command", "a vote on a change of the charter".to_owned()))
}

/// Counts, changes the charter where it is accepted, and tells.
///
/// # Errors
/// Where the database refuses.
pub async fn run(tx: &mut Tx, act: &Running<'_>) -> store::Result<Outcome> {
    communities::lock(tx, act.community.id).await?;
    let found = proposals::by_id(tx, act.about.parse().unwrap_or_default()).await?;
    let Some(proposal) = found.filter(|one| one.state == "open") else {
        return Ok(Outcome::Dropped("there is nothing to vote on".into()));
    };
    let votes = proposals::votes(tx, proposal.id).await?;
    let of = |vote: Vote| {
        let found = votes.iter().find(|(name, _)| name == vote.name());
        found.map_or(0, |(_, count)| *count)
    };
    let counted = (of(Vote::Yes), of(Vote::No), of(Vote::Abstain));
    let state = match is_accepted(counted, proposal.asked) {
        true => accept(tx, act, &proposal).await?,
        false => "rejected",
    };
    proposals::end(tx, proposal.id, state, act.ctx.now()).await?;
    let what = (proposal.id, state, proposal.key.as_str());
    record(tx, act.community.id, what, act.ctx.now()).await?;
    if let Err(why) = tell(tx, act, &proposal, (state, counted)).await? {
        return Ok(Outcome::Done(format!("{state}; nobody is told: {why}")));
    }
    let (yes, no, abstained) = counted;
    Ok(Outcome::Done(format!(
        "{state}: {yes} yes, {no} no, {abstained} abstained, of {}",
        proposal.asked
    )))
}

/// Makes the change the charter's, as its file would: accepted, or stale where its text
/// was changed meanwhile.
async fn accept(
    tx: &mut Tx,
    act: &Running<'_>,
    proposal: &Proposal,
) -> store::Result<&'static str> {
    let current = communities::by_id(tx, act.community.id).await?;
    let charter = Charter::parse(&current.charter, "").ok();
    let key = Key::of_name(&proposal.key);
    let (Some(charter), Some(key)) = (charter, key) else {
        return Ok("stale");
    };
    if key.of(&charter) != proposal.before {
        return Ok("stale");
    }
    let Some(after) = changed(&charter, key, &proposal.after) else {
        return Ok("stale");
    };
    // The file's version stays what it was: the next application finds that the
    // database's has changed, and keeps that.
    let (text, base) = (after.to_toml(), current.charter_base.as_str());
    communities::update(tx, current.id, &current.name, &text, base).await?;
    agreement::charter_changed(tx, &current, &after, act.ctx.now()).await?;
    Ok("accepted")
}

/// The charter with another text; `None` where that would be none.
fn changed(charter: &Charter, key: Key, text: &str) -> Option<Charter> {
    let mut changed = charter.clone();
    let elements = &mut changed.charter;
    match key {
        Key::Domain => text.clone_into(&mut elements.domain),
        Key::Community => text.clone_into(&mut elements.community),
        Key::Practice => text.clone_into(&mut elements.practice),
        Key::Norms => elements.norms = lines(text),
    }
    Charter::parse(&changed.to_toml(), "").ok()
}

/// Everybody is told what has changed; of what has not, who proposed it and who runs the
/// community.
async fn tell(
    tx: &mut Tx,
    act: &Running<'_>,
    proposal: &Proposal,
    (state, (yes, no, abstained)): (&str, (i64, i64, i64)),
) -> store::Result<Result<(), String>> {
    let home = Home {
        ctx: act.ctx,
        community: act.community,
        charter: &act.charter,
    };
    let mut to = voters(tx, act.community.id).await?;
    if state != "accepted" {
        to.retain(|one| Some(one.id) == proposal.member_id || one.has_role("facilitator"));
    }
    let mail = CharterChanged {
        community: act.community.name.clone(),
        part: part(&home, &proposal.key),
        is_accepted: state == "accepted",
        is_stale: state == "stale",
        removed: only_in(&proposal.before, &proposal.after),
        added: only_in(&proposal.after, &proposal.before),
        yes,
        no,
        abstained,
        asked: proposal.asked,
        owner_address: home.address("owner"),
    };
    let letter = Letter {
        to: everybody(&to),
        ..Letter::default()
    };
    if letter.to.is_empty() {
        return Ok(Ok(()));
    }
    match compose::send(tx, act.ctx, act.community, &mail, &letter).await {
        Ok(_) => Ok(Ok(())),
        Err(compose::Error::Store(error)) => Err(error),
        Err(error) => Ok(Err(error.to_string())),
    }
}

/// The lines of a text that another has not.
fn only_in(one: &str, other: &str) -> Vec<String> {
    let known: Vec<&str> = other.lines().collect();
    let is_new = |line: &&str| !known.contains(line);
    one.lines().filter(is_new).map(str::to_owned).collect()
}

async fn record(
    tx: &mut Tx,
    community: i64,
    (id, verdict, key): (i64, &str, &str),
    at: Millis,
) -> store::Result<()> {
    let step = Step {
        community_id: Some(community),
        at,
        ..Step::default()
    };
    let why = format!("proposal {id}: [charter] {key}");
    step.record(tx, NAME, verdict, &why).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_majority_of_a_quarter_accepts() {
        for (votes, asked, expected) in [
            ((3, 2, 0), 20, true),
            ((2, 1, 0), 20, false),
            ((2, 1, 2), 20, true),
            ((2, 2, 1), 20, false),
            ((2, 0, 0), 12, false),
            ((3, 0, 0), 12, true),
            ((1, 0, 0), 1, true),
            ((2, 0, 0), 2, true),
            ((1, 0, 0), 2, false),
            ((0, 0, 0), 0, false),
        ] {
            assert_eq!(is_accepted(votes, asked), expected, "{votes:?} of {asked}");
        }
    }
}
