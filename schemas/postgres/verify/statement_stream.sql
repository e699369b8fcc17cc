-- Verify sawa:statement_stream on pg

BEGIN;
\ir ../lib/checks.sql

CALL pg_temp.need_grant('sawa_statement', 'SELECT', 'source', 'position', 'commit_log', 'batch',
                        'parked', 'data_key', 'lease_member', 'partition_lease');
CALL pg_temp.need_grant('sawa_statement', 'INSERT', 'source', 'position', 'commit_log', 'batch',
                        'batch_raw', 'parked', 'data_key', 'lease_member', 'partition_lease');
CALL pg_temp.need_grant('sawa_statement', 'UPDATE', 'position');

ROLLBACK;
