-- Verify sawa:period_balance on pg

BEGIN;
\ir ../lib/checks.sql

CALL pg_temp.need_tables('period_balance', 'period_total');
CALL pg_temp.need_constraints('accounting_period', 'a_closed_period_is_brought_forward');
CALL pg_temp.need_indexes('journal_entry', 'journal_entry_booked');
CALL pg_temp.need_grant('sawa_reader', 'SELECT', 'period_balance', 'period_total');
SELECT 1 / has_function_privilege('sawa_reader', 'sawa.entry_totals(date, date)',
                                  'EXECUTE')::integer;
SELECT 1 / has_function_privilege('sawa_reader', 'sawa.period_balance_differences()',
                                  'EXECUTE')::integer;

ROLLBACK;
