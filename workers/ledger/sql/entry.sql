-- One journal entry: its accounts, its commit, its window, its place in the audit.
--   $1 commit_id bigint, $2 line integer
SELECT entry.debit_account_id, debit.code AS debit_code, debit.kind AS debit_kind,
       debit.participant_id AS debit_participant, entry.credit_account_id,
       credit.code AS credit_code, credit.kind AS credit_kind,
       credit.participant_id AS credit_participant, entry.amount_minor, entry.currency,
       entry.booking_date, commit_log.action, commit_log.worker, commit_log.committed_at,
       entry.window_id, corridor.code AS corridor, w.business_date, w.sequence, w.state,
       encode(audit_leaf.leaf_hash, 'hex') AS leaf_hash, audit_leaf.leaf_index, entry.purpose
  FROM journal_entry AS entry
  LEFT JOIN account AS debit ON debit.account_id = entry.debit_account_id
  LEFT JOIN account AS credit ON credit.account_id = entry.credit_account_id
  LEFT JOIN commit_log USING (commit_id)
  LEFT JOIN audit_leaf USING (commit_id)
  LEFT JOIN settlement_window AS w USING (window_id)
  LEFT JOIN corridor ON corridor.corridor_id = w.corridor_id
                    AND corridor.version = w.corridor_version
 WHERE entry.commit_id = $1::bigint AND entry.line = $2::integer;
