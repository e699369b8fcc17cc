-- Verify sawa:refusals on pg

BEGIN;
\ir ../lib/checks.sql

CALL pg_temp.need_constraints('instruction', 'instruction_begins_pending');
CALL pg_temp.need_constraints('break_item', 'break_moves_forward', 'break_begins_open');
CALL pg_temp.need_constraints('payment_file_item', 'items_come_before_release');
CALL pg_temp.need_constraints('payment_file', 'i3_released_is_of_its_items',
                              'profile_is_in_force');
CALL pg_temp.need_indexes('payment_file_signature', 'one_person_signs_once');
CALL pg_temp.need_grant('sawa_relay', 'INSERT (file_id, line, instruction_id)',
                        'payment_file_item');

ROLLBACK;
