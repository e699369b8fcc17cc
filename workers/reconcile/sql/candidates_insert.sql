-- What might explain open breaks. The break is named by what it is about.
--   $1 of_entry integer[] (1: the break is about an entry), $2 subject uuid[], $3 rank integer[],
--   $4 candidate uuid[], $5 reason text[]
WITH one AS MATERIALIZED (
    SELECT * FROM unnest($1::integer[], $2::uuid[], $3::integer[], $4::uuid[], $5::text[])
                  AS one (of_entry, subject, rank, candidate, reason)
)
INSERT INTO break_candidate (break_id, rank, expected_item_id, entry_id, reason)
SELECT break_item.break_id, one.rank, one.candidate, NULL, one.reason
  FROM one
  JOIN break_item ON break_item.entry_id = one.subject AND break_item.closed_on IS NULL
 WHERE one.of_entry = 1
UNION ALL
SELECT break_item.break_id, one.rank, NULL, one.candidate, one.reason
  FROM one
  JOIN break_item ON break_item.expected_item_id = one.subject AND break_item.closed_on IS NULL
 WHERE one.of_entry = 0;
