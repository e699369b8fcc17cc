/*
 * closing.h - one window while it is closed, as the steps of the close see it.
 *
 *   close.c    from the gate to COMMIT: the order of the steps
 *   charge.c   what its fees add                             fee_obligation
 *   customer.c its customers' payments, one by one           instruction
 *   book.c     what it becomes                               obligation ... journal_entry
 *   ../limits/limit.h, ../fx/fx.h   what may keep it waiting, and what that adds
 */
#ifndef SAWA_SETTLE_CLOSING_H
#define SAWA_SETTLE_CLOSING_H

#include "domain/netting.h"
#include "settle.h"

/* One pair of a window: who owes whom. */
struct pair {
    int32_t debtor_id;
    int32_t creditor_id;
    int64_t payment_count;
    int64_t minor;
};

/* One pair of a window by one of its fees; 0 is ourselves. */
struct charge {
    int32_t fee_number; /* negative: the tax on that fee */
    int32_t debtor_id;
    int32_t creditor_id;
    int64_t payment_count;
    int64_t minor;
};

/* A payment that is instructed by itself, for its customer. */
struct customer_payment {
    calendar_date event_day;
    struct uuid event_id;
    int32_t debtor_id; /* whose customer pays */
    int32_t creditor_id;
    int64_t minor;
};

struct limits;    /* limit.h */
struct window_fx; /* fx.c */

struct closing {
    struct settle *settle;
    struct business *tx;
    int64_t now_us;
    struct window window;
    char held_for[HOLD_REASON_SIZE]; /* where it was HELD: the reason in its row */
    calendar_date value_date;        /* when its money moves: fixed when it was opened */
    int32_t corridor_id;
    int32_t corridor_version;
    enum settlement_model model;
    currency currency;
    int32_t nostro_account_id;
    bool instructs_payments; /* settle.h (3) */
    int64_t fold_id;         /* 0: no payments */
    int64_t payment_count;
    int64_t late_count;
    int64_t gross_minor;
    struct pair *pairs;
    size_t pair_count;
    struct charge *charges;
    size_t charge_count;
    const struct customer_payment *customers; /* by creditor, then debtor */
    size_t customer_count;
    const struct limits *limits;
    const struct window_fx *fx; /* NULL: nothing to exchange */
};

/* The customers' payments of the window, where its corridor instructs them one by one; else
 * none. */
must_use enum status customers_read(struct closing *closing, struct error *error);

/* Those of one pair of agents, and their sum. REJECT: it does not fit 64 bits. */
must_use enum status customers_of(const struct closing *closing, int32_t creditor_id,
                                  int32_t debtor_id, const struct customer_payment **ret_first,
                                  size_t *ret_count, int64_t *ret_sum);

/* What the folded window is charged. */
must_use enum status charges_read(struct closing *closing, struct error *error);

/* Stores it, and what it adds to the leaf. */
must_use enum status charges_write(const struct closing *closing, struct error *error);

/* What charges of fees (false) or of taxes on them (true) leave with us; negative: we gave more
 * back than we took. False: does not fit 64 bits. */
must_use bool charges_own(const struct closing *closing, bool taxes, int64_t *ret_minor);

/* Everything a closed window becomes. ret_instructed: there is something to pay. ret_reason: empty,
 * or what it has to wait for; then nothing was written. */
must_use enum status book_window(struct closing *closing, struct error *error, bool *ret_instructed,
                                 char ret_reason[HOLD_REASON_SIZE]);

#endif
