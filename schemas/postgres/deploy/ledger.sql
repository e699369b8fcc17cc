-- Deploy sawa:ledger to pg
-- requires: payment_file
-- The ledger as finance reads it: the chart of accounts, the trial balance and its digest, and
-- accounting periods that close by two people.

BEGIN;
SET ROLE sawa_owner;
SET search_path = sawa;

-- ---- what is read ----

-- On which side an account of a kind grows. EITHER: both are ordinary. A kind without a row is
-- shown as EITHER.
CREATE TABLE account_kind (
    kind        text PRIMARY KEY,
    normal_side text NOT NULL CHECK (normal_side IN ('DEBIT', 'CREDIT', 'EITHER')),
    meaning     text NOT NULL
);
INSERT INTO account_kind
VALUES ('NOSTRO', 'DEBIT', 'our account at a bank'),
       ('OBLIGATION', 'EITHER', 'what a participant owes (debit) or is owed (credit)'),
       ('OPENING', 'CREDIT', 'the other side of opening balances'),
       ('FEE_INCOME', 'CREDIT', 'fees that were earned'),
       ('TAX_PAYABLE', 'CREDIT', 'tax that is owed to an authority');

CREATE VIEW chart_of_accounts AS
    SELECT account_id, account.code, kind, coalesce(account_kind.normal_side, 'EITHER')
               AS normal_side,
           currency, participant_id, participant.code AS participant,
           coalesce(account_kind.meaning, '') AS meaning
      FROM account
      LEFT JOIN account_kind USING (kind)
      LEFT JOIN participant USING (participant_id);

-- Where the raw records of a batch are: in the database, in a file, or nowhere any more. The day
-- they were stored is that of their commit; a batch that met midnight may have the next.
CREATE VIEW batch_place AS
    SELECT batch_id, batch.commit_id, batch.source_id, source.kind, source.cluster_id,
           source.topic, source.generation, batch.partition, batch.first_offset,
           batch.next_offset, batch.record_count, batch.applied_count, batch.records_root,
           coalesce(raw.stored_on, committed.day) AS raw_day,
           CASE WHEN raw.stored_on IS NOT NULL THEN 'database'
                WHEN file.name IS NOT NULL THEN 'archive'
                WHEN batch.record_count = 0 THEN 'none'
                ELSE 'let go' END AS raw_state,
           file.name AS archive_name
      FROM batch
      JOIN source USING (source_id)
      JOIN commit_log USING (commit_id)
     CROSS JOIN LATERAL (SELECT (committed_at AT TIME ZONE 'UTC')::date AS day) AS committed
      LEFT JOIN LATERAL (SELECT stored_on FROM batch_raw
                          WHERE batch_raw.batch_id = batch.batch_id
                            AND stored_on BETWEEN committed.day - 1 AND committed.day + 1
                          LIMIT 1) AS raw ON true
      LEFT JOIN LATERAL (SELECT name FROM archive_file
                          WHERE archive_file.day = coalesce(raw.stored_on, committed.day)
                          ORDER BY number DESC LIMIT 1) AS file ON true;

-- Per account: the balance before from_date (debits less credits; from_date null: none), and what
-- was debited and credited from then up to the end of until_date. Each side is added up before it
-- meets the chart: the cost is one look at the entries per side. A posting on an account that is
-- not there stands alone, so that totals show it.
CREATE FUNCTION trial_balance(from_date date, until_date date, OUT account_id integer,
                              OUT code text, OUT kind text, OUT normal_side text,
                              OUT currency text, OUT opening_minor bigint, OUT debit_minor bigint,
                              OUT credit_minor bigint) RETURNS SETOF record
    LANGUAGE sql STABLE SET search_path = sawa, pg_temp AS $$
    WITH side AS (
        SELECT debit_account_id AS account_id,
               sum(amount_minor) FILTER (WHERE booking_date < from_date) AS opening,
               sum(amount_minor) FILTER (WHERE from_date IS NULL OR booking_date >= from_date)
                   AS debit,
               0::numeric AS credit
          FROM journal_entry
         WHERE booking_date <= until_date
         GROUP BY debit_account_id
        UNION ALL
        SELECT credit_account_id,
               -sum(amount_minor) FILTER (WHERE booking_date < from_date),
               0,
               sum(amount_minor) FILTER (WHERE from_date IS NULL OR booking_date >= from_date)
          FROM journal_entry
         WHERE booking_date <= until_date
         GROUP BY credit_account_id
    ), both_sides AS (
        SELECT side.account_id, coalesce(sum(opening), 0)::bigint AS opening,
               coalesce(sum(debit), 0)::bigint AS debit,
               coalesce(sum(credit), 0)::bigint AS credit
          FROM side
         GROUP BY side.account_id
    )
    SELECT both_sides.account_id, coalesce(chart.code, '?' || both_sides.account_id),
           coalesce(chart.kind, '?'), coalesce(chart.normal_side, 'EITHER'),
           coalesce(chart.currency, '???')::text, opening, debit, credit
      FROM both_sides
      LEFT JOIN chart_of_accounts AS chart ON chart.account_id = both_sides.account_id
$$;

-- What a person approves who closes a period: SHA-256 of UTF-8 lines, the first two
-- "sawa trial balance 1" and the date, then for each account with postings up to its end, in
-- order of currency and code, bytewise: currency TAB code TAB debits TAB credits, in minor units
-- since the books began. Each line ends with LF.
CREATE FUNCTION trial_balance_digest(until_date date) RETURNS bytea
    LANGUAGE sql STABLE SET search_path = sawa, pg_temp AS $$
    SELECT sha256(convert_to(
               'sawa trial balance 1' || chr(10) || to_char(until_date, 'YYYY-MM-DD') || chr(10)
               || coalesce(string_agg(concat_ws(chr(9), currency, code, debit_minor, credit_minor)
                                      || chr(10), ''
                                      ORDER BY currency COLLATE "C", code COLLATE "C"), ''),
               'UTF8'))
      FROM trial_balance(NULL, until_date)
$$;

-- ---- periods ----

-- A proposal to close what is open up to a day, or to open the last period again. The maker is who
-- is logged in: nobody can propose in another's name. At most one stands at a time; the next
-- replaces it. A trigger fills digest and expires_at.
CREATE TABLE period_proposal (
    proposal_id bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    action      text        NOT NULL CHECK (action IN ('CLOSE', 'REOPEN')),
    last_date   date        NOT NULL CHECK (isfinite(last_date)),
    digest      bytea       NOT NULL CHECK (octet_length(digest) = 32),
    reason      text        NOT NULL DEFAULT '',
    valid_hours integer     NOT NULL,
    maker       text        NOT NULL DEFAULT session_user,
    proposed_by text        NOT NULL DEFAULT '', -- who said so, where a login is shared
    proposed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    expires_at  timestamptz NOT NULL,
    state       text        NOT NULL DEFAULT 'PROPOSED'
                            CHECK (state IN ('PROPOSED', 'APPROVED', 'REJECTED', 'REPLACED')),
    commit_id   bigint      NOT NULL REFERENCES commit_log,
    CONSTRAINT reopening_has_a_reason CHECK (action = 'CLOSE' OR reason ~ '\S'),
    CONSTRAINT proposal_expires CHECK (valid_hours BETWEEN 1 AND 336)
);
CREATE UNIQUE INDEX one_proposal_stands ON period_proposal ((true)) WHERE state = 'PROPOSED';

-- What a second person said about exactly that balance.
CREATE TABLE period_decision (
    proposal_id bigint      PRIMARY KEY REFERENCES period_proposal,
    verdict     text        NOT NULL CHECK (verdict IN ('APPROVED', 'REJECTED')),
    digest      bytea       NOT NULL,
    reason      text        NOT NULL DEFAULT '',
    checker     text        NOT NULL DEFAULT session_user,
    decided_by  text        NOT NULL DEFAULT '',
    decided_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    commit_id   bigint      NOT NULL REFERENCES commit_log
);

-- The days after after_date up to last_date; the first period reaches back without end. The two
-- constraints make one chain of them: no gap, no overlap. A row comes with its first closing; what
-- follows the last row is open.
CREATE TABLE accounting_period (
    last_date   date   PRIMARY KEY,
    after_date  date,
    state       text   NOT NULL CHECK (state IN ('CLOSED', 'REOPENED')),
    digest      bytea  NOT NULL, -- of the balance that was approved at its last closing
    proposal_id bigint NOT NULL REFERENCES period_proposal, -- by which it came into its state
    CONSTRAINT period_has_days CHECK (after_date < last_date),
    CONSTRAINT period_follows_another FOREIGN KEY (after_date) REFERENCES accounting_period,
    CONSTRAINT one_period_follows_another UNIQUE NULLS NOT DISTINCT (after_date)
);

CREATE FUNCTION period_refuse(constraint_name text, table_name text, said text) RETURNS void
    LANGUAGE plpgsql SET search_path = sawa, pg_temp AS $$
BEGIN
    RAISE EXCEPTION '%', said
        USING ERRCODE = 'check_violation', CONSTRAINT = constraint_name, TABLE = table_name;
END
$$;

-- Whoever looks behind a lock must see what was committed before it was given.
CREATE FUNCTION books_need_read_committed() RETURNS void
    LANGUAGE plpgsql SET search_path = sawa, pg_temp AS $$
BEGIN
    IF current_setting('transaction_isolation') <> 'read committed' THEN
        RAISE EXCEPTION 'the books are written in transactions that are READ COMMITTED'
            USING ERRCODE = 'invalid_transaction_state';
    END IF;
END
$$;

-- Lets a transaction in that writes something dated first_date or later, unless that day is closed:
-- then it is refused in the name of guard, the trigger that asks. Two advisory locks,
-- (1112493899, 1) and (1112493899, 2), held to its end:
--
--              whoever writes to the books     a proposal      an approval to close
--   lock 1     shared                          exclusive       -
--   lock 2     shared, for days up to that     -               exclusive
--              of the standing proposal
--
-- While a writer is under way no proposal can come, so it knows which day stands to be closed. An
-- approval waits for writers of such days, then counts what they wrote; who comes later waits for
-- it, then finds the day closed. Writers of later days, the stream's, never wait for it.
CREATE FUNCTION books_enter(first_date date, guard name) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = sawa, pg_temp AS $$
DECLARE
    closing date;
    closed date;
BEGIN
    PERFORM books_need_read_committed();
    PERFORM pg_advisory_xact_lock_shared(1112493899, 1);
    SELECT last_date INTO closing
      FROM period_proposal WHERE state = 'PROPOSED' AND action = 'CLOSE';
    IF first_date <= closing THEN
        PERFORM pg_advisory_xact_lock_shared(1112493899, 2);
    END IF;
    SELECT max(last_date) INTO closed FROM accounting_period WHERE state = 'CLOSED';
    IF first_date <= closed THEN
        RAISE EXCEPTION 'the books are closed up to %, this is of %', closed, first_date
            USING ERRCODE = 'object_not_in_prerequisite_state',
                  CONSTRAINT = guard, TABLE = 'accounting_period',
                  HINT = 'book it in the open period, or let two people reopen the last one';
    END IF;
END
$$;

-- One look per statement, whatever it inserts.
CREATE FUNCTION journal_period_guard() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = sawa, pg_temp AS $$
DECLARE
    first_date date;
BEGIN
    SELECT min(booking_date) INTO first_date FROM added;
    IF first_date IS NOT NULL THEN
        PERFORM books_enter(first_date, TG_NAME);
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER closed_periods_take_no_entry AFTER INSERT ON journal_entry
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION journal_period_guard();

-- A window books on its business date when it closes: none is opened, or opened again, where that
-- will be refused.
CREATE FUNCTION window_period_guard() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = sawa, pg_temp AS $$
BEGIN
    PERFORM books_enter(NEW.business_date, TG_NAME);
    RETURN NULL;
END
$$;
CREATE TRIGGER closed_periods_take_no_window AFTER INSERT ON settlement_window
    FOR EACH ROW EXECUTE FUNCTION window_period_guard();
CREATE TRIGGER closed_periods_reopen_no_window AFTER UPDATE ON settlement_window
    FOR EACH ROW WHEN (NEW.state = 'REOPENED' AND OLD.state <> 'REOPENED')
    EXECUTE FUNCTION window_period_guard();

-- What entries the days up to until_date can still get in the normal course: one row per reason,
-- none where they may close. The stream books on the UTC day of its worker's clock: an hour is left
-- to clocks that differ. A close books on the business date of its window.
CREATE FUNCTION period_obstacles(until_date date, OUT obstacle text, OUT held_by bigint,
                                 OUT example text) RETURNS SETOF record
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = sawa, pg_temp AS $$
    SELECT 'period_is_not_over', 1::bigint,
           'until ' || to_char(until_date + 1, 'YYYY-MM-DD') || ' 01:00 UTC'
     WHERE clock_timestamp() < (until_date + 1)::timestamp AT TIME ZONE 'UTC' + interval '1 hour'
    UNION ALL
    SELECT 'windows_are_not_closed', count(*),
           (array_agg(corridor.code || ' ' || to_char(business_date, 'YYYY-MM-DD') || '/'
                      || sequence || ' ' || state
                      ORDER BY business_date, corridor.code, sequence))[1]
      FROM settlement_window AS w
      JOIN corridor ON corridor.corridor_id = w.corridor_id
                   AND corridor.version = w.corridor_version
     WHERE business_date <= until_date AND state IN ('OPEN', 'CLOSING', 'HELD', 'REOPENED')
    HAVING count(*) > 0
$$;

CREATE FUNCTION period_obstacles_refuse(until_date date) RETURNS void
    LANGUAGE plpgsql SET search_path = sawa, pg_temp AS $$
DECLARE
    held record;
BEGIN
    FOR held IN SELECT * FROM period_obstacles(until_date) LOOP
        PERFORM period_refuse(CASE held.obstacle WHEN 'period_is_not_over'
                                   THEN 'a_period_closes_when_it_is_over'
                                   ELSE 'a_period_closes_after_its_windows' END,
                              'period_proposal',
                              format('the books cannot close up to %s: %s', until_date,
                                     held.obstacle));
    END LOOP;
END
$$;

-- Closing follows the chain; only its last period opens again.
CREATE FUNCTION period_order_refuse(action text, last_date date) RETURNS void
    LANGUAGE plpgsql SET search_path = sawa, pg_temp AS $$
DECLARE
    newest record;
BEGIN
    SELECT period.last_date, period.state INTO newest
      FROM accounting_period AS period ORDER BY period.last_date DESC LIMIT 1;
    IF (action = 'CLOSE' AND newest.state = 'REOPENED' AND last_date <> newest.last_date)
       OR (action = 'CLOSE' AND newest.state = 'CLOSED' AND last_date <= newest.last_date) THEN
        PERFORM period_refuse('periods_close_in_order', 'period_proposal',
                              'a period closes once, after the one before it');
    END IF;
    IF action = 'REOPEN' AND (last_date, 'CLOSED') IS DISTINCT FROM
                             (newest.last_date, newest.state) THEN
        PERFORM period_refuse('the_last_period_reopens', 'period_proposal',
                              'only the last closed period can be opened again');
    END IF;
END
$$;

-- The digest is computed before lock 1 is asked for: nobody waits for it. It is computed again
-- when it is approved. What stands is replaced before the lock, so that no writer waits for an
-- approval of it, and once more behind it: another proposal may have come first.
CREATE FUNCTION period_proposal_enter() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = sawa, pg_temp AS $$
BEGIN
    PERFORM books_need_read_committed();
    NEW.digest := trial_balance_digest(NEW.last_date);
    NEW.expires_at := NEW.proposed_at + make_interval(hours => NEW.valid_hours);
    UPDATE period_proposal SET state = 'REPLACED' WHERE state = 'PROPOSED';
    PERFORM pg_advisory_xact_lock(1112493899, 1);
    UPDATE period_proposal SET state = 'REPLACED' WHERE state = 'PROPOSED';
    PERFORM period_order_refuse(NEW.action, NEW.last_date);
    IF NEW.action = 'CLOSE' THEN
        PERFORM period_obstacles_refuse(NEW.last_date);
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER a_proposal_replaces_another BEFORE INSERT ON period_proposal
    FOR EACH ROW EXECUTE FUNCTION period_proposal_enter();

-- A proposal moves once, and nothing else of it changes.
CREATE FUNCTION period_proposal_guard() RETURNS trigger
    LANGUAGE plpgsql SET search_path = sawa, pg_temp AS $$
BEGIN
    IF OLD.state <> 'PROPOSED' OR NEW.state = 'PROPOSED'
       OR (NEW.proposal_id, NEW.action, NEW.last_date, NEW.digest, NEW.reason, NEW.valid_hours,
           NEW.maker, NEW.proposed_by, NEW.proposed_at, NEW.expires_at, NEW.commit_id)
          IS DISTINCT FROM
          (OLD.proposal_id, OLD.action, OLD.last_date, OLD.digest, OLD.reason, OLD.valid_hours,
           OLD.maker, OLD.proposed_by, OLD.proposed_at, OLD.expires_at, OLD.commit_id) THEN
        PERFORM period_refuse('a_proposal_moves_once', 'period_proposal',
                              'a proposal is decided once, and as it was made');
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER a_proposal_moves_once BEFORE UPDATE ON period_proposal
    FOR EACH ROW EXECUTE FUNCTION period_proposal_guard();

-- What an approval asks for, in this order: another person, the standing proposal, in time, the
-- digest that was proposed, and the balance still having it while nobody can add to it.
CREATE FUNCTION period_approval_check(proposal period_proposal, decision period_decision)
    RETURNS void LANGUAGE plpgsql SET search_path = sawa, pg_temp AS $$
BEGIN
    IF clock_timestamp() > proposal.expires_at THEN
        PERFORM period_refuse('approval_comes_in_time', 'period_decision',
                              'the time to approve this proposal is over');
    END IF;
    IF decision.digest <> proposal.digest THEN
        PERFORM period_refuse('approved_is_what_was_proposed', 'period_decision',
                              'the approval is about something else than was proposed');
    END IF;
    PERFORM pg_advisory_xact_lock(1112493899, 2);
    PERFORM period_order_refuse(proposal.action, proposal.last_date);
    IF proposal.action = 'CLOSE' THEN
        PERFORM period_obstacles_refuse(proposal.last_date);
    END IF;
    IF trial_balance_digest(proposal.last_date) <> proposal.digest THEN
        PERFORM period_refuse('approved_is_the_balance_as_it_is', 'period_decision',
                              'the balance has changed since it was proposed');
    END IF;
END
$$;

CREATE FUNCTION period_decide() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = sawa, pg_temp AS $$
DECLARE
    proposal period_proposal;
BEGIN
    PERFORM books_need_read_committed();
    SELECT * INTO proposal FROM period_proposal WHERE proposal_id = NEW.proposal_id FOR UPDATE;
    IF proposal.maker = NEW.checker
       OR (proposal.proposed_by <> '' AND proposal.proposed_by = NEW.decided_by) THEN
        PERFORM period_refuse('maker_is_not_checker', 'period_decision',
                              'maker and checker are the same person');
    END IF;
    IF proposal.state <> 'PROPOSED' THEN
        PERFORM period_refuse('decided_is_what_stands', 'period_decision',
                              'the proposal was decided or replaced');
    END IF;
    IF NEW.verdict = 'APPROVED' THEN
        PERFORM period_approval_check(proposal, NEW);
    END IF;
    UPDATE period_proposal SET state = NEW.verdict WHERE proposal_id = NEW.proposal_id;
    IF NEW.verdict = 'APPROVED' AND proposal.action = 'CLOSE' THEN
        INSERT INTO accounting_period (last_date, after_date, state, digest, proposal_id)
        SELECT proposal.last_date, max(period.last_date), 'CLOSED', proposal.digest,
               proposal.proposal_id
          FROM accounting_period AS period
         WHERE period.last_date < proposal.last_date
            ON CONFLICT (last_date) DO UPDATE
           SET state = 'CLOSED', digest = EXCLUDED.digest, proposal_id = EXCLUDED.proposal_id;
    ELSIF NEW.verdict = 'APPROVED' THEN
        UPDATE accounting_period SET state = 'REOPENED', proposal_id = proposal.proposal_id
         WHERE last_date = proposal.last_date;
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER a_period_takes_two_people AFTER INSERT ON period_decision
    FOR EACH ROW EXECUTE FUNCTION period_decide();

-- A period stands where an approved proposal put it.
CREATE FUNCTION accounting_period_guard() RETURNS trigger
    LANGUAGE plpgsql SET search_path = sawa, pg_temp AS $$
BEGIN
    IF (TG_OP = 'UPDATE' AND (NEW.last_date, NEW.after_date) IS DISTINCT FROM
                             (OLD.last_date, OLD.after_date))
       OR NOT EXISTS (SELECT FROM period_proposal AS proposal
                       WHERE proposal.proposal_id = NEW.proposal_id
                         AND proposal.last_date = NEW.last_date AND proposal.state = 'APPROVED'
                         AND (proposal.action = 'CLOSE') = (NEW.state = 'CLOSED')
                         AND (proposal.action = 'REOPEN' OR proposal.digest = NEW.digest)) THEN
        PERFORM period_refuse('periods_move_by_decision', 'accounting_period',
                              'a period moves when a second person approves it');
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER periods_move_by_decision BEFORE INSERT OR UPDATE ON accounting_period
    FOR EACH ROW EXECUTE FUNCTION accounting_period_guard();

CREATE TRIGGER periods_stay BEFORE DELETE OR TRUNCATE ON accounting_period
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER proposals_stay BEFORE DELETE OR TRUNCATE ON period_proposal
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER decisions_are_immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON period_decision
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Maker and checker read what they sign.
GRANT SELECT ON account_kind, chart_of_accounts TO sawa_program;
GRANT SELECT ON batch_place TO sawa_reader;
GRANT SELECT ON journal_entry, posting TO sawa_maker;
GRANT SELECT ON accounting_period, period_proposal, period_decision
    TO sawa_maker, sawa_checker, sawa_reader;
GRANT INSERT (action, last_date, reason, valid_hours, proposed_by, commit_id)
    ON period_proposal TO sawa_maker;
GRANT INSERT (proposal_id, verdict, digest, reason, decided_by, commit_id)
    ON period_decision TO sawa_checker;
GRANT EXECUTE ON FUNCTION trial_balance(date, date), trial_balance_digest(date),
    period_obstacles(date) TO sawa_maker, sawa_checker, sawa_reader;

RESET ROLE;
COMMIT;
