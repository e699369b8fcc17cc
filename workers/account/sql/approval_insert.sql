-- A second person approves exactly what was proposed.
--   $1 opening_id, $2 account_id, $3 digest, $4 maker, $5 proposed_by, $6 approved_by, $7 commit_id
INSERT INTO account_opening_approval (opening_id, account_id, digest, maker, proposed_by,
                                      approved_by, commit_id)
VALUES ($1::bigint, $2::integer, $3::bytea, $4::text, $5::text, $6::text, $7::bigint);
