-- What was outstanding then.
--   $1 opening_id bigint, $2 side text[], $3 amount_minor bigint[], $4 value_date date[],
--   $5 end_to_end_id text[], $6 reference text[]
INSERT INTO opening_item (opening_id, line, side, amount_minor, value_date, end_to_end_id,
                          reference)
SELECT $1::bigint, one.line, one.side, one.amount_minor, one.value_date, one.end_to_end_id,
       one.reference
  FROM unnest($2::text[], $3::bigint[], $4::date[], $5::text[], $6::text[]) WITH ORDINALITY
       AS one (side, amount_minor, value_date, end_to_end_id, reference, line);
