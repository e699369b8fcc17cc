/*
 * business.h - one business transaction outside the stream: a close, a statement, a run of
 * reconcile, an approval. Its effects, its commit_log row and its leaf become true together (I6).
 *
 *   business_begin(db, "close", worker, now_us, &error, &tx)      BEGIN, ids, commit_log
 *   ... writes with tx.commit_id, each noted in tx.effects ...
 *   business_end(&tx, &error)                                     leaf, COMMIT
 *   business_abandon(&tx)                                         instead, at any point
 *
 * business_end and business_abandon both leave nothing open; after either tx is done with.
 * A COMMIT whose reply is lost answers RETRY with CAUSE_UNKNOWN: what is done again must find its
 * own effects (unique keys, states) and do nothing.
 */
#ifndef SAWA_STORE_BUSINESS_H
#define SAWA_STORE_BUSINESS_H

#include "store/commit.h"

struct business {
    struct db *db;
    int64_t commit_id;
    struct leaf leaf;
    struct effects effects;
};

/* action and worker outlive tx. On anything but OK there is nothing to abandon. */
must_use enum status business_begin(struct db *db, const char *action, const char *worker,
                                    int64_t now_us, struct error *error, struct business *ret_tx);

/* The same within a transaction that is open already: who must look before it knows whether there
 * is anything to do. On anything but OK the caller rolls back. */
must_use enum status business_enter(struct db *db, const char *action, const char *worker,
                                    int64_t now_us, struct error *error, struct business *ret_tx);

must_use enum status business_end(struct business *tx, struct error *error);

void business_abandon(struct business *tx);

/* business_end where status is OK, else business_abandon: `return business_finish(&tx, status, e)`.
 */
must_use enum status business_finish(struct business *tx, enum status status, struct error *error);

#endif
