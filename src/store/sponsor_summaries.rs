//! Summaries of sponsors: what was shown to members, and what each names by number.

use sqlx::FromRow;

use super::{Millis, Result, Tx, on};

/// One row of `summary`.
#[derive(Clone, Debug, FromRow)]
pub struct Summary {
    /// Key; 0 of one that is only looked at.
    pub id: i64,
    /// Which community's.
    pub community_id: i64,
    /// Which of the charter's schedules.
    pub series: String,
    /// When the sponsor's mail is due.
    pub due_at: Millis,
    /// What happened after that moment is in it.
    pub since: Millis,
    /// When its window ends.
    pub cut_off: Millis,
    /// The figures, as JSON.
    pub figures: String,
    /// When members were shown it.
    pub previewed_at: Millis,
    /// When the sponsor's mail was made.
    pub sent_at: Option<Millis>,
}

/// Something that a summary names by a number.
#[derive(Clone, Debug, FromRow, PartialEq, Eq)]
pub struct Item {
    /// ask, story or quote.
    pub kind: String,
    /// Its number in the mail.
    pub number: i64,
    /// Its key.
    pub item: String,
    /// When somebody objected.
    pub objected_at: Option<Millis>,
}

const INSERT: &str = "INSERT INTO summary (community_id, series, due_at, since, cut_off, figures, previewed_at) \
    VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id";

/// Keeps a summary that members are shown; gives its key.
pub async fn insert(tx: &mut Tx, new: &Summary) -> Result<i64> {
    on!(tx, c => sqlx::query_scalar(INSERT).bind(new.community_id).bind(&new.series).bind(new.due_at)
        .bind(new.since).bind(new.cut_off).bind(&new.figures).bind(new.previewed_at)
        .fetch_one(c).await)
}

const INSERT_ITEM: &str =
    "INSERT INTO summary_item (summary_id, kind, number, item) VALUES ($1, $2, $3, $4)";

/// Keeps what it names by a number.
pub async fn insert_item(tx: &mut Tx, summary: i64, item: &Item) -> Result<()> {
    on!(tx, c => sqlx::query(INSERT_ITEM).bind(summary).bind(&item.kind).bind(item.number)
        .bind(&item.item).execute(c).await.map(drop))
}

const BY_ID: &str = "SELECT id, community_id, series, due_at, since, cut_off, figures, previewed_at, sent_at \
    FROM summary WHERE id = $1";

/// The summary of that key.
pub async fn by_id(tx: &mut Tx, id: i64) -> Result<Option<Summary>> {
    on!(tx, c => sqlx::query_as(BY_ID).bind(id).fetch_optional(c).await)
}

const OF: &str = "SELECT id, community_id, series, due_at, since, cut_off, figures, previewed_at, sent_at \
    FROM summary WHERE community_id = $1 AND series = $2 AND due_at = $3";

/// The summary that is due at that moment.
pub async fn of(
    tx: &mut Tx,
    community: i64,
    (series, due_at): (&str, Millis),
) -> Result<Option<Summary>> {
    on!(tx, c => sqlx::query_as(OF).bind(community).bind(series).bind(due_at).fetch_optional(c).await)
}

const LAST: &str = "SELECT id, community_id, series, due_at, since, cut_off, figures, previewed_at, sent_at \
    FROM summary WHERE community_id = $1 AND series = $2 AND sent_at IS NOT NULL \
    ORDER BY due_at DESC LIMIT 1";

/// The last one of a series that a sponsor got.
pub async fn last_sent(tx: &mut Tx, community: i64, series: &str) -> Result<Option<Summary>> {
    on!(tx, c => sqlx::query_as(LAST).bind(community).bind(series).fetch_optional(c).await)
}

const ITEMS: &str = "SELECT kind, number, item, objected_at FROM summary_item WHERE summary_id = $1 \
    ORDER BY kind, number";

/// What it names by numbers.
pub async fn items(tx: &mut Tx, summary: i64) -> Result<Vec<Item>> {
    on!(tx, c => sqlx::query_as(ITEMS).bind(summary).fetch_all(c).await)
}

const OBJECT: &str = "UPDATE summary_item SET objected_at = $4 WHERE summary_id = $1 AND kind = $2 \
    AND number = $3 AND objected_at IS NULL";

/// Somebody does not want it shown; false where somebody had said so.
pub async fn object(tx: &mut Tx, summary: i64, item: &Item, at: Millis) -> Result<bool> {
    on!(tx, c => sqlx::query(OBJECT).bind(summary).bind(&item.kind).bind(item.number).bind(at)
        .execute(c).await.map(|done| done.rows_affected() == 1))
}

const SENT: &str = "UPDATE summary SET sent_at = $2 WHERE id = $1 AND sent_at IS NULL";

/// The sponsor's mail is made.
pub async fn sent(tx: &mut Tx, id: i64, at: Millis) -> Result<()> {
    on!(tx, c => sqlx::query(SENT).bind(id).bind(at).execute(c).await.map(drop))
}

const FIRST_OUT: &str = "SELECT min(o.created_at) FROM mail m JOIN outbox o ON o.mail_id = m.id \
    WHERE m.community_id = $1 AND m.concerns = $2";

/// When the first copy of the mail that concerns this went to the outbox.
pub async fn first_out(tx: &mut Tx, community: i64, concerns: &str) -> Result<Option<Millis>> {
    on!(tx, c => sqlx::query_scalar(FIRST_OUT).bind(community).bind(concerns).fetch_one(c).await)
}

const RECALL: &str = "UPDATE offer SET state = 'dropped', reason = 'it is made anew without what somebody objected to', \
    done_at = $3 WHERE state = 'waiting' AND mail_id IN (SELECT id FROM mail WHERE community_id = $1 AND concerns = $2)";

/// Takes back what concerns this and has not gone yet; gives how many.
pub async fn recall(tx: &mut Tx, community: i64, concerns: &str, at: Millis) -> Result<u64> {
    on!(tx, c => sqlx::query(RECALL).bind(community).bind(concerns).bind(at).execute(c).await
        .map(|done| done.rows_affected()))
}

const GOT: &str = "SELECT o.recipient FROM mail m JOIN outbox o ON o.mail_id = m.id \
    WHERE m.community_id = $1 AND m.concerns = $2 ORDER BY o.recipient";

/// To whom what concerns this has gone.
pub async fn got(tx: &mut Tx, community: i64, concerns: &str) -> Result<Vec<String>> {
    on!(tx, c => sqlx::query_scalar(GOT).bind(community).bind(concerns).fetch_all(c).await)
}

const WITH_STORIES: &str = "SELECT m.id, m.community_id, m.series, m.due_at, m.since, m.cut_off, m.figures, m.previewed_at, m.sent_at \
    FROM summary m JOIN summary_item i ON i.summary_id = m.id JOIN value_story s ON i.item = CAST(s.id AS TEXT) \
    JOIN member p ON p.id = s.member_id WHERE i.kind = 'story' AND i.objected_at IS NULL AND p.person_id = $1 ORDER BY m.id";

/// The summaries that show a story of that person.
pub async fn with_stories(tx: &mut Tx, person: i64) -> Result<Vec<Summary>> {
    on!(tx, c => sqlx::query_as(WITH_STORIES).bind(person).fetch_all(c).await)
}

const QUOTE: &str = "SELECT q.id, q.text FROM survey_quote q JOIN survey_wave w ON w.id = q.wave_id \
    WHERE q.community_id = $1 AND w.closed_at > $2 AND w.closed_at <= $3 ORDER BY q.id LIMIT 1";

/// A sentence, with its random id, that its author lets a sponsor read, of a survey that
/// closed in that while.
pub async fn quote(
    tx: &mut Tx,
    community: i64,
    (after, to): (Millis, Millis),
) -> Result<Option<(String, String)>> {
    on!(tx, c => sqlx::query_as(QUOTE).bind(community).bind(after).bind(to).fetch_optional(c).await)
}

const QUOTE_TEXT: &str = "SELECT text FROM survey_quote WHERE id = $1";

/// The sentence of that id.
pub async fn quote_text(tx: &mut Tx, id: &str) -> Result<Option<String>> {
    on!(tx, c => sqlx::query_scalar(QUOTE_TEXT).bind(id).fetch_optional(c).await)
}

const ACTIONS: &str = "SELECT text FROM survey_action WHERE community_id = $1 AND state = 'done' \
    AND ended_at > $2 AND ended_at <= $3 ORDER BY ended_at, id LIMIT $4";

/// What was done because of a survey in that while.
pub async fn actions(
    tx: &mut Tx,
    community: i64,
    (after, to): (Millis, Millis),
    limit: i64,
) -> Result<Vec<String>> {
    on!(tx, c => sqlx::query_scalar(ACTIONS).bind(community).bind(after).bind(to).bind(limit)
        .fetch_all(c).await)
}

const TITLES: &str = "SELECT title FROM learning WHERE community_id = $1 AND state = 'reviewed' AND title <> '' \
    AND reviewed_at > $2 AND reviewed_at <= $3 ORDER BY reviewed_at, id LIMIT $4";

/// The titles of learnings that were reviewed in that while.
pub async fn titles(
    tx: &mut Tx,
    community: i64,
    (after, to): (Millis, Millis),
    limit: i64,
) -> Result<Vec<String>> {
    on!(tx, c => sqlx::query_scalar(TITLES).bind(community).bind(after).bind(to).bind(limit)
        .fetch_all(c).await)
}
