-- Lists. Times are milliseconds since 1970 in UTC, as in the spine.

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

-- An author's posts of a time, for probation and rate.
CREATE INDEX post_by_author ON post (community_id, author_address, archived_at);

-- Tokens that were seen where they could not be scrubbed, by SHA-256: they work
-- no more.
CREATE TABLE revoked_token (
    token_hash BLOB PRIMARY KEY,
    at         INTEGER NOT NULL
) STRICT;
