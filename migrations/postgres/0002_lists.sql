-- Lists. Times are milliseconds since 1970 in UTC, as in the spine.

-- Rules. Whom moderators trust or have banned, by address or `*@domain`.
-- verdict: trust, ban.
CREATE TABLE standing (
    community_id BIGINT NOT NULL REFERENCES community (id),
    pattern      TEXT NOT NULL,
    verdict      TEXT NOT NULL,
    reason       TEXT NOT NULL DEFAULT '',
    decided_by   TEXT NOT NULL DEFAULT '',
    at           BIGINT NOT NULL,
    PRIMARY KEY (community_id, pattern)
);

-- The version of the charter that the member has accepted, and whether they need
-- to: whom the operator or the charter has added needs neither acceptance nor
-- probation, nor does who was here before there was either.
ALTER TABLE member ADD COLUMN agreed BIGINT NOT NULL DEFAULT 0;
ALTER TABLE member ADD COLUMN exempt BOOLEAN NOT NULL DEFAULT FALSE;
UPDATE member SET exempt = TRUE;

-- Counts the changes of what a member accepts: the charter's elements and norms.
ALTER TABLE community ADD COLUMN agreement BIGINT NOT NULL DEFAULT 1;

-- An author's posts of a time, for probation and rate.
CREATE INDEX post_by_author ON post (community_id, author_address, archived_at);

-- Tokens that were seen where they could not be scrubbed, by SHA-256: they work
-- no more.
CREATE TABLE revoked_token (
    token_hash BYTEA PRIMARY KEY,
    at         BIGINT NOT NULL
);
