-- Revert sawa:prefunding from pg

BEGIN;
\ir ../lib/guard.sql
CALL pg_temp.refuse_rows('prefunding', 'prefunding_approval', 'prefunding_use',
                         'prefunding_balance');
SET ROLE sawa_owner;

DROP TRIGGER i3_what_is_taken_is_told ON sawa.net_proof;
DROP FUNCTION sawa.net_proof_funds_guard();
ALTER TABLE sawa.net_proof
    DROP CONSTRAINT i2_instructed_is_what_is_left,
    DROP COLUMN prefunded_minor;
ALTER TABLE sawa.net_proof
    ADD CONSTRAINT i2_instructed_is_what_is_left
        CHECK (net_credit_minor::numeric - net_debit_minor
               + carried_in_credit_minor - carried_in_debit_minor
               = pay_minor::numeric - collect_minor
                 + carried_out_credit_minor - carried_out_debit_minor);
ALTER TABLE sawa.expected_item
    DROP CONSTRAINT expected_item_has_one_origin,
    DROP COLUMN prefunding_id,
    ADD CONSTRAINT expected_item_has_one_origin
        CHECK (num_nonnulls(instruction_id, opening_id, return_id) = 1);
DROP TABLE sawa.prefunding_use, sawa.prefunding_approval, sawa.prefunding,
           sawa.prefunding_balance;
DROP FUNCTION sawa.prefunding_lock(integer[], text), sawa.prefunding_guard(),
              sawa.prefunding_use_enter(), sawa.prefunding_approval_enter();
DELETE FROM sawa.account_kind WHERE kind = 'PREFUNDING';
ALTER TABLE sawa.account DROP CONSTRAINT account_obligation_has_a_participant;
ALTER TABLE sawa.account ADD CONSTRAINT account_obligation_has_a_participant
    CHECK ((kind = 'OBLIGATION') = (participant_id IS NOT NULL));
ALTER TABLE sawa.account DROP CONSTRAINT account_kind_known;
ALTER TABLE sawa.account ADD CONSTRAINT account_kind_known
    CHECK (kind IN ('NOSTRO', 'OBLIGATION', 'OPENING', 'FEE_INCOME', 'TAX_PAYABLE', 'BANK_CHARGES',
                    'SUSPENSE'));

RESET ROLE;
COMMIT;
