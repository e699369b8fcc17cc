/*
 * event_codec.c - see event_codec.h. The numbers in brackets are its invariants.
 */
#include "codec/event_codec.h"

#include "codec/archive/records.h"
#include "codec/avro/frame.h"
#include "codec/avro/fx_decode.h"
#include "codec/avro/payment_decode.h"
#include "codec/event/columns.h"
#include "codec/event/fx_event.h"
#include "codec/event/payment_event.h"
#include "codec/line/line_reader.h"

#include <stdlib.h>

_Static_assert((int)MESSAGE_SIZE_MAX == (int)LINE_SIZE_MAX, "one ceiling for all values");

static const char *const format_names[] = {
    [RECORD_AVRO] = "avro",
    [RECORD_AVRO_UNLISTED] = "avro-unlisted",
    [RECORD_NDJSON] = "ndjson",
    [RECORD_CSV] = "csv",
};

struct event_codec {
    struct codec_context *avro;
    struct line_reader *lines;
};

struct event_codec *event_codec_new(const struct schema_source *source)
{
    struct event_codec *codec = calloc(1, sizeof *codec);

    assert(codec != NULL);
    codec->avro = codec_context_new(source);
    codec->lines = line_reader_new();
    return codec;
}

void event_codec_free(struct event_codec *codec)
{
    if (codec == NULL)
        return;
    codec_context_free(codec->avro);
    line_reader_free(codec->lines);
    free(codec);
}

/* ---- lines ---- */

static enum reason line_check(const struct record *record)
{
    if (record->value.data == NULL)
        return REASON_VALUE_MISSING;
    if (record->value.size > LINE_SIZE_MAX)
        return REASON_VALUE_OVERSIZED;
    return record->format == RECORD_AVRO_UNLISTED ? REASON_SCHEMA_UNKNOWN : REASON_NONE;
}

/* Anything but RECORD_AVRO. */
static enum reason slots_read(struct event_codec *codec, const struct record *record,
                              const struct column_set *columns, struct slot *slots)
{
    enum reason reason = line_check(record);

    if (reason != REASON_NONE)
        return reason;
    if (record->format == RECORD_CSV)
        return csv_line_read(codec->lines, columns, record->columns, record->value, slots);
    assert(record->format == RECORD_NDJSON);
    return json_line_read(codec->lines, columns, record->value, slots);
}

static enum status reject(enum reason reason, enum reason *ret_reason)
{
    *ret_reason = reason;
    return REJECT;
}

enum status event_codec_payment(struct event_codec *codec, const struct record *record,
                                struct payment *ret_payment, enum reason *ret_reason,
                                struct error *error)
{
    filled_later struct slot slots[PAYMENT_COLUMN_COUNT];
    struct payment payment = {0};
    enum reason reason;

    if (record->format == RECORD_AVRO)
        return payment_decode(codec->avro, record->value, ret_payment, ret_reason, error);
    reason = slots_read(codec, record, payment_columns(), slots);
    if (reason == REASON_NONE)
        reason = payment_of_slots(slots, codec_canonical(codec->avro), &payment);
    if (reason != REASON_NONE)
        return reject(reason, ret_reason);
    *ret_payment = payment;
    return OK;
}

enum status event_codec_fx(struct event_codec *codec, const struct record *record,
                           struct fx_event *ret_event, enum reason *ret_reason, struct error *error)
{
    filled_later struct slot slots[FX_COLUMN_COUNT];
    struct fx_event event = {0};
    enum reason reason;

    if (record->format == RECORD_AVRO)
        return fx_decode(codec->avro, record->value, ret_event, ret_reason, error);
    reason = slots_read(codec, record, fx_columns(), slots);
    if (reason == REASON_NONE)
        reason = fx_of_slots(slots, codec_canonical(codec->avro), &event);
    if (reason != REASON_NONE)
        return reject(reason, ret_reason);
    *ret_event = event;
    return OK;
}

/* ---- headers ---- */

uint32_t event_headers_append(struct buffer *headers, enum record_format format, struct text file,
                              struct text columns)
{
    assert((size_t)format < COUNT_OF(format_names));
    raw_header_append(headers, TEXT("sawa-format"), text_of(format_names[format]));
    raw_header_append(headers, TEXT("sawa-file"), file);
    if (format != RECORD_CSV)
        return 2;
    raw_header_append(headers, TEXT("sawa-columns"), columns);
    return 3;
}

static bool format_parse(struct text text, enum record_format *ret_format)
{
    for (size_t i = 0; i < COUNT_OF(format_names); i++) {
        if (!text_is(text, format_names[i]))
            continue;
        *ret_format = (enum record_format)i;
        return true;
    }
    return false;
}

bool event_headers_read(struct record *record)
{
    struct text rest = record->headers;
    struct text columns = {NULL, 0};
    enum record_format format;
    bool has_format = false;
    struct text name;
    struct text value;

    while (raw_header_next(&rest, &name, &value)) {
        if (text_is(name, "sawa-format"))
            has_format = format_parse(value, &format);
        else if (text_is(name, "sawa-columns"))
            columns = value;
    }
    if (!has_format || (format == RECORD_CSV && columns.data == NULL))
        return false;
    record->format = format;
    record->columns = columns;
    return true;
}
