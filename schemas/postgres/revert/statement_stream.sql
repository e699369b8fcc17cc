-- Revert sawa:statement_stream from pg

BEGIN;
\ir ../lib/guard.sql
CALL pg_temp.refuse_rows('position'); -- it may be one of statements

REVOKE SELECT ON sawa.source, sawa.position, sawa.commit_log, sawa.batch, sawa.parked,
    sawa.data_key FROM sawa_statement;
REVOKE INSERT ON sawa.source, sawa.position, sawa.batch, sawa.batch_raw, sawa.parked,
    sawa.data_key FROM sawa_statement;
REVOKE UPDATE ON sawa.position FROM sawa_statement;
REVOKE UPDATE (partitions, topic_uuid) ON sawa.source FROM sawa_statement;
REVOKE EXECUTE ON FUNCTION sawa.ensure_day(text, date) FROM sawa_statement;
REVOKE SELECT, INSERT, DELETE ON sawa.lease_member FROM sawa_statement;
REVOKE UPDATE (expires_at) ON sawa.lease_member FROM sawa_statement;
REVOKE SELECT, INSERT ON sawa.partition_lease FROM sawa_statement;
REVOKE UPDATE (member_id, taken_at) ON sawa.partition_lease FROM sawa_statement;

COMMIT;
