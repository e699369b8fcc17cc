-- A held statement never counts, by the approval of this transaction.
--   $1 statement_id bigint
UPDATE statement SET state = 'REFUSED' WHERE statement_id = $1::bigint AND state = 'HELD';
