-- A corridor as a window knows it.
--   $1 corridor_id integer, $2 version integer
SELECT model, settlement_currency, nostro_account_id,
       EXISTS (SELECT FROM corridor_customer_payment AS customer
                WHERE customer.corridor_id = $1::integer
                  AND customer.version = $2::integer) AS instructs_payments
  FROM corridor
 WHERE corridor_id = $1::integer AND version = $2::integer;
