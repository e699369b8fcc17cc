-- Which quotes can be the one in force at an instant, for each of these pairs? Per pair the newest
-- that holds and is young enough, and the newest at all: that one says whether the pair is quoted.
--   $1 base_currency, $2 quote_currency, $3 side text[]: the side that must be quoted,
--   $4 rate_source text, $5 corridor_id integer, $6 as_of timestamptz, $7 max_age_minutes integer
SELECT quote.event_id, quote.base_currency, quote.quote_currency, coalesce(quote.bid_e10, 0),
       quote.rate_e10, coalesce(quote.ask_e10, 0), quote.valid_from, quote.valid_until
  FROM unnest($1::text[]::char(3)[], $2::text[]::char(3)[], $3::text[])
           AS asked (base_currency, quote_currency, side)
 CROSS JOIN LATERAL (
       (SELECT * FROM fx_rate AS held
         WHERE held.base_currency = asked.base_currency
           AND held.quote_currency = asked.quote_currency AND held.rate_source = $4::text
           AND (held.corridor_id IS NULL OR held.corridor_id = $5::integer)
           AND CASE asked.side WHEN 'BID' THEN bid_e10 WHEN 'ASK' THEN ask_e10 ELSE rate_e10 END > 0
           AND held.valid_from <= $6::timestamptz AND held.valid_until > $6::timestamptz
           AND held.valid_from >= $6::timestamptz - make_interval(mins => $7::integer)
         ORDER BY held.valid_from DESC, held.event_id DESC LIMIT 1)
       UNION ALL
       (SELECT * FROM fx_rate AS held
         WHERE held.base_currency = asked.base_currency
           AND held.quote_currency = asked.quote_currency AND held.rate_source = $4::text
           AND (held.corridor_id IS NULL OR held.corridor_id = $5::integer)
           AND CASE asked.side WHEN 'BID' THEN bid_e10 WHEN 'ASK' THEN ask_e10 ELSE rate_e10 END > 0
           AND held.valid_from <= $6::timestamptz
         ORDER BY held.valid_from DESC, held.event_id DESC LIMIT 1)) AS quote;
