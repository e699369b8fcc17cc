/*
 * stream.c - see ledger.h (1).
 */
#include "ledger.h"
#include "ledger_sql.h"

enum status snapshot_open(struct program_run *run, struct error *error, struct session *ret_session)
{
    struct session session;
    enum status status = session_open(run, error, &session);

    if (status != OK)
        return status;
    status = tx_begin(session.db, error);
    if (status == OK)
        status = db_script(session.db, "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY",
                           error);
    if (status != OK) {
        session_done(&session);
        return status;
    }
    *ret_session = session;
    return OK;
}

enum status stream_each(struct db *db, const char *declare, struct params *params,
                        stream_take *take, void *context, struct error *error)
{
    enum status status = db_run_once(db, declare, params, error, NULL);
    int count = 1;

    while (status == OK && count > 0) {
        struct result *rows = NULL;

        status = db_run(db, ledger_sql_stream_fetch, NULL, error, &rows);
        count = status == OK ? result_rows(rows) : 0;
        for (int row = 0; status == OK && row < count; row++)
            status = take(context, rows, row, error);
        result_free(rows);
    }
    return status;
}

void params_date_or_null(struct params *params, calendar_date date)
{
    if (date == DATE_NONE)
        params_null(params);
    else
        params_date(params, date);
}
