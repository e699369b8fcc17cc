-- Deploy sawa:payment_file to pg
-- requires: lease
-- Instructions on their way to banks: how each bank wants them, files and who signed them, what
-- the banks answered.

BEGIN;

-- The role of sawa-relay; it may have been made by another database, even a moment ago.
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'sawa_relay') THEN
        CREATE ROLE sawa_relay LOGIN;
    END IF;
EXCEPTION WHEN duplicate_object OR unique_violation THEN
    NULL;
END
$$;
DO $$
BEGIN
    IF NOT pg_has_role('sawa_relay', 'sawa_program', 'MEMBER') THEN
        GRANT sawa_program TO sawa_relay;
    END IF;
EXCEPTION WHEN unique_violation THEN
    NULL;
END
$$;

SET ROLE sawa_owner;
SET search_path = sawa;

-- Where a participant is paid. A row is never changed: another account needs a decision.
CREATE TABLE participant_account (
    participant_id integer PRIMARY KEY REFERENCES participant,
    account        text    NOT NULL CHECK (account ~ '^[A-Z0-9/-]{1,34}$'),
    is_iban        boolean NOT NULL,
    bic            text    CHECK (bic ~ '^[A-Z0-9]{4}[A-Z]{2}[A-Z0-9]{2}([A-Z0-9]{3})?$')
);

-- How the bank of one of our accounts wants its instructions. A change is a new version.
CREATE TABLE bank_profile (
    account_id              integer NOT NULL REFERENCES account,
    version                 integer NOT NULL CHECK (version > 0),
    effective_from          date    NOT NULL,
    message                 text    NOT NULL CHECK (message IN ('pacs.009.001.08',
                                                    'pain.001.001.09', 'pain.001.001.03')),
    own_name                text    NOT NULL,
    own_bic                 text, -- null: pain.001 names us by name alone
    settlement_method       text    CHECK (settlement_method IN ('INDA', 'INGA', 'CLRG')),
    transactions_max        integer NOT NULL CHECK (transactions_max BETWEEN 1 AND 10000),
    uetr                    boolean NOT NULL,
    release_threshold_minor bigint  NOT NULL CHECK (release_threshold_minor >= 0),
    release_automatic       boolean NOT NULL,
    release_hours           integer NOT NULL CHECK (release_hours BETWEEN 1 AND 336),
    answer_hours            integer NOT NULL CHECK (answer_hours BETWEEN 1 AND 336),
    schema_check            boolean NOT NULL,
    PRIMARY KEY (account_id, version),
    UNIQUE (account_id, effective_from),
    CONSTRAINT pacs_names_its_agents
        CHECK (message NOT LIKE 'pacs.%'
               OR (own_bic IS NOT NULL AND settlement_method IS NOT NULL))
);

-- One file for one bank. Its bytes never change; only its state moves, along the arrows of
-- payment_file_guard, which domain/payment_file.h draws.
CREATE TABLE payment_file (
    file_id           uuid        PRIMARY KEY,
    account_id        integer     NOT NULL,
    profile_version   integer     NOT NULL,
    message_id        text        NOT NULL UNIQUE,
    settlement_date   date        NOT NULL,
    currency          char(3)     NOT NULL,
    transaction_count integer     NOT NULL CHECK (transaction_count > 0),
    control_sum_minor bigint      NOT NULL CHECK (control_sum_minor > 0),
    content           bytea       NOT NULL,
    digest            bytea       NOT NULL,
    schema_checked    boolean     NOT NULL,
    signatures_needed smallint    NOT NULL CHECK (signatures_needed BETWEEN 0 AND 2),
    prepared_at       timestamptz NOT NULL,
    release_until     timestamptz NOT NULL,
    state             text        NOT NULL DEFAULT 'PREPARED'
                                  CHECK (state IN ('PREPARED', 'RELEASED', 'WRITING', 'WRITTEN',
                                                   'CANCELLED')),
    staged_commit_id  bigint, -- names the staged file: workers/relay/deliver.c
    changed_at        timestamptz NOT NULL DEFAULT clock_timestamp(),
    commit_id         bigint      NOT NULL REFERENCES commit_log,
    FOREIGN KEY (account_id, profile_version) REFERENCES bank_profile (account_id, version),
    CONSTRAINT message_id_is_the_file_s
        CHECK (message_id = replace(file_id::text, '-', '')),
    CONSTRAINT payment_file_digest_is_of_its_content CHECK (digest = sha256(content)),
    CONSTRAINT payment_file_is_released_in_time CHECK (prepared_at < release_until)
);
CREATE INDEX payment_file_open ON payment_file (prepared_at)
    WHERE state IN ('PREPARED', 'RELEASED', 'WRITING');

-- An instruction is in at most one file that was not cancelled (I3).
CREATE TABLE payment_file_item (
    file_id        uuid    NOT NULL REFERENCES payment_file,
    line           integer NOT NULL CHECK (line > 0),
    instruction_id uuid    NOT NULL REFERENCES instruction,
    cancelled      boolean NOT NULL DEFAULT false, -- with its file
    PRIMARY KEY (file_id, line)
);
CREATE UNIQUE INDEX i3_instruction_in_one_file ON payment_file_item (instruction_id)
    WHERE NOT cancelled;

-- One row per person. The login is who is connected: nobody can sign in another's name, and the
-- key lets nobody sign twice. What is signed is the digest.
CREATE TABLE payment_file_signature (
    file_id    uuid        NOT NULL REFERENCES payment_file,
    login      text        NOT NULL DEFAULT session_user,
    signed_by  text        NOT NULL, -- the person, where a login is shared
    is_checker boolean     NOT NULL DEFAULT pg_has_role(session_user, 'sawa_checker', 'MEMBER'),
    digest     bytea       NOT NULL,
    signed_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    commit_id  bigint      NOT NULL REFERENCES commit_log,
    CONSTRAINT maker_is_not_checker PRIMARY KEY (file_id, login)
);

-- A file with the wrong signatures, or of other payments than it says, cannot be stored.
CREATE FUNCTION payment_file_check() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = sawa, pg_temp AS $$
DECLARE
    held record;
    wanted smallint;
BEGIN
    SELECT CASE WHEN NEW.control_sum_minor > release_threshold_minor THEN 2
                WHEN release_automatic THEN 0 ELSE 1 END INTO wanted
      FROM bank_profile
     WHERE account_id = NEW.account_id AND version = NEW.profile_version;
    IF wanted <> NEW.signatures_needed THEN
        RAISE EXCEPTION 'a file needs the signatures that its sum and profile ask for'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'signatures_follow_the_profile',
                  TABLE = 'payment_file';
    END IF;
    SELECT count(*) AS n, sum(instruction.amount_minor) AS total,
           bool_and(instruction.direction = 'PAY' AND instruction.account_id = NEW.account_id
                    AND instruction.currency = NEW.currency
                    AND instruction.settlement_date = NEW.settlement_date) AS alike INTO held
      FROM payment_file_item JOIN instruction USING (instruction_id)
     WHERE file_id = NEW.file_id;
    IF (held.n, held.total) IS DISTINCT FROM (NEW.transaction_count::bigint,
                                              NEW.control_sum_minor::numeric)
       OR NOT held.alike THEN
        RAISE EXCEPTION 'a file holds other payments than it says'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'i3_control_sum_is_of_its_items',
                  TABLE = 'payment_file';
    END IF;
    RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER i3_control_sum_is_of_its_items AFTER INSERT ON payment_file
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION payment_file_check();

-- The arrows, and what the arrow to RELEASED asks for.
CREATE FUNCTION payment_file_guard() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = sawa, pg_temp AS $$
DECLARE
    signed record;
BEGIN
    IF NOT (OLD.state, NEW.state) IN (('PREPARED', 'RELEASED'), ('RELEASED', 'WRITING'),
                                      ('WRITING', 'WRITTEN'), ('PREPARED', 'CANCELLED'))
       OR (OLD.file_id, OLD.account_id, OLD.digest, OLD.transaction_count, OLD.control_sum_minor,
           OLD.signatures_needed, OLD.release_until)
          <> (NEW.file_id, NEW.account_id, NEW.digest, NEW.transaction_count,
              NEW.control_sum_minor, NEW.signatures_needed, NEW.release_until) THEN
        RAISE EXCEPTION 'a payment file does not move from % to %', OLD.state, NEW.state
            USING ERRCODE = 'check_violation', CONSTRAINT = 'payment_file_moves_along_its_arrows',
                  TABLE = 'payment_file';
    END IF;
    IF NEW.state = 'CANCELLED' THEN
        UPDATE payment_file_item SET cancelled = true WHERE file_id = NEW.file_id;
    END IF;
    IF NEW.state <> 'RELEASED' THEN
        RETURN NEW;
    END IF;
    SELECT count(*) AS n, coalesce(bool_or(is_checker), false) AS checked INTO signed
      FROM payment_file_signature
     WHERE file_id = NEW.file_id AND digest = NEW.digest;
    IF signed.n < NEW.signatures_needed OR (NEW.signatures_needed > 0 AND NOT signed.checked) THEN
        RAISE EXCEPTION 'a payment file is released with % signatures, one of them a checker''s',
                        NEW.signatures_needed
            USING ERRCODE = 'check_violation', CONSTRAINT = 'release_needs_its_signatures',
                  TABLE = 'payment_file';
    END IF;
    IF clock_timestamp() > NEW.release_until THEN
        RAISE EXCEPTION 'the time to release this payment file is over'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'payment_file_is_released_in_time',
                  TABLE = 'payment_file';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER payment_file_moves_along_its_arrows BEFORE UPDATE ON payment_file
    FOR EACH ROW EXECUTE FUNCTION payment_file_guard();

-- What is signed is there and the same.
CREATE FUNCTION payment_file_signature_guard() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = sawa, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM payment_file
                    WHERE file_id = NEW.file_id AND digest = NEW.digest AND state = 'PREPARED') THEN
        RAISE EXCEPTION 'only a prepared file can be signed, by the digest of its content'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'signed_is_what_was_prepared',
                  TABLE = 'payment_file_signature';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER signed_is_what_was_prepared BEFORE INSERT ON payment_file_signature
    FOR EACH ROW EXECUTE FUNCTION payment_file_signature_guard();

-- What banks answered, whole, once each; and what they said, line by line.
CREATE TABLE payment_reply (
    reply_id   bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    digest     bytea  NOT NULL,
    name       text   NOT NULL, -- of the file it came in
    message    text   NOT NULL CHECK (message IN ('pacs.002', 'pain.002')),
    message_id text   NOT NULL,
    content    bytea  NOT NULL,
    read_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
    commit_id  bigint NOT NULL REFERENCES commit_log,
    CONSTRAINT payment_reply_is_read_once UNIQUE (digest),
    CONSTRAINT payment_reply_digest_is_of_its_content CHECK (digest = sha256(content))
);
CREATE TABLE payment_status (
    reply_id       bigint  NOT NULL REFERENCES payment_reply,
    line           integer NOT NULL CHECK (line > 0),
    level          text    NOT NULL CHECK (level IN ('GROUP', 'PAYMENT_INFORMATION',
                                                     'TRANSACTION')),
    message_id     text    NOT NULL, -- of ours, as the bank gave it back
    instruction_id uuid    REFERENCES instruction, -- null: none of ours
    status         text    NOT NULL,
    reason         text    NOT NULL,
    information    text    NOT NULL,
    outcome        text    NOT NULL CHECK (outcome IN ('APPLIED', 'SAME', 'STALE', 'CONTRADICTS',
                                                       'UNKNOWN')),
    PRIMARY KEY (reply_id, line)
);
CREATE INDEX payment_status_instruction ON payment_status (instruction_id);

-- What the bank says moves an instruction forward, to one end (domain/payment_file.h (1)).
CREATE FUNCTION instruction_guard() RETURNS trigger
    LANGUAGE plpgsql SET search_path = sawa, pg_temp AS $$
BEGIN
    IF NOT (OLD.status, NEW.status) IN (('PENDING', 'SENT'), ('SENT', 'ACCEPTED'),
                                        ('SENT', 'SETTLED'), ('SENT', 'REJECTED'),
                                        ('ACCEPTED', 'SETTLED'), ('ACCEPTED', 'REJECTED')) THEN
        RAISE EXCEPTION 'an instruction does not move from % to %', OLD.status, NEW.status
            USING ERRCODE = 'check_violation', CONSTRAINT = 'instruction_moves_forward',
                  TABLE = 'instruction';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER instruction_moves_forward BEFORE UPDATE ON instruction
    FOR EACH ROW EXECUTE FUNCTION instruction_guard();

CREATE INDEX instruction_to_send ON instruction (account_id, settlement_date)
    WHERE direction = 'PAY' AND status = 'PENDING';

CREATE TRIGGER participant_accounts_are_immutable
    BEFORE UPDATE OR DELETE OR TRUNCATE ON participant_account
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER bank_profiles_are_immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON bank_profile
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER payment_files_stay BEFORE DELETE OR TRUNCATE ON payment_file
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER signatures_are_immutable
    BEFORE UPDATE OR DELETE OR TRUNCATE ON payment_file_signature
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER replies_are_immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON payment_reply
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER statuses_are_immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON payment_status
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

GRANT SELECT ON participant_account, bank_profile TO sawa_program;
GRANT INSERT ON participant_account, bank_profile TO sawa_corridor;
GRANT SELECT ON settlement_window, instruction, payment_file, payment_file_item,
                payment_file_signature, payment_reply, payment_status TO sawa_relay;
GRANT INSERT ON commit_log, payment_file_item, payment_reply, payment_status TO sawa_relay;
GRANT INSERT (commit_id, leaf, leaf_hash) ON audit_leaf TO sawa_relay;
GRANT INSERT (file_id, account_id, profile_version, message_id, settlement_date, currency,
              transaction_count, control_sum_minor, content, digest, schema_checked,
              signatures_needed, prepared_at, release_until, commit_id)
    ON payment_file TO sawa_relay;
GRANT UPDATE (state, staged_commit_id, changed_at) ON payment_file TO sawa_relay;
GRANT UPDATE (status) ON instruction TO sawa_relay;
GRANT SELECT ON payment_file, payment_file_item, payment_file_signature, payment_reply,
                payment_status TO sawa_maker, sawa_checker, sawa_reader;
GRANT INSERT (file_id, signed_by, digest, commit_id) ON payment_file_signature
    TO sawa_maker, sawa_checker;

RESET ROLE;
COMMIT;
