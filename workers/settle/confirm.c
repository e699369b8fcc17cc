/*
 * confirm.c - the money has moved: INSTRUCTED windows whose expected items are all matched with
 * bookings of the bank become SETTLED, each in a business transaction of its own.
 */
#include "settle.h"

#include "settle_sql.h"

static enum status confirm_move(struct business *tx, struct window *window, struct error *error)
{
    const char *from = window_state_name(window->state);
    struct params params;
    struct result *rows = NULL;
    enum status status = window_move(window, WINDOW_SETTLED, error);

    if (status != OK)
        return status;
    params_init(&params, SETTLE_PARAMS_MAX);
    params_int64(&params, window->window_id);
    params_string(&params, from);
    params_string(&params, window_state_name(window->state));
    params_null(&params);
    status = settle_run(tx->db, settle_sql_window_move, &params, error, &rows);
    if (status == OK && result_affected(rows) == 0)
        status = DUPLICATE; /* another worker was quicker */
    result_free(rows);
    effects_row(&tx->effects, "settlement_window", 2);
    effects_int64(&tx->effects, window->window_id);
    effects_text(&tx->effects, text_of(window_state_name(window->state)));
    return status;
}

static enum status confirm_window(struct settle *settle, int64_t window_id, int64_t now_us,
                                  struct error *error)
{
    struct window window = {.window_id = window_id, .state = WINDOW_INSTRUCTED};
    struct business tx;
    enum status status =
        business_begin(settle->session.db, "settled", settle->session.worker, now_us, error, &tx);

    if (status != OK)
        return status;
    status = confirm_move(&tx, &window, error);
    if (status == DUPLICATE) {
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
        status = confirm_window(settle, result_int64(rows, i, 0), now_us, error);
    if (status == OK)
        *ret_settled = result_rows(rows);
    result_free(rows);
    return status;
}
