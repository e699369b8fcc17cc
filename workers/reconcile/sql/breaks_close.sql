-- These breaks are explained.
--   $1 commit_id bigint, $2 closed_on date, $3 break_id bigint[]
UPDATE break_item SET state = 'RESOLVED', closed_on = $2::date, closed_commit_id = $1::bigint
 WHERE break_id = ANY ($3::bigint[]);
