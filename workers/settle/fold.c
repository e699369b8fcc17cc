/*
 * fold.c - deltas into running totals, in the background, so that a close finds little to do.
 *
 * A fold is no business transaction: it changes no fact, and window_fold can be made again from
 * window_delta. Folds of one window wait for each other at the window's row; ingest never waits.
 */
#include "settle.h"

#include "settle_sql.h"

enum status fold_window(struct db *db, int64_t window_id, struct error *error)
{
    assert(tx_is_open(db));
    return settle_on_id(db, settle_sql_fold, window_id, error, NULL);
}

static enum status window_keep(struct db *db, int64_t window_id, struct error *error)
{
    return settle_on_id(db, settle_sql_window_lock, window_id, error, NULL);
}

static enum status fold_alone(struct db *db, int64_t window_id, struct error *error)
{
    enum status status = tx_begin(db, error);

    if (status != OK)
        return status;
    status = window_keep(db, window_id, error);
    if (status == OK)
        status = fold_window(db, window_id, error);
    if (status == OK)
        status = tx_commit(db, error); /* lost or not: the next fold sees what is pending */
    tx_rollback(db);
    return status;
}

enum status settle_fold(struct settle *settle, struct error *error, int64_t *ret_folded)
{
    struct db *db = settle->session.db;
    struct result *rows = NULL;
    enum status status = db_run(db, settle_sql_foldable, NULL, error, &rows);

    if (status != OK)
        return status;
    for (int i = 0; i < result_rows(rows) && status == OK; i++)
        status = fold_alone(db, result_int64(rows, i, 0), error);
    if (status == OK)
        *ret_folded = result_rows(rows);
    result_free(rows);
    return status;
}
