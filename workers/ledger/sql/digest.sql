-- The digest of the trial balance at the end of a day: what a period is approved by.
--   $1 until_date date
SELECT trial_balance_digest($1::date) AS digest;
