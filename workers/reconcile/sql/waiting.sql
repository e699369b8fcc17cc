-- What keeps an account's newest statement from being reconciled?
--   $1 account_id integer
SELECT max(statement.closing_date) AS newest,
       (SELECT min(w.business_date)
          FROM settlement_window AS w
          JOIN corridor ON corridor.corridor_id = w.corridor_id
                       AND corridor.version = w.corridor_version
         WHERE corridor.nostro_account_id = $1::integer
           AND w.state IN ('OPEN', 'CLOSING', 'HELD') AND w.cut_off <= now()) AS first_open_window
  FROM statement
 WHERE statement.account_id = $1::integer AND statement.state = 'LOADED';
