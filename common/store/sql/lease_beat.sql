-- We live for the lease time from now on, by the clock of this server; who else does, and who holds
-- which partition? One row per partition, one per live member that holds none. Members nobody has
-- heard of for an hour are forgotten.
--   $1 cluster_id text   $2 topic text   $3 member_id uuid   $4 worker text   $5 lease_ms bigint
--   $6 partitions integer   $7 rows_max integer
WITH me AS (
    INSERT INTO lease_member (cluster_id, topic, member_id, worker, expires_at)
    VALUES ($1::text, $2::text, $3::uuid, $4::text,
            clock_timestamp() + $5::bigint * interval '1 ms')
    ON CONFLICT (cluster_id, topic, member_id) DO UPDATE SET expires_at = excluded.expires_at
), forgotten AS (
    DELETE FROM lease_member
     WHERE (cluster_id, topic, member_id) IN (
           SELECT cluster_id, topic, member_id
             FROM lease_member
            WHERE cluster_id = $1::text AND topic = $2::text AND member_id <> $3::uuid
              AND expires_at < clock_timestamp() - interval '1 hour'
            ORDER BY expires_at
            LIMIT 100
              FOR UPDATE SKIP LOCKED)
)
SELECT lease.partition, coalesce(lease.member_id, live.member_id) AS member_id,
       live.member_id IS NOT NULL AS is_live
  FROM (SELECT partition, member_id
          FROM partition_lease
         WHERE cluster_id = $1::text AND topic = $2::text AND partition < $6::integer) AS lease
  FULL JOIN (SELECT member_id
               FROM lease_member
              WHERE cluster_id = $1::text AND topic = $2::text
                AND (expires_at > clock_timestamp() OR member_id = $3::uuid)) AS live
    ON live.member_id = lease.member_id
 ORDER BY lease.partition NULLS LAST, live.member_id
 LIMIT $7::integer;
