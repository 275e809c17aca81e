-- Watches: who was asked about what, and when somebody was last asked.
CREATE INDEX mail_concerns ON mail (community_id, concerns) WHERE concerns <> '';
CREATE INDEX offer_name ON offer (community_id, name, due_at);

-- Who was asked to answer a question and cannot: another is asked, once for each.
CREATE TABLE passed (
    post_id   INTEGER NOT NULL REFERENCES post (id),
    member_id INTEGER NOT NULL REFERENCES member (id),
    at        INTEGER NOT NULL,
    PRIMARY KEY (post_id, member_id)
) STRICT, WITHOUT ROWID;
