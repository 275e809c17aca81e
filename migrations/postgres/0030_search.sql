-- Searches that find much on PostgreSQL.
--
-- The words of a post stand beside its row and not in it, where the row would be longer than
-- 2 kB with them: a search that looks at ten thousand posts reads their keys and neighbours
-- and not 30 MB of words. Posts from before stay as they are until `archive rebuild`.
ALTER TABLE post_search SET (toast_tuple_target = 512);
-- Which words stand side by side, with three bits a pair instead of one (store::search).
-- Posts from before have none and are read whole, until `archive rebuild` has marked them.
ALTER TABLE post_search DROP COLUMN pairs;
ALTER TABLE post_search ADD COLUMN neighbours BYTEA;
ALTER TABLE post_search ALTER COLUMN neighbours SET STORAGE MAIN;
