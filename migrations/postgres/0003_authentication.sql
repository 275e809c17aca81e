-- Who handed a message in, as it named itself (EHLO), and what our own checks
-- found of its author (JSON of identity::Checked; '' where nothing was checked).
ALTER TABLE message ADD COLUMN helo TEXT NOT NULL DEFAULT '';
ALTER TABLE message ADD COLUMN checked TEXT NOT NULL DEFAULT '';
