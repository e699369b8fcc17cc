/*
 * commit.c - see commit.h.
 */
#include "runtime/commit.h"

#include "base/clock.h"
#include "runtime/parked_again.h"
#include "store/batch_store.h"
#include "store/commit.h"
#include "store/parked_aad.h"

#include <stdlib.h>

/* The parts that are not dropped, as every step needs them. */
struct live_parts {
    size_t count;
    struct batch_part *parts[BATCH_PART_MAX];
    struct position_move moves[BATCH_PART_MAX];
};

static void live_collect(struct batch *batch, struct live_parts *live)
{
    live->count = 0;
    for (size_t i = 0; i < batch->part_count; i++) {
        if (batch->parts[i].dropped)
            continue;
        live->parts[live->count] = &batch->parts[i];
        live->moves[live->count++] = batch->parts[i].move;
    }
}

static enum status positions_lock(struct db *db, const struct batch *batch, struct live_parts *live,
                                  struct error *error)
{
    bool held[BATCH_PART_MAX];
    enum status status = position_lock(db, batch->source_id, live->moves, live->count, error, held);

    if (status == RETRY && error->cause == CAUSE_FENCED)
        for (size_t i = 0; i < live->count; i++)
            live->parts[i]->dropped = !held[i];
    return status;
}

static enum status ids_take(struct db *db, struct batch *batch, const struct live_parts *live,
                            struct error *error)
{
    int64_t ids[BATCH_PART_MAX];
    enum status status = commit_begin_ids(db, (int32_t)live->count, error, &batch->commit_id, ids);

    for (size_t i = 0; status == OK && i < live->count; i++)
        live->parts[i]->batch_id = ids[i];
    return status;
}

/* ---- parked records ---- */

static bool is_parked(const struct batch *batch, size_t index)
{
    const struct batch_record *record = &batch->records[index];

    return record->verdict == REJECT && !batch->parts[record->part].dropped;
}

/* Seals the frame into sealed, which holds one at a time. False: out of memory. */
static bool parked_row_make(const struct batch *batch, size_t index, struct buffer *sealed,
                            struct parked_row *row)
{
    const struct batch_record *record = &batch->records[index];
    const struct batch_part *part = &batch->parts[record->part];
    struct text frame = {batch->kept.data + record->kept_at, record->kept_size};
    char aad[PARKED_AAD_SIZE];
    char *place;

    assert(record->kept_size > 0);
    buffer_clear(sealed);
    place = buffer_reserve(sealed, frame.size + SEAL_OVERHEAD);
    if (place == NULL)
        return false;
    seal(batch->key->key,
         parked_aad(batch->source_id, part->move.partition, record->offset, batch->key->key_id,
                    aad),
         frame, (unsigned char *)place);
    buffer_commit(sealed, frame.size + SEAL_OVERHEAD);
    *row = (struct parked_row){.batch_id = part->batch_id,
                               .partition = part->move.partition,
                               .record_offset = record->offset,
                               .reason = reason_name((enum reason)record->reason),
                               .key_id = batch->key->key_id,
                               .has_digest = !batch->rereads,
                               .sealed = buffer_view(sealed)};
    if (row->has_digest)
        row->content_digest = parked_digest(row->partition, frame);
    return true;
}

static size_t parked_expected(const struct live_parts *live)
{
    size_t count = 0;

    for (size_t i = 0; i < live->count; i++)
        count += live->parts[i]->counts[REJECT];
    return count;
}

/* How many were handed over; fewer than there are where memory ran out. */
static size_t parked_put(struct db *db, const struct batch *batch)
{
    int64_t now_us = clock_now_us();
    struct parked_row row;
    struct buffer sealed;
    size_t count = 0;

    buffer_init(&sealed, (size_t)RAW_FRAME_MAX + SEAL_OVERHEAD);
    for (size_t i = 0; i < batch->record_count; i++) {
        if (!is_parked(batch, i))
            continue;
        if (!parked_row_make(batch, i, &sealed, &row))
            break;
        parked_copy_put(db, batch->source_id, &row, now_us);
        count++;
    }
    buffer_done(&sealed);
    return count;
}

static enum status parked_write(struct db *db, const struct batch *batch,
                                const struct live_parts *live, struct error *error)
{
    size_t expected = parked_expected(live);
    size_t count;
    enum status status;

    if (expected == 0)
        return OK;
    status = parked_copy_begin(db, error);
    if (status != OK)
        return status;
    count = parked_put(db, batch);
    status = parked_copy_end(db, count, error); /* else the connection waits for more */
    if (status == OK && count != expected)
        return error_set(error, FATAL, "out of memory for parked records");
    return status;
}

/* ---- raw records and batch rows ---- */

static enum status raw_write(struct db *db, const struct live_parts *live, int32_t today,
                             struct error *error)
{
    struct raw_row rows[BATCH_PART_MAX];
    size_t count = 0;

    for (size_t i = 0; i < live->count; i++) {
        const struct batch_part *part = live->parts[i];

        if (part->record_count == 0)
            continue; /* control records only */
        rows[count++] =
            (struct raw_row){.batch_id = part->batch_id,
                             .key_id = part->key_id,
                             .plain_size = (int32_t)part->plain_size,
                             .seed = {(const char *)part->sealed_seed, sizeof part->sealed_seed},
                             .sealed = batch_part_sealed(part)};
    }
    return count == 0 ? OK : raw_copy(db, today, rows, count, error);
}

static enum status batch_rows_write(struct db *db, const struct batch *batch,
                                    const struct live_parts *live, struct error *error)
{
    struct batch_row rows[BATCH_PART_MAX];

    for (size_t i = 0; i < live->count; i++) {
        const struct batch_part *part = live->parts[i];

        rows[i] = (struct batch_row){.batch_id = part->batch_id,
                                     .partition = part->move.partition,
                                     .epoch = part->move.epoch,
                                     .first_offset = part->move.expected,
                                     .next_offset = part->move.next_offset,
                                     .record_count = (int32_t)part->record_count,
                                     .applied_count = (int32_t)part->counts[OK],
                                     .duplicate_count = (int32_t)part->counts[DUPLICATE],
                                     .parked_count = (int32_t)part->counts[REJECT],
                                     .records_root = part->records_root};
    }
    return batch_insert(db, batch->commit_id, batch->source_id, rows, live->count, error);
}

/* ---- audit ---- */

static int range_order(const void *left, const void *right)
{
    const struct leaf_range *a = left;
    const struct leaf_range *b = right;

    return (a->partition > b->partition) - (a->partition < b->partition);
}

static size_t leaf_ranges(const struct commit_context *context, const struct live_parts *live,
                          struct leaf_range *ranges)
{
    for (size_t i = 0; i < live->count; i++)
        ranges[i] = (struct leaf_range){.source = context->source_name,
                                        .partition = live->moves[i].partition,
                                        .epoch = live->moves[i].epoch,
                                        .first_offset = live->moves[i].expected,
                                        .next_offset = live->moves[i].next_offset,
                                        .records_root = live->parts[i]->records_root};
    qsort(ranges, live->count, sizeof *ranges, range_order);
    return live->count;
}

/* ---- the transaction ---- */

/* What stands in the transaction beside the worker's own tables; commit_log first, because the
 * other rows refer to it. */
static enum status evidence_write(struct db *db, struct batch *batch, const struct live_parts *live,
                                  const struct leaf *leaf, struct error *error)
{
    enum status status = batch_rows_write(db, batch, live, error);

    if (status == OK)
        status = parked_write(db, batch, live, error);
    if (status == OK)
        status = raw_write(db, live, (int32_t)(leaf->instant_us / US_PER_DAY), error);
    if (status == OK)
        status = commit_write_leaf(db, leaf, error);
    return status;
}

static enum status effects_write(const struct commit_context *context, struct batch *batch,
                                 struct leaf *leaf, struct error *error)
{
    struct effects effects;
    enum status status = commit_write_log(context->db, leaf, error);

    if (status != OK)
        return status;
    effects_init(&effects);
    status = context->ops->apply(batch, context->db, &effects, error);
    leaf->effects = effects_end(&effects);
    effects_done(&effects);
    return status;
}

static enum status tx_fill(const struct commit_context *context, struct batch *batch,
                           struct live_parts *live, struct error *error)
{
    struct leaf_range ranges[BATCH_PART_MAX];
    struct leaf leaf = {.action = text_of(context->ops->name),
                        .worker = text_of(context->worker),
                        .actor = TEXT(""),
                        .instant_us = clock_now_us(),
                        .ranges = ranges};
    enum status status = positions_lock(context->db, batch, live, error);

    if (status == OK)
        status = context->ops->validate(batch, context->db, error);
    if (status == OK)
        status = batch_recover(batch, error);
    if (status == OK)
        status = parked_again_judge(batch, context->db, error);
    if (status == OK)
        status = ids_take(context->db, batch, live, error);
    if (status != OK)
        return status;
    batch_count(batch); /* every verdict stands before the first write */
    leaf.commit_id = batch->commit_id;
    leaf.range_count = leaf_ranges(context, live, ranges);
    status = effects_write(context, batch, &leaf, error);
    if (status == OK)
        status = evidence_write(context->db, batch, live, &leaf, error);
    if (status == OK)
        status = position_move(context->db, batch->source_id, live->moves, live->count, error);
    return status;
}

enum status commit_attempt(const struct commit_context *context, struct batch *batch,
                           struct error *error)
{
    int64_t begun_us = clock_monotonic_us();
    struct live_parts live;
    enum status status;

    live_collect(batch, &live);
    if (live.count == 0)
        return OK;
    batch_begin_attempt(batch);
    status = tx_begin(context->db, error);
    if (status == OK)
        status = tx_fill(context, batch, &live, error);
    if (status == OK)
        status = tx_commit(context->db, error);
    batch->commit_us = clock_monotonic_us() - begun_us;
    if (status != OK)
        tx_rollback(context->db);
    return status;
}
