-- Who hosts a session is kept in session_host, by its series' name and its original day.
ALTER TABLE session DROP COLUMN host_member_id;
