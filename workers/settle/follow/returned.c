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
#include "follow/follow.h"

#include "domain/amount.h"
#include "settle_sql.h"

#include <stdio.h>

/* The columns of return_items.sql. */
enum { INSTRUCTION_ID, REASON, RETURNED, CHARGE, CURRENCY, NOSTRO, OBLIGATION, CHARGES };

static enum status expect(struct following *following, struct error *error)
{
    struct effects *effects = &following->tx->effects;
    enum status status = follow_read(following, settle_sql_return_items, error);

    for (int i = 0; status == OK && i < result_rows(following->rows); i++) {
        struct uuid instruction_id = result_uuid(following->rows, i, INSTRUCTION_ID);

        effects_row(effects, "expected_return", 3);
        effects_text(effects, (struct text){(const char *)instruction_id.bytes, 16});
        effects_int64(effects, result_int64(following->rows, i, RETURNED));
        effects_int64(effects, following->day);
    }
    return status;
}

/* One entry, or two (2). */
static size_t entries_of(const struct result *rows, int row, currency in_currency,
                         struct journal_entry entries[FOLLOW_ENTRIES_MAX])
{
    int32_t obligation = (int32_t)result_int64(rows, row, OBLIGATION);
    struct amount returned = {result_int64(rows, row, RETURNED), in_currency};
    struct amount charge = {result_int64(rows, row, CHARGE), in_currency};

    assert(charge.minor >= 0);
    entries[0] =
        instruction_entry(true, (int32_t)result_int64(rows, row, NOSTRO), obligation, returned);
    if (charge.minor == 0)
        return 1;
    entries[1] =
        instruction_entry(true, (int32_t)result_int64(rows, row, CHARGES), obligation, charge);
    return 2;
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

static enum status state_move(struct following *following, struct error *error)
{
    char reason[HOLD_REASON_SIZE];

    if (following->window.state == WINDOW_FAILED)
        return OK;
    reason_make(following->rows, reason);
    return settle_move(following->tx, &following->window, WINDOW_FAILED, reason, error);
}

/* DUPLICATE: somebody was quicker. */
static enum status return_steps(struct following *following, struct error *error)
{
    enum status status = settle_lock(following->tx, &following->window, error);

    if (status == OK && following->window.state != WINDOW_INSTRUCTED &&
        following->window.state != WINDOW_SETTLED && following->window.state != WINDOW_FAILED)
        return DUPLICATE;
    if (status == OK)
        status = expect(following, error);
    if (status == OK && result_rows(following->rows) == 0)
        return DUPLICATE;
    if (status == OK)
        status = follow_book(following, CURRENCY, entries_of, error);
    return status == OK ? state_move(following, error) : status;
}

static int64_t return_done(const struct following *following)
{
    log_warn("window_returned", "a bank sends money of this window back: sawa settle reopen show",
             LOG_INT("window_id", following->window.window_id));
    return 1;
}

static const struct follow_kind returns = {.action = "returned",
                                           .windows = settle_sql_returned_windows,
                                           .takes_now = true,
                                           .steps = return_steps,
                                           .done = return_done};

enum status settle_return(struct settle *settle, int64_t now_us, struct error *error,
                          int64_t *ret_failed)
{
    return follow_windows(settle, &returns, now_us, error, ret_failed);
}
