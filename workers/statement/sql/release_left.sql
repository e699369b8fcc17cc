-- How many bookings has a loaded statement of the same account, year, number and page that the
-- staged one has not?
--   $1 account_id integer, $2 sequence_number text, $3 page integer, $4 closing_date date,
--   $5 digest bytea (of the staged one)
SELECT count(*)
  FROM statement AS replaced
  JOIN statement_entry AS entry USING (statement_id)
 WHERE replaced.account_id = $1::integer AND replaced.sequence_number = $2::text
   AND replaced.page = $3::integer AND replaced.state = 'LOADED' AND replaced.digest <> $5::bytea
   AND extract(year FROM replaced.closing_date) = extract(year FROM $4::date)
   AND NOT EXISTS (SELECT FROM entry_stage WHERE entry_stage.entry_id = entry.entry_id);
