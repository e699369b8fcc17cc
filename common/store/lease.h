/*
 * lease.h - who may claim which partition, where the workers of a topic share it out themselves.
 *
 *   lease_beat    our time begins anew; who else lives, who holds what
 *   lease_make    a lease, free, for each partition of the topic
 *   lease_take    from the free, and from those whose holder's time is over
 *   lease_give    ours, one by one
 *   lease_leave   ours, all, and we are no member any more
 *
 * A member's leases last as long as the member: one row is renewed, however many partitions it
 * holds, so the whole price of a quiet worker is one statement per beat.
 *
 * (1) A lease is a right to claim, never the fence: what may be committed is decided by
 *     position.epoch alone (position.h). Two who both believe in a lease cost time, not money.
 * (2) The lease time runs by the clock of the database, which alone compares.
 * (3) A partition has one holder: its row says who.
 * (4) The key is cluster and topic, not the generation: who shares out a topic need not know that
 *     it was made anew. And not the group: a position has one reader, whatever its groups.
 */
#ifndef SAWA_STORE_LEASE_H
#define SAWA_STORE_LEASE_H

#include "base/ports.h"
#include "store/db.h"

enum { LEASE_PARTITION_MAX = 4096, LEASE_ROWS_MAX = 2 * LEASE_PARTITION_MAX };

/* Us, as a member of a topic. */
struct lease_member {
    const char *cluster_id;
    const char *topic;
    struct uuid id;     /* drawn at the start of the process */
    const char *worker; /* for those who look */
    int64_t lease_ms;
};

struct lease_row {
    int32_t partition;  /* -1: a live member that holds none */
    struct uuid holder; /* all zero: nobody */
    bool live;          /* the holder's time is not over */
};

/* What one beat saw, as it was just before it: partitions in order, then members without any. */
struct lease_picture {
    size_t count;
    struct lease_row rows[LEASE_ROWS_MAX];
};

must_use enum status lease_beat(struct db *db, const struct lease_member *me, int32_t partitions,
                                struct error *error, struct lease_picture *ret_picture);

must_use enum status lease_make(struct db *db, const struct lease_member *me, int32_t partitions,
                                struct error *error);

/* At most wanted of the rows, each only where it is still as it was seen and its holder, if any,
 * does not live. ret_taken has room for wanted. */
must_use enum status lease_take(struct db *db, const struct lease_member *me,
                                const struct lease_row *rows, size_t count, size_t wanted,
                                struct error *error, int32_t *ret_taken, size_t *ret_count);

/* What is not ours any more stays as it is. */
must_use enum status lease_give(struct db *db, const struct lease_member *me,
                                const int32_t *partitions, size_t count, struct error *error);

must_use enum status lease_leave(struct db *db, const struct lease_member *me, struct error *error);

/* Nobody. */
bool lease_is_free(const struct lease_row *row);

#endif
