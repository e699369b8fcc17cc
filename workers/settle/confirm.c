/*
 * confirm.c - the money has moved: INSTRUCTED windows whose expected items are all matched with
 * bookings of the bank become SETTLED, each in a business transaction of its own.
 */
#include "settle.h"

#include "announce.h"
#include "settle_sql.h"

static enum status confirm_window(struct settle *settle, int64_t window_id, struct text code,
                                  int64_t now_us, struct error *error)
{
    struct window window = {.window_id = window_id, .state = WINDOW_INSTRUCTED};
    struct business tx;
    enum status status =
        business_begin(settle->session.db, "settled", settle->session.worker, now_us, error, &tx);

    if (status != OK)
        return status;
    status = settle_move(&tx, &window, WINDOW_SETTLED, NULL, error);
    if (status == OK)
        status = announce_settled(&tx, window_id, code, error);
    if (status == DUPLICATE) { /* another worker was quicker */
        business_abandon(&tx);
        return OK;
    }
    return business_finish(&tx, status, error);
}

enum status settle_confirm(struct settle *settle, int64_t now_us, struct error *error,
                           int64_t *ret_settled)
{
    struct result *rows = NULL;
    enum status status = db_run(settle->session.db, settle_sql_settled, NULL, error, &rows);

    for (int i = 0; status == OK && i < result_rows(rows); i++)
        status = confirm_window(settle, result_int64(rows, i, 0), result_text(rows, i, 1), now_us,
                                error);
    if (status == OK)
        *ret_settled = result_rows(rows);
    result_free(rows);
    return status;
}
