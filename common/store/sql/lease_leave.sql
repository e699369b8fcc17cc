-- We go: nobody needs to wait for our time to pass.
--   $1 cluster_id text   $2 topic text   $3 member_id uuid
WITH given AS (
    UPDATE partition_lease
       SET member_id = NULL
     WHERE cluster_id = $1::text AND topic = $2::text AND member_id = $3::uuid
)
DELETE FROM lease_member
 WHERE cluster_id = $1::text AND topic = $2::text AND member_id = $3::uuid;
