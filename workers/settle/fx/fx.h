/*
 * fx.h - the rate a window settles at and what its locks brought.
 *
 *   fx.c         decided before the close books, stored and booked behind it
 *   fx_show.c    told to people
 *   fx_verify.c  reckoned again in SQL
 */
#ifndef SAWA_SETTLE_FX_H
#define SAWA_SETTLE_FX_H

#include "base/buffer.h"
#include "close/closing.h"

/* The rate of the folded window and what its locks brought, into closing. An answer in ret_reason:
 * why the window must not close yet. */
must_use enum status fx_decide(struct closing *closing, struct error *error,
                               char ret_reason[HOLD_REASON_SIZE]);

/* What it brought and the accounts that keep it, for close_entries; NULL: nothing is exchanged. */
const struct fx_gain *fx_gain_of(const struct closing *closing, struct close_accounts *accounts);

/* Stores it, behind book_window. */
must_use enum status fx_write(const struct closing *closing, struct error *error);

/* The rows of show_fx.sql and show_fx_locks.sql; nothing where the window knows no rates. */
void fx_print(const struct result *fx, const struct result *locks);
void fx_json(struct buffer *out, const struct result *fx, const struct result *locks);

/* What differs when the payments and quotes of closed windows are reckoned again, printed; adds to
 * *ret_count. params: the selection, $1 and $2, then the currencies. */
must_use enum status fx_verify(struct settle *settle, struct params *params, struct error *error,
                               int64_t *ret_count);

#endif
