-- Offsets of a new generation that nobody will read, by decision.
--   $1 source_id integer   $2 partitions integer[]   $3 first_offsets bigint[]
--   $4 next_offsets bigint[]   $5 commit_id bigint
INSERT INTO accepted_gap (source_id, partition, first_offset, next_offset, commit_id)
SELECT $1::integer, gap.partition, gap.first_offset, gap.next_offset, $5::bigint
  FROM unnest($2::integer[], $3::bigint[], $4::bigint[])
       AS gap (partition, first_offset, next_offset)
 WHERE gap.next_offset > gap.first_offset;
