-- Open windows that are not there yet. One that lies across a window that is open gives way to it.
--   $1 corridor_id, $2 version integer, $3 window_id bigint[], $4 business_date date[],
--   $5 sequence integer[], $6 opens_at timestamptz[], $7 cut_off timestamptz[],
--   $8 grace_seconds integer, $9 value_date date[]
INSERT INTO settlement_window (window_id, corridor_id, corridor_version, business_date, sequence,
                               opens_at, cut_off, grace_ends_at, value_date)
SELECT one.window_id, $1::integer, $2::integer, one.business_date, one.sequence, one.opens_at,
       one.cut_off, one.cut_off + make_interval(secs => $8::integer), one.value_date
  FROM unnest($3::bigint[], $4::date[], $5::integer[], $6::timestamptz[], $7::timestamptz[],
              $9::date[])
       AS one (window_id, business_date, sequence, opens_at, cut_off, value_date)
 WHERE NOT EXISTS (SELECT FROM settlement_window AS held
                    WHERE int4range(held.corridor_id, held.corridor_id, '[]')
                              && int4range($1::integer, $1::integer, '[]')
                      AND tstzrange(held.opens_at, held.cut_off)
                              && tstzrange(one.opens_at, one.cut_off))
    ON CONFLICT (window_id) DO NOTHING;
