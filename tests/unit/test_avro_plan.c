/*
 * test_avro_plan.c - writers change their schema; our columns stay. What must still be read, what
 * must be refused, and that the .avsc files say the same as our columns.
 *
 * The reader of these tests has six columns; each case is a writer's schema and bytes made by
 * hand, so that nothing but the rules of Avro stands between the two.
 */
#include "codec/event/columns.h"
#include "codec/avro/decode.h"

#include "avro_oracle.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

enum { ID, AMOUNT, TIME, KIND, NOTE, LABEL, COLUMN_COUNT };

static const char *const kinds[] = {"IN", "OUT", NULL};
static const struct column columns[COLUMN_COUNT] = {
    [ID] = {.name = "id", .type = COLUMN_UUID},
    [AMOUNT] = {.name = "amount", .type = COLUMN_DECIMAL, .aliases = {"amt"}},
    [TIME] = {.name = "time", .type = COLUMN_TIME},
    [KIND] = {.name = "kind", .type = COLUMN_ENUM, .symbols = kinds},
    [NOTE] = {.name = "note", .type = COLUMN_TEXT, .is_optional = true},
    [LABEL] = {.name = "label", .type = COLUMN_TEXT, .fallback = "none"},
};
static const struct column_set set = {columns, COLUMN_COUNT, NULL};

#define ID_FIELD "{\"name\": \"id\", \"type\": \"string\"}"
#define AMOUNT_TYPE                                                                                \
    "{\"type\": \"bytes\", \"logicalType\": \"decimal\", \"precision\": 9, \"scale\": 2}"
#define AMOUNT_FIELD "{\"name\": \"amount\", \"type\": " AMOUNT_TYPE "}"
#define TIME_FIELD                                                                                 \
    "{\"name\": \"time\", \"type\": {\"type\": \"long\", \"logicalType\": \"timestamp-micros\"}}"
#define KIND_TYPE "{\"type\": \"enum\", \"name\": \"K\", \"symbols\": [\"IN\", \"OUT\"]}"
#define KIND_FIELD "{\"name\": \"kind\", \"type\": " KIND_TYPE "}"
#define NOTE_FIELD "{\"name\": \"note\", \"type\": [\"null\", \"string\"], \"default\": null}"
#define RECORD(fields) "{\"type\": \"record\", \"name\": \"R\", \"fields\": [" fields "]}"
#define CORE ID_FIELD "," AMOUNT_FIELD "," TIME_FIELD "," KIND_FIELD

/* id "ab", amount 1.23, time 1, kind OUT */
#define CORE_BYTES "\4ab\2\x7b\2\2"

struct writer {
    struct avro_schema *schema;
    struct plan *plan;
};

static enum status open_writer(struct writer *writer, const char *schema)
{
    struct error error;
    enum status status;

    *writer = (struct writer){NULL, NULL};
    status = avro_schema_read(text_of(schema), &error, &writer->schema);
    if (status != OK)
        return status;
    return plan_compile(avro_schema_root(writer->schema), &set, &error, &writer->plan);
}

static void close_writer(struct writer *writer)
{
    plan_free(writer->plan);
    avro_schema_free(writer->schema);
}

static enum reason run(const char *schema, struct text bytes, struct slot *slots)
{
    struct writer writer;
    char *exact = malloc(bytes.size + (bytes.size == 0)); /* a read beyond it is seen */
    enum reason reason = REASON_SCHEMA_UNREADABLE;

    assert_non_null(exact);
    memcpy(exact, bytes.data, bytes.size);
    if (open_writer(&writer, schema) == OK)
        reason = decode_run(writer.plan, (struct text){exact, bytes.size}, slots);
    for (size_t i = 0; reason == REASON_NONE && i < COLUMN_COUNT; i++)
        if (slots[i].form == SLOT_TEXT && slots[i].text.data >= exact &&
            slots[i].text.data <= exact + bytes.size)
            slots[i].text.data = bytes.data + (slots[i].text.data - exact);
    close_writer(&writer);
    free(exact);
    return reason;
}

static enum reason run_only(const char *schema, struct text bytes)
{
    struct slot slots[COLUMN_COUNT];

    return run(schema, bytes, slots);
}

static void assert_core(const char *schema, struct text bytes)
{
    struct slot slots[COLUMN_COUNT];

    assert_int_equal(run(schema, bytes, slots), REASON_NONE);
    assert_int_equal(slots[ID].form, SLOT_TEXT);
    assert_true(text_is(slots[ID].text, "ab"));
    assert_int_equal(slots[AMOUNT].form, SLOT_DECIMAL);
    assert_true(slots[AMOUNT].decimal == 123 && slots[AMOUNT].scale == 2);
    assert_int_equal(slots[TIME].form, SLOT_NUMBER);
    assert_int_equal(slots[TIME].number, 1);
    assert_int_equal(slots[KIND].number, 2);
}

static void test_same_schema(void **state)
{
    struct slot slots[COLUMN_COUNT];

    (void)state;
    assert_core(RECORD(CORE), TEXT(CORE_BYTES));
    assert_int_equal(run(RECORD(CORE), TEXT(CORE_BYTES), slots), REASON_NONE);
    assert_int_equal(slots[NOTE].form, SLOT_EMPTY);
    assert_true(text_is(slots[LABEL].text, "none"));
}

/* The writer added a field: skipped, whatever it is made of. */
static void test_field_added(void **state)
{
    (void)state;
    assert_core(RECORD(CORE ",{\"name\": \"x\", \"type\": \"int\", \"default\": 0}"),
                TEXT(CORE_BYTES "\x03"));
    assert_core(RECORD("{\"name\": \"x\", \"type\": \"double\"}," CORE),
                TEXT("12345678" CORE_BYTES));
    assert_core(
        RECORD("{\"name\": \"x\", \"type\": {\"type\": \"array\", \"items\": \"string\"}}," CORE),
        TEXT("\4\2a\2b\0" CORE_BYTES));
    assert_core(RECORD(
                    "{\"name\": \"x\", \"type\": {\"type\": \"map\", \"values\": \"long\"}}," CORE),
                TEXT("\1\6\2k\2\0" CORE_BYTES));
    assert_core(RECORD("{\"name\": \"x\", \"type\": {\"type\": \"record\", \"name\": \"X\", "
                       "\"fields\": [{\"name\": \"a\", \"type\": [\"null\", \"X\"]}, {\"name\": "
                       "\"b\", \"type\": \"boolean\"}]}}," CORE),
                TEXT("\2\0\1\1" CORE_BYTES));
}

/* The writer removed a field: fine where the column is optional or has a fallback. */
static void test_field_removed(void **state)
{
    struct slot slots[COLUMN_COUNT];

    (void)state;
    assert_int_equal(run(RECORD(CORE "," NOTE_FIELD), TEXT(CORE_BYTES "\2\4hi"), slots),
                     REASON_NONE);
    assert_true(text_is(slots[NOTE].text, "hi"));
    assert_core(RECORD(CORE), TEXT(CORE_BYTES));
    assert_int_equal(run_only(RECORD(ID_FIELD "," AMOUNT_FIELD "," TIME_FIELD),
                              TEXT("\4ab\2\x7b\2")),
                     REASON_SCHEMA_UNREADABLE);
}

static void test_fields_reordered(void **state)
{
    (void)state;
    assert_core(RECORD(KIND_FIELD "," TIME_FIELD "," AMOUNT_FIELD "," ID_FIELD),
                TEXT("\2\2\2\x7b\4ab"));
}

static void test_field_renamed(void **state)
{
    (void)state;
    /* an earlier name that our column lists */
    assert_core(RECORD(ID_FIELD ",{\"name\": \"amt\", \"type\": " AMOUNT_TYPE "}," TIME_FIELD
                                "," KIND_FIELD),
                TEXT(CORE_BYTES));
    /* a later name, with our column's name as the writer's alias */
    assert_core(
        RECORD("{\"name\": \"event\", \"type\": \"string\", \"aliases\": [\"id\"]}," AMOUNT_FIELD
               "," TIME_FIELD "," KIND_FIELD),
        TEXT(CORE_BYTES));
    /* the name itself goes before any alias */
    assert_core(RECORD("{\"name\": \"x\", \"type\": \"int\", \"aliases\": [\"id\"]}," CORE),
                TEXT("\x02" CORE_BYTES));
    /* two fields for one column: neither is guessed */
    assert_int_equal(
        run_only(RECORD(
                     "{\"name\": \"x\", \"type\": \"string\", \"aliases\": [\"id\"]},"
                     "{\"name\": \"y\", \"type\": \"string\", \"aliases\": [\"id\"]}," AMOUNT_FIELD
                     "," TIME_FIELD "," KIND_FIELD),
                 TEXT("\2a\2b\2\x7b\2\2")),
        REASON_SCHEMA_UNREADABLE);
}

static void assert_time(const char *type, struct text time, enum slot_form form, int64_t expected)
{
    struct slot slots[COLUMN_COUNT];
    char schema[1024];
    char bytes[64];
    size_t size = 0;

    snprintf(schema, sizeof schema,
             RECORD("{\"name\": \"time\", \"type\": %s}," ID_FIELD "," AMOUNT_FIELD "," KIND_FIELD),
             type);
    memcpy(bytes, time.data, time.size);
    size = time.size;
    memcpy(bytes + size, "\4ab\2\x7b\2", 6);
    assert_int_equal(run(schema, (struct text){bytes, size + 6}, slots), REASON_NONE);
    assert_int_equal(slots[TIME].form, form);
    if (form == SLOT_NUMBER)
        assert_int_equal(slots[TIME].number, expected);
}

static void test_numbers_promoted(void **state)
{
    (void)state;
    assert_time("\"int\"", TEXT("\3"), SLOT_NUMBER, -2);
    assert_time("\"long\"", TEXT("\x80\x01"), SLOT_NUMBER, 64);
    assert_time("{\"type\": \"long\", \"logicalType\": \"timestamp-millis\"}", TEXT("\4"),
                SLOT_NUMBER, 2000);
    assert_time("{\"type\": \"long\", \"logicalType\": \"timestamp-millis\"}",
                TEXT("\xfe\xff\xff\xff\xff\xff\xff\xff\xff\x01"), SLOT_OVERFLOW, 0);
    assert_time("[\"long\", \"int\"]", TEXT("\2\2"), SLOT_NUMBER, 1);
}

/* What would have to be guessed is refused. */
static void test_types_refused(void **state)
{
    static const char *const amounts[] = {"\"double\"",
                                          "\"float\"",
                                          "\"long\"",
                                          "\"string\"",
                                          "\"bytes\"",
                                          "{\"type\": \"bytes\", \"logicalType\": \"decimal\", "
                                          "\"precision\": 39, \"scale\": 2}",
                                          "{\"type\": \"bytes\", \"logicalType\": \"decimal\", "
                                          "\"precision\": 2, \"scale\": 3}"};
    struct writer writer;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(amounts); i++) {
        char schema[1024];

        snprintf(schema, sizeof schema,
                 RECORD("{\"name\": \"amount\", \"type\": %s}," ID_FIELD "," TIME_FIELD
                        "," KIND_FIELD),
                 amounts[i]);
        assert_int_equal(open_writer(&writer, schema), REJECT);
        close_writer(&writer);
    }
    assert_int_equal(open_writer(&writer,
                                 RECORD(ID_FIELD
                                        "," AMOUNT_FIELD "," KIND_FIELD
                                        ",{\"name\": \"time\", \"type\": {\"type\": \"long\", "
                                        "\"logicalType\": \"timestamp-nanos\"}}")),
                     REJECT);
    close_writer(&writer);
    assert_int_equal(open_writer(&writer, "\"string\""), REJECT);
    close_writer(&writer);
}

static void test_unions(void **state)
{
    static const char union_id[] = RECORD(
        "{\"name\": \"id\", \"type\": [\"int\", \"null\", \"string\", \"bytes\"]}," AMOUNT_FIELD
        "," TIME_FIELD "," KIND_FIELD);
    static const char plain_note[] = RECORD(CORE ",{\"name\": \"note\", \"type\": \"string\"}");
    static const char null_note[] = RECORD(CORE ",{\"name\": \"note\", \"type\": \"null\"}");
    struct slot slots[COLUMN_COUNT];

    (void)state;
    assert_core(union_id, TEXT("\4" CORE_BYTES));
    assert_core(union_id, TEXT("\6" CORE_BYTES));
    assert_int_equal(run_only(union_id, TEXT("\0\2\2\x7b\2\2")), REASON_SCHEMA_UNREADABLE);
    assert_int_equal(run_only(union_id, TEXT("\2\2\x7b\2\2")), REASON_SCHEMA_UNREADABLE);
    assert_int_equal(run_only(union_id, TEXT("\x08" CORE_BYTES)), REASON_AVRO_MALFORMED);
    assert_int_equal(run_only(union_id, TEXT("\1" CORE_BYTES)), REASON_AVRO_MALFORMED);
    assert_int_equal(run(plain_note, TEXT(CORE_BYTES "\4hi"), slots), REASON_NONE);
    assert_true(text_is(slots[NOTE].text, "hi"));
    assert_int_equal(run(null_note, TEXT(CORE_BYTES), slots), REASON_NONE);
    assert_int_equal(slots[NOTE].form, SLOT_EMPTY);
}

static void test_symbols_by_name(void **state)
{
    static const char more[] =
        RECORD(ID_FIELD "," AMOUNT_FIELD "," TIME_FIELD
                        ",{\"name\": \"kind\", \"type\": {\"type\": \"enum\", "
                        "\"name\": \"K\", \"symbols\": [\"OUT\", \"SIDEWAYS\", \"IN\"]}}");

    (void)state;
    assert_core(more, TEXT("\4ab\2\x7b\2\0"));
    assert_int_equal(run_only(more, TEXT("\4ab\2\x7b\2\2")), REASON_SCHEMA_UNREADABLE);
    assert_int_equal(run_only(more, TEXT("\4ab\2\x7b\2\6")), REASON_AVRO_MALFORMED);
}

static void test_fixed_forms(void **state)
{
    static const char fixed[] = RECORD(
        "{\"name\": \"id\", \"type\": {\"type\": \"fixed\", \"name\": \"U\", \"size\": 16, "
        "\"logicalType\": \"uuid\"}},"
        "{\"name\": \"amount\", \"type\": {\"type\": \"fixed\", \"name\": \"D\", \"size\": 4, "
        "\"logicalType\": \"decimal\", \"precision\": 9, \"scale\": 3}}," TIME_FIELD
        "," KIND_FIELD);
    struct slot slots[COLUMN_COUNT];

    (void)state;
    assert_int_equal(run(fixed, TEXT("0123456789abcdef\xff\xff\xff\xfe\2\2"), slots), REASON_NONE);
    assert_int_equal(slots[ID].form, SLOT_UUID);
    assert_int_equal(slots[AMOUNT].form, SLOT_DECIMAL);
    assert_true(slots[AMOUNT].decimal == -2 && slots[AMOUNT].scale == 3);
    assert_int_equal(run_only(fixed, TEXT("0123456789abcdef\xff\xff\xff")), REASON_AVRO_MALFORMED);
}

static void assert_decimal(struct text bytes, enum slot_form form, __int128 expected)
{
    struct slot slots[COLUMN_COUNT];
    char value[128];
    size_t size = 0;

    memcpy(value, "\4ab", 3);
    value[3] = (char)(2 * bytes.size);
    memcpy(value + 4, bytes.data, bytes.size);
    size = 4 + bytes.size;
    memcpy(value + size, "\2\2", 2);
    assert_int_equal(run(RECORD(CORE), (struct text){value, size + 2}, slots), REASON_NONE);
    assert_int_equal(slots[AMOUNT].form, form);
    if (form == SLOT_DECIMAL)
        assert_true(slots[AMOUNT].decimal == expected);
}

static void test_decimals(void **state)
{
    (void)state;
    assert_decimal(TEXT("\0"), SLOT_DECIMAL, 0);
    assert_decimal(TEXT("\xff"), SLOT_DECIMAL, -1);
    assert_decimal(TEXT("\x80"), SLOT_DECIMAL, -128);
    assert_decimal(TEXT("\0\x80"), SLOT_DECIMAL, 128);
    assert_decimal(TEXT("\x3b\x9a\xc9\xff"), SLOT_DECIMAL, 999999999);
    assert_decimal(TEXT("\x3b\x9a\xca\x00"), SLOT_OVERFLOW, 0); /* ten digits, precision nine */
    assert_decimal(TEXT("\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1"), SLOT_DECIMAL, 1);
    assert_decimal(TEXT("\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"), SLOT_OVERFLOW, 0);
    assert_int_equal(run_only(RECORD(CORE), TEXT("\4ab\0\2\2")), REASON_AVRO_MALFORMED);
}

static void test_varints(void **state)
{
    (void)state;
    /* ten bytes are the most, and the tenth is 0 or 1 */
    assert_time("\"long\"", TEXT("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"), SLOT_NUMBER,
                INT64_MIN);
    assert_time("\"long\"", TEXT("\x82\x80\x80\x80\x80\x80\x80\x80\x80\x00"), SLOT_NUMBER, 1);
    assert_int_equal(run_only(RECORD(TIME_FIELD "," ID_FIELD "," AMOUNT_FIELD "," KIND_FIELD),
                              TEXT("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02\4ab\2\x7b\2")),
                     REASON_AVRO_MALFORMED);
    /* an int that needs 33 bits */
    assert_int_equal(run_only(RECORD("{\"name\": \"time\", \"type\": \"int\"}," ID_FIELD
                                     "," AMOUNT_FIELD "," KIND_FIELD),
                              TEXT("\x80\x80\x80\x80\x10\4ab\2\x7b\2")),
                     REASON_AVRO_MALFORMED);
    /* a length below zero, beyond the record, of 63 bits */
    assert_int_equal(run_only(RECORD(CORE), TEXT("\1ab\2\x7b\2\2")), REASON_AVRO_MALFORMED);
    assert_int_equal(run_only(RECORD(CORE), TEXT("\x7f\x01")), REASON_AVRO_MALFORMED);
    assert_int_equal(run_only(RECORD(CORE), TEXT("\xfe\xff\xff\xff\xff\xff\xff\xff\xff\x01x")),
                     REASON_AVRO_MALFORMED);
    /* a byte too many */
    assert_int_equal(run_only(RECORD(CORE), TEXT(CORE_BYTES "\0")), REASON_AVRO_MALFORMED);
}

#define WITH_X(type) RECORD("{\"name\": \"x\", \"type\": " type "}," CORE)
#define ARRAY(items) "{\"type\": \"array\", \"items\": " items "}"
#define MAP(values) "{\"type\": \"map\", \"values\": " values "}"

/* Bytes that promise much: none may take time or memory, all are malformed. */
static void test_bombs(void **state)
{
    static const struct {
        const char *schema;
        struct text bytes;
    } bombs[] = {
        /* INT64_MAX, INT64_MIN and 10,001 items of nothing */
        {WITH_X(ARRAY("\"null\"")), TEXT("\xfe\xff\xff\xff\xff\xff\xff\xff\xff\x01")},
        {WITH_X(ARRAY("\"null\"")), TEXT("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01")},
        {WITH_X(ARRAY("\"null\"")), TEXT("\xa2\x9c\x01\0" CORE_BYTES)},
        /* 9,999 and then two more */
        {WITH_X(ARRAY("\"null\"")), TEXT("\x9e\x9c\x01\4\0" CORE_BYTES)},
        /* a block size that lies: too small, too large, below zero */
        {WITH_X(ARRAY("\"string\"")), TEXT("\1\0\2a\0" CORE_BYTES)},
        {WITH_X(ARRAY("\"string\"")), TEXT("\1\10\2a\0" CORE_BYTES)},
        {WITH_X(ARRAY("\"string\"")), TEXT("\1\1\2a\0" CORE_BYTES)},
        {WITH_X(ARRAY("\"string\"")), TEXT("\1\xfe\xff\xff\xff\xff\xff\xff\xff\xff\x01")},
        {WITH_X(MAP("\"null\"")), TEXT("\xfe\xff\xff\xff\xff\xff\xff\xff\xff\x01")},
        {WITH_X(MAP("\"null\"")), TEXT("\2\2\xff\0" CORE_BYTES)}, /* key not UTF-8 */
        {WITH_X("\"string\""), TEXT("\4\xed\xa0" CORE_BYTES)},
        {WITH_X("\"boolean\""), TEXT("\2" CORE_BYTES)},
        {WITH_X("\"bytes\""), TEXT("\xfe\xff\xff\xff\xff\xff\xff\xff\xff\x01")},
        {WITH_X("{\"type\": \"fixed\", \"name\": \"F\", \"size\": 2147483647}"), TEXT("x")},
        {WITH_X("\"double\""), TEXT("1234567")},
        /* a list without an end, deeper than 32 */
        {WITH_X("{\"type\": \"record\", \"name\": \"L\", \"fields\": [{\"name\": \"n\", \"type\": "
                "[\"null\", \"L\"]}]}"),
         TEXT("\2\2\2\2\2\2\2\2\2\2\2\2\2\2\2\2\2\2\2\2\2\2\2\2\2\2\2\2\2\2\2\2\2\2\0" CORE_BYTES)},
        {WITH_X("{\"type\": \"record\", \"name\": \"L\", \"fields\": [{\"name\": \"n\", \"type\": "
                "\"L\"}]}"),
         TEXT(CORE_BYTES)},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(bombs); i++)
        assert_int_equal(run_only(bombs[i].schema, bombs[i].bytes), REASON_AVRO_MALFORMED);
}

/* Nothing times nothing: 10,000 arrays of 10,000 nulls fit 40,000 bytes. The work is bounded. */
static void test_multiplied_nulls(void **state)
{
    static char bytes[64 * 1024];
    size_t size = 0;

    (void)state;
    memcpy(bytes, "\xa0\x9c\x01", 3);
    for (size = 3; size < 3 + 4 * 10000; size += 4)
        memcpy(bytes + size, "\xa0\x9c\x01\0", 4);
    bytes[size++] = 0;
    memcpy(bytes + size, CORE_BYTES, sizeof CORE_BYTES - 1);
    size += sizeof CORE_BYTES - 1;
    assert_int_equal(run_only(WITH_X(ARRAY(ARRAY("\"null\""))), (struct text){bytes, size}),
                     REASON_AVRO_MALFORMED);
}

static enum status read_schema(struct text text)
{
    struct avro_schema *schema = NULL;
    struct error error;
    enum status status = avro_schema_read(text, &error, &schema);

    avro_schema_free(schema);
    return status;
}

/* Records of four records each, eleven deep: 4^11 values without one byte. */
static void test_wide_nothing(void **state)
{
    struct buffer schema;

    (void)state;
    buffer_init(&schema, 16 * 1024);
    buffer_string(&schema, "{\"type\": \"record\", \"name\": \"R\", \"fields\": [" CORE
                           ",{\"name\": \"x\", \"type\": ");
    for (int level = 11; level >= 1; level--)
        buffer_format(&schema,
                      "{\"type\": \"record\", \"name\": \"N%d\", \"fields\": [{\"name\": "
                      "\"a\", \"type\": ",
                      level);
    buffer_string(&schema, "{\"type\": \"record\", \"name\": \"N0\", \"fields\": []}");
    for (int level = 0; level < 11; level++)
        for (char name = 'b'; name <= 'd'; name++)
            buffer_format(&schema, "}, {\"name\": \"%c\", \"type\": \"N%d\"%s", name, level,
                          name == 'd' ? "}]}" : "");
    buffer_string(&schema, "}]}");
    buffer_byte(&schema, '\0');
    assert_false(buffer_failed(&schema));
    assert_int_equal(read_schema(text_of(schema.data)), OK);
    assert_int_equal(run_only(schema.data, TEXT(CORE_BYTES)), REASON_AVRO_MALFORMED);
    buffer_done(&schema);
}

static void test_schemas_refused(void **state)
{
    static const char *const texts[] = {
        "",
        "{",
        "null",
        "[]",
        "{}",
        "\"R\"",
        "{\"type\": \"record\", \"name\": \"R\"}",
        "{\"type\": \"record\", \"fields\": []}",
        "{\"type\": \"enum\", \"name\": \"E\"}",
        "{\"type\": \"enum\", \"name\": \"E\", \"symbols\": [\"a b\"]}",
        "{\"type\": \"fixed\", \"name\": \"F\", \"size\": -1}",
        "{\"type\": \"record\", \"name\": \"1\", \"fields\": []}",
        "[\"null\", [\"int\"]]",
        "{\"type\": \"array\"}",
        RECORD("{\"name\": \"a\", \"type\": \"int\"},{\"name\": \"a\", \"type\": \"int\"}"),
        RECORD("{\"name\": \"a\", \"type\": {\"type\": \"fixed\", \"name\": \"R\", \"size\": 1}}"),
    };
    struct buffer deep;
    static char large[SCHEMA_TEXT_MAX + 1];

    (void)state;
    for (size_t i = 0; i < COUNT_OF(texts); i++)
        assert_int_equal(read_schema(text_of(texts[i])), REJECT);
    buffer_init(&deep, 40 * 40);
    for (int i = 0; i < 33; i++)
        buffer_string(&deep, "{\"type\": \"array\", \"items\": ");
    buffer_string(&deep, "\"int\"");
    for (int i = 0; i < 33; i++)
        buffer_byte(&deep, '}');
    assert_int_equal(read_schema(buffer_view(&deep)), REJECT);
    buffer_done(&deep);
    memset(large, ' ', sizeof large);
    memcpy(large, "\"string\"", 8);
    assert_int_equal(read_schema((struct text){large, sizeof large}), REJECT);
    assert_int_equal(read_schema((struct text){large, SCHEMA_TEXT_MAX}), OK);
}

static void test_digest_ignores_layout(void **state)
{
    struct digest left;
    struct digest right;

    (void)state;
    assert_true(avro_schema_digest(TEXT("{\"a\": 1, \"b\": [2]}"), &left));
    assert_true(avro_schema_digest(TEXT("{\"b\":[2],\n\"a\":1}"), &right));
    assert_true(digest_equal(&left, &right));
    assert_true(avro_schema_digest(TEXT("{\"b\":[2],\n\"a\":2}"), &right));
    assert_false(digest_equal(&left, &right));
    assert_false(avro_schema_digest(TEXT("{"), &right));
}

static bool is_nullable(const struct schema_node *node)
{
    return node->type == SCHEMA_UNION && node->branches[0]->type == SCHEMA_NULL;
}

/* The file for people and our columns are one list: names, order, what is optional. An older
 * version of it ends earlier, and what it lacks is optional. */
static void assert_file_begins(const char *path, const struct column_set *expected,
                               size_t column_count)
{
    static char text[64 * 1024];
    size_t size = oracle_file(path, text, sizeof text);
    struct avro_schema *schema;
    struct error error;
    const struct schema_node *root;
    size_t column = 0;

    assert_int_equal(avro_schema_read((struct text){text, size}, &error, &schema), OK);
    root = avro_schema_root(schema);
    for (size_t i = 0; i < root->count; i++) {
        const struct schema_field *field = &root->fields[i];

        assert_true(column < expected->count);
        assert_true(text_is(field->name, expected->columns[column].name));
        assert_int_equal(is_nullable(field->node), expected->columns[column].is_optional);
        assert_int_equal(field->has_default, expected->columns[column].is_optional ||
                                                 expected->columns[column].fallback != NULL);
        column++;
    }
    assert_int_equal(column, column_count);
    for (; column < expected->count; column++)
        assert_true(expected->columns[column].is_optional);
    avro_schema_free(schema);
}

static void assert_file_is(const char *path, const struct column_set *expected)
{
    assert_file_begins(path, expected, expected->count);
}

static void test_files_are_the_columns(void **state)
{
    (void)state;
    assert_file_is("schemas/avro/payment_event_3.avsc", payment_columns());
    assert_file_begins("schemas/avro/payment_event_2.avsc", payment_columns(),
                       PAYMENT_COLUMN_RETURN_ID);
    assert_file_begins("schemas/avro/payment_event.avsc", payment_columns(),
                       PAYMENT_COLUMN_DEBTOR_NAME);
    assert_file_is("schemas/avro/fx_event_2.avsc", fx_columns());
    assert_file_begins("schemas/avro/fx_event.avsc", fx_columns(), FX_COLUMN_BID);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_same_schema),
        cmocka_unit_test(test_field_added),
        cmocka_unit_test(test_field_removed),
        cmocka_unit_test(test_fields_reordered),
        cmocka_unit_test(test_field_renamed),
        cmocka_unit_test(test_numbers_promoted),
        cmocka_unit_test(test_types_refused),
        cmocka_unit_test(test_unions),
        cmocka_unit_test(test_symbols_by_name),
        cmocka_unit_test(test_fixed_forms),
        cmocka_unit_test(test_decimals),
        cmocka_unit_test(test_varints),
        cmocka_unit_test(test_bombs),
        cmocka_unit_test(test_multiplied_nulls),
        cmocka_unit_test(test_wide_nothing),
        cmocka_unit_test(test_schemas_refused),
        cmocka_unit_test(test_digest_ignores_layout),
        cmocka_unit_test(test_files_are_the_columns),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
