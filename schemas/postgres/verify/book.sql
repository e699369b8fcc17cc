-- Verify sawa:book on pg

BEGIN;
\ir ../lib/checks.sql

CALL pg_temp.need_tables('participant', 'account', 'corridor', 'corridor_participant');
CALL pg_temp.need_constraints('participant', 'participant_country_is_a_code');
CALL pg_temp.need_constraints('account', 'account_currency_is_a_code', 'account_nostro_has_a_bank',
                              'account_obligation_has_a_participant');
CALL pg_temp.need_constraints('corridor', 'corridor_pkey', 'corridor_currencies_are_codes');
CALL pg_temp.need_grant('sawa_corridor', 'SELECT, INSERT',
                        'participant', 'account', 'corridor', 'corridor_participant');
CALL pg_temp.need_grant('sawa_program', 'SELECT',
                        'participant', 'account', 'corridor', 'corridor_participant');

ROLLBACK;
