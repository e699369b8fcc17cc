-- Deploy sawa:corridor_change to pg
-- requires: fee rate_check
-- The corridor book changes by two people: one proposes a document, another approves it, and what
-- it says is stored in the transaction of the approval. The first load finds an empty book.

BEGIN;

-- Who approves writes what was approved: the rights of the corridor program, and what is below
-- says when they are good for anything. Roles belong to the whole cluster, see roles.sql.
DO $$
BEGIN
    IF NOT pg_has_role('sawa_checker', 'sawa_corridor', 'MEMBER') THEN
        GRANT sawa_corridor TO sawa_checker;
    END IF;
EXCEPTION WHEN unique_violation THEN
    NULL;
END
$$;

SET ROLE sawa_owner;
SET search_path = sawa;

-- What somebody wants to change, whole: the YAML document and its holidays. The maker is who is
-- logged in.
CREATE TABLE corridor_change (
    change_id   bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    definition  text        NOT NULL, -- YAML
    holidays    text        NOT NULL, -- CSV
    digest      bytea       NOT NULL, -- of both, with a zero byte between
    reason      text        NOT NULL,
    maker       text        NOT NULL DEFAULT session_user,
    proposed_by text        NOT NULL DEFAULT '', -- the person, where a login is shared
    proposed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    expires_at  timestamptz NOT NULL,
    commit_id   bigint      NOT NULL REFERENCES commit_log,
    CONSTRAINT change_digest_is_of_its_document
        CHECK (digest = sha256(convert_to(definition, 'UTF8') || '\x00'::bytea
                               || convert_to(holidays, 'UTF8'))),
    CONSTRAINT change_expires
        CHECK (proposed_at < expires_at AND expires_at <= proposed_at + interval '15 days'),
    CONSTRAINT maker_of_a_change UNIQUE (change_id, maker, proposed_by)
);

-- What became of it. BOOTSTRAP: the first load of an empty book, by one person.
CREATE TABLE corridor_decision (
    change_id      bigint      NOT NULL,
    decision       text        NOT NULL CHECK (decision IN ('APPROVED', 'REJECTED', 'BOOTSTRAP')),
    digest         bytea       NOT NULL, -- what was decided about
    maker          text        NOT NULL,
    proposed_by    text        NOT NULL DEFAULT '',
    checker        text        NOT NULL DEFAULT session_user,
    decided_by     text        NOT NULL DEFAULT '',
    reason         text        NOT NULL DEFAULT '',
    decided_at     timestamptz NOT NULL DEFAULT clock_timestamp(),
    transaction_id xid8        NOT NULL DEFAULT pg_current_xact_id(),
    commit_id      bigint      NOT NULL REFERENCES commit_log,
    CONSTRAINT a_change_is_decided_once PRIMARY KEY (change_id),
    CONSTRAINT maker_is_not_checker
        CHECK (decision <> 'APPROVED'
               OR (maker <> checker AND (proposed_by = '' OR proposed_by <> decided_by))),
    CONSTRAINT the_maker_is_the_proposer FOREIGN KEY (change_id, maker, proposed_by)
        REFERENCES corridor_change (change_id, maker, proposed_by)
);

-- One decision at a time; the next one sees what this one stored.
CREATE FUNCTION corridor_decision_guard() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = sawa, pg_temp AS $$
DECLARE
    change record;
    broken text;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('sawa.corridor_book', 0));
    SELECT digest, maker, expires_at INTO change
      FROM corridor_change WHERE change_id = NEW.change_id;
    broken := CASE
        WHEN change.digest IS DISTINCT FROM NEW.digest THEN 'decided_is_what_was_proposed'
        WHEN NOT pg_has_role(session_user, CASE NEW.decision WHEN 'BOOTSTRAP' THEN 'sawa_corridor'
                                                             ELSE 'sawa_checker' END, 'MEMBER')
             AND NOT (NEW.decision = 'REJECTED' AND change.maker = session_user)
            THEN 'decision_needs_its_role'
        WHEN NEW.decision = 'APPROVED' AND clock_timestamp() > change.expires_at
            THEN 'change_is_approved_in_time'
        WHEN NEW.decision = 'BOOTSTRAP' AND (EXISTS (SELECT FROM corridor)
                                             OR EXISTS (SELECT FROM participant))
            THEN 'first_load_finds_an_empty_book'
    END;
    IF broken IS NOT NULL THEN
        RAISE EXCEPTION 'a change of the corridor book is not decided so: %', broken
            USING ERRCODE = 'check_violation', CONSTRAINT = broken, TABLE = 'corridor_decision';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER decided_is_what_was_proposed BEFORE INSERT ON corridor_decision
    FOR EACH ROW EXECUTE FUNCTION corridor_decision_guard();

CREATE TRIGGER changes_are_immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON corridor_change
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER decisions_are_immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON corridor_decision
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- ---- the book ----

-- The change a version came with; null: from before changes were kept. Nobody sets it.
ALTER TABLE corridor ADD COLUMN change_id bigint REFERENCES corridor_change;

-- Where a participant is paid from a day on: files of that day and later are prepared so.
ALTER TABLE participant_account ADD COLUMN effective_from date NOT NULL DEFAULT '1970-01-01';
ALTER TABLE participant_account DROP CONSTRAINT participant_account_pkey;
ALTER TABLE participant_account ADD CONSTRAINT participant_account_pkey
    PRIMARY KEY (participant_id, effective_from);

-- The change that is stored in this transaction. A restored database counts its transactions anew:
-- so the decision must be younger than the transaction, too.
CREATE FUNCTION corridor_change_here() RETURNS corridor_change
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = sawa, pg_temp AS $$
    SELECT change
      FROM corridor_decision AS decided
      JOIN corridor_change AS change USING (change_id)
     WHERE decided.transaction_id = pg_current_xact_id() AND decided.decided_at >= now()
       AND decided.decision <> 'REJECTED'
$$;

-- A row of the book is stored with its approval, and stands in the document that was approved.
-- What PostgreSQL cannot read in YAML it looks for: an account number that is not in the text
-- was approved by nobody.
CREATE FUNCTION corridor_book_guard() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = sawa, pg_temp AS $$
DECLARE
    change corridor_change := corridor_change_here();
    stands boolean := true;
BEGIN
    IF change.change_id IS NULL THEN
        RAISE EXCEPTION 'the corridor book changes with an approval only'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'the_book_changes_by_approval',
                  TABLE = TG_TABLE_NAME;
    END IF;
    IF TG_TABLE_NAME = 'corridor' THEN
        NEW.change_id := change.change_id;
        stands := NEW.definition = change.definition;
    ELSIF TG_TABLE_NAME = 'corridor_calendar' THEN
        stands := NEW.holidays = change.holidays;
    ELSIF TG_TABLE_NAME = 'participant_account' THEN
        stands := strpos(change.definition, NEW.account) > 0
                  AND (NEW.bic IS NULL OR strpos(change.definition, NEW.bic) > 0);
    ELSIF TG_TABLE_NAME = 'account' THEN
        stands := strpos(change.definition, NEW.servicer_account) > 0;
    END IF;
    IF NOT stands THEN
        RAISE EXCEPTION 'what is stored does not stand in the document that was approved'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'stored_is_what_was_approved',
                  TABLE = TG_TABLE_NAME;
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER the_book_changes_by_approval BEFORE INSERT ON participant
    FOR EACH ROW EXECUTE FUNCTION corridor_book_guard();
-- Accounts of obligations, fees and taxes are bookkeeping; one at a bank is where money goes.
CREATE TRIGGER the_book_changes_by_approval BEFORE INSERT ON account
    FOR EACH ROW WHEN (NEW.kind = 'NOSTRO' AND NEW.servicer_account IS NOT NULL)
    EXECUTE FUNCTION corridor_book_guard();
CREATE TRIGGER the_book_changes_by_approval BEFORE INSERT ON participant_account
    FOR EACH ROW EXECUTE FUNCTION corridor_book_guard();
CREATE TRIGGER the_book_changes_by_approval BEFORE INSERT ON bank_profile
    FOR EACH ROW EXECUTE FUNCTION corridor_book_guard();
CREATE TRIGGER the_book_changes_by_approval BEFORE INSERT ON corridor
    FOR EACH ROW EXECUTE FUNCTION corridor_book_guard();
CREATE TRIGGER the_book_changes_by_approval BEFORE INSERT ON corridor_participant
    FOR EACH ROW EXECUTE FUNCTION corridor_book_guard();
CREATE TRIGGER the_book_changes_by_approval BEFORE INSERT ON corridor_calendar
    FOR EACH ROW EXECUTE FUNCTION corridor_book_guard();
CREATE TRIGGER the_book_changes_by_approval BEFORE INSERT ON corridor_fee
    FOR EACH ROW EXECUTE FUNCTION corridor_book_guard();
CREATE TRIGGER the_book_changes_by_approval BEFORE INSERT ON corridor_fee_tier
    FOR EACH ROW EXECUTE FUNCTION corridor_book_guard();

-- A later version takes effect later, and is the same agreement: payments are judged by the day,
-- windows by the version they opened with, so both must speak of the same currencies.
CREATE FUNCTION corridor_version_guard() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = sawa, pg_temp AS $$
DECLARE
    broken text;
BEGIN
    SELECT CASE WHEN held.code <> NEW.code
                     OR (held.source_currency, held.target_currency, held.settlement_currency)
                        <> (NEW.source_currency, NEW.target_currency, NEW.settlement_currency)
                THEN 'corridor_keeps_its_code_and_currencies'
                ELSE 'corridor_versions_ascend' END
      INTO broken
      FROM corridor AS held
     WHERE held.corridor_id = NEW.corridor_id AND held.version <> NEW.version
       AND (held.version > NEW.version OR held.effective_from >= NEW.effective_from
            OR held.code <> NEW.code
            OR (held.source_currency, held.target_currency, held.settlement_currency)
               <> (NEW.source_currency, NEW.target_currency, NEW.settlement_currency))
     LIMIT 1;
    IF broken IS NOT NULL THEN
        RAISE EXCEPTION 'a corridor has no such version: %', broken
            USING ERRCODE = 'check_violation', CONSTRAINT = broken, TABLE = 'corridor';
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER corridor_versions_ascend AFTER INSERT ON corridor
    FOR EACH ROW EXECUTE FUNCTION corridor_version_guard();

CREATE FUNCTION bank_profile_guard() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = sawa, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM bank_profile AS held
                WHERE held.account_id = NEW.account_id
                  AND (held.version > NEW.version OR held.effective_from > NEW.effective_from)) THEN
        RAISE EXCEPTION 'a bank profile has a newer version, or one that begins later'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'bank_profile_versions_ascend',
                  TABLE = 'bank_profile';
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER bank_profile_versions_ascend AFTER INSERT ON bank_profile
    FOR EACH ROW EXECUTE FUNCTION bank_profile_guard();

-- What was paid before is not rewritten: another account begins later than those that are known.
CREATE FUNCTION participant_account_guard() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = sawa, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM participant_account AS held
                WHERE held.participant_id = NEW.participant_id
                  AND held.effective_from > NEW.effective_from) THEN
        RAISE EXCEPTION 'a participant has an account that begins later'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'participant_accounts_ascend',
                  TABLE = 'participant_account';
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER participant_accounts_ascend AFTER INSERT ON participant_account
    FOR EACH ROW EXECUTE FUNCTION participant_account_guard();

GRANT SELECT ON corridor_change, corridor_decision
    TO sawa_corridor, sawa_maker, sawa_checker, sawa_reader;
GRANT INSERT (definition, holidays, digest, reason, proposed_by, expires_at, commit_id)
    ON corridor_change TO sawa_corridor, sawa_maker;
GRANT INSERT (change_id, decision, digest, maker, proposed_by, decided_by, reason, commit_id)
    ON corridor_decision TO sawa_corridor, sawa_maker, sawa_checker;
GRANT SELECT ON settlement_window TO sawa_corridor, sawa_maker;

RESET ROLE;
COMMIT;
