-- Verify sawa:rate_check on pg

BEGIN;
\ir ../lib/checks.sql

CALL pg_temp.need_constraints('corridor', 'corridor_rounding_known');

ROLLBACK;
