/*
 * test_amqp.c - what of the RabbitMQ sources needs no broker: the URL, messages as records, the
 * list of names, and a broker that cannot be reached.
 */
#include "bus/amqp_address.h"
#include "bus/amqp_queue.h"
#include "bus/amqp_record.h"
#include "bus/amqp_stream.h"
#include "codec/archive/records.h"
#include "runtime/parked_again.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

enum { HEADERS_MAX = 65536, FIELDS_MAX = 16 };

/* ---- URL ---- */

static void url_gives_its_parts(void **state)
{
    char url[] = "amqps://sawa:p%40ss%2Fword@broker.example:5999/cell%2Fke";
    struct amqp_address address;
    struct error error;

    (void)state;
    assert_int_equal(amqp_address_parse(url, &error, &address), OK);
    assert_true(address.tls);
    assert_string_equal(address.user, "sawa");
    assert_string_equal(address.password, "p@ss/word");
    assert_string_equal(address.host, "broker.example");
    assert_int_equal(address.port, 5999);
    assert_string_equal(address.vhost, "cell/ke");
}

static void url_has_the_ports_of_its_scheme(void **state)
{
    char plain[] = "amqp://sawa:secret@localhost/%2f";
    char tls[] = "amqps://sawa:secret@localhost/%2f";
    struct amqp_address address;
    struct error error;

    (void)state;
    assert_int_equal(amqp_address_parse(plain, &error, &address), OK);
    assert_false(address.tls);
    assert_int_equal(address.port, 5672);
    assert_string_equal(address.vhost, "/");
    assert_int_equal(amqp_address_parse(tls, &error, &address), OK);
    assert_int_equal(address.port, 5671);
}

/* What the library would fill in is refused, and no error quotes the secret. */
static void url_with_anything_missing_is_refused(void **state)
{
    static const char *const urls[] = {
        "",
        "sesame",
        "amqp://localhost/%2f",
        "amqp://sawa@localhost/%2f",
        "amqp://sawa:@localhost/%2f",
        "amqp://:sesame@localhost/%2f",
        "amqp://sawa:sesame@localhost",
        "amqp://sawa:sesame@localhost/",
        "amqp://sawa:sesame@/%2f",
        "amqp://sawa:sesame@:5672/%2f",
        "amqp://sawa:sesame@localhost:port/%2f",
        "amqp://sawa:sesame@localhost:5672/%2",
        "http://sawa:sesame@localhost/%2f",
        "kafka:sesame@localhost/%2f",
        "amqp://sawa:sesame@localhost:0/%2f",
        "amqp://sawa:sesame@localhost:65536/%2f",
        "22@amqps://sawa:sesame", /* the '@' stands before what it should end */
    };
    char text[1024];

    (void)state;
    for (size_t i = 0; i < COUNT_OF(urls); i++) {
        struct amqp_address address = {.port = 7};
        struct error error;
        char url[128];

        snprintf(url, sizeof url, "%s", urls[i]);
        assert_int_equal(amqp_address_parse(url, &error, &address), FATAL);
        assert_int_equal(error.exit_code, EXIT_CONFIGURATION);
        assert_int_equal(address.port, 7);
        assert_null(strstr(error_text(&error, text, sizeof text), "sesame"));
    }
}

/* ---- records ---- */

struct message {
    amqp_message_t message;
    amqp_table_entry_t fields[FIELDS_MAX];
    struct buffer headers;
};

static void message_init(struct message *made)
{
    *made = (struct message){0};
    made->message.properties._flags = AMQP_BASIC_HEADERS_FLAG;
    made->message.properties.headers.entries = made->fields;
    buffer_init(&made->headers, HEADERS_MAX);
}

static amqp_field_value_t *field_add(struct message *made, const char *name, uint8_t kind)
{
    amqp_table_t *table = &made->message.properties.headers;
    amqp_table_entry_t *entry = &made->fields[table->num_entries++];

    assert_true(table->num_entries <= FIELDS_MAX);
    entry->key = amqp_cstring_bytes(name);
    entry->value.kind = kind;
    return &entry->value;
}

static void offset_add(struct message *made, int64_t offset)
{
    field_add(made, "x-stream-offset", AMQP_FIELD_KIND_I64)->value.i64 = offset;
}

static void assert_header(struct text *rest, const char *name, struct text value)
{
    struct text found_name;
    struct text found;

    assert_true(raw_header_next(rest, &found_name, &found));
    assert_true(text_is(found_name, name));
    assert_int_equal(found.data == NULL, value.data == NULL);
    assert_true(text_equal(found, value));
}

static void a_message_becomes_a_record(void **state)
{
    struct message made;
    struct record record;
    struct text rest;

    (void)state;
    message_init(&made);
    field_add(&made, "timestamp_in_ms", AMQP_FIELD_KIND_I64)->value.i64 = 1700000000123;
    offset_add(&made, 88);
    field_add(&made, "trace", AMQP_FIELD_KIND_UTF8)->value.bytes = amqp_cstring_bytes("abc");
    made.message.properties._flags |= AMQP_BASIC_MESSAGE_ID_FLAG | AMQP_BASIC_TIMESTAMP_FLAG |
                                      AMQP_BASIC_CONTENT_TYPE_FLAG | AMQP_BASIC_APP_ID_FLAG;
    made.message.properties.message_id = amqp_cstring_bytes("P-7");
    made.message.properties.timestamp = 5;
    made.message.properties.content_type = amqp_cstring_bytes("avro/binary");
    made.message.properties.app_id = amqp_cstring_bytes("");
    made.message.body = amqp_cstring_bytes("body");
    assert_true(amqp_record_read(&made.message, &made.headers, &record));
    assert_int_equal(record.offset, 88);
    assert_int_equal(record.timestamp_ms, 1700000000123);
    assert_true(text_is(record.key, "P-7"));
    assert_true(text_is(record.value, "body"));
    assert_int_equal(record.header_count, 4);
    rest = record.headers;
    assert_header(&rest, "amqp.content_type", TEXT("avro/binary"));
    assert_header(&rest, "amqp.app_id", TEXT(""));
    assert_header(&rest, "timestamp_in_ms", TEXT("1700000000123"));
    assert_header(&rest, "trace", TEXT("abc"));
    assert_int_equal(rest.size, 0);
    buffer_done(&made.headers);
}

static void nothing_is_null_and_no_time_is_none(void **state)
{
    struct message made;
    struct record record;

    (void)state;
    message_init(&made);
    offset_add(&made, 0);
    assert_true(amqp_record_read(&made.message, &made.headers, &record));
    assert_int_equal(record.offset, 0);
    assert_int_equal(record.timestamp_ms, -1);
    assert_null(record.key.data);
    assert_null(record.value.data);
    assert_null(record.headers.data);
    assert_int_equal(record.header_count, 0);
    made.message.properties._flags |= AMQP_BASIC_TIMESTAMP_FLAG;
    made.message.properties.timestamp = 17;
    assert_true(amqp_record_read(&made.message, &made.headers, &record));
    assert_int_equal(record.timestamp_ms, 17000);
    made.message.properties.timestamp = UINT64_MAX; /* no instant: none, rather than wrapped */
    assert_true(amqp_record_read(&made.message, &made.headers, &record));
    assert_int_equal(record.timestamp_ms, -1);
    buffer_done(&made.headers);
}

static void numbers_keep_their_digits(void **state)
{
    struct message made;
    struct record record;
    struct text rest;

    (void)state;
    message_init(&made);
    offset_add(&made, 1);
    field_add(&made, "i8", AMQP_FIELD_KIND_I8)->value.i8 = INT8_MIN;
    field_add(&made, "u16", AMQP_FIELD_KIND_U16)->value.u16 = UINT16_MAX;
    field_add(&made, "i32", AMQP_FIELD_KIND_I32)->value.i32 = INT32_MIN;
    field_add(&made, "i64", AMQP_FIELD_KIND_I64)->value.i64 = INT64_MIN;
    field_add(&made, "time", AMQP_FIELD_KIND_TIMESTAMP)->value.u64 = UINT64_MAX;
    field_add(&made, "bool", AMQP_FIELD_KIND_BOOLEAN)->value.boolean = 1;
    field_add(&made, "void", AMQP_FIELD_KIND_VOID);
    field_add(&made, "decimal", AMQP_FIELD_KIND_DECIMAL)->value.decimal =
        (amqp_decimal_t){.decimals = 2, .value = 12345};
    field_add(&made, "double", AMQP_FIELD_KIND_F64)->value.u64 = 0x3ff8000000000000; /* 1.5 */
    assert_true(amqp_record_read(&made.message, &made.headers, &record));
    assert_int_equal(record.header_count, 9);
    rest = record.headers;
    assert_header(&rest, "i8", TEXT("-128"));
    assert_header(&rest, "u16", TEXT("65535"));
    assert_header(&rest, "i32", TEXT("-2147483648"));
    assert_header(&rest, "i64", TEXT("-9223372036854775808"));
    assert_header(&rest, "time", TEXT("18446744073709551615"));
    assert_header(&rest, "bool", TEXT("true"));
    assert_header(&rest, "void", (struct text){NULL, 0});
    assert_header(&rest, "decimal", TEXT("12345e-2"));
    assert_header(&rest, "double", TEXT("\x3f\xf8\0\0\0\0\0\0"));
    assert_int_equal(rest.size, 0);
    buffer_done(&made.headers);
}

/* A table keeps its encoding, so no two tables become one header. */
static void tables_keep_their_encoding(void **state)
{
    amqp_table_entry_t inner = {.key = amqp_cstring_bytes("a")};
    struct message made;
    struct record record;
    struct text rest;

    (void)state;
    inner.value.kind = AMQP_FIELD_KIND_I32;
    inner.value.value.i32 = 7;
    message_init(&made);
    offset_add(&made, 1);
    field_add(&made, "table", AMQP_FIELD_KIND_TABLE)->value.table = (amqp_table_t){1, &inner};
    assert_true(amqp_record_read(&made.message, &made.headers, &record));
    rest = record.headers;
    assert_header(&rest, "table",
                  TEXT("\0\0\0\x0d\0F\0\0\0\x07\x01"
                       "aI\0\0\0\x07"));
    buffer_done(&made.headers);
}

static void without_an_offset_it_is_no_stream(void **state)
{
    struct message made;
    struct record record = {.offset = 7};

    (void)state;
    message_init(&made);
    assert_int_equal(amqp_record_offset(&made.message), -1);
    assert_false(amqp_record_read(&made.message, &made.headers, &record));
    field_add(&made, "x-stream-offset", AMQP_FIELD_KIND_UTF8)->value.bytes =
        amqp_cstring_bytes("12");
    assert_false(amqp_record_read(&made.message, &made.headers, &record));
    assert_int_equal(record.offset, 7);
    buffer_done(&made.headers);
}

/* What the broker adds to a delivery is no part of the message: the same bytes come again. */
static void a_queued_message_is_the_same_each_time(void **state)
{
    struct message made;
    struct record record;
    struct text rest;

    (void)state;
    message_init(&made);
    field_add(&made, "x-delivery-count", AMQP_FIELD_KIND_I64)->value.i64 = 3;
    field_add(&made, "x-acquired-count", AMQP_FIELD_KIND_I64)->value.i64 = 4;
    field_add(&made, "trace", AMQP_FIELD_KIND_UTF8)->value.bytes = amqp_cstring_bytes("abc");
    made.message.body = amqp_cstring_bytes("body");
    assert_int_equal(amqp_record_deliveries(&made.message), 3);
    assert_true(amqp_record_read_queued(&made.message, 41, &made.headers, &record));
    assert_int_equal(record.offset, 41);
    assert_int_equal(record.objection, RECORD_FINE);
    assert_null(record.key.data);
    assert_int_equal(record.header_count, 1);
    rest = record.headers;
    assert_header(&rest, "trace", TEXT("abc"));
    assert_int_equal(rest.size, 0);
    buffer_done(&made.headers);
}

static void a_first_delivery_has_no_count(void **state)
{
    struct message made;

    (void)state;
    message_init(&made);
    assert_int_equal(amqp_record_deliveries(&made.message), 0);
    buffer_done(&made.headers);
}

/* ---- the list of names ---- */

static enum status stream_open(const char *names, struct error *error, struct source **ret_source)
{
    const struct amqp_reader_settings settings = {.topic = "t", .names = names, .prefetch = 1};

    return amqp_stream_open(&settings, error, ret_source);
}

static enum status queue_open(const char *names, struct error *error, struct source **ret_source)
{
    const struct amqp_queue_settings settings = {.reader = {.topic = "t",
                                                            .names = names,
                                                            .prefetch = 1},
                                                 .delivery_limit = 3};

    return amqp_queue_open(&settings, error, ret_source);
}

static const struct kind {
    enum status (*open)(const char *names, struct error *error, struct source **ret_source);
    const char *refusal;
    size_t name_max;
} kinds[] = {{stream_open, "the list of streams cannot be used", 255},
             {queue_open, "the list of queues cannot be used", 250}};

static void assert_list_refused(const struct kind *kind, const char *names, const char *why)
{
    struct source *source = NULL;
    struct error error;

    assert_int_equal(kind->open(names, &error, &source), FATAL);
    assert_int_equal(error.exit_code, EXIT_CONFIGURATION);
    assert_string_equal(error.primary, kind->refusal);
    assert_non_null(strstr(error.detail, why));
    assert_null(source);
}

static void assert_list_taken(const struct kind *kind, const char *names)
{
    struct source *source = NULL;
    struct error error;

    assert_int_equal(kind->open(names, &error, &source), OK);
    source_close(source);
}

/* n000,n001,... */
static const char *many_names(size_t count, char *names)
{
    for (size_t i = 0; i < count; i++)
        snprintf(names + 5 * i, 6, "n%03zu,", i % 1000);
    names[5 * count - 1] = '\0';
    return names;
}

static void a_list_of_names_is_read_or_refused(void **state)
{
    char names[2048];

    (void)state;
    for (size_t i = 0; i < COUNT_OF(kinds); i++) {
        const struct kind *kind = &kinds[i];

        assert_list_refused(kind, "", "a name is empty");
        assert_list_refused(kind, "a,", "a name is empty");
        assert_list_refused(kind, "a, ,b", "a name is empty");
        assert_list_refused(kind, "a,b, a ", "a name stands there twice");
        assert_list_refused(kind, many_names(257, names), "it has more than 256 names");
        assert_list_taken(kind, many_names(256, names));
        memset(names, 'x', kind->name_max + 1);
        names[kind->name_max + 1] = '\0';
        assert_list_refused(kind, names, "a name is longer than 25");
        names[kind->name_max] = '\0';
        assert_list_taken(kind, names);
    }
}

/* ---- a broker that cannot be reached ---- */

static enum status no_url(const void *context, struct buffer *url, struct error *error)
{
    int *asked = *(int *const *)context;

    (void)url;
    ++*asked;
    return error_set(error, RETRY, "the URL is not there yet");
}

/* It is said once, and not tried again at once; nothing is ours, and nobody asks a link. */
static void a_broker_that_is_away_is_told_once(void **state)
{
    int asked = 0;
    int *const context = &asked;
    const struct amqp_reader_settings settings = {.link = {.read_url = no_url, .context = &context},
                                                  .topic = "t",
                                                  .names = "a,b",
                                                  .prefetch = 1};
    struct source_identity identity;
    struct source_event event;
    struct source *source = NULL;
    struct error error;
    int32_t partitions[2];
    int64_t low;
    int64_t high;

    (void)state;
    assert_int_equal(amqp_stream_open(&settings, &error, &source), OK);
    assert_int_equal(source_poll(source, 0, &event, &error), OK);
    assert_int_equal(event.kind, SOURCE_AWAY);
    assert_string_equal(event.error.primary, "the URL is not there yet");
    assert_int_equal(source_poll(source, 0, &event, &error), OK);
    assert_int_equal(event.kind, SOURCE_IDLE);
    assert_int_equal(asked, 1);
    assert_int_equal(source_partitions(source, partitions, COUNT_OF(partitions)), 0);
    assert_int_equal(source_identify(source, &identity, &error), RETRY);
    assert_int_equal(source_range(source, 1, &low, &high, &error), RETRY);
    assert_int_equal(error.cause, CAUSE_SOURCE);
    assert_int_equal(source_assign(source, &(struct source_start){0, 7}, 1, &error), OK);
    assert_int_equal(source_high(source, 0), -1);
    source_hint(source, 0, 8);
    while (asked == 1)
        assert_int_equal(source_poll(source, 100, &event, &error), OK);
    assert_int_equal(event.kind, SOURCE_AWAY);
    source_close(source);
}

/* ---- parked again ---- */

static void a_digest_leaves_the_number_out(void **state)
{
    struct uuid one = parked_digest(1, (struct text){"\0\0\0\0\0\0\0\1rest", 12});
    struct uuid again = parked_digest(1, (struct text){"\0\0\0\0\0\0\0\2rest", 12});
    struct uuid other = parked_digest(1, (struct text){"\0\0\0\0\0\0\0\1ress", 12});
    struct uuid elsewhere = parked_digest(2, (struct text){"\0\0\0\0\0\0\0\1rest", 12});

    (void)state;
    assert_int_equal(uuid_compare(&one, &again), 0);
    assert_int_not_equal(uuid_compare(&one, &other), 0);
    assert_int_not_equal(uuid_compare(&one, &elsewhere), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(url_gives_its_parts),
        cmocka_unit_test(url_has_the_ports_of_its_scheme),
        cmocka_unit_test(url_with_anything_missing_is_refused),
        cmocka_unit_test(a_message_becomes_a_record),
        cmocka_unit_test(nothing_is_null_and_no_time_is_none),
        cmocka_unit_test(numbers_keep_their_digits),
        cmocka_unit_test(tables_keep_their_encoding),
        cmocka_unit_test(a_queued_message_is_the_same_each_time),
        cmocka_unit_test(a_first_delivery_has_no_count),
        cmocka_unit_test(a_list_of_names_is_read_or_refused),
        cmocka_unit_test(a_broker_that_is_away_is_told_once),
        cmocka_unit_test(a_digest_leaves_the_number_out),
        cmocka_unit_test(without_an_offset_it_is_no_stream),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
