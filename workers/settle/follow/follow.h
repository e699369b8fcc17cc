/*
 * follow.h - what follows from a bank's word or from people's, one window after the other.
 *
 *   which windows, and on which day ── per window: its row locked, steps, leaf, COMMIT
 *
 *   fail.c      a bank rejected          INSTRUCTED -> FAILED
 *   returned.c  a bank sends back        INSTRUCTED, SETTLED -> FAILED
 *   abandon.c   settled outside          FAILED -> INSTRUCTED where nothing else of it waits
 *   rule.c      made after all           FAILED -> INSTRUCTED where nothing else of it waits
 *   reopen.c    instructed again         FAILED -> REOPENED -> INSTRUCTED
 *
 * (1) Each window in a transaction of its own. An error ends the turn; what was done before it
 *     stays, and the next turn begins again with what is left.
 * (2) Somebody who was quicker is no error: nothing is done, and the next turn does not find it.
 */
#ifndef SAWA_SETTLE_FOLLOW_H
#define SAWA_SETTLE_FOLLOW_H

#include "settle.h"

enum { FOLLOW_ENTRIES_MAX = 2 }; /* of one row */

struct following {
    struct settle *settle;
    struct business *tx;
    struct window window;
    calendar_date day;
    struct result *rows; /* what it is about, read by steps */
};

struct follow_kind {
    const char *action;  /* of its commit */
    const char *windows; /* SQL: window_id, day */
    bool takes_now;      /* it has one parameter, the instant */
    /* DUPLICATE: somebody was quicker (2). */
    enum status (*steps)(struct following *following, struct error *error);
    const char *overtaken[2]; /* constraints by which the database says the same */
    /* Logs what was done, and answers for how many it counts. */
    int64_t (*done)(const struct following *following);
};

/* Every window of that kind at now_us; *ret_count: what was done, as kind counts. */
must_use enum status follow_windows(struct settle *settle, const struct follow_kind *kind,
                                    int64_t now_us, struct error *error, int64_t *ret_count);

/* Runs the statement of steps, with window, day and commit, and keeps its rows. */
must_use enum status follow_read(struct following *following, const char *sql, struct error *error);

/* FAILED -> INSTRUCTED; where something of it waits to be decided, it stays as it is. */
must_use enum status follow_go_on(struct following *following, struct error *error);

/* Posts what every row books, all in one currency, for the window on its day. entries_of: how many
 * entries a row has. */
must_use enum status follow_book(
    struct following *following, int currency_column,
    size_t (*entries_of)(const struct result *rows, int row, currency in_currency,
                         struct journal_entry entries[FOLLOW_ENTRIES_MAX]),
    struct error *error);

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

/* The first day from date on on which the bank of a window's corridor can be instructed: a business
 * day of all its calendars, as its newest version in force has them. REJECT: they end before that.
 * Resets the arena. */
must_use enum status settle_payment_day(struct settle *settle, int64_t window_id,
                                        calendar_date date, struct error *error,
                                        calendar_date *ret_day);

#endif
