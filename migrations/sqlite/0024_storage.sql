-- How the bytes of a message are kept (docs/decisions/0010). codec: 0 as they came, not
-- looked at yet; 1 as they came, nothing could be gained; 2 deflated; 3 deflated, with large
-- parts in `body`. place: the name of the object that has them where an object store does;
-- then `raw` is empty.
ALTER TABLE message ADD COLUMN codec INTEGER NOT NULL DEFAULT 0;
ALTER TABLE message ADD COLUMN place TEXT NOT NULL DEFAULT '';
CREATE INDEX message_unpacked ON message (id) WHERE codec = 0;

-- What is attached to messages, each once, by the SHA-256 of its content. codec and place as
-- above (1 or 2).
CREATE TABLE body (
    id    INTEGER PRIMARY KEY AUTOINCREMENT,
    hash  BLOB NOT NULL UNIQUE,
    codec INTEGER NOT NULL,
    bytes BLOB NOT NULL,
    place TEXT NOT NULL DEFAULT ''
) STRICT;

-- Which messages need a body; one that none needs is deleted with the last of them.
CREATE TABLE message_body (
    message_id INTEGER NOT NULL REFERENCES message (id),
    body_id    INTEGER NOT NULL REFERENCES body (id),
    PRIMARY KEY (message_id, body_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX message_body_body ON message_body (body_id);

-- Objects that are to be deleted from the object store, tried until it is done: what was
-- erased, and what was begun and never finished.
CREATE TABLE object_gone (
    name     TEXT PRIMARY KEY,
    due_at   INTEGER NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    error    TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX object_gone_due ON object_gone (due_at);
