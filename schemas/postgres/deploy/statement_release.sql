-- Deploy sawa:statement_release to pg
-- requires: corridor_change
-- Which findings hold a statement back, and what becomes of one that is held: one person proposes,
-- another decides.

BEGIN;
SET ROLE sawa_owner;
SET search_path = sawa;

-- REFUSED: two people said that it never counts. Its content stays known.
ALTER TABLE statement DROP CONSTRAINT statement_state_check;
ALTER TABLE statement ADD CONSTRAINT statement_state_known
    CHECK (state IN ('LOADED', 'HELD', 'REFUSED'));
ALTER TABLE statement DROP CONSTRAINT loaded_statement_is_whole;
ALTER TABLE statement ADD CONSTRAINT loaded_statement_is_whole
    CHECK (state <> 'LOADED' OR (account_id IS NOT NULL AND closing_minor IS NOT NULL
                                 AND closing_date IS NOT NULL));

-- About a held statement: RELEASE it, or REFUSE it. About a finding: it is to HOLD statements back,
-- to LOAD them, or to do what we ship (DEFAULT): those of one account, or of all.
CREATE TABLE statement_proposal (
    proposal_id  bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    action       text        NOT NULL
        CHECK (action IN ('RELEASE', 'REFUSE', 'HOLD', 'LOAD', 'DEFAULT')),
    statement_id bigint      REFERENCES statement,
    code         text, -- of a finding
    account_id   integer     REFERENCES account,
    reason       text        NOT NULL,
    maker        text        NOT NULL DEFAULT session_user,
    proposed_by  text        NOT NULL DEFAULT '', -- the person, where a login is shared
    proposed_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    expires_at   timestamptz NOT NULL DEFAULT clock_timestamp() + interval '3 days',
    commit_id    bigint      NOT NULL REFERENCES commit_log,
    CONSTRAINT statement_proposal_is_about_one_thing
        CHECK ((statement_id IS NULL) <> (code IS NULL)
               AND (statement_id IS NOT NULL) = (action IN ('RELEASE', 'REFUSE'))
               AND (account_id IS NULL OR code IS NOT NULL)),
    CONSTRAINT a_replaced_statement_is_always_held
        CHECK (action <> 'LOAD' OR code <> 'statement_replaced'),
    CONSTRAINT statement_proposal_gives_a_reason CHECK (reason ~ '\S'),
    CONSTRAINT statement_proposal_expires
        CHECK (proposed_at < expires_at AND expires_at <= proposed_at + interval '15 days'),
    CONSTRAINT maker_of_a_statement_proposal UNIQUE (proposal_id, maker, proposed_by)
);
CREATE INDEX statement_proposal_statement ON statement_proposal (statement_id);

CREATE TABLE statement_decision (
    proposal_id    bigint      NOT NULL,
    decision       text        NOT NULL CHECK (decision IN ('APPROVED', 'REJECTED')),
    maker          text        NOT NULL,
    proposed_by    text        NOT NULL DEFAULT '',
    checker        text        NOT NULL DEFAULT session_user,
    decided_by     text        NOT NULL DEFAULT '',
    reason         text        NOT NULL,
    decided_at     timestamptz NOT NULL DEFAULT clock_timestamp(),
    transaction_id xid8        NOT NULL DEFAULT pg_current_xact_id(),
    commit_id      bigint      NOT NULL REFERENCES commit_log,
    CONSTRAINT a_statement_proposal_is_decided_once PRIMARY KEY (proposal_id),
    CONSTRAINT a_statement_takes_two_people
        CHECK (decision <> 'APPROVED'
               OR (maker <> checker AND (proposed_by = '' OR proposed_by <> decided_by))),
    CONSTRAINT statement_decision_gives_a_reason CHECK (reason ~ '\S'),
    CONSTRAINT the_maker_is_the_statement_proposer FOREIGN KEY (proposal_id, maker, proposed_by)
        REFERENCES statement_proposal (proposal_id, maker, proposed_by)
);

CREATE FUNCTION statement_release_refuse(constraint_name text, table_name text) RETURNS void
    LANGUAGE plpgsql SET search_path = sawa, pg_temp AS $$
BEGIN
    RAISE EXCEPTION 'not so: %', constraint_name
        USING ERRCODE = 'check_violation', CONSTRAINT = constraint_name, TABLE = table_name;
END
$$;

CREATE FUNCTION statement_proposal_guard() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = sawa, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM statement
                    WHERE statement_id = NEW.statement_id AND state = 'HELD') THEN
        PERFORM statement_release_refuse('proposed_is_what_is_held', 'statement_proposal');
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER proposed_is_what_is_held BEFORE INSERT ON statement_proposal
    FOR EACH ROW WHEN (NEW.statement_id IS NOT NULL) EXECUTE FUNCTION statement_proposal_guard();

-- Whoever decides waits for another decision about the same statement, and then finds it decided.
CREATE FUNCTION statement_decision_guard() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = sawa, pg_temp AS $$
DECLARE
    proposal statement_proposal;
    held_state text;
BEGIN
    SELECT * INTO proposal FROM statement_proposal WHERE proposal_id = NEW.proposal_id;
    SELECT state INTO held_state
      FROM statement WHERE statement_id = proposal.statement_id FOR UPDATE;
    IF NOT pg_has_role(session_user, 'sawa_checker', 'MEMBER')
       AND NOT (NEW.decision = 'REJECTED' AND proposal.maker = session_user) THEN
        PERFORM statement_release_refuse('statement_decision_needs_its_role',
                                         'statement_decision');
    END IF;
    IF NEW.decision = 'APPROVED' AND clock_timestamp() > proposal.expires_at THEN
        PERFORM statement_release_refuse('statement_decision_comes_in_time', 'statement_decision');
    END IF;
    IF NEW.decision = 'APPROVED' AND held_state <> 'HELD' THEN
        PERFORM statement_release_refuse('decided_is_what_is_held', 'statement_decision');
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER decided_is_what_is_held BEFORE INSERT ON statement_decision
    FOR EACH ROW EXECUTE FUNCTION statement_decision_guard();

-- Approved and carried out are one transaction: at its end the statement is where it was to go.
CREATE FUNCTION statement_decision_carried_out() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = sawa, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM statement_proposal AS proposal
                 JOIN statement USING (statement_id)
                WHERE proposal.proposal_id = NEW.proposal_id
                  AND statement.state
                      <> CASE proposal.action WHEN 'RELEASE' THEN 'LOADED' ELSE 'REFUSED' END)
    THEN
        PERFORM statement_release_refuse('an_approval_is_carried_out', 'statement_decision');
    END IF;
    RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER an_approval_is_carried_out AFTER INSERT ON statement_decision
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.decision = 'APPROVED')
    EXECUTE FUNCTION statement_decision_carried_out();

-- A statement is what it was when it came. One that is held moves in the transaction of the
-- approval that says so, for any role. A restored database counts its transactions anew: so the
-- decision must be younger than the transaction, too.
CREATE FUNCTION statement_guard() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = sawa, pg_temp AS $$
BEGIN
    IF OLD.state <> 'HELD' OR NOT EXISTS (
           SELECT FROM statement_decision AS decided
             JOIN statement_proposal AS proposal USING (proposal_id)
            WHERE proposal.statement_id = NEW.statement_id AND decided.decision = 'APPROVED'
              AND decided.transaction_id = pg_current_xact_id() AND decided.decided_at >= now()
              AND NEW.state = CASE proposal.action WHEN 'RELEASE' THEN 'LOADED'
                                                   ELSE 'REFUSED' END) THEN
        PERFORM statement_release_refuse('a_held_statement_moves_by_approval', 'statement');
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER a_held_statement_moves_by_approval
    BEFORE UPDATE OF state, account_id, entry_count, loaded_count, digest ON statement
    FOR EACH ROW EXECUTE FUNCTION statement_guard();

CREATE FUNCTION statement_begins_guard() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = sawa, pg_temp AS $$
BEGIN
    PERFORM statement_release_refuse('a_statement_is_not_refused_as_it_comes', 'statement');
    RETURN NULL;
END
$$;
CREATE TRIGGER a_statement_is_not_refused_as_it_comes BEFORE INSERT ON statement
    FOR EACH ROW WHEN (NEW.state = 'REFUSED') EXECUTE FUNCTION statement_begins_guard();

CREATE TRIGGER statement_proposals_are_immutable
    BEFORE UPDATE OR DELETE OR TRUNCATE ON statement_proposal
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER statement_decisions_are_immutable
    BEFORE UPDATE OR DELETE OR TRUNCATE ON statement_decision
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- What was approved last about a finding, for an account or (null) for all. holds null: as shipped,
-- that is common/domain/finding.h. The older rows are how it was before.
CREATE VIEW hold_policy AS
SELECT DISTINCT ON (account_id, code)
       code, account_id, CASE action WHEN 'HOLD' THEN true WHEN 'LOAD' THEN false END AS holds,
       decided.decided_at AS since, proposal_id
  FROM statement_proposal
  JOIN statement_decision AS decided USING (proposal_id)
 WHERE decided.decision = 'APPROVED' AND code IS NOT NULL
 ORDER BY account_id, code, decided.decided_at DESC, proposal_id DESC;

GRANT SELECT ON hold_policy
    TO sawa_statement, sawa_maker, sawa_checker, sawa_reader;
GRANT SELECT ON statement_proposal, statement_decision
    TO sawa_statement, sawa_maker, sawa_checker, sawa_reader;
GRANT INSERT (action, statement_id, code, account_id, reason, proposed_by, commit_id)
    ON statement_proposal TO sawa_maker;
GRANT INSERT (proposal_id, decision, maker, proposed_by, decided_by, reason, commit_id)
    ON statement_decision TO sawa_maker, sawa_checker;
GRANT UPDATE (state, account_id, loaded_count) ON statement TO sawa_checker;
GRANT INSERT ON finding TO sawa_checker;

RESET ROLE;
COMMIT;
