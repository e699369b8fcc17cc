-- Verify sawa:report on pg

BEGIN;
\ir ../lib/checks.sql

CALL pg_temp.need_tables('account_opening', 'opening_item', 'account_opening_approval', 'report');
CALL pg_temp.need_constraints('account_opening', 'i10_opening_agrees', 'openings_are_immutable');
CALL pg_temp.need_constraints('account_opening_approval', 'maker_is_not_checker',
                              'an_account_opens_once', 'the_maker_is_the_proposer',
                              'approved_is_what_was_proposed', 'approvals_are_immutable');
CALL pg_temp.need_constraints('expected_item', 'expected_item_opening');
CALL pg_temp.need_constraints('statement_entry', 'statement_entry_opening');
CALL pg_temp.need_indexes('report', 'report_account');

CALL pg_temp.need_grant('sawa_maker', 'INSERT (account_id, business_date, bank_minor, book_minor, '
                        'bank_open_minor, book_open_minor, currency, digest, commit_id)',
                        'account_opening');
CALL pg_temp.need_grant('sawa_maker', 'INSERT', 'opening_item');
CALL pg_temp.need_grant('sawa_checker', 'INSERT (opening_id, account_id, digest, maker, commit_id)',
                        'account_opening_approval');
DO $$
BEGIN
    ASSERT NOT has_column_privilege('sawa_checker', 'sawa.account_opening_approval', 'checker',
                                    'INSERT'), 'a checker can name another as checker';
    ASSERT NOT has_column_privilege('sawa_maker', 'sawa.account_opening', 'maker', 'INSERT'),
           'a maker can name another as maker';
END
$$;
CALL pg_temp.need_grant('sawa_report', 'SELECT, INSERT', 'report');

ROLLBACK;
