-- Revert sawa:reconcile from pg

BEGIN;
\ir ../lib/guard.sql
CALL pg_temp.refuse_rows('match', 'match_member', 'break_item', 'break_candidate',
                         'reconcile_mark');

DROP TABLE sawa.reconcile_mark, sawa.break_candidate, sawa.break_item, sawa.match_member,
           sawa.match;
DROP FUNCTION sawa.match_member_closes();

COMMIT;
