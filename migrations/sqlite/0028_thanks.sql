-- Who thanked whom, and whether that may be told. state: asked (whoever was thanked has not
-- said whether others may read it), agreed, declined.
CREATE TABLE thanks (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    community_id INTEGER NOT NULL REFERENCES community (id),
    by_id        INTEGER NOT NULL REFERENCES member (id),
    to_id        INTEGER NOT NULL REFERENCES member (id),
    text         TEXT NOT NULL,
    state        TEXT NOT NULL,
    at           INTEGER NOT NULL,
    decided_at   INTEGER
) STRICT;
CREATE INDEX thanks_community ON thanks (community_id, state, decided_at);
CREATE INDEX thanks_by ON thanks (by_id);
CREATE INDEX thanks_to ON thanks (to_id);
