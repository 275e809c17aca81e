-- What a figure was, week by week, for its normal range (summaries::normal_range): the value
-- of the seven days before `at`, in percent where it is a share (then k of n). signal: what
-- was not normal of it when it was recorded, or ''; told_at: when a worksheet told that.
-- Nothing here is about a person.
CREATE TABLE figure_point (
    community_id BIGINT NOT NULL REFERENCES community (id),
    metric       TEXT NOT NULL,
    at           BIGINT NOT NULL,
    value        DOUBLE PRECISION NOT NULL,
    k            BIGINT,
    n            BIGINT,
    signal       TEXT NOT NULL DEFAULT '',
    told_at      BIGINT,
    PRIMARY KEY (community_id, metric, at)
);
