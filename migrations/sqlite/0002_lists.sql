-- Lists by mail: choices, moderation, joining, digests.

-- What somebody who replies to a mail is talking about, as `hold:12`.
ALTER TABLE mail ADD COLUMN concerns TEXT NOT NULL DEFAULT '';

-- What a member chose: copies of own posts; a copy although named in To or Cc;
-- topics (comma-separated; none is all); the form of the digest (page or mime);
-- the last post that a digest need not bring any more.
ALTER TABLE member ADD COLUMN own INTEGER NOT NULL DEFAULT 1;
ALTER TABLE member ADD COLUMN copies INTEGER NOT NULL DEFAULT 0;
ALTER TABLE member ADD COLUMN topics TEXT NOT NULL DEFAULT '';
ALTER TABLE member ADD COLUMN digest_form TEXT NOT NULL DEFAULT 'page';
ALTER TABLE member ADD COLUMN digested_to INTEGER NOT NULL DEFAULT 0;

-- A post's topic, and whether it stays among members (`[members]`).
ALTER TABLE post ADD COLUMN topic TEXT NOT NULL DEFAULT '';
ALTER TABLE post ADD COLUMN members_only INTEGER NOT NULL DEFAULT 0;
CREATE INDEX post_members_only ON post (community_id, thread_id) WHERE members_only = 1;
-- What everybody may leaf through, without reading the posts themselves.
CREATE INDEX post_public_by_date ON post (community_id, sent_at) WHERE members_only = 0;

-- A member's choice for one thread. choice: mute, follow.
CREATE TABLE thread_choice (
    community_id INTEGER NOT NULL REFERENCES community (id),
    member_id    INTEGER NOT NULL REFERENCES member (id),
    thread_id    INTEGER NOT NULL,
    choice       TEXT NOT NULL,
    at           INTEGER NOT NULL,
    PRIMARY KEY (member_id, thread_id)
) STRICT;
CREATE INDEX thread_choice_thread ON thread_choice (community_id, thread_id);

-- Members who do not get one mail although they are on the roster, and why.
CREATE TABLE mail_skip (
    mail_id   INTEGER NOT NULL REFERENCES mail (id),
    member_id INTEGER NOT NULL REFERENCES member (id),
    reason    TEXT NOT NULL,
    PRIMARY KEY (mail_id, member_id)
) STRICT;

-- A post that went to several of our lists, or to an umbrella, reaches a person
-- once. `cross_key` is the same on all its mails; empty where it went to one list.
ALTER TABLE mail ADD COLUMN cross_key TEXT NOT NULL DEFAULT '';

-- Whose copy that is: the mail, and as which member they get it.
CREATE TABLE cross_post (
    cross_key TEXT NOT NULL,
    person_id INTEGER NOT NULL REFERENCES person (id),
    mail_id   INTEGER NOT NULL REFERENCES mail (id),
    member_id INTEGER NOT NULL REFERENCES member (id),
    PRIMARY KEY (cross_key, person_id)
) STRICT;

-- The communities whose members get an umbrella's post too: each audience frozen
-- like the mail's own, and expanded after it, by `position`.
CREATE TABLE mail_include (
    mail_id        INTEGER NOT NULL REFERENCES mail (id),
    position       INTEGER NOT NULL,
    community_id   INTEGER NOT NULL REFERENCES community (id),
    roster_version INTEGER NOT NULL,
    expanded_to    INTEGER NOT NULL DEFAULT 0,
    done           INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (mail_id, position)
) STRICT;

-- Somebody from outside who gets one thread until it rests.
CREATE TABLE guest (
    community_id INTEGER NOT NULL REFERENCES community (id),
    thread_id    INTEGER NOT NULL,
    address      TEXT NOT NULL,
    let_in_by    TEXT NOT NULL,
    at           INTEGER NOT NULL,
    ended_at     INTEGER,
    PRIMARY KEY (community_id, thread_id, address)
) STRICT;
CREATE INDEX guest_address ON guest (address);

-- A held post: what moderators are told of it. `findings` is a JSON list of the
-- reasons, said in the community's language. strength: bare, aligned, token.
-- `notify` is the address that hears of it, or empty. told: how moderators heard,
-- mail (one of its own), list (with others), or empty. `notice_id` is the Message-ID
-- of the mail that reminders and the outcome follow. outcome: accepted, trusted,
-- duplicate, rejected, discarded, banned, expired.
CREATE TABLE hold (
    intake_id    INTEGER PRIMARY KEY REFERENCES intake (id),
    community_id INTEGER NOT NULL REFERENCES community (id),
    author       TEXT NOT NULL,
    author_name  TEXT NOT NULL DEFAULT '',
    subject      TEXT NOT NULL DEFAULT '',
    findings     TEXT NOT NULL,
    strength     TEXT NOT NULL DEFAULT 'bare',
    notify       TEXT NOT NULL DEFAULT '',
    told         TEXT NOT NULL DEFAULT '',
    notice_id    TEXT NOT NULL DEFAULT '',
    reminders    INTEGER NOT NULL DEFAULT 0,
    held_at      INTEGER NOT NULL,
    expires_at   INTEGER NOT NULL,
    decided_at   INTEGER,
    decided_by   TEXT NOT NULL DEFAULT '',
    outcome      TEXT NOT NULL DEFAULT '',
    reason       TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX hold_open ON hold (community_id, intake_id) WHERE decided_at IS NULL;
CREATE INDEX hold_time ON hold (community_id, held_at);
-- What was held before there were moderators' mails waits on, for the operator.
INSERT INTO hold (intake_id, community_id, author, findings, held_at, expires_at)
SELECT id, community_id, '', '[]', done_at, done_at + 2592000000 FROM intake
WHERE state = 'done' AND outcome = 'held' AND community_id IS NOT NULL AND done_at IS NOT NULL;

-- Somebody on the way to membership. stage: confirm, approve, invited (open);
-- joined, declined (they said no), rejected (a moderator did), refused (only whom
-- somebody invites can join), expired. `request_id` is the Message-ID of the mail
-- that asked, `notice_id` of the one that moderators got. proven: whether something
-- shows that the owner of the address asked.
CREATE TABLE joining (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    community_id INTEGER NOT NULL REFERENCES community (id),
    address      TEXT NOT NULL,
    name         TEXT NOT NULL DEFAULT '',
    words        TEXT NOT NULL DEFAULT '',
    stage        TEXT NOT NULL,
    invited_by   TEXT NOT NULL DEFAULT '',
    request_id   TEXT NOT NULL DEFAULT '',
    notice_id    TEXT NOT NULL DEFAULT '',
    proven       INTEGER NOT NULL DEFAULT 0,
    created_at   INTEGER NOT NULL,
    expires_at   INTEGER NOT NULL,
    decided_at   INTEGER,
    decided_by   TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX joining_address ON joining (community_id, address);
CREATE INDEX joining_recent ON joining (address, created_at);

-- Two addresses that are to become one person's (kind link), or of which one is to
-- take the other's place (change), once both have said yes. `near` is the member's
-- own address, `far` the other one.
CREATE TABLE address_wish (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    community_id INTEGER NOT NULL REFERENCES community (id),
    kind         TEXT NOT NULL,
    near         TEXT NOT NULL,
    far          TEXT NOT NULL,
    near_yes_at  INTEGER,
    far_yes_at   INTEGER,
    created_at   INTEGER NOT NULL,
    expires_at   INTEGER NOT NULL,
    ended_at     INTEGER,
    outcome      TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX address_wish_far ON address_wish (far, created_at);
CREATE INDEX address_wish_near ON address_wish (near, created_at);

-- What a digest brought, by the number that a reply names.
CREATE TABLE digest_item (
    mail_id INTEGER NOT NULL REFERENCES mail (id),
    number  INTEGER NOT NULL,
    post_id INTEGER NOT NULL REFERENCES post (id),
    PRIMARY KEY (mail_id, number, post_id)
) STRICT;

-- Automatic answers, so that nobody gets more than one a day of a kind.
CREATE TABLE answer (
    community_id INTEGER NOT NULL REFERENCES community (id),
    address      TEXT NOT NULL,
    kind         TEXT NOT NULL,
    at           INTEGER NOT NULL,
    PRIMARY KEY (community_id, address, kind)
) STRICT;

-- Answers of which somebody may get several a day, counted, so that nobody is bombed
-- with them by whoever writes in their name.
CREATE TABLE counted_answer (
    community_id INTEGER NOT NULL REFERENCES community (id),
    address      TEXT NOT NULL,
    kind         TEXT NOT NULL,
    at           INTEGER NOT NULL
) STRICT;
CREATE INDEX counted_answer_address ON counted_answer (address, kind, at);

-- Kinds of mail that a person has stopped, by their names in the catalogue.
CREATE TABLE stopped_mail (
    person_id INTEGER NOT NULL REFERENCES person (id),
    name      TEXT NOT NULL,
    at        INTEGER NOT NULL,
    PRIMARY KEY (person_id, name)
) STRICT;

-- Posts that a member's next digest still brings although they came in a time that
-- has ended: before the member chose another delivery, or paused. They are those
-- behind `after_post`, up to `to_post`.
CREATE TABLE digest_due (
    community_id INTEGER NOT NULL REFERENCES community (id),
    member_id    INTEGER NOT NULL REFERENCES member (id),
    after_post   INTEGER NOT NULL,
    to_post      INTEGER NOT NULL,
    PRIMARY KEY (member_id, after_post)
) STRICT;
CREATE INDEX digest_due_community ON digest_due (community_id, member_id);

-- Nobody who waited for the first digests gets the whole archive in one.
UPDATE member SET digested_to = (SELECT COALESCE(max(id), 0) FROM post);

-- What a member got of late, without all that they ever got.
DROP INDEX outbox_member;
CREATE INDEX outbox_member ON outbox (member_id, mail_id);

-- Rules. Whom moderators trust or have banned, by address or `*@domain`.
-- verdict: trust, ban.
CREATE TABLE standing (
    community_id INTEGER NOT NULL REFERENCES community (id),
    pattern      TEXT NOT NULL,
    verdict      TEXT NOT NULL,
    reason       TEXT NOT NULL DEFAULT '',
    decided_by   TEXT NOT NULL DEFAULT '',
    at           INTEGER NOT NULL,
    PRIMARY KEY (community_id, pattern)
) STRICT;

-- The version of the charter that the member has accepted, and whether they need
-- to: whom the operator or the charter has added needs neither acceptance nor
-- probation, nor does who was here before there was either.
ALTER TABLE member ADD COLUMN agreed INTEGER NOT NULL DEFAULT 0;
ALTER TABLE member ADD COLUMN exempt INTEGER NOT NULL DEFAULT 0;
UPDATE member SET exempt = 1;

-- Counts the changes of what a member accepts: the charter's elements and norms.
ALTER TABLE community ADD COLUMN agreement INTEGER NOT NULL DEFAULT 1;
ALTER TABLE community ADD COLUMN agreement_at INTEGER NOT NULL DEFAULT 0;

-- An author's posts of a time, for probation and rate.
CREATE INDEX post_by_author ON post (community_id, author_address, archived_at);

-- Tokens that were seen where they could not be scrubbed, by SHA-256: they work
-- no more.
CREATE TABLE revoked_token (
    token_hash BLOB PRIMARY KEY,
    at         INTEGER NOT NULL
) STRICT;

-- Whom a message names as its author, so that all that somebody wrote can be erased
-- without reading what everybody wrote.
ALTER TABLE message ADD COLUMN author TEXT NOT NULL DEFAULT '';
CREATE INDEX message_author ON message (author) WHERE author <> '';
CREATE INDEX message_envelope ON message (envelope_from) WHERE envelope_from <> '';
CREATE INDEX hold_author ON hold (author);

-- What is taken out of the index is gone from its pages too.
INSERT INTO post_search (post_search, rank) VALUES ('secure-delete', 1);
