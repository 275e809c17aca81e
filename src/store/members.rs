//! People, their addresses, and their membership in communities.

use sqlx::FromRow;

use super::{Millis, Result, Tx, on};

/// One row of `member`: a person in a community.
#[derive(Clone, Debug, Default, FromRow)]
pub struct Member {
    /// Key.
    pub id: i64,
    /// Which community.
    pub community_id: i64,
    /// Which person, over all communities.
    pub person_id: i64,
    /// Where their mail goes.
    pub address: String,
    /// Their name, for people.
    pub name: String,
    /// Comma-separated: member, listener, facilitator, moderator, sponsor.
    pub roles: String,
    /// each, digest, headlines or none.
    pub delivery: String,
    /// Until when nothing is sent; `None` with state `paused` is "until they resume".
    pub paused_until: Option<Millis>,
    /// Their part of the organisation.
    pub org: String,
    /// Their time zone, or empty for the community's.
    pub tz: String,
    /// pending, active, paused, bouncing or left.
    pub state: String,
    /// When they joined.
    pub joined_at: Millis,
    /// When they left.
    pub left_at: Option<Millis>,
    /// Whether they get a copy of their own posts (1) or not (0).
    pub own: i64,
    /// Whether they get a copy of a post that names them in To or Cc (1) or not (0).
    pub copies: i64,
    /// Comma-separated names of the topics they want; empty is all.
    pub topics: String,
    /// How a digest comes: `page` (one text with links) or `mime` (RFC 2046, section 5.1.5).
    pub digest_form: String,
    /// The last post that a digest need not bring any more, of somebody who gets
    /// digests; written by [`super::digests`] alone.
    pub digested_to: i64,
    /// The version of the charter that they have accepted; 0 is none.
    pub agreed: i64,
    /// The operator or the charter has added them: they need neither probation nor
    /// acceptance.
    pub exempt: bool,
}

impl Member {
    /// Their roles, one by one.
    pub fn roles(&self) -> impl Iterator<Item = &str> {
        self.roles.split(',').filter(|role| !role.is_empty())
    }

    /// Whether they hold that role.
    pub fn has_role(&self, role: &str) -> bool {
        self.roles().any(|held| held == role)
    }

    /// Whether they belong to the list now: sponsors alone do not.
    pub fn on_list(&self) -> bool {
        self.state != "left"
            && self.state != "pending"
            && self.roles().any(|role| role != "sponsor")
    }

    /// Whether a post goes to them one by one at this moment.
    pub fn receives_each(&self) -> bool {
        self.on_list() && self.state == "active" && self.delivery == "each"
    }

    /// Whether posts of this moment go to them in their next digest.
    pub fn receives_digest(&self) -> bool {
        let chosen = self.delivery == "digest" || self.delivery == "headlines";
        self.on_list() && self.state == "active" && chosen
    }
}

const PERSON_OF: &str = "SELECT person_id FROM address WHERE address = $1";
const NEW_PERSON: &str = "INSERT INTO person (name, created_at) VALUES ($1, $2) RETURNING id";
const NEW_ADDRESS: &str = "INSERT INTO address (address, person_id, added_at) VALUES ($1, $2, $3)";
const NEW_ADDRESS_UNLESS: &str = "INSERT INTO address (address, person_id, added_at) \
    VALUES ($1, $2, $3) ON CONFLICT (address) DO NOTHING";
const NO_PERSON: &str = "DELETE FROM person WHERE id = $1";
const INSERT: &str = "INSERT INTO member (community_id, person_id, address, name, roles, delivery, org, tz, \
    state, joined_at, agreed, exempt) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) RETURNING id";
const UPDATE: &str = "UPDATE member SET address = $2, name = $3, roles = $4, delivery = $5, \
    paused_until = $6, org = $7, tz = $8, state = $9, joined_at = $10, left_at = $11, own = $12, copies = $13, \
    topics = $14, digest_form = $15, agreed = $16, exempt = $17 WHERE id = $1";
const BY_ADDRESS: &str = "SELECT m.* FROM member m JOIN address a ON a.person_id = m.person_id \
    WHERE m.community_id = $1 AND a.address = $2";
const BY_ID: &str = "SELECT * FROM member WHERE id = $1";
const OF_COMMUNITY: &str = "SELECT * FROM member WHERE community_id = $1 ORDER BY address";
const WITH_ROLE: &str = "SELECT * FROM member WHERE community_id = $1 AND state NOT IN ('left', 'pending') \
    AND ',' || roles || ',' LIKE '%,' || $2 || ',%' ORDER BY address";
const ADDRESSES_OF: &str =
    "SELECT address FROM address WHERE person_id = $1 ORDER BY added_at, address";
const OF_PERSON: &str = "SELECT * FROM member WHERE person_id = $1 ORDER BY community_id";
const SET_PERSON: &str = "UPDATE member SET person_id = $2 WHERE id = $1";
const MOVE_ADDRESSES: &str = "UPDATE address SET person_id = $2 WHERE person_id = $1";
const UNNAME: &str = "UPDATE person SET name = '' WHERE id = $1";
const OF_ADDRESS: &str = "SELECT m.* FROM member m JOIN address a ON a.person_id = m.person_id \
    WHERE a.address = $1 ORDER BY m.community_id";

/// The person of that address, made where there is none yet.
pub async fn person_of(tx: &mut Tx, address: &str, name: &str, at: Millis) -> Result<i64> {
    on!(tx, c => {
        let known = sqlx::query_scalar(PERSON_OF).bind(address).fetch_optional(&mut *c).await?;
        if let Some(id) = known {
            return Ok(id);
        }
        let id: i64 = sqlx::query_scalar(NEW_PERSON).bind(name).bind(at).fetch_one(&mut *c).await?;
        let query = sqlx::query(NEW_ADDRESS_UNLESS).bind(address).bind(id).bind(at);
        if query.execute(&mut *c).await?.rows_affected() > 0 {
            return Ok(id);
        }
        // Another node was quicker: they are one person.
        sqlx::query(NO_PERSON).bind(id).execute(&mut *c).await?;
        sqlx::query_scalar(PERSON_OF).bind(address).fetch_one(&mut *c).await
    })
}

/// The person of that address, where there is one.
pub async fn person_with(tx: &mut Tx, address: &str) -> Result<Option<i64>> {
    on!(tx, c => sqlx::query_scalar(PERSON_OF).bind(address).fetch_optional(c).await)
}

/// Writes a new member; `id` of the row given is ignored, the real one returned.
pub async fn insert(tx: &mut Tx, m: &Member) -> Result<i64> {
    on!(tx, c => sqlx::query_scalar(INSERT)
        .bind(m.community_id).bind(m.person_id).bind(&m.address).bind(&m.name).bind(&m.roles)
        .bind(&m.delivery).bind(&m.org).bind(&m.tz).bind(&m.state).bind(m.joined_at)
        .bind(m.agreed).bind(m.exempt)
        .fetch_one(c).await)
}

/// Writes all that can change of a member.
pub async fn update(tx: &mut Tx, m: &Member) -> Result<()> {
    on!(tx, c => sqlx::query(UPDATE)
        .bind(m.id).bind(&m.address).bind(&m.name).bind(&m.roles).bind(&m.delivery)
        .bind(m.paused_until).bind(&m.org).bind(&m.tz).bind(&m.state).bind(m.joined_at).bind(m.left_at)
        .bind(m.own).bind(m.copies).bind(&m.topics).bind(&m.digest_form)
        .bind(m.agreed).bind(m.exempt)
        .execute(c).await.map(drop))
}

/// The member of that community who owns that address, also if they have left.
pub async fn by_address(tx: &mut Tx, community: i64, address: &str) -> Result<Option<Member>> {
    on!(tx, c => sqlx::query_as(BY_ADDRESS).bind(community).bind(address).fetch_optional(c).await)
}

/// The member of that id.
pub async fn by_id(tx: &mut Tx, id: i64) -> Result<Option<Member>> {
    on!(tx, c => sqlx::query_as(BY_ID).bind(id).fetch_optional(c).await)
}

/// Every address of the person to whom that address belongs, oldest first.
pub async fn addresses_of(tx: &mut Tx, person: i64) -> Result<Vec<String>> {
    on!(tx, c => sqlx::query_scalar(ADDRESSES_OF).bind(person).fetch_all(c).await)
}

/// All members of a community, those who left included, by address.
pub async fn of_community(tx: &mut Tx, community: i64) -> Result<Vec<Member>> {
    on!(tx, c => sqlx::query_as(OF_COMMUNITY).bind(community).fetch_all(c).await)
}

/// Those on a community's list who hold that role, by address.
pub async fn with_role(tx: &mut Tx, community: i64, role: &str) -> Result<Vec<Member>> {
    on!(tx, c => sqlx::query_as(WITH_ROLE).bind(community).bind(role).fetch_all(c).await)
}

/// Every membership of the person who owns that address.
pub async fn of_address(tx: &mut Tx, address: &str) -> Result<Vec<Member>> {
    on!(tx, c => sqlx::query_as(OF_ADDRESS).bind(address).fetch_all(c).await)
}

/// Every membership of a person, those who left included, by community.
pub async fn of_person(tx: &mut Tx, person: i64) -> Result<Vec<Member>> {
    on!(tx, c => sqlx::query_as(OF_PERSON).bind(person).fetch_all(c).await)
}

/// Makes a person who has no address yet.
pub async fn new_person(tx: &mut Tx, name: &str, at: Millis) -> Result<i64> {
    on!(tx, c => sqlx::query_scalar(NEW_PERSON).bind(name).bind(at).fetch_one(c).await)
}

/// Gives a person one more address, which nobody may have.
pub async fn add_address(tx: &mut Tx, address: &str, person: i64, at: Millis) -> Result<()> {
    on!(tx, c => sqlx::query(NEW_ADDRESS).bind(address).bind(person).bind(at).execute(c).await.map(drop))
}

/// Gives a membership to another person, who must have none in that community.
pub async fn set_person(tx: &mut Tx, member: i64, person: i64) -> Result<()> {
    on!(tx, c => sqlx::query(SET_PERSON).bind(member).bind(person).execute(c).await.map(drop))
}

/// Gives all addresses of one person to another, and takes the first one's name away.
pub async fn move_addresses(tx: &mut Tx, from: i64, into: i64) -> Result<()> {
    on!(tx, c => {
        sqlx::query(MOVE_ADDRESSES).bind(from).bind(into).execute(&mut *c).await?;
        sqlx::query(UNNAME).bind(from).execute(&mut *c).await.map(drop)
    })
}
