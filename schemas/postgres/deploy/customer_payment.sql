-- Deploy sawa:customer_payment to pg
-- requires: booking_day retention operator corridor_change
-- Customers' payments that go to a bank one by one (pacs.008): which corridor versions say so,
-- their debtor and creditor, sealed, and an instruction for each. Personal data: never in a plain
-- column.

BEGIN;
SET ROLE sawa_owner;
SET search_path = sawa;

-- ---- who says so ----

-- A version whose payments are instructed one by one. No row: its net positions are.
CREATE TABLE corridor_customer_payment (
    corridor_id integer NOT NULL,
    version     integer NOT NULL,
    PRIMARY KEY (corridor_id, version),
    FOREIGN KEY (corridor_id, version) REFERENCES corridor (corridor_id, version)
);

-- A net is no payment of anybody's, and neither is one that waits below a minimum.
CREATE FUNCTION corridor_customer_payment_guard() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = sawa, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM corridor
                    WHERE corridor_id = NEW.corridor_id AND version = NEW.version
                      AND model = 'GROSS')
       OR EXISTS (SELECT FROM corridor_limit
                   WHERE corridor_id = NEW.corridor_id AND version = NEW.version) THEN
        RAISE EXCEPTION 'payments are instructed one by one where nothing is netted or waits'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'customer_payments_go_gross',
                  TABLE = 'corridor_customer_payment';
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER customer_payments_go_gross AFTER INSERT ON corridor_customer_payment
    FOR EACH ROW EXECUTE FUNCTION corridor_customer_payment_guard();
CREATE TRIGGER the_book_changes_by_approval BEFORE INSERT ON corridor_customer_payment
    FOR EACH ROW EXECUTE FUNCTION corridor_book_guard();
CREATE TRIGGER corridor_customer_payments_are_immutable
    BEFORE UPDATE OR DELETE OR TRUNCATE ON corridor_customer_payment
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- The message, and who bears charges, which it alone asks for.
ALTER TABLE bank_profile
    ADD COLUMN charge_bearer text CHECK (charge_bearer IN ('DEBT', 'CRED', 'SHAR', 'SLEV')),
    DROP CONSTRAINT bank_profile_message_check,
    ADD CONSTRAINT bank_profile_message_check
        CHECK (message IN ('pacs.009.001.08', 'pain.001.001.09', 'pain.001.001.03',
                           'pacs.008.001.08')),
    ADD CONSTRAINT customer_payments_name_the_charge_bearer
        CHECK ((message LIKE 'pacs.008.%') = (charge_bearer IS NOT NULL));

-- ---- parties ----

-- Debtor and creditor of one payment (common/codec/event/customer_event.h), sealed under the key of
-- the month in which it was stored; bound to it by its id (common/store/customer_aad.h). Rows go
-- with the day of their payment (day_expire), and are unreadable once their data key is gone.
-- window_id is the payment's: there is no other way to find the payments of a window quickly.
CREATE TABLE customer_payment (
    event_day date    NOT NULL,
    event_id  uuid    NOT NULL,
    window_id bigint  NOT NULL,
    key_id    integer NOT NULL,
    sealed    bytea   NOT NULL CHECK (octet_length(sealed) BETWEEN 29 AND 8192),
    CONSTRAINT i3_customer_payment_once PRIMARY KEY (event_day, event_id)
);
CREATE INDEX customer_payment_window ON customer_payment (window_id);
CREATE TRIGGER customer_payments_are_immutable BEFORE UPDATE OR TRUNCATE ON customer_payment
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Payment files and answers that name customers: their rows keep the digest, this the bytes.
CREATE TABLE sealed_content (
    digest bytea   PRIMARY KEY CHECK (octet_length(digest) = 32), -- of the bytes in clear
    key_id integer NOT NULL REFERENCES data_key,
    sealed bytea   NOT NULL
);
ALTER TABLE sealed_content ALTER COLUMN sealed SET STORAGE EXTERNAL;
CREATE TRIGGER sealed_contents_are_immutable BEFORE UPDATE OR TRUNCATE ON sealed_content
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

ALTER TABLE payment_file
    ADD COLUMN is_sealed boolean NOT NULL DEFAULT false,
    DROP CONSTRAINT payment_file_digest_is_of_its_content,
    ADD CONSTRAINT payment_file_digest_is_of_its_content
        CHECK (CASE WHEN is_sealed THEN content = '' ELSE digest = sha256(content) END);
ALTER TABLE payment_reply
    ADD COLUMN is_sealed boolean NOT NULL DEFAULT false,
    DROP CONSTRAINT payment_reply_digest_is_of_its_content,
    ADD CONSTRAINT payment_reply_digest_is_of_its_content
        CHECK (CASE WHEN is_sealed THEN content = '' ELSE digest = sha256(content) END);

-- The message of a file: what is no customer's goes from agent to agent.
CREATE FUNCTION payment_file_message(profile_message text, is_sealed boolean) RETURNS text
    LANGUAGE sql IMMUTABLE
BEGIN ATOMIC
    SELECT CASE WHEN profile_message LIKE 'pacs.008.%' AND NOT is_sealed
                THEN 'pacs.009.001.08' ELSE profile_message END;
END;

-- ---- instructions ----

-- Of which payment; the nil UUID: of a net position. At most one attempt of each is live.
ALTER TABLE instruction
    ADD COLUMN event_day date,
    ADD COLUMN event_id uuid NOT NULL DEFAULT '00000000-0000-0000-0000-000000000000',
    ADD CONSTRAINT instruction_names_a_whole_payment
        CHECK ((event_day IS NULL) = (event_id = '00000000-0000-0000-0000-000000000000')
               AND (event_day IS NULL OR direction = 'PAY')),
    DROP CONSTRAINT i3_instruction_once,
    ADD CONSTRAINT i3_instruction_once
        UNIQUE (window_id, participant_id, counterparty_id, direction, event_id, attempt);
DROP INDEX i3_one_live_attempt;
CREATE UNIQUE INDEX i3_one_live_attempt
    ON instruction (window_id, participant_id, counterparty_id, direction, event_id)
 WHERE status NOT IN ('REJECTED', 'RETURNED');
CREATE INDEX instruction_payment ON instruction (event_day) WHERE event_day IS NOT NULL;

-- One look per statement: each is a payment of its window, to the last unit. Where none is a
-- customer's, the days of payment are not even opened: that is most of what a plan over them costs.
CREATE FUNCTION customer_instruction_guard() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = sawa, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM added WHERE event_day IS NOT NULL AND attempt = 1) THEN
        RETURN NULL;
    END IF;
    IF EXISTS (SELECT FROM added
                WHERE event_day IS NOT NULL AND attempt = 1
                  AND NOT EXISTS (SELECT FROM customer_payment AS held
                                    JOIN payment USING (event_day, event_id)
                                   WHERE held.event_day = added.event_day
                                     AND held.event_id = added.event_id
                                     AND held.window_id = added.window_id
                                     AND payment.window_id = added.window_id
                                     AND payment.kind = 1
                                     AND payment.creditor_agent_id = added.participant_id
                                     AND payment.debtor_agent_id = added.counterparty_id
                                     AND payment.settlement_minor = added.amount_minor
                                     AND payment.settlement_currency = added.currency)) THEN
        RAISE EXCEPTION 'what is instructed for a customer is a payment of its window'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'i3_instructed_is_the_payment',
                  TABLE = 'instruction';
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER i3_instructed_is_the_payment AFTER INSERT ON instruction
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT
    EXECUTE FUNCTION customer_instruction_guard();

-- A file is of customers' payments, sealed, in the message for them, or of none at all.
CREATE FUNCTION payment_file_customer_check() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = sawa, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM payment_file_item JOIN instruction USING (instruction_id)
                WHERE file_id = NEW.file_id AND (event_day IS NOT NULL) <> NEW.is_sealed)
       OR (NEW.is_sealed
           AND NOT EXISTS (SELECT FROM bank_profile, sealed_content
                            WHERE account_id = NEW.account_id AND version = NEW.profile_version
                              AND message LIKE 'pacs.008.%'
                              AND sealed_content.digest = NEW.digest)) THEN
        RAISE EXCEPTION 'a file names customers, sealed, or none'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'customer_payments_go_sealed',
                  TABLE = 'payment_file';
    END IF;
    RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER customer_payments_go_sealed AFTER INSERT ON payment_file
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION payment_file_customer_check();

-- What waits, and what may follow it: as before, payment by payment.
CREATE OR REPLACE VIEW rejected_instruction AS
    SELECT instruction.instruction_id, instruction.window_id, instruction.participant_id,
           instruction.counterparty_id, instruction.direction, instruction.account_id,
           instruction.amount_minor, instruction.currency, instruction.settlement_date,
           instruction.end_to_end_id, instruction.status, instruction.commit_id,
           instruction.attempt, undone.reason, undone.withdrawn_on, instruction.event_day,
           instruction.event_id
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
                          AND later.event_id = instruction.event_id
                          AND later.attempt > instruction.attempt);

CREATE OR REPLACE FUNCTION instruction_attempt_guard() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = sawa, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM instruction AS before
                     JOIN settlement_window AS w ON w.window_id = before.window_id
                    WHERE before.window_id = NEW.window_id
                      AND before.participant_id = NEW.participant_id
                      AND before.counterparty_id = NEW.counterparty_id
                      AND before.direction = NEW.direction
                      AND before.event_id = NEW.event_id
                      AND before.event_day IS NOT DISTINCT FROM NEW.event_day
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
                  AND before.direction = later.direction AND before.event_id = later.event_id
                  AND before.attempt < later.attempt
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
                  AND before.direction = NEW.direction
                  AND before.event_id = NEW.event_id) THEN
        RAISE EXCEPTION 'what is settled outside is not instructed again'
            USING ERRCODE = 'check_violation',
                  CONSTRAINT = 'i3_abandoned_is_not_instructed_again', TABLE = 'instruction';
    END IF;
    RETURN NULL;
END
$$;

-- ---- erasure ----

-- The parties of a day's payments, and what files and answers say of them. Bytes that speak of a
-- payment of another day, too, stay until the last of them goes.
CREATE FUNCTION customer_payments_erase(of_day date) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = sawa, pg_temp AS $$
BEGIN
    DELETE FROM customer_payment WHERE event_day = of_day;
    DELETE FROM sealed_content AS gone
     USING (SELECT DISTINCT payment_file.digest
              FROM instruction
              JOIN payment_file_item AS item USING (instruction_id)
              JOIN payment_file USING (file_id)
             WHERE instruction.event_day = of_day AND payment_file.is_sealed
               AND NOT EXISTS (SELECT FROM payment_file_item AS other
                                 JOIN instruction AS one USING (instruction_id)
                                 JOIN customer_payment
                                   ON customer_payment.event_day = one.event_day
                                  AND customer_payment.event_id = one.event_id
                                WHERE other.file_id = item.file_id)
            UNION
            SELECT DISTINCT payment_reply.digest
              FROM instruction
              JOIN payment_status AS said USING (instruction_id)
              JOIN payment_reply USING (reply_id)
             WHERE instruction.event_day = of_day AND payment_reply.is_sealed
               AND NOT EXISTS (SELECT FROM payment_status AS other
                                 JOIN instruction AS one USING (instruction_id)
                                 JOIN customer_payment
                                   ON customer_payment.event_day = one.event_day
                                  AND customer_payment.event_id = one.event_id
                                WHERE other.reply_id = said.reply_id)) AS told
     WHERE gone.digest = told.digest;
END
$$;

-- As in retention, and: with the payments of a day go their parties.
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
        PERFORM customer_payments_erase(of_day);
    ELSE
        SELECT count(*) INTO counted FROM batch_raw WHERE stored_on = of_day;
    END IF;
    INSERT INTO expired_day (parent, day, row_count, size, commit_id)
    VALUES (of_parent, of_day, counted,
            coalesce(pg_total_relation_size(to_regclass('sawa.' || child)), 0), by_commit);
    RETURN counted;
END
$$;

-- ---- who may what ----

-- The relay alone opens parties; who closes a window sees which payments have some. Nobody deletes.
GRANT SELECT ON corridor_customer_payment TO sawa_program;
GRANT INSERT ON corridor_customer_payment TO sawa_corridor;
GRANT INSERT ON customer_payment TO sawa_ingest, sawa_replay;
GRANT SELECT ON customer_payment, sealed_content, data_key TO sawa_relay;
GRANT INSERT ON sealed_content, data_key TO sawa_relay;
GRANT SELECT (event_day, event_id, window_id) ON customer_payment TO sawa_settle;
GRANT SELECT (event_day, event_id, window_id, key_id) ON customer_payment TO sawa_reader;
GRANT SELECT (digest, key_id) ON sealed_content TO sawa_reader;
GRANT SELECT (event_day, event_id, uetr, end_to_end_id) ON payment TO sawa_relay;
GRANT INSERT (is_sealed) ON payment_file TO sawa_relay;
GRANT EXECUTE ON FUNCTION payment_file_message(text, boolean)
    TO sawa_relay, sawa_maker, sawa_checker, sawa_reader;

RESET ROLE;
COMMIT;
