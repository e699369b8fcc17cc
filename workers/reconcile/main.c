/*
 * workers/reconcile/main.c
 *   Finds out which bookings of a bank explain which expected items, and what nothing explains.
 *
 *   expected_item, statement_entry -> match, match_member, break_item, break_candidate,
 *                                     reconcile_mark, audit leaf   (one tx per account and date)
 *
 * Restart: looks at every account again from its last reconciled date; what was written is found
 * and changes nothing.
 */
#include "reconcile.h"

#include "runtime/ticker.h"

#include "reconcile_sql.h"

#include <stdio.h>
#include <string.h>

enum { ARENA_BLOCK_SIZE = 1024 * 1024 };

static const size_t arena_size_max = (size_t)4 << 30;

static const struct option_spec options[] = {
    {.key = OPTION_RECONCILE_INTERVAL,
     .type = OPTION_DURATION_MS,
     .standard = "5s",
     .min = 100,
     .max = 600000,
     .unit = "ms",
     .meaning = "how often accounts are looked at"},
    {.key = OPTION_RECONCILE_GAP,
     .type = OPTION_INT,
     .standard = "7",
     .max = 366,
     .unit = "days",
     .meaning = "how many days of later statements a missing one is waited for"},
    {.key = OPTION_RECONCILE_BACK,
     .type = OPTION_INT,
     .standard = "30",
     .max = 3660,
     .unit = "days",
     .meaning = "how far back matched items count when duplicates are looked for"},
};

static enum status reconcile_start(const struct program_run *run, struct error *error,
                                   struct reconcile *ret_reconcile)
{
    struct reconcile reconcile = {
        .gap_days = (int32_t)config_int(run->config, OPTION_RECONCILE_GAP),
        .back_days = (int32_t)config_int(run->config, OPTION_RECONCILE_BACK),
        .interval_ms = config_int(run->config, OPTION_RECONCILE_INTERVAL),
    };
    enum status status = session_open(run, error, &reconcile.session);

    if (status != OK)
        return status;
    arena_init(&reconcile.arena, ARENA_BLOCK_SIZE, arena_size_max);
    *ret_reconcile = reconcile;
    return OK;
}

static void reconcile_done(struct reconcile *reconcile)
{
    session_done(&reconcile->session);
    arena_done(&reconcile->arena);
}

/* ---- what has not changed need not be looked at ---- */

enum { SEEN_MAX = 4096 };

/* What each account looked like when a loop had gone through it. */
struct seen {
    int32_t account_ids[SEEN_MAX];
    struct uuid fingerprints[SEEN_MAX];
    size_t count;
};

static size_t seen_find(const struct seen *seen, int32_t account_id)
{
    size_t index = 0;

    while (index < seen->count && seen->account_ids[index] != account_id)
        index++;
    return index;
}

/* True when the account looks as it did; notes how it looks. */
static bool seen_note(struct seen *seen, int32_t account_id, const struct uuid *fingerprint)
{
    size_t index = seen_find(seen, account_id);
    bool same;

    if (index == SEEN_MAX)
        return false;
    same = index < seen->count && uuid_compare(&seen->fingerprints[index], fingerprint) == 0;
    seen->account_ids[index] = account_id;
    seen->fingerprints[index] = *fingerprint;
    seen->count += index == seen->count;
    return same;
}

static enum status fingerprint_read(struct reconcile *reconcile, int32_t account_id,
                                    struct error *error, struct uuid *ret_fingerprint)
{
    struct params params;
    struct result *rows = NULL;
    enum status status;

    params_init(&params, RECONCILE_PARAMS_MAX);
    params_int32(&params, account_id);
    status = db_run_once(reconcile->session.db, reconcile_sql_fingerprint, &params, error, &rows);
    if (status == OK)
        *ret_fingerprint = uuid_of_name(result_text(rows, 0, 0));
    result_free(rows);
    return status;
}

/* ---- accounts and dates ---- */

static enum status account_run(struct reconcile *reconcile, int32_t account_id, struct error *error,
                               struct reconcile_counts *counts)
{
    struct params params;
    struct result *rows = NULL;
    enum status status;

    params_init(&params, RECONCILE_PARAMS_MAX);
    params_int32(&params, account_id);
    params_int32(&params, reconcile->gap_days);
    status = db_run_once(reconcile->session.db, reconcile_sql_dates, &params, error, &rows);
    for (int i = 0; status == OK && i < result_rows(rows); i++)
        status = step_run(reconcile, account_id, result_date(rows, i, 0), error, counts);
    result_free(rows);
    return status;
}

/* The fingerprint is taken before the work: what comes in meanwhile is seen the next time. */
static enum status account_look(struct reconcile *reconcile, int32_t account_id, struct seen *seen,
                                struct error *error, struct reconcile_counts *counts)
{
    struct uuid fingerprint;
    enum status status = fingerprint_read(reconcile, account_id, error, &fingerprint);

    if (status != OK || seen_note(seen, account_id, &fingerprint))
        return status;
    status = account_run(reconcile, account_id, error, counts);
    if (status != OK)
        seen->count = 0; /* look at all of them again */
    return status;
}

/* code NULL: every account; seen NULL: whether it has changed or not. */
static enum status accounts_run(struct reconcile *reconcile, const char *code, struct seen *seen,
                                struct error *error, struct reconcile_counts *counts)
{
    struct params params;
    struct result *rows = NULL;
    enum status status;

    params_init(&params, RECONCILE_PARAMS_MAX);
    params_string(&params, code);
    status = db_run_once(reconcile->session.db, reconcile_sql_accounts, &params, error, &rows);
    for (int i = 0; status == OK && i < result_rows(rows); i++)
        status =
            seen == NULL
                ? account_run(reconcile, (int32_t)result_int64(rows, i, 0), error, counts)
                : account_look(reconcile, (int32_t)result_int64(rows, i, 0), seen, error, counts);
    result_free(rows);
    return status;
}

/* ---- run ---- */

static void counts_log(const struct reconcile_counts *counts)
{
    if (counts->steps > 0)
        log_info("reconciled", "reconciled", LOG_INT("steps", counts->steps),
                 LOG_INT("matched", counts->matched), LOG_INT("breaks_opened", counts->opened),
                 LOG_INT("breaks_closed", counts->closed),
                 LOG_INT("breaks_changed", counts->changed));
}

static enum status tick(void *context, struct error *error)
{
    static struct seen seen;
    struct reconcile_counts counts = {0};
    enum status status = accounts_run(context, NULL, &seen, error, &counts);

    counts_log(&counts);
    return status;
}

static int run_command(struct program_run *run, int argc, char **argv)
{
    struct reconcile reconcile;
    struct error error;
    int code;

    (void)argv;
    if (argc != 1)
        return program_usage(run, "run takes no arguments");
    if (reconcile_start(run, &error, &reconcile) != OK)
        return program_fail(&error);
    code = ticker_run(run, &(struct ticker){
                               .ends = "reconcile_ends",
                               .tick = tick,
                               .context = &reconcile,
                               .session = &reconcile.session,
                               .interval_ms = reconcile.interval_ms,
                           });
    reconcile_done(&reconcile);
    return code;
}

/* ---- once ---- */

static int once_command(struct program_run *run, int argc, char **argv)
{
    bool one = argc == 3 && strcmp(argv[1], "--account") == 0;
    struct reconcile_counts counts = {0};
    struct reconcile reconcile;
    struct error error;
    enum status status;

    if (argc != 1 && !one)
        return program_usage(run, "--account CODE, or nothing");
    if (reconcile_start(run, &error, &reconcile) != OK)
        return program_fail(&error);
    status = accounts_run(&reconcile, one ? argv[2] : NULL, NULL, &error, &counts);
    reconcile_done(&reconcile);
    if (status != OK)
        return program_fail(&error);
    printf("reconciled: matched=%lld breaks_opened=%lld breaks_closed=%lld breaks_changed=%lld\n",
           (long long)counts.matched, (long long)counts.opened, (long long)counts.closed,
           (long long)counts.changed);
    return EXIT_OK;
}

static const struct command commands[] = {
    {.name = "run",
     .arguments = "",
     .summary = "reconcile what comes in, until stopped",
     .example = "sawa-reconcile --config sawa.yaml run",
     .run = run_command},
    {.name = "once",
     .arguments = "[--account CODE]",
     .summary = "reconcile everything there is, once",
     .example = "sawa-reconcile once --account NOSTRO:NOSTRO-USD",
     .run = once_command,
     .answers = true},
};

static const struct program reconcile_program = {
    .name = "sawa-reconcile",
    .purpose = "explains bank statements by expected items, and shows what nothing explains",
    .options = options,
    .option_count = COUNT_OF(options),
    .commands = commands,
    .command_count = COUNT_OF(commands),
};

int main(int argc, char **argv)
{
    return program_main(argc, argv, &reconcile_program);
}
