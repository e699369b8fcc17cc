-- Revert sawa:settle from pg

BEGIN;
\ir ../lib/guard.sql
CALL pg_temp.refuse_rows('window_fold', 'obligation', 'net_position', 'net_proof', 'instruction',
                         'expected_item');

DROP TABLE sawa.expected_item, sawa.instruction, sawa.net_proof, sawa.net_position,
           sawa.obligation, sawa.window_fold, sawa.corridor_calendar;
DROP SEQUENCE sawa.fold_id_seq;

COMMIT;
