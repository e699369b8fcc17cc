-- Revert sawa:checker_entry from pg

BEGIN;
\ir ../lib/guard.sql
-- Holds no rows of its own; without it, entries beside these could not be told from theirs.
CALL pg_temp.refuse_rows('account_opening_approval', 'prefunding_approval');

DROP TRIGGER i2_checkers_book_by_approval ON sawa.journal_entry;
DROP FUNCTION sawa.checker_entry_guard();

COMMIT;
