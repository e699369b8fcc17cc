-- Verify sawa:payment on pg

BEGIN;
\ir ../lib/checks.sql

CALL pg_temp.need_tables('payment', 'event_seen', 'transfer_seen');
CALL pg_temp.need_constraints('payment', 'i1_event_once', 'i1_transfer_once_a_day',
                              'payment_amounts_positive', 'payment_kind_known',
                              'payment_agents_differ');
CALL pg_temp.need_constraints('event_seen', 'i1_id_without_a_day_once');
CALL pg_temp.need_constraints('transfer_seen', 'i1_transfer_of_another_day_once');
CALL pg_temp.need_indexes('payment', 'payment_batch');
CALL pg_temp.need_grant('sawa_ingest', 'SELECT, INSERT', 'payment', 'event_seen', 'transfer_seen');
CALL pg_temp.need_grant('sawa_settle', 'SELECT', 'payment', 'event_seen', 'transfer_seen');

DO $$
BEGIN
    PERFORM pg_temp.complain('partitioning without a default partition', ARRAY(
        SELECT 'payment'
         WHERE NOT EXISTS (SELECT FROM pg_partitioned_table
                            WHERE partrelid = to_regclass('sawa.payment') AND partdefid = 0)));
END
$$;

ROLLBACK;
