-- Who owes whom in a folded window?
--   $1 window_id bigint
SELECT pair.debtor_id, pair.creditor_id, pair.count, pair.minor
  FROM window_fold, unnest(debtor_ids, creditor_ids, counts, minors)
                    AS pair (debtor_id, creditor_id, count, minor)
 WHERE window_id = $1::bigint
 ORDER BY pair.debtor_id, pair.creditor_id;
