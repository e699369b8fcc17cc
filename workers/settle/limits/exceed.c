/*
 * exceed.c - two people let a net debit pass its cap, in one window and up to one amount.
 *
 *   exceed propose   cap_exception            a maker: window, participant, how much, why
 *   exceed approve   cap_exception_approval   a checker, under another login, within a day
 *   exceed show      both
 *
 * The window closes by itself then, where its net debit is within what was approved: nothing is
 * ever cut (domain/settlement_limit.h (5)). The corridor's own cap stays as it is; a new one is a
 * new version of the corridor, and counts as soon as it is in force.
 */
#include "said.h"

#include "domain/amount.h"
#include "settle_sql.h"

#include <stdio.h>
#include <string.h>

/* The columns of exceed_list.sql. */
enum exception_column {
    EXCEPTION_ID,
    WINDOW_ID,
    PARTICIPANT_ID,
    PARTICIPANT,
    CAP,
    CURRENCY,
    REASON,
    MAKER,
    PROPOSED_BY,
    CHECKER,
    APPROVED_BY,
};

static enum status list_read(struct db *db, const struct said *said, struct error *error,
                             struct result **ret_rows)
{
    struct params params;

    params_init(&params, SETTLE_PARAMS_MAX);
    if (said->window_id == 0)
        params_null(&params);
    else
        params_int64(&params, said->window_id);
    if (said->number == 0)
        params_null(&params);
    else
        params_int64(&params, said->number);
    return db_run_once(db, settle_sql_exceed_list, &params, error, ret_rows);
}

static void exception_print(const struct result *rows, int row)
{
    struct amount amount = {.minor = result_int64(rows, row, CAP)};
    struct text checker = result_text(rows, row, CHECKER);
    char money[AMOUNT_TEXT_SIZE] = "?";

    if (currency_parse(result_text(rows, row, CURRENCY), &amount.currency))
        amount_format(amount, money);
    printf("exception %lld: window %lld, %.*s up to %s %.*s, proposed by %.*s: %.*s; %s%.*s\n",
           (long long)result_int64(rows, row, EXCEPTION_ID),
           (long long)result_int64(rows, row, WINDOW_ID),
           TEXT_ARG(result_text(rows, row, PARTICIPANT)), money,
           TEXT_ARG(result_text(rows, row, CURRENCY)), TEXT_ARG(result_text(rows, row, MAKER)),
           TEXT_ARG(result_text(rows, row, REASON)),
           checker.size == 0 ? "waits for another person" : "approved by ", TEXT_ARG(checker));
}

static void exception_effect(struct business *tx, const char *table, int64_t window_id,
                             int64_t participant_id, int64_t minor)
{
    effects_row(&tx->effects, table, 3);
    effects_int64(&tx->effects, window_id);
    effects_int64(&tx->effects, participant_id);
    effects_int64(&tx->effects, minor);
}

/* ---- propose ---- */

static enum status unknown(const struct said *said, struct error *error)
{
    error_set(error, REJECT, "there is no window %lld, or no participant %.35s",
              (long long)said->window_id, said->participant);
    error->exit_code = EXIT_USAGE;
    return error_hint(error, "held windows: sawa settle show --state HELD");
}

static enum status exception_insert(struct business *tx, const struct said *said,
                                    int32_t participant_id, int64_t minor, struct error *error,
                                    int64_t *ret_id)
{
    struct params params;
    struct result *rows = NULL;
    enum status status;

    exception_effect(tx, "cap_exception", said->window_id, participant_id, minor);
    params_init(&params, SETTLE_PARAMS_MAX);
    params_int64(&params, said->window_id);
    params_int32(&params, participant_id);
    params_int64(&params, minor);
    params_string(&params, said->reason);
    params_string(&params, said->by);
    params_int64(&params, tx->commit_id);
    status = db_run_once(tx->db, settle_sql_exceed_insert, &params, error, &rows);
    if (status == OK)
        *ret_id = result_int64(rows, 0, 0);
    result_free(rows);
    return status;
}

static enum status propose(struct business *tx, struct said *said, struct error *error)
{
    struct params params;
    struct result *rows = NULL;
    int64_t minor = 0;
    enum status status;

    params_init(&params, SETTLE_PARAMS_MAX);
    params_int64(&params, said->window_id);
    params_string(&params, said->participant);
    status = db_run_once(tx->db, settle_sql_exceed_find, &params, error, &rows);
    if (status == OK && result_rows(rows) == 0)
        status = unknown(said, error);
    if (status == OK)
        status = said_amount(said, result_text(rows, 0, 1), error, &minor);
    if (status == OK)
        status = exception_insert(tx, said, (int32_t)result_int64(rows, 0, 0), minor, error,
                                  &said->number);
    result_free(rows);
    return status;
}

/* ---- approve ---- */

static enum status approval_insert(struct business *tx, const struct said *said,
                                   const struct result *rows, struct error *error)
{
    struct params params;

    exception_effect(tx, "cap_exception_approval", result_int64(rows, 0, WINDOW_ID),
                     result_int64(rows, 0, PARTICIPANT_ID), result_int64(rows, 0, CAP));
    params_init(&params, SETTLE_PARAMS_MAX);
    params_int64(&params, said->number);
    params_int64(&params, result_int64(rows, 0, WINDOW_ID));
    params_int32(&params, (int32_t)result_int64(rows, 0, PARTICIPANT_ID));
    params_int64(&params, result_int64(rows, 0, CAP));
    params_text(&params, result_text(rows, 0, MAKER));
    params_text(&params, result_text(rows, 0, PROPOSED_BY));
    params_string(&params, said->by);
    params_int64(&params, tx->commit_id);
    return db_run_once(tx->db, settle_sql_exceed_approve, &params, error, NULL);
}

static enum status no_exception(const struct said *said, struct error *error)
{
    error_set(error, REJECT, "there is no exception %lld", (long long)said->number);
    error->exit_code = EXIT_USAGE;
    return error_hint(error, "what waits: sawa settle exceed show --window ID");
}

static enum status approve(struct business *tx, struct said *said, struct error *error)
{
    struct result *rows = NULL;
    enum status status = list_read(tx->db, said, error, &rows);

    if (status == OK && result_rows(rows) == 0)
        status = no_exception(said, error);
    if (status == OK)
        status = approval_insert(tx, said, rows, error);
    result_free(rows);
    return status;
}

/* ---- the command ---- */

static bool is_proposal(const struct said *said)
{
    return said->window_id > 0 && said->participant != NULL && said->amount != NULL &&
           string_has_words(said->reason);
}

static enum status exceptions_print(struct settle *settle, const struct said *said,
                                    struct error *error)
{
    struct result *rows = NULL;
    enum status status = list_read(settle->session.db, said, error, &rows);

    for (int i = 0; status == OK && i < result_rows(rows); i++)
        exception_print(rows, i);
    result_free(rows);
    return status;
}

int exceed_command(struct program_run *run, int argc, char **argv)
{
    static const struct said_desk desk = {
        .letters = "wparb#",
        .wants = "propose wants --window, --participant, --amount and --reason; approve the number "
                 "of the exception",
        .actions = {"cap_exception", "cap_exception_approval"},
        .propose = propose,
        .approve = approve,
        .is_proposal = is_proposal,
        .show = exceptions_print,
    };

    return said_command(run, argc, argv, &desk);
}
