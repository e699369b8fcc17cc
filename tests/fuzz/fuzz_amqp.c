/*
 * fuzz_amqp.c - anything at all as the properties of an AMQP message: a record, or refused.
 *
 * The bytes are a content header's property list as the broker sends it, decoded by the client
 * library as in life: flags, texts, and a table of headers nested as deep as a frame holds. The
 * first two bytes are the size of the property list, what follows it is the body.
 *
 * Must hold: the same message gives the same record, its headers are as many as it says, and as a
 * frame of the archive it comes back byte for byte.
 */
#include "bus/amqp_record.h"
#include "codec/archive/records.h"
#include "fuzz.h"

enum { POOL_PAGE = 4096, HEADERS_MAX = 1024 * 1024 };

static void check_frame(const struct record *record)
{
    struct raw_record raw = {.offset = record->offset,
                             .timestamp_ms = record->timestamp_ms,
                             .key = record->key,
                             .value = record->value,
                             .headers = record->headers,
                             .header_count = record->header_count};
    struct raw_record found;
    struct buffer frames;
    struct text rest;
    struct text frame;

    buffer_init(&frames, RAW_FRAME_MAX);
    assert(raw_record_append(&frames, &raw));
    rest = buffer_view(&frames);
    assert(raw_record_next(&rest, &found, &frame) == RAW_WHOLE && rest.size == 0);
    assert(text_equal(found.key, raw.key) && (found.key.data == NULL) == (raw.key.data == NULL));
    assert(text_equal(found.value, raw.value) && text_equal(found.headers, raw.headers));
    buffer_done(&frames);
}

static void check_same(const amqp_message_t *message, const struct record *record)
{
    struct buffer headers;
    struct record again;

    buffer_init(&headers, HEADERS_MAX);
    assert(amqp_record_read_queued(message, record->offset, &headers, &again));
    assert(text_equal(again.headers, record->headers) && text_equal(again.key, record->key));
    assert(again.timestamp_ms == record->timestamp_ms);
    buffer_done(&headers);
}

static void run_message(const amqp_message_t *message)
{
    struct buffer headers;
    struct record record;

    buffer_init(&headers, HEADERS_MAX);
    (void)amqp_record_deliveries(message);
    if (amqp_record_read(message, &headers, &record)) {
        assert(record.offset == amqp_record_offset(message));
        check_frame(&record);
    }
    if (amqp_record_read_queued(message, 7, &headers, &record)) {
        check_frame(&record);
        check_same(message, &record);
    }
    buffer_done(&headers);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct text rest = {(const char *)data, size};
    size_t wanted = (size_t)fuzz_byte(&rest) << 8;
    struct text properties;
    struct text body;
    amqp_pool_t pool;
    void *decoded = NULL;

    wanted |= fuzz_byte(&rest);
    wanted = wanted < rest.size ? wanted : rest.size;
    properties = fuzz_copy((struct text){rest.data, wanted});
    body = fuzz_copy((struct text){rest.data + wanted, rest.size - wanted});
    init_amqp_pool(&pool, POOL_PAGE);
    if (amqp_decode_properties(AMQP_BASIC_CLASS, &pool,
                               (amqp_bytes_t){.len = properties.size,
                                              .bytes = (char *)properties.data},
                               &decoded) == AMQP_STATUS_OK) {
        amqp_message_t message = {.properties = *(amqp_basic_properties_t *)decoded,
                                  .body = {.len = body.size, .bytes = (char *)body.data}};

        run_message(&message);
    }
    empty_amqp_pool(&pool);
    fuzz_free(properties);
    fuzz_free(body);
    return 0;
}
