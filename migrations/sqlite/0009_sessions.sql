-- Series of sessions as they stand, and whom they were sent to.

-- One series under one UID: `generation` counts the UIDs of a slug, because a changed
-- rule ends a series and begins another. `origin`: charter, or the address of whoever
-- added it. `starts` and `excluded` (holidays, comma-separated) are wall clock in `zone`;
-- `until` is the last day, or ''. `version` counts what its members were, or are to be,
-- told. state: running, ended (some sessions were held), cancelled.
CREATE TABLE series (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    community_id INTEGER NOT NULL REFERENCES community (id),
    slug         TEXT NOT NULL,
    generation   INTEGER NOT NULL,
    uid          TEXT NOT NULL UNIQUE,
    origin       TEXT NOT NULL,
    title        TEXT NOT NULL,
    rule         TEXT NOT NULL DEFAULT '',
    starts       TEXT NOT NULL,
    until        TEXT NOT NULL DEFAULT '',
    zone         TEXT NOT NULL,
    duration     INTEGER NOT NULL,
    location     TEXT NOT NULL DEFAULT '',
    link         TEXT NOT NULL DEFAULT '',
    excluded     TEXT NOT NULL DEFAULT '',
    version      INTEGER NOT NULL DEFAULT 1,
    state        TEXT NOT NULL DEFAULT 'running',
    reason       TEXT NOT NULL DEFAULT '',
    began_at     INTEGER NOT NULL,
    modified_at  INTEGER NOT NULL,
    ended_at     INTEGER,
    UNIQUE (community_id, slug, generation)
) STRICT;

-- One session. `on_date` is its original day, whatever became of it. A row is made some
-- months ahead; until it is touched it only repeats what the rule says. state: planned,
-- held, cancelled.
CREATE TABLE session (
    id             INTEGER PRIMARY KEY AUTOINCREMENT,
    community_id   INTEGER NOT NULL REFERENCES community (id),
    series_id      INTEGER NOT NULL REFERENCES series (id),
    on_date        TEXT NOT NULL,
    starts_at      INTEGER NOT NULL,
    ends_at        INTEGER NOT NULL,
    state          TEXT NOT NULL DEFAULT 'planned',
    moved          INTEGER NOT NULL DEFAULT 0,
    reason         TEXT NOT NULL DEFAULT '',
    host_member_id INTEGER REFERENCES member (id),
    modified_at    INTEGER NOT NULL,
    UNIQUE (series_id, on_date)
) STRICT;
CREATE INDEX session_community ON session (community_id, starts_at);

-- What a member's calendar was last told of a series: one row a member. `sequence` never
-- falls, also where they leave and come back. `invited_from` is the first day that their
-- copy of the series has. `mail_id`: the invitation, which may still wait for room in a
-- budget. state: invited, ended (what is over stays in their calendar), cancelled.
CREATE TABLE invitation (
    community_id INTEGER NOT NULL REFERENCES community (id),
    series_id    INTEGER NOT NULL REFERENCES series (id),
    member_id    INTEGER NOT NULL REFERENCES member (id),
    address      TEXT NOT NULL,
    sequence     INTEGER NOT NULL,
    dtstamp      INTEGER NOT NULL,
    version      INTEGER NOT NULL,
    invited_from TEXT NOT NULL,
    state        TEXT NOT NULL,
    mail_id      INTEGER REFERENCES mail (id),
    PRIMARY KEY (series_id, member_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX invitation_member ON invitation (member_id);

-- What a member answered, last by (sequence, dtstamp): to the whole series ('' in
-- `on_date`), or to the session that was planned for that day. `via`: mail, text, page.
CREATE TABLE rsvp (
    community_id INTEGER NOT NULL REFERENCES community (id),
    series_id    INTEGER NOT NULL REFERENCES series (id),
    member_id    INTEGER NOT NULL REFERENCES member (id),
    on_date      TEXT NOT NULL DEFAULT '',
    partstat     TEXT NOT NULL,
    sequence     INTEGER NOT NULL,
    dtstamp      INTEGER NOT NULL,
    comment      TEXT NOT NULL DEFAULT '',
    at           INTEGER NOT NULL,
    via          TEXT NOT NULL,
    PRIMARY KEY (series_id, member_id, on_date)
) STRICT, WITHOUT ROWID;
CREATE INDEX rsvp_member ON rsvp (member_id);
