-- Verify sawa:outbox on pg

BEGIN;
\ir ../lib/checks.sql

CALL pg_temp.need_tables('outbox_destination', 'outbox', 'outbox_pending', 'outbox_order',
                         'outbox_head');
CALL pg_temp.need_constraints('outbox', 'i1_event_is_told_once', 'outbox_payload_is_bounded',
                              'outbox_event_is_pending', 'outbox_events_are_immutable');
CALL pg_temp.need_constraints('outbox_order', 'i1_event_has_one_number');
CALL pg_temp.need_constraints('outbox_destination', 'i4_outbox_position_moves_on',
                              'outbox_destinations_stay');
CALL pg_temp.need_grant('sawa_settle',
                        'INSERT (event_name, event_type, event_key, corridor, payload, commit_id)',
                        'outbox');
CALL pg_temp.need_grant('sawa_relay', 'SELECT', 'outbox', 'outbox_pending', 'outbox_order',
                        'outbox_head', 'outbox_destination');
CALL pg_temp.need_grant('sawa_relay', 'INSERT (destination, next_number)', 'outbox_destination');

ROLLBACK;
