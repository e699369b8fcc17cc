-- A held statement is loaded, in the transaction of its approval.
--   $1 statement_id bigint, $2 account_id integer, $3 loaded_count integer
UPDATE statement SET state = 'LOADED', account_id = $2::integer, loaded_count = $3::integer
 WHERE statement_id = $1::bigint AND state = 'HELD';
