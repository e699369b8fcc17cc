-- The newest proposal of a window, and who approved it.
--   $1 window_id bigint
SELECT reinstruction_id, settlement_date, reinstruction.reason, reinstruction.digest,
       reinstruction.maker, reinstruction.proposed_by, coalesce(approval.checker, '') AS checker,
       reinstruction.approve_until
  FROM reinstruction
  LEFT JOIN reinstruction_approval AS approval USING (reinstruction_id)
 WHERE window_id = $1::bigint
 ORDER BY reinstruction_id DESC
 LIMIT 1;
