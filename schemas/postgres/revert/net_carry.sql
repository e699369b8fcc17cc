-- Revert sawa:net_carry from pg

BEGIN;
\ir ../lib/guard.sql
CALL pg_temp.refuse_rows('corridor_limit', 'net_carry', 'net_proof');
SET ROLE sawa_owner;

DROP TRIGGER i3_what_is_carried_is_taken_in ON sawa.net_proof;
DROP FUNCTION sawa.net_proof_guard();
ALTER TABLE sawa.net_proof
    DROP CONSTRAINT i2_instructed_is_what_is_left,
    DROP COLUMN carried_in_debit_minor, DROP COLUMN carried_in_credit_minor,
    DROP COLUMN carried_out_debit_minor, DROP COLUMN carried_out_credit_minor,
    DROP COLUMN collect_minor, DROP COLUMN pay_minor;
DROP TABLE sawa.net_carry;
DROP FUNCTION sawa.net_carry_guard();
DROP TABLE sawa.corridor_limit;

RESET ROLE;
COMMIT;
