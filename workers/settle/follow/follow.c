/*
 * follow.c - see follow.h; and sawa-settle follow, which does all of them once.
 */
#include "follow/follow.h"

#include "settle_sql.h"

#include <stdio.h>
#include <string.h>

static bool is_overtaken(const struct follow_kind *kind, const struct error *error)
{
    for (size_t i = 0; i < COUNT_OF(kind->overtaken); i++)
        if (kind->overtaken[i] != NULL && strcmp(error->subject, kind->overtaken[i]) == 0)
            return true;
    return false;
}

static enum status follow_window(struct settle *settle, const struct follow_kind *kind,
                                 struct window window, calendar_date day, int64_t now_us,
                                 struct error *error, int64_t *count)
{
    struct business tx;
    struct following following = {.settle = settle, .tx = &tx, .window = window, .day = day};
    enum status status = business_begin(settle->session.db, kind->action, settle->session.worker,
                                        now_us, error, &tx);

    if (status != OK)
        return status;
    arena_reset(&settle->arena);
    status = kind->steps(&following, error);
    if (status != OK && status != DUPLICATE && is_overtaken(kind, error))
        status = DUPLICATE;
    if (status == DUPLICATE) {
        business_abandon(&tx);
        status = OK;
    } else {
        status = business_finish(&tx, status, error);
        *count += status == OK ? kind->done(&following) : 0;
    }
    result_free(following.rows);
    return status;
}

enum status follow_windows(struct settle *settle, const struct follow_kind *kind, int64_t now_us,
                           struct error *error, int64_t *ret_count)
{
    struct params params;
    struct result *rows = NULL;
    int64_t count = 0;
    enum status status;

    params_init(&params, SETTLE_PARAMS_MAX);
    if (kind->takes_now)
        params_instant(&params, now_us);
    status = db_run_once(settle->session.db, kind->windows, &params, error, &rows);
    for (int i = 0; status == OK && i < result_rows(rows); i++)
        status = follow_window(settle, kind, (struct window){.window_id = result_int64(rows, i, 0)},
                               result_date(rows, i, 1), now_us, error, &count);
    result_free(rows);
    if (status == OK)
        *ret_count = count;
    return status;
}

enum status follow_read(struct following *following, const char *sql, struct error *error)
{
    struct params params;

    params_init(&params, SETTLE_PARAMS_MAX);
    params_int64(&params, following->window.window_id);
    params_date(&params, following->day);
    params_int64(&params, following->tx->commit_id);
    return db_run_once(following->tx->db, sql, &params, error, &following->rows);
}

enum status follow_go_on(struct following *following, struct error *error)
{
    struct result *rows = NULL;
    enum status status = settle_on_id(following->tx->db, settle_sql_waiting,
                                      following->window.window_id, error, &rows);
    bool waits = status == OK && result_rows(rows) > 0;

    result_free(rows);
    if (status != OK || waits)
        return status;
    return settle_move(following->tx, &following->window, WINDOW_INSTRUCTED, NULL, error);
}

enum status follow_book(struct following *following, int currency_column,
                        size_t (*entries_of)(const struct result *rows, int row,
                                             currency in_currency,
                                             struct journal_entry entries[FOLLOW_ENTRIES_MAX]),
                        struct error *error)
{
    size_t count = (size_t)result_rows(following->rows);
    struct journal_entry *entries =
        arena_alloc(&following->settle->arena, FOLLOW_ENTRIES_MAX * count * sizeof *entries);
    currency in_currency;
    size_t used = 0;

    assert(entries != NULL);
    if (!currency_parse(result_text(following->rows, 0, currency_column), &in_currency))
        return error_set(error, FATAL, "a payment is in a currency unknown to this version");
    for (size_t i = 0; i < count; i++)
        used += entries_of(following->rows, (int)i, in_currency, entries + used);
    return settle_post(following->settle, following->tx, following->window.window_id,
                       following->day, entries, used, error);
}

enum status settle_follow(struct settle *settle, int64_t now_us, struct error *error,
                          int64_t *ret_count)
{
    static enum status (*const each[])(struct settle *, int64_t, struct error *,
                                       int64_t *) = {settle_fail, settle_return, settle_abandon,
                                                     settle_rule, settle_reopen};
    int64_t total = 0;
    enum status status = OK;

    for (size_t i = 0; status == OK && i < COUNT_OF(each); i++) {
        int64_t count = 0;

        status = each[i](settle, now_us, error, &count);
        total += count;
    }
    if (status == OK)
        *ret_count = total;
    return status;
}

int follow_command(struct program_run *run, int argc, char **argv)
{
    struct settle settle;
    struct error error;
    int64_t count = 0;
    int64_t settled = 0;
    enum status status;

    (void)argv;
    if (argc != 1)
        return program_usage(run, "follow takes no arguments");
    if (settle_start(run, &error, &settle) != OK)
        return program_fail(&error);
    status = settle_follow(&settle, clock_now_us(), &error, &count);
    if (status == OK)
        status = settle_confirm(&settle, clock_now_us(), &error, &settled);
    settle_done(&settle);
    if (status != OK)
        return program_fail(&error);
    printf("windows failed, instructed again or settled outside: %lld, settled: %lld\n",
           (long long)count, (long long)settled);
    return EXIT_OK;
}
