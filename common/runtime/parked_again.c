/*
 * parked_again.c - see parked_again.h.
 */
#include "runtime/parked_again.h"

#include "base/uuid_map.h"
#include "store/batch_store.h"

#include <stdlib.h>

enum { ARENA_BLOCK = 64 * 1024, ARENA_MAX = 64 * 1024 * 1024, OFFSET_SIZE = 8 };

/* What the batch refused, in record order. */
struct refused {
    size_t count;
    size_t *indexes;
    struct uuid *digests;
    bool *known; /* stands in the table */
};

struct uuid parked_digest(int32_t partition, struct text frame)
{
    unsigned char number[4];
    const struct text parts[] = {{(const char *)number, sizeof number},
                                 {frame.data + OFFSET_SIZE, frame.size - OFFSET_SIZE}};
    struct uuid short_digest;
    struct digest digest;

    assert(frame.size > OFFSET_SIZE);
    for (size_t i = 0; i < sizeof number; i++)
        number[i] = (unsigned char)((uint32_t)partition >> (8 * (3 - i)));
    digest = sha256_parts(parts, COUNT_OF(parts));
    memcpy(&short_digest, &digest, sizeof short_digest);
    return short_digest;
}

static bool is_refused(const struct batch *batch, size_t index)
{
    const struct batch_record *record = &batch->records[index];

    return record->verdict == REJECT && !batch->parts[record->part].dropped;
}

static size_t refused_count(const struct batch *batch)
{
    size_t count = 0;

    for (size_t i = 0; i < batch->record_count; i++)
        count += is_refused(batch, i) ? 1 : 0;
    return count;
}

static bool refused_collect(const struct batch *batch, size_t count, struct arena *arena,
                            struct refused *refused)
{
    refused->count = 0;
    refused->indexes = arena_alloc(arena, count * sizeof *refused->indexes);
    refused->digests = arena_alloc(arena, count * sizeof *refused->digests);
    refused->known = arena_alloc(arena, count * sizeof *refused->known);
    if (refused->indexes == NULL || refused->digests == NULL || refused->known == NULL)
        return false;
    for (size_t i = 0; i < batch->record_count; i++) {
        const struct batch_record *record = &batch->records[i];
        struct text frame = {batch->kept.data + record->kept_at, record->kept_size};

        if (!is_refused(batch, i))
            continue;
        refused->indexes[refused->count] = i;
        refused->digests[refused->count] =
            parked_digest(batch->parts[record->part].move.partition, frame);
        refused->known[refused->count++] = false;
    }
    assert(refused->count == count);
    return true;
}

/* The first of each stays refused, unless it stands in the table. */
static bool refused_judge(struct batch *batch, const struct refused *refused, struct arena *arena)
{
    struct uuid_map seen;

    if (!uuid_map_make(&seen, refused->count, arena))
        return false;
    for (size_t i = 0; i < refused->count; i++) {
        const struct uuid *digest = &refused->digests[i];
        struct uuid_map_slot *slot = uuid_map_put(&seen, uuid_hash(digest), digest);

        if (refused->known[i] || slot->value > 0)
            batch_judge_again(batch, refused->indexes[i]);
        slot->value = 1;
    }
    return true;
}

enum status parked_again_judge(struct batch *batch, struct db *db, struct error *error)
{
    size_t count = batch->rereads ? 0 : refused_count(batch);
    struct refused refused;
    struct arena arena;
    enum status status = OK;

    if (count == 0)
        return OK;
    arena_init(&arena, ARENA_BLOCK, ARENA_MAX);
    if (!refused_collect(batch, count, &arena, &refused))
        status = error_set(error, FATAL, "out of memory for parked records");
    if (status == OK)
        status = parked_known(db, batch->source_id, refused.digests, count, error, refused.known);
    if (status == OK && !refused_judge(batch, &refused, &arena))
        status = error_set(error, FATAL, "out of memory for parked records");
    arena_done(&arena);
    return status;
}
