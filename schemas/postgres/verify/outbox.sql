-- Verify sawa:outbox on pg

BEGIN;
\ir ../lib/checks.sql

CALL pg_temp.need_tables('outbox_destination', 'outbox', 'outbox_head');
CALL pg_temp.need_constraints('outbox', 'i1_event_is_told_once', 'outbox_payload_is_bounded');
CALL pg_temp.need_constraints('outbox_destination', 'i4_outbox_position_moves_on',
                              'outbox_destinations_stay');
CALL pg_temp.need_indexes('outbox', 'outbox_pending');
CALL pg_temp.need_grant('sawa_settle',
                        'INSERT (event_name, event_type, event_key, corridor, payload, commit_id)',
                        'outbox');
CALL pg_temp.need_grant('sawa_relay', 'SELECT', 'outbox', 'outbox_head', 'outbox_destination');
CALL pg_temp.need_grant('sawa_relay', 'INSERT (destination, next_number)', 'outbox_destination');

ROLLBACK;
