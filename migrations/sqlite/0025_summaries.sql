-- What sponsors are told, what is asked of them, and what they have said.

-- Something that a facilitator asks of the sponsor. state: open (not decided), supported
-- (`owner` has promised it by `due_on`), declined (with `reason`), done. `asked_by`,
-- `owner`: addresses, empty for the operator and for who was erased.
CREATE TABLE sponsor_ask (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    community_id INTEGER NOT NULL REFERENCES community (id),
    asked_by     TEXT NOT NULL DEFAULT '',
    text         TEXT NOT NULL,
    cost         TEXT NOT NULL DEFAULT '',
    wanted_by    TEXT NOT NULL DEFAULT '',
    state        TEXT NOT NULL DEFAULT 'open',
    owner        TEXT NOT NULL DEFAULT '',
    due_on       TEXT NOT NULL DEFAULT '',
    reason       TEXT NOT NULL DEFAULT '',
    created_at   INTEGER NOT NULL,
    decided_at   INTEGER,
    done_at      INTEGER
) STRICT;
CREATE INDEX sponsor_ask_community ON sponsor_ask (community_id, state);

-- What membership did for somebody, in their words. `consent`: the Message-ID of the mail
-- by which its author lets a sponsor read it; without one nobody else does. cycle: story,
-- potential, applied or realized, as they say. state: kept, quoted, withdrawn.
CREATE TABLE value_story (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    community_id INTEGER NOT NULL REFERENCES community (id),
    member_id    INTEGER NOT NULL REFERENCES member (id),
    text         TEXT NOT NULL,
    cycle        TEXT NOT NULL DEFAULT 'story',
    signed       TEXT NOT NULL DEFAULT '',
    state        TEXT NOT NULL DEFAULT 'kept',
    consent      TEXT NOT NULL DEFAULT '',
    created_at   INTEGER NOT NULL,
    consented_at INTEGER
) STRICT;
CREATE INDEX value_story_community ON value_story (community_id, state);
CREATE INDEX value_story_member ON value_story (member_id);

-- A sponsor's summary. `series`: which of the charter's schedules; `due_at`: when the
-- sponsor's mail is due. `figures`: what members were shown, as JSON, so that the sponsor
-- reads the same.
CREATE TABLE summary (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    community_id INTEGER NOT NULL REFERENCES community (id),
    series       TEXT NOT NULL,
    due_at       INTEGER NOT NULL,
    since        INTEGER NOT NULL,
    cut_off      INTEGER NOT NULL,
    figures      TEXT NOT NULL,
    previewed_at INTEGER NOT NULL,
    sent_at      INTEGER,
    UNIQUE (community_id, series, due_at)
) STRICT;

-- What a summary names by a number: asks, and what may be objected to (a story, a sentence
-- from a survey). kind: ask, story, quote; `item`: its key.
CREATE TABLE summary_item (
    summary_id  INTEGER NOT NULL REFERENCES summary (id),
    kind        TEXT NOT NULL,
    number      INTEGER NOT NULL,
    item        TEXT NOT NULL,
    objected_at INTEGER,
    PRIMARY KEY (summary_id, kind, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX summary_item_item ON summary_item (kind, item);
