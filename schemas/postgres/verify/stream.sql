-- Verify sawa:stream on pg

BEGIN;
\ir ../lib/checks.sql

CALL pg_temp.need_tables('source', 'position', 'commit_log', 'audit_leaf', 'batch', 'data_key',
                         'batch_raw', 'parked', 'commit_id_seq', 'batch_id_seq');
CALL pg_temp.need_constraints('position', 'position_pkey', 'i4_position_covers_from_its_start',
                              'i4_position_never_goes_back');
CALL pg_temp.need_constraints('commit_log', 'i6_commit_has_a_leaf');
CALL pg_temp.need_constraints('audit_leaf', 'i6_leaf_has_a_commit');
CALL pg_temp.need_constraints('batch', 'i4_batch_starts_once', 'i4_batch_ends_once',
                              'i4_batch_moves_on', 'i5_every_record_is_accounted_for',
                              'i5_no_more_records_than_offsets');
CALL pg_temp.need_constraints('parked', 'i5_record_is_parked_once');
CALL pg_temp.need_indexes('audit_leaf', 'audit_leaf_pending');
CALL pg_temp.need_indexes('batch', 'batch_commit');
CALL pg_temp.need_indexes('parked', 'parked_reason', 'parked_batch');

CALL pg_temp.need_grant('sawa_ingest', 'SELECT, INSERT',
                        'source', 'position', 'commit_log', 'batch', 'parked', 'data_key');
CALL pg_temp.need_grant('sawa_fx', 'SELECT, INSERT',
                        'source', 'position', 'commit_log', 'batch', 'parked', 'data_key');
CALL pg_temp.need_grant('sawa_ingest', 'UPDATE', 'position');
CALL pg_temp.need_grant('sawa_fx', 'UPDATE', 'position');
CALL pg_temp.need_grant('sawa_ingest', 'INSERT', 'batch_raw');
CALL pg_temp.need_grant('sawa_fx', 'INSERT', 'batch_raw');
CALL pg_temp.need_grant('sawa_settle', 'INSERT (commit_id, leaf, leaf_hash)', 'audit_leaf');
CALL pg_temp.need_grant('sawa_reader', 'SELECT', 'position', 'audit_leaf', 'batch_raw', 'parked');

DO $$
BEGIN
    PERFORM pg_temp.complain('function (SECURITY DEFINER, sawa_owner, for two roles)', ARRAY(
        SELECT 'ensure_day'
         WHERE NOT EXISTS (SELECT FROM pg_proc
                            WHERE oid = to_regprocedure('sawa.ensure_day(text, date)')
                              AND prosecdef AND pg_get_userbyid(proowner) = 'sawa_owner'
                              AND 'search_path=sawa, pg_temp' = ANY (proconfig)
                              AND has_function_privilege('sawa_ingest', oid, 'EXECUTE')
                              AND has_function_privilege('sawa_fx', oid, 'EXECUTE')
                              AND NOT has_function_privilege('sawa_reader', oid, 'EXECUTE'))));
END
$$;

ROLLBACK;
