-- The newest proposal for an account that nobody has approved.
--   $1 account_id integer
SELECT opening_id, business_date, bank_minor, book_minor, digest, maker, proposed_by
  FROM account_opening
 WHERE account_id = $1::integer
   AND NOT EXISTS (SELECT FROM account_opening_approval AS approval
                    WHERE approval.opening_id = account_opening.opening_id)
 ORDER BY opening_id DESC
 LIMIT 1;
