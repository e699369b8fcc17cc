-- Installed once into the scratch database by tests/sql/run: pgTAP and three words of our own, in a
-- schema of their own, so that the privileges of schema sawa stay what the changes made them.

CREATE SCHEMA tap;
GRANT USAGE ON SCHEMA tap TO PUBLIC;
CREATE EXTENSION pgtap SCHEMA tap;

-- What a statement does to a role, undone again: its SQLSTATE (00000: accepted) and the constraint,
-- by the name it has on the parent where a partition's twin was hit.
CREATE FUNCTION tap.attempt(as_role name, statement text, OUT state text, OUT broken text)
    LANGUAGE plpgsql AS $$
DECLARE
    hit_table text;
BEGIN
    EXECUTE format('SET LOCAL ROLE %I', as_role);
    EXECUTE statement;
    SET CONSTRAINTS ALL IMMEDIATE;
    RAISE SQLSTATE 'ZZ000';
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, broken = CONSTRAINT_NAME,
                            hit_table = TABLE_NAME;
    IF state = 'ZZ000' THEN
        state := '00000';
    END IF;
    SELECT parent.conname INTO broken
      FROM (SELECT 1) AS one
      LEFT JOIN pg_constraint AS child
             ON child.conname = broken
            AND child.conrelid = to_regclass('sawa.' || nullif(hit_table, ''))
      LEFT JOIN pg_constraint AS twin ON twin.oid = child.conparentid
     CROSS JOIN LATERAL (SELECT coalesce(twin.conname, broken)) AS parent (conname);
END
$$;

-- refuses('i4_batch_moves_on', '23514', why, statement): the constraint refuses even the owner.
CREATE FUNCTION tap.refuses(broken text, state text, why text, statement text) RETURNS text
    LANGUAGE sql AS $$
    SELECT tap.is(attempt.broken || ' ' || attempt.state, $1 || ' ' || $2, $1 || ': ' || $3)
      FROM tap.attempt('sawa_owner', $4) AS attempt
$$;

CREATE FUNCTION tap.denies(as_role name, what text, statement text) RETURNS text
    LANGUAGE sql AS $$
    SELECT tap.is(attempt.state, '42501', as_role || ' may not ' || what)
      FROM tap.attempt(as_role, statement) AS attempt
$$;

CREATE FUNCTION tap.allows(as_role name, what text, statement text) RETURNS text
    LANGUAGE sql AS $$
    SELECT tap.is(attempt.state, '00000', as_role || ' may ' || what)
      FROM tap.attempt(as_role, statement) AS attempt
$$;

-- The statement that inserts a row of the fixture once more, with some columns changed.
CREATE FUNCTION tap.variant(of_table text, changed jsonb DEFAULT '{}') RETURNS text
    LANGUAGE sql AS $$
    SELECT format('INSERT INTO %1$I OVERRIDING SYSTEM VALUE'
                  ' SELECT (jsonb_populate_record(base, %2$L)).* FROM %1$I AS base LIMIT 1',
                  of_table, changed)
$$;
