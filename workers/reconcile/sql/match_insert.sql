-- Store matches, each of one expected item and one entry.
--   $1 commit_id bigint, $2 account_id integer, $3 matched_on date, $4 match_id uuid[],
--   $5 rule text[], $6 expected_item_id uuid[], $7 entry_id uuid[]
INSERT INTO match (match_id, account_id, rule, expected_minor, entry_minor, difference_minor,
                   matched_on, commit_id)
SELECT one.match_id, $2::integer, one.rule, item.amount_minor, entry.amount_minor,
       entry.amount_minor - item.amount_minor, $3::date, $1::bigint
  FROM unnest($4::uuid[], $5::text[], $6::uuid[], $7::uuid[])
       AS one (match_id, rule, expected_item_id, entry_id)
  JOIN expected_item AS item USING (expected_item_id)
  JOIN statement_entry AS entry USING (entry_id);
