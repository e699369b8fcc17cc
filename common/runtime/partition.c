/*
 * partition.c - see partition.h.
 */
#include "runtime/partition.h"

#include "base/clock.h"
#include "base/crc32c.h"
#include "base/log.h"

enum { SPARE_MAX = 512 * 1024, SPARES_KEPT_MAX = 16 * 1024 * 1024, OUTSIDE_MS = 400 };

/* Ends the archive of an open batch that will not be sealed. */
static void archive_abandon(struct partition *partition)
{
    struct buffer memory;

    if (!partition->archiving)
        return;
    buffer_init(&memory, SEALED_PART_MAX);
    archive_swap(partition->writer, &memory);
    buffer_pool_give(&partition->home->spares, &memory);
    partition->archiving = false;
}

static void partition_done(struct partition *partition)
{
    archive_abandon(partition);
    archive_writer_free(partition->writer);
    merkle_free(partition->tree);
    partition->writer = NULL;
    partition->tree = NULL;
}

void partitions_init(struct partitions *partitions)
{
    memset(partitions, 0, sizeof *partitions);
    partitions->press = archive_press_new();
    buffer_pool_init(&partitions->spares, SEALED_PART_MAX, SPARE_MAX, SPARES_KEPT_MAX);
}

void partitions_done(struct partitions *partitions)
{
    partitions_clear(partitions);
    buffer_pool_done(&partitions->spares);
    archive_press_free(partitions->press);
    partitions->press = NULL;
}

void partitions_clear(struct partitions *partitions)
{
    for (size_t i = 0; i < partitions->count; i++)
        partition_done(&partitions->list[i]);
    partitions->count = 0;
}

void partitions_set(struct partitions *partitions, const int32_t *numbers, size_t count)
{
    assert(count <= BATCH_PART_MAX);
    partitions_clear(partitions);
    for (size_t i = 0; i < count; i++)
        partitions->list[i] = (struct partition){.number = numbers[i],
                                                 .state = PARTITION_WAITING,
                                                 .home = partitions};
    partitions->count = count;
}

struct partition *partitions_find(struct partitions *partitions, int32_t number)
{
    if (partitions->last < partitions->count && partitions->list[partitions->last].number == number)
        return &partitions->list[partitions->last];
    for (size_t i = 0; i < partitions->count; i++)
        if (partitions->list[i].number == number) {
            partitions->last = i;
            return &partitions->list[i];
        }
    return NULL;
}

void partition_drop(struct partition *partition, int64_t wait_ms)
{
    if (partition->state == PARTITION_HALTED)
        return;
    partition->state = PARTITION_WAITING;
    archive_abandon(partition);
    partition->claim_after_us = clock_monotonic_us() + wait_ms * 1000;
}

void partition_resume(struct partition *partition)
{
    assert(partition->state == PARTITION_HALTED);
    partition->state = PARTITION_WAITING;
    partition->archiving = false;
    partition->claim_after_us = 0;
}

size_t partitions_starts(const struct partitions *partitions, struct source_start *starts)
{
    size_t count = 0;

    for (size_t i = 0; i < partitions->count; i++) {
        const struct partition *partition = &partitions->list[i];

        if (partition->state != PARTITION_ACTIVE)
            continue;
        starts[count++] = (struct source_start){partition->number,
                                                partition->anchor_awaited
                                                    ? partition->position.anchor.offset
                                                    : partition->position.next_offset};
    }
    return count;
}

/* ---- claim ---- */

void partition_halting(struct partition *partition, const char *reason)
{
    assert(partition->state == PARTITION_ACTIVE);
    partition->state = PARTITION_HALTING;
    partition->halting_for = reason;
}

enum status partition_halt(struct partition *partition, struct db *db, const char *reason,
                           struct error *error)
{
    enum status status = position_halt(db, &partition->position, reason, error);

    if (status != OK)
        return status;
    partition->state = PARTITION_HALTED;
    text_copy(text_of(reason), partition->position.halt_reason,
              sizeof partition->position.halt_reason);
    return OK;
}

/* False: it lies outside, and has not for long enough (6). */
static bool outside_note(struct partition *partition, int64_t low, int64_t high)
{
    int64_t next_offset = partition->position.next_offset;
    int64_t now_us = clock_monotonic_us();

    if (next_offset >= low && next_offset <= high) {
        partition->outside_since_us = 0;
        return true;
    }
    if (partition->outside_since_us != 0)
        return now_us - partition->outside_since_us >= OUTSIDE_MS * 1000;
    log_warn("position_outside", "what comes next is not among what the broker has",
             LOG_INT("partition", partition->number), LOG_INT("next_offset", next_offset),
             LOG_INT("first_offset", low), LOG_INT("end_offset", high));
    partition->outside_since_us = now_us;
    return false;
}

/* Halt, never reset: the row's offset must lie in what the broker still has. */
static enum status claim_check(struct partition *partition, struct db *db, bool rereads,
                               int64_t low, int64_t high, struct error *error)
{
    struct position *position = &partition->position;

    if (position->halt_reason[0] != '\0') {
        partition->state = PARTITION_HALTED;
        return OK;
    }
    if (!outside_note(partition, low, high)) {
        error_set(error, RETRY, "what comes next is not among what the broker has");
        error->cause = CAUSE_SOURCE;
        return error_hint(error, "it is asked again before the partition is halted");
    }
    if (position->next_offset < low)
        return partition_halt(partition, db, "records_expired_before_they_were_read", error);
    if (position->next_offset > high)
        return partition_halt(partition, db, "topic_shorter_than_position", error);
    partition->anchor_awaited = rereads && position->anchor.offset >= low;
    partition->pin = position->anchor; /* (4) */
    if (!partition->anchor_awaited)
        partition->pin.offset = -1;
    partition->state = PARTITION_ACTIVE;
    return OK;
}

enum status partition_claim(struct partition *partition, struct db *db, struct source *source,
                            int32_t source_id, const char *owner, struct error *error)
{
    int64_t low = 0;
    int64_t high = 0;
    enum status status = source_range(source, partition->number, &low, &high, error);

    assert(partition->state == PARTITION_WAITING);
    partition->parked = (struct parked_rate){0}; /* (5) */
    partition->taken = partition->refused = 0;
    if (status == OK)
        status = position_claim(db, source_id, partition->number, low, owner, error,
                                &partition->position);
    /* While the claim waited, the old owner may have read what was written after we asked. */
    if (status == OK && partition->position.next_offset > high)
        status = source_range(source, partition->number, &low, &high, error);
    if (status != OK)
        return status;
    partition->committed_offset = partition->position.next_offset;
    partition->committed_ms =
        partition->position.anchor.offset < 0 ? -1 : partition->position.anchor.time_ms;
    return claim_check(partition, db, source->ops->rereads, low, high, error);
}

/* ---- records ---- */

uint32_t record_crc32c(const struct record *record)
{
    return crc32c(crc32c(0, record->key), record->value);
}

static bool anchor_is(const struct anchor *anchor, const struct record *record)
{
    return record->offset == anchor->offset && record->timestamp_ms == anchor->time_ms &&
           record_crc32c(record) == anchor->crc32c;
}

enum delivery partition_receive(struct partition *partition, const struct record *record)
{
    const struct anchor *anchor = &partition->position.anchor;

    if (partition->anchor_awaited) {
        if (record->offset < anchor->offset)
            return DELIVERY_OLD;
        partition->anchor_awaited = false;
        if (record->offset == anchor->offset)
            return anchor_is(anchor, record) ? DELIVERY_OLD : DELIVERY_FOREIGN; /* (3) */
        partition->pin.offset = -1; /* compacted away meanwhile: the position stands */
    }
    return record->offset < partition->position.next_offset ? DELIVERY_OLD : DELIVERY_NEW;
}

bool partition_pin_differs(const struct partition *partition, const struct source_glance *glance)
{
    assert(glance->there && glance->offset == partition->pin.offset);
    return glance->timestamp_ms != partition->pin.time_ms ||
           glance->crc32c != partition->pin.crc32c;
}

static void archive_start(struct partition *partition)
{
    struct buffer memory;

    if (partition->writer == NULL) {
        partition->writer = archive_writer_new(partition->home->press, SEALED_PART_MAX);
        partition->tree = merkle_new();
    }
    memory = buffer_pool_take(&partition->home->spares);
    archive_swap(partition->writer, &memory);
    buffer_done(&memory);
    random_bytes(partition->seed, sizeof partition->seed);
    archive_begin(partition->writer, partition->seed);
    merkle_begin(partition->tree);
    partition->archiving = true;
}

enum status partition_archive(struct partition *partition, const struct record *record,
                              struct error *error)
{
    struct raw_record raw = record_raw(record);
    struct digest hash;
    enum status status;

    if (!partition->archiving)
        archive_start(partition);
    status = archive_add(partition->writer, &raw, error, &hash);
    if (status == OK)
        merkle_add(partition->tree, &hash);
    return status;
}

enum status partition_seal(struct partition *partition, struct batch *batch,
                           struct batch_part *part, struct error *error)
{
    const struct data_key *key = batch->key;
    char aad[RAW_AAD_SIZE];
    struct text bound;
    struct text sealed;
    enum status status;

    part->key_id = key->key_id;
    bound = batch_part_aad(batch, part, aad);
    if (!partition->archiving)
        archive_start(partition); /* control records only: the empty tree */
    status = archive_seal(partition->writer, key->key, bound, error, &sealed, &part->plain_size);
    if (status != OK)
        return status;
    buffer_init(&part->sealed, SEALED_PART_MAX);
    archive_swap(partition->writer, &part->sealed);
    seal(key->key, bound, (struct text){(const char *)partition->seed, sizeof partition->seed},
         part->sealed_seed);
    part->records_root = merkle_root(partition->tree);
    partition->archiving = false;
    return OK;
}
