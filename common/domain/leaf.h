/*
 * leaf.h - the audit leaf of one business transaction: canonical bytes, for ever.
 *
 * An auditor recomputes these bytes from rows and compares the hash with the tree. So the
 * bytes are decided here once, and never read back by a program of ours to act on; leaf_covers
 * reads them to verify.
 *
 *   field          bytes  what it says
 *   format         text   "sawa.leaf.1": this layout; another layout gets another name
 *   commit_id      8      commit_log.commit_id
 *   action         text   commit_log.action: ingest, close, ...
 *   worker         text   commit_log.worker: program and instance
 *   actor          text   keyed hash (64 hex digits) of the person who decided, or nothing
 *   instant_us     8      commit_log.committed_at, microseconds since 1970
 *   range_count    8      how many ranges follow; 0 outside ingest and fx
 *     source       text   kind/cluster_id/topic/generation
 *     partition    8
 *     epoch        8      the fencing token it was read under
 *     first_offset 8      [first_offset, next_offset)
 *     next_offset  8
 *     records_root 32     Merkle root of the salted record hashes
 *   effects        32     digest of the rows written (struct effects)
 *
 * Every field is its size as 4 bytes, then its bytes; integers are 8 bytes; all big-endian.
 * leaf hash = SHA-256(0x00 || bytes), RFC 6962 section 2.1.
 *
 * (1) The same leaf gives the same bytes; two different leaves never do (length prefixes).
 * (2) Ranges stand in (source, partition) order, each not empty, none twice.
 * (3) No personal data: texts are codes, digests stand for content (I12).
 */
#ifndef SAWA_DOMAIN_LEAF_H
#define SAWA_DOMAIN_LEAF_H

#include "base/buffer.h"
#include "base/crypto.h"

#define LEAF_FORMAT "sawa.leaf.1"

struct leaf_range {
    struct text source;
    int32_t partition;
    int64_t epoch;
    int64_t first_offset;
    int64_t next_offset;
    struct digest records_root;
};

struct leaf {
    int64_t commit_id;
    struct text action;
    struct text worker;
    struct text actor;
    int64_t instant_us;
    const struct leaf_range *ranges;
    size_t range_count;
    struct digest effects;
};

/* Appends the canonical bytes. The caller asks buffer_failed(). */
void leaf_encode(const struct leaf *leaf, struct buffer *buffer);

/* The RFC 6962 hash of canonical bytes. */
struct digest leaf_hash(struct text bytes);

/* True when bytes are a leaf of this layout, of this commit, and range is one of its ranges. The
 * bytes may come from anywhere: for who verifies what a leaf was written about. */
must_use bool leaf_covers(struct text bytes, int64_t commit_id, const struct leaf_range *range);

/* Source as leaves name it: KAFKA/cluster/payments/1, terminated. */
void leaf_source(const char *kind, struct text cluster_id, struct text topic, int32_t generation,
                 struct buffer *buffer);

void assert_leaf_state(const struct leaf *leaf); /* (2), (3) as far as it shows */

/*
 * What a transaction wrote, as one digest: per row its table and then its values in the order of
 * the table's columns, each value with its size in front. Rows stand in the order of their key.
 *
 *   effects_init(&effects);
 *   effects_row(&effects, "obligation", 5); effects_int64(&effects, window_id); ...
 *   leaf.effects = effects_end(&effects);
 *   effects_done(&effects);
 *
 * A writer with bulk rows gives its COPY tuples instead (effects_copy): they carry their own sizes.
 * In pieces: effects_copy_begin tells the size of all, effects_copy_add gives them one by one.
 */
struct effects {
    struct sha256 *sha256;
};

void effects_init(struct effects *effects);
void effects_done(struct effects *effects); /* half-built is fine */
void effects_row(struct effects *effects, const char *table, size_t value_count);
void effects_int64(struct effects *effects, int64_t value);
void effects_text(struct effects *effects, struct text value);
void effects_null(struct effects *effects);
void effects_copy(struct effects *effects, const char *table, struct text tuples);
void effects_copy_begin(struct effects *effects, const char *table, size_t size);
void effects_copy_add(struct effects *effects, struct text piece);
struct digest effects_end(struct effects *effects);

#endif
