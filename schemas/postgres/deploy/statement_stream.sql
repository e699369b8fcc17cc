-- Deploy sawa:statement_stream to pg
-- requires: entry_kind
-- Statement files come as messages, too: what a program on the loop may, for sawa_statement.

BEGIN;
SET ROLE sawa_owner;
SET search_path = sawa;

GRANT SELECT ON source, position, commit_log, batch, parked, data_key TO sawa_statement;
GRANT INSERT ON source, position, batch, batch_raw, parked, data_key TO sawa_statement;
GRANT UPDATE ON position TO sawa_statement;
GRANT UPDATE (partitions, topic_uuid) ON source TO sawa_statement;
GRANT EXECUTE ON FUNCTION ensure_day(text, date) TO sawa_statement;
GRANT SELECT, INSERT, DELETE ON lease_member TO sawa_statement;
GRANT UPDATE (expires_at) ON lease_member TO sawa_statement;
GRANT SELECT, INSERT ON partition_lease TO sawa_statement;
GRANT UPDATE (member_id, taken_at) ON partition_lease TO sawa_statement;

RESET ROLE;
COMMIT;
