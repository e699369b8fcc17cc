-- The open breaks of an account; of items and entries: what a bank contradicts is no match's to
-- resolve.
--   $1 account_id integer
SELECT break_id, entry_id IS NOT NULL AS is_entry, coalesce(entry_id, expected_item_id) AS id,
       digest
  FROM break_item
 WHERE account_id = $1::integer AND closed_on IS NULL AND instruction_id IS NULL;
