-- What was settled outside and stood uncleared at the end of a day, and since when? Clearings count
-- from the day they were booked on.
--   $1 until date, $2 currency text (null: all)
SELECT item.booked_on, least($1::date, current_date) - item.booked_on AS days, item.participant,
       item.direction, item.currency, item.amount_minor,
       item.amount_minor - coalesce(cleared.minor, 0) AS left_minor, item.instruction_id,
       item.window_id, item.reason
  FROM suspense_item AS item
  LEFT JOIN LATERAL (SELECT sum(asked.amount_minor)::bigint AS minor
                       FROM suspense_clearing AS asked
                       JOIN suspense_clearing_approval AS approval USING (clearing_id)
                      WHERE asked.instruction_id = item.instruction_id
                        AND approval.booked_on <= $1::date) AS cleared ON true
 WHERE item.booked_on <= $1::date AND ($2::text IS NULL OR item.currency = $2::text)
   AND item.amount_minor > coalesce(cleared.minor, 0)
 ORDER BY item.booked_on, item.since, item.instruction_id;
