-- What does the state come to, whatever batches, commits and workers made it?  One row per part.
SELECT part, count(*) AS lines,
       encode(sha256(convert_to(string_agg(line, E'\n' ORDER BY line COLLATE "C"), 'UTF8')), 'hex')
  FROM (
    SELECT 'payments' AS part,
           batch.partition || ':' || (to_jsonb(payment) - 'batch_id')::text AS line
      FROM payment JOIN batch USING (batch_id)
    UNION ALL
    SELECT 'ids', to_jsonb(event_seen)::text FROM event_seen
    UNION ALL
    SELECT 'transfers', to_jsonb(transfer_seen)::text FROM transfer_seen
    UNION ALL
    SELECT 'parked', concat_ws(':', partition, record_offset, reason) FROM parked
    UNION ALL
    SELECT 'positions', concat_ws(':', partition, start_offset, next_offset, watermark,
                                  anchor_offset, anchor_time_ms, anchor_crc32c)
      FROM position
    UNION ALL
    SELECT 'cuts', concat_ws(':', window_id, partition, cut_offset, kind) FROM window_cut
    UNION ALL
    SELECT 'windows', concat_ws(':', window_id, state, corridor_version, opens_at, cut_off)
      FROM settlement_window
    UNION ALL
    SELECT 'window totals', concat_ws(':', window_id, sum(payment_count), sum(late_count),
                                      sum(gross_minor))
      FROM window_delta GROUP BY window_id
    UNION ALL
    SELECT 'pairs', concat_ws(':', window_id, debtor_id, creditor_id, sum(count), sum(minor))
      FROM window_delta, unnest(debtor_ids, creditor_ids, counts, minors)
                         AS pair (debtor_id, creditor_id, count, minor)
     GROUP BY window_id, debtor_id, creditor_id
    UNION ALL
    SELECT 'charges', concat_ws(':', window_id, fee_number, debtor_id, creditor_id, sum(count),
                                sum(minor))
      FROM window_delta, unnest(fee_numbers, fee_debtor_ids, fee_creditor_ids, fee_counts,
                                fee_minors)
                         AS charge (fee_number, debtor_id, creditor_id, count, minor)
     GROUP BY window_id, fee_number, debtor_id, creditor_id
    UNION ALL
    SELECT 'nets', to_jsonb(net_position)::text FROM net_position
    UNION ALL
    SELECT 'instructions', concat_ws(':', window_id, participant_id, counterparty_id, direction,
                                     amount_minor, currency, settlement_date)
      FROM instruction
    UNION ALL
    SELECT 'accounts', concat_ws(':', account.code, posting.currency, sum(debit_minor),
                                 sum(credit_minor))
      FROM posting JOIN account USING (account_id) GROUP BY account.code, posting.currency
  ) AS state
 GROUP BY part
 ORDER BY part;
