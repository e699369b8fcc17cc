-- Verify sawa:fx on pg

BEGIN;
\ir ../lib/checks.sql

CALL pg_temp.need_tables('fx_rate', 'fx_lock');
CALL pg_temp.need_constraints('fx_rate', 'i1_rate_once', 'fx_rate_positive',
                              'fx_rate_is_half_open');
CALL pg_temp.need_constraints('fx_lock', 'i1_lock_event_once', 'i1_lock_once', 'fx_lock_positive',
                              'fx_lock_is_half_open');
CALL pg_temp.need_indexes('fx_rate', 'fx_rate_pair', 'fx_rate_batch');
CALL pg_temp.need_indexes('fx_lock', 'fx_lock_batch');
CALL pg_temp.need_grant('sawa_fx', 'SELECT, INSERT', 'fx_rate', 'fx_lock');
CALL pg_temp.need_grant('sawa_settle', 'SELECT', 'fx_rate', 'fx_lock');

ROLLBACK;
