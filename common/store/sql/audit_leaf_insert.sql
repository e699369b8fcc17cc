-- Append the pending audit leaf of a business transaction.
--   $1 commit_id bigint, $2 leaf bytea, $3 leaf_hash bytea
INSERT INTO audit_leaf (commit_id, leaf, leaf_hash)
VALUES ($1::bigint, $2::bytea, $3::bytea);
