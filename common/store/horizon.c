/*
 * horizon.c - see horizon.h.
 */
#include "store/horizon.h"

#include "store_sql.h"

enum status horizon_age(struct db *db, struct error *error, int64_t *ret_age)
{
    struct result *rows = NULL;
    enum status status = db_run(db, store_sql_horizon_age, NULL, error, &rows);

    if (status == OK) {
        assert(result_rows(rows) == 1);
        *ret_age = result_int64(rows, 0, 0);
    }
    result_free(rows);
    return status;
}
