/*
 * test_container.c - Avro object containers block by block, and what is unpacked within a ceiling.
 */
#include "codec/avro/container.h"

#include "codec/archive/pack.h"
#include "codec/archive/unpack.h"
#include "codec/avro/avro_schema.h"
#include "codec/avro/decode.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#define SYNC "0123456789abcdef"
#define HEADER                                                                                     \
    "Obj\1\2\x16"                                                                                  \
    "avro.schema\x10\"string\"\0" SYNC
#define BLOCK "\4\x0c\4hi\4yo" SYNC /* two strings of six bytes */

static enum container_answer header_of(struct text bytes, struct container_header *ret_header)
{
    size_t needed = 0;
    enum container_answer answer = container_header_read(bytes, ret_header, &needed);

    if (answer == CONTAINER_PARTIAL)
        assert_true(needed > bytes.size);
    return answer;
}

static struct container_header header_good(void)
{
    struct container_header header;

    assert_int_equal(header_of(TEXT(HEADER), &header), CONTAINER_WHOLE);
    return header;
}

static void a_header_tells_schema_codec_and_sync(void **state)
{
    struct container_header header;

    (void)state;
    assert_int_equal(header_of(TEXT("Obj\1\4\x14"
                                    "avro.codec\x0e"
                                    "deflate\x16"
                                    "avro.schema\x10"
                                    "\"string\"\0" SYNC "more"),
                               &header),
                     CONTAINER_WHOLE);
    assert_int_equal(header.codec, CONTAINER_DEFLATE);
    assert_true(text_is(header.schema, "\"string\""));
    assert_memory_equal(header.sync, SYNC, CONTAINER_SYNC_SIZE);
    assert_int_equal(header.size, sizeof "Obj\1\4\x14"
                                         "avro.codec\x0e"
                                         "deflate\x16"
                                         "avro.schema\x10"
                                         "\"string\"\0" SYNC -
                                      1);
    assert_int_equal(header_good().codec, CONTAINER_NULL); /* none said */
}

static void a_header_that_is_cut_is_partial_wherever_it_is_cut(void **state)
{
    struct container_header header;

    (void)state;
    for (size_t size = 0; size < sizeof HEADER - 1; size++)
        assert_int_equal(header_of((struct text){HEADER, size}, &header), CONTAINER_PARTIAL);
}

static void a_header_that_is_none_is_damaged(void **state)
{
    static const struct text headers[] = {
        TEXT("Obj\2\2"),      /* another version */
        TEXT("Obj\1\0" SYNC), /* no schema       */
        TEXT("Obj\1\2\x14"
             "avro.codec\x0c"
             "snappy\0" SYNC),                                 /* unknown codec   */
        TEXT("Obj\1\x84\2"),                                   /* 130 entries     */
        TEXT("Obj\1\2\x01"),                                   /* a length below 0 */
        TEXT("Obj\1\xff\xff\xff\xff\xff\xff\xff\xff\xff\x7f"), /* no long         */
        TEXT("Obj\1\2\xfe\xff\xff\xff\x0f"),                   /* two gigabytes   */
    };
    struct container_header header;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(headers); i++)
        assert_int_equal(header_of(headers[i], &header), CONTAINER_DAMAGED);
}

static void a_block_is_whole_partial_or_damaged(void **state)
{
    struct container_header header = header_good();
    struct container_block block;
    size_t needed = 0;

    (void)state;
    assert_int_equal(container_block_read(&header, TEXT(BLOCK "\4"), &block, &needed),
                     CONTAINER_WHOLE);
    assert_int_equal(block.count, 2);
    assert_int_equal(block.size, sizeof BLOCK - 1);
    assert_true(text_is(block.packed, "\4hi\4yo"));
    for (size_t size = 0; size < sizeof BLOCK - 1; size++) {
        assert_int_equal(container_block_read(&header, (struct text){BLOCK, size}, &block, &needed),
                         CONTAINER_PARTIAL);
        assert_true(needed > size && needed <= sizeof BLOCK - 1);
    }
}

static void a_block_with_another_sync_or_size_is_damaged(void **state)
{
    static const struct text blocks[] = {
        TEXT("\4\x0c\4hi\4yo0123456789abcdeF"), /* sync             */
        TEXT("\4\x0e\4hi\4yo" SYNC "x"),        /* one byte more    */
        TEXT("\3\x0c"),                         /* a count below 0  */
        TEXT("\4\x0b"),                         /* a size below 0   */
        TEXT("\xfe\x01\x0c"),                   /* 127 records in 22 bytes (2) */
        TEXT("\4\x82\x80\x80\x10"),             /* above 16 MiB (2) */
    };
    struct container_header header = header_good();
    struct container_block block;
    size_t needed;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(blocks); i++)
        assert_int_equal(container_block_read(&header, blocks[i], &block, &needed),
                         CONTAINER_DAMAGED);
}

/* ---- extents ---- */

static void a_record_ends_where_its_schema_says(void **state)
{
    struct avro_schema *schema = NULL;
    struct error error;
    size_t size = 0;

    (void)state;
    assert_int_equal(avro_schema_read(TEXT("\"string\""), &error, &schema), OK);
    assert_true(decode_extent(avro_schema_root(schema), TEXT("\4hi\4yo"), &size));
    assert_int_equal(size, 3);
    assert_true(decode_extent(avro_schema_root(schema), TEXT("\4\xff\xfe"), &size)); /* any bytes */
    assert_false(decode_extent(avro_schema_root(schema), TEXT("\4h"), &size));
    assert_false(decode_extent(avro_schema_root(schema), TEXT(""), &size));
    avro_schema_free(schema);
}

/* ---- unpacking ---- */

static struct text zeros(size_t size)
{
    char *data = calloc(1, size);

    assert_non_null(data);
    return (struct text){data, size};
}

static void a_frame_opens_whole_and_within_its_ceiling(void **state)
{
    struct text plain = zeros(1 << 20); /* a multiple of the pieces it comes in */
    struct pack *pack = pack_new(1 << 20);
    struct buffer out;
    struct text packed;

    (void)state;
    pack_add(pack, plain);
    assert_true(pack_end(pack, &packed));
    buffer_init(&out, 4 << 20);
    assert_true(unpack_zstd(packed, plain.size, &out));
    assert_true(text_equal(buffer_view(&out), plain));
    buffer_clear(&out);
    assert_false(unpack_zstd(packed, plain.size - 1, &out)); /* a bomb, as it were */
    for (size_t size = 0; size < packed.size; size++) {
        buffer_clear(&out);
        assert_false(unpack_zstd((struct text){packed.data, size}, plain.size, &out));
    }
    buffer_clear(&out);
    assert_false(unpack_zstd(TEXT("not a frame"), plain.size, &out));
    buffer_done(&out);
    pack_free(pack);
    free((char *)plain.data);
}

static void a_deflate_stream_opens_whole_and_within_its_ceiling(void **state)
{
    static const struct text packed = TEXT("\x4b\x4c\x4a\x4e\x49\x05\x00"); /* abcde */
    struct buffer out;

    (void)state;
    buffer_init(&out, 1 << 20);
    assert_true(unpack_deflate(packed, 5, &out));
    assert_true(text_is(buffer_view(&out), "abcde"));
    buffer_clear(&out);
    assert_false(unpack_deflate(packed, 4, &out));
    buffer_clear(&out);
    assert_false(unpack_deflate((struct text){packed.data, packed.size - 1}, 5, &out));
    buffer_clear(&out);
    assert_false(unpack_deflate(TEXT("\x4b\x4c\x4a\x4e\x49\x05\x00x"), 5, &out)); /* left over */
    buffer_done(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_header_tells_schema_codec_and_sync),
        cmocka_unit_test(a_header_that_is_cut_is_partial_wherever_it_is_cut),
        cmocka_unit_test(a_header_that_is_none_is_damaged),
        cmocka_unit_test(a_block_is_whole_partial_or_damaged),
        cmocka_unit_test(a_block_with_another_sync_or_size_is_damaged),
        cmocka_unit_test(a_record_ends_where_its_schema_says),
        cmocka_unit_test(a_frame_opens_whole_and_within_its_ceiling),
        cmocka_unit_test(a_deflate_stream_opens_whole_and_within_its_ceiling),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
