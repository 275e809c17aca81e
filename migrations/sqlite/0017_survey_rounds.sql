-- Surveys, the rest: what a wave without its key waits for, charters that members change
-- by vote, actions that are tracked from one health check to the next, and quotes.

-- Since when a node that should close the wave has not had its key; its answers are given
-- up only so long after that.
ALTER TABLE survey_wave ADD COLUMN keyless_since INTEGER;
-- The charter as it stood when the wave opened, to tell what has changed since.
ALTER TABLE survey_wave ADD COLUMN charter TEXT NOT NULL DEFAULT '';

-- What was decided to be done because of a survey: written by a facilitator in answer to
-- the results, asked about until it is done. state: open, done, dropped.
CREATE TABLE survey_action (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    community_id INTEGER NOT NULL REFERENCES community (id),
    wave_id      INTEGER NOT NULL REFERENCES survey_wave (id),
    text         TEXT NOT NULL,
    state        TEXT NOT NULL DEFAULT 'open',
    created_at   INTEGER NOT NULL,
    ended_at     INTEGER
) STRICT;
CREATE INDEX survey_action_community ON survey_action (community_id, state);

-- Sentences that their authors allow a sponsor to read: kept when the survey has closed,
-- under random ids, without a time and without who wrote them.
CREATE TABLE survey_quote (
    id           TEXT PRIMARY KEY,
    community_id INTEGER NOT NULL REFERENCES community (id),
    wave_id      INTEGER NOT NULL REFERENCES survey_wave (id),
    text         TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX survey_quote_community ON survey_quote (community_id);

-- A change of the charter that is voted on. `key`: domain, community, practice or norms;
-- `before` and `after`: its text (norms: a line each). state: open, accepted, rejected,
-- stale (the text was changed otherwise meanwhile).
CREATE TABLE charter_proposal (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    community_id INTEGER NOT NULL REFERENCES community (id),
    member_id    INTEGER REFERENCES member (id),
    key          TEXT NOT NULL,
    before       TEXT NOT NULL,
    after        TEXT NOT NULL,
    state        TEXT NOT NULL DEFAULT 'open',
    asked        INTEGER NOT NULL DEFAULT 0,
    opened_at    INTEGER NOT NULL,
    closes_at    INTEGER NOT NULL,
    closed_at    INTEGER
) STRICT;
CREATE INDEX charter_proposal_community ON charter_proposal (community_id, state);

-- Who voted how while a proposal is open; counted and forgotten when it closes.
CREATE TABLE charter_vote (
    proposal_id INTEGER NOT NULL REFERENCES charter_proposal (id),
    member_id   INTEGER NOT NULL REFERENCES member (id),
    vote        TEXT NOT NULL,
    PRIMARY KEY (proposal_id, member_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX charter_vote_member ON charter_vote (member_id);
