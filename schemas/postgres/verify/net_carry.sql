-- Verify sawa:net_carry on pg

BEGIN;
\ir ../lib/checks.sql

CALL pg_temp.need_tables('corridor_limit', 'net_carry');
CALL pg_temp.need_constraints('corridor_limit', 'minimum_is_more_than_a_unit',
                              'the_book_changes_by_approval', 'corridor_limits_are_immutable');
CALL pg_temp.need_constraints('net_carry', 'i3_carried_once', 'i3_carried_to_an_open_window',
                              'carries_are_immutable');
CALL pg_temp.need_indexes('net_carry', 'net_carry_to');
CALL pg_temp.need_constraints('net_proof', 'i2_instructed_is_what_is_left',
                              'i3_what_is_carried_is_taken_in');
CALL pg_temp.need_grant('sawa_corridor', 'INSERT', 'corridor_limit');
CALL pg_temp.need_grant('sawa_settle', 'SELECT, INSERT', 'net_carry');

ROLLBACK;
