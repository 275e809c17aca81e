-- The digest that an offer waits for, in which it may be a section: it waits for one,
-- and goes by itself where that brings nothing.
ALTER TABLE offer ADD COLUMN digest_at BIGINT;

-- When the next digest of a community is due.
CREATE INDEX act_waiting ON act (community_id, name) WHERE state = 'waiting';

-- What a day of the whole installation has sent, and what a month.
CREATE INDEX offer_sent ON offer (done_at) WHERE state = 'sent';
CREATE INDEX outbox_sent ON outbox (done_at) WHERE state = 'sent';
CREATE INDEX complaint_at ON complaint (at);
