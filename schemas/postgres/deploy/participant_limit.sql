-- Deploy sawa:participant_limit to pg
-- requires: net_carry
-- What single participants of a corridor are held to: caps of their net debit, and who settles for
-- whom. A window whose net debit passes a cap is held; two people may let it pass, once.

BEGIN;
SET ROLE sawa_owner;
SET search_path = sawa;

-- ---- the book ----

-- A participant of a corridor version that is not as the others. No row: no limits, and it settles
-- for itself.
CREATE TABLE corridor_member (
    corridor_id         integer NOT NULL,
    version             integer NOT NULL,
    participant_id      integer NOT NULL,
    net_debit_cap_minor bigint  CHECK (net_debit_cap_minor >= 0), -- null: none
    is_prefunded        boolean NOT NULL,
    settles_through_id  integer, -- null: itself
    CONSTRAINT who_settles_is_somebody_else CHECK (settles_through_id <> participant_id),
    CONSTRAINT limits_are_of_who_settles
        CHECK (settles_through_id IS NULL OR (net_debit_cap_minor IS NULL AND NOT is_prefunded)),
    PRIMARY KEY (corridor_id, version, participant_id),
    FOREIGN KEY (corridor_id, version, participant_id)
        REFERENCES corridor_participant (corridor_id, version, participant_id),
    CONSTRAINT who_settles_takes_part
        FOREIGN KEY (corridor_id, version, settles_through_id)
        REFERENCES corridor_participant (corridor_id, version, participant_id)
);

CREATE FUNCTION corridor_member_guard() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = sawa, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM added
                 JOIN corridor USING (corridor_id, version)
                 JOIN corridor_member AS member USING (corridor_id, version)
                 LEFT JOIN corridor_member AS head
                   ON head.corridor_id = member.corridor_id AND head.version = member.version
                  AND head.participant_id = member.settles_through_id
                WHERE member.settles_through_id IS NOT NULL
                  AND (head.settles_through_id IS NOT NULL OR corridor.model <> 'MULTILATERAL'))
    THEN
        RAISE EXCEPTION 'who settles for others settles for itself, in a multilateral corridor'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'groups_are_of_one_level',
                  TABLE = 'corridor_member';
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER groups_are_of_one_level AFTER INSERT ON corridor_member
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION corridor_member_guard();
CREATE TRIGGER the_book_changes_by_approval BEFORE INSERT ON corridor_member
    FOR EACH ROW EXECUTE FUNCTION corridor_book_guard();
CREATE TRIGGER corridor_members_are_immutable
    BEFORE UPDATE OR DELETE OR TRUNCATE ON corridor_member
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- ---- groups ----

-- What a member of a group handed over to the participant that settles for it: its own net, with
-- what was carried to it. The books move it between their two obligation accounts.
CREATE TABLE group_net (
    window_id      bigint  NOT NULL REFERENCES settlement_window,
    participant_id integer NOT NULL REFERENCES participant,
    through_id     integer NOT NULL REFERENCES participant,
    net_minor      bigint  NOT NULL CHECK (net_minor <> 0), -- positive: the member is owed
    currency       char(3) NOT NULL,
    commit_id      bigint  NOT NULL REFERENCES commit_log,
    CONSTRAINT i3_handed_over_once PRIMARY KEY (window_id, participant_id),
    CONSTRAINT handed_to_somebody_else CHECK (through_id <> participant_id)
);
CREATE TRIGGER group_nets_are_immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON group_net
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- ---- beyond a cap, by two people ----

CREATE TABLE cap_exception (
    exception_id   bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    window_id      bigint      NOT NULL REFERENCES settlement_window,
    participant_id integer     NOT NULL REFERENCES participant,
    cap_minor      bigint      NOT NULL CHECK (cap_minor > 0), -- of this window alone
    reason         text        NOT NULL,
    maker          text        NOT NULL DEFAULT session_user,
    proposed_by    text        NOT NULL DEFAULT '', -- the person, where a login is shared
    proposed_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
    approve_until  timestamptz NOT NULL DEFAULT clock_timestamp() + interval '24 hours',
    commit_id      bigint      NOT NULL REFERENCES commit_log,
    CONSTRAINT exception_gives_a_reason CHECK (reason ~ '\S'),
    CONSTRAINT maker_of_an_exception
        UNIQUE (exception_id, window_id, participant_id, cap_minor, maker, proposed_by)
);
CREATE INDEX cap_exception_window ON cap_exception (window_id);

-- The approval repeats what it is about: that is what a second person lets pass.
CREATE TABLE cap_exception_approval (
    exception_id   bigint      PRIMARY KEY,
    window_id      bigint      NOT NULL,
    participant_id integer     NOT NULL,
    cap_minor      bigint      NOT NULL,
    maker          text        NOT NULL,
    proposed_by    text        NOT NULL,
    checker        text        NOT NULL DEFAULT session_user,
    approved_by    text        NOT NULL DEFAULT '',
    approved_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
    commit_id      bigint      NOT NULL REFERENCES commit_log,
    CONSTRAINT who_asks_for_more_does_not_approve
        CHECK (maker <> checker AND (proposed_by = '' OR proposed_by <> approved_by)),
    CONSTRAINT approved_is_what_was_asked_for
        FOREIGN KEY (exception_id, window_id, participant_id, cap_minor, maker, proposed_by)
        REFERENCES cap_exception (exception_id, window_id, participant_id, cap_minor, maker,
                                  proposed_by)
);
CREATE INDEX cap_exception_approval_window ON cap_exception_approval (window_id);

CREATE FUNCTION cap_exception_approval_guard() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = sawa, pg_temp AS $$
BEGIN
    IF clock_timestamp() > (SELECT approve_until FROM cap_exception
                             WHERE exception_id = NEW.exception_id) THEN
        RAISE EXCEPTION 'the time to approve this is over'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'exception_is_approved_in_time',
                  TABLE = 'cap_exception_approval';
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER exception_is_approved_in_time AFTER INSERT ON cap_exception_approval
    FOR EACH ROW EXECUTE FUNCTION cap_exception_approval_guard();
CREATE TRIGGER exceptions_are_immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON cap_exception
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER exception_approvals_are_immutable
    BEFORE UPDATE OR DELETE OR TRUNCATE ON cap_exception_approval
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- ---- who may what ----

GRANT SELECT ON corridor_member TO sawa_program;
GRANT INSERT ON corridor_member TO sawa_corridor;
GRANT SELECT, INSERT ON group_net TO sawa_settle;
GRANT SELECT ON group_net TO sawa_reconcile, sawa_report, sawa_maker, sawa_checker, sawa_reader;
GRANT SELECT ON cap_exception, cap_exception_approval
    TO sawa_settle, sawa_maker, sawa_checker, sawa_reader;
GRANT INSERT (window_id, participant_id, cap_minor, reason, proposed_by, commit_id)
    ON cap_exception TO sawa_maker, sawa_checker;
GRANT INSERT (exception_id, window_id, participant_id, cap_minor, maker, proposed_by, approved_by,
              commit_id)
    ON cap_exception_approval TO sawa_checker;

RESET ROLE;
COMMIT;
