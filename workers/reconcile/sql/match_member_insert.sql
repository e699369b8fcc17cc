-- Store the members of matches: what is used once is used (I13).
--   $1 match_id uuid[], $2 expected_item_id uuid[], $3 entry_id uuid[]
INSERT INTO match_member (match_id, expected_item_id, entry_id)
SELECT one.match_id, one.expected_item_id, NULL
  FROM unnest($1::uuid[], $2::uuid[], $3::uuid[]) AS one (match_id, expected_item_id, entry_id)
UNION ALL
SELECT one.match_id, NULL, one.entry_id
  FROM unnest($1::uuid[], $2::uuid[], $3::uuid[]) AS one (match_id, expected_item_id, entry_id);
