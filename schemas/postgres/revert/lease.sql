-- Revert sawa:lease from pg

BEGIN;
\ir ../lib/guard.sql
CALL pg_temp.refuse_rows('lease_member', 'partition_lease');

DROP TABLE sawa.partition_lease, sawa.lease_member;

COMMIT;
