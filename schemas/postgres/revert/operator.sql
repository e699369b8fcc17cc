-- Revert sawa:operator from pg
-- The role stays: it belongs to the cluster (see revert of roles).

BEGIN;
\ir ../lib/guard.sql
CALL pg_temp.refuse_rows('operator_action', 'accepted_gap');

DROP FUNCTION sawa.position_pass_gap(integer, integer, bigint, bigint, bigint);
DROP TABLE sawa.operator_action, sawa.accepted_gap;
DROP TRIGGER i1_parked_is_decided_once ON sawa.parked;
DROP FUNCTION sawa.parked_guard();
ALTER TABLE sawa.parked DROP COLUMN state, DROP COLUMN decided_commit_id;
REVOKE ALL ON ALL TABLES IN SCHEMA sawa FROM sawa_replay;
REVOKE ALL ON FUNCTION sawa.ensure_day(text, date) FROM sawa_replay;

COMMIT;
