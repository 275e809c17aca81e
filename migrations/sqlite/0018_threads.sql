-- What a post says about its place besides its references: Outlook's Thread-Index in
-- hexadecimal, and the subject without what programs and lists put before it, folded.
-- Rows from before have neither until `archive rebuild`.
ALTER TABLE post ADD COLUMN thread_index TEXT NOT NULL DEFAULT '';
ALTER TABLE post ADD COLUMN base_subject TEXT NOT NULL DEFAULT '';
-- The first 22 octets of an index name the conversation.
CREATE INDEX post_by_conversation ON post (community_id, substr(thread_index, 1, 44)) WHERE thread_index <> '';
CREATE INDEX post_by_base_subject ON post (community_id, base_subject, sent_at) WHERE base_subject <> '';
CREATE INDEX post_by_parent ON post (parent_id) WHERE parent_id IS NOT NULL;

-- Where a facilitator has put a post. By Message-IDs, so that it holds after a rebuild and
-- an import; `parent` is empty where the post begins a thread of its own.
CREATE TABLE thread_decision (
    community_id INTEGER NOT NULL REFERENCES community (id),
    message_id   TEXT NOT NULL,
    parent       TEXT NOT NULL,
    decided_at   INTEGER NOT NULL,
    PRIMARY KEY (community_id, message_id)
) STRICT;
