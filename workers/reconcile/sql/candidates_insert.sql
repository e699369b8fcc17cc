-- What might explain open breaks. The break is named by what it is about.
--   $1 of_entry boolean[] as integer[] (1: the break is about an entry), $2 subject uuid[],
--   $3 rank integer[], $4 candidate uuid[], $5 reason text[]
INSERT INTO break_candidate (break_id, rank, expected_item_id, entry_id, reason)
SELECT break_item.break_id, one.rank, item.expected_item_id, entry.entry_id, one.reason
  FROM unnest($1::integer[], $2::uuid[], $3::integer[], $4::uuid[], $5::text[])
       AS one (of_entry, subject, rank, candidate, reason)
  JOIN break_item ON break_item.closed_on IS NULL
                 AND CASE one.of_entry WHEN 1 THEN break_item.entry_id
                                       ELSE break_item.expected_item_id END = one.subject
  LEFT JOIN expected_item AS item ON one.of_entry = 1 AND item.expected_item_id = one.candidate
  LEFT JOIN statement_entry AS entry ON one.of_entry = 0 AND entry.entry_id = one.candidate;
