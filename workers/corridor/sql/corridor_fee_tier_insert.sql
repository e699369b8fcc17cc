-- Store the tiers of one fee of a corridor version.
--   $1 corridor_id, $2 version, $3 fee_number integer, $4 up_to_minor bigint[] (of all but the
--   last), $5 fixed_minor bigint[], $6 percent_e10 bigint[]
INSERT INTO corridor_fee_tier (corridor_id, version, fee_number, tier_number, up_to_minor,
                               fixed_minor, percent_e10)
SELECT $1::integer, $2::integer, $3::integer, one.tier_number, one.up_to_minor, one.fixed_minor,
       one.percent_e10
  FROM unnest($4::bigint[], $5::bigint[], $6::bigint[])
       WITH ORDINALITY AS one (up_to_minor, fixed_minor, percent_e10, tier_number);
