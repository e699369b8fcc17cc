/*
 * batch.h - the records of one commit, from several partitions, on their way through the loop.
 *
 *   batch
 *     parts[]    one per partition: where it stands, its sealed raw records, its counts;
 *                each becomes a row of table batch
 *     records[]  in the order of delivery: part, offset, verdict
 *     rows[]     what the worker's decode made of each (worker_ops.row_size bytes each)
 *     extra      what the worker keeps beside the rows (ingest: tuples ready for COPY)
 *
 *   EMPTY --batch_add--> FILLING --part_seal--> SEALED --commit--> EMPTY (memory is kept)
 *
 * (1) Offsets of one part rise; its records lie in [move.expected, move.next_offset).
 * (2) A record has exactly one verdict: OK, DUPLICATE or REJECT with a reason (I5).
 * (3) A dropped part (FENCED) has no effect at all: its records are skipped everywhere.
 *
 * Memory: at most records_max records. Raw bytes go straight into the archive of their
 * partition (partition.h); only records that may yet be parked keep a frame here.
 */
#ifndef SAWA_RUNTIME_BATCH_H
#define SAWA_RUNTIME_BATCH_H

#include "base/buffer_pool.h"
#include "base/crypto.h"
#include "base/record.h"
#include "codec/archive/archive.h"
#include "domain/reason.h"
#include "store/keyring.h"
#include "store/position.h"

enum { BATCH_PART_MAX = 256, RECORD_VALUE_MAX = 1024 * 1024, RAW_AAD_SIZE = ARCHIVE_AAD_SIZE };
enum { SEALED_PART_MAX = 64 * 1024 * 1024 }; /* sealed raw records of one partition */

struct batch_limits {
    size_t records_max;
    size_t bytes_max; /* raw records of the whole batch, before compression */
};

struct batch_part {
    struct position_move move;
    int64_t watermark_before_us; /* where the part began */
    bool dropped;                /* (3) */
    bool told;                   /* ... with an earlier part of it, whose loss is told */
    size_t record_count;
    size_t counts[REJECT + 1]; /* by verdict: OK, DUPLICATE, REJECT */

    int64_t batch_id; /* given in the transaction */
    int32_t key_id;
    struct digest records_root;
    uint64_t plain_size;
    struct buffer sealed; /* its raw records */
    unsigned char sealed_seed[SEAL_KEY_SIZE + SEAL_OVERHEAD];
};

struct batch_record {
    int64_t offset;
    uint32_t kept_at; /* frame in batch.kept, where kept_size > 0 */
    uint32_t kept_size;
    uint16_t part;
    uint8_t decoded; /* enum status from decode      */
    uint8_t verdict; /* the same after validate      */
    uint8_t decoded_reason;
    uint8_t reason;
    uint8_t doubt; /* enum reason, for which it is refused unless it is known; or NONE */
};

struct batch {
    struct batch_limits limits;
    size_t row_size;
    size_t part_count;
    size_t part_last; /* the one found last: records of one partition come in runs */
    struct batch_part parts[BATCH_PART_MAX];
    size_t record_count;
    size_t record_capacity;
    struct batch_record *records;
    char *rows;
    struct buffer kept; /* frames of records that may be parked */
    size_t kept_count;
    size_t kept_large; /* bytes of those frames that are large */
    void *extra;
    size_t bytes;
    int64_t opened_at_us; /* monotonic; 0: empty */
    int64_t commit_id;    /* given in the transaction */
    int64_t commit_us;    /* from BEGIN to the reply to COMMIT, of the last attempt */
    int32_t source_id;
    bool rereads;         /* false: its records come again under other numbers (parked_again.h) */
    struct data_key *key; /* seals what is parked */
    struct buffer_pool *spares; /* where sealed parts get their memory and leave it; NULL: none */
};

struct batch *batch_new(const struct batch_limits *limits, size_t row_size, void *extra);
void batch_free(struct batch *batch); /* NULL is fine; extra belongs to the worker */
void batch_clear(struct batch *batch);

static inline bool batch_is_empty(const struct batch *batch)
{
    return batch->part_count == 0;
}

/* True when no further record may be added. */
bool batch_is_full(const struct batch *batch);

/* The part of position's partition; opened there when the batch has none yet. NULL: no room. */
struct batch_part *batch_part_open(struct batch *batch, const struct position *position);
struct batch_part *batch_part_find(struct batch *batch, int32_t partition);

/* Adds a record of part; its row is zeroed and is decode's to fill. NULL: out of memory. */
void *batch_add(struct batch *batch, struct batch_part *part, const struct record *record);

/* Undoes the batch_add of the record added last, where decode could not tell now: the part stands
 * at next_offset again, and is gone where that record had opened it. */
void batch_take_back(struct batch *batch, struct batch_part *part, const struct record *record,
                     int64_t next_offset);

/* Keeps the frame of the record added last: it may be parked. */
void batch_keep(struct batch *batch, const struct record *record);

/* The verdict of decode on the record added last. */
void batch_decided(struct batch *batch, enum status verdict, enum reason reason);

static inline void *batch_row(const struct batch *batch, size_t index)
{
    return batch->rows + index * batch->row_size;
}

/* The record added last is never applied: validate looks it up, and refuses it for this reason
 * where it would be OK. */
void batch_doubt(struct batch *batch, enum reason reason);

static inline enum reason batch_doubt_of(const struct batch *batch, size_t index)
{
    return (enum reason)batch->records[index].doubt;
}

/* Starts an attempt: every record has the verdict of decode again. */
void batch_begin_attempt(struct batch *batch);

/* A verdict of validate on a record that was OK. */
void batch_judge(struct batch *batch, size_t index, enum status verdict, enum reason reason);

/* A record that was refused is parked already: it becomes a DUPLICATE. */
void batch_judge_again(struct batch *batch, size_t index);

/* True when the record is to have effects. */
static inline bool batch_is_ok(const struct batch *batch, size_t index)
{
    return batch->records[index].verdict == OK && !batch->parts[batch->records[index].part].dropped;
}

/* Keeps the frames of records that validate refused and nobody kept: they are read back from the
 * sealed parts (recover.c). Rare: a duplicate that nobody suspected. */
must_use enum status batch_recover(struct batch *batch, struct error *error);

/* What binds the sealed records of a part to their place. Terminated. */
struct text batch_part_aad(const struct batch *batch, const struct batch_part *part,
                           char text[RAW_AAD_SIZE]);

static inline struct text batch_part_sealed(const struct batch_part *part)
{
    return buffer_view(&part->sealed);
}

/* Counts the verdicts into the parts; afterwards (2) holds or it aborts. */
void batch_count(struct batch *batch);

void assert_batch_state(const struct batch *batch); /* (1) */

/* A record in the form the archive takes. */
struct raw_record record_raw(const struct record *record);

#endif
