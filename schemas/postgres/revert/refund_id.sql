-- Revert sawa:refund_id from pg

BEGIN;
\ir ../lib/guard.sql
CALL pg_temp.refuse_rows('payment');

ALTER TABLE sawa.payment
    DROP CONSTRAINT payment_return_id_is_of_a_refund,
    DROP COLUMN return_id;

COMMIT;
