-- Revert sawa:stream from pg

BEGIN;
\ir ../lib/guard.sql
CALL pg_temp.refuse_rows('position', 'commit_log', 'audit_leaf', 'batch', 'batch_raw',
                         'parked', 'data_key');

ALTER TABLE sawa.commit_log DROP CONSTRAINT i6_commit_has_a_leaf;
DROP TABLE sawa.parked, sawa.batch_raw, sawa.batch, sawa.audit_leaf, sawa.commit_log,
           sawa.data_key, sawa.position, sawa.source;
DROP SEQUENCE sawa.commit_id_seq, sawa.batch_id_seq;
DROP FUNCTION sawa.ensure_day(text, date), sawa.position_guard();

COMMIT;
