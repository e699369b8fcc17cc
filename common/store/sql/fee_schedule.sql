-- The fees of one corridor version, one row per tier.
--   $1 corridor_id integer, $2 version integer
SELECT fee.fee_number, fee.code, fee.payer, fee.channel_bits, fee.returned_bits, fee.currency,
       fee.tiering, fee.minimum_minor, fee.maximum_minor, fee.rounding, fee.own_share,
       fee.debtor_agent_share, fee.creditor_agent_share, fee.tax_percent_e10, fee.tax_country,
       fee.income_account_id, fee.tax_account_id,
       tier.up_to_minor, tier.fixed_minor, tier.percent_e10
  FROM corridor_fee AS fee
  JOIN corridor_fee_tier AS tier USING (corridor_id, version, fee_number)
 WHERE corridor_id = $1::integer AND version = $2::integer
 ORDER BY fee.fee_number, tier.tier_number;
