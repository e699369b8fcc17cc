-- Which transfers of these acceptance days were reported under an event of another day?
--   $1 days date[]
SELECT transfer_id FROM transfer_seen WHERE accepted_on = ANY ($1::date[]);
