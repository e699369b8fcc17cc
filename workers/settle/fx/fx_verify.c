/*
 * fx_verify.c - the part of sawa-settle verify that reckons rates and locks again, in SQL.
 */
#include "fx/fx.h"

#include "settle_sql.h"

#include <stdio.h>

enum status fx_verify(struct settle *settle, struct params *params, struct error *error,
                      int64_t *ret_count)
{
    struct result *rows = NULL;
    enum status status =
        db_run_once(settle->session.db, settle_sql_verify_fx, params, error, &rows);

    for (int i = 0; status == OK && i < result_rows(rows); i++)
        printf("window %lld, FX %.*s: reckoned again %.*s, stored %.*s\n",
               (long long)result_int64(rows, i, 0), TEXT_ARG(result_text(rows, i, 1)),
               TEXT_ARG(result_text(rows, i, 2)), TEXT_ARG(result_text(rows, i, 3)));
    if (status == OK)
        *ret_count += result_rows(rows);
    result_free(rows);
    return status;
}
