/*
 * decode.c - one record becomes a rate or a lock, or is refused with a reason.
 */
#include "bus/registry.h"
#include "codec/event_codec.h"
#include "fx_sql.h"
#include "fx_worker.h"
#include "runtime/stream.h"

#include <stdlib.h>

enum { FX_CORRIDORS_MAX = 1024, FX_CODE_SIZE = 40 };

struct fx_corridor {
    int32_t corridor_id;
    currency source_currency;
    currency settlement_currency;
    char code[FX_CODE_SIZE];
};

struct fx_state {
    struct registry *registry;
    struct event_codec *codec;
    size_t corridor_count;
    struct fx_corridor corridors[FX_CORRIDORS_MAX];
};

enum status fx_open(const struct config *config, struct db *db, struct error *error,
                    void **ret_state)
{
    struct fx_state *state = calloc(1, sizeof *state);
    struct schema_source source;
    enum status status;

    (void)db;
    if (state == NULL)
        return error_set(error, FATAL, "out of memory");
    status = stream_schemas_open(config, error, &state->registry);
    if (status != OK) {
        free(state);
        return status;
    }
    source = registry_source(state->registry);
    state->codec = event_codec_new(&source);
    *ret_state = state;
    return OK;
}

void fx_close(void *argument)
{
    struct fx_state *state = argument;

    event_codec_free(state->codec);
    registry_free(state->registry);
    free(state);
}

static enum status corridor_take(struct fx_corridor *corridor, const struct result *rows, int row,
                                 struct error *error)
{
    corridor->corridor_id = (int32_t)result_int64(rows, row, 0);
    text_copy(result_text(rows, row, 1), corridor->code, FX_CODE_SIZE);
    if (!currency_parse(result_text(rows, row, 2), &corridor->source_currency) ||
        !currency_parse(result_text(rows, row, 3), &corridor->settlement_currency))
        return error_set(error, FATAL, "corridor %s has a currency we do not know", corridor->code);
    return OK;
}

enum status fx_refresh(void *argument, struct db *db, struct error *error)
{
    struct fx_state *state = argument;
    struct result *rows = NULL;
    enum status status = db_run(db, fx_sql_corridors, NULL, error, &rows);

    if (status == OK && result_rows(rows) > FX_CORRIDORS_MAX)
        status = error_set(error, FATAL, "more than %d corridors", FX_CORRIDORS_MAX);
    if (status == OK)
        state->corridor_count = (size_t)result_rows(rows);
    for (size_t i = 0; status == OK && i < state->corridor_count; i++)
        status = corridor_take(&state->corridors[i], rows, (int)i, error);
    result_free(rows);
    return status;
}

void fx_claimed(void *state, const struct position *position)
{
    (void)state;
    (void)position; /* nothing is carried from one record to the next */
}

static const struct fx_corridor *corridor_find(const struct fx_state *state, struct text code)
{
    for (size_t i = 0; i < state->corridor_count; i++)
        if (text_is(code, state->corridors[i].code))
            return &state->corridors[i];
    return NULL;
}

/* What a lock for a whole window exchanges: what the window settles. */
static bool exchanges(const struct fx_corridor *corridor, const struct fx_event *event)
{
    return (event->base_currency == corridor->source_currency &&
            event->quote_currency == corridor->settlement_currency) ||
           (event->base_currency == corridor->settlement_currency &&
            event->quote_currency == corridor->source_currency);
}

/* A lock names its corridor; a rate that names one is for no other. */
static enum reason corridor_check(const struct fx_corridor *corridor, const struct fx_event *event)
{
    if (corridor == NULL)
        return event->corridor.size > 0 ? REASON_CORRIDOR_UNKNOWN : REASON_NONE;
    return event->has_window && !exchanges(corridor, event) ? REASON_CURRENCY_NOT_OF_CORRIDOR
                                                            : REASON_NONE;
}

enum status fx_worker_decode(void *argument, const struct record *record, struct batch *batch,
                             struct batch_part *part, void *row_memory, enum reason *ret_reason,
                             struct error *error)
{
    struct fx_state *state = argument;
    struct fx_row *row = row_memory;
    const struct fx_corridor *corridor;
    enum status status = event_codec_fx(state->codec, record, &row->event, ret_reason, error);

    (void)part;
    if (status != OK)
        return status;
    batch_keep(batch, record);
    corridor = corridor_find(state, row->event.corridor);
    row->corridor_id = corridor == NULL ? 0 : corridor->corridor_id;
    *ret_reason = corridor_check(corridor, &row->event);
    if (*ret_reason == REASON_NONE &&
        !text_copy(row->event.source, row->source, sizeof row->source))
        *ret_reason = REASON_TEXT_INVALID;
    row->event.source = (struct text){NULL, 0};
    row->event.corridor = (struct text){NULL, 0};
    return *ret_reason == REASON_NONE ? OK : REJECT;
}

/* A batch carries nothing beside its rows. */
void *fx_extra_new(void)
{
    return NULL;
}

void fx_extra_clear(void *extra)
{
    assert(extra == NULL);
}

void fx_extra_free(void *extra)
{
    assert(extra == NULL);
}
