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

enum { FOLLOW_LEGS_MAX = 2 }; /* of one row */

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

/* Posts the legs of every row, in one entry of the window on its day. legs_of: how many. */
must_use enum status follow_book(struct following *following, int currency_column,
                                 size_t (*legs_of)(const struct result *rows, int row,
                                                   struct leg legs[FOLLOW_LEGS_MAX]),
                                 struct error *error);

#endif
