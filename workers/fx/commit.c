/*
 * commit.c - verdicts and effects of FX events.
 *
 *   event id known, same content      DUPLICATE
 *   event id known, other content     REJECT same_id_different_content
 *   lock id known under another id    REJECT lock_already_recorded
 *   neither, but in doubt             REJECT for what the source has against the record
 */
#include "base/uuid_map.h"
#include "fx_sql.h"
#include "fx_worker.h"
#include "store/copy.h"

#include <stdlib.h>

enum { FX_ARENA_MAX = 64 * 1024 * 1024 };

/* What the tables say about each row that is asked about. */
struct known {
    size_t count;
    uint32_t *indexes; /* rows that were OK, in record order */
    struct uuid *ids;
    bool *known;
    struct uuid *contents;
    bool *recorded;
};

static struct fx_row *fx_row(const struct batch *batch, size_t index)
{
    return batch_row(batch, index);
}

static bool known_make(const struct batch *batch, struct arena *arena, struct known *known)
{
    size_t max = batch->record_count + 1;

    known->count = 0;
    known->indexes = arena_alloc(arena, max * sizeof *known->indexes);
    known->ids = arena_alloc(arena, max * sizeof *known->ids);
    known->known = arena_alloc(arena, max * sizeof *known->known);
    known->contents = arena_alloc(arena, max * sizeof *known->contents);
    known->recorded = arena_alloc(arena, max * sizeof *known->recorded);
    if (known->indexes == NULL || known->ids == NULL || known->known == NULL ||
        known->contents == NULL || known->recorded == NULL)
        return false;
    for (size_t i = 0; i < batch->record_count; i++)
        if (batch_is_ok(batch, i))
            known->indexes[known->count++] = (uint32_t)i;
    return true;
}

static enum status ids_ask(struct db *db, const char *sql, const struct known *known,
                           struct error *error, struct result **ret_rows)
{
    struct params params;

    params_init(&params, FX_ARENA_MAX);
    params_uuid_array(&params, known->ids, known->count);
    return db_run_once(db, sql, &params, error, ret_rows);
}

static enum status known_read(const struct batch *batch, struct db *db, struct known *known,
                              struct error *error)
{
    struct result *rows = NULL;
    enum status status;

    for (size_t i = 0; i < known->count; i++)
        known->ids[i] = fx_row(batch, known->indexes[i])->event.event_id;
    status = ids_ask(db, fx_sql_known_events, known, error, &rows);
    for (int i = 0; status == OK && i < result_rows(rows); i++) {
        size_t at = (size_t)result_int64(rows, i, 0) - 1;

        known->known[at] = true;
        known->contents[at] = result_uuid(rows, i, 1);
    }
    result_free(rows);
    if (status != OK)
        return status;
    rows = NULL;
    for (size_t i = 0; i < known->count; i++)
        known->ids[i] = fx_row(batch, known->indexes[i])->event.lock_id; /* zero: matches none */
    status = ids_ask(db, fx_sql_known_locks, known, error, &rows);
    for (int i = 0; status == OK && i < result_rows(rows); i++)
        known->recorded[result_int64(rows, i, 0) - 1] = true;
    result_free(rows);
    return status;
}

/* Who holds which id among earlier rows of this batch that stay OK: index + 1. */
struct holders {
    struct uuid_map events;
    struct uuid_map locks;
};

static void row_judge(struct batch *batch, const struct known *known, size_t at,
                      struct holders *holders)
{
    size_t index = known->indexes[at];
    const struct fx_event *event = &fx_row(batch, index)->event;
    struct uuid_map_slot *holder =
        uuid_map_put(&holders->events, uuid_hash(&event->event_id), &event->event_id);
    struct uuid_map_slot *lock =
        event->kind == FX_LOCK
            ? uuid_map_put(&holders->locks, uuid_hash(&event->lock_id), &event->lock_id)
            : NULL;
    const struct uuid *content =
        known->known[at]    ? &known->contents[at]
        : holder->value > 0 ? &fx_row(batch, holder->value - 1)->event.content_digest
                            : NULL;

    if (content != NULL && uuid_compare(content, &event->content_digest) == 0)
        batch_judge(batch, index, DUPLICATE, REASON_NONE);
    else if (content != NULL)
        batch_judge(batch, index, REJECT, REASON_SAME_ID_DIFFERENT_CONTENT);
    else if (lock != NULL && (known->recorded[at] || lock->value > 0))
        batch_judge(batch, index, REJECT, REASON_LOCK_ALREADY_RECORDED);
    else if (batch_doubt_of(batch, index) != REASON_NONE)
        batch_judge(batch, index, REJECT, batch_doubt_of(batch, index));
    if (!batch_is_ok(batch, index))
        return;
    holder->value = (uint32_t)index + 1;
    if (lock != NULL)
        lock->value = (uint32_t)index + 1;
}

static bool rows_judge(struct batch *batch, const struct known *known, struct arena *arena)
{
    struct holders holders;

    if (!uuid_map_make(&holders.events, known->count, arena) ||
        !uuid_map_make(&holders.locks, known->count, arena))
        return false;
    for (size_t at = 0; at < known->count; at++)
        row_judge(batch, known, at, &holders);
    return true;
}

enum status fx_validate(struct batch *batch, struct db *db, struct error *error)
{
    struct arena arena;
    struct known known;
    enum status status = OK;

    arena_init(&arena, 1024 * 1024, FX_ARENA_MAX);
    if (!known_make(batch, &arena, &known))
        status = error_set(error, FATAL, "out of memory for FX events");
    if (status == OK && known.count > 0)
        status = known_read(batch, db, &known, error);
    if (status == OK && known.count > 0 && !rows_judge(batch, &known, &arena))
        status = error_set(error, FATAL, "out of memory for FX events");
    arena_done(&arena);
    return status;
}

/* ---- effects ---- */

static char *optional_int64(char *at, int64_t value)
{
    return value == 0 ? copy_null(at) : copy_int64(at, value);
}

/* The columns that both tables have, from batch_id on. */
static char *place_copy(char *at, const struct batch *batch, size_t index)
{
    at = copy_int64(at, batch->parts[batch->records[index].part].batch_id);
    return copy_int64(at, batch->records[index].offset);
}

static char *terms_copy(char *at, const struct fx_event *event)
{
    at = copy_currency(at, event->base_currency);
    at = copy_currency(at, event->quote_currency);
    return copy_int64(at, event->rate);
}

static char *validity_copy(char *at, const struct fx_event *event)
{
    at = copy_instant(at, event->valid_from_us);
    at = copy_instant(at, event->valid_until_us);
    return copy_uuid(at, &event->content_digest);
}

static char *rate_tuple(char *at, const struct batch *batch, size_t index)
{
    const struct fx_row *row = fx_row(batch, index);

    at = copy_uuid(copy_tuple(at, 13), &row->event.event_id);
    at = copy_text(place_copy(at, batch, index), text_of(row->source));
    at = validity_copy(terms_copy(at, &row->event), &row->event);
    at = optional_int64(optional_int64(at, row->event.bid), row->event.ask);
    return row->corridor_id == 0 ? copy_null(at) : copy_int32(at, row->corridor_id);
}

static char *lock_tuple(char *at, const struct batch *batch, size_t index)
{
    const struct fx_row *row = fx_row(batch, index);

    at = copy_uuid(copy_tuple(at, 14), &row->event.event_id);
    at = copy_uuid(at, &row->event.lock_id);
    at = copy_int32(place_copy(at, batch, index), row->corridor_id);
    at = copy_int64(terms_copy(at, &row->event), row->event.notional.minor);
    at = validity_copy(at, &row->event);
    if (!row->event.has_window)
        return copy_null(copy_null(at));
    at = copy_date(at, row->event.business_date);
    return copy_int16(at, (int16_t)row->event.window_sequence);
}

struct fx_table {
    const char *name;
    enum fx_kind kind;
    char *(*tuple)(char *at, const struct batch *batch, size_t index);
    const char *copy;
};

static const struct fx_table tables[] = {
    {"fx_rate", FX_RATE, rate_tuple,
     "COPY fx_rate (event_id, batch_id, record_offset, rate_source, base_currency, quote_currency,"
     " rate_e10, valid_from, valid_until, content_digest, bid_e10, ask_e10, corridor_id)"
     " FROM STDIN (FORMAT binary)"},
    {"fx_lock", FX_LOCK, lock_tuple,
     "COPY fx_lock (event_id, lock_id, batch_id, record_offset, corridor_id, base_currency,"
     " quote_currency, rate_e10, notional_minor, valid_from, valid_until, content_digest,"
     " business_date, window_sequence) FROM STDIN (FORMAT binary)"},
};

static enum status table_copy(const struct batch *batch, struct db *db,
                              const struct fx_table *table, struct effects *effects,
                              struct error *error)
{
    struct buffer tuples;
    struct text part;
    int64_t copied = 0;
    enum status status = OK;

    buffer_init(&tuples, FX_ARENA_MAX);
    for (size_t i = 0; i < batch->record_count; i++) {
        bool ours = batch_is_ok(batch, i) && fx_row(batch, i)->event.kind == table->kind;
        char *at = ours ? copy_reserve(&tuples, 512) : NULL;

        if (at != NULL)
            copy_finish(&tuples, table->tuple(at, batch, i));
    }
    part = buffer_view(&tuples);
    effects_copy(effects, table->name, part);
    if (buffer_failed(&tuples))
        status = error_set(error, FATAL, "out of memory for FX events");
    else if (part.size > 0)
        status = db_copy(db, table->copy, &part, 1, error, &copied);
    buffer_done(&tuples);
    return status;
}

enum status fx_apply(struct batch *batch, struct db *db, struct effects *effects,
                     struct error *error)
{
    enum status status = OK;

    for (size_t i = 0; status == OK && i < COUNT_OF(tables); i++)
        status = table_copy(batch, db, &tables[i], effects, error);
    return status;
}
