-- Revert sawa:payment_charge from pg

BEGIN;
\ir ../lib/guard.sql
-- Holds no rows of its own: where there are fees, they could not be verified any more.
CALL pg_temp.refuse_rows('corridor_fee');

REVOKE EXECUTE ON FUNCTION sawa.round_as(numeric, text) FROM sawa_reader;
DROP FUNCTION sawa.charge_account(bigint, smallint, integer);
DROP FUNCTION sawa.payment_charges(bigint, smallint, smallint, integer, integer, bigint, text,
                                   bigint, bigint, text[], integer[]);

COMMIT;
