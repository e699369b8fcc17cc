-- Note what an operator decided about one position or parked record.
--   $1 commit_id bigint   $2 line integer        $3 action text      $4 outcome text
--   $5 source_id integer  $6 partition integer   $7 record_offset bigint (null: a position)
--   $8 reason text        $9 actor text
INSERT INTO operator_action (commit_id, line, action, outcome, source_id, partition, record_offset,
                             reason, actor)
VALUES ($1::bigint, $2::integer, $3::text, $4::text, $5::integer, $6::integer, $7::bigint,
        $8::text, $9::text);
