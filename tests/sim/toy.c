/*
 * toy.c - a worker small enough to be judged whole: a record is an event id and an amount.
 *
 * It leans on the runtime the way ingest does: only suspects are looked up, so what nobody
 * suspected is found by the store alone, taught by refused, and its frame read back from the
 * archive. Which rows are suspects is left to chance.
 */
#include "model.h"
#include "workers.h"

#include <stdlib.h>

struct toy_row {
    int32_t event_id;
    int64_t amount;
    bool suspect;
};

struct toy_extra {
    bool suspect_all;
    bool copying;
};

static struct toy_row *toy_row(const struct batch *batch, size_t index)
{
    return batch_row(batch, index);
}

static enum status toy_open(const struct config *config, struct db *db, struct error *error,
                            void **ret_state)
{
    (void)config;
    (void)db;
    (void)error;
    *ret_state = calloc(1, 1);
    return OK;
}

static void toy_close(void *state)
{
    free(state);
}

static enum status toy_refresh(void *state, struct db *db, struct error *error)
{
    (void)state;
    (void)db;
    (void)error;
    return OK;
}

static void toy_claimed(void *state, const struct position *position)
{
    assert(state != NULL && position->epoch > 0);
}

static void *toy_extra_new(void)
{
    return calloc(1, sizeof(struct toy_extra));
}

static void toy_extra_clear(void *extra)
{
    memset(extra, 0, sizeof(struct toy_extra));
}

static bool schema_is_away(void)
{
    if (fault_strikes(FAULT_SCHEMA_AWAY))
        world.schema_away_until_us = world.now_us + chance_us(MS, 3000 * MS);
    return world.schema_away_until_us > world.now_us;
}

static enum reason value_read(struct text value, struct toy_row *row)
{
    struct toy_value read;

    if (value.data == NULL)
        return REASON_VALUE_MISSING;
    if (value.size != sizeof read)
        return REASON_AVRO_MALFORMED;
    memcpy(&read, value.data, sizeof read);
    if (read.magic != TOY_MAGIC)
        return REASON_AVRO_MALFORMED;
    if (read.amount <= 0)
        return REASON_AMOUNT_NOT_POSITIVE;
    row->event_id = read.event_id;
    row->amount = read.amount;
    return REASON_NONE;
}

static enum status toy_decode(void *state, const struct record *record, struct batch *batch,
                              struct batch_part *part, void *row, enum reason *ret_reason,
                              struct error *error)
{
    struct toy_row *made = row;
    int64_t accepted_us = record->timestamp_ms * MS;

    assert(state != NULL);
    if (schema_is_away()) {
        state_reached(STATE_STALLED, 1);
        return error_set(error, RETRY, "the schema source is away");
    }
    *ret_reason = value_read(record->value, made);
    made->suspect = chance(3) == 0;
    if (made->suspect)
        batch_keep(batch, record);
    if (accepted_us > part->move.watermark_us)
        part->move.watermark_us = accepted_us;
    return OK;
}

/* ---- verdicts ---- */

/* An earlier row of the batch that stays OK under the same id. */
static const struct toy_row *earlier_row(const struct batch *batch, size_t index)
{
    for (size_t i = 0; i < index; i++)
        if (batch_is_ok(batch, i) && toy_row(batch, i)->event_id == toy_row(batch, index)->event_id)
            return toy_row(batch, i);
    return NULL;
}

static void row_judge(struct batch *batch, size_t index, bool known, int64_t amount)
{
    const struct toy_row *earlier = known ? NULL : earlier_row(batch, index);

    if (earlier != NULL)
        amount = earlier->amount;
    if (!known && earlier == NULL)
        return;
    if (amount == toy_row(batch, index)->amount) {
        state_reached(STATE_DUPLICATES, 1);
        batch_judge(batch, index, DUPLICATE, REASON_NONE);
        return;
    }
    if (batch->records[index].kept_size == 0)
        state_reached(STATE_RECOVERED, 1);
    batch_judge(batch, index, REJECT, REASON_SAME_ID_DIFFERENT_CONTENT);
}

static enum status toy_validate(struct batch *batch, struct db *db, struct error *error)
{
    struct toy_extra *extra = batch->extra;
    int32_t ids[PRODUCED_MAX];
    size_t indexes[PRODUCED_MAX];
    bool known[PRODUCED_MAX];
    int64_t amounts[PRODUCED_MAX];
    size_t count = 0;
    enum status status = OK;

    extra->copying = false;
    for (size_t i = 0; i < batch->record_count; i++) {
        if (!batch_is_ok(batch, i) || !(extra->suspect_all || toy_row(batch, i)->suspect))
            continue;
        indexes[count] = i;
        ids[count++] = toy_row(batch, i)->event_id;
    }
    if (count > 0)
        status = events_find(db, ids, count, error, known, amounts);
    for (size_t i = 0; status == OK && i < count; i++)
        row_judge(batch, indexes[i], known[i], amounts[i]);
    return status;
}

static enum status toy_apply(struct batch *batch, struct db *db, struct effects *effects,
                             struct error *error)
{
    struct toy_extra *extra = batch->extra;
    struct sim_event events[PRODUCED_MAX];
    size_t count = 0;

    for (size_t i = 0; i < batch->record_count; i++) {
        const struct batch_part *part = &batch->parts[batch->records[i].part];

        if (!batch_is_ok(batch, i))
            continue;
        events[count++] = (struct sim_event){.event_id = toy_row(batch, i)->event_id,
                                             .amount = toy_row(batch, i)->amount,
                                             .partition = part->move.partition,
                                             .offset = batch->records[i].offset,
                                             .batch_id = part->batch_id};
        effects_row(effects, "event", 2);
        effects_int64(effects, toy_row(batch, i)->event_id);
        effects_int64(effects, toy_row(batch, i)->amount);
    }
    extra->copying = true;
    return count == 0 ? OK : events_copy(db, events, count, error);
}

/* As ingest: an id nobody looked for makes all suspects; a line names the row at fault. */
static void toy_refused(struct batch *batch, enum status status, const struct error *error)
{
    struct toy_extra *extra = batch->extra;
    int64_t line = error->line;

    if (status == DUPLICATE) {
        state_reached(STATE_REFUSED_UNIQUE, 1);
        extra->suspect_all = true;
        return;
    }
    for (size_t i = 0; extra->copying && i < batch->record_count; i++) {
        if (!batch_is_ok(batch, i) || --line > 0)
            continue;
        state_reached(STATE_REFUSED_ROW, 1);
        batch->records[i].decoded = REJECT;
        batch->records[i].decoded_reason = REASON_REFUSED_BY_STORE;
        return;
    }
}

const struct worker_ops toy_ops = {.name = "toy",
                                   .row_size = sizeof(struct toy_row),
                                   .open = toy_open,
                                   .close = toy_close,
                                   .refresh = toy_refresh,
                                   .claimed = toy_claimed,
                                   .extra_new = toy_extra_new,
                                   .extra_clear = toy_extra_clear,
                                   .extra_free = free,
                                   .decode = toy_decode,
                                   .validate = toy_validate,
                                   .apply = toy_apply,
                                   .refused = toy_refused};
