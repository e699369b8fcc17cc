/*
 * fx_event.c - see fx_event.h.
 */
#include "codec/event/fx_event.h"

#include "codec/event/columns.h"
#include "codec/event/field.h"

enum { CONTENT_VERSION = 1 };

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

static enum reason check_texts(const struct slot *slots, struct fx_event *event)
{
    CHECK(field_event_id_text(SLOT(EVENT_ID)));
    CHECK(field_text(SLOT(SOURCE), &event->source));
    CHECK(check_corridor(SLOT(CORRIDOR), event));
    CHECK(field_uuid(SLOT(LOCK_ID), REASON_TEXT_INVALID, &event->has_lock, &event->lock_id));
    if (is_lock(event) && !event->has_lock)
        return REASON_TEXT_INVALID;
    return REASON_NONE;
}

static enum reason check_notional(const struct slot *slot, struct fx_event *event)
{
    event->has_notional = slot->form != SLOT_EMPTY;
    if (!event->has_notional)
        return is_lock(event) ? REASON_AMOUNT_NOT_POSITIVE : REASON_NONE;
    CHECK(field_amount(slot, event->base_currency, &event->notional));
    return field_is_positive(event->notional);
}

static enum reason check_money(const struct slot *slots, struct fx_event *event)
{
    CHECK(field_currency(SLOT(BASE_CURRENCY), &event->base_currency));
    CHECK(field_currency(SLOT(QUOTE_CURRENCY), &event->quote_currency));
    CHECK(check_notional(SLOT(NOTIONAL_AMOUNT), event));
    CHECK(field_rate(SLOT(RATE), &event->rate));
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

/* The order and the form are for ever; another list takes another version. */
static void digest_content(struct fx_event *event, struct canonical *canonical)
{
    canonical_begin(canonical, CONTENT_VERSION);
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
    event->content_digest = canonical_end(canonical);
}

enum reason fx_of_slots(const struct slot *slots, struct canonical *canonical,
                        struct fx_event *event)
{
    CHECK(check_fields(slots, event));
    digest_content(event, canonical);
    return REASON_NONE;
}
