-- The whole privilege matrix, compared with privileges.tsv: a right that is granted or taken away
-- is a line of a review. `tests/sql/run --privileges` prints it anew. Runs in this folder.
\ir lib/begin.sql
\ir lib/privileges.sql

CREATE TEMPORARY TABLE expected (role text, object text, privileges text);
\copy expected FROM 'privileges.tsv' WITH (FORMAT csv, DELIMITER E'\t', HEADER)

SELECT set_eq('SELECT * FROM held', 'SELECT * FROM expected',
    'the rights are those of privileges.tsv');
SELECT is_empty($$SELECT * FROM held WHERE role = 'PUBLIC'$$, 'PUBLIC has none of them');
SELECT is_empty($$SELECT * FROM held WHERE privileges ~ 'DELETE|TRUNCATE|REFERENCES|TRIGGER'
                     AND object NOT IN ('break_candidate', 'lease_member')$$,
    'no program deletes, but for candidates of a break and members that have gone');
SELECT is_empty($$SELECT rolname FROM pg_roles
                   WHERE rolname ~ '^sawa_' AND (rolsuper OR rolcreaterole OR rolcreatedb
                                                 OR rolreplication OR rolbypassrls)$$,
    'no role has a power beyond its grants');
SELECT is_empty($$SELECT relname FROM pg_class
                   WHERE relnamespace = 'sawa'::regnamespace
                     AND pg_get_userbyid(relowner) <> 'sawa_owner'$$,
    'everything belongs to sawa_owner');
-- A body that was parsed when it was made (BEGIN ATOMIC) has no names left to look up.
SELECT is_empty($$SELECT oid::regprocedure FROM pg_proc
                   WHERE pronamespace = 'sawa'::regnamespace
                     AND (pg_get_userbyid(proowner) <> 'sawa_owner'
                          OR (prosqlbody IS NULL
                              AND coalesce(array_to_string(proconfig, ';'), '')
                                  !~ 'search_path=sawa, pg_temp'))$$,
    'every function belongs to sawa_owner and names its search_path, pg_temp last');

SELECT * FROM finish();
ROLLBACK;
