-- Is there a statement of the same account, year, number and page, with other content?
--   $1 account_id integer, $2 sequence_number text, $3 page integer, $4 closing_date date,
--   $5 digest bytea
SELECT EXISTS (SELECT FROM statement
                WHERE account_id = $1::integer AND sequence_number = $2::text AND page = $3::integer
                  AND extract(year FROM closing_date) = extract(year FROM $4::date)
                  AND state = 'LOADED' AND digest <> $5::bytea);
