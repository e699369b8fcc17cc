-- What is stored of our accounts at banks; a row for each code, with nulls where it is new.
--   $1 code text[]
SELECT given.code, account.currency, account.servicer_bic, account.servicer_account,
       account.statement_format
  FROM unnest($1::text[]) WITH ORDINALITY AS given (code, ordinal)
  LEFT JOIN account ON account.code = 'NOSTRO:' || given.code
 ORDER BY given.ordinal;
