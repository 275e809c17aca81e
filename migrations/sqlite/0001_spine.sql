-- The spine. Times are milliseconds since 1970 in UTC; ids are 64-bit integers.

-- A community and the charter that runs it. `charter` is the truth (TOML);
-- `charter_base` is the file as last applied, for the three-way comparison.
-- `roster_version` counts every change of who receives posts (see `roster`).
CREATE TABLE community (
    id             INTEGER PRIMARY KEY AUTOINCREMENT,
    slug           TEXT NOT NULL UNIQUE,
    name           TEXT NOT NULL,
    charter        TEXT NOT NULL,
    charter_base   TEXT NOT NULL,
    roster_version INTEGER NOT NULL DEFAULT 0,
    created_at     INTEGER NOT NULL,
    closed_at      INTEGER
) STRICT;

CREATE TABLE person (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    name       TEXT NOT NULL DEFAULT '',
    created_at INTEGER NOT NULL
) STRICT;

-- Addresses in lower case, as compared; a person may have many.
CREATE TABLE address (
    address   TEXT PRIMARY KEY,
    person_id INTEGER NOT NULL REFERENCES person (id),
    added_at  INTEGER NOT NULL
) STRICT;
CREATE INDEX address_person ON address (person_id);

-- A person in a community. `roles` is a comma-separated list; `state` is one of
-- pending, active, paused, bouncing, left.
CREATE TABLE member (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    community_id INTEGER NOT NULL REFERENCES community (id),
    person_id    INTEGER NOT NULL REFERENCES person (id),
    address      TEXT NOT NULL,
    name         TEXT NOT NULL DEFAULT '',
    roles        TEXT NOT NULL,
    delivery     TEXT NOT NULL,
    paused_until INTEGER,
    org          TEXT NOT NULL DEFAULT '',
    tz           TEXT NOT NULL DEFAULT '',
    state        TEXT NOT NULL,
    joined_at    INTEGER NOT NULL,
    left_at      INTEGER,
    UNIQUE (community_id, person_id)
) STRICT;
CREATE INDEX member_person ON member (person_id);

-- Who gets posts, as periods counted in roster versions: the audience of a post
-- frozen at version V is `since <= V AND (until IS NULL OR until > V)`, which
-- costs the post one number, however long the list.
CREATE TABLE roster (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    community_id INTEGER NOT NULL REFERENCES community (id),
    member_id    INTEGER NOT NULL REFERENCES member (id),
    address      TEXT NOT NULL,
    since        INTEGER NOT NULL,
    until        INTEGER
) STRICT;
CREATE INDEX roster_open ON roster (member_id) WHERE until IS NULL;
CREATE INDEX roster_community ON roster (community_id, id);

-- A message as it came, before anything was decided: what a 250 stands for.
CREATE TABLE message (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    message_id    TEXT NOT NULL,
    envelope_from TEXT NOT NULL,
    via           TEXT NOT NULL,
    peer          TEXT NOT NULL,
    received_at   INTEGER NOT NULL,
    size          INTEGER NOT NULL,
    raw           BLOB NOT NULL
) STRICT;
CREATE INDEX message_by_message_id ON message (message_id);

-- One envelope recipient of one message, and the one outcome it ended in.
-- state: waiting, done, parked. outcome: accepted, held, rejected, discarded,
-- duplicate, command, bounce, forwarded.
CREATE TABLE intake (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    message_id   INTEGER NOT NULL REFERENCES message (id),
    community_id INTEGER REFERENCES community (id),
    recipient    TEXT NOT NULL,
    state        TEXT NOT NULL,
    outcome      TEXT NOT NULL DEFAULT '',
    reason       TEXT NOT NULL DEFAULT '',
    attempts     INTEGER NOT NULL DEFAULT 0,
    next_at      INTEGER NOT NULL,
    lease_until  INTEGER NOT NULL DEFAULT 0,
    lease_owner  TEXT NOT NULL DEFAULT '',
    done_at      INTEGER,
    UNIQUE (message_id, recipient)
) STRICT;
CREATE INDEX intake_waiting ON intake (id) WHERE state = 'waiting';
CREATE INDEX intake_held ON intake (community_id, id) WHERE state = 'done' AND outcome = 'held';

-- A post in the archive. `thread_id` is the id of the post that the thread is
-- named after; `parent_id` the nearest ancestor that the archive holds.
CREATE TABLE post (
    id             INTEGER PRIMARY KEY AUTOINCREMENT,
    community_id   INTEGER NOT NULL REFERENCES community (id),
    raw_id         INTEGER NOT NULL REFERENCES message (id),
    message_id     TEXT NOT NULL,
    permalink      TEXT NOT NULL,
    body_digest    BLOB NOT NULL,
    thread_id      INTEGER NOT NULL,
    parent_id      INTEGER,
    subject        TEXT NOT NULL,
    author_name    TEXT NOT NULL,
    author_address TEXT NOT NULL,
    sent_at        INTEGER NOT NULL,
    archived_at    INTEGER NOT NULL,
    text           TEXT NOT NULL
) STRICT;
CREATE INDEX post_by_message_id ON post (community_id, message_id);
CREATE INDEX post_by_permalink ON post (community_id, permalink);
CREATE INDEX post_by_thread ON post (community_id, thread_id);
CREATE INDEX post_by_date ON post (community_id, sent_at);
CREATE INDEX post_by_raw ON post (raw_id);

-- Every Message-ID a post refers to, nearest last; `position` from 0.
CREATE TABLE post_reference (
    community_id INTEGER NOT NULL REFERENCES community (id),
    post_id      INTEGER NOT NULL REFERENCES post (id),
    position     INTEGER NOT NULL,
    message_id   TEXT NOT NULL,
    PRIMARY KEY (post_id, position)
) STRICT;
CREATE INDEX post_reference_by_message_id ON post_reference (community_id, message_id);

-- One mail that goes out: a post's copy or one of our own. `content` is fixed
-- here, so that every retry sends the same bytes. `audience`: roster (frozen at
-- `roster_version`, expanded up to `expanded_to`) or named (rows made at once).
-- state: expanding, expanded.
CREATE TABLE mail (
    id             INTEGER PRIMARY KEY AUTOINCREMENT,
    community_id   INTEGER NOT NULL REFERENCES community (id),
    name           TEXT NOT NULL,
    post_id        INTEGER REFERENCES post (id),
    message_id     TEXT NOT NULL,
    audience       TEXT NOT NULL,
    roster_version INTEGER NOT NULL DEFAULT 0,
    expanded_to    INTEGER NOT NULL DEFAULT 0,
    state          TEXT NOT NULL,
    lease_until    INTEGER NOT NULL DEFAULT 0,
    lease_owner    TEXT NOT NULL DEFAULT '',
    created_at     INTEGER NOT NULL,
    content        BLOB NOT NULL
) STRICT;
CREATE INDEX mail_expanding ON mail (id) WHERE state = 'expanding';
CREATE INDEX mail_by_message_id ON mail (message_id);
CREATE INDEX mail_by_post ON mail (post_id);

-- One recipient of one mail. state: waiting, sending, sent, deferred, failed,
-- dropped. A row in waiting or deferred is due at `next_at` (civil clock);
-- sending is a lease of `lease_owner` that ends at `lease_until` (system clock).
CREATE TABLE outbox (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    community_id INTEGER NOT NULL REFERENCES community (id),
    mail_id      INTEGER NOT NULL REFERENCES mail (id),
    member_id    INTEGER REFERENCES member (id),
    recipient    TEXT NOT NULL,
    state        TEXT NOT NULL,
    attempts     INTEGER NOT NULL DEFAULT 0,
    created_at   INTEGER NOT NULL,
    next_at      INTEGER NOT NULL,
    first_at     INTEGER,
    lease_until  INTEGER NOT NULL DEFAULT 0,
    lease_owner  TEXT NOT NULL DEFAULT '',
    done_at      INTEGER,
    reply        TEXT NOT NULL DEFAULT '',
    UNIQUE (mail_id, recipient)
) STRICT;
CREATE INDEX outbox_open ON outbox (next_at, id) WHERE state IN ('waiting', 'deferred');
CREATE INDEX outbox_sending ON outbox (id) WHERE state = 'sending';
CREATE INDEX outbox_member ON outbox (member_id);
CREATE INDEX outbox_recipient ON outbox (recipient);

-- What falls due: one row an act and moment, done exactly once.
-- state: waiting, done, merged, dropped.
CREATE TABLE act (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    community_id INTEGER NOT NULL REFERENCES community (id),
    name         TEXT NOT NULL,
    about        TEXT NOT NULL DEFAULT '',
    due_at       INTEGER NOT NULL,
    state        TEXT NOT NULL,
    attempts     INTEGER NOT NULL DEFAULT 0,
    next_at      INTEGER NOT NULL,
    lease_until  INTEGER NOT NULL DEFAULT 0,
    lease_owner  TEXT NOT NULL DEFAULT '',
    done_at      INTEGER,
    reason       TEXT NOT NULL DEFAULT '',
    UNIQUE (community_id, name, about, due_at)
) STRICT;
CREATE INDEX act_open ON act (next_at) WHERE state = 'waiting';

-- The trail: a line for each step of a message or a person, read by `why`.
CREATE TABLE trail (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    community_id INTEGER REFERENCES community (id),
    message_id   TEXT NOT NULL DEFAULT '',
    address      TEXT NOT NULL DEFAULT '',
    at           INTEGER NOT NULL,
    step         TEXT NOT NULL,
    verdict      TEXT NOT NULL,
    reason       TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX trail_message ON trail (message_id) WHERE message_id <> '';
CREATE INDEX trail_address ON trail (address) WHERE address <> '';

-- A request that waits for a reply to its token. `token_hash` is SHA-256.
CREATE TABLE token (
    token_hash   BLOB PRIMARY KEY,
    community_id INTEGER NOT NULL REFERENCES community (id),
    kind         TEXT NOT NULL,
    address      TEXT NOT NULL,
    subject      TEXT NOT NULL,
    created_at   INTEGER NOT NULL,
    expires_at   INTEGER NOT NULL,
    used_at      INTEGER
) STRICT;
CREATE INDEX token_address ON token (address, created_at);

-- Nodes, by the system clock: who is alive, and who may be asked.
CREATE TABLE node (
    id          TEXT PRIMARY KEY,
    started_at  INTEGER NOT NULL,
    alive_until INTEGER NOT NULL
) STRICT;

-- Facts of the whole installation: the signing secret, the test clock, switches.
CREATE TABLE setting (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT;

-- What the command line asks of a running node, and the answer.
CREATE TABLE request (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    kind     TEXT NOT NULL,
    argument TEXT NOT NULL,
    state    TEXT NOT NULL,
    answer   TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX request_open ON request (id) WHERE state = 'waiting';

-- Search, one of the few things that differ: FTS5 here, tsvector in PostgreSQL.
CREATE VIRTUAL TABLE post_search USING fts5 (
    subject, author, text, tokenize = "unicode61 remove_diacritics 2"
);
