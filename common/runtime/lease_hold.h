/*
 * lease_hold.h - the leases of one worker, from when it takes them until it has given them up.
 *
 *               taken, or seen in our name                above our share
 *   ELSEWHERE --------------------------------> OURS ------------------------> LEAVING
 *       ^  ^       seen in another's name         |                               |
 *       |  +--------------------------------------+                               |
 *       +-------------------------------------------------------------------------+
 *            given up, once nothing of it is in flight; or seen in another's name
 *
 * Pure: what was seen comes in (store/lease.h), no row is read here.
 *
 * (1) Only what is OURS may be claimed.
 * (2) What is LEAVING is still held for all others to see: its row has our name until what is in
 *     flight is finished.
 */
#ifndef SAWA_RUNTIME_LEASE_HOLD_H
#define SAWA_RUNTIME_LEASE_HOLD_H

#include "runtime/lease_plan.h"

enum lease_state { LEASE_ELSEWHERE, LEASE_OURS, LEASE_LEAVING };

struct lease_hold {
    enum lease_state states[LEASE_PARTITION_MAX];
    size_t ours; /* how many are in that state */
    size_t leaving;
};

/* What to do next, towards the share. While something leaves, nothing else begins. */
enum lease_step { LEASE_REST, LEASE_LEAVE, LEASE_TAKE };
enum lease_step lease_hold_next(const struct lease_hold *hold, const struct lease_plan *plan,
                                size_t *ret_count);

/* Compares with what a beat saw of these many partitions. True: it differs from what we knew.
 * ret_lost has room for LEASE_HELD_MAX: those another worker took. */
bool lease_hold_see(struct lease_hold *hold, const struct lease_picture *picture,
                    const struct uuid *me, int32_t partitions, int32_t *ret_lost,
                    size_t *ret_lost_count);

void lease_hold_take(struct lease_hold *hold, const int32_t *partitions, size_t count);

/* So many of ours begin to leave, the highest numbers first: what stays is a run, which spreads
 * evenly over lanes. */
void lease_hold_leave(struct lease_hold *hold, size_t count);

/* What is LEAVING is given up by now. */
void lease_hold_given(struct lease_hold *hold);

/* Nothing is held any more. */
void lease_hold_clear(struct lease_hold *hold);

/* The partitions in a state, in order; there is room for LEASE_HELD_MAX. */
size_t lease_hold_list(const struct lease_hold *hold, enum lease_state state, int32_t *partitions);

#endif
