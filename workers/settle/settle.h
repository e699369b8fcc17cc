/*
 * settle.h - what the parts of the settle worker share.
 *
 *   open.c      windows ahead of time                       settlement_window
 *   calendar.c  windows as a book has them, opened or not
 *   fold.c      deltas into running totals                  window_fold
 *   close/      one window, from gate to COMMIT             window_cut ... journal_entry, state
 *   limits/     what of its nets waits, or keeps it waiting net_carry, group_net, prefunding_use
 *   fx/         the rate it settles at, what its locks brought  window_fx
 *   hold.c      people who keep a window from closing, and who let it
 *   follow/     what follows from banks' and people's words afterwards
 *   announce.c  its events, for others                      outbox
 *   confirm.c   INSTRUCTED windows whose items are all matched become SETTLED
 *   verify.c    recomputes closed windows from payments
 *   show.c      windows and nets for people
 *   said.h      what people say on the command line
 *
 * (1) A window is closed in one transaction: cuts, fold, obligations, nets, proof, instructions,
 *     expected items, journal, leaf, state. Nothing of it is visible before, all of it after.
 * (2) The gate is taken before anything is read: who adds to the window has committed, who comes
 *     later reads the cut. The row lock is taken after the gate, by every close and every fold.
 * (3) The close reads folded deltas, never payments; but for a corridor that instructs customers'
 *     payments one by one, whose payments it has to name.
 */
#ifndef SAWA_SETTLE_SETTLE_H
#define SAWA_SETTLE_SETTLE_H

#include "base/arena.h"
#include "base/clock.h"
#include "base/config.h"
#include "domain/close_entries.h"
#include "domain/currency.h"
#include "domain/window.h"
#include "runtime/session.h"
#include "store/business.h"

#define OPTION_SETTLE_TOPICS "settle.payment_topics"
#define OPTION_SETTLE_INTERVAL "settle.interval"
#define OPTION_SETTLE_AHEAD "settle.open_ahead_days"

enum { SETTLE_PARAMS_MAX = 64 * 1024 * 1024, SETTLE_TOPICS_MAX = 16, HOLD_REASON_SIZE = 256 };

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
    CLOSE_HELD,    /* HELD: hold_reason says by whom or for what  */
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
int hold_command(struct program_run *run, int argc, char **argv);
int release_command(struct program_run *run, int argc, char **argv);
int exceed_command(struct program_run *run, int argc, char **argv);
int prefund_command(struct program_run *run, int argc, char **argv);
int reopen_command(struct program_run *run, int argc, char **argv);
int abandon_command(struct program_run *run, int argc, char **argv);
int rule_command(struct program_run *run, int argc, char **argv);
int suspense_command(struct program_run *run, int argc, char **argv);
int follow_command(struct program_run *run, int argc, char **argv);
int open_command(struct program_run *run, int argc, char **argv);
int close_command(struct program_run *run, int argc, char **argv);
int show_command(struct program_run *run, int argc, char **argv);
int calendar_command(struct program_run *run, int argc, char **argv);
int simulate_command(struct program_run *run, int argc, char **argv);
int verify_command(struct program_run *run, int argc, char **argv);

/* Connects and reads the configuration; the caller ends it with settle_done. */
must_use enum status settle_start(const struct program_run *run, struct error *error,
                                  struct settle *ret_settle);
void settle_done(struct settle *settle);

/* Moves a window within tx, in memory and in its row, and notes it in the leaf. reason: stored with
 * the state, NULL for none. DUPLICATE: the row was not where we thought. */
must_use enum status settle_move(struct business *tx, struct window *window, enum window_state to,
                                 const char *reason, struct error *error);

/* Locks the row and reads the state of a window within tx. */
must_use enum status settle_lock(struct business *tx, struct window *window, struct error *error);

/* "by hand: ..." where somebody holds the window, else "". */
must_use enum status hold_by_hand(struct db *db, int64_t window_id, struct error *error,
                                  char ret_reason[HOLD_REASON_SIZE]);

/* A constraint that refused says it better than its SQLSTATE; anything else stays as it is. */
must_use enum status settle_explain(enum status status, struct error *error);

/* Runs a statement whose one parameter is an id: a window's, a proposal's. ret_rows may be NULL. */
must_use enum status settle_on_id(struct db *db, const char *sql, int64_t id, struct error *error,
                                  struct result **ret_rows);

/* Posts entries of a window, all in one currency, on a day, and notes them in the leaf. */
must_use enum status settle_post(struct settle *settle, struct business *tx, int64_t window_id,
                                 calendar_date day, const struct journal_entry *entries,
                                 size_t count, struct error *error);

/* "/" and the id of the payment that an instruction is for, as its own name has it; empty where it
 * is for a net position (nil). Terminated. */
void instruction_payment_name(const struct uuid *event_id, char name[1 + UUID_HEX_SIZE]);

/* An amount of a row, as its currency writes it; minor units where that is unknown to us. */
const char *money_told(const struct result *rows, int row, int column, int currency_column,
                       char text[AMOUNT_TEXT_SIZE]);

#endif
