-- The opening of an account that a commit approved.
--   $1 commit_id bigint
SELECT account.code, opening.business_date, opening.book_minor, opening.currency,
       opening.maker, opening.proposed_by, approval.checker, approval.approved_by,
       encode(opening.digest, 'hex') AS digest,
       (SELECT count(*) FROM opening_item AS item WHERE item.opening_id = opening.opening_id)
           AS items
  FROM account_opening_approval AS approval
  JOIN account_opening AS opening USING (opening_id)
  JOIN account ON account.account_id = opening.account_id
 WHERE approval.commit_id = $1::bigint;
