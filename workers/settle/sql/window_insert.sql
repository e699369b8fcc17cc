-- Open windows that are not there yet.
--   $1 corridor_id integer, $2 version integer, $3 window_id bigint[], $4 business_date date[],
--   $5 sequence integer[], $6 opens_at timestamptz[], $7 cut_off timestamptz[],
--   $8 grace_seconds integer
INSERT INTO settlement_window (window_id, corridor_id, corridor_version, business_date, sequence,
                               opens_at, cut_off, grace_ends_at)
SELECT one.window_id, $1::integer, $2::integer, one.business_date, one.sequence, one.opens_at,
       one.cut_off, one.cut_off + make_interval(secs => $8::integer)
  FROM unnest($3::bigint[], $4::date[], $5::integer[], $6::timestamptz[], $7::timestamptz[])
       AS one (window_id, business_date, sequence, opens_at, cut_off)
    ON CONFLICT (window_id) DO NOTHING;
