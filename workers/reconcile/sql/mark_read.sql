-- Up to which date is an account reconciled?
--   $1 account_id integer
SELECT reconciled_to FROM reconcile_mark WHERE account_id = $1::integer;
