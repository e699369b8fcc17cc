-- Is what closed periods bring forward still what all their entries say? One row per difference.
SELECT last_date, coalesce(account.code, '?' || account_id) AS account,
       coalesce(account.currency, '')::text AS currency,
       coalesce(carried_debit_minor, 0) AS carried_debit,
       coalesce(carried_credit_minor, 0) AS carried_credit,
       coalesce(debit_minor, 0)::bigint AS debit, coalesce(credit_minor, 0)::bigint AS credit
  FROM period_balance_differences() AS difference
  LEFT JOIN account USING (account_id)
 ORDER BY last_date, account;
