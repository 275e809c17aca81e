-- Which mails an act sent.
CREATE TABLE act_mail (
    act_id  INTEGER NOT NULL REFERENCES act (id),
    mail_id INTEGER NOT NULL REFERENCES mail (id),
    PRIMARY KEY (act_id, mail_id)
) STRICT, WITHOUT ROWID;

-- Acts of a while, whatever became of them: for the calendar.
CREATE INDEX act_community ON act (community_id, due_at);

-- An automatic mail that a facilitator has muted until a moment.
CREATE TABLE mute (
    community_id INTEGER NOT NULL REFERENCES community (id),
    mail         TEXT NOT NULL,
    until_at     INTEGER NOT NULL,
    address      TEXT NOT NULL,
    at           INTEGER NOT NULL,
    PRIMARY KEY (community_id, mail)
) STRICT, WITHOUT ROWID;
