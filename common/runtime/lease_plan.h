/*
 * lease_plan.h - what a worker makes of the leases it sees: its share, and what it may take.
 *
 * Pure: a picture (store/lease.h) goes in, numbers come out. All workers plan for themselves from
 * pictures that may be a beat apart; test_lease_plan shows that they come to rest, none of them
 * holding another's, whatever the order they act in.
 *
 * (1) We are counted as a member whether the picture has us or not.
 * (2) Who is past its time counts as no member, and what it held may be taken only with
 *     lapsed_too: after the database was away all are past their time, and who comes back first
 *     must not take everything. lease_beats_trusted tells when: after a lease time of beats without
 *     a gap. The time between two beats that worked is that from when the first was sent to the
 *     answer of the second, which may have waited for the server as those of all others did.
 * (3) share is the fair one (domain/fair_share.h), at most LEASE_HELD_MAX.
 */
#ifndef SAWA_RUNTIME_LEASE_PLAN_H
#define SAWA_RUNTIME_LEASE_PLAN_H

#include "domain/fair_share.h"
#include "runtime/batch.h"
#include "store/lease.h"

enum { LEASE_HELD_MAX = BATCH_PART_MAX, LEASE_MEMBER_MAX = LEASE_ROWS_MAX + 1 };

struct lease_plan {
    size_t members;        /* that live, we among them */
    size_t share;          /* (3) */
    size_t takeable_count; /* in the order of partitions */
    struct lease_row takeable[LEASE_PARTITION_MAX];

    struct share_member counted[LEASE_MEMBER_MAX]; /* the members, and what each holds */
};

/* The beats that worked, on the monotonic clock. All zero: none yet. */
struct lease_beats {
    int64_t sent_us; /* when the last one was sent; 0: never */
    int64_t answered_us;
    int64_t unbroken_since_us;
};

void lease_beats_note(struct lease_beats *beats, int64_t sent_us, int64_t answered_us,
                      int64_t lease_us);

/* Who is past its time now has had its time (2). */
bool lease_beats_trusted(const struct lease_beats *beats, int64_t lease_us);

void lease_plan(const struct lease_picture *picture, const struct uuid *me, int32_t partitions,
                bool lapsed_too, struct lease_plan *ret_plan);

#endif
