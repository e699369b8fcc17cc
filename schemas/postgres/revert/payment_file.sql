-- Revert sawa:payment_file from pg

BEGIN;
\ir ../lib/guard.sql
CALL pg_temp.refuse_rows('payment_file', 'payment_file_item', 'payment_file_signature',
                         'payment_reply', 'payment_status', 'bank_profile',
                         'participant_account');

DROP TRIGGER instruction_moves_forward ON sawa.instruction;
DROP INDEX sawa.instruction_to_send;
REVOKE ALL ON sawa.settlement_window, sawa.instruction, sawa.commit_log FROM sawa_relay;
REVOKE UPDATE (status) ON sawa.instruction FROM sawa_relay;
REVOKE INSERT (commit_id, leaf, leaf_hash) ON sawa.audit_leaf FROM sawa_relay;
DROP TABLE sawa.payment_status, sawa.payment_reply, sawa.payment_file_signature,
           sawa.payment_file_item, sawa.payment_file, sawa.bank_profile, sawa.participant_account;
DROP FUNCTION sawa.payment_file_check(), sawa.payment_file_guard(),
              sawa.payment_file_signature_guard(), sawa.instruction_guard();

COMMIT;
