-- An account is reconciled up to a date.
--   $1 account_id integer, $2 reconciled_to date, $3 commit_id bigint
INSERT INTO reconcile_mark AS held (account_id, reconciled_to, commit_id)
VALUES ($1::integer, $2::date, $3::bigint)
    ON CONFLICT (account_id) DO UPDATE
   SET reconciled_to = EXCLUDED.reconciled_to, commit_id = EXCLUDED.commit_id
 WHERE held.reconciled_to <= EXCLUDED.reconciled_to;
