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
#include "follow/follow.h"

#include "settle_sql.h"

#include <stdio.h>
#include <string.h>

/* The columns of withdraw.sql. */
enum { INSTRUCTION_ID, REASON, DIRECTION, AMOUNT, CURRENCY, NOSTRO, OBLIGATION };

static enum status withdraw(struct following *following, struct error *error)
{
    struct effects *effects = &following->tx->effects;
    enum status status = follow_read(following, settle_sql_withdraw, error);

    for (int i = 0; status == OK && i < result_rows(following->rows); i++) {
        struct uuid instruction_id = result_uuid(following->rows, i, INSTRUCTION_ID);

        effects_row(effects, "withdrawal", 3);
        effects_text(effects, (struct text){(const char *)instruction_id.bytes, 16});
        effects_text(effects, result_text(following->rows, i, REASON));
        effects_int64(effects, following->day);
    }
    return status;
}

/* What book.c booked, the other way round. */
static size_t reversal_of(const struct result *rows, int row, currency in_currency,
                          struct journal_entry entries[FOLLOW_ENTRIES_MAX])
{
    struct amount amount = {result_int64(rows, row, AMOUNT), in_currency};
    struct journal_entry booked =
        instruction_entry(text_is(result_text(rows, row, DIRECTION), "COLLECT"),
                          (int32_t)result_int64(rows, row, NOSTRO),
                          (int32_t)result_int64(rows, row, OBLIGATION), amount);

    entries[0] = journal_entry_reversal(&booked);
    return 1;
}

static enum status state_move(struct following *following, struct error *error)
{
    struct text code = result_text(following->rows, 0, REASON);
    char reason[HOLD_REASON_SIZE];

    if (following->window.state == WINDOW_FAILED)
        return OK;
    snprintf(reason, sizeof reason, "rejected by the bank: %d, the first with %.*s",
             result_rows(following->rows), TEXT_ARG(code.size > 0 ? code : TEXT("no reason")));
    return settle_move(following->tx, &following->window, WINDOW_FAILED, reason, error);
}

/* DUPLICATE: somebody was quicker. */
static enum status fail_steps(struct following *following, struct error *error)
{
    enum status status = settle_lock(following->tx, &following->window, error);

    if (status == OK && following->window.state != WINDOW_INSTRUCTED &&
        following->window.state != WINDOW_FAILED)
        return DUPLICATE;
    if (status == OK)
        status = withdraw(following, error);
    if (status == OK && result_rows(following->rows) == 0)
        return DUPLICATE;
    if (status == OK)
        status = follow_book(following, CURRENCY, reversal_of, error);
    return status == OK ? state_move(following, error) : status;
}

static int64_t failure_done(const struct following *following)
{
    log_warn("window_failed",
             "a bank rejected instructions of this window: sawa settle reopen show",
             LOG_INT("window_id", following->window.window_id));
    return 1;
}

/* Matched in this very moment (2): the next turn does not find it. */
static const struct follow_kind rejections = {.action = "failed",
                                              .windows = settle_sql_rejected_windows,
                                              .takes_now = true,
                                              .steps = fail_steps,
                                              .overtaken = {"withdrawn_is_what_was_rejected"},
                                              .done = failure_done};

enum status settle_fail(struct settle *settle, int64_t now_us, struct error *error,
                        int64_t *ret_failed)
{
    return follow_windows(settle, &rejections, now_us, error, ret_failed);
}
