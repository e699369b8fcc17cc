/*
 * lease_keeper.h - keeps a worker's leases of a topic, and tells which partitions are its to claim.
 *
 * A thread and a connection of its own, so that leases do not run out while the reading thread
 * waits for a lock, a commit or a full lane. Each beat is one statement (store/lease.h); what
 * follows from it is decided by lease_plan.h and remembered in lease_hold.h.
 *
 *   keeper                                          reading thread (lease_source.h)
 *     beat: above our share, 8 and 9 are to leave
 *     version 5 ----------------------------------> lease_keeper_offer: all but 8 and 9
 *     beats go on, 8 and 9 are still in our name      finishes what is in flight, drops them
 *     <---------------------------------------------- lease_keeper_heard(5)
 *     gives 8 and 9 up
 *
 * (1) What leaves is given up only once the reading thread has heard of it, so a worker that takes
 *     it need not wait for ours.
 * (2) Whether a lease may be used to claim is told by the last beat that worked: from when it was
 *     sent, for the lease time. A process that was stopped for longer claims nothing before a beat
 *     has told it what is still its. A batch of its meets the epoch (store/position.h).
 * (3) What lapsed in another's name is taken only after a lease time of beats without a gap: after
 *     the database was away all have lapsed, and all need the time to come back.
 * (4) While the database is away, nothing changes hands: what we had is kept, and may be lost.
 * (5) A worker that has not begun to read is no member, and one that has not asked for news for
 *     LEASE_SILENCE_MAX_MS is none any more: its loop hangs.
 * (6) Nothing is told and nothing changes after lease_keeper_stop: leases and membership are given
 *     back at once.
 */
#ifndef SAWA_RUNTIME_LEASE_KEEPER_H
#define SAWA_RUNTIME_LEASE_KEEPER_H

#include "runtime/lease_hold.h"
#include "runtime/options.h"

enum { LEASE_SILENCE_MAX_MS = 300000 };

struct lease_keeper;

struct lease_keeper_settings {
    struct db_settings db; /* its strings outlive the keeper; time-outs are the keeper's own */
    struct source *source; /* asked for its identity, from a thread of the keeper's */
    const char *worker;    /* copied */
    int64_t lease_ms;
    int64_t identify_ms; /* how soon added partitions are seen */
};

must_use enum status lease_keeper_start(const struct lease_keeper_settings *settings,
                                        struct error *error, struct lease_keeper **ret_keeper);

/* Gives everything back, ends the threads. False: one of them still waits for the broker; the
 * source must not be closed then. NULL is fine. */
bool lease_keeper_stop(struct lease_keeper *keeper);

/* The reading thread is alive; a number that changes when the offer has. Costs next to nothing. */
int64_t lease_keeper_version(struct lease_keeper *keeper);

/* What is ours to claim. FATAL: the keeper cannot go on. */
struct lease_offer {
    int64_t version;
    bool idle; /* there are more members than partitions: none is ours, and none will come */
    size_t count;
    int32_t partitions[LEASE_HELD_MAX];
};
must_use enum status lease_keeper_offer(struct lease_keeper *keeper, struct error *error,
                                        struct lease_offer *ret_offer);

/* Of what lies outside the offer of this version nothing is in flight any more (1). */
void lease_keeper_heard(struct lease_keeper *keeper, int64_t version);

/* May this partition be claimed at this moment (2)? RETRY: not now. */
must_use enum status lease_keeper_allows(struct lease_keeper *keeper, int32_t partition,
                                         struct error *error);

#endif
