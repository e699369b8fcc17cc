-- Which corridors, in their newest version, instruct net positions through an account?
--   $1 account text
SELECT newest.code
  FROM (SELECT DISTINCT ON (corridor_id) corridor_id, version, code, nostro_account_id
          FROM corridor
         ORDER BY corridor_id, version DESC) AS newest
  JOIN account ON account.account_id = newest.nostro_account_id
 WHERE account.code = 'NOSTRO:' || $1::text
   AND NOT EXISTS (SELECT FROM corridor_customer_payment AS customer
                    WHERE customer.corridor_id = newest.corridor_id
                      AND customer.version = newest.version)
 ORDER BY newest.code;
