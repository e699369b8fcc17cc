/*
 * returned.c - what follows when a bank sends money back (pacs.004): INSTRUCTED and SETTLED windows
 * become FAILED.
 *
 *   lock      the window's row
 *   expect    an item for what comes in, beside that of the payment, which the bank booked too
 *   book      nostro and, where the bank kept some of it, charges, against the obligation
 *   state, leaf, COMMIT
 *
 * (1) Item and booking go on one day, in one transaction (I10), as in fail.c.
 * (2) The participant is owed again what was paid, to the last unit. What a bank kept is a charge
 *     of ours, on an account of its own: who bears it in the end is decided by people, in the open,
 *     not by paying the participant less the next time.
 * (3) A return is no rejection: the payment was made, its item stays. It is paid once more by the
 *     same approval (reopen.c), or settled in another way (abandon.c).
 *
 * Restart: a return is followed while nothing expects it, whoever stored it.
 */
#include "settle.h"

#include "domain/amount.h"

#include "settle_sql.h"

#include <stdio.h>

/* The columns of return_items.sql. */
enum { INSTRUCTION_ID, REASON, RETURNED, CHARGE, CURRENCY, NOSTRO, OBLIGATION, CHARGES };

struct coming_back {
    struct settle *settle;
    struct business *tx;
    struct window window;
    calendar_date day;
    struct result *rows; /* what is expected now */
};

static enum status expect(struct coming_back *back, struct error *error)
{
    struct effects *effects = &back->tx->effects;
    struct params params;
    enum status status;

    params_init(&params, SETTLE_PARAMS_MAX);
    params_int64(&params, back->window.window_id);
    params_date(&params, back->day);
    params_int64(&params, back->tx->commit_id);
    status = db_run_once(back->tx->db, settle_sql_return_items, &params, error, &back->rows);
    for (int i = 0; status == OK && i < result_rows(back->rows); i++) {
        struct uuid instruction_id = result_uuid(back->rows, i, INSTRUCTION_ID);

        effects_row(effects, "expected_return", 3);
        effects_text(effects, (struct text){(const char *)instruction_id.bytes, 16});
        effects_int64(effects, result_int64(back->rows, i, RETURNED));
        effects_int64(effects, back->day);
    }
    return status;
}

/* One leg, or two (2). */
static size_t legs_of(const struct result *rows, int row, struct leg *legs)
{
    int32_t obligation = (int32_t)result_int64(rows, row, OBLIGATION);
    int64_t charge = result_int64(rows, row, CHARGE);

    assert(charge >= 0);
    legs[0] = (struct leg){.debit_account_id = (int32_t)result_int64(rows, row, NOSTRO),
                           .credit_account_id = obligation,
                           .amount_minor = result_int64(rows, row, RETURNED)};
    if (charge == 0)
        return 1;
    legs[1] = (struct leg){.debit_account_id = (int32_t)result_int64(rows, row, CHARGES),
                           .credit_account_id = obligation,
                           .amount_minor = charge};
    return 2;
}

static enum status book(struct coming_back *back, struct error *error)
{
    size_t count = (size_t)result_rows(back->rows);
    struct leg *legs = arena_alloc(&back->settle->arena, 2 * count * sizeof *legs);
    size_t used = 0;

    assert(legs != NULL);
    for (size_t i = 0; i < count; i++)
        used += legs_of(back->rows, (int)i, legs + used);
    return settle_post(back->settle, back->tx, back->window.window_id, back->day,
                       result_text(back->rows, 0, CURRENCY), legs, used, error);
}

/* "returned by the bank: 2, the first with AC04; charges KES 0.20". */
static void reason_make(const struct result *rows, char reason[HOLD_REASON_SIZE])
{
    struct text code = result_text(rows, 0, REASON);
    struct amount charges = {0};
    char money[AMOUNT_TEXT_SIZE];
    int size = snprintf(reason, HOLD_REASON_SIZE, "returned by the bank: %d, the first with %.*s",
                        result_rows(rows), TEXT_ARG(code.size > 0 ? code : TEXT("no reason")));

    for (int i = 0; i < result_rows(rows); i++) /* each is below its payment, which fits together */
        charges.minor += result_int64(rows, i, CHARGE);
    if (charges.minor == 0 || !currency_parse(result_text(rows, 0, CURRENCY), &charges.currency))
        return;
    amount_format(charges, money);
    snprintf(reason + size, HOLD_REASON_SIZE - (size_t)size, "; charges %.*s %s",
             TEXT_ARG(result_text(rows, 0, CURRENCY)), money);
}

static enum status state_move(struct coming_back *back, struct error *error)
{
    char reason[HOLD_REASON_SIZE];

    if (back->window.state == WINDOW_FAILED)
        return OK;
    reason_make(back->rows, reason);
    return settle_move(back->tx, &back->window, WINDOW_FAILED, reason, error);
}

/* DUPLICATE: somebody was quicker. */
static enum status return_steps(struct coming_back *back, struct error *error)
{
    enum status status = settle_lock(back->tx, &back->window, error);

    if (status == OK && back->window.state != WINDOW_INSTRUCTED &&
        back->window.state != WINDOW_SETTLED && back->window.state != WINDOW_FAILED)
        return DUPLICATE;
    if (status == OK)
        status = expect(back, error);
    if (status == OK && result_rows(back->rows) == 0)
        return DUPLICATE;
    if (status == OK)
        status = book(back, error);
    return status == OK ? state_move(back, error) : status;
}

static enum status return_window(struct settle *settle, int64_t window_id, calendar_date day,
                                 int64_t now_us, struct error *error, int64_t *failed)
{
    struct business tx;
    struct coming_back back = {.settle = settle,
                               .tx = &tx,
                               .window = {.window_id = window_id},
                               .day = day};
    enum status status =
        business_begin(settle->session.db, "returned", settle->session.worker, now_us, error, &tx);

    if (status != OK)
        return status;
    arena_reset(&settle->arena);
    status = return_steps(&back, error);
    result_free(back.rows);
    if (status == DUPLICATE) {
        business_abandon(&tx);
        return OK;
    }
    status = business_finish(&tx, status, error);
    if (status == OK)
        log_warn("window_returned",
                 "a bank sends money of this window back: sawa settle reopen show",
                 LOG_INT("window_id", window_id));
    *failed += status == OK;
    return status;
}

enum status settle_return(struct settle *settle, int64_t now_us, struct error *error,
                          int64_t *ret_failed)
{
    struct params params;
    struct result *rows = NULL;
    int64_t failed = 0;
    enum status status;

    params_init(&params, SETTLE_PARAMS_MAX);
    params_instant(&params, now_us);
    status = db_run_once(settle->session.db, settle_sql_returned_windows, &params, error, &rows);
    for (int i = 0; status == OK && i < result_rows(rows); i++)
        status = return_window(settle, result_int64(rows, i, 0), result_date(rows, i, 1), now_us,
                               error, &failed);
    result_free(rows);
    if (status == OK)
        *ret_failed = failed;
    return status;
}
