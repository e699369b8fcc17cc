/*
 * settle.h - what the parts of the settle worker share.
 *
 *   open.c    windows ahead of time                       settlement_window
 *   fold.c    deltas into running totals                  window_fold
 *   close.c   one window, from gate to COMMIT             window_cut, state
 *   book.c    what a closed window becomes                obligation ... journal_entry
 *   charge.c  what its fees add to that                   fee_obligation
 *   fx.c      the rate it settles at, what its locks brought  window_fx, journal_entry
 *   limit.c   what of its nets waits, or keeps it waiting net_carry, group_net, prefunding_use
 *   hold.c    people who keep a window from closing, and who let it
 *   exceed.c  two people who let a net debit pass its cap
 *   prefund.c money that participants place beforehand, by two people
 *   follow.c  what follows from banks' and people's words, window by window: next four, rule
 *   fail.c    what a bank rejected is reversed and withdrawn  withdrawal, journal_entry
 *   returned.c what a bank sends back is expected and booked  expected_item, journal_entry
 *   reopen.c  ... and instructed again by approval        instruction, expected_item
 *   payment_day.c  on which day that can be
 *   abandon.c ... or settled outside by approval          abandoned_instruction, journal_entry
 *   suspense.c ... and cleared by two people              suspense_clearing, journal_entry
 *   rule.c    what a bank did that contradicts itself, by two people  ruling, journal_entry
 *   confirm.c INSTRUCTED windows whose items are all matched become SETTLED
 *   verify.c  recomputes closed windows from payments; fx_verify.c their rates
 *   show.c    windows and nets for people; fx_show.c their rates
 *   calendar.c windows as a book has them, opened or not
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
#include "domain/amount.h"
#include "domain/currency.h"
#include "domain/netting.h"
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

/* FAILED where a bank rejected an instruction, each window in its own transaction: its booking is
 * reversed, its expected item withdrawn. */
must_use enum status settle_fail(struct settle *settle, int64_t now_us, struct error *error,
                                 int64_t *ret_failed);

/* FAILED -> REOPENED -> INSTRUCTED where people approved what waits: its next attempts. */
must_use enum status settle_reopen(struct settle *settle, int64_t now_us, struct error *error,
                                   int64_t *ret_reopened);

/* FAILED where a bank sends money back, each window in its own transaction: what comes in is
 * expected, and the obligation stands again. */
must_use enum status settle_return(struct settle *settle, int64_t now_us, struct error *error,
                                   int64_t *ret_failed);

/* Moves to a suspense account what people approved to settle outside; FAILED -> INSTRUCTED where
 * nothing else of the window waits. Counts payments. */
must_use enum status settle_abandon(struct settle *settle, int64_t now_us, struct error *error,
                                    int64_t *ret_abandoned);

/* FAILED -> INSTRUCTED where two people found that a bank made after all what it had rejected, and
 * nothing else of the window waits. */
must_use enum status settle_rule(struct settle *settle, int64_t now_us, struct error *error,
                                 int64_t *ret_ruled);

/* All of these: what was undone first, then what was decided about it. */
must_use enum status settle_follow(struct settle *settle, int64_t now_us, struct error *error,
                                   int64_t *ret_count);

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

/* The first day from date on on which the bank of a window's corridor can be instructed: a business
 * day of all its calendars, as its newest version in force has them. REJECT: they end before that.
 * Resets the arena. */
must_use enum status settle_payment_day(struct settle *settle, int64_t window_id,
                                        calendar_date date, struct error *error,
                                        calendar_date *ret_day);

/* Runs a statement whose one parameter is a window's id. ret_rows may be NULL. */
must_use enum status settle_on_window(struct db *db, const char *sql, int64_t window_id,
                                      struct error *error, struct result **ret_rows);

/* One transfer between two accounts, in either direction, as the books have it. */
struct leg {
    int32_t debit_account_id;
    int32_t credit_account_id;
    int64_t amount_minor;
};

/* What an instruction moves between an account of ours and a participant's obligation. */
struct leg settle_leg(bool collects, int32_t own_account_id, int32_t obligation_account_id,
                      int64_t amount_minor);

/* Posts legs of a window on a day, and notes them in the leaf. */
must_use enum status settle_post(struct settle *settle, struct business *tx, int64_t window_id,
                                 calendar_date day, struct text in_currency, const struct leg *legs,
                                 size_t count, struct error *error);

/* ---- the close, as close.c and book.c see it ---- */

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
    int64_t fold_id; /* 0: no payments */
    int64_t payment_count;
    int64_t late_count;
    int64_t gross_minor;
    struct pair *pairs;
    size_t pair_count;
    struct charge *charges;
    size_t charge_count;
    const struct limits *limits;
    const struct window_fx *fx; /* NULL: nothing to exchange */
};

/* The rate of the folded window and what its locks brought, into closing. An answer in ret_reason:
 * why the window must not close yet. */
must_use enum status fx_decide(struct closing *closing, struct error *error,
                               char ret_reason[HOLD_REASON_SIZE]);

/* Stores and books it, behind book_window. */
must_use enum status fx_write(const struct closing *closing, struct error *error);

/* What the folded window is charged. */
must_use enum status charges_read(struct closing *closing, struct error *error);

/* Stores it, and what it adds to the leaf. */
must_use enum status charges_write(const struct closing *closing, struct error *error);

/* What charges of fees (false) or of taxes on them (true) leave with us; negative: we gave more
 * back than we took. False: does not fit 64 bits. */
must_use bool charges_own(const struct closing *closing, bool taxes, int64_t *ret_minor);

/* An amount of a row, as its currency writes it; minor units where that is unknown to us. */
const char *money_told(const struct result *rows, int row, int column, int currency_column,
                       char text[AMOUNT_TEXT_SIZE]);

/* The rows of show_fx.sql and show_fx_locks.sql; nothing where the window knows no rates. */
void fx_print(const struct result *fx, const struct result *locks);
void fx_json(struct buffer *out, const struct result *fx, const struct result *locks);

/* What differs when the payments and quotes of closed windows are reckoned again, printed; adds to
 * *ret_count. params: the selection, $1 and $2, then the currencies. */
must_use enum status fx_verify(struct settle *settle, struct params *params, struct error *error,
                               int64_t *ret_count);

/* Everything a closed window becomes. ret_instructed: there is something to pay. ret_reason: empty,
 * or what it has to wait for; then nothing was written. */
must_use enum status book_window(struct closing *closing, struct error *error, bool *ret_instructed,
                                 char ret_reason[HOLD_REASON_SIZE]);

/* Its events, for others; the last step before COMMIT. */
must_use enum status announce_window(struct closing *closing, struct error *error);

/* The same for the next attempts that tx instructs, and for a window that is settled. code: of the
 * window's currency. */
must_use enum status announce_attempts(struct business *tx, int64_t window_id, struct text code,
                                       struct error *error);
must_use enum status announce_settled(struct business *tx, int64_t window_id, struct text code,
                                      struct error *error);

#endif
