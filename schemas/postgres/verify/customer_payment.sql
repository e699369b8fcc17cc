-- Verify sawa:customer_payment on pg

BEGIN;
\ir ../lib/checks.sql

CALL pg_temp.need_tables('corridor_customer_payment', 'customer_payment', 'sealed_content');
CALL pg_temp.need_constraints('corridor_customer_payment', 'customer_payments_go_gross',
                              'the_book_changes_by_approval',
                              'corridor_customer_payments_are_immutable');
CALL pg_temp.need_constraints('customer_payment', 'i3_customer_payment_once',
                              'customer_payments_are_immutable');
CALL pg_temp.need_constraints('sealed_content', 'sealed_contents_are_immutable');
CALL pg_temp.need_constraints('bank_profile', 'customer_payments_name_the_charge_bearer');
CALL pg_temp.need_constraints('instruction', 'instruction_names_a_whole_payment',
                              'i3_instruction_once', 'i3_instructed_is_the_payment');
CALL pg_temp.need_constraints('payment_file', 'customer_payments_go_sealed',
                              'payment_file_digest_is_of_its_content');
CALL pg_temp.need_indexes('instruction', 'i3_one_live_attempt', 'instruction_payment');
CALL pg_temp.need_indexes('customer_payment', 'customer_payment_window');
CALL pg_temp.need_grant('sawa_ingest', 'INSERT', 'customer_payment');
CALL pg_temp.need_grant('sawa_relay', 'SELECT', 'customer_payment', 'sealed_content', 'data_key');
CALL pg_temp.need_grant('sawa_settle', 'SELECT (event_day, event_id, window_id)',
                        'customer_payment');
SELECT 1 / (NOT has_column_privilege('sawa_settle', 'sawa.customer_payment', 'sealed', 'SELECT')
            AND NOT has_column_privilege('sawa_reader', 'sawa.customer_payment', 'sealed', 'SELECT')
            AND position('customer_payments_erase'
                         IN pg_get_functiondef('sawa.day_expire(text, date, bigint)'::regprocedure))
                > 0)::integer;

ROLLBACK;
