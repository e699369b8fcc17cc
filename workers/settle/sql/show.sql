-- Windows with what they hold, newest first.
--   $1 state text (null: any), $2 window_id bigint (null: any), $3 limit integer
SELECT w.window_id, corridor.code, w.business_date, w.sequence, w.state,
       coalesce((SELECT 'by hand: ' || hold.reason
                   FROM settlement_hold AS hold
                  WHERE hold.window_id = w.window_id AND hold.is_live),
                w.hold_reason, '') AS hold_reason, w.cut_off, corridor.model,
       corridor.settlement_currency,
       coalesce(proof.payment_count, fold.payment_count, 0)
           + coalesce(pending.payment_count, 0) AS payment_count,
       coalesce(proof.gross_minor, fold.gross_minor, 0)
           + coalesce(pending.gross_minor, 0) AS gross_minor,
       coalesce(proof.net_debit_minor, 0) AS net_minor,
       coalesce(w.value_date, w.business_date) AS value_date
  FROM settlement_window AS w
  JOIN corridor ON corridor.corridor_id = w.corridor_id AND corridor.version = w.corridor_version
  LEFT JOIN net_proof AS proof USING (window_id)
  LEFT JOIN window_fold AS fold USING (window_id)
  LEFT JOIN LATERAL (SELECT sum(payment_count)::bigint AS payment_count,
                            sum(gross_minor)::bigint AS gross_minor
                       FROM window_delta
                      WHERE window_delta.window_id = w.window_id AND fold_id IS NULL) AS pending
       ON true
 WHERE ($1::text IS NULL OR w.state = $1::text)
   AND ($2::bigint IS NULL OR w.window_id = $2::bigint)
 ORDER BY w.cut_off DESC, w.window_id
 LIMIT $3::integer;
