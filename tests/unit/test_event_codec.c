/*
 * test_event_codec.c - one event, three formats: the same payment, the same digests; and a record
 * of a file can be read again from its headers.
 */
#include "codec/event_codec.h"

#include "codec/archive/records.h"
#include "domain/rate.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define ID "01a1e1a7-4c00-753b-a609-5a912974ddf7"
#define UETR "39297b91-815c-4bdf-8dc6-5fb260f9ae16"
#define NAMES                                                                                      \
    "event_id,kind,corridor,debtor_agent,creditor_agent,transaction_id,end_to_end_id,uetr,"        \
    "channel,instructed_amount,instructed_currency,settlement_amount,settlement_currency,rate,"    \
    "lock_id,fee_amount,fee_currency,acceptance_time"

static const struct {
    const char *json;
    const char *csv;
} forms[] = {
    {"{\"event_id\":\"" ID "\",\"kind\":\"COMPLETED\",\"corridor\":\"KES-NGN\",\"debtor_agent\":"
     "\"AAA\",\"creditor_agent\":\"BBB\",\"transaction_id\":\"T1\",\"end_to_end_id\":\"E1\","
     "\"uetr\":\"" UETR "\",\"channel\":\"USSD\",\"instructed_amount\":\"100.00\","
     "\"instructed_currency\":\"KES\",\"settlement_amount\":1125.5,\"settlement_currency\":\"NGN\","
     "\"rate\":\"11.255\",\"lock_id\":null,\"fee_amount\":0.00,\"fee_currency\":\"KES\","
     "\"acceptance_time\":\"2026-11-16T10:00:00.5+03:00\"}",
     ID ",COMPLETED,KES-NGN,AAA,BBB,T1,E1," UETR ",USSD,100,KES,1125.50000,NGN,11.2550,,,,"
        "1794812400500000"},
};

/* ---- the same in Avro ---- */

static void varint(struct buffer *out, int64_t value)
{
    uint64_t zigzag = (uint64_t)value << 1 ^ (uint64_t)(value >> 63);

    for (; zigzag > 127; zigzag >>= 7)
        buffer_byte(out, (unsigned char)(zigzag | 128));
    buffer_byte(out, (unsigned char)zigzag);
}

static void text(struct buffer *out, const char *value)
{
    varint(out, (int64_t)strlen(value));
    buffer_string(out, value);
}

static void decimal(struct buffer *out, int64_t unscaled)
{
    varint(out, 8);
    buffer_be64(out, (uint64_t)unscaled);
}

static void avro_write(struct buffer *out)
{
    buffer_append(out, "\0\0\0\0\1", 5);
    text(out, ID);
    varint(out, 0); /* COMPLETED */
    text(out, "KES-NGN");
    text(out, "AAA");
    text(out, "BBB");
    text(out, "T1");
    text(out, "E1");
    varint(out, 1);
    text(out, UETR);
    varint(out, 4); /* USSD */
    decimal(out, 10000000);
    text(out, "KES");
    decimal(out, 112550000);
    text(out, "NGN");
    varint(out, 1);
    decimal(out, 112550000000);
    varint(out, 0); /* no lock */
    varint(out, 0); /* no fee */
    varint(out, 0);
    varint(out, 1794812400500000);
    varint(out, 0); /* no accounts */
    varint(out, 0);
}

static enum status fetch(void *user, uint32_t schema_id, struct buffer *ret_text,
                         struct error *error)
{
    FILE *file = fopen("schemas/avro/payment_event.avsc", "r");
    char *place = buffer_reserve(ret_text, 64 * 1024);

    (void)user;
    if (file == NULL || schema_id != 1)
        return error_set(error, REJECT, "no such schema");
    assert_non_null(place);
    buffer_commit(ret_text, fread(place, 1, 64 * 1024, file));
    fclose(file);
    return OK;
}

static const struct schema_source source = {fetch, NULL};

/* ---- what must be the same ---- */

static void assert_same(const struct payment *a, const struct payment *b)
{
    assert_memory_equal(&a->event_id, &b->event_id, sizeof a->event_id);
    assert_memory_equal(&a->transfer_id, &b->transfer_id, sizeof a->transfer_id);
    assert_memory_equal(&a->content_digest, &b->content_digest, sizeof a->content_digest);
    assert_int_equal(a->instructed_amount.minor, b->instructed_amount.minor);
    assert_int_equal(a->settlement_amount.minor, b->settlement_amount.minor);
    assert_int_equal(a->rate, b->rate);
    assert_int_equal(a->has_fee, b->has_fee);
    assert_int_equal(a->acceptance_time_us, b->acceptance_time_us);
}

static void one_event_is_one_payment_in_all_formats(void **state)
{
    struct event_codec *codec = event_codec_new(&source);
    struct buffer avro;
    struct record record = {.format = RECORD_AVRO};
    struct payment from_avro;
    struct payment payment;
    enum reason reason = REASON_NONE;
    struct error error;

    (void)state;
    buffer_init(&avro, 4096);
    avro_write(&avro);
    record.value = buffer_view(&avro);
    assert_int_equal(event_codec_payment(codec, &record, &from_avro, &reason, &error), OK);
    assert_int_equal(from_avro.settlement_amount.minor, 112550);
    assert_int_equal(from_avro.rate, 112550000000);
    assert_false(from_avro.has_fee);

    record.format = RECORD_NDJSON;
    record.value = text_of(forms[0].json);
    assert_int_equal(event_codec_payment(codec, &record, &payment, &reason, &error), OK);
    assert_same(&from_avro, &payment);

    record.format = RECORD_CSV;
    record.columns = TEXT(NAMES);
    record.value = text_of(forms[0].csv);
    assert_int_equal(event_codec_payment(codec, &record, &payment, &reason, &error), OK);
    assert_same(&from_avro, &payment);
    buffer_done(&avro);
    event_codec_free(codec);
}

static void what_cannot_be_read_has_its_reason(void **state)
{
    static const struct {
        enum record_format format;
        struct text value;
        enum reason reason;
    } cases[] = {
        {RECORD_NDJSON, {NULL, 0}, REASON_VALUE_MISSING},
        {RECORD_NDJSON, {"{", 1}, REASON_LINE_MALFORMED},
        {RECORD_CSV, {"a,b", 3}, REASON_LINE_MALFORMED},
        {RECORD_AVRO, {"{", 1}, REASON_FRAME_UNKNOWN}, /* a broker's record is never JSON */
        {RECORD_AVRO_UNLISTED, {"\0\0\0\0\0", 5}, REASON_SCHEMA_UNKNOWN},
    };
    struct event_codec *codec = event_codec_new(&source);
    char *large = calloc(1, 1024 * 1024 + 1);
    struct record record = {.format = RECORD_NDJSON, .value = {large, 1024 * 1024 + 1}};
    struct payment payment;
    enum reason reason = REASON_NONE;
    struct error error;

    (void)state;
    assert_int_equal(event_codec_payment(codec, &record, &payment, &reason, &error), REJECT);
    assert_int_equal(reason, REASON_VALUE_OVERSIZED);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        record = (struct record){.format = cases[i].format,
                                 .value = cases[i].value,
                                 .columns = TEXT(NAMES)};
        assert_int_equal(event_codec_payment(codec, &record, &payment, &reason, &error), REJECT);
        assert_int_equal(reason, cases[i].reason);
    }
    free(large);
    event_codec_free(codec);
}

static void an_fx_event_comes_from_lines_too(void **state)
{
    struct event_codec *codec = event_codec_new(&source);
    struct record record =
        {.format = RECORD_CSV,
         .columns = TEXT("event_id,kind,base_currency,quote_currency,rate,valid_from,valid_until"),
         .value = TEXT("r-1,RATE,KES,NGN,11.25,2026-11-16T00:00:00Z,2026-11-17T00:00:00Z")};
    struct fx_event event;
    enum reason reason = REASON_NONE;
    struct error error;

    (void)state;
    assert_int_equal(event_codec_fx(codec, &record, &event, &reason, &error), OK);
    assert_int_equal(event.rate, 112500000000);
    assert_true(text_is(event.source, "unspecified"));
    record.value = TEXT("r-1,RATE,KES,NGN,-1,2026-11-16T00:00:00Z,2026-11-17T00:00:00Z");
    assert_int_equal(event_codec_fx(codec, &record, &event, &reason, &error), REJECT);
    assert_int_equal(reason, REASON_RATE_INVALID);
    event_codec_free(codec);
}

#define RATE_FIELDS                                                                                \
    "{\"event_id\":\"r-1\",\"base_currency\":\"KES\",\"quote_currency\":\"NGN\",\"rate\":\"11."    \
    "25\","                                                                                        \
    "\"valid_from\":\"2026-11-16T00:00:00Z\",\"valid_until\":\"2026-11-17T00:00:00Z\""
#define QUOTE_LINE(more) RATE_FIELDS ",\"kind\":\"RATE\"" more "}"
#define LOCK_LINE(more)                                                                            \
    RATE_FIELDS ",\"kind\":\"LOCK\",\"corridor\":\"KES-NGN\",\"notional_amount\":\"1\","           \
                "\"lock_id\":\"30000000-0000-4000-8000-000000000001\"" more "}"

static enum reason fx_line(const char *line, struct fx_event *ret_event)
{
    struct event_codec *codec = event_codec_new(&source);
    struct record record = {.format = RECORD_NDJSON, .value = text_of(line)};
    enum reason reason = REASON_NONE;
    struct error error;
    enum status status = event_codec_fx(codec, &record, ret_event, &reason, &error);

    assert_int_equal(status, reason == REASON_NONE ? OK : REJECT);
    event_codec_free(codec);
    return reason;
}

static void a_quote_has_sides_and_a_lock_a_window(void **state)
{
    struct fx_event event;
    struct uuid plain;

    (void)state;
    assert_int_equal(fx_line(QUOTE_LINE(",\"bid\":null"), &event), REASON_NONE);
    plain = event.content_digest;
    assert_int_equal(fx_line(QUOTE_LINE(), &event), REASON_NONE);
    assert_int_equal(uuid_compare(&plain, &event.content_digest), 0); /* as it was before sides */
    assert_true(event.bid == 0 && event.ask == 0);
    assert_int_equal(fx_line(QUOTE_LINE(",\"bid\":\"11.25\",\"ask\":\"11.25\""), &event),
                     REASON_NONE);
    assert_true(event.bid == event.rate && event.ask == event.rate);
    assert_int_not_equal(uuid_compare(&plain, &event.content_digest), 0);
    assert_int_equal(fx_line(QUOTE_LINE(",\"ask\":\"12\""), &event), REASON_NONE);
    assert_true(event.bid == 0 && event.ask == 12 * RATE_ONE);
    assert_int_equal(fx_line(QUOTE_LINE(",\"bid\":\"11.2500000001\""), &event),
                     REASON_RATE_INVALID);
    assert_int_equal(fx_line(QUOTE_LINE(",\"ask\":\"11.2499999999\""), &event),
                     REASON_RATE_INVALID);
    assert_int_equal(fx_line(QUOTE_LINE(",\"bid\":\"0\""), &event), REASON_RATE_INVALID);
    assert_int_equal(fx_line(LOCK_LINE(",\"bid\":\"11\""), &event), REASON_RATE_INVALID);
    assert_int_equal(fx_line(LOCK_LINE(), &event), REASON_NONE);
    assert_false(event.has_window);
    assert_int_equal(fx_line(LOCK_LINE(",\"settlement_window\":\"2026-11-16/255\""), &event),
                     REASON_NONE);
    assert_true(event.has_window);
    assert_int_equal(event.business_date, date_of(2026, 11, 16));
    assert_int_equal(event.window_sequence, 255);
    assert_int_equal(fx_line(LOCK_LINE(",\"settlement_window\":\"2026-11-16/256\""), &event),
                     REASON_TEXT_INVALID);
    assert_int_equal(fx_line(LOCK_LINE(",\"settlement_window\":\"2026-11-16/\""), &event),
                     REASON_TEXT_INVALID);
    assert_int_equal(fx_line(QUOTE_LINE(",\"settlement_window\":\"2026-11-16/1\""), &event),
                     REASON_TEXT_INVALID);
}

/* ---- headers ---- */

static void an_archived_record_says_how_to_read_it(void **state)
{
    struct record record = {.format = RECORD_AVRO};
    struct buffer headers;

    (void)state;
    buffer_init(&headers, 4096);
    assert_int_equal(event_headers_append(&headers, RECORD_CSV, TEXT("17.csv"), TEXT("a,b")), 3);
    record.headers = buffer_view(&headers);
    assert_true(event_headers_read(&record));
    assert_int_equal(record.format, RECORD_CSV);
    assert_true(text_is(record.columns, "a,b"));
    buffer_clear(&headers);
    raw_header_append(&headers, TEXT("sawa-format"), TEXT("xml"));
    record.headers = buffer_view(&headers);
    assert_false(event_headers_read(&record));
    buffer_clear(&headers);
    raw_header_append(&headers, TEXT("sawa-format"), TEXT("csv"));
    record.headers = buffer_view(&headers);
    assert_false(event_headers_read(&record)); /* without its names it says nothing */
    buffer_done(&headers);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_event_is_one_payment_in_all_formats),
        cmocka_unit_test(what_cannot_be_read_has_its_reason),
        cmocka_unit_test(an_fx_event_comes_from_lines_too),
        cmocka_unit_test(a_quote_has_sides_and_a_lock_a_window),
        cmocka_unit_test(an_archived_record_says_how_to_read_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
