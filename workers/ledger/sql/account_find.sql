-- An account by its code, with what it stood at before a day and what moved it from then on.
--   $1 code text, $2 from_date date (null: since the books began), $3 until_date date
SELECT account_id, kind, normal_side, currency, coalesce(participant, '') AS participant,
       coalesce(sum(debit_minor - credit_minor) FILTER (WHERE booking_date < $2::date), 0)::bigint
           AS opening_minor,
       coalesce(sum(debit_minor) FILTER (WHERE $2::date IS NULL OR booking_date >= $2::date),
                0)::bigint AS debit_minor,
       coalesce(sum(credit_minor) FILTER (WHERE $2::date IS NULL OR booking_date >= $2::date),
                0)::bigint AS credit_minor
  FROM chart_of_accounts
  LEFT JOIN (SELECT account_id, booking_date, debit_minor, credit_minor
               FROM posting
              WHERE booking_date <= $3::date) AS posted USING (account_id)
 WHERE code = $1::text
 GROUP BY account_id, kind, normal_side, chart_of_accounts.currency, participant;
