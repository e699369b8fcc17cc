/*
 * batch.c - see batch.h.
 */
#include "runtime/batch.h"

#include "base/clock.h"

#include <stdlib.h>

enum {
    RECORDS_MIN = 1024,
    KEPT_MAX = 64 * 1024 * 1024,
    KEPT_FULL = 32 * 1024 * 1024, /* then the batch takes no more: one record still fits */
    KEPT_ROW_SIZE = 256,          /* of a parked row, beside its frame */
    /* Large records are rare, and hostile at times: a batch ends behind a mebibyte of them, so that
     * its memory stays what ordinary records need. */
    LARGE_SIZE = 64 * 1024,
    LARGE_FULL = 1024 * 1024
};

_Static_assert((int)KEPT_FULL + RECORD_BYTES_MAX < (int)KEPT_MAX, "one record still fits");

struct batch *batch_new(const struct batch_limits *limits, size_t row_size, void *extra)
{
    struct batch *batch = calloc(1, sizeof *batch);

    if (batch == NULL)
        return NULL;
    batch->limits = *limits;
    batch->row_size = row_size;
    batch->extra = extra;
    batch->rereads = true;
    buffer_init(&batch->kept, KEPT_MAX);
    return batch;
}

void batch_free(struct batch *batch)
{
    if (batch == NULL)
        return;
    batch_clear(batch);
    buffer_done(&batch->kept);
    free(batch->records);
    free(batch->rows);
    free(batch);
}

void batch_clear(struct batch *batch)
{
    for (size_t i = 0; i < batch->part_count; i++)
        buffer_pool_give(batch->spares, &batch->parts[i].sealed);
    memset(batch->parts, 0, batch->part_count * sizeof batch->parts[0]);
    if (batch->kept_large > 0) { /* what large records needed is not kept for the next ones */
        buffer_done(&batch->kept);
        buffer_init(&batch->kept, KEPT_MAX);
    }
    buffer_clear(&batch->kept);
    batch->part_count = 0;
    batch->record_count = 0;
    batch->bytes = 0;
    batch->kept_count = batch->kept_large = 0;
    batch->opened_at_us = 0;
    batch->commit_id = 0;
}

bool batch_is_full(const struct batch *batch)
{
    return batch->record_count >= batch->limits.records_max ||
           batch->bytes >= batch->limits.bytes_max ||
           batch->kept.size + batch->kept_count * KEPT_ROW_SIZE >= KEPT_FULL ||
           batch->kept_large >= LARGE_FULL;
}

struct batch_part *batch_part_find(struct batch *batch, int32_t partition)
{
    if (batch->part_last < batch->part_count &&
        batch->parts[batch->part_last].move.partition == partition)
        return &batch->parts[batch->part_last];
    for (size_t i = 0; i < batch->part_count; i++)
        if (batch->parts[i].move.partition == partition) {
            batch->part_last = i;
            return &batch->parts[i];
        }
    return NULL;
}

struct batch_part *batch_part_open(struct batch *batch, const struct position *position)
{
    struct batch_part *part = batch_part_find(batch, position->partition);

    if (part != NULL)
        return part;
    if (batch->part_count == BATCH_PART_MAX)
        return NULL;
    if (batch->part_count == 0) {
        batch->opened_at_us = clock_monotonic_us();
        batch->source_id = position->source_id;
    }
    part = &batch->parts[batch->part_count++];
    part->move = (struct position_move){.partition = position->partition,
                                        .epoch = position->epoch,
                                        .expected = position->next_offset,
                                        .next_offset = position->next_offset,
                                        .watermark_us = position->watermark_us,
                                        .anchor.offset = -1};
    part->watermark_before_us = position->watermark_us;
    return part;
}

static bool batch_grow(struct batch *batch)
{
    size_t capacity =
        batch->record_capacity < RECORDS_MIN ? RECORDS_MIN : 2 * batch->record_capacity;
    struct batch_record *records = realloc(batch->records, capacity * sizeof *records);
    char *rows;

    if (records == NULL)
        return false;
    batch->records = records;
    rows = realloc(batch->rows, capacity * batch->row_size);
    if (rows == NULL)
        return false;
    batch->rows = rows;
    batch->record_capacity = capacity;
    return true;
}

void *batch_add(struct batch *batch, struct batch_part *part, const struct record *record)
{
    struct batch_record *added;
    void *row;

    assert(record->offset >= part->move.next_offset); /* (1) */
    if (batch->record_count == batch->record_capacity && !batch_grow(batch))
        return NULL;
    row = batch_row(batch, batch->record_count);
    memset(row, 0, batch->row_size);
    added = &batch->records[batch->record_count++];
    *added =
        (struct batch_record){.offset = record->offset, .part = (uint16_t)(part - batch->parts)};
    part->move.next_offset = record->offset + 1;
    part->record_count++;
    batch->bytes += record->key.size + record->value.size + record->headers.size;
    return row;
}

void batch_take_back(struct batch *batch, struct batch_part *part, const struct record *record,
                     int64_t next_offset)
{
    assert(batch->record_count > 0 && part->record_count > 0);
    batch->record_count--;
    part->record_count--;
    part->move.next_offset = next_offset;
    batch->bytes -= record->key.size + record->value.size + record->headers.size;
    if (part->move.next_offset == part->move.expected) { /* it was opened for this record */
        assert(part == &batch->parts[batch->part_count - 1]);
        batch->part_count--;
    }
}

struct raw_record record_raw(const struct record *record)
{
    return (struct raw_record){.offset = record->offset,
                               .timestamp_ms = record->timestamp_ms,
                               .key = record->key,
                               .value = record->value,
                               .headers = record->headers,
                               .header_count = record->header_count};
}

void batch_keep(struct batch *batch, const struct record *record)
{
    struct batch_record *added = &batch->records[batch->record_count - 1];
    struct raw_record raw = record_raw(record);
    size_t at = batch->kept.size;

    assert(batch->record_count > 0 && added->offset == record->offset);
    if (added->kept_size > 0)
        return;
    if (!raw_record_append(&batch->kept, &raw))
        abort(); /* full at KEPT_FULL, and a record has a ceiling: memory ran out */
    batch->kept_count++;
    added->kept_at = (uint32_t)at;
    added->kept_size = (uint32_t)(batch->kept.size - at);
    batch->kept_large += added->kept_size >= LARGE_SIZE ? added->kept_size : 0;
}

void batch_decided(struct batch *batch, enum status verdict, enum reason reason)
{
    struct batch_record *added = &batch->records[batch->record_count - 1];

    assert(verdict == OK || verdict == REJECT);
    assert((verdict == REJECT) == (reason != REASON_NONE)); /* (2) */
    added->decoded = (uint8_t)verdict;
    added->decoded_reason = (uint8_t)reason;
}

void batch_doubt(struct batch *batch, enum reason reason)
{
    assert(batch->record_count > 0 && reason != REASON_NONE);
    batch->records[batch->record_count - 1].doubt = (uint8_t)reason;
}

void batch_begin_attempt(struct batch *batch)
{
    for (size_t i = 0; i < batch->record_count; i++) {
        batch->records[i].verdict = batch->records[i].decoded;
        batch->records[i].reason = batch->records[i].decoded_reason;
    }
}

void batch_judge(struct batch *batch, size_t index, enum status verdict, enum reason reason)
{
    struct batch_record *record = &batch->records[index];

    assert(index < batch->record_count && record->verdict == OK);
    assert(verdict == DUPLICATE || (verdict == REJECT && reason != REASON_NONE)); /* (2) */
    record->verdict = (uint8_t)verdict;
    record->reason = (uint8_t)reason;
}

void batch_judge_again(struct batch *batch, size_t index)
{
    struct batch_record *record = &batch->records[index];

    assert(index < batch->record_count && record->verdict == REJECT);
    record->verdict = DUPLICATE;
    record->reason = REASON_NONE;
}

void batch_count(struct batch *batch)
{
    for (size_t i = 0; i < batch->part_count; i++)
        memset(batch->parts[i].counts, 0, sizeof batch->parts[i].counts);
    for (size_t i = 0; i < batch->record_count; i++) {
        struct batch_record *record = &batch->records[i];

        assert(record->verdict <= REJECT); /* (2) */
        assert(!batch_is_ok(batch, i) || record->doubt == REASON_NONE);
        batch->parts[record->part].counts[record->verdict]++;
    }
    for (size_t i = 0; i < batch->part_count; i++) {
        const struct batch_part *part = &batch->parts[i];

        assert(part->counts[OK] + part->counts[DUPLICATE] + part->counts[REJECT] ==
               part->record_count);
    }
}

void assert_batch_state(const struct batch *batch)
{
    int64_t last[BATCH_PART_MAX];

    for (size_t i = 0; i < batch->part_count; i++)
        last[i] = batch->parts[i].move.expected - 1;
    for (size_t i = 0; i < batch->record_count; i++) {
        const struct batch_record *record = &batch->records[i];

        assert(record->part < batch->part_count);
        assert(record->offset > last[record->part]); /* (1) */
        assert(record->offset < batch->parts[record->part].move.next_offset);
        last[record->part] = record->offset;
    }
}
