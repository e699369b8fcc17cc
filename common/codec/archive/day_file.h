/*
 * day_file.h - the raw records of one day as a file: its bytes, and whether they prove themselves.
 *
 *   file    = HEAD, BTCH ..., TAIL                     sections, one after the other
 *   section = tag 4, size of the body 4, body, digest 32
 *   digest  = SHA-256(digest of the section before || tag || size || body); before HEAD: zeros
 *
 *   HEAD    "sawa.archive.1", day, sources (id, kind, cluster, topic, generation), data keys (id,
 *           scope, month, key sealed under the key file)
 *   BTCH    a row of table batch, its raw bytes as they stand sealed in batch_raw, and the
 *           canonical bytes of the audit leaf of its commit
 *   TAIL    how many batches and records came, and bytes of raw records
 *
 * Bodies are fields: size 4, bytes; integers are 8 bytes; days count from 1970-01-01; all is
 * big-endian.
 *
 * (1) HEAD stands first and once, TAIL last and once; batches rise by id. Two files of the same
 *     rows are the same bytes.
 * (2) Any bit that differs is found: digests form a chain, and what follows TAIL is refused.
 * (3) A batch is what its leaf says: source, partition, epoch, offsets and record root are a range
 *     of it. With the key its records are opened, and give that root.
 * (4) Reading is bounded: no size is believed beyond DAY_BODY_MAX, no count beyond its ceiling.
 *
 *   writer: day_write_head, day_write_batch ..., day_write_tail   into a buffer, by section
 *   reader: day_section_size of the first 8 bytes, then day_read of the whole section
 *
 * Nothing here does I/O; a section is in memory as a whole.
 */
#ifndef SAWA_CODEC_ARCHIVE_DAY_FILE_H
#define SAWA_CODEC_ARCHIVE_DAY_FILE_H

#include "codec/archive/archive.h"
#include "domain/merkle.h"

#define DAY_FORMAT "sawa.archive.1"

enum { DAY_SECTION_HEAD = 8, DAY_BODY_MAX = 96 * 1024 * 1024, DAY_LIST_MAX = 1024 };
enum { DAY_SECTION_EXTRA = DAY_SECTION_HEAD + SHA256_SIZE };

struct day_source {
    int32_t source_id;
    struct text kind;
    struct text cluster_id;
    struct text topic;
    int32_t generation;
};

struct day_key {
    int32_t key_id;
    struct text scope;
    int32_t month; /* its first day, days since 1970 */
    struct text sealed_key;
};

struct day_head {
    int32_t day; /* days since 1970 */
    size_t source_count;
    size_t key_count;
    struct day_source sources[DAY_LIST_MAX]; /* by id */
    struct day_key keys[DAY_LIST_MAX];
};

struct day_batch {
    int64_t batch_id;
    int64_t commit_id;
    int32_t source_id;
    int32_t partition;
    int64_t epoch;
    int64_t first_offset;
    int64_t next_offset;
    int64_t record_count;
    int64_t applied_count;
    int64_t duplicate_count;
    int64_t parked_count;
    struct digest records_root;
    int32_t key_id;
    int64_t plain_size;
    struct text seed;   /* sealed */
    struct text sealed; /* archive.h */
    struct text leaf;   /* domain/leaf.h */
};

struct day_counts {
    int64_t batches;
    int64_t records;
    int64_t sealed_bytes;
};

/* Where a writer or reader of a file stands. Starts as {0}. */
struct day_place {
    struct digest chain; /* of the last section */
    bool has_head;
    bool has_tail;
    int64_t last_batch_id;
    struct day_counts counts;
};

/* Each appends one section; the caller asks buffer_failed(). */
void day_write_head(struct day_place *place, const struct day_head *head, struct buffer *out);
void day_write_batch(struct day_place *place, const struct day_batch *batch, struct buffer *out);
void day_write_tail(struct day_place *place, struct buffer *out);

/* Reading. A reader knows the head of its file, whose texts it keeps. */
struct day_reader;

struct day_reader *day_reader_new(void);         /* never NULL */
void day_reader_free(struct day_reader *reader); /* NULL is fine */

enum day_section { DAY_HEAD, DAY_BATCH, DAY_TAIL };

/* The size of the whole section that begins with these 8 bytes. 0: it is none (4). */
size_t day_section_size(const char begin[DAY_SECTION_HEAD]);

/* Takes the next section. REJECT: altered, out of order, or not as it should be; error tells which
 * batch. For DAY_BATCH *ret_batch points into section. */
must_use enum status day_read(struct day_reader *reader, struct text section, struct error *error,
                              enum day_section *ret_section, struct day_batch *ret_batch);

/* What came so far: has_tail tells whether the file may end here. */
const struct day_place *day_reader_place(const struct day_reader *reader);
const struct day_head *day_reader_head(const struct day_reader *reader);

/* ---- what a batch proves (3) ---- */

/* Told of each record and its hash, in offset order. */
typedef void day_record(void *context, const struct raw_record *record, const struct digest *hash);

/* Scratch for proving batches, used again. */
struct day_prover;
struct day_prover *day_prover_new(void); /* never NULL */
void day_prover_free(struct day_prover *prover);

/* Opens the batch under its data key and computes the root again. each may be NULL. REJECT: it does
 * not open, or is not what its row says. */
must_use enum status day_prove(struct day_prover *prover, const struct day_batch *batch,
                               const unsigned char data_key[SEAL_KEY_SIZE], day_record *each,
                               void *context, struct error *error);

#endif
