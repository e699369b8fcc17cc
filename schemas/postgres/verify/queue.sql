-- Verify sawa:queue on pg

BEGIN;
\ir ../lib/checks.sql

CALL pg_temp.need_indexes('parked', 'i1_queued_record_is_parked_once');
SELECT content_digest FROM sawa.parked WHERE false;

ROLLBACK;
