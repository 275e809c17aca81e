-- What comes after a session: who came, what was said, what is to be done.

-- What was told of a session, one row. `counted`: somebody has said who came. `guests`:
-- who came and was not invited, one a line.
CREATE TABLE session_report (
    session_id   INTEGER PRIMARY KEY REFERENCES session (id),
    community_id INTEGER NOT NULL REFERENCES community (id),
    counted      INTEGER NOT NULL DEFAULT 0,
    guests       TEXT NOT NULL DEFAULT '',
    notes        TEXT NOT NULL DEFAULT '',
    recording    TEXT NOT NULL DEFAULT '',
    member_id    INTEGER REFERENCES member (id),
    at           INTEGER NOT NULL
) STRICT;

-- Who came, of those who were invited.
CREATE TABLE session_came (
    session_id INTEGER NOT NULL REFERENCES session (id),
    member_id  INTEGER NOT NULL REFERENCES member (id),
    PRIMARY KEY (session_id, member_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX session_came_member ON session_came (member_id);

-- The number under which the mail that asked named somebody: given once, so that a reply
-- to an old mail means what that mail said.
CREATE TABLE session_asked (
    session_id INTEGER NOT NULL REFERENCES session (id),
    number     INTEGER NOT NULL,
    member_id  INTEGER NOT NULL REFERENCES member (id),
    PRIMARY KEY (session_id, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX session_asked_member ON session_asked (member_id);

-- What somebody is to do. Numbers are given once in a series, by its slug: they outlive a
-- changed rule. `member_id` where it is a member; `due` is a day or ''.
CREATE TABLE session_action (
    community_id INTEGER NOT NULL REFERENCES community (id),
    series       TEXT NOT NULL,
    number       INTEGER NOT NULL,
    session_id   INTEGER NOT NULL REFERENCES session (id),
    who          TEXT NOT NULL,
    member_id    INTEGER REFERENCES member (id),
    what         TEXT NOT NULL,
    due          TEXT NOT NULL DEFAULT '',
    done_at      INTEGER,
    PRIMARY KEY (community_id, series, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX session_action_session ON session_action (session_id);
CREATE INDEX session_action_member ON session_action (member_id);
