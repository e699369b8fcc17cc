-- What two people placed, or gave back, in a commit?
--   $1 commit_id bigint
SELECT participant.code, placed.amount_minor, placed.value_date, placed.reference, placed.reason,
       placed.maker, placed.proposed_by, approval.checker, approval.approved_by
  FROM prefunding_approval AS approval
  JOIN prefunding AS placed USING (prefunding_id)
  JOIN participant ON participant.participant_id = placed.participant_id
 WHERE approval.commit_id = $1::bigint;
