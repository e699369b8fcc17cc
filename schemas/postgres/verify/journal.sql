-- Verify sawa:journal on pg

BEGIN;
\ir ../lib/checks.sql

CALL pg_temp.need_tables('journal_entry', 'posting');
CALL pg_temp.need_constraints('journal_entry', 'journal_entry_key', 'i2_amount_positive',
                              'i2_two_accounts', 'i2_accounts_keep_the_currency',
                              'i2_entries_are_immutable');
CALL pg_temp.need_indexes('journal_entry', 'journal_entry_debit', 'journal_entry_credit',
                          'journal_entry_window');
CALL pg_temp.need_grant('sawa_ingest', 'SELECT, INSERT', 'journal_entry');
CALL pg_temp.need_grant('sawa_settle', 'SELECT, INSERT', 'journal_entry');
CALL pg_temp.need_grant('sawa_checker', 'SELECT, INSERT', 'journal_entry');
CALL pg_temp.need_grant('sawa_report', 'SELECT', 'journal_entry', 'posting');

ROLLBACK;
