/*
 * detach.c - a day's table out of its parent, and gone, wherever an earlier run was cut off.
 *
 *   attached --DETACH CONCURRENTLY--> detaching --end, FINALIZE--> detached --day_drop--> gone
 *
 * DETACH ... CONCURRENTLY blocks no reader and no writer of the parent: it waits for those that are
 * there, while new ones pass. It is no statement of a transaction or a function, so the owner's
 * rights cannot be lent to it by SECURITY DEFINER: a connection of its own (retention.owner_dsn)
 * takes on sawa_owner for this statement alone. The table is dropped by day_drop, with no more than
 * our own rights, after its rows were counted again.
 *
 * A wait that is too long ends by lock_timeout, and the table stays "detaching": tried again with
 * back-off, by FINALIZE, up to an end; then the next run goes on. Killed at any point: the same.
 */
#include "archive.h"

#include "archive_sql.h"

#include <stdio.h>

enum { LOCK_TIMEOUT_MS = 5000 };

static const struct backoff_policy detach_policy = {.first_ms = 100,
                                                    .ceiling_ms = 5000,
                                                    .end_ms = 60000};

enum day_state { DAY_ATTACHED, DAY_DETACHING, DAY_DETACHED, DAY_GONE };

static enum status state_read(struct db *db, const struct day_due *due, struct error *error,
                              enum day_state *ret_state)
{
    static const char *const names[] = {"attached", "detaching", "detached"};
    struct params params;
    struct result *row = NULL;
    enum status status;

    params_init(&params, ARCHIVE_PARAMS_MAX);
    params_string(&params, due->parent);
    params_date(&params, due->day);
    status = db_run_once(db, archive_sql_day_state, &params, error, &row);
    if (status == OK) {
        *ret_state = DAY_GONE;
        for (size_t i = 0; result_rows(row) > 0 && i < COUNT_OF(names); i++)
            if (text_is(result_text(row, 0, 0), names[i]))
                *ret_state = (enum day_state)i;
    }
    result_free(row);
    return status;
}

/* ---- the owner ---- */

static enum status owner_open(const struct program_run *run, struct error *error,
                              struct db **ret_owner)
{
    const struct db_settings settings = {.dsn = config_string(run->config, "retention.owner_dsn"),
                                         .application = run->program->name,
                                         .lock_timeout_ms = LOCK_TIMEOUT_MS};
    struct db *owner = NULL;
    enum status status;

    assert(settings.dsn != NULL); /* expire.c has asked */
    status = db_open(&settings, error, &owner);
    if (status == OK)
        status = db_script(owner, "SET ROLE sawa_owner", error);
    if (status != OK) {
        db_close(owner);
        return status;
    }
    *ret_owner = owner;
    return OK;
}

/* One attempt. parent is one of our two names, the day is digits: nothing here is from outside. */
static enum status detach(const struct program_run *run, const struct day_due *due,
                          enum day_state state, struct error *error)
{
    struct db *owner = NULL;
    char sql[160];
    int year;
    int month;
    int day;
    enum status status = owner_open(run, error, &owner);

    if (status != OK)
        return status;
    date_parts(due->day, &year, &month, &day);
    snprintf(sql, sizeof sql, "ALTER TABLE sawa.%s DETACH PARTITION sawa.%s_%04d%02d%02d %s",
             due->parent, due->parent, year, month, day,
             state == DAY_ATTACHED ? "CONCURRENTLY" : "FINALIZE");
    status = db_script(owner, sql, error);
    db_close(owner);
    return status;
}

/* ---- the way out ---- */

static enum status drop(struct db *db, const struct day_due *due, struct error *error)
{
    struct params params;
    struct result *row = NULL;
    enum status status;

    params_init(&params, ARCHIVE_PARAMS_MAX);
    params_string(&params, due->parent);
    params_date(&params, due->day);
    status = db_run_once(db, archive_sql_day_drop, &params, error, &row);
    if (status == OK && !result_bool(row, 0, 0))
        status = error_set(error, RETRY, "a day that was let go is attached still, or gone");
    result_free(row);
    return status;
}

static enum status step(const struct program_run *run, struct db *db, const struct day_due *due,
                        struct error *error, bool *ret_gone)
{
    enum day_state state = DAY_GONE;
    enum status status = state_read(db, due, error, &state);

    if (status == OK && (state == DAY_ATTACHED || state == DAY_DETACHING))
        return detach(run, due, state, error);
    if (status == OK)
        status = drop(db, due, error);
    *ret_gone = status == OK;
    return status;
}

enum status day_let_go(const struct program_run *run, struct db *db, const struct day_due *due,
                       struct error *error)
{
    struct backoff backoff;
    bool gone = false;
    enum status status = OK;

    backoff_init(&backoff, &detach_policy, (uint64_t)db_backend_pid(db));
    while (!gone) {
        status = step(run, db, due, error, &gone);
        if (status == OK)
            continue;
        if (status != RETRY || db_is_broken(db) || backoff_wait(&backoff) != BACKOFF_AGAIN)
            return status;
    }
    return OK;
}
