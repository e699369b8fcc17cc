-- Openings of all accounts, proposed or approved.
SELECT account.code, opening.business_date, opening.currency, opening.bank_minor,
       opening.book_minor, opening.maker, opening.proposed_by,
       coalesce(approval.checker, '') AS checker, coalesce(approval.approved_by, '') AS approved_by,
       encode(opening.digest, 'hex') AS digest
  FROM account_opening AS opening
  JOIN account USING (account_id)
  LEFT JOIN account_opening_approval AS approval USING (opening_id)
 ORDER BY account.code, opening.opening_id;
