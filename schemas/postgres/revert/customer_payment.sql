-- Revert sawa:customer_payment from pg
-- The functions and the view are those of window_life, payment_return, abandonment and retention.

BEGIN;
\ir ../lib/guard.sql
CALL pg_temp.refuse_rows('corridor_customer_payment', 'customer_payment', 'sealed_content');

SET ROLE sawa_owner;
SET search_path = sawa;

CREATE OR REPLACE FUNCTION day_expire(of_parent text, of_day date, by_commit bigint) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = sawa, pg_temp AS $$
DECLARE
    child text := of_parent || '_' || to_char(of_day, 'YYYYMMDD');
    held text;
    counted bigint;
BEGIN
    IF of_parent IS NULL OR of_parent NOT IN ('payment', 'batch_raw') THEN
        RAISE EXCEPTION 'table % is not partitioned by day', of_parent USING ERRCODE = '22023';
    END IF;
    IF of_day IS NULL OR of_day > (clock_timestamp() AT TIME ZONE 'UTC')::date - 7 THEN
        RAISE EXCEPTION 'day % is not old enough', of_day USING ERRCODE = '22008',
              HINT = 'the last seven days always stay';
    END IF;
    PERFORM pg_advisory_xact_lock(1413563219, 0);
    SELECT string_agg(hold, ', ') INTO held FROM day_holds(of_parent, of_day);
    IF held IS NOT NULL THEN
        RAISE EXCEPTION 'day % of % is held: %', of_day, of_parent, held
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'a_held_day_stays',
                  TABLE = of_parent;
    END IF;
    IF of_parent = 'payment' THEN
        INSERT INTO expired_payment_total (window_id, debtor_id, creditor_id, day, payment_count,
                                           amount_minor)
        SELECT window_id,
               CASE kind WHEN 1 THEN debtor_agent_id ELSE creditor_agent_id END,
               CASE kind WHEN 1 THEN creditor_agent_id ELSE debtor_agent_id END,
               of_day, count(*), sum(settlement_minor)
          FROM payment
         WHERE event_day = of_day
         GROUP BY 1, 2, 3;
        SELECT coalesce(sum(payment_count), 0) INTO counted
          FROM expired_payment_total AS total WHERE total.day = of_day;
        -- Reports of a transfer that was accepted then are refused from here on.
        DELETE FROM transfer_seen WHERE accepted_on <= of_day;
    ELSE
        SELECT count(*) INTO counted FROM batch_raw WHERE stored_on = of_day;
    END IF;
    INSERT INTO expired_day (parent, day, row_count, size, commit_id)
    VALUES (of_parent, of_day, counted,
            coalesce(pg_total_relation_size(to_regclass('sawa.' || child)), 0), by_commit);
    RETURN counted;
END
$$;
CREATE OR REPLACE FUNCTION instruction_attempt_guard() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = sawa, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM instruction AS before
                     JOIN settlement_window AS w ON w.window_id = before.window_id
                    WHERE before.window_id = NEW.window_id
                      AND before.participant_id = NEW.participant_id
                      AND before.counterparty_id = NEW.counterparty_id
                      AND before.direction = NEW.direction
                      AND before.attempt = NEW.attempt - 1
                      AND (before.status = 'REJECTED'
                           AND EXISTS (SELECT FROM withdrawal
                                        WHERE instruction_id = before.instruction_id)
                           OR before.status = 'RETURNED'
                           AND EXISTS (SELECT FROM payment_return
                                         JOIN expected_item USING (return_id)
                                        WHERE payment_return.instruction_id
                                              = before.instruction_id))
                      AND before.amount_minor = NEW.amount_minor
                      AND before.currency = NEW.currency AND before.account_id = NEW.account_id
                      AND w.state = 'REOPENED'
                      AND NOT is_contradicted(before.instruction_id)) THEN
        RAISE EXCEPTION 'another attempt repeats one that was undone, in a reopened window'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'i3_attempt_follows_a_rejected_one',
                  TABLE = 'instruction';
    END IF;
    RETURN NULL;
END
$$;
CREATE OR REPLACE FUNCTION payment_file_contradiction_guard() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = sawa, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM payment_file_item AS item
                 JOIN instruction AS later USING (instruction_id)
                 JOIN instruction AS before
                   ON before.window_id = later.window_id
                  AND before.participant_id = later.participant_id
                  AND before.counterparty_id = later.counterparty_id
                  AND before.direction = later.direction AND before.attempt < later.attempt
                WHERE item.file_id = NEW.file_id AND later.attempt > 1
                  AND is_contradicted(before.instruction_id)) THEN
        RAISE EXCEPTION 'a payment in this file was made already, says the bank'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'i3_contradicted_is_not_paid_again',
                  TABLE = 'payment_file', HINT = 'cancel the file, and ask the bank';
    END IF;
    RETURN NULL;
END
$$;
CREATE OR REPLACE FUNCTION instruction_abandoned_guard() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = sawa, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM abandoned_instruction
                 JOIN instruction AS before USING (instruction_id)
                WHERE before.window_id = NEW.window_id
                  AND before.participant_id = NEW.participant_id
                  AND before.counterparty_id = NEW.counterparty_id
                  AND before.direction = NEW.direction) THEN
        RAISE EXCEPTION 'what is settled outside is not instructed again'
            USING ERRCODE = 'check_violation',
                  CONSTRAINT = 'i3_abandoned_is_not_instructed_again', TABLE = 'instruction';
    END IF;
    RETURN NULL;
END
$$;
DROP FUNCTION customer_payments_erase(date);
DROP VIEW rejected_instruction;
CREATE VIEW rejected_instruction AS
    SELECT instruction.instruction_id, instruction.window_id, instruction.participant_id,
           instruction.counterparty_id, instruction.direction, instruction.account_id,
           instruction.amount_minor, instruction.currency, instruction.settlement_date,
           instruction.end_to_end_id, instruction.status, instruction.commit_id,
           instruction.attempt, undone.reason, undone.withdrawn_on
      FROM instruction
      JOIN (SELECT instruction_id, reason, withdrawn_on FROM withdrawal
            UNION ALL
            SELECT payment_return.instruction_id, reason, item.book_date
              FROM payment_return
              JOIN expected_item AS item USING (return_id)) AS undone USING (instruction_id)
     WHERE NOT EXISTS (SELECT FROM abandoned_instruction AS settled
                        WHERE settled.instruction_id = instruction.instruction_id)
       AND NOT EXISTS (SELECT FROM instruction AS later
                        WHERE later.window_id = instruction.window_id
                          AND later.participant_id = instruction.participant_id
                          AND later.counterparty_id = instruction.counterparty_id
                          AND later.direction = instruction.direction
                          AND later.attempt > instruction.attempt);
GRANT SELECT ON rejected_instruction TO sawa_settle, sawa_maker, sawa_checker, sawa_reader;

DROP TRIGGER customer_payments_go_sealed ON payment_file;
DROP TRIGGER i3_instructed_is_the_payment ON instruction;
DROP FUNCTION payment_file_customer_check(), customer_instruction_guard(),
              payment_file_message(text, boolean);
DROP INDEX i3_one_live_attempt, instruction_payment;
ALTER TABLE instruction
    DROP CONSTRAINT i3_instruction_once,
    DROP CONSTRAINT instruction_names_a_whole_payment,
    DROP COLUMN event_day, DROP COLUMN event_id,
    ADD CONSTRAINT i3_instruction_once
        UNIQUE (window_id, participant_id, counterparty_id, direction, attempt);
CREATE UNIQUE INDEX i3_one_live_attempt
    ON instruction (window_id, participant_id, counterparty_id, direction)
 WHERE status NOT IN ('REJECTED', 'RETURNED');
ALTER TABLE payment_file
    DROP CONSTRAINT payment_file_digest_is_of_its_content,
    DROP COLUMN is_sealed,
    ADD CONSTRAINT payment_file_digest_is_of_its_content CHECK (digest = sha256(content));
ALTER TABLE payment_reply
    DROP CONSTRAINT payment_reply_digest_is_of_its_content,
    DROP COLUMN is_sealed,
    ADD CONSTRAINT payment_reply_digest_is_of_its_content CHECK (digest = sha256(content));
DROP TABLE sealed_content, customer_payment, corridor_customer_payment;
DROP FUNCTION corridor_customer_payment_guard();
ALTER TABLE bank_profile
    DROP CONSTRAINT customer_payments_name_the_charge_bearer,
    DROP CONSTRAINT bank_profile_message_check,
    DROP COLUMN charge_bearer,
    ADD CONSTRAINT bank_profile_message_check
        CHECK (message IN ('pacs.009.001.08', 'pain.001.001.09', 'pain.001.001.03'));
REVOKE SELECT (event_day, event_id, uetr, end_to_end_id) ON payment FROM sawa_relay;
REVOKE SELECT, INSERT ON data_key FROM sawa_relay;

RESET ROLE;
COMMIT;
