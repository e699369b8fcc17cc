-- Revert sawa:window_life from pg

BEGIN;
\ir ../lib/guard.sql
CALL pg_temp.refuse_rows('settlement_hold', 'settlement_hold_release', 'withdrawal',
                         'reinstruction', 'reinstruction_approval');

DROP TRIGGER a_window_begins_open ON sawa.settlement_window;
DROP TRIGGER window_moves_along_its_arrows ON sawa.settlement_window;
DROP TRIGGER i3_contradicted_is_not_paid_again ON sawa.payment_file;
DROP TRIGGER i3_attempt_follows_a_rejected_one ON sawa.instruction;
DROP TRIGGER match_member_is_not_withdrawn ON sawa.match_member;
DROP VIEW sawa.rejected_instruction;
DROP TABLE sawa.reinstruction_approval, sawa.reinstruction, sawa.withdrawal,
           sawa.settlement_hold_release, sawa.settlement_hold, sawa.window_transition;
DROP FUNCTION sawa.window_opens_guard(), sawa.window_guard(),
              sawa.payment_file_contradiction_guard(), sawa.instruction_attempt_guard(),
              sawa.reinstruction_is_approved(bigint), sawa.reinstruction_approval_guard(),
              sawa.is_contradicted(uuid), sawa.reinstruction_guard(),
              sawa.reinstruction_digest(bigint, date), sawa.match_member_guard(),
              sawa.withdrawal_guard(), sawa.settlement_hold_ends(), sawa.settlement_hold_guard();
DROP INDEX sawa.instruction_rejected, sawa.i3_one_live_attempt;
ALTER TABLE sawa.instruction
    DROP CONSTRAINT i3_instruction_once,
    DROP COLUMN attempt,
    ADD CONSTRAINT i3_instruction_once
        UNIQUE (window_id, participant_id, counterparty_id, direction);
REVOKE SELECT ON sawa.settlement_window FROM sawa_maker, sawa_checker;
REVOKE SELECT ON sawa.payment_status FROM sawa_settle;
REVOKE SELECT ON sawa.expected_item FROM sawa_relay;

COMMIT;
