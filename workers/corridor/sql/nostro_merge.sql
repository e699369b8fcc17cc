-- Store our accounts at banks that are new.
--   $1 code text[], $2 currency text[], $3 servicer_bic text[], $4 servicer_account text[],
--   $5 statement_format text[]
INSERT INTO account (code, kind, currency, servicer_bic, servicer_account, statement_format)
SELECT 'NOSTRO:' || one.code, 'NOSTRO', one.currency, one.servicer_bic, one.servicer_account,
       one.statement_format
  FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[])
       AS one (code, currency, servicer_bic, servicer_account, statement_format)
 WHERE NOT EXISTS (SELECT FROM account WHERE account.code = 'NOSTRO:' || one.code)
 ORDER BY one.code;
