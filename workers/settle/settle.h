/*
 * settle.h - what the parts of the settle worker share.
 *
 *   open.c    windows ahead of time                       settlement_window
 *   fold.c    deltas into running totals                  window_fold
 *   close.c   one window, from gate to COMMIT             window_cut, state
 *   book.c    what a closed window becomes                obligation ... journal_entry
 *   confirm.c INSTRUCTED windows whose items are all matched become SETTLED
 *   verify.c  recomputes closed windows from payments
 *   show.c    windows and nets for people
 *
 * (1) A window is closed in one transaction: cuts, fold, obligations, nets, proof, instructions,
 *     expected items, journal, leaf, state. Nothing of it is visible before, all of it after.
 * (2) The gate is taken before anything is read: who adds to the window has committed, who comes
 *     later reads the cut. The row lock is taken after the gate, by every close and every fold.
 * (3) The close reads folded deltas, never payments.
 */
#ifndef SAWA_SETTLE_SETTLE_H
#define SAWA_SETTLE_SETTLE_H

#include "base/arena.h"
#include "base/clock.h"
#include "base/config.h"
#include "domain/currency.h"
#include "domain/netting.h"
#include "domain/window.h"
#include "runtime/session.h"
#include "store/business.h"

#define OPTION_SETTLE_TOPICS "settle.payment_topics"
#define OPTION_SETTLE_INTERVAL "settle.interval"
#define OPTION_SETTLE_AHEAD "settle.open_ahead_days"

enum { SETTLE_PARAMS_MAX = 64 * 1024 * 1024, SETTLE_TOPICS_MAX = 16 };

/* The worker: a connection and what its configuration says. */
struct settle {
    struct session session;
    struct text topics[SETTLE_TOPICS_MAX]; /* whose partitions must pass a cut-off */
    size_t topic_count;
    int64_t interval_ms;
    int32_t ahead_days;
    struct arena arena; /* third lifetime: one tick, or one window */
};

/* Why a window is closed now: what is stored with the cut of a partition that has none. */
enum cut_kind { CUT_WATERMARK, CUT_GRACE, CUT_COMMAND };

/* What became of one attempt to close. */
enum close_outcome {
    CLOSE_DONE,    /* CLOSED and onwards                          */
    CLOSE_HELD,    /* HELD: a lock is missing, hold_reason says it */
    CLOSE_NOTHING, /* it was closed already, or is held as before  */
};

/* Creates window rows up to ahead_days ahead of now_us, for every corridor's current version. */
must_use enum status settle_open(struct settle *settle, int64_t now_us, struct error *error,
                                 int64_t *ret_opened);

/* Takes pending deltas of every window, each window in its own transaction. */
must_use enum status settle_fold(struct settle *settle, struct error *error, int64_t *ret_folded);

/* Folds within the caller's transaction; the caller holds the window's row (2). */
must_use enum status fold_window(struct db *db, int64_t window_id, struct error *error);

/* Closes what is due at now_us. */
must_use enum status settle_close_due(struct settle *settle, int64_t now_us, struct error *error,
                                      int64_t *ret_closed);

/* Closes one window now; kind names the cut where a watermark has not passed. */
must_use enum status settle_close_window(struct settle *settle, int64_t window_id,
                                         enum cut_kind kind, int64_t now_us, struct error *error,
                                         enum close_outcome *ret_outcome);

/* Closes one window as by command, lets look read what became of it, and takes all of it back:
 * what would be netted now. Whoever adds to the window waits meanwhile. */
must_use enum status settle_simulate_window(struct settle *settle, int64_t window_id,
                                            int64_t now_us,
                                            enum status (*look)(void *context, struct error *error),
                                            void *context, struct error *error,
                                            enum close_outcome *ret_outcome);

/* INSTRUCTED -> SETTLED where every expected item is matched. */
must_use enum status settle_confirm(struct settle *settle, int64_t now_us, struct error *error,
                                    int64_t *ret_settled);

int run_command(struct program_run *run, int argc, char **argv);
int open_command(struct program_run *run, int argc, char **argv);
int close_command(struct program_run *run, int argc, char **argv);
int show_command(struct program_run *run, int argc, char **argv);
int simulate_command(struct program_run *run, int argc, char **argv);
int verify_command(struct program_run *run, int argc, char **argv);

/* Connects and reads the configuration; the caller ends it with settle_done. */
must_use enum status settle_start(const struct program_run *run, struct error *error,
                                  struct settle *ret_settle);
void settle_done(struct settle *settle);

/* Runs one statement and frees the parameters. ret_result as in db_run. */
must_use enum status settle_run(struct db *db, const char *sql, struct params *params,
                                struct error *error, struct result **ret_result);

/* ---- the close, as close.c and book.c see it ---- */

/* One pair of a window: who owes whom. */
struct pair {
    int32_t debtor_id;
    int32_t creditor_id;
    int64_t payment_count;
    int64_t minor;
};

struct closing {
    struct settle *settle;
    struct business *tx;
    struct window window;
    int32_t corridor_id;
    int32_t corridor_version;
    enum settlement_model model;
    currency currency;
    int32_t nostro_account_id;
    int64_t fold_id; /* 0: no payments */
    int64_t payment_count;
    int64_t late_count;
    int64_t gross_minor;
    struct pair *pairs;
    size_t pair_count;
};

/* Everything a closed window becomes. ret_instructed: there is something to pay. */
must_use enum status book_window(struct closing *closing, struct error *error,
                                 bool *ret_instructed);

#endif
