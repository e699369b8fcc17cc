-- Verify sawa:refund_id on pg

BEGIN;
\ir ../lib/checks.sql

CALL pg_temp.need_constraints('payment', 'payment_return_id_is_of_a_refund');
SELECT return_id FROM sawa.payment LIMIT 0;

ROLLBACK;
