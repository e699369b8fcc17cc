/*
 * batch_store.h - the rows every commit of records leaves beside its effects: one batch row per
 * partition, its raw records, and what was parked.
 *
 * All within the transaction of the effects, set-based or by COPY.
 */
#ifndef SAWA_STORE_BATCH_STORE_H
#define SAWA_STORE_BATCH_STORE_H

#include "base/crypto.h"
#include "store/db.h"

/* One partition's share of a commit. */
struct batch_row {
    int64_t batch_id;
    int32_t partition;
    int64_t epoch;
    int64_t first_offset;
    int64_t next_offset;
    int32_t record_count;
    int32_t applied_count;
    int32_t duplicate_count;
    int32_t parked_count;
    struct digest records_root;
};

/* Its raw records, sealed; texts are borrowed. */
struct raw_row {
    int64_t batch_id;
    int32_t key_id;
    int32_t plain_size;
    struct text seed;
    struct text sealed;
};

struct parked_row {
    int64_t batch_id;
    int32_t partition;
    int64_t record_offset;
    const char *reason;
    bool has_event_id;
    struct uuid event_id;
    int32_t key_id;
    bool has_digest; /* of a queue */
    struct uuid content_digest;
    struct text sealed;
};

must_use enum status batch_insert(struct db *db, int64_t commit_id, int32_t source_id,
                                  const struct batch_row *rows, size_t count, struct error *error);

/* stored_on: days since 1970; its partition must exist (day_ensure). */
must_use enum status raw_copy(struct db *db, int32_t stored_on, const struct raw_row *rows,
                              size_t count, struct error *error);

/* Parked records, one after the other, so that all need no more memory than one: begin, put for
 * each, end; between them nothing else is asked of db. A put that fails shows at the end. */
must_use enum status parked_copy_begin(struct db *db, struct error *error);
void parked_copy_put(struct db *db, int32_t source_id, const struct parked_row *row,
                     int64_t parked_at_us);
must_use enum status parked_copy_end(struct db *db, size_t count, struct error *error);

/* ret_known[i]: a record of a queue with this digest is parked already. */
must_use enum status parked_known(struct db *db, int32_t source_id, const struct uuid *digests,
                                  size_t count, struct error *error, bool *ret_known);

/* Makes the partition of a day where it is missing: parent "payment" or "batch_raw". Outside a
 * transaction: it must be there even if the batch rolls back. */
must_use enum status day_ensure(struct db *db, const char *parent, int32_t day,
                                struct error *error);

#endif
