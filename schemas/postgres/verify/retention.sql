-- Verify sawa:retention on pg

BEGIN;
\ir ../lib/checks.sql

CALL pg_temp.need_tables('archive_file', 'retention_action', 'expired_day',
                         'expired_payment_total', 'window_hold');
CALL pg_temp.need_constraints('archive_file', 'an_archive_name_is_one_file',
                              'archive_name_is_no_path', 'archive_files_are_immutable');
CALL pg_temp.need_constraints('retention_action', 'retention_action_known',
                              'retention_gives_a_reason', 'retention_actions_are_immutable');
CALL pg_temp.need_constraints('expired_day', 'a_day_expires_once', 'expired_days_stay');
CALL pg_temp.need_constraints('expired_payment_total', 'expired_totals_are_immutable');
CALL pg_temp.need_constraints('parked', 'parked_erased_is_whole', 'parked_undecided_is_kept',
                              'i1_parked_is_decided_once', 'i6_parked_proof_stays');
CALL pg_temp.need_indexes('parked', 'parked_decided');

CALL pg_temp.need_grant('sawa_ingest', 'SELECT', 'expired_day');
CALL pg_temp.need_grant('sawa_replay', 'SELECT', 'expired_day');
CALL pg_temp.need_grant('sawa_settle', 'SELECT', 'expired_payment_total');
CALL pg_temp.need_grant('sawa_archive', 'SELECT', 'batch_raw', 'batch', 'audit_leaf', 'data_key',
                        'parked', 'archive_file', 'expired_day');
DO $$
DECLARE
    signature text;
BEGIN
    ASSERT NOT has_table_privilege('sawa_archive', 'sawa.payment', 'SELECT'),
           'sawa_archive can read payments';
    ASSERT NOT has_table_privilege('sawa_archive', 'sawa.expired_day', 'INSERT'),
           'sawa_archive can let a day go that is held';
    FOREACH signature IN ARRAY ARRAY['retained_days()', 'day_holds(text, date)',
            'day_expire(text, date, bigint)', 'day_drop(text, date)',
            'parked_note_hash(integer, integer, bigint, bytea)',
            'parked_erase(integer, integer, bigint, bigint)'] LOOP
        ASSERT has_function_privilege('sawa_archive', 'sawa.' || signature, 'EXECUTE'),
               'sawa_archive cannot call ' || signature;
    END LOOP;
END
$$;

ROLLBACK;
