/*
 * test_archive.c - raw records: their bytes are for ever, they come back as they went in, and
 * whatever is altered, moved or cut is refused.
 */
#include "codec/archive/archive.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

enum { BATCH_MAX = 64 * 1024 * 1024 };

static const unsigned char seed[SEAL_KEY_SIZE] = "the seed of all salts";
static const unsigned char key[SEAL_KEY_SIZE] = "the key of the month of March";
static struct archive_press *press; /* of all tests */

#define AAD TEXT("batch_raw/sealed/7/1")

static const struct raw_record plain = {.offset = 258,
                                        .timestamp_ms = -1,
                                        .key = {"k", 1},
                                        .value = {"value", 5}};

static void test_frame_is_for_ever(void **state)
{
    static const char expected[] = "\0\0\0\0\0\0\1\2\xff\xff\xff\xff\xff\xff\xff\xff"
                                   "\0\0\0\1k\0\0\0\5value\0\0\0\2"
                                   "\0\0\0\4name\0\0\0\1x\0\0\0\0\xff\xff\xff\xff";
    struct raw_record record = plain;
    struct buffer headers;
    struct buffer frames;

    (void)state;
    buffer_init(&headers, 1024);
    buffer_init(&frames, 1024);
    raw_header_append(&headers, TEXT("name"), TEXT("x"));
    raw_header_append(&headers, TEXT(""), (struct text){NULL, 0});
    record.headers = buffer_view(&headers);
    record.header_count = 2;
    assert_true(raw_record_append(&frames, &record));
    assert_int_equal(frames.size, sizeof expected - 1);
    assert_memory_equal(frames.data, expected, frames.size);
    buffer_done(&headers);
    buffer_done(&frames);
}

static void test_none_is_not_empty(void **state)
{
    struct raw_record empty = {.key = TEXT(""), .value = TEXT("")};
    struct raw_record none = {.offset = 0};
    struct raw_record record;
    struct buffer frames;
    struct text rest;
    struct text frame;

    (void)state;
    buffer_init(&frames, 1024);
    assert_true(raw_record_append(&frames, &empty));
    assert_true(raw_record_append(&frames, &none));
    rest = buffer_view(&frames);
    assert_int_equal(raw_record_next(&rest, &record, &frame), RAW_WHOLE);
    assert_true(record.key.data != NULL && record.key.size == 0);
    assert_true(record.value.data != NULL && record.value.size == 0);
    assert_int_equal(raw_record_next(&rest, &record, &frame), RAW_WHOLE);
    assert_true(record.key.data == NULL && record.value.data == NULL);
    assert_int_equal(rest.size, 0);
    buffer_done(&frames);
}

static void test_headers_come_back(void **state)
{
    struct buffer headers;
    struct text rest;
    struct text name;
    struct text value;

    (void)state;
    buffer_init(&headers, 1024);
    raw_header_append(&headers, TEXT("a"), TEXT(""));
    raw_header_append(&headers, TEXT("b"), (struct text){NULL, 0});
    rest = buffer_view(&headers);
    assert_true(raw_header_next(&rest, &name, &value));
    assert_true(text_is(name, "a") && value.data != NULL && value.size == 0);
    assert_true(raw_header_next(&rest, &name, &value));
    assert_true(text_is(name, "b") && value.data == NULL);
    assert_false(raw_header_next(&rest, &name, &value));
    rest = TEXT("\0\0\0\2a");
    assert_false(raw_header_next(&rest, &name, &value));
    buffer_done(&headers);
}

/* A frame in memory of its very size, cut everywhere and flipped everywhere. */
static void test_hostile_frames(void **state)
{
    struct raw_record record = plain;
    struct buffer headers;
    struct buffer frames;

    (void)state;
    buffer_init(&headers, 1024);
    buffer_init(&frames, 1024);
    raw_header_append(&headers, TEXT("name"), TEXT("x"));
    record.headers = buffer_view(&headers);
    record.header_count = 1;
    assert_true(raw_record_append(&frames, &record));
    for (size_t size = 0; size < frames.size; size++) {
        char *exact = malloc(size + 1);
        struct text rest = {exact + 1, size};
        struct text frame;

        assert_non_null(exact);
        memcpy(exact + 1, frames.data, size);
        assert_int_equal(raw_record_next(&rest, &record, &frame), RAW_PARTIAL);
        free(exact);
    }
    for (size_t bit = 0; bit < frames.size * 8; bit++) {
        char *exact = malloc(frames.size);
        struct text rest = {exact, frames.size};
        struct text frame;

        assert_non_null(exact);
        memcpy(exact, frames.data, frames.size);
        exact[bit / 8] = (char)(exact[bit / 8] ^ 1 << bit % 8);
        if (raw_record_next(&rest, &record, &frame) == RAW_WHOLE)
            assert_int_equal(frame.size + rest.size, frames.size);
        free(exact);
    }
    buffer_done(&headers);
    buffer_done(&frames);
}

static void test_lengths_that_lie(void **state)
{
    static const struct text frames[] =
        {TEXT("0123456701234567\x7f\xff\xff\xff"), TEXT("0123456701234567\xff\xff\xff\xfe"),
         TEXT("0123456701234567\xff\xff\xff\xff\x04\0\0\1"),
         TEXT("0123456701234567\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff")};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(frames); i++) {
        struct text rest = frames[i];
        struct raw_record record;
        struct text frame;

        assert_int_equal(raw_record_next(&rest, &record, &frame), RAW_MALFORMED);
    }
}

/* The definition in records.h, spelled with other functions. */
static void test_record_hash(void **state)
{
    struct archive_writer *writer = archive_writer_new(press, BATCH_MAX);
    struct error error;

    (void)state;
    archive_begin(writer, seed);
    for (uint64_t i = 0; i < 200; i++) {
        struct raw_record record = plain;
        unsigned char salt[RAW_SALT_SIZE];
        struct buffer frame;
        struct digest hash;
        struct digest expected;

        record.offset = (int64_t)i;
        assert_int_equal(archive_add(writer, &record, &error, &hash), OK);
        buffer_init(&frame, 1024);
        assert_true(raw_record_append(&frame, &record));
        seed_blocks(seed, i, 1, salt);
        expected = sha256_parts((struct text[]){{"\0", 1},
                                                {(const char *)salt, sizeof salt},
                                                buffer_view(&frame)},
                                3);
        assert_true(digest_equal(&hash, &expected));
        buffer_done(&frame);
    }
    archive_writer_free(writer);
}

/* Record i: sizes from nothing to more than a piece, so that frames cross every border. */
static struct raw_record numbered(size_t i, const char *noise)
{
    size_t size = i % 97 == 0 ? 300000 : i % 400;

    return (struct raw_record){.offset = (int64_t)i,
                               .timestamp_ms = (int64_t)(1000 * i),
                               .key = i % 3 == 0 ? (struct text){NULL, 0} : TEXT("key"),
                               .value = i % 7 == 0 ? (struct text){NULL, 0}
                                                   : (struct text){noise + i % 1000, size}};
}

static void assert_numbered(const struct raw_record *record, size_t i, const char *noise)
{
    struct raw_record expected = numbered(i, noise);

    assert_int_equal(record->offset, expected.offset);
    assert_int_equal(record->timestamp_ms, expected.timestamp_ms);
    assert_int_equal(record->key.data == NULL, expected.key.data == NULL);
    assert_true(text_equal(record->key, expected.key));
    assert_int_equal(record->value.data == NULL, expected.value.data == NULL);
    assert_true(text_equal(record->value, expected.value));
}

static struct text sealed_batch(struct archive_writer *writer, size_t count, const char *noise)
{
    struct text sealed;
    uint64_t plain_size;
    struct digest hash;
    struct error error;

    archive_begin(writer, seed);
    for (size_t i = 0; i < count; i++) {
        struct raw_record record = numbered(i, noise);

        assert_int_equal(archive_add(writer, &record, &error, &hash), OK);
    }
    assert_int_equal(archive_seal(writer, key, AAD, &error, &sealed, &plain_size), OK);
    assert_true(count == 0 || plain_size >= count * RAW_FRAME_MIN);
    return sealed;
}

static void assert_batch(struct archive_reader *reader, struct text sealed, size_t count,
                         const char *noise)
{
    struct error error;
    struct raw_record record;
    struct text frame;
    bool has_record = true;

    assert_int_equal(archive_open(reader, key, AAD, sealed, &error), OK);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(archive_next(reader, &error, &record, &frame, &has_record), OK);
        assert_true(has_record);
        assert_numbered(&record, i, noise);
    }
    assert_int_equal(archive_next(reader, &error, &record, &frame, &has_record), OK);
    assert_false(has_record);
}

static void test_batches_come_back(void **state)
{
    static const size_t counts[] = {0, 1, 2, 500, 20000, 3};
    static char noise[301000];
    struct archive_writer *writer = archive_writer_new(press, 2 * BATCH_MAX);
    struct archive_reader *reader = archive_reader_new(2 * BATCH_MAX);

    (void)state;
    random_bytes(noise, sizeof noise);
    for (size_t i = 0; i < COUNT_OF(counts); i++) /* one writer, one reader, many batches */
        assert_batch(reader, sealed_batch(writer, counts[i], noise), counts[i], noise);
    archive_writer_free(writer);
    archive_reader_free(reader);
}

static enum status open_only(struct archive_reader *reader, const unsigned char *with,
                             struct text aad, struct text sealed)
{
    struct error error;

    return archive_open(reader, with, aad, sealed, &error);
}

static void test_altered_or_moved(void **state)
{
    static char noise[301000];
    static const unsigned char other_key[SEAL_KEY_SIZE] = "another";
    struct archive_writer *writer = archive_writer_new(press, BATCH_MAX);
    struct archive_reader *reader = archive_reader_new(BATCH_MAX);
    struct text sealed = sealed_batch(writer, 3, noise);
    char *copy = malloc(sealed.size);

    (void)state;
    assert_non_null(copy);
    assert_int_equal(open_only(reader, key, AAD, sealed), OK);
    assert_int_equal(open_only(reader, other_key, AAD, sealed), REJECT);
    assert_int_equal(open_only(reader, key, TEXT("batch_raw/sealed/8/1"), sealed), REJECT);
    for (size_t size = 0; size < sealed.size; size++)
        assert_int_equal(open_only(reader, key, AAD, (struct text){sealed.data, size}), REJECT);
    for (size_t bit = 0; bit < sealed.size * 8; bit++) {
        memcpy(copy, sealed.data, sealed.size);
        copy[bit / 8] = (char)(copy[bit / 8] ^ 1 << bit % 8);
        assert_int_equal(open_only(reader, key, AAD, (struct text){copy, sealed.size}), REJECT);
    }
    free(copy);
    archive_writer_free(writer);
    archive_reader_free(reader);
}

static enum status read_all(struct archive_reader *reader, struct text sealed)
{
    struct raw_record record;
    struct text frame;
    struct error error;
    bool has_record = true;
    enum status status = archive_open(reader, key, AAD, sealed, &error);

    while (status == OK && has_record)
        status = archive_next(reader, &error, &record, &frame, &has_record);
    return status;
}

/* Seals bytes that are no zstd, as only the holder of the key could. */
static struct text sealed_bytes(struct text bytes, unsigned char *sealed)
{
    sealed[0] = 1;
    seal(key, AAD, bytes, sealed + 1);
    return (struct text){(const char *)sealed, 1 + bytes.size + SEAL_OVERHEAD};
}

static void test_what_is_inside_is_not_believed(void **state)
{
    /* zstd frames: a raw block with half a record; one that ends before its block does */
    static const char half[] = "\x28\xb5\x2f\xfd\x20\x04\x21\0\0half";
    static const char cut[] = "\x28\xb5\x2f\xfd\x20\x04\x21\0\0ha";
    static const char twice[] = "\x28\xb5\x2f\xfd\x20\0\1\0\0more";
    struct archive_reader *reader = archive_reader_new(BATCH_MAX);
    unsigned char sealed[256];

    (void)state;
    assert_int_equal(read_all(reader, sealed_bytes(TEXT("not zstd"), sealed)), REJECT);
    assert_int_equal(read_all(reader, sealed_bytes(TEXT(""), sealed)), REJECT);
    assert_int_equal(read_all(reader, sealed_bytes(TEXT(half), sealed)), REJECT);
    assert_int_equal(read_all(reader, sealed_bytes(TEXT(cut), sealed)), REJECT);
    assert_int_equal(read_all(reader, sealed_bytes(TEXT(twice), sealed)), REJECT);
    archive_reader_free(reader);
}

/* 40 MB of one byte compress to almost nothing: the reader's ceiling holds, not its memory. */
static void test_ceilings(void **state)
{
    static char zeros[4 * 1024 * 1024];
    struct raw_record large = {.value = {zeros, sizeof zeros}};
    struct raw_record too_large = {.value = {zeros, (size_t)RAW_FRAME_MAX + 1}};
    struct archive_writer *writer = archive_writer_new(press, BATCH_MAX);
    struct archive_reader *reader = archive_reader_new(8 * 1024 * 1024);
    struct text sealed;
    uint64_t plain_size;
    struct digest hash;
    struct error error;

    (void)state;
    archive_begin(writer, seed);
    for (int i = 0; i < 10; i++)
        assert_int_equal(archive_add(writer, &large, &error, &hash), OK);
    assert_int_equal(archive_seal(writer, key, AAD, &error, &sealed, &plain_size), OK);
    assert_true(sealed.size < 100000);
    assert_int_equal(read_all(reader, sealed), REJECT);
    archive_begin(writer, seed);
    assert_int_equal(archive_add(writer, &too_large, &error, &hash), REJECT);
    archive_writer_free(writer);
    writer = archive_writer_new(press, 200000);
    random_bytes(zeros, sizeof zeros);
    archive_begin(writer, seed);
    assert_int_equal(archive_add(writer, &large, &error, &hash), REJECT);
    archive_writer_free(writer);
    archive_reader_free(reader);
}

static int press_free(void **state)
{
    (void)state;
    archive_press_free(press);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_frame_is_for_ever),
        cmocka_unit_test(test_none_is_not_empty),
        cmocka_unit_test(test_headers_come_back),
        cmocka_unit_test(test_hostile_frames),
        cmocka_unit_test(test_lengths_that_lie),
        cmocka_unit_test(test_record_hash),
        cmocka_unit_test(test_batches_come_back),
        cmocka_unit_test(test_altered_or_moved),
        cmocka_unit_test(test_what_is_inside_is_not_believed),
        cmocka_unit_test(test_ceilings),
    };

    press = archive_press_new();
    return cmocka_run_group_tests(tests, NULL, press_free);
}
