/*
 * expire.c - archive expire: what is old enough is let go, oldest first.
 *
 *   days that were let go before, and not dropped          detach, drop                         (4)
 *   payment      old enough, and nothing holds it          decide; detach, drop
 *   batch_raw    the same, and its file is here, proves itself and holds the same rows          (2)
 *   parked       decided on long enough ago                bytes erased, in decisions of 500
 *
 * A decision is one business transaction; the table goes after it, outside any. A day that is held,
 * or whose file is not as it should be, is told and stays: the others go on.
 */
#include "archive.h"

#include "archive_sql.h"
#include "base/clock.h"
#include "base/log.h"
#include "runtime/stop.h"
#include "runtime/stream.h"

#include <stdio.h>

enum { COLUMN_PARENT, COLUMN_DAY, COLUMN_STATE = 5, COLUMN_DECIDED_AT = 8 };

static const char *const parents[] = {"payment", "batch_raw"};

struct expire {
    const struct program_run *run;
    const struct arguments *arguments;
    struct session session;
    const char *folder;
    unsigned char key_file[SEAL_KEY_SIZE];
    calendar_date today;
    int refused;    /* days whose file is not as it should be */
    int unfinished; /* days that were let go and are in use still */
};

static void say(const struct day_due *due, const char *what)
{
    char day[DATE_TEXT_SIZE];

    date_format(due->day, day);
    printf("%-10s %s  %s\n", due->parent, day, what);
}

static void say_error(struct error *error)
{
    printf("  ! %s\n", error->primary);
    if (error->detail[0] != '\0')
        printf("    %s\n", error->detail);
    if (error->hint[0] != '\0')
        printf("    %s\n", error->hint);
}

/* ---- may it go? ---- */

/* *ret_held: something holds it, which is told. A parked hash that is missing is no hold here: the
 * decision notes it first. */
static enum status holds_tell(struct expire *expire, const struct day_due *due, struct error *error,
                              bool *ret_held)
{
    struct params params;
    struct result *holds = NULL;
    enum status status;

    params_init(&params, ARCHIVE_PARAMS_MAX);
    params_string(&params, due->parent);
    params_date(&params, due->day);
    status = db_run_once(expire->session.db, archive_sql_holds, &params, error, &holds);
    *ret_held = false;
    for (int i = 0; status == OK && i < result_rows(holds); i++) {
        if (text_is(result_text(holds, i, 0), "parked_hash_missing"))
            continue;
        if (!*ret_held)
            say(due, "stays, held by");
        *ret_held = true;
        printf("  ! %.*s: %lld, such as %.*s\n", TEXT_ARG(result_text(holds, i, 0)),
               (long long)result_int64(holds, i, 1), TEXT_ARG(result_text(holds, i, 2)));
    }
    result_free(holds);
    return status;
}

static enum status noted_file(struct expire *expire, const struct day_due *due,
                              const struct result *row, struct error *error)
{
    const struct scan_wish wish = {.key_file = expire->key_file, .db = expire->session.db};
    struct scan scan;
    char path[PATH_SIZE];
    enum status status;

    snprintf(path, sizeof path, "%s/%.*s", expire->folder, TEXT_ARG(result_text(row, 0, 0)));
    status = path_scan(path, &wish, error, &scan);
    if (status == OK && (scan.day != due->day || scan.size != result_int64(row, 0, 2) ||
                         memcmp(result_text(row, 0, 1).data, scan.sha256.bytes, SHA256_SIZE) != 0))
        status = error_set(error, REJECT, "the archive file of this day is not the one we noted");
    return status;
}

/* (2) Nothing stored that day: nothing to hold. */
static enum status file_check(struct expire *expire, const struct day_due *due, struct error *error)
{
    struct params params;
    struct result *row = NULL;
    enum status status;

    if (strcmp(due->parent, "batch_raw") != 0)
        return OK;
    params_init(&params, ARCHIVE_PARAMS_MAX);
    params_date(&params, due->day);
    status = db_run_once(expire->session.db, archive_sql_file_newest, &params, error, &row);
    if (status == OK && result_rows(row) > 0)
        status = noted_file(expire, due, row, error);
    result_free(row);
    return status;
}

/* ---- letting go ---- */

static enum status day_decide(struct expire *expire, struct decision *decision,
                              const struct day_due *due, struct error *error)
{
    struct params params;
    struct result *row = NULL;
    enum status status = OK;

    if (strcmp(due->parent, "batch_raw") == 0)
        status = day_hashes_note(&decision->tx, expire->key_file, due->day, error);
    if (status != OK)
        return status;
    params_init(&params, ARCHIVE_PARAMS_MAX);
    params_string(&params, due->parent);
    params_date(&params, due->day);
    params_int64(&params, decision->tx.commit_id);
    status = db_run_once(decision->tx.db, archive_sql_day_expire, &params, error, &row);
    if (status == OK) {
        effects_row(&decision->tx.effects, "expired_day", 3);
        effects_text(&decision->tx.effects, text_of(due->parent));
        effects_int64(&decision->tx.effects, due->day);
        effects_int64(&decision->tx.effects, result_int64(row, 0, 0));
    }
    result_free(row);
    return status;
}

static enum status decision_make(struct expire *expire, const struct day_due *due,
                                 struct error *error)
{
    struct decision decision;
    enum status status = decision_begin(expire->run, &expire->session, "day_expire",
                                        expire->arguments, error, &decision);

    if (status != OK)
        return status;
    status = day_decide(expire, &decision, due, error);
    return business_finish(&decision.tx, status, error);
}

/* Out of its parent, and gone. In use still: told, and left to the next run. */
static enum status table_drop(struct expire *expire, const struct day_due *due, struct error *error)
{
    enum status status = day_let_go(expire->run, expire->session.db, due, error);
    char day[DATE_TEXT_SIZE];

    if (status == OK) {
        date_format(due->day, day);
        say(due, "dropped");
        log_info("day_dropped", "a day that was let go is dropped", LOG_TEXT("table", due->parent),
                 LOG_TEXT("business_date", (const char *)day));
        return OK;
    }
    if (status == RETRY && !db_is_broken(expire->session.db) && !stop_asked()) {
        say(due, "was let go, and is in use still: the next run drops it");
        say_error(error);
        expire->unfinished++;
        return OK;
    }
    return status;
}

static enum status day_refused(struct expire *expire, const struct day_due *due,
                               struct error *error)
{
    say(due, "stays");
    say_error(error);
    expire->refused++;
    return OK;
}

static enum status day_expire_one(struct expire *expire, const struct day_due *due,
                                  struct error *error)
{
    bool held = false;
    enum status status = holds_tell(expire, due, error, &held);

    if (status != OK || held)
        return status;
    status = file_check(expire, due, error);
    if (status == REJECT)
        return day_refused(expire, due, error);
    if (status == OK && !expire->arguments->execute)
        say(due, "would go");
    if (status != OK || !expire->arguments->execute)
        return status;
    status = decision_make(expire, due, error);
    if (status == REJECT || status == DUPLICATE) /* (5): somebody was faster, or it is held now */
        return day_refused(expire, due, error);
    return status == OK ? table_drop(expire, due, error) : status;
}

/* ---- which days ---- */

static const char *parent_of(const struct result *rows, int row)
{
    for (size_t i = 0; i < COUNT_OF(parents); i++)
        if (text_is(result_text(rows, row, COLUMN_PARENT), parents[i]))
            return parents[i];
    assert(false);
    return NULL;
}

static bool is_due(const struct expire *expire, const struct day_due *due)
{
    if (expire->arguments->before != DATE_NONE && due->day >= expire->arguments->before)
        return false;
    return due->day + keep_days(expire->run, due->parent) <= expire->today;
}

static enum status day_take(struct expire *expire, const struct result *rows, int row,
                            struct error *error)
{
    struct day_due due = {parent_of(rows, row), result_date(rows, row, COLUMN_DAY)};
    bool is_attached = text_is(result_text(rows, row, COLUMN_STATE), "attached");

    if (!result_is_null(rows, row, COLUMN_DECIDED_AT)) {
        if (expire->arguments->execute)
            return table_drop(expire, &due, error); /* (4) */
        say(&due, "was let go, and would be dropped");
        return OK;
    }
    if (is_due(expire, &due) && is_attached)
        return day_expire_one(expire, &due, error);
    if (!is_attached)
        say(&due, "is detached, and nobody let it go: an owner looks at it");
    return OK;
}

static enum status days_expire(struct expire *expire, struct error *error)
{
    struct result *rows = NULL;
    enum status status = db_run(expire->session.db, archive_sql_days, NULL, error, &rows);

    for (int i = 0; status == OK && i < result_rows(rows) && !stop_asked(); i++)
        status = day_take(expire, rows, i, error);
    result_free(rows);
    return status;
}

/* Asked before anything is decided: a day that was let go is to be dropped in the same run. */
static enum status owner_check(const struct expire *expire, struct error *error)
{
    if (!expire->arguments->execute || config_is_set(expire->run->config, "retention.owner_dsn"))
        return OK;
    error_configuration(error, "retention.owner_dsn is not set: no day can be detached");
    return error_hint(error, "name a login that may become sawa_owner, as deploy/schema does");
}

static enum status expire_all(struct expire *expire, struct error *error)
{
    int64_t parked_days = config_int(expire->run->config, "retention.parked_days");
    enum status status = days_expire(expire, error);

    if (status == OK && !stop_asked())
        status = parked_expire(expire->run, &expire->session, expire->arguments, expire->key_file,
                               clock_now_us() - parked_days * US_PER_DAY, error);
    return status;
}

static int answer(const struct expire *expire)
{
    if (!expire->arguments->execute)
        printf("nothing was changed: give --execute --reason TEXT --actor NAME to do it\n");
    if (fflush(stdout) != 0)
        return EXIT_FATAL;
    if (expire->refused > 0)
        return EXIT_FAILED;
    return expire->unfinished > 0 ? EXIT_DEPENDENCY : EXIT_OK;
}

int expire_verb(struct program_run *run, const struct arguments *arguments)
{
    struct expire expire = {.run = run,
                            .arguments = arguments,
                            .today = (int32_t)(clock_now_us() / US_PER_DAY)};
    struct error error;
    enum status status = folder_of(run, arguments, &error, &expire.folder);

    if (status == OK)
        status = owner_check(&expire, &error);
    if (status == OK)
        status = stream_key_file(run->config, &error, expire.key_file);
    if (status == OK)
        status = session_open(run, &error, &expire.session);
    if (status == OK)
        status = expire_all(&expire, &error);
    session_done(&expire.session);
    explicit_bzero(expire.key_file, sizeof expire.key_file);
    return status == OK ? answer(&expire) : program_fail(&error);
}
