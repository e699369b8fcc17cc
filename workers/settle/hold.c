/*
 * hold.c - people keep a window from closing: sawa-settle hold, and release by somebody else.
 *
 *   settlement_hold --close--> HELD         the window takes payments until its cut-off as before
 *   settlement_hold_release --close--> CLOSING, ...        the loop, or `close`, goes on with it
 *
 * Who acts is who is logged in; the database refuses that a login releases what it holds, that a
 * closed window is held, and that a held one closes (schemas/postgres/deploy/window_life.sql).
 */
#include "settle.h"

#include "settle_sql.h"

#include <getopt.h>
#include <stdio.h>

enum { HOLD_ID, LOGIN, HELD_BY, REASON }; /* columns of hold_live.sql */

struct hold_arguments {
    int64_t window_id;
    const char *reason;
    const char *by;
};

static bool arguments_read(int argc, char **argv, struct hold_arguments *arguments)
{
    static const struct option known[] = {{"window", required_argument, NULL, 'w'},
                                          {"reason", required_argument, NULL, 'r'},
                                          {"by", required_argument, NULL, 'b'},
                                          {NULL, 0, NULL, 0}};
    int option;

    while ((option = getopt_long(argc, argv, "", known, NULL)) != -1) {
        switch (option) {
        case 'w':
            if (!text_to_int64(text_of(optarg), &arguments->window_id))
                return false;
            break;
        case 'r': arguments->reason = optarg; break;
        case 'b': arguments->by = optarg; break;
        default: return false;
        }
    }
    return optind == argc && arguments->window_id > 0 && string_has_words(arguments->reason);
}

static enum status live_read(struct db *db, int64_t window_id, struct error *error,
                             struct result **ret_rows)
{
    struct params params;

    params_init(&params, SETTLE_PARAMS_MAX);
    params_int64(&params, window_id);
    return db_run_once(db, settle_sql_hold_live, &params, error, ret_rows);
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

static void hold_effect(struct business *tx, const char *table,
                        const struct hold_arguments *arguments)
{
    effects_row(&tx->effects, table, 3);
    effects_int64(&tx->effects, arguments->window_id);
    effects_text(&tx->effects, text_of(arguments->reason));
    effects_text(&tx->effects, text_of(arguments->by));
}

/* ---- hold ---- */

static enum status hold(struct business *tx, const struct hold_arguments *arguments,
                        struct error *error)
{
    struct params params;

    hold_effect(tx, "settlement_hold", arguments);
    params_init(&params, SETTLE_PARAMS_MAX);
    params_int64(&params, arguments->window_id);
    params_string(&params, arguments->reason);
    params_string(&params, arguments->by);
    params_int64(&params, tx->commit_id);
    return db_run_once(tx->db, settle_sql_hold_insert, &params, error, NULL);
}

/* ---- release ---- */

static enum status nobody_holds(const struct hold_arguments *arguments, struct error *error)
{
    error_set(error, REJECT, "nobody holds window %lld", (long long)arguments->window_id);
    error->exit_code = EXIT_REFUSED;
    return error_hint(error, "a window that waits for an FX lock closes when the lock comes");
}

static enum status release(struct business *tx, const struct hold_arguments *arguments,
                           struct error *error)
{
    struct params params;
    struct result *rows = NULL;
    enum status status = live_read(tx->db, arguments->window_id, error, &rows);

    if (status == OK && result_rows(rows) == 0)
        status = nobody_holds(arguments, error);
    if (status == OK) {
        hold_effect(tx, "settlement_hold_release", arguments);
        params_init(&params, SETTLE_PARAMS_MAX);
        params_int64(&params, result_int64(rows, 0, HOLD_ID));
        params_int64(&params, arguments->window_id);
        params_text(&params, result_text(rows, 0, LOGIN));
        params_text(&params, result_text(rows, 0, HELD_BY));
        params_string(&params, arguments->by);
        params_string(&params, arguments->reason);
        params_int64(&params, tx->commit_id);
        status = db_run_once(tx->db, settle_sql_hold_release, &params, error, NULL);
    }
    result_free(rows);
    return status;
}

/* ---- commands ---- */

typedef enum status hold_step(struct business *tx, const struct hold_arguments *arguments,
                              struct error *error);

static enum status step_commit(struct settle *settle, const char *action, hold_step *step,
                               const struct hold_arguments *arguments, struct error *error)
{
    struct business tx;
    enum status status = business_begin(settle->session.db, action, settle->session.worker,
                                        clock_now_us(), error, &tx);

    if (status != OK)
        return status;
    status = step(&tx, arguments, error);
    return settle_explain(business_finish(&tx, status, error), error);
}

static int hold_or_release(struct program_run *run, int argc, char **argv, const char *action,
                           hold_step *step, const char *done)
{
    struct hold_arguments arguments = {.reason = "", .by = ""};
    struct settle settle;
    struct error error;
    enum status status;

    if (!arguments_read(argc, argv, &arguments))
        return program_usage(run, "which window, and why? --window ID --reason TEXT");
    if (settle_start(run, &error, &settle) != OK)
        return program_fail(&error);
    status = step_commit(&settle, action, step, &arguments, &error);
    settle_done(&settle);
    if (status != OK)
        return program_fail(&error);
    printf("window %lld %s\n", (long long)arguments.window_id, done);
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
