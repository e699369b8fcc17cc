-- Verify sawa:outbox_status on pg

BEGIN;
\ir ../lib/checks.sql

CALL pg_temp.need_tables('outbox_forgotten');
CALL pg_temp.need_constraints('outbox_forgotten', 'forgetting_gives_a_reason',
                              'forgotten_is_what_was_known', 'outbox_forget',
                              'forgotten_destinations_are_immutable');
CALL pg_temp.need_constraints('outbox_destination', 'outbox_destinations_stay',
                              'a_destination_is_forgotten_on_record');
CALL pg_temp.need_grant('sawa_relay',
                        'INSERT (event_name, event_type, event_key, corridor, payload, commit_id)',
                        'outbox');
CALL pg_temp.need_grant('sawa_relay', 'INSERT (destination, reason, forgotten_by, commit_id)',
                        'outbox_forgotten');

ROLLBACK;
