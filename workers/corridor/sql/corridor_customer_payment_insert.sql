-- Store that a corridor version's payments are instructed one by one.
--   $1 corridor_id integer, $2 version integer
INSERT INTO corridor_customer_payment (corridor_id, version)
VALUES ($1::integer, $2::integer);
