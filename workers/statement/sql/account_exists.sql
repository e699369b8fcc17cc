-- Is there a NOSTRO account of that code?
--   $1 code text
SELECT EXISTS (SELECT FROM account WHERE code = $1::text AND kind = 'NOSTRO');
