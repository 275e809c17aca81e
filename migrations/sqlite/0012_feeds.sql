-- Which of a member's feed addresses works: each count is another token, so that one
-- that was given away can be ended, and none outlives the membership.
ALTER TABLE member ADD COLUMN feed_turn INTEGER NOT NULL DEFAULT 0;
