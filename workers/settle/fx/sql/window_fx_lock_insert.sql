-- Store what each lock covered of a window.
--   $1 window_id bigint, $2 lock_id uuid[], $3 cover text[], $4 claimed_minor bigint[],
--   $5 covered_minor bigint[], $6 lock_worth_minor bigint[], $7 rate_worth_minor bigint[]
INSERT INTO window_fx_lock (window_id, lock_id, cover, claimed_minor, covered_minor,
                            lock_worth_minor, rate_worth_minor)
SELECT $1::bigint, one.lock_id, one.cover, one.claimed_minor, one.covered_minor,
       one.lock_worth_minor, one.rate_worth_minor
  FROM unnest($2::uuid[], $3::text[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[])
           AS one (lock_id, cover, claimed_minor, covered_minor, lock_worth_minor,
                   rate_worth_minor);
