-- Verify sawa:checker_entry on pg

BEGIN;
\ir ../lib/checks.sql

CALL pg_temp.need_constraints('journal_entry', 'i2_checkers_book_by_approval');

ROLLBACK;
