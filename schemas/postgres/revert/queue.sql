-- Revert sawa:queue from pg

BEGIN;
\ir ../lib/guard.sql
CALL pg_temp.refuse_rows('parked');

DROP INDEX sawa.i1_queued_record_is_parked_once;
ALTER TABLE sawa.parked DROP COLUMN content_digest;

COMMIT;
