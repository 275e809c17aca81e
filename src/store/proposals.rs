//! Changes of a charter that members propose and vote on.

use sqlx::FromRow;

use super::{Millis, Result, Tx, on};

/// A proposal to be opened.
pub struct NewProposal<'a> {
    /// For which community.
    pub community_id: i64,
    /// Who proposes.
    pub member_id: i64,
    /// domain, community, practice or norms.
    pub key: &'a str,
    /// Its text as it stands; norms: a line each.
    pub before: &'a str,
    /// Its text as it shall be.
    pub after: &'a str,
    /// How many members are asked.
    pub asked: i64,
    /// Now.
    pub opened_at: Millis,
    /// When the votes are counted.
    pub closes_at: Millis,
}

/// One row of `charter_proposal`.
#[derive(Clone, Debug, FromRow)]
pub struct Proposal {
    /// Key.
    pub id: i64,
    /// For which community.
    pub community_id: i64,
    /// Who proposed; `None` where they were erased.
    pub member_id: Option<i64>,
    /// domain, community, practice or norms.
    pub key: String,
    /// Its text when it was proposed; norms: a line each.
    pub before: String,
    /// Its text as it shall be.
    pub after: String,
    /// open, accepted, rejected, or stale: the text was changed otherwise meanwhile.
    pub state: String,
    /// How many members were asked.
    pub asked: i64,
    /// When the votes are counted.
    pub closes_at: Millis,
}

/// What a member has proposed, as their export names it.
#[derive(Clone, Debug, FromRow)]
pub struct Own {
    /// domain, community, practice or norms.
    pub key: String,
    /// Its text as it shall be.
    pub after: String,
    /// open, accepted, rejected or stale.
    pub state: String,
    /// When it was proposed.
    pub opened_at: Millis,
}

/// A vote of a member that is not counted yet.
#[derive(Clone, Debug, FromRow)]
pub struct OwnVote {
    /// domain, community, practice or norms.
    pub key: String,
    /// The text that is voted on.
    pub after: String,
    /// yes, no or abstain.
    pub vote: String,
    /// When the votes are counted, and this one is forgotten.
    pub closes_at: Millis,
}

const COLUMNS: &str = "id, community_id, member_id, key, before, after, state, asked, closes_at FROM charter_proposal";
const OPEN: &str = "INSERT INTO charter_proposal (community_id, member_id, key, before, after, asked, opened_at, closes_at) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id";
const VOTE: &str = "INSERT INTO charter_vote (proposal_id, member_id, vote) VALUES ($1, $2, $3) \
    ON CONFLICT (proposal_id, member_id) DO UPDATE SET vote = excluded.vote";
const VOTES: &str =
    "SELECT vote, count(*) FROM charter_vote WHERE proposal_id = $1 GROUP BY vote ORDER BY vote";
const END: &str = "UPDATE charter_proposal SET state = $2, closed_at = $3 WHERE id = $1";
const OF_MEMBER: &str =
    "SELECT key, after, state, opened_at FROM charter_proposal WHERE member_id = $1 ORDER BY id";
const VOTES_OF_MEMBER: &str = "SELECT p.key, p.after, v.vote, p.closes_at FROM charter_vote v \
    JOIN charter_proposal p ON p.id = v.proposal_id WHERE v.member_id = $1 ORDER BY p.id";
const FORGET_VOTES: &str = "DELETE FROM charter_vote WHERE proposal_id = $1";

/// Opens a proposal; gives its key.
pub async fn open(tx: &mut Tx, p: &NewProposal<'_>) -> Result<i64> {
    on!(tx, c => sqlx::query_scalar(OPEN)
        .bind(p.community_id).bind(p.member_id).bind(p.key).bind(p.before).bind(p.after)
        .bind(p.asked).bind(p.opened_at).bind(p.closes_at).fetch_one(c).await)
}

/// The proposal of that key.
pub async fn by_id(tx: &mut Tx, id: i64) -> Result<Option<Proposal>> {
    let sql = format!("SELECT {COLUMNS} WHERE id = $1");
    on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(id).fetch_optional(c).await)
}

/// What a community is voting on, oldest first.
pub async fn open_ones(tx: &mut Tx, community: i64) -> Result<Vec<Proposal>> {
    let sql = format!("SELECT {COLUMNS} WHERE community_id = $1 AND state = 'open' ORDER BY id");
    on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(community).fetch_all(c).await)
}

/// Keeps somebody's vote (yes, no or abstain); a later one takes its place.
pub async fn vote(tx: &mut Tx, proposal: i64, member: i64, vote: &str) -> Result<()> {
    on!(tx, c => sqlx::query(VOTE).bind(proposal).bind(member).bind(vote).execute(c).await.map(drop))
}

/// (vote, how many) of a proposal.
pub async fn votes(tx: &mut Tx, proposal: i64) -> Result<Vec<(String, i64)>> {
    on!(tx, c => sqlx::query_as(VOTES).bind(proposal).fetch_all(c).await)
}

/// Ends a proposal, and forgets who voted how.
pub async fn end(tx: &mut Tx, id: i64, state: &str, at: Millis) -> Result<()> {
    on!(tx, c => {
        sqlx::query(END).bind(id).bind(state).bind(at).execute(&mut *c).await?;
        sqlx::query(FORGET_VOTES).bind(id).execute(&mut *c).await.map(drop)
    })
}

/// What a member has proposed, oldest first.
pub async fn of_member(tx: &mut Tx, member: i64) -> Result<Vec<Own>> {
    on!(tx, c => sqlx::query_as(OF_MEMBER).bind(member).fetch_all(c).await)
}

/// How a member votes on what is open, oldest first: whatever is counted is forgotten.
pub async fn votes_of_member(tx: &mut Tx, member: i64) -> Result<Vec<OwnVote>> {
    on!(tx, c => sqlx::query_as(VOTES_OF_MEMBER).bind(member).fetch_all(c).await)
}
