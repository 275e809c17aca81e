-- Surveys (docs/decisions/0008). What people answer while a survey is open is kept
-- sealed; the key that opens it is in no database.

-- One asking of a survey. `definition` is the survey as it was asked (TOML); `number`
-- counts the waves of that survey in the community and picks the rotating item. state:
-- open, closed, lost (no node has the key). `invited` and `answered` are counted at
-- closing, without those who run the community. `rolling` waves take in people one by
-- one while they are open.
CREATE TABLE survey_wave (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    community_id INTEGER NOT NULL REFERENCES community (id),
    survey       TEXT NOT NULL,
    number       INTEGER NOT NULL,
    definition   TEXT NOT NULL,
    public_key   BLOB NOT NULL,
    rolling      INTEGER NOT NULL DEFAULT 0,
    minimum      INTEGER NOT NULL,
    state        TEXT NOT NULL,
    opened_at    INTEGER NOT NULL,
    closes_at    INTEGER NOT NULL,
    closed_at    INTEGER,
    invited      INTEGER NOT NULL DEFAULT 0,
    answered     INTEGER NOT NULL DEFAULT 0,
    UNIQUE (community_id, survey, number)
) STRICT;
CREATE UNIQUE INDEX survey_wave_open ON survey_wave (community_id, survey) WHERE state = 'open';

-- Who is asked; gone when the survey has closed, and their tokens with it. `about`: the
-- post or session that it is about; or empty. state: asked, answered, skipped. `replies`
-- counts what came, `clarified` whether they were told once that it was not understood.
CREATE TABLE survey_invitee (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    wave_id   INTEGER NOT NULL REFERENCES survey_wave (id),
    member_id INTEGER NOT NULL REFERENCES member (id),
    about     TEXT NOT NULL DEFAULT '',
    counted   INTEGER NOT NULL DEFAULT 1,
    mailed    INTEGER NOT NULL DEFAULT 0,
    reminded  INTEGER NOT NULL DEFAULT 0,
    state     TEXT NOT NULL DEFAULT 'asked',
    replies   INTEGER NOT NULL DEFAULT 0,
    clarified INTEGER NOT NULL DEFAULT 0,
    UNIQUE (wave_id, member_id, about)
) STRICT;
CREATE INDEX survey_invitee_member ON survey_invitee (member_id);

-- Answers while a survey is open, sealed under its key. Who gave one stands inside.
CREATE TABLE survey_sealed (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    wave_id INTEGER NOT NULL REFERENCES survey_wave (id),
    sealed  BLOB NOT NULL
) STRICT;
CREATE INDEX survey_sealed_wave ON survey_sealed (wave_id, id);

-- Nodes that need the key of an open survey (each has a key pair of its own for this),
-- and the key, sealed for that node by one that has it.
CREATE TABLE survey_key (
    wave_id    INTEGER NOT NULL REFERENCES survey_wave (id),
    node       TEXT NOT NULL,
    public_key BLOB NOT NULL,
    sealed     BLOB,
    PRIMARY KEY (wave_id, node)
) STRICT, WITHOUT ROWID;

-- Answers of a closed survey: item by item, in the order of random ids, without a time.
CREATE TABLE survey_answer (
    id      TEXT PRIMARY KEY,
    wave_id INTEGER NOT NULL REFERENCES survey_wave (id),
    item    INTEGER NOT NULL,
    value   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX survey_answer_wave ON survey_answer (wave_id);

-- What was written below the answers, likewise.
CREATE TABLE survey_comment (
    id      TEXT PRIMARY KEY,
    wave_id INTEGER NOT NULL REFERENCES survey_wave (id),
    text    TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX survey_comment_wave ON survey_comment (wave_id);

-- Of each index of a closed survey, how many answered it (n) and how many favourably
-- (k); -1 where they were fewer than the minimum.
CREATE TABLE survey_tally (
    wave_id  INTEGER NOT NULL REFERENCES survey_wave (id),
    position INTEGER NOT NULL,
    name     TEXT NOT NULL,
    n        INTEGER NOT NULL,
    k        INTEGER NOT NULL,
    PRIMARY KEY (wave_id, position)
) STRICT, WITHOUT ROWID;

-- Mails by what they are about, of whichever community.
CREATE INDEX mail_of_wave ON mail (concerns) WHERE concerns <> '';
