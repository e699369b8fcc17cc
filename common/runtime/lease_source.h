/*
 * lease_source.h - a source whose partitions are ours by leases in PostgreSQL (base/ports.h).
 *
 * It wraps a source that assigns nothing by itself and answers for it which partitions are ours;
 * all else it passes on. So the loop does not know who shares partitions out: the broker's group or
 * the workers among themselves.
 *
 *   poll    news of the keeper first: ASSIGNED or REVOKED, and nothing is delivered until the loop
 *           has claimed; the poll after that tells the keeper that it was heard
 *   range   which begins each claim, answers RETRY without a lease that holds at this moment
 *   close   gives leases and membership back, then closes what it wraps
 */
#ifndef SAWA_RUNTIME_LEASE_SOURCE_H
#define SAWA_RUNTIME_LEASE_SOURCE_H

#include "runtime/lease_keeper.h"

struct lease_settings {
    struct db_settings db; /* its strings outlive the source */
    const char *worker;    /* copied */
    int64_t lease_ms;
};

/* inner may be asked for its identity by another thread, and is closed with the source, or where
 * this fails. */
must_use enum status lease_source_open(const struct lease_settings *settings, struct source *inner,
                                       struct error *error, struct source **ret_source);

#endif
