-- What a worksheet named, by the number that a reply means. `item` is its kind and
-- its key, as `hold:12`; `title` is what the mail said of it.
CREATE TABLE worksheet_item (
    mail_id INTEGER NOT NULL REFERENCES mail (id),
    number  INTEGER NOT NULL,
    item    TEXT NOT NULL,
    title   TEXT NOT NULL,
    PRIMARY KEY (mail_id, number)
) STRICT, WITHOUT ROWID;

-- What facilitators have decided about items. decision: done, released, dropped (for
-- good), snoozed (until `until_at`). `address` is who did.
CREATE TABLE worksheet_decision (
    community_id INTEGER NOT NULL REFERENCES community (id),
    item         TEXT NOT NULL,
    decision     TEXT NOT NULL,
    until_at     INTEGER,
    address      TEXT NOT NULL,
    at           INTEGER NOT NULL,
    PRIMARY KEY (community_id, item)
) STRICT, WITHOUT ROWID;

-- Posts of the last weeks, by when they came.
CREATE INDEX post_by_arrival ON post (community_id, archived_at);
