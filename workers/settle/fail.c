/*
 * fail.c - what follows when a bank rejects an instruction: INSTRUCTED windows become FAILED.
 *
 *   lock         the window's row
 *   withdraw     the item is expected no more; the row says why, in the bank's code
 *   reverse      the booking of the instruction, the other way round, on the same day
 *   state, leaf, COMMIT
 *
 * (1) Item and booking go on one day, in one transaction: bank balance less book balance is the sum
 *     of the open items before and after, and as of any day (I10).
 * (2) An item that was matched is not withdrawn: the bank booked what it rejected, which
 *     `sawa relay status` tells. A booking that comes later explains no withdrawn item, and is a
 *     break.
 *
 * Restart: a rejection is followed while its item is open, whoever stored it. Further rejections of
 * a window that has FAILED are followed in the same way.
 */
#include "settle.h"

#include "settle_sql.h"

#include <stdio.h>
#include <string.h>

/* The columns of withdraw.sql. */
enum { INSTRUCTION_ID, REASON, DIRECTION, AMOUNT, CURRENCY, NOSTRO, OBLIGATION };

struct failure {
    struct settle *settle;
    struct business *tx;
    struct window window;
    calendar_date day;
    struct result *rows; /* what was withdrawn */
};

static enum status withdraw(struct failure *failure, struct error *error)
{
    struct effects *effects = &failure->tx->effects;
    struct params params;
    enum status status;

    params_init(&params, SETTLE_PARAMS_MAX);
    params_int64(&params, failure->window.window_id);
    params_date(&params, failure->day);
    params_int64(&params, failure->tx->commit_id);
    status = db_run_once(failure->tx->db, settle_sql_withdraw, &params, error, &failure->rows);
    for (int i = 0; status == OK && i < result_rows(failure->rows); i++) {
        struct uuid instruction_id = result_uuid(failure->rows, i, INSTRUCTION_ID);

        effects_row(effects, "withdrawal", 3);
        effects_text(effects, (struct text){(const char *)instruction_id.bytes, 16});
        effects_text(effects, result_text(failure->rows, i, REASON));
        effects_int64(effects, failure->day);
    }
    return status;
}

/* What book.c booked, the other way round. */
static struct leg reversal_of(const struct result *rows, int row)
{
    bool collects = text_is(result_text(rows, row, DIRECTION), "COLLECT");
    int32_t nostro = (int32_t)result_int64(rows, row, NOSTRO);
    int32_t obligation = (int32_t)result_int64(rows, row, OBLIGATION);

    return (struct leg){
        .debit_account_id = collects ? obligation : nostro,
        .credit_account_id = collects ? nostro : obligation,
        .amount_minor = result_int64(rows, row, AMOUNT),
    };
}

static enum status reverse(struct failure *failure, struct error *error)
{
    size_t count = (size_t)result_rows(failure->rows);
    struct leg *legs = arena_alloc(&failure->settle->arena, count * sizeof *legs);

    assert(legs != NULL);
    for (size_t i = 0; i < count; i++)
        legs[i] = reversal_of(failure->rows, (int)i);
    return settle_post(failure->settle, failure->tx, failure->window.window_id, failure->day,
                       result_text(failure->rows, 0, CURRENCY), legs, count, error);
}

static enum status state_move(struct failure *failure, struct error *error)
{
    struct text code = result_text(failure->rows, 0, REASON);
    char reason[HOLD_REASON_SIZE];

    if (failure->window.state == WINDOW_FAILED)
        return OK;
    snprintf(reason, sizeof reason, "rejected by the bank: %d, the first with %.*s",
             result_rows(failure->rows), TEXT_ARG(code.size > 0 ? code : TEXT("no reason")));
    return settle_move(failure->tx, &failure->window, WINDOW_FAILED, reason, error);
}

/* DUPLICATE: somebody was quicker. */
static enum status fail_steps(struct failure *failure, struct error *error)
{
    enum status status = settle_lock(failure->tx, &failure->window, error);

    if (status == OK && failure->window.state != WINDOW_INSTRUCTED &&
        failure->window.state != WINDOW_FAILED)
        return DUPLICATE;
    if (status == OK)
        status = withdraw(failure, error);
    if (status == OK && result_rows(failure->rows) == 0)
        return DUPLICATE;
    if (status == OK)
        status = reverse(failure, error);
    return status == OK ? state_move(failure, error) : status;
}

static void failure_log(const struct failure *failure)
{
    log_warn("window_failed",
             "a bank rejected instructions of this window: sawa settle reopen show",
             LOG_INT("window_id", failure->window.window_id));
}

static enum status fail_window(struct settle *settle, int64_t window_id, calendar_date day,
                               int64_t now_us, struct error *error, int64_t *failed)
{
    struct business tx;
    struct failure failure = {.settle = settle,
                              .tx = &tx,
                              .window = {.window_id = window_id},
                              .day = day};
    enum status status =
        business_begin(settle->session.db, "failed", settle->session.worker, now_us, error, &tx);

    if (status != OK)
        return status;
    arena_reset(&settle->arena);
    status = fail_steps(&failure, error);
    /* Matched in this very moment (2): the next turn does not find it. */
    if (status != OK && strcmp(error->subject, "withdrawn_is_what_was_rejected") == 0)
        status = DUPLICATE;
    result_free(failure.rows);
    if (status == DUPLICATE) {
        business_abandon(&tx);
        return OK;
    }
    status = business_finish(&tx, status, error);
    if (status == OK)
        failure_log(&failure);
    *failed += status == OK;
    return status;
}

enum status settle_fail(struct settle *settle, int64_t now_us, struct error *error,
                        int64_t *ret_failed)
{
    struct params params;
    struct result *rows = NULL;
    int64_t failed = 0;
    enum status status;

    params_init(&params, SETTLE_PARAMS_MAX);
    params_instant(&params, now_us);
    status = db_run_once(settle->session.db, settle_sql_rejected_windows, &params, error, &rows);
    for (int i = 0; status == OK && i < result_rows(rows); i++)
        status = fail_window(settle, result_int64(rows, i, 0), result_date(rows, i, 1), now_us,
                             error, &failed);
    result_free(rows);
    if (status == OK)
        *ret_failed = failed;
    return status;
}

enum status settle_follow(struct settle *settle, int64_t now_us, struct error *error,
                          int64_t *ret_count)
{
    int64_t failed = 0;
    int64_t returned = 0;
    int64_t reopened = 0;
    int64_t abandoned = 0;
    enum status status = settle_fail(settle, now_us, error, &failed);

    if (status == OK)
        status = settle_return(settle, now_us, error, &returned);
    if (status == OK)
        status = settle_abandon(settle, now_us, error, &abandoned);
    if (status == OK)
        status = settle_reopen(settle, now_us, error, &reopened);
    if (status == OK)
        *ret_count = failed + returned + abandoned + reopened;
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
