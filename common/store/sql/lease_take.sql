-- Take some of these leases, the lowest first: those whose holder is the one that was seen, nobody
-- or somebody whose time is over. What another worker takes at this moment is passed over.
--   $1 cluster_id text        $2 topic text             $3 member_id uuid
--   $4 partitions integer[]   $5 seen_holders uuid[] (all zero: nobody)   $6 wanted integer
WITH free AS (
    SELECT lease.partition
      FROM partition_lease AS lease
      JOIN unnest($4::integer[], $5::uuid[]) AS seen (partition, member_id)
        ON seen.partition = lease.partition
     WHERE lease.cluster_id = $1::text AND lease.topic = $2::text
       AND lease.member_id IS NOT DISTINCT FROM
           nullif(seen.member_id, '00000000-0000-0000-0000-000000000000')
       AND NOT EXISTS (SELECT FROM lease_member AS holder
                        WHERE holder.cluster_id = $1::text AND holder.topic = $2::text
                          AND holder.member_id = lease.member_id
                          AND holder.expires_at > clock_timestamp())
     ORDER BY lease.partition
     LIMIT $6::integer
       FOR UPDATE OF lease SKIP LOCKED
)
UPDATE partition_lease AS lease
   SET member_id = $3::uuid, taken_at = clock_timestamp()
  FROM free
 WHERE lease.cluster_id = $1::text AND lease.topic = $2::text
   AND lease.partition = free.partition
RETURNING lease.partition;
