-- Verify sawa:lease on pg

BEGIN;
\ir ../lib/checks.sql

CALL pg_temp.need_tables('lease_member', 'partition_lease');
CALL pg_temp.need_constraints('lease_member', 'lease_member_pkey');
CALL pg_temp.need_constraints('partition_lease', 'partition_lease_pkey',
                              'lease_was_taken_by_its_holder');
CALL pg_temp.need_grant('sawa_ingest', 'SELECT, INSERT, DELETE', 'lease_member');
CALL pg_temp.need_grant('sawa_fx', 'SELECT, INSERT, DELETE', 'lease_member');
CALL pg_temp.need_grant('sawa_ingest', 'UPDATE (expires_at)', 'lease_member');
CALL pg_temp.need_grant('sawa_fx', 'UPDATE (expires_at)', 'lease_member');
CALL pg_temp.need_grant('sawa_ingest', 'SELECT, INSERT', 'partition_lease');
CALL pg_temp.need_grant('sawa_fx', 'SELECT, INSERT', 'partition_lease');
CALL pg_temp.need_grant('sawa_ingest', 'UPDATE (member_id, taken_at)', 'partition_lease');
CALL pg_temp.need_grant('sawa_fx', 'UPDATE (member_id, taken_at)', 'partition_lease');
CALL pg_temp.need_grant('sawa_reader', 'SELECT', 'lease_member', 'partition_lease');

ROLLBACK;
