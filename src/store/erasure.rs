//! Forgetting a person. Each statement empties or removes what one table keeps; rows
//! that others hang on stay, under a name that says nothing.

use std::collections::HashMap;

use super::people::OwnPost;
use super::{Millis, Result, Tx, on, raws};

const MESSAGES: &str = "SELECT id FROM message WHERE envelope_from = $1 AND envelope_from <> '' \
    UNION SELECT id FROM message WHERE author = $1 AND author <> '' \
    UNION SELECT i.message_id FROM hold h JOIN intake i ON i.id = h.intake_id WHERE h.author = $1 \
    UNION SELECT message_id FROM intake WHERE outcome = 'bounce' AND replace(reason, $1, '') <> reason ORDER BY 1";

/// The messages that came from an address, by envelope or by From line, and the reports
/// about mail to it, which name it and quote what was sent there.
pub async fn messages_from(tx: &mut Tx, address: &str) -> Result<Vec<i64>> {
    on!(tx, c => sqlx::query_scalar(MESSAGES).bind(address).fetch_all(c).await)
}

const EMPTY_ENVELOPE: &str = "UPDATE message SET envelope_from = '', author = '', peer = '', helo = '', \
    checked = '' WHERE id = $1";
const END_PARKED: &str = "UPDATE intake SET state = 'done', outcome = 'discarded', reason = 'its author was erased' \
    WHERE message_id = $1 AND state = 'parked'";
// What was done with a message may repeat what it says.
const EMPTY_REASONS: &str = "UPDATE intake SET reason = '' WHERE message_id = $1";
const EMPTY_STEPS: &str = "UPDATE trail SET reason = '' \
    WHERE message_id <> '' AND message_id = (SELECT message_id FROM message WHERE id = $1)";
const DROP_PASSED_ON: &str = "UPDATE outbox SET state = 'dropped', reply = 'its author was erased' \
    WHERE state IN ('waiting', 'deferred') AND mail_id IN (SELECT m.id FROM mail m JOIN message g \
    ON g.message_id = m.message_id WHERE g.id = $1 AND m.name = 'person-message')";

/// Empties a message as it came; nothing more is done with it, and what of it was to
/// be passed on to somebody is not.
pub async fn empty_message(tx: &mut Tx, id: i64, remains: &[u8]) -> Result<()> {
    raws::replace(tx, id, remains, remains.len()).await?;
    on!(tx, c => {
        for statement in [EMPTY_ENVELOPE, EMPTY_REASONS, EMPTY_STEPS, END_PARKED, DROP_PASSED_ON] {
            sqlx::query(statement).bind(id).execute(&mut *c).await?;
        }
        Ok(())
    })
}

const EMPTY_POST: &str = "UPDATE post SET subject = $2, author_name = '', author_address = '', text = '', \
    thread_index = '', base_subject = '', body_digest = substr(body_digest, 1, 0), erased_at = $3 WHERE id = $1";
const EMPTY_COPIES: &str = "UPDATE mail SET content = $2 WHERE post_id = $1";
const DROP_COPIES: &str = "UPDATE outbox SET state = 'dropped', reply = $2, done_at = $3 \
    WHERE state IN ('waiting', 'deferred') AND mail_id IN (SELECT id FROM mail WHERE post_id = $1 \
    UNION ALL SELECT mail_id FROM digest_item WHERE post_id = $1 \
    UNION ALL SELECT m.id FROM post p JOIN mail m ON m.community_id = p.community_id WHERE p.id = $1 \
    AND m.concerns <> '' AND m.concerns IN ('question:' || p.id, 'unanswered:' || p.id))";
// Mails that put it to somebody show its beginning.
const EMPTY_ASKED: &str = "UPDATE mail SET content = $2 WHERE id IN (SELECT m.id FROM post p \
    JOIN mail m ON m.community_id = p.community_id WHERE p.id = $1 AND m.concerns <> '' \
    AND (m.concerns IN ('question:' || p.id, 'unanswered:' || p.id) OR m.concerns IN (SELECT 'learning:' || s.learning_id \
    FROM learning_source s WHERE s.community_id = p.community_id AND s.message_id = p.message_id AND s.position = 0)))";
// Under another name, because a digest that is being made looks for its mail by its name.
const EMPTY_DIGESTS: &str = "UPDATE mail SET content = $2, message_id = 'erased.' || id || '.' || message_id \
    WHERE id IN (SELECT mail_id FROM digest_item WHERE post_id = $1) AND content <> $2";

/// Empties a post: its words, its author, the message as it came and every copy
/// that went out. `remains` is what stands in their place, a whole mail.
pub async fn empty_post(
    tx: &mut Tx,
    post: &OwnPost,
    subject: &str,
    remains: &[u8],
    at: Millis,
) -> Result<()> {
    on!(tx, c => {
        sqlx::query(EMPTY_POST).bind(post.id).bind(subject).bind(at).execute(&mut *c).await?;
        sqlx::query(DROP_COPIES).bind(post.id).bind("the post was erased").bind(at).execute(&mut *c).await?;
        sqlx::query(EMPTY_COPIES).bind(post.id).bind(remains).execute(&mut *c).await?;
        sqlx::query(EMPTY_ASKED).bind(post.id).bind(remains).execute(&mut *c).await?;
        sqlx::query(EMPTY_DIGESTS).bind(post.id).bind(&[] as &[u8]).execute(&mut *c).await.map(drop)
    })?;
    empty_message(tx, post.raw_id, remains).await
}

// Another community has posted it too, or is about to.
const IS_SHARED: &str = "SELECT EXISTS (SELECT 1 FROM post WHERE raw_id = $1 AND id <> $2) \
    OR EXISTS (SELECT 1 FROM intake WHERE message_id = $1 AND state <> 'done')";
const SET_RAW: &str = "UPDATE post SET raw_id = $2 WHERE id = $1";

/// Whether somebody else needs the message that a post came as.
pub async fn is_shared(tx: &mut Tx, post: &OwnPost) -> Result<bool> {
    on!(tx, c => sqlx::query_scalar(IS_SHARED).bind(post.raw_id).bind(post.id).fetch_one(c).await)
}

/// Says that a post came as another message than it did.
pub async fn set_raw(tx: &mut Tx, post: i64, raw: i64) -> Result<()> {
    on!(tx, c => sqlx::query(SET_RAW).bind(post).bind(raw).execute(c).await.map(drop))
}

// What moderators were shown of it.
const EMPTY_HOLDS: &str = "UPDATE hold SET subject = '', findings = '[]', reason = '' \
    WHERE community_id = $1 AND intake_id IN (SELECT id FROM intake WHERE message_id = $2)";

/// Forgets what moderators of a community were shown of a message.
pub async fn empty_holds(tx: &mut Tx, community: i64, message: i64) -> Result<()> {
    on!(tx, c => sqlx::query(EMPTY_HOLDS).bind(community).bind(message).execute(c).await.map(drop))
}

const NOTE_AUTHOR: &str = "INSERT INTO erased_author (mac, erased_at) VALUES ($1, $2) \
    ON CONFLICT (mac) DO UPDATE SET erased_at = excluded.erased_at";
const AUTHORS: &str = "SELECT mac, erased_at FROM erased_author";

/// Keeps that the owner of an address was erased, by the MAC of the address.
pub async fn note_author(tx: &mut Tx, mac: &[u8], at: Millis) -> Result<()> {
    on!(tx, c => sqlx::query(NOTE_AUTHOR).bind(mac).bind(at).execute(c).await.map(drop))
}

/// Who was erased, and when.
pub async fn authors(tx: &mut Tx) -> Result<HashMap<Vec<u8>, Millis>> {
    let rows: Vec<(Vec<u8>, Millis)> = on!(tx, c => sqlx::query_as(AUTHORS).fetch_all(c).await)?;
    Ok(rows.into_iter().collect())
}

const OPEN_HOLDS: &str =
    "SELECT intake_id FROM hold WHERE author = $1 AND decided_at IS NULL ORDER BY intake_id";
const DROP_ABOUT: &str = "UPDATE outbox SET state = 'dropped', reply = 'it is about somebody who was erased' \
    WHERE state IN ('waiting', 'deferred') AND mail_id IN (SELECT m.id FROM mail m WHERE m.concerns IN \
    (SELECT 'hold:' || intake_id FROM hold WHERE author = $1 UNION ALL SELECT 'joining:' || id FROM joining WHERE address = $1))";

/// The posts of that author that wait for a moderator.
pub async fn open_holds(tx: &mut Tx, author: &str) -> Result<Vec<i64>> {
    on!(tx, c => sqlx::query_scalar(OPEN_HOLDS).bind(author).fetch_all(c).await)
}

// Where a row stays, with `$2` in the place of the address `$1`.
const INSTEAD: &[&str] = &[
    "UPDATE learning SET state = 'dropped' WHERE author_address = $1 AND state = 'draft' AND $2 <> ''",
    "UPDATE learning SET author_name = '', author_address = $2 WHERE author_address = $1",
    "UPDATE learning SET summary = replace(summary, $1, $2) WHERE replace(summary, $1, '') <> summary",
    "UPDATE learning SET marked_by = $2 WHERE marked_by = $1",
    "UPDATE learning SET reviewed_by = $2 WHERE reviewed_by = $1",
    "UPDATE offer SET recipient = $2, state = CASE WHEN state = 'waiting' THEN 'dropped' ELSE state END WHERE recipient = $1",
    "UPDATE failing SET diagnostic = replace(diagnostic, $1, $2) WHERE replace(diagnostic, $1, '') <> diagnostic",
    "UPDATE outbox SET recipient = $2, reply = '', \
        state = CASE WHEN state IN ('waiting', 'deferred') THEN 'dropped' ELSE state END WHERE recipient = $1",
    "UPDATE trail SET address = $2, reason = '' WHERE address = $1",
    "UPDATE trail SET reason = replace(reason, $1, $2) WHERE replace(reason, $1, '') <> reason",
    "UPDATE intake SET reason = replace(reason, $1, $2) WHERE replace(reason, $1, '') <> reason",
    "UPDATE act SET about = $2 WHERE about = $1",
    "UPDATE act SET reason = replace(reason, $1, $2) WHERE replace(reason, $1, '') <> reason",
    "UPDATE joining SET address = $2, name = '', words = '', request_id = '' WHERE address = $1",
    "UPDATE joining SET invited_by = $2, words = '' WHERE invited_by = $1",
    "UPDATE joining SET decided_by = replace(decided_by, $1, $2) WHERE replace(decided_by, $1, '') <> decided_by",
    "UPDATE hold SET author = $2, author_name = '', subject = '', findings = '[]', reason = '' WHERE author = $1",
    "UPDATE hold SET notify = '' WHERE notify = $1 AND $2 <> ''",
    "UPDATE hold SET decided_by = $2 WHERE decided_by = $1",
    "UPDATE standing SET decided_by = $2 WHERE decided_by = $1",
    "UPDATE guest SET address = $2 WHERE address = $1",
    "UPDATE guest SET let_in_by = $2 WHERE let_in_by = $1",
    "UPDATE roster SET address = $2 WHERE address = $1",
    "UPDATE series SET origin = $2 WHERE origin = $1",
    "UPDATE invitation SET address = $2 WHERE address = $1",
    "UPDATE session_report SET guests = replace(guests, $1, $2) WHERE replace(guests, $1, '') <> guests",
    "UPDATE session_report SET notes = replace(notes, $1, $2) WHERE replace(notes, $1, '') <> notes",
    "UPDATE session_action SET who = replace(who, $1, $2) WHERE replace(who, $1, '') <> who",
    "UPDATE sponsor_ask SET asked_by = '' WHERE asked_by = $1 AND $2 <> ''",
    "UPDATE sponsor_ask SET owner = '' WHERE owner = $1 AND $2 <> ''",
    "UPDATE sponsor_ask SET text = replace(text, $1, $2), reason = replace(reason, $1, $2) \
        WHERE replace(text || reason, $1, '') <> text || reason",
    "UPDATE session_action SET what = replace(what, $1, $2) WHERE replace(what, $1, '') <> what",
];

// Bans stay: they are kept against the person's will.
const GONE: [&str; 12] = [
    "DELETE FROM failing WHERE address = $1",
    "DELETE FROM bounce WHERE address = $1",
    "DELETE FROM suppressed WHERE address = $1",
    "DELETE FROM trouble WHERE address = $1",
    "DELETE FROM counted_answer WHERE address = $1",
    "DELETE FROM answer WHERE address = $1",
    "DELETE FROM token WHERE address = $1 OR replace(subject, $1, '') <> subject",
    "DELETE FROM address_wish WHERE near = $1 OR far = $1",
    "DELETE FROM standing WHERE pattern = $1 AND verdict <> 'ban'",
    "UPDATE mute SET address = '' WHERE address = $1",
    "UPDATE worksheet_decision SET address = '' WHERE address = $1",
    "DELETE FROM address WHERE address = $1",
];

/// Forgets an address wherever it stands; `instead` takes its place where a row must
/// stay, and must be new: two rows that differed must differ still.
pub async fn forget_address(tx: &mut Tx, address: &str, instead: &str) -> Result<()> {
    on!(tx, c => {
        sqlx::query(DROP_ABOUT).bind(address).execute(&mut *c).await?;
        for statement in INSTEAD {
            sqlx::query(*statement).bind(address).bind(instead).execute(&mut *c).await?;
        }
        for statement in GONE {
            sqlx::query(statement).bind(address).execute(&mut *c).await?;
        }
        Ok(())
    })
}

const NAMES_ABOVE_POSTS: &str = "SELECT DISTINCT author_name FROM post \
    WHERE author_address = $1 AND author_name <> '' ORDER BY author_name LIMIT 100";

/// The names that somebody wrote above their posts.
pub async fn names_above_posts(tx: &mut Tx, address: &str) -> Result<Vec<String>> {
    on!(tx, c => sqlx::query_scalar(NAMES_ABOVE_POSTS).bind(address).fetch_all(c).await)
}

// What was done names people for those who look into it.
const NAMED: [&str; 3] = [
    "UPDATE trail SET reason = replace(reason, $1, $2) WHERE replace(reason, $1, '') <> reason",
    "UPDATE act SET reason = replace(reason, $1, $2) WHERE replace(reason, $1, '') <> reason",
    "UPDATE intake SET reason = replace(reason, $1, $2) WHERE replace(reason, $1, '') <> reason",
];

/// Forgets a whole name in what was recorded of why something was done.
pub async fn forget_name(tx: &mut Tx, name: &str, instead: &str) -> Result<()> {
    on!(tx, c => {
        for statement in NAMED {
            sqlx::query(statement).bind(name).bind(instead).execute(&mut *c).await?;
        }
        Ok(())
    })
}

const OF_PERSON: &[&str] = &[
    "UPDATE person SET name = '', halved = 0 WHERE id = $1",
    "DELETE FROM stopped_mail WHERE person_id = $1",
    "DELETE FROM cross_post WHERE person_id = $1",
    "DELETE FROM thread_choice WHERE member_id IN (SELECT id FROM member WHERE person_id = $1)",
    "DELETE FROM passed WHERE member_id IN (SELECT id FROM member WHERE person_id = $1)",
    "DELETE FROM mail_skip WHERE member_id IN (SELECT id FROM member WHERE person_id = $1)",
    "DELETE FROM digest_due WHERE member_id IN (SELECT id FROM member WHERE person_id = $1)",
    "DELETE FROM rsvp WHERE member_id IN (SELECT id FROM member WHERE person_id = $1)",
    "DELETE FROM invitation WHERE member_id IN (SELECT id FROM member WHERE person_id = $1)",
    "DELETE FROM session_came WHERE member_id IN (SELECT id FROM member WHERE person_id = $1)",
    "DELETE FROM session_asked WHERE member_id IN (SELECT id FROM member WHERE person_id = $1)",
    "UPDATE session_action SET who = '', member_id = NULL WHERE member_id IN (SELECT id FROM member WHERE person_id = $1)",
    "DELETE FROM thanks WHERE by_id IN (SELECT id FROM member WHERE person_id = $1) \
        OR to_id IN (SELECT id FROM member WHERE person_id = $1)",
    "DELETE FROM session_host WHERE member_id IN (SELECT id FROM member WHERE person_id = $1)",
    "DELETE FROM agenda_vote WHERE member_id IN (SELECT id FROM member WHERE person_id = $1)",
    // Its number stays: an old mail must not mean another item by it.
    "UPDATE agenda_item SET text = '', state = 'withdrawn' \
        WHERE member_id IN (SELECT id FROM member WHERE person_id = $1)",
    // What they have answered stays sealed, and counts no more: nobody is known by it.
    // They show a token; closing looks for them by who is asked.
    "UPDATE mail SET content = substr(content, 1, 0) WHERE concerns <> '' AND concerns IN (SELECT 'survey:' || i.wave_id || ':' || i.id \
        FROM survey_invitee i JOIN member m ON m.id = i.member_id WHERE m.person_id = $1)",
    "DELETE FROM survey_invitee WHERE member_id IN (SELECT id FROM member WHERE person_id = $1)",
    "DELETE FROM charter_vote WHERE member_id IN (SELECT id FROM member WHERE person_id = $1)",
    "DELETE FROM value_story WHERE member_id IN (SELECT id FROM member WHERE person_id = $1)",
    "UPDATE charter_proposal SET member_id = NULL WHERE member_id IN (SELECT id FROM member WHERE person_id = $1)",
    "UPDATE member SET name = '', org = '', tz = '', topics = '' WHERE person_id = $1",
];
const MEMBER_ADDRESS: &str = "UPDATE member SET address = $2 WHERE person_id = $1";
// Names by which somebody decided about others.
const DECIDED: [&str; 3] = [
    "UPDATE hold SET decided_by = '' WHERE decided_by IN (SELECT name FROM member WHERE person_id = $1 AND name <> '')",
    "UPDATE standing SET decided_by = '' WHERE decided_by IN (SELECT name FROM member WHERE person_id = $1 AND name <> '')",
    "UPDATE guest SET let_in_by = '' WHERE let_in_by IN (SELECT name FROM member WHERE person_id = $1 AND name <> '')",
];

/// Forgets what is kept of a person beside their addresses. Their memberships must
/// have ended.
pub async fn forget_person(tx: &mut Tx, person: i64, instead: &str) -> Result<()> {
    on!(tx, c => {
        for statement in DECIDED.iter().chain(OF_PERSON) {
            sqlx::query(*statement).bind(person).execute(&mut *c).await?;
        }
        sqlx::query(MEMBER_ADDRESS).bind(person).bind(instead).execute(&mut *c).await.map(drop)
    })
}

const EMPTY_SENT: &str = "UPDATE mail SET content = $1 WHERE post_id IS NULL AND state = 'expanded' AND (name <> 'digest' OR concerns = 'bundle') \
    AND length(content) > 0 AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.mail_id = mail.id \
    AND o.state IN ('waiting', 'deferred', 'sending')) \
    AND NOT EXISTS (SELECT 1 FROM offer f WHERE f.mail_id = mail.id AND f.state = 'waiting')";

// Whom a worksheet named cannot be told from its title.
const EMPTY_TITLES: &str = "UPDATE worksheet_item SET title = '' WHERE title <> ''";

/// Empties all mails of our own that have gone where they could: anybody may be named
/// in them, in any encoding, and nobody needs them any more. Digests bring posts, and
/// are emptied with these.
pub async fn empty_sent(tx: &mut Tx) -> Result<()> {
    on!(tx, c => {
        sqlx::query(EMPTY_SENT).bind(&[] as &[u8]).execute(&mut *c).await?;
        sqlx::query(EMPTY_TITLES).execute(c).await.map(drop)
    })
}
