/*
 * hold.c - people keep a window from closing: sawa-settle hold, and release by somebody else.
 *
 *   settlement_hold --close--> HELD         the window takes payments until its cut-off as before
 *   settlement_hold_release --close--> CLOSING, ...        the loop, or `close`, goes on with it
 *
 * Who acts is who is logged in; the database refuses that a login releases what it holds, that a
 * closed window is held, and that a held one closes (schemas/postgres/deploy/window_life.sql).
 */
#include "said.h"

#include "settle_sql.h"

#include <stdio.h>

enum { HOLD_ID, LOGIN, HELD_BY, REASON }; /* columns of hold_live.sql */

static enum status live_read(struct db *db, int64_t window_id, struct error *error,
                             struct result **ret_rows)
{
    return settle_on_id(db, settle_sql_hold_live, window_id, error, ret_rows);
}

enum status hold_by_hand(struct db *db, int64_t window_id, struct error *error,
                         char ret_reason[HOLD_REASON_SIZE])
{
    struct result *rows = NULL;
    enum status status = live_read(db, window_id, error, &rows);

    if (status == OK && result_rows(rows) > 0)
        snprintf(ret_reason, HOLD_REASON_SIZE, "by hand: %.*s",
                 TEXT_ARG(result_text(rows, 0, REASON)));
    else if (status == OK)
        ret_reason[0] = '\0';
    result_free(rows);
    return status;
}

static void hold_effect(struct business *tx, const char *table, const struct said *said)
{
    effects_row(&tx->effects, table, 3);
    effects_int64(&tx->effects, said->window_id);
    effects_text(&tx->effects, text_of(said->reason));
    effects_text(&tx->effects, text_of(said->by));
}

/* ---- hold ---- */

static enum status hold(struct business *tx, struct said *said, struct error *error)
{
    struct params params;

    hold_effect(tx, "settlement_hold", said);
    params_init(&params, SETTLE_PARAMS_MAX);
    params_int64(&params, said->window_id);
    params_string(&params, said->reason);
    params_string(&params, said->by);
    params_int64(&params, tx->commit_id);
    return db_run_once(tx->db, settle_sql_hold_insert, &params, error, NULL);
}

/* ---- release ---- */

static enum status nobody_holds(const struct said *said, struct error *error)
{
    error_set(error, REJECT, "nobody holds window %lld", (long long)said->window_id);
    error->exit_code = EXIT_REFUSED;
    return error_hint(error, "a window that waits for an FX lock closes when the lock comes");
}

static enum status release(struct business *tx, struct said *said, struct error *error)
{
    struct params params;
    struct result *rows = NULL;
    enum status status = live_read(tx->db, said->window_id, error, &rows);

    if (status == OK && result_rows(rows) == 0)
        status = nobody_holds(said, error);
    if (status == OK) {
        hold_effect(tx, "settlement_hold_release", said);
        params_init(&params, SETTLE_PARAMS_MAX);
        params_int64(&params, result_int64(rows, 0, HOLD_ID));
        params_int64(&params, said->window_id);
        params_text(&params, result_text(rows, 0, LOGIN));
        params_text(&params, result_text(rows, 0, HELD_BY));
        params_string(&params, said->by);
        params_string(&params, said->reason);
        params_int64(&params, tx->commit_id);
        status = db_run_once(tx->db, settle_sql_hold_release, &params, error, NULL);
    }
    result_free(rows);
    return status;
}

/* ---- commands ---- */

static int hold_or_release(struct program_run *run, int argc, char **argv, const char *action,
                           said_step *step, const char *done)
{
    struct said said;
    struct settle settle;
    struct error error;
    enum status status;

    if (!said_read(argc, argv, "wrb", &said) || said.window_id <= 0 ||
        !string_has_words(said.reason))
        return program_usage(run, "which window, and why? --window ID --reason TEXT");
    if (settle_start(run, &error, &settle) != OK)
        return program_fail(&error);
    status = said_commit(&settle, action, step, &said, &error);
    settle_done(&settle);
    if (status != OK)
        return program_fail(&error);
    printf("window %lld %s\n", (long long)said.window_id, done);
    return EXIT_OK;
}

int hold_command(struct program_run *run, int argc, char **argv)
{
    return hold_or_release(run, argc, argv, "window_hold", hold,
                           "does not close until somebody else releases it");
}

int release_command(struct program_run *run, int argc, char **argv)
{
    return hold_or_release(run, argc, argv, "window_release", release, "may close");
}
