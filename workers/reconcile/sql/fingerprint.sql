-- Has anything come for an account since we last looked? Equal texts: nothing.
--   $1 account_id integer
SELECT concat_ws('/',
           (SELECT count(*) || ' ' || coalesce(max(commit_id), 0) FROM expected_item
             WHERE account_id = $1::integer AND is_open),
           (SELECT count(*) || ' ' || coalesce(max(statement_id), 0) FROM statement_entry
             WHERE account_id = $1::integer AND is_open),
           (SELECT count(*) || ' ' || coalesce(max(statement_id), 0) FROM statement
             WHERE account_id = $1::integer AND state = 'LOADED'),
           (SELECT min(w.business_date)
              FROM settlement_window AS w
              JOIN corridor ON corridor.corridor_id = w.corridor_id
                           AND corridor.version = w.corridor_version
             WHERE corridor.nostro_account_id = $1::integer
               AND w.state IN ('OPEN', 'CLOSING', 'HELD')),
           current_date);
