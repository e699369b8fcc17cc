-- Control totals up to a date: what was read from the bank, what was expected and not withdrawn,
-- what waits.
--   $1 account_id integer, $2 as_of date
SELECT (SELECT count(*) FROM statement
         WHERE account_id = $1::integer AND state = 'LOADED' AND closing_date <= $2::date)::bigint,
       (SELECT count(*) FROM statement
         WHERE account_id = $1::integer AND state = 'HELD')::bigint,
       count(*) FILTER (WHERE side = 'entry' AND amount_minor > 0)::bigint,
       coalesce(sum(amount_minor) FILTER (WHERE side = 'entry' AND amount_minor > 0), 0)::bigint,
       count(*) FILTER (WHERE side = 'entry' AND amount_minor < 0)::bigint,
       coalesce(sum(amount_minor) FILTER (WHERE side = 'entry' AND amount_minor < 0), 0)::bigint,
       count(*) FILTER (WHERE side = 'item' AND amount_minor > 0)::bigint,
       coalesce(sum(amount_minor) FILTER (WHERE side = 'item' AND amount_minor > 0), 0)::bigint,
       count(*) FILTER (WHERE side = 'item' AND amount_minor < 0)::bigint,
       coalesce(sum(amount_minor) FILTER (WHERE side = 'item' AND amount_minor < 0), 0)::bigint
  FROM (SELECT 'entry' AS side, amount_minor
          FROM statement_entry
         WHERE account_id = $1::integer AND as_of <= $2::date
        UNION ALL
        SELECT 'item', amount_minor
          FROM expected_item
         WHERE account_id = $1::integer AND book_date <= $2::date
           AND NOT EXISTS (SELECT FROM withdrawal
                            WHERE withdrawal.expected_item_id = expected_item.expected_item_id
                              AND withdrawn_on <= $2::date)) AS one;
