-- What follows from bounces and complaints (docs/decisions/0007).

-- Addresses to which mail fails. `points` are thousandths, as they stood at
-- `counted_at`; `day` is the last day (UTC, since 1970) on which some were added, and
-- `day_points` how many. `probe_id` is the Message-ID of the last mail that tried the
-- address, `probe_failures` how often in a row such a mail came back. `stopped_at`:
-- since when nothing goes there; `warnings` counts the mails that tried since then.
CREATE TABLE failing (
    address        TEXT PRIMARY KEY,
    points         INTEGER NOT NULL,
    counted_at     INTEGER NOT NULL,
    day            INTEGER NOT NULL DEFAULT 0,
    day_points     INTEGER NOT NULL DEFAULT 0,
    since          INTEGER NOT NULL,
    diagnostic     TEXT NOT NULL DEFAULT '',
    community_id   INTEGER NOT NULL REFERENCES community (id),
    probe_id       TEXT NOT NULL DEFAULT '',
    probe_failures INTEGER NOT NULL DEFAULT 0,
    stopped_at     INTEGER,
    warnings       INTEGER NOT NULL DEFAULT 0
) STRICT;

-- Each delivery counts once, by the worst that came back of it.
CREATE TABLE bounce (
    outbox_id INTEGER PRIMARY KEY REFERENCES outbox (id),
    address   TEXT NOT NULL,
    at        INTEGER NOT NULL,
    points    INTEGER NOT NULL
) STRICT;
CREATE INDEX bounce_address ON bounce (address, at);

-- Whoever complained to their provider: nothing goes there but answers to what they
-- ask. `deliveries` are the choices that were ended, as `12=each,15=digest` by member.
CREATE TABLE suppressed (
    address    TEXT PRIMARY KEY,
    at         INTEGER NOT NULL,
    reason     TEXT NOT NULL,
    deliveries TEXT NOT NULL DEFAULT ''
) STRICT;

-- What facilitators are to be told of, in one mail a day. kind: stopped, unreachable,
-- complaint (of which the address is not told).
CREATE TABLE trouble (
    community_id INTEGER NOT NULL REFERENCES community (id),
    address      TEXT NOT NULL,
    kind         TEXT NOT NULL,
    at           INTEGER NOT NULL,
    told_at      INTEGER,
    PRIMARY KEY (community_id, address, kind, at)
) STRICT;
CREATE INDEX trouble_untold ON trouble (community_id, at) WHERE told_at IS NULL;
CREATE INDEX trouble_address ON trouble (address);

-- Who gets mail at an address that fails.
CREATE INDEX member_address ON member (address);
