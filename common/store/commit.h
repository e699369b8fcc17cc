/*
 * commit.h - the record every business transaction leaves: commit_log and its audit leaf (I6).
 *
 *   commit_begin_ids(db, 0, &error, &commit_id, NULL);   inside the transaction, first
 *   commit_write_log(db, &leaf, &error);                 rows that refer to commit_log may follow
 *   ... effects, with commit_id in their rows; leaf.effects from what they are ...
 *   commit_write_leaf(db, &leaf, &error);                the last write before tx_commit
 *
 * (1) One commit_log row and one leaf per transaction. A leaf without its row is refused by the
 *     database; a row without its leaf is found by `sawa settle verify` and the seal.
 * (2) commit_log.committed_at is the instant in the leaf: the caller's clock, not the server's.
 *
 * Ids come from sequences: they are unique and rise, they may have gaps, and they say nothing
 * about the order of commits. The sequencer's leaf_index does.
 */
#ifndef SAWA_STORE_COMMIT_H
#define SAWA_STORE_COMMIT_H

#include "domain/leaf.h"
#include "store/db.h"

enum { COMMIT_BATCHES_MAX = 1024 };

/* An id for this transaction, and one for each of its batch_count batches into ret_batch_ids
 * (room for batch_count; NULL where there are none). Nothing is written. */
must_use enum status commit_begin_ids(struct db *db, int32_t batch_count, struct error *error,
                                      int64_t *ret_commit_id, int64_t *ret_batch_ids);

/* Writes the commit_log row; of the leaf only commit_id, action, worker and instant_us count. */
must_use enum status commit_write_log(struct db *db, const struct leaf *leaf, struct error *error);

/* Writes the audit_leaf row: the whole leaf must stand. */
must_use enum status commit_write_leaf(struct db *db, const struct leaf *leaf, struct error *error);

#endif
