-- The newest date an account has anything from its bank for.
--   $1 account_id integer
SELECT coalesce(max(closing_date),
                (SELECT business_date
                   FROM account_opening
                   JOIN account_opening_approval USING (opening_id)
                  WHERE account_opening.account_id = $1::integer))
  FROM statement
 WHERE account_id = $1::integer AND state = 'LOADED';
