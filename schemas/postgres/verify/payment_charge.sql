-- Verify sawa:payment_charge on pg

BEGIN;
\ir ../lib/checks.sql

SELECT 1 / has_function_privilege(
               role, 'sawa.payment_charges(bigint, smallint, smallint, integer, integer, bigint,'
                     ' text, bigint, bigint, text[], integer[])', 'EXECUTE')::integer
  FROM unnest(ARRAY['sawa_settle', 'sawa_reader']) AS role;
SELECT 1 / has_function_privilege(
               'sawa_reader', 'sawa.charge_account(bigint, smallint, integer)',
               'EXECUTE')::integer;

ROLLBACK;
