/*
 * field.c - see field.h.
 */
#include "codec/event/field.h"

#include "domain/rate.h"

#define EVERY_BYTE(byte) (UINT64_C(0x0101010101010101) * (byte))
#define INSTANT_MIN_US (INT64_C(946684800) * 1000000)  /* 2000-01-01 */
#define INSTANT_MAX_US (INT64_C(4102444800) * 1000000) /* 2100-01-01 */

enum { DECIMAL_SCALE_MAX = 18 };

/* Zero when all eight bytes are 0x20 .. 0x7e. A borrow from a byte below 0x20 may spoil its
 * neighbour, but then the word is not plain anyway. */
static inline uint64_t word_is_odd(uint64_t word)
{
    return (word | (word + EVERY_BYTE(0x01)) | (word - EVERY_BYTE(0x20))) & EVERY_BYTE(0x80);
}

static uint64_t load_word(const char *bytes, size_t size)
{
    uint64_t word = EVERY_BYTE(' ');

    memcpy(&word, bytes, size);
    return word;
}

static bool text_is_plain_ascii(struct text text)
{
    uint64_t odd = 0;
    size_t at = 0;

    for (; at + 8 <= text.size; at += 8)
        odd |= word_is_odd(load_word(text.data + at, 8));
    odd |= word_is_odd(load_word(text.data + at, text.size - at));
    return odd == 0;
}

/* C0, DEL and C1 (U+0080 .. U+009F, 0xc2 0x80 .. 0xc2 0x9f in UTF-8). */
static bool text_has_control(struct text text)
{
    const unsigned char *bytes = (const unsigned char *)text.data;

    for (size_t i = 0; i < text.size; i++) {
        if (bytes[i] < 0x20 || bytes[i] == 0x7f)
            return true;
        if (bytes[i] == 0xc2 && i + 1 < text.size && bytes[i + 1] < 0xa0)
            return true;
    }
    return false;
}

static size_t character_count(struct text text)
{
    size_t count = 0;

    for (size_t i = 0; i < text.size; i++)
        count += ((unsigned char)text.data[i] & 0xc0) != 0x80;
    return count;
}

bool field_text_is_valid(struct text text, size_t character_max, bool empty_allowed)
{
    if (text.size == 0)
        return empty_allowed;
    if (text.size > 4 * character_max)
        return false;
    if (text_is_plain_ascii(text))
        return text.size <= character_max;
    return text_is_utf8(text) && !text_has_control(text) && character_count(text) <= character_max;
}

enum reason field_text(const struct slot *slot, struct text *ret_text)
{
    if (slot->form != SLOT_TEXT || !field_text_is_valid(slot->text, FIELD_TEXT_MAX, false))
        return REASON_TEXT_INVALID;
    *ret_text = slot->text;
    return REASON_NONE;
}

enum reason field_event_id_text(const struct slot *slot)
{
    if (slot->form == SLOT_UUID)
        return REASON_NONE;
    assert(slot->form == SLOT_TEXT);
    return field_text_is_valid(slot->text, FIELD_EVENT_ID_MAX, true) ? REASON_NONE
                                                                     : REASON_TEXT_INVALID;
}

static void take_uuid(const struct slot *slot, struct uuid *ret_uuid)
{
    assert(slot->text.size == sizeof ret_uuid->bytes);
    memcpy(ret_uuid->bytes, slot->text.data, sizeof ret_uuid->bytes);
}

enum reason field_event_id(const struct slot *slot, struct uuid *ret_id, bool *ret_is_text)
{
    *ret_is_text = false;
    if (slot->form == SLOT_UUID) {
        take_uuid(slot, ret_id);
        return REASON_NONE;
    }
    if (slot->text.size == 0)
        return REASON_EVENT_ID_INVALID;
    if (uuid_parse(slot->text, ret_id))
        return REASON_NONE;
    *ret_is_text = true;
    *ret_id = uuid_of_name(slot->text);
    return REASON_NONE;
}

enum reason field_uuid(const struct slot *slot, enum reason reason, bool *ret_has,
                       struct uuid *ret_uuid)
{
    if (slot->form == SLOT_UUID)
        take_uuid(slot, ret_uuid);
    else if (slot->form == SLOT_TEXT && !uuid_parse(slot->text, ret_uuid))
        return reason;
    *ret_has = slot->form != SLOT_EMPTY;
    return REASON_NONE;
}

enum reason field_currency(const struct slot *slot, currency *ret_currency)
{
    currency parsed;

    if (slot->form != SLOT_TEXT || !currency_parse(slot->text, &parsed) ||
        currency_is_retired(parsed))
        return REASON_CURRENCY_UNKNOWN;
    *ret_currency = parsed;
    return REASON_NONE;
}

enum reason field_amount(const struct slot *slot, currency of, struct amount *ret_amount)
{
    if (slot->form != SLOT_DECIMAL || slot->scale > DECIMAL_SCALE_MAX)
        return REASON_AMOUNT_UNREADABLE;
    if (!amount_of_decimal(slot->decimal, slot->scale, of, ret_amount))
        return REASON_AMOUNT_UNREADABLE;
    return REASON_NONE;
}

enum reason field_rate(const struct slot *slot, int64_t *ret_rate)
{
    if (slot->form != SLOT_DECIMAL || slot->scale > DECIMAL_SCALE_MAX)
        return REASON_RATE_INVALID;
    if (!rate_of_decimal(slot->decimal, slot->scale, ret_rate))
        return REASON_RATE_INVALID;
    assert(*ret_rate > 0);
    return REASON_NONE;
}

enum reason field_time(const struct slot *slot, int64_t *ret_time_us)
{
    if (slot->form != SLOT_NUMBER || slot->number < INSTANT_MIN_US ||
        slot->number >= INSTANT_MAX_US)
        return REASON_TIME_OUT_OF_RANGE;
    *ret_time_us = slot->number;
    return REASON_NONE;
}
