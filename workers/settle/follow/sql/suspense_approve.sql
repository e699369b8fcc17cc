-- A second person answers for how an amount is cleared: so much less is left.
--   $1 clearing_id bigint, $2 digest bytea, $3 maker text, $4 proposed_by text,
--   $5 approved_by text, $6 commit_id bigint
INSERT INTO suspense_clearing_approval (clearing_id, digest, maker, proposed_by, approved_by,
                                        commit_id)
VALUES ($1::bigint, $2::bytea, $3::text, $4::text, $5::text, $6::bigint);
