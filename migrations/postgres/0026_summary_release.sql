-- What was told of a community in a summary, so that the next one gives nobody away by its
-- difference: one row a figure of a period, by the moment at which the period ends. It
-- names nobody. audience: to whom it went, as sponsor. kind: share (`k` of `n`), count
-- (`value`), little (too little data), few or differencing (why it was not told).
CREATE TABLE summary_release (
    community_id BIGINT NOT NULL REFERENCES community (id),
    audience     TEXT NOT NULL,
    period_end   BIGINT NOT NULL,
    metric       TEXT NOT NULL,
    unit         TEXT NOT NULL DEFAULT '',
    kind         TEXT NOT NULL,
    k            BIGINT,
    n            BIGINT,
    value        DOUBLE PRECISION,
    definitions  BIGINT NOT NULL,
    told_at      BIGINT NOT NULL,
    PRIMARY KEY (community_id, period_end, metric, unit, audience)
);
