/*
 * field.h - the checks of one field, shared by all events.
 *
 * A check turns a slot into a value or gives the first reason of reason.h that holds for it.
 * Outputs stay untouched on failure. Checks know no order among fields: the event's own file
 * calls them so that the precedence of reason.h comes out.
 */
#ifndef SAWA_CODEC_EVENT_FIELD_H
#define SAWA_CODEC_EVENT_FIELD_H

#include "base/uuid.h"
#include "codec/event/slot.h"
#include "domain/amount.h"
#include "domain/reason.h"

enum { FIELD_TEXT_MAX = 35, FIELD_EVENT_ID_MAX = 64 };

/* One condition per line, in the order of reason.h: the first failure is the answer. */
#define CHECK(expression)                                                                          \
    do {                                                                                           \
        enum reason check_reason = (expression);                                                   \
        if (check_reason != REASON_NONE)                                                           \
            return check_reason;                                                                   \
    } while (0)

/* UTF-8, no control characters, at most so many characters; empty only where it is allowed. */
must_use bool field_text_is_valid(struct text text, size_t character_max, bool empty_allowed);

/* A required text of 1 to 35 characters. An empty slot fails. */
must_use enum reason field_text(const struct slot *slot, struct text *ret_text);

/* The text form of an id is checked first (text_invalid), then that there is one at all. */
must_use enum reason field_event_id_text(const struct slot *slot);
must_use enum reason field_event_id(const struct slot *slot, struct uuid *ret_id,
                                    bool *ret_is_text);

/* An optional UUID; reason is what a text that is none means. */
must_use enum reason field_uuid(const struct slot *slot, enum reason reason, bool *ret_has,
                                struct uuid *ret_uuid);

/* A code we know and that is not retired. */
must_use enum reason field_currency(const struct slot *slot, currency *ret_currency);

/* Exact to the minor unit; the sign is checked apart, by field_is_positive. */
must_use enum reason field_amount(const struct slot *slot, currency of, struct amount *ret_amount);

static inline enum reason field_is_positive(struct amount amount)
{
    return amount.minor > 0 ? REASON_NONE : REASON_AMOUNT_NOT_POSITIVE;
}

/* At most 10 fraction digits, more than zero, fits int64 unscaled. */
must_use enum reason field_rate(const struct slot *slot, int64_t *ret_rate);

/* An instant in [2000-01-01, 2100-01-01). */
must_use enum reason field_time(const struct slot *slot, int64_t *ret_time_us);

#endif
