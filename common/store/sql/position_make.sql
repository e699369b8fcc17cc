-- The position of a partition that nobody has read yet, at its first kept offset.
--   $1 source_id integer   $2 partition integer   $3 start_offset bigint
INSERT INTO position (source_id, partition, next_offset, start_offset)
VALUES ($1::integer, $2::integer, $3::bigint, $3::bigint)
ON CONFLICT DO NOTHING;
