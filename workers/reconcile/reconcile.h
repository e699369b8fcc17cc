/*
 * reconcile.h - what the parts of the reconciler share.
 *
 *   input.c    rows of both sides as domain items, references normalised
 *   step.c     one account and one statement date: look, decide, write what changed
 *   withdrawn.c bookings of what a bank had rejected: set aside, and breaks
 *   write.c    set-based writes of matches and breaks
 *   main.c     accounts and dates in order
 *
 * (1) An account is worked on by one reconciler at a time (advisory lock), date after date in
 *     order: what matches does not depend on the order in which statements came (I14).
 * (2) The decision is domain/match: the same arrays give the same matches and breaks.
 * (3) A step that changes nothing writes nothing: running again is free.
 * (4) What was matched stays matched. Breaks are judged anew each time.
 */
#ifndef SAWA_RECONCILE_RECONCILE_H
#define SAWA_RECONCILE_RECONCILE_H

#include "base/arena.h"
#include "base/clock.h"
#include "base/config.h"
#include "domain/match.h"
#include "runtime/session.h"
#include "store/business.h"

#define OPTION_RECONCILE_INTERVAL "reconcile.interval"
#define OPTION_RECONCILE_GAP "reconcile.gap_days"
#define OPTION_RECONCILE_BACK "reconcile.duplicate_days"

enum { RECONCILE_PARAMS_MAX = 512 * 1024 * 1024 };

struct reconcile {
    struct session session;
    int32_t gap_days;  /* how long a missing statement is waited for, in days of statements   */
    int32_t back_days; /* how far back what is matched counts when duplicates are looked for */
    int64_t interval_ms;
    struct arena arena; /* third lifetime: one step */
};

/* Counts of one step, or of many. */
struct reconcile_counts {
    int64_t steps; /* that changed something */
    int64_t matched;
    int64_t opened;
    int64_t closed;
    int64_t changed;
};

/* Items or entries of one account. */
struct side {
    struct match_item *items;
    size_t count;
};

/* One account, one date. */
struct step {
    struct reconcile *reconcile;
    struct db *db;
    struct arena *arena;
    int32_t account_id;
    calendar_date as_of;
    struct side items, entries;                 /* open                       */
    struct side matched_items, matched_entries; /* matched in the last days   */
    struct side withdrawn;                      /* items, in the last days    */
    struct match_result result;
    struct reconcile_counts counts;
};

/* A break as it is stored. */
struct stored_break {
    int64_t break_id;
    bool is_entry;
    struct uuid id;
    struct uuid digest;
};

/* What is to be written. Breaks point into step->result. */
struct changes {
    const struct match_break **opened;
    struct uuid *opened_digests;
    size_t opened_count;
    const struct match_break **changed;
    int64_t *changed_ids;
    struct uuid *changed_digests;
    size_t changed_count;
    int64_t *closed_ids;
    size_t closed_count;
    bool moves_mark;
};

/* Everything of the account up to as_of into step. */
must_use enum status input_read(struct step *step, struct error *error);

/* The open entries that may explain something: all but those that name a withdrawn item. */
struct side withdrawn_leave(struct step *step);

/* Adds the breaks of those it left out; they explain nothing. Before breaks are sorted. */
void withdrawn_break(struct step *step);

/* Writes the changes within tx. */
must_use enum status changes_write(struct step *step, struct business *tx,
                                   const struct changes *changes, struct error *error);

/* One account and date (1) to (4). */
must_use enum status step_run(struct reconcile *reconcile, int32_t account_id, calendar_date as_of,
                              struct error *error, struct reconcile_counts *counts);

#endif
