/*
 * verify.c - sawa-settle verify [--window ID] [--since DATE]: the second opinion.
 *
 * The close reads folded totals; this reads the payments themselves and compares, and adds up
 * what became of the nets, position by position. It writes nothing. Exit 1 where anything
 * differs: that is a bug or a hand in the database.
 */
#include "settle.h"

#include "fx/fx.h"
#include "settle_sql.h"
#include "store/fee_store.h"

#include <getopt.h>
#include <stdio.h>

struct verify {
    int64_t window_id; /* 0: every closed window */
    calendar_date since;
};

static void params_selection(struct params *params, const struct verify *verify)
{
    params_init(params, SETTLE_PARAMS_MAX);
    if (verify->window_id == 0)
        params_null(params);
    else
        params_int64(params, verify->window_id);
    params_date(params, verify->since);
}

static enum status verify_rows(struct settle *settle, const struct verify *verify, const char *sql,
                               struct error *error, struct result **ret_rows)
{
    struct params params;

    params_selection(&params, verify);
    return db_run_once(settle->session.db, sql, &params, error, ret_rows);
}

static enum status verify_totals(struct settle *settle, const struct verify *verify,
                                 struct error *error, int64_t *ret_count)
{
    struct result *rows = NULL;
    enum status status = verify_rows(settle, verify, settle_sql_verify, error, &rows);

    for (int i = 0; status == OK && i < result_rows(rows); i++)
        printf("window %lld, %lld to %lld: payments %lld of %lld minor, settled %lld of %lld\n",
               (long long)result_int64(rows, i, 0), (long long)result_int64(rows, i, 1),
               (long long)result_int64(rows, i, 2), (long long)result_int64(rows, i, 3),
               (long long)result_int64(rows, i, 4), (long long)result_int64(rows, i, 5),
               (long long)result_int64(rows, i, 6));
    if (status == OK)
        *ret_count += result_rows(rows);
    result_free(rows);
    return status;
}

static enum status verify_settled(struct settle *settle, const struct verify *verify,
                                  struct error *error, int64_t *ret_count)
{
    struct result *rows = NULL;
    enum status status = verify_rows(settle, verify, settle_sql_verify_settled, error, &rows);

    for (int i = 0; status == OK && i < result_rows(rows); i++)
        printf("window %lld, position of %lld with %lld: nets and what came in %lld minor, "
               "instructed, taken and carried on %lld\n",
               (long long)result_int64(rows, i, 0), (long long)result_int64(rows, i, 1),
               (long long)result_int64(rows, i, 2), (long long)result_int64(rows, i, 3),
               (long long)result_int64(rows, i, 4));
    if (status == OK)
        *ret_count += result_rows(rows);
    result_free(rows);
    return status;
}

static enum status verify_fees(struct settle *settle, const struct verify *verify,
                               struct error *error, int64_t *ret_count)
{
    struct params params;
    struct result *rows = NULL;
    enum status status;

    params_selection(&params, verify);
    params_currencies(&params);
    status = db_run_once(settle->session.db, settle_sql_verify_fees, &params, error, &rows);
    for (int i = 0; status == OK && i < result_rows(rows); i++)
        printf("window %lld, fee %lld, %lld to %lld: payments cost %lld in %lld minor, charged %lld"
               " in %lld\n",
               (long long)result_int64(rows, i, 0), (long long)result_int64(rows, i, 1),
               (long long)result_int64(rows, i, 2), (long long)result_int64(rows, i, 3),
               (long long)result_int64(rows, i, 4), (long long)result_int64(rows, i, 5),
               (long long)result_int64(rows, i, 6), (long long)result_int64(rows, i, 7));
    if (status == OK)
        *ret_count += result_rows(rows);
    result_free(rows);
    return status;
}

static enum status verify_fx(struct settle *settle, const struct verify *verify,
                             struct error *error, int64_t *ret_count)
{
    struct params params;

    params_selection(&params, verify);
    params_currencies(&params);
    return fx_verify(settle, &params, error, ret_count);
}

static enum status verify_locks(struct settle *settle, const struct verify *verify,
                                struct error *error, int64_t *ret_count)
{
    struct result *rows = NULL;
    enum status status = verify_rows(settle, verify, settle_sql_verify_locks, error, &rows);

    for (int i = 0; status == OK && i < result_rows(rows); i++) {
        struct uuid lock_id = result_uuid(rows, i, 0);
        char text[UUID_TEXT_SIZE];

        uuid_format(&lock_id, text);
        printf("FX lock %s does not cover its %lld payments%s, %lld outside its validity\n", text,
               (long long)result_int64(rows, i, 1),
               result_bool(rows, i, 2) ? ": it is not there" : "",
               (long long)result_int64(rows, i, 4));
    }
    if (status == OK)
        *ret_count += result_rows(rows);
    result_free(rows);
    return status;
}

static bool options_read(int argc, char **argv, struct verify *verify)
{
    static const struct option known[] = {
        {"window", required_argument, NULL, 'w'},
        {"since", required_argument, NULL, 's'},
        {NULL, 0, NULL, 0},
    };
    int option;

    while ((option = getopt_long(argc, argv, "", known, NULL)) != -1) {
        if (option == '?')
            return false;
        if (option == 'w' ? !text_to_int64(text_of(optarg), &verify->window_id)
                          : !date_parse(text_of(optarg), &verify->since))
            return false;
    }
    return optind == argc;
}

int verify_command(struct program_run *run, int argc, char **argv)
{
    struct verify verify = {.since = date_of(2000, 1, 1)};
    struct settle settle;
    struct error error;
    int64_t count = 0;
    enum status status;

    if (!options_read(argc, argv, &verify))
        return program_usage(run, "--window takes a number, --since a date");
    if (settle_start(run, &error, &settle) != OK)
        return program_fail(&error);
    status = verify_totals(&settle, &verify, &error, &count);
    if (status == OK)
        status = verify_settled(&settle, &verify, &error, &count);
    if (status == OK)
        status = verify_fees(&settle, &verify, &error, &count);
    if (status == OK)
        status = verify_locks(&settle, &verify, &error, &count);
    if (status == OK)
        status = verify_fx(&settle, &verify, &error, &count);
    settle_done(&settle);
    if (status != OK)
        return program_fail(&error);
    if (count > 0)
        log_error("settled_differs", "closed windows differ from their payments",
                  LOG_INT("differences", count));
    printf("verify: differences=%lld\n", (long long)count);
    return count == 0 ? EXIT_OK : EXIT_FAILED;
}
