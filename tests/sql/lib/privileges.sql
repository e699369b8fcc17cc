-- Who may do what in this database, as granted: role, object, privileges. The owner's own rights
-- and the schema of the tests are left out; a grant on a partition would show, and be wrong.
CREATE TEMPORARY VIEW held AS
WITH grants (role_id, object, privilege, owner_id) AS (
    SELECT acl.grantee, c.relname::text, acl.privilege_type, c.relowner
      FROM pg_class AS c, aclexplode(c.relacl) AS acl
     WHERE c.relnamespace = 'sawa'::regnamespace
    UNION ALL
    SELECT acl.grantee, c.relname::text,
           acl.privilege_type || ' (' || string_agg(a.attname, ', ' ORDER BY a.attnum) || ')',
           c.relowner
      FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid, aclexplode(a.attacl) AS acl
     WHERE c.relnamespace = 'sawa'::regnamespace
     GROUP BY acl.grantee, c.relname, acl.privilege_type, c.relowner
    UNION ALL
    SELECT acl.grantee, p.oid::regprocedure::text, acl.privilege_type, p.proowner
      FROM pg_proc AS p, aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) AS acl
     WHERE p.pronamespace = 'sawa'::regnamespace
    UNION ALL
    SELECT acl.grantee, 'schema ' || n.nspname, acl.privilege_type, n.nspowner
      FROM pg_namespace AS n, aclexplode(n.nspacl) AS acl
     WHERE n.nspname IN ('sawa', 'sqitch')
    UNION ALL
    SELECT acl.grantee, 'sqitch.' || c.relname, acl.privilege_type, c.relowner
      FROM pg_class AS c, aclexplode(c.relacl) AS acl
     WHERE c.relnamespace = to_regnamespace('sqitch')
    UNION ALL
    SELECT acl.grantee, 'database', acl.privilege_type, d.datdba
      FROM pg_database AS d, aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) AS acl
     WHERE d.datname = current_database()
    UNION ALL
    SELECT m.member, 'role ' || m.roleid::regrole, 'MEMBER', m.roleid
      FROM pg_auth_members AS m JOIN pg_roles AS member ON member.oid = m.member
     WHERE m.roleid::regrole::text ~ '^sawa_' AND member.rolname ~ '^sawa_'
)
SELECT CASE role_id WHEN 0 THEN 'PUBLIC' ELSE pg_get_userbyid(role_id)::text END AS role,
       object,
       string_agg(DISTINCT privilege COLLATE "C", ', ' ORDER BY privilege COLLATE "C") AS privileges
  FROM grants
 WHERE role_id <> owner_id
 GROUP BY role_id, object;
