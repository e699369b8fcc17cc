/*
 * model.c - see model.h.
 */
#include "model.h"

#include "codec/archive/archive.h"
#include "runtime/partition.h"
#include "workers.h"

#include <stdio.h>
#include <stdlib.h>

enum { PLAIN_MAX = 1 << 20, FRAME_MAX = 4096, HOT_IDS = 60, FRESH_IDS_FROM = 1000 };

struct producer producer;

/* ---- the producer ---- */

static struct text bytes_of(const void *bytes, size_t size)
{
    char *copy = malloc(size);

    assert(copy != NULL);
    memcpy(copy, bytes, size);
    return (struct text){copy, size};
}

/* A fresh id, or one that was sent before: the same again, or with another amount. */
static void content_choose(struct produced *record, int32_t *next_id)
{
    const struct produced *before =
        producer.count == 0 ? NULL : &producer.records[chance(producer.count)];
    uint64_t kind = chance(100);

    if (world.hot) { /* the same few, in any order */
        record->event_id = 1 + (int32_t)chance(HOT_IDS);
        record->amount = 1000;
        return;
    }
    record->amount = 1000 + (int64_t)chance(1000);
    record->event_id = (*next_id)++;
    if (before == NULL || before->reason != REASON_NONE || kind >= producer.again_percent)
        return;
    if (before->amount == TOY_AMOUNT_REFUSED)
        return; /* whether it or a later one under its id counts would be open */
    record->event_id = before->event_id;
    if (chance(4) > 0)
        record->amount = before->amount;
}

static void value_make(struct produced *record)
{
    struct toy_value value = {TOY_MAGIC, record->event_id, record->amount};
    uint64_t kind = chance(100);
    size_t size = sizeof value;

    if (kind < 3) {
        record->reason = REASON_VALUE_MISSING;
        return;
    }
    if (kind < 6)
        value.amount = -value.amount;
    else if (kind < 9)
        size = 1 + chance(sizeof value - 1);
    record->reason = kind < 6   ? REASON_AMOUNT_NOT_POSITIVE
                     : kind < 9 ? REASON_AVRO_MALFORMED
                                : REASON_NONE;
    record->value = bytes_of(&value, size);
    if (chance(2) == 0)
        record->key = bytes_of(&record->event_id, sizeof record->event_id);
}

static void record_make(struct produced *record, int32_t partition, int64_t offset,
                        int64_t visible_us, int32_t *next_id)
{
    memset(record, 0, sizeof *record);
    record->partition = partition;
    record->offset = offset;
    record->visible_us = visible_us;
    record->timestamp_ms = visible_us / MS;
    content_choose(record, next_id);
    if (chance(100) < 4) {
        record->event_id = (*next_id)++;
        record->amount = TOY_AMOUNT_REFUSED; /* on a fresh id, so that its fate is one */
    }
    value_make(record);
}

void producer_begin(int64_t from_us, int64_t until_us)
{
    int32_t next_id = FRESH_IDS_FROM;
    size_t most = PRODUCED_MAX / (size_t)world.partition_count;
    uint64_t burst = world.hot ? most : 1 + chance(20);

    memset(&producer, 0, sizeof producer);
    producer.again_percent = 10 + chance(70);
    for (int32_t p = 0; p < world.partition_count; p++) {
        size_t count = chance(most);
        int64_t offset = (int64_t)chance(4);
        int64_t visible_us = from_us;

        producer.low[p] = offset;
        for (size_t i = 0; i < count; i++) {
            if (chance(burst) == 0)
                visible_us +=
                    chance_us(0, 2 * (int64_t)burst * (until_us - from_us) / (int64_t)most);
            offset += chance(10) == 0 ? 1 + (int64_t)chance(3) : 0; /* control records */
            record_make(&producer.records[producer.count], p, offset++, visible_us, &next_id);
            producer.count++;
        }
        producer.end[p] = offset + (int64_t)chance(3);
    }
}

const struct produced *produced_from(int32_t partition, int64_t offset)
{
    for (size_t i = 0; i < producer.count; i++)
        if (producer.records[i].partition == partition && producer.records[i].offset >= offset)
            return &producer.records[i];
    return NULL;
}

const struct produced *produced_at(int32_t partition, int64_t offset)
{
    const struct produced *record = produced_from(partition, offset);

    return record != NULL && record->offset == offset ? record : NULL;
}

/* ---- what stands under a record ---- */

static const struct sim_event *event_of(const struct sim_event *events, size_t count,
                                        const struct produced *record)
{
    for (size_t i = 0; i < count; i++)
        if (events[i].partition == record->partition && events[i].offset == record->offset)
            return &events[i];
    return NULL;
}

static const struct parked_row *parked_of(const struct sim_parked *parked, size_t count,
                                          const struct produced *record)
{
    for (size_t i = 0; i < count; i++)
        if (parked[i].row.partition == record->partition &&
            parked[i].row.record_offset == record->offset)
            return &parked[i].row;
    return NULL;
}

static bool text_same(struct text left, struct text right)
{
    return (left.data == NULL) == (right.data == NULL) && left.size == right.size &&
           (left.size == 0 || memcmp(left.data, right.data, left.size) == 0);
}

static bool raw_is(const struct raw_record *raw, const struct produced *record)
{
    return raw->offset == record->offset && raw->timestamp_ms == record->timestamp_ms &&
           text_same(raw->key, record->key) && text_same(raw->value, record->value);
}

/* ---- one commit ---- */

static bool reason_is(const struct parked_row *parked, enum reason reason)
{
    return strcmp(parked->reason, reason_name(reason)) == 0;
}

/* The event that counts under the record's id, once tx is applied. */
static const struct sim_event *event_that_counts(const struct sim_tx *tx, int32_t event_id)
{
    const struct sim_event *committed = event_committed(event_id);

    return committed != NULL ? committed : event_in_tx(tx, event_id);
}

static void parked_check(const struct sim_tx *tx, const struct produced *record,
                         const struct parked_row *parked)
{
    const struct sim_event *counts = event_that_counts(tx, record->event_id);
    bool right = false;

    if (record->reason != REASON_NONE)
        right = reason_is(parked, record->reason);
    else if (record->amount == TOY_AMOUNT_REFUSED)
        right = reason_is(parked, REASON_REFUSED_BY_STORE);
    else if (counts != NULL && counts->amount != record->amount)
        right = reason_is(parked, REASON_SAME_ID_DIFFERENT_CONTENT);
    if (!right)
        violation("I5", "%d/%lld is parked as %s", record->partition, (long long)record->offset,
                  parked->reason);
}

/* The bytes that were sealed are the bytes that were produced. */
static void parked_bytes_check(const struct produced *record, const struct parked_row *parked)
{
    unsigned char key[SEAL_KEY_SIZE];
    char plain[FRAME_MAX];
    char aad[RAW_AAD_SIZE];
    struct text rest = {plain, parked->sealed.size - SEAL_OVERHEAD};
    struct raw_record raw;
    struct text frame;

    assert(rest.size <= sizeof plain);
    snprintf(aad, sizeof aad, "parked/1/%d/%lld/%d", record->partition, (long long)record->offset,
             parked->key_id);
    key_of(parked->key_id, key);
    if (!seal_open(key, text_of(aad), parked->sealed, (unsigned char *)plain) ||
        raw_record_next(&rest, &raw, &frame) != RAW_WHOLE || rest.size != 0 ||
        !raw_is(&raw, record))
        violation("I5", "%d/%lld: its parked bytes are not what was produced", record->partition,
                  (long long)record->offset);
}

struct counts {
    int32_t records;
    int32_t applied;
    int32_t duplicate;
    int32_t parked;
};

static void record_check(const struct sim_tx *tx, const struct produced *record, int64_t batch_id,
                         struct counts *counts)
{
    const struct sim_event *event = event_of(tx->events, tx->event_count, record);
    const struct parked_row *parked = parked_of(tx->parked, tx->parked_count, record);
    const struct sim_event *counting = event_that_counts(tx, record->event_id);

    counts->records++;
    counts->applied += event != NULL ? 1 : 0;
    counts->parked += parked != NULL ? 1 : 0;
    if (event != NULL && parked != NULL)
        violation("I5", "%d/%lld is applied and parked", record->partition,
                  (long long)record->offset);
    if ((event != NULL && event->batch_id != batch_id) ||
        (parked != NULL && parked->batch_id != batch_id))
        violation("I5", "%d/%lld stands under another batch", record->partition,
                  (long long)record->offset);
    if (event != NULL &&
        (record->reason != REASON_NONE || event->event_id != record->event_id ||
         event->amount != record->amount || event_committed(record->event_id) != NULL))
        violation("I1", "%d/%lld is applied, event %d must not be", record->partition,
                  (long long)record->offset, record->event_id);
    if (parked != NULL) {
        parked_check(tx, record, parked);
        parked_bytes_check(record, parked);
    }
    if (event != NULL || parked != NULL)
        return;
    counts->duplicate++;
    if (record->reason != REASON_NONE || counting == NULL || counting->amount != record->amount)
        violation("I5", "%d/%lld is passed over, neither applied nor parked", record->partition,
                  (long long)record->offset);
}

static const struct raw_row *raw_of(const struct sim_tx *tx, int64_t batch_id)
{
    for (size_t i = 0; i < tx->raw_count; i++)
        if (tx->raws[i].batch_id == batch_id)
            return &tx->raws[i];
    return NULL;
}

static void archive_check(const struct batch_row *row, const struct raw_row *raw)
{
    struct archive_reader *reader = archive_reader_new(PLAIN_MAX);
    unsigned char key[SEAL_KEY_SIZE];
    char aad[RAW_AAD_SIZE];
    struct raw_record read;
    struct text frame;
    struct error error;
    bool more = true;
    int64_t at = row->first_offset;
    enum status status;

    snprintf(aad, sizeof aad, "batch_raw/1/%d/%lld/%d", row->partition,
             (long long)row->first_offset, raw->key_id);
    key_of(raw->key_id, key);
    status = archive_open(reader, key, text_of(aad), raw->sealed, &error);
    while (status == OK && (status = archive_next(reader, &error, &read, &frame, &more)) == OK &&
           more) {
        const struct produced *record = produced_from(row->partition, at);

        if (record == NULL || record->offset >= row->next_offset || !raw_is(&read, record))
            violation("I5", "the archive of partition %d from %lld holds another record at %lld",
                      row->partition, (long long)row->first_offset, (long long)read.offset);
        at = record->offset + 1;
    }
    archive_reader_free(reader);
    if (status != OK)
        violation("I5", "the archive of partition %d from %lld does not open", row->partition,
                  (long long)row->first_offset);
    if (produced_from(row->partition, at) != NULL &&
        produced_from(row->partition, at)->offset < row->next_offset)
        violation("I5", "the archive of partition %d from %lld ends before its batch",
                  row->partition, (long long)row->first_offset);
}

static void batch_records_check(const struct sim_tx *tx, const struct batch_row *row)
{
    const struct raw_row *raw = raw_of(tx, row->batch_id);
    const struct produced *record = produced_from(row->partition, row->first_offset);
    struct counts counts = {0};

    while (record != NULL && record->offset < row->next_offset) {
        record_check(tx, record, row->batch_id, &counts);
        record = produced_from(row->partition, record->offset + 1);
    }
    if (counts.records != row->record_count || counts.applied != row->applied_count ||
        counts.duplicate != row->duplicate_count || counts.parked != row->parked_count)
        violation("I4", "partition %d [%lld, %lld) counts %d/%d/%d/%d, produced %d/%d/%d/%d",
                  row->partition, (long long)row->first_offset, (long long)row->next_offset,
                  row->record_count, row->applied_count, row->duplicate_count, row->parked_count,
                  counts.records, counts.applied, counts.duplicate, counts.parked);
    if ((raw == NULL) != (counts.records == 0))
        violation("I5", "partition %d from %lld: archive and records do not go together",
                  row->partition, (long long)row->first_offset);
    if (raw != NULL)
        archive_check(row, raw);
}

static const struct produced *last_before(int32_t partition, int64_t from, int64_t offset)
{
    const struct produced *last = NULL;

    for (const struct produced *at = produced_from(partition, from);
         at != NULL && at->offset < offset; at = produced_from(partition, at->offset + 1))
        last = at;
    return last;
}

static void anchor_check(const struct position_move *move)
{
    const struct produced *last = last_before(move->partition, move->expected, move->next_offset);

    if (last == NULL
            ? move->anchor.offset >= 0
            : move->anchor.offset != last->offset || move->anchor.time_ms != last->timestamp_ms)
        violation("I4", "partition %d: the anchor %lld is not the last record delivered",
                  move->partition, (long long)move->anchor.offset);
}

static void move_check(const struct sim_tx *tx, const struct batch_row *row)
{
    const struct position *position = &store.positions[row->partition].row;
    const struct position_move *move = NULL;

    if (position->epoch != row->epoch)
        violation("I7", "partition %d: a commit under epoch %lld, the epoch is %lld",
                  row->partition, (long long)row->epoch, (long long)position->epoch);
    if (position->next_offset != row->first_offset || row->next_offset <= row->first_offset)
        violation("I4", "partition %d: a batch [%lld, %lld) at position %lld", row->partition,
                  (long long)row->first_offset, (long long)row->next_offset,
                  (long long)position->next_offset);
    for (size_t i = 0; i < tx->move_count; i++)
        if (tx->moves[i].partition == row->partition)
            move = &tx->moves[i];
    if (move == NULL || move->expected != row->first_offset ||
        move->next_offset != row->next_offset)
        violation("I4", "partition %d: effects without the move of their position", row->partition);
    anchor_check(move);
}

static void leaf_check(const struct sim_tx *tx)
{
    if (tx->log_count != 1 || tx->leaf_count != 1 || tx->leaf_id != tx->log_id ||
        tx->range_count != tx->batch_count)
        violation("I6", "commit %lld: %zu commit_log rows, %zu leaves, %zu ranges, %zu batches",
                  (long long)tx->log_id, tx->log_count, tx->leaf_count, tx->range_count,
                  tx->batch_count);
    for (size_t i = 0; i < tx->batch_count; i++) {
        const struct batch_row *row = &tx->batches[i].row;
        bool found = tx->batches[i].commit_id == tx->log_id;
        size_t at = 0;

        while (at < tx->range_count && tx->ranges[at].partition != row->partition)
            at++;
        found = found && at < tx->range_count && tx->ranges[at].first_offset == row->first_offset &&
                tx->ranges[at].next_offset == row->next_offset &&
                tx->ranges[at].epoch == row->epoch &&
                digest_equal(&tx->ranges[at].records_root, &row->records_root);
        if (!found)
            violation("I6", "the leaf of commit %lld does not cover partition %d",
                      (long long)tx->log_id, row->partition);
    }
}

void model_commit(const struct sim_tx *tx)
{
    int32_t rows = 0;

    leaf_check(tx);
    if (tx->move_count != tx->batch_count || tx->batch_count == 0)
        violation("I4", "commit %lld moves %zu positions for %zu batches", (long long)tx->log_id,
                  tx->move_count, tx->batch_count);
    for (size_t i = 0; i < tx->batch_count; i++) {
        move_check(tx, &tx->batches[i].row);
        batch_records_check(tx, &tx->batches[i].row);
        rows += tx->batches[i].row.applied_count + tx->batches[i].row.parked_count;
    }
    if ((size_t)rows != tx->event_count + tx->parked_count)
        violation("I1", "commit %lld writes rows of no batch of its own", (long long)tx->log_id);
}

/* ---- the end ---- */

static bool is_valid(const struct produced *record)
{
    return record->reason == REASON_NONE && record->amount != TOY_AMOUNT_REFUSED;
}

static size_t times_applied(int32_t event_id)
{
    size_t times = 0;

    for (size_t i = 0; i < store.event_count; i++)
        times += store.events[i].event_id == event_id ? 1 : 0;
    return times;
}

/* An earlier valid record of the same id in the same partition. */
static bool has_earlier(const struct produced *record)
{
    for (size_t i = 0; i < producer.count; i++)
        if (producer.records[i].event_id == record->event_id && is_valid(&producer.records[i]) &&
            producer.records[i].partition == record->partition &&
            producer.records[i].offset < record->offset)
            return true;
    return false;
}

static void record_end_check(const struct produced *record)
{
    const struct sim_event *event = event_of(store.events, store.event_count, record);
    const struct parked_row *parked = parked_of(store.parked, store.parked_count, record);

    if (is_valid(record) && times_applied(record->event_id) != 1)
        violation("I1", "event %d has effects %zu times", record->event_id,
                  times_applied(record->event_id));
    if (event != NULL && (!is_valid(record) || has_earlier(record)))
        violation("I1", "event %d is applied from %d/%lld", record->event_id, record->partition,
                  (long long)record->offset);
    if (!is_valid(record) && parked == NULL)
        violation("I5", "%d/%lld is not parked", record->partition, (long long)record->offset);
}

/* Batches stand in the order of their commits: each begins where the one before ended. */
static void partition_end_check(int32_t partition)
{
    int64_t at = producer.low[partition];
    int64_t epoch = 0;

    for (size_t i = 0; i < store.batch_count; i++) {
        const struct batch_row *row = &store.batches[i].row;

        if (row->partition != partition)
            continue;
        if (row->first_offset != at || row->epoch < epoch)
            violation("I4", "partition %d: a batch at %lld under epoch %lld after %lld, %lld",
                      partition, (long long)row->first_offset, (long long)row->epoch, (long long)at,
                      (long long)epoch);
        at = row->next_offset;
        epoch = row->epoch;
    }
    if (at != producer.end[partition])
        violation("I4", "partition %d: batches cover up to %lld, produced are %lld", partition,
                  (long long)at, (long long)producer.end[partition]);
}

void model_end(void)
{
    for (size_t i = 0; i < producer.count; i++)
        record_end_check(&producer.records[i]);
    for (int32_t p = 0; p < world.partition_count; p++)
        partition_end_check(p);
    for (size_t i = 0; i < store.event_count; i++)
        if (produced_at(store.events[i].partition, store.events[i].offset) == NULL)
            violation("I1", "event %d was never produced", store.events[i].event_id);
}
