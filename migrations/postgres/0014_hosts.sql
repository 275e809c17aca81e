-- Who hosts a session, and who was asked to: one row a member who was. `series` is its
-- slug and `on_date` its original day, so that it outlives a move and a changed rule.
-- state: asked, agreed, skipped (another time perhaps), swapped (they keep their turn),
-- silent (nobody answered in time). One at most has agreed. `via`: rota, swap, operator.
CREATE TABLE session_host (
    community_id BIGINT NOT NULL REFERENCES community (id),
    series       TEXT NOT NULL,
    on_date      TEXT NOT NULL,
    member_id    BIGINT NOT NULL REFERENCES member (id),
    state        TEXT NOT NULL,
    via          TEXT NOT NULL,
    asked_at     BIGINT NOT NULL,
    answered_at  BIGINT,
    PRIMARY KEY (community_id, series, on_date, member_id)
);
CREATE UNIQUE INDEX session_host_one ON session_host (community_id, series, on_date) WHERE state = 'agreed';
CREATE INDEX session_host_member ON session_host (member_id);

-- What members want to talk about at a session. Numbers are given once: a vote in an old
-- mail means what that mail said. `member_id` is who wants it. state: open, withdrawn (by
-- who wanted it), dropped (by the host).
CREATE TABLE agenda_item (
    community_id BIGINT NOT NULL REFERENCES community (id),
    series       TEXT NOT NULL,
    on_date      TEXT NOT NULL,
    number       BIGINT NOT NULL,
    text         TEXT NOT NULL,
    member_id    BIGINT NOT NULL REFERENCES member (id),
    state        TEXT NOT NULL DEFAULT 'open',
    at           BIGINT NOT NULL,
    PRIMARY KEY (community_id, series, on_date, number)
);
CREATE INDEX agenda_item_member ON agenda_item (member_id);

-- Who votes for an item; whoever has brought it is the first.
CREATE TABLE agenda_vote (
    community_id BIGINT NOT NULL,
    series       TEXT NOT NULL,
    on_date      TEXT NOT NULL,
    number       BIGINT NOT NULL,
    member_id    BIGINT NOT NULL REFERENCES member (id),
    at           BIGINT NOT NULL,
    PRIMARY KEY (community_id, series, on_date, number, member_id),
    FOREIGN KEY (community_id, series, on_date, number)
        REFERENCES agenda_item (community_id, series, on_date, number)
);
CREATE INDEX agenda_vote_member ON agenda_vote (member_id);
