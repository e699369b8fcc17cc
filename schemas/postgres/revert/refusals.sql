-- Revert sawa:refusals from pg

BEGIN;
\ir ../lib/guard.sql
-- Holds no rows of its own: where there are such rows, their rules stay.
CALL pg_temp.refuse_rows('instruction', 'break_item', 'payment_file', 'payment_file_item',
                         'payment_file_signature');

DROP INDEX sawa.one_person_signs_once;
DROP TRIGGER profile_is_in_force ON sawa.payment_file;
DROP TRIGGER i3_released_is_of_its_items ON sawa.payment_file;
DROP TRIGGER items_come_before_release ON sawa.payment_file_item;
DROP TRIGGER break_begins_open ON sawa.break_item;
DROP TRIGGER break_moves_forward ON sawa.break_item;
DROP TRIGGER instruction_begins_pending ON sawa.instruction;
DROP FUNCTION sawa.payment_file_profile_guard(), sawa.payment_file_item_guard(),
              sawa.break_begins_guard(), sawa.break_guard(), sawa.instruction_begins_guard();
REVOKE INSERT (file_id, line, instruction_id) ON sawa.payment_file_item FROM sawa_relay;
GRANT INSERT ON sawa.payment_file_item TO sawa_relay;

COMMIT;
