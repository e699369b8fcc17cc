-- Store the accounts that keep what a corridor's fees earn, or its FX locks bring, where new.
--   $1 code text[], $2 kind text[], $3 currency text
INSERT INTO account (code, kind, currency)
SELECT DISTINCT one.code, one.kind, $3::text
  FROM unnest($1::text[], $2::text[]) AS one (code, kind)
 WHERE NOT EXISTS (SELECT FROM account WHERE account.code = one.code);
