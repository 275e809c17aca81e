-- The budget: mail of the programme, and mail that somebody gets because of a role, is
-- offered, and goes when the person's budget has room for it.

-- One mail offered to one person. kind: programme, series (an invitation to a series,
-- which counts once), role. `next_at`: when it is looked at again. state: waiting,
-- sent (it is in the outbox), merged (a section of the mail `merged_into`, under
-- `number`), dropped; `reason` says why it waits or ended. `answered_at`: when its
-- recipient first answered it.
CREATE TABLE offer (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    community_id INTEGER NOT NULL REFERENCES community (id),
    mail_id      INTEGER NOT NULL REFERENCES mail (id),
    member_id    INTEGER REFERENCES member (id),
    recipient    TEXT NOT NULL,
    name         TEXT NOT NULL,
    kind         TEXT NOT NULL,
    series       TEXT NOT NULL DEFAULT '',
    priority     INTEGER NOT NULL,
    due_at       INTEGER NOT NULL,
    expires_at   INTEGER NOT NULL,
    next_at      INTEGER NOT NULL,
    state        TEXT NOT NULL,
    reason       TEXT NOT NULL DEFAULT '',
    merged_into  INTEGER REFERENCES mail (id),
    number       INTEGER NOT NULL DEFAULT 0,
    answered_at  INTEGER,
    done_at      INTEGER,
    UNIQUE (mail_id, recipient)
) STRICT;
CREATE INDEX offer_open ON offer (next_at, id) WHERE state = 'waiting';
CREATE INDEX offer_recipient ON offer (recipient, state, done_at);
CREATE INDEX offer_bundle ON offer (merged_into) WHERE merged_into IS NOT NULL;

-- What went out before there was a budget counts.
INSERT INTO offer (community_id, mail_id, member_id, recipient, name, kind, priority, due_at, expires_at, next_at,
    state, done_at)
SELECT o.community_id, o.mail_id, o.member_id, o.recipient, m.name, 'programme', 6, o.created_at, o.created_at,
    o.created_at, 'sent', COALESCE(o.done_at, o.created_at)
FROM outbox o JOIN mail m ON m.id = o.mail_id WHERE m.name = 'charter-review' AND o.state <> 'dropped';

-- How often a person has asked for half of the programme's mail.
ALTER TABLE person ADD COLUMN halved INTEGER NOT NULL DEFAULT 0;

-- When somebody complained to their provider about mail of a community.
CREATE TABLE complaint (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    community_id INTEGER NOT NULL REFERENCES community (id),
    at           INTEGER NOT NULL
) STRICT;
CREATE INDEX complaint_community ON complaint (community_id, at);
