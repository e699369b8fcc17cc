/*
 * fx_event.c - see fx_event.h.
 */
#include "codec/event/fx_event.h"

#include "codec/event/columns.h"
#include "codec/event/field.h"
#include "domain/window.h"

enum { CONTENT_VERSION = 1, CONTENT_VERSION_2 = 2 };

#define SLOT(column) (&slots[FX_COLUMN_##column])

static bool is_lock(const struct fx_event *event)
{
    return event->kind == FX_LOCK;
}

/* A lock names its corridor; a rate may. */
static enum reason check_corridor(const struct slot *slot, struct fx_event *event)
{
    if (slot->form == SLOT_EMPTY && !is_lock(event))
        return REASON_NONE;
    return field_text(slot, &event->corridor);
}

/* "2026-03-02/1": business date and number of the day, as windows are shown. */
static bool window_read(struct text text, struct fx_event *event)
{
    const char *mark = text.size == 0 ? NULL : memchr(text.data, '/', text.size);
    size_t date_size = mark == NULL ? 0 : (size_t)(mark - text.data);
    struct text number = {text.data + date_size + 1, mark == NULL ? 0 : text.size - date_size - 1};
    int64_t sequence = 0;

    if (mark == NULL || !date_parse((struct text){text.data, date_size}, &event->business_date))
        return false;
    if (!text_to_int64(number, &sequence) || number.data[0] < '1')
        return false; /* one way to write it: no zero in front */
    event->window_sequence = (int32_t)(sequence > WINDOW_SEQUENCE_MAX ? 0 : sequence);
    return event->window_sequence > 0;
}

/* A lock may name a window, a rate may not. */
static enum reason check_window(const struct slot *slot, struct fx_event *event)
{
    struct text text;

    event->has_window = slot->form != SLOT_EMPTY;
    if (!event->has_window)
        return REASON_NONE;
    CHECK(field_text(slot, &text));
    return is_lock(event) && window_read(text, event) ? REASON_NONE : REASON_TEXT_INVALID;
}

static enum reason check_texts(const struct slot *slots, struct fx_event *event)
{
    CHECK(field_event_id_text(SLOT(EVENT_ID)));
    CHECK(field_text(SLOT(SOURCE), &event->source));
    CHECK(check_corridor(SLOT(CORRIDOR), event));
    CHECK(field_uuid(SLOT(LOCK_ID), REASON_TEXT_INVALID, &event->has_lock, &event->lock_id));
    if (is_lock(event) && !event->has_lock)
        return REASON_TEXT_INVALID;
    return check_window(SLOT(SETTLEMENT_WINDOW), event);
}

static enum reason check_notional(const struct slot *slot, struct fx_event *event)
{
    event->has_notional = slot->form != SLOT_EMPTY;
    if (!event->has_notional)
        return is_lock(event) ? REASON_AMOUNT_NOT_POSITIVE : REASON_NONE;
    CHECK(field_amount(slot, event->base_currency, &event->notional));
    return field_is_positive(event->notional);
}

/* A side is quoted, or its slot is empty. */
static enum reason check_side(const struct slot *slot, const struct fx_event *event,
                              int64_t *ret_side)
{
    if (slot->form == SLOT_EMPTY)
        return REASON_NONE;
    return is_lock(event) ? REASON_RATE_INVALID : field_rate(slot, ret_side);
}

/* bid <= rate <= ask, as far as they are quoted. */
static enum reason check_sides(const struct slot *slots, struct fx_event *event)
{
    CHECK(check_side(SLOT(BID), event, &event->bid));
    CHECK(check_side(SLOT(ASK), event, &event->ask));
    if (event->bid > event->rate || (event->ask > 0 && event->ask < event->rate))
        return REASON_RATE_INVALID;
    return REASON_NONE;
}

static enum reason check_money(const struct slot *slots, struct fx_event *event)
{
    CHECK(field_currency(SLOT(BASE_CURRENCY), &event->base_currency));
    CHECK(field_currency(SLOT(QUOTE_CURRENCY), &event->quote_currency));
    CHECK(check_notional(SLOT(NOTIONAL_AMOUNT), event));
    CHECK(field_rate(SLOT(RATE), &event->rate));
    CHECK(check_sides(slots, event));
    return event->base_currency != event->quote_currency ? REASON_NONE : REASON_RATE_INVALID;
}

static enum reason check_times(const struct slot *slots, struct fx_event *event)
{
    CHECK(field_time(SLOT(VALID_FROM), &event->valid_from_us));
    CHECK(field_time(SLOT(VALID_UNTIL), &event->valid_until_us));
    return event->valid_from_us < event->valid_until_us ? REASON_NONE : REASON_TIME_OUT_OF_RANGE;
}

static enum reason check_fields(const struct slot *slots, struct fx_event *event)
{
    event->kind = (enum fx_kind)SLOT(KIND)->number;
    CHECK(check_texts(slots, event));
    CHECK(field_event_id(SLOT(EVENT_ID), &event->event_id, &event->event_id_is_text));
    CHECK(check_money(slots, event));
    return check_times(slots, event);
}

/* What the second version adds; an event without any of it is one of the first. */
static bool is_second(const struct fx_event *event)
{
    return event->bid > 0 || event->ask > 0 || event->has_window;
}

/* The order and the form are for ever; another list takes another version. */
static void digest_content(struct fx_event *event, struct canonical *canonical)
{
    canonical_begin(canonical, is_second(event) ? CONTENT_VERSION_2 : CONTENT_VERSION);
    canonical_uuid(canonical, true, &event->event_id);
    canonical_text(canonical, column_symbol(fx_columns(), FX_COLUMN_KIND, event->kind));
    canonical_text(canonical, event->source);
    if (event->corridor.size > 0)
        canonical_text(canonical, event->corridor);
    else
        canonical_absent(canonical);
    canonical_currency(canonical, event->base_currency);
    canonical_currency(canonical, event->quote_currency);
    canonical_int64(canonical, true, event->rate);
    canonical_uuid(canonical, event->has_lock, &event->lock_id);
    canonical_amount(canonical, event->has_notional, event->notional);
    canonical_int64(canonical, true, event->valid_from_us);
    canonical_int64(canonical, true, event->valid_until_us);
    if (is_second(event)) {
        canonical_int64(canonical, event->bid > 0, event->bid);
        canonical_int64(canonical, event->ask > 0, event->ask);
        canonical_int64(canonical, event->has_window, event->business_date);
        canonical_int64(canonical, event->has_window, event->window_sequence);
    }
    event->content_digest = canonical_end(canonical);
}

enum reason fx_of_slots(const struct slot *slots, struct canonical *canonical,
                        struct fx_event *event)
{
    CHECK(check_fields(slots, event));
    digest_content(event, canonical);
    return REASON_NONE;
}
