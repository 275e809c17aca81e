-- When a post was erased: its page says so, and an import does not bring it back.
ALTER TABLE post ADD COLUMN erased_at BIGINT;
UPDATE post SET erased_at = archived_at
    WHERE subject = '(erased)' AND text = '' AND author_address = '' AND author_name = '';
-- A digest of erased words would tell whoever guesses them that they were these.
UPDATE post SET body_digest = substr(body_digest, 1, 0) WHERE erased_at IS NOT NULL;

-- Who was erased, by a MAC of each address under the installation's key: an import leaves
-- out what they had written until then.
CREATE TABLE erased_author (
    mac       BYTEA PRIMARY KEY,
    erased_at BIGINT NOT NULL
);
