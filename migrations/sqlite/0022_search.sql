-- The search index, anew: with attachments, in the order of time, and with words that are
-- cut by us alone. What the old one held is taken over; `archive rebuild` adds what is
-- attached.
--
-- A row's key is the second in which its post was written and the post's own key
-- (store::search::key): the newest come first without being sorted. `rest` has words so far
-- down that only their presence counts; `scope` names the community (_c7) and what the post
-- has (_hpdf).
ALTER TABLE post_search RENAME TO post_search_before;
CREATE VIRTUAL TABLE post_search USING fts5 (
    subject, author, text, attached, rest, scope,
    tokenize = "ascii tokenchars '_'", columnsize = 0
);
INSERT INTO post_search (post_search, rank) VALUES ('secure-delete', 1);
INSERT INTO post_search (rowid, subject, author, text, attached, rest, scope)
    SELECT max(min(p.sent_at / 1000, 8589934591), -4294967296) * 1073741824 + p.id % 1073741824,
    s.subject, s.author, s.text, '', '', '_c' || p.community_id
    FROM post_search_before s JOIN post p ON p.id = s.rowid;
DROP TABLE post_search_before;

-- What is worth keeping of a discussion. state: draft (its author or a facilitator is asked
-- to look at it), reviewed (everybody may read it), dropped. It belongs to the community:
-- it stays when its author leaves, and names nobody who was erased.
CREATE TABLE learning (
    id             INTEGER PRIMARY KEY AUTOINCREMENT,
    community_id   INTEGER NOT NULL REFERENCES community (id),
    state          TEXT NOT NULL,
    title          TEXT NOT NULL,
    summary        TEXT NOT NULL,
    tags           TEXT NOT NULL DEFAULT '',
    author_name    TEXT NOT NULL,
    author_address TEXT NOT NULL,
    marked_by      TEXT NOT NULL,
    created_at     INTEGER NOT NULL,
    reviewed_by    TEXT NOT NULL DEFAULT '',
    reviewed_at    INTEGER
) STRICT;
CREATE INDEX learning_community ON learning (community_id, state, reviewed_at);
CREATE INDEX learning_author ON learning (author_address);

-- The posts that it is made of, by Message-ID, so that it holds after a rebuild and an
-- import.
CREATE TABLE learning_source (
    learning_id  INTEGER NOT NULL REFERENCES learning (id),
    position     INTEGER NOT NULL,
    community_id INTEGER NOT NULL REFERENCES community (id),
    message_id   TEXT NOT NULL,
    PRIMARY KEY (learning_id, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX learning_source_message ON learning_source (community_id, message_id);
