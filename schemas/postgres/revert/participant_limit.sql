-- Revert sawa:participant_limit from pg

BEGIN;
\ir ../lib/guard.sql
CALL pg_temp.refuse_rows('corridor_member', 'group_net', 'cap_exception',
                         'cap_exception_approval');
SET ROLE sawa_owner;

DROP TABLE sawa.cap_exception_approval, sawa.cap_exception, sawa.group_net, sawa.corridor_member;
DROP FUNCTION sawa.cap_exception_approval_guard(), sawa.corridor_member_guard();

RESET ROLE;
COMMIT;
