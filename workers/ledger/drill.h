/*
 * drill.h - a drill under way, and what its parts share.
 *
 *   drill.c         the verb; accruals of payments, fees and taxes; openings
 *   drill_close.c   closes of windows, reversals, returns, next attempts, what is settled outside
 *   drill_fx.c      what the locks of a window brought
 *   suspense.c      what two people cleared of what was settled outside
 */
#ifndef SAWA_LEDGER_DRILL_H
#define SAWA_LEDGER_DRILL_H

#include "ledger.h"

enum { DRILL_CELLS = 8 };

struct drill {
    struct session session;
    struct entry entry;
    struct sheet sheet;
    struct buffer around; /* lines for a person; the sheet's own in a table */
    struct sides sides;   /* what the payments add up to, and what they are charged */
    int64_t payment_count;
    int64_t gone_count; /* of them in days that were let go */
    int64_t charge_count;
    bool holds;
};

/* Where lines for a person go. */
struct buffer *drill_lines(struct drill *drill);

/* One equality with the amount of the entry, and whether it holds. */
void drill_equality(struct drill *drill, const char *what, int64_t minor);

/* A row of a stream of payments or charges: event_id, kind, debtor, creditor and charge come
 * first; topic, generation, partition, offset, batch and state of the raw record from
 * place_column on. */
void drill_row(struct drill *drill, const struct result *rows, int row, int64_t minor,
               int place_column);

/* "EXAMKE01 owes us": debtor and creditor stand side by side, ourselves without a code. */
void drill_owing(struct buffer *out, const struct result *rows, int row, int debtor_column);

/* "approved by sawa_checker, bob": a login, and beside it who said so, which may be empty. */
void drill_person(struct buffer *out, const char *did, const struct result *rows, int row,
                  int login_column);

enum status drill_too_large(struct error *error);

must_use enum status close_drill(struct drill *drill, struct error *error);

/* Whether an entry of a close books what locks brought; then fx_drill it is. */
bool fx_is_entry(const struct entry *entry);
must_use enum status fx_drill(struct drill *drill, struct error *error);

must_use enum status clearing_drill(struct drill *drill, struct error *error);

#endif
