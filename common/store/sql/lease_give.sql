-- Give these leases of ours up: whoever is below its share takes them.
--   $1 cluster_id text   $2 topic text   $3 member_id uuid   $4 partitions integer[]
UPDATE partition_lease
   SET member_id = NULL
 WHERE cluster_id = $1::text AND topic = $2::text
   AND member_id = $3::uuid AND partition = ANY ($4::integer[]);
