-- These items and entries are breaks from now on.
--   $1 commit_id bigint, $2 account_id integer, $3 opened_on date, $4 expected_item_id uuid[],
--   $5 entry_id uuid[] (one of the two is the nil UUID), $6 type text[], $7 digest uuid[]
INSERT INTO break_item (account_id, expected_item_id, entry_id, type, digest, amount_minor,
                        currency, opened_on, opened_commit_id)
SELECT $2::integer, item.expected_item_id, entry.entry_id, one.type, one.digest,
       coalesce(item.amount_minor, entry.amount_minor), coalesce(item.currency, entry.currency),
       $3::date, $1::bigint
  FROM unnest($4::uuid[], $5::uuid[], $6::text[], $7::uuid[]) WITH ORDINALITY
       AS one (expected_item_id, entry_id, type, digest, ordinal)
  LEFT JOIN expected_item AS item USING (expected_item_id)
  LEFT JOIN statement_entry AS entry ON entry.entry_id = one.entry_id
 ORDER BY one.ordinal;
