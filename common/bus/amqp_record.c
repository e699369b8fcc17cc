/*
 * amqp_record.c - see amqp_record.h.
 */
#include "bus/amqp_record.h"

#include "codec/archive/records.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#define OFFSET_HEADER "x-stream-offset"
#define TIME_HEADER "timestamp_in_ms"
#define COUNT_HEADER "x-delivery-count"
#define ACQUIRED_HEADER "x-acquired-count"

enum { NUMBER_SIZE = 48, NESTED_SIZE = 128 * 1024 };

static struct text bytes_text(amqp_bytes_t bytes)
{
    return (struct text){bytes.bytes, bytes.len};
}

/* ---- header table ---- */

static const amqp_field_value_t *field_find(const amqp_table_t *table, const char *name)
{
    for (int i = 0; i < table->num_entries; i++)
        if (text_is(bytes_text(table->entries[i].key), name))
            return &table->entries[i].value;
    return NULL;
}

static const amqp_table_t *message_headers(const amqp_message_t *message)
{
    static const amqp_table_t none = {0};

    return message->properties._flags & AMQP_BASIC_HEADERS_FLAG ? &message->properties.headers
                                                                : &none;
}

/* A number, as text. False: the field is none. */
static bool number_text(const amqp_field_value_t *field, char text[NUMBER_SIZE])
{
    switch (field->kind) {
    case AMQP_FIELD_KIND_I8: snprintf(text, NUMBER_SIZE, "%" PRId8, field->value.i8); break;
    case AMQP_FIELD_KIND_U8: snprintf(text, NUMBER_SIZE, "%" PRIu8, field->value.u8); break;
    case AMQP_FIELD_KIND_I16: snprintf(text, NUMBER_SIZE, "%" PRId16, field->value.i16); break;
    case AMQP_FIELD_KIND_U16: snprintf(text, NUMBER_SIZE, "%" PRIu16, field->value.u16); break;
    case AMQP_FIELD_KIND_I32: snprintf(text, NUMBER_SIZE, "%" PRId32, field->value.i32); break;
    case AMQP_FIELD_KIND_U32: snprintf(text, NUMBER_SIZE, "%" PRIu32, field->value.u32); break;
    case AMQP_FIELD_KIND_I64: snprintf(text, NUMBER_SIZE, "%" PRId64, field->value.i64); break;
    case AMQP_FIELD_KIND_U64:
    case AMQP_FIELD_KIND_TIMESTAMP:
        snprintf(text, NUMBER_SIZE, "%" PRIu64, field->value.u64);
        break;
    case AMQP_FIELD_KIND_DECIMAL:
        snprintf(text, NUMBER_SIZE, "%" PRIu32 "e-%" PRIu8, field->value.decimal.value,
                 field->value.decimal.decimals);
        break;
    case AMQP_FIELD_KIND_BOOLEAN:
        snprintf(text, NUMBER_SIZE, "%s", field->value.boolean ? "true" : "false");
        break;
    default: return false;
    }
    return true;
}

/* Tables and arrays keep their encoding: in a table with this one field, its name empty. */
static bool nested_append(struct buffer *headers, struct text name, const amqp_field_value_t *field)
{
    amqp_table_entry_t entry = {.key = amqp_empty_bytes, .value = *field};
    amqp_table_t table = {.num_entries = 1, .entries = &entry};
    amqp_bytes_t encoded = {.len = NESTED_SIZE, .bytes = malloc(NESTED_SIZE)};
    size_t size = 0;
    bool fits =
        encoded.bytes != NULL && amqp_encode_table(encoded, &table, &size) == AMQP_STATUS_OK;

    if (fits)
        raw_header_append(headers, name, (struct text){encoded.bytes, size});
    free(encoded.bytes);
    return fits;
}

static void float_append(struct buffer *headers, struct text name, const amqp_field_value_t *field)
{
    char bytes[sizeof(uint64_t)];
    size_t size = field->kind == AMQP_FIELD_KIND_F32 ? sizeof(uint32_t) : sizeof(uint64_t);
    uint32_t single;
    uint64_t number;

    memcpy(&single, &field->value, sizeof single);
    memcpy(&number, &field->value, sizeof number);
    if (size == sizeof single)
        number = single;
    for (size_t i = 0; i < size; i++)
        bytes[i] = (char)(number >> (8 * (size - 1 - i)));
    raw_header_append(headers, name, (struct text){bytes, size});
}

static bool field_append(struct buffer *headers, struct text name, const amqp_field_value_t *field)
{
    char number[NUMBER_SIZE];

    switch (field->kind) {
    case AMQP_FIELD_KIND_UTF8:
    case AMQP_FIELD_KIND_BYTES:
        raw_header_append(headers, name,
                          field->value.bytes.len == 0 ? TEXT("") : bytes_text(field->value.bytes));
        return true;
    case AMQP_FIELD_KIND_VOID:
        raw_header_append(headers, name, (struct text){NULL, 0});
        return true;
    case AMQP_FIELD_KIND_F32:
    case AMQP_FIELD_KIND_F64: float_append(headers, name, field); return true;
    default: break;
    }
    if (!number_text(field, number))
        return nested_append(headers, name, field);
    raw_header_append(headers, name, text_of(number));
    return true;
}

/* What the broker adds to a delivery is no part of the message (1). */
static bool is_of_delivery(struct text name, bool queued)
{
    return text_is(name, OFFSET_HEADER) ||
           (queued && (text_is(name, COUNT_HEADER) || text_is(name, ACQUIRED_HEADER)));
}

static bool table_append(struct buffer *headers, const amqp_table_t *table, bool queued,
                         uint32_t *count)
{
    for (int i = 0; i < table->num_entries; i++) {
        const amqp_table_entry_t *entry = &table->entries[i];

        if (is_of_delivery(bytes_text(entry->key), queued))
            continue;
        if (!field_append(headers, bytes_text(entry->key), &entry->value))
            return false;
        ++*count;
    }
    return true;
}

/* ---- properties ---- */

/* Those that are texts; message_id is the key, timestamp the time, cluster_id deprecated. */
static const struct {
    amqp_flags_t flag;
    const char *name;
    size_t offset;
} text_properties[] = {
    {AMQP_BASIC_CONTENT_TYPE_FLAG, "amqp.content_type",
     offsetof(amqp_basic_properties_t, content_type)},
    {AMQP_BASIC_CONTENT_ENCODING_FLAG, "amqp.content_encoding",
     offsetof(amqp_basic_properties_t, content_encoding)},
    {AMQP_BASIC_CORRELATION_ID_FLAG, "amqp.correlation_id",
     offsetof(amqp_basic_properties_t, correlation_id)},
    {AMQP_BASIC_REPLY_TO_FLAG, "amqp.reply_to", offsetof(amqp_basic_properties_t, reply_to)},
    {AMQP_BASIC_EXPIRATION_FLAG, "amqp.expiration", offsetof(amqp_basic_properties_t, expiration)},
    {AMQP_BASIC_TYPE_FLAG, "amqp.type", offsetof(amqp_basic_properties_t, type)},
    {AMQP_BASIC_USER_ID_FLAG, "amqp.user_id", offsetof(amqp_basic_properties_t, user_id)},
    {AMQP_BASIC_APP_ID_FLAG, "amqp.app_id", offsetof(amqp_basic_properties_t, app_id)},
};

static void properties_append(struct buffer *headers, const amqp_basic_properties_t *properties,
                              uint32_t *count)
{
    for (size_t i = 0; i < COUNT_OF(text_properties); i++) {
        amqp_bytes_t bytes;

        if (!(properties->_flags & text_properties[i].flag))
            continue;
        memcpy(&bytes, (const char *)properties + text_properties[i].offset, sizeof bytes);
        raw_header_append(headers, text_of(text_properties[i].name),
                          bytes.len == 0 ? TEXT("") : bytes_text(bytes));
        ++*count;
    }
}

/* ---- the record ---- */

int64_t amqp_record_offset(const amqp_message_t *message)
{
    const amqp_field_value_t *field = field_find(message_headers(message), OFFSET_HEADER);

    return field == NULL || field->kind != AMQP_FIELD_KIND_I64 ? -1 : field->value.i64;
}

/* -1: none, or none that fits. */
static int64_t record_time_ms(const amqp_message_t *message)
{
    const amqp_field_value_t *field = field_find(message_headers(message), TIME_HEADER);
    const amqp_basic_properties_t *properties = &message->properties;

    if (field != NULL && field->kind == AMQP_FIELD_KIND_I64 && field->value.i64 >= 0)
        return field->value.i64;
    if (!(properties->_flags & AMQP_BASIC_TIMESTAMP_FLAG) ||
        properties->timestamp > (uint64_t)INT64_MAX / 1000)
        return -1;
    return (int64_t)properties->timestamp * 1000;
}

int64_t amqp_record_deliveries(const amqp_message_t *message)
{
    const amqp_field_value_t *field = field_find(message_headers(message), COUNT_HEADER);
    char number[NUMBER_SIZE];

    return field == NULL || !number_text(field, number) ? 0 : strtoll(number, NULL, 10);
}

static bool record_read(const amqp_message_t *message, int64_t offset, bool queued,
                        struct buffer *headers, struct record *ret_record)
{
    struct record record = {.offset = offset, .timestamp_ms = record_time_ms(message)};

    if (message->properties._flags & AMQP_BASIC_MESSAGE_ID_FLAG)
        record.key = message->properties.message_id.len == 0
                         ? TEXT("")
                         : bytes_text(message->properties.message_id);
    if (message->body.len > 0)
        record.value = bytes_text(message->body);
    buffer_clear(headers);
    properties_append(headers, &message->properties, &record.header_count);
    if (!table_append(headers, message_headers(message), queued, &record.header_count) ||
        buffer_failed(headers))
        return false;
    if (record.header_count > 0)
        record.headers = buffer_view(headers);
    *ret_record = record;
    return true;
}

bool amqp_record_read(const amqp_message_t *message, struct buffer *headers,
                      struct record *ret_record)
{
    int64_t offset = amqp_record_offset(message);

    return offset >= 0 && record_read(message, offset, false, headers, ret_record);
}

bool amqp_record_read_queued(const amqp_message_t *message, int64_t offset, struct buffer *headers,
                             struct record *ret_record)
{
    assert(offset >= 0);
    return record_read(message, offset, true, headers, ret_record);
}
