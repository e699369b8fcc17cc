-- These breaks are called otherwise now, or have other candidates.
--   $1 break_id bigint[], $2 type text[], $3 digest uuid[]
UPDATE break_item SET type = one.type, digest = one.digest
  FROM unnest($1::bigint[], $2::text[], $3::uuid[]) AS one (break_id, type, digest)
 WHERE break_item.break_id = one.break_id;
