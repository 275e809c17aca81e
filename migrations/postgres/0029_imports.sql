-- Larger imports and phrases on PostgreSQL.
--
-- What waits to be sorted into the search index is bounded by each connection
-- (store::open), so that an import may let more of it wait than anybody else.
ALTER INDEX post_search_document RESET (gin_pending_list_limit);
-- What is deflated already is not tried again.
ALTER TABLE message ALTER COLUMN raw SET STORAGE EXTERNAL;
ALTER TABLE body ALTER COLUMN bytes SET STORAGE EXTERNAL;
-- A bit for each two words that stand side by side in a post, one byte a pair
-- (archive::document): most posts that have the words of a phrase apart are passed over
-- without being read. Posts from before are read; `archive rebuild` marks them, too.
ALTER TABLE post_search ADD COLUMN pairs BYTEA;
ALTER TABLE post_search ALTER COLUMN pairs SET STORAGE EXTERNAL;
