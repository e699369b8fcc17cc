-- A place for the entries of one statement, empty at each COMMIT.
CREATE TEMPORARY TABLE IF NOT EXISTS entry_stage (LIKE statement_entry) ON COMMIT DELETE ROWS;
