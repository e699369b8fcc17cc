-- Which statements wait for a person, and which files were not read to their end? A held statement
-- waits no more once a later one of the same account and day was loaded. A refused file is shown
-- for a day.
--   $1 now timestamptz   $2 limit integer
WITH waiting AS (
    SELECT 'held' AS state, held.statement_id, file.name AS file, held.ordinal,
           account.code AS account, held.closing_date, file.received_at,
           held.hold_reason AS why, true AS is_still
      FROM statement AS held
      JOIN statement_file AS file USING (file_id)
      LEFT JOIN account USING (account_id)
     WHERE held.state = 'HELD'
       AND NOT EXISTS (SELECT FROM statement AS later
                        WHERE later.state = 'LOADED'
                          AND later.statement_id > held.statement_id
                          AND later.account_number = held.account_number
                          AND later.currency = held.currency
                          AND later.closing_date = held.closing_date)
    UNION ALL
    SELECT CASE file.state WHEN 'LOADING' THEN 'half loaded' ELSE 'refused' END, NULL, file.name,
           NULL, NULL, NULL, file.received_at,
           CASE file.state WHEN 'REFUSED' THEN (SELECT min(code) FROM finding
                                                 WHERE finding.file_id = file.file_id
                                                   AND finding.statement_id IS NULL) END,
           file.state = 'LOADING'
      FROM statement_file AS file
     WHERE (file.state = 'LOADING' AND file.received_at < $1::timestamptz - interval '5 minutes')
        OR (file.state = 'REFUSED' AND file.received_at > $1::timestamptz - interval '1 day')
)
SELECT count(*) OVER () AS total, count(*) FILTER (WHERE is_still) OVER () AS still, is_still,
       state, statement_id, file, ordinal, account, closing_date, received_at, why
  FROM waiting
 ORDER BY is_still DESC, received_at, file, ordinal
 LIMIT $2::integer;
