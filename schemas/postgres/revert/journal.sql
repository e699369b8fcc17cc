-- Revert sawa:journal from pg

BEGIN;
\ir ../lib/guard.sql
CALL pg_temp.refuse_rows('journal_entry');

DROP VIEW sawa.posting;
DROP TABLE sawa.journal_entry;
DROP FUNCTION sawa.journal_entry_guard(), sawa.refuse_change();

COMMIT;
