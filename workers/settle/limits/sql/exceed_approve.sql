-- A second person lets a net debit pass its cap, in one window.
--   $1 exception_id bigint, $2 window_id bigint, $3 participant_id integer, $4 cap_minor bigint,
--   $5 maker text, $6 proposed_by text, $7 approved_by text, $8 commit_id bigint
INSERT INTO cap_exception_approval (exception_id, window_id, participant_id, cap_minor, maker,
                                    proposed_by, approved_by, commit_id)
VALUES ($1::bigint, $2::bigint, $3::integer, $4::bigint, $5::text, $6::text, $7::text, $8::bigint);
