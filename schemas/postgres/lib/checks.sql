-- What the verify scripts ask; included by \ir, gone with its session. Each raises and names
-- everything that is missing.

CREATE FUNCTION pg_temp.complain(what text, missing text[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF cardinality(missing) > 0 THEN
        RAISE EXCEPTION 'missing %: %', what, array_to_string(missing, ', ')
            USING ERRCODE = 'undefined_object';
    END IF;
END
$$;

-- Tables and views, all owned by sawa_owner.
CREATE PROCEDURE pg_temp.need_tables(VARIADIC names text[]) LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_temp.complain('tables of sawa_owner', ARRAY(
        SELECT name FROM unnest(names) AS name
         WHERE NOT EXISTS (SELECT FROM pg_class
                            WHERE oid = to_regclass('sawa.' || name)
                              AND pg_get_userbyid(relowner) = 'sawa_owner')));
END
$$;

-- Constraints, and triggers that stand for one; validated and enabled.
CREATE PROCEDURE pg_temp.need_constraints(of_table text, VARIADIC names text[])
    LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_temp.complain('constraints of ' || of_table, ARRAY(
        SELECT name FROM unnest(names) AS name
         WHERE NOT EXISTS (SELECT FROM pg_constraint
                            WHERE conrelid = to_regclass('sawa.' || of_table)
                              AND conname = name AND convalidated)
           AND NOT EXISTS (SELECT FROM pg_trigger
                            WHERE tgrelid = to_regclass('sawa.' || of_table)
                              AND tgname = name AND tgenabled IN ('O', 'A'))));
END
$$;

CREATE PROCEDURE pg_temp.need_indexes(of_table text, VARIADIC names text[]) LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_temp.complain('indexes of ' || of_table, ARRAY(
        SELECT name FROM unnest(names) AS name
         WHERE NOT EXISTS (SELECT FROM pg_index
                            WHERE indrelid = to_regclass('sawa.' || of_table)
                              AND indexrelid = to_regclass('sawa.' || name) AND indisvalid)));
END
$$;

-- privileges: 'SELECT, INSERT', or with columns 'UPDATE (state, changed_at)'.
CREATE PROCEDURE pg_temp.need_grant(to_role text, privileges text, VARIADIC on_tables text[])
    LANGUAGE plpgsql AS $$
DECLARE
    verb text := btrim(split_part(privileges, '(', 1));
    columns text := nullif(btrim(split_part(privileges, '(', 2), ') '), '');
BEGIN
    PERFORM pg_temp.complain(format('grants to %s', to_role), ARRAY(
        SELECT format('%s on %s%s', one, on_table, '(' || col || ')')
          FROM unnest(on_tables) AS on_table,
               regexp_split_to_table(verb, ',\s*') AS one,
               regexp_split_to_table(coalesce(columns, '*'), ',\s*') AS col
         WHERE NOT CASE WHEN columns IS NULL
                        THEN has_table_privilege(to_role, 'sawa.' || on_table, one)
                        ELSE has_column_privilege(to_role, 'sawa.' || on_table, col, one) END));
END
$$;
