-- Revert sawa:corridor_change from pg

BEGIN;
\ir ../lib/guard.sql
CALL pg_temp.refuse_rows('corridor_change', 'corridor_decision', 'participant_account');

REVOKE SELECT ON sawa.settlement_window FROM sawa_corridor, sawa_maker;
DROP TRIGGER bank_profile_versions_ascend ON sawa.bank_profile;
DROP TRIGGER participant_accounts_ascend ON sawa.participant_account;
DROP TRIGGER corridor_versions_ascend ON sawa.corridor;
DROP TRIGGER the_book_changes_by_approval ON sawa.corridor_fee_tier;
DROP TRIGGER the_book_changes_by_approval ON sawa.corridor_fee;
DROP TRIGGER the_book_changes_by_approval ON sawa.corridor_calendar;
DROP TRIGGER the_book_changes_by_approval ON sawa.corridor_participant;
DROP TRIGGER the_book_changes_by_approval ON sawa.corridor;
DROP TRIGGER the_book_changes_by_approval ON sawa.bank_profile;
DROP TRIGGER the_book_changes_by_approval ON sawa.participant_account;
DROP TRIGGER the_book_changes_by_approval ON sawa.account;
DROP TRIGGER the_book_changes_by_approval ON sawa.participant;
DROP FUNCTION sawa.participant_account_guard(), sawa.bank_profile_guard(),
              sawa.corridor_version_guard(), sawa.corridor_book_guard(),
              sawa.corridor_change_here();
ALTER TABLE sawa.participant_account DROP CONSTRAINT participant_account_pkey;
ALTER TABLE sawa.participant_account DROP COLUMN effective_from;
ALTER TABLE sawa.participant_account ADD CONSTRAINT participant_account_pkey
    PRIMARY KEY (participant_id);
ALTER TABLE sawa.corridor DROP COLUMN change_id;
DROP TABLE sawa.corridor_decision, sawa.corridor_change;
DROP FUNCTION sawa.corridor_decision_guard();

COMMIT;
