-- Verify sawa:participant_limit on pg

BEGIN;
\ir ../lib/checks.sql

CALL pg_temp.need_tables('corridor_member', 'group_net', 'cap_exception',
                         'cap_exception_approval');
CALL pg_temp.need_constraints('corridor_member', 'who_settles_is_somebody_else',
                              'limits_are_of_who_settles', 'who_settles_takes_part',
                              'groups_are_of_one_level', 'the_book_changes_by_approval',
                              'corridor_members_are_immutable');
CALL pg_temp.need_constraints('group_net', 'i3_handed_over_once', 'handed_to_somebody_else',
                              'group_nets_are_immutable');
CALL pg_temp.need_constraints('cap_exception', 'exception_gives_a_reason',
                              'maker_of_an_exception', 'exceptions_are_immutable');
CALL pg_temp.need_constraints('cap_exception_approval', 'who_asks_for_more_does_not_approve',
                              'approved_is_what_was_asked_for', 'exception_is_approved_in_time',
                              'exception_approvals_are_immutable');
CALL pg_temp.need_indexes('cap_exception', 'cap_exception_window');
CALL pg_temp.need_indexes('cap_exception_approval', 'cap_exception_approval_window');
CALL pg_temp.need_grant('sawa_corridor', 'INSERT', 'corridor_member');
CALL pg_temp.need_grant('sawa_settle', 'SELECT, INSERT', 'group_net');
CALL pg_temp.need_grant('sawa_settle', 'SELECT', 'cap_exception', 'cap_exception_approval');
CALL pg_temp.need_grant('sawa_maker', 'INSERT (window_id, reason)', 'cap_exception');
CALL pg_temp.need_grant('sawa_checker', 'INSERT (exception_id, cap_minor)',
                        'cap_exception_approval');

ROLLBACK;
