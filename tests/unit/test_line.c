/*
 * test_line.c - lines of JSON and CSV as slots: what is read, exactly; what is refused, and why.
 */
#include "codec/line/line_reader.h"

#include "codec/line/line_value.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static const char *const kinds[] = {"UP", "DOWN", NULL};
static const char *const unread[] = {"note", NULL};
static const struct column columns[] = {
    {.name = "id", .type = COLUMN_UUID},
    {.name = "kind", .type = COLUMN_ENUM, .symbols = kinds},
    {.name = "amount", .type = COLUMN_DECIMAL},
    {.name = "at", .type = COLUMN_TIME},
    {.name = "text", .type = COLUMN_TEXT, .is_optional = true, .aliases = {"words"}},
    {.name = "from", .type = COLUMN_TEXT, .fallback = "nobody"},
};
enum { ID, KIND, AMOUNT, AT, WORDS, FROM, COLUMN_COUNT };
static const struct column_set set = {columns, COLUMN_COUNT, unread};

#define HEAD "\"id\":\"a\",\"kind\":\"DOWN\",\"amount\":\"1.50\",\"at\":7"

static struct line_reader *reader;
static struct slot slots[COLUMN_COUNT];

static int reader_make(void **state)
{
    (void)state;
    reader = line_reader_new();
    return 0;
}

static int reader_drop(void **state)
{
    (void)state;
    line_reader_free(reader);
    return 0;
}

static enum reason json(const char *line)
{
    return json_line_read(reader, &set, text_of(line), slots);
}

static enum reason csv(const char *names, const char *line)
{
    return csv_line_read(reader, &set, text_of(names), text_of(line), slots);
}

static void assert_text(size_t column, const char *expected)
{
    assert_int_equal(slots[column].form, SLOT_TEXT);
    assert_int_equal(slots[column].text.size, strlen(expected));
    assert_memory_equal(slots[column].text.data, expected, strlen(expected));
}

/* ---- values ---- */

static void a_decimal_is_exact_or_refused(void **state)
{
    static const struct {
        const char *text;
        enum slot_form form; /* SLOT_EMPTY: refused */
        int64_t unscaled;
        int scale;
    } cases[] = {
        {"0", SLOT_DECIMAL, 0, 0},
        {"10.50", SLOT_DECIMAL, 105, 1},
        {"-0.00001", SLOT_DECIMAL, -1, 5},
        {"9007199254740993.01", SLOT_DECIMAL, 900719925474099301, 2}, /* no double holds it */
        {"12.000000000000000000000000000000000000000000", SLOT_DECIMAL, 12, 0},
        {"99999999999999999999999999999999999999999", SLOT_OVERFLOW, 0, 0},
        {"", SLOT_EMPTY, 0, 0},
        {"-", SLOT_EMPTY, 0, 0},
        {"+1", SLOT_EMPTY, 0, 0},
        {"01", SLOT_EMPTY, 0, 0},
        {"1.", SLOT_EMPTY, 0, 0},
        {".5", SLOT_EMPTY, 0, 0},
        {"1e3", SLOT_EMPTY, 0, 0},
        {"1,000", SLOT_EMPTY, 0, 0},
        {" 1", SLOT_EMPTY, 0, 0},
        {"1 ", SLOT_EMPTY, 0, 0},
        {"NaN", SLOT_EMPTY, 0, 0},
        {"0x10", SLOT_EMPTY, 0, 0},
        {"1.2.3", SLOT_EMPTY, 0, 0},
        {"--1", SLOT_EMPTY, 0, 0},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct slot slot = {.form = SLOT_EMPTY};
        bool read =
            line_value_read(&columns[AMOUNT], LINE_VALUE_ANY, text_of(cases[i].text), &slot);

        assert_int_equal(read, cases[i].form != SLOT_EMPTY);
        assert_int_equal(slot.form, cases[i].form);
        if (slot.form != SLOT_DECIMAL)
            continue;
        assert_true(slot.decimal == cases[i].unscaled);
        assert_int_equal(slot.scale, cases[i].scale);
    }
}

static void an_instant_is_one_point_or_refused(void **state)
{
    static const struct {
        const char *text;
        enum line_value_kind kind;
        bool read;
        int64_t us;
    } cases[] = {
        {"1970-01-01T00:00:00Z", LINE_VALUE_STRING, true, 0},
        {"2026-11-16T10:00:00.5+03:00", LINE_VALUE_STRING, true, 1794812400500000},
        {"2026-11-16T07:00:00.500000Z", LINE_VALUE_ANY, true, 1794812400500000},
        {"2026-11-15T23:30:00-07:30", LINE_VALUE_STRING, true, 1794812400000000},
        {"1794812400500000", LINE_VALUE_NUMBER, true, 1794812400500000},
        {"1794812400500000", LINE_VALUE_ANY, true, 1794812400500000},
        {"1794812400500000", LINE_VALUE_STRING, false, 0}, /* a text is a date */
        {"1794812400.5", LINE_VALUE_NUMBER, false, 0},
        {"2026-11-16T07:00:00.1234567Z", LINE_VALUE_STRING, false, 0},
        {"2026-11-16T07:00:00", LINE_VALUE_STRING, false, 0},
        {"2026-11-16T07:00:60Z", LINE_VALUE_STRING, false, 0},
        {"2026-11-16T24:00:00Z", LINE_VALUE_STRING, false, 0},
        {"2026-02-29T07:00:00Z", LINE_VALUE_STRING, false, 0},
        {"2026-11-16 07:00:00Z", LINE_VALUE_STRING, false, 0},
        {"2026-11-16T07:00:00.Z", LINE_VALUE_STRING, false, 0},
        {"2026-11-16T07:00:00+0300", LINE_VALUE_STRING, false, 0},
        {"2026-11-16T07:00:00+24:00", LINE_VALUE_STRING, false, 0},
        {"2026-11-16T07:00:00Zz", LINE_VALUE_STRING, false, 0},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct slot slot = {.form = SLOT_EMPTY};

        assert_int_equal(line_value_read(&columns[AT], cases[i].kind, text_of(cases[i].text),
                                         &slot),
                         cases[i].read);
        if (cases[i].read) {
            assert_int_equal(slot.form, SLOT_NUMBER);
            assert_int_equal(slot.number, cases[i].us);
        }
    }
}

/* ---- JSON ---- */

static void an_object_fills_the_slots(void **state)
{
    (void)state;
    assert_int_equal(json(" { \"id\" : \"a-1\" ,\t\"kind\":\"DOWN\",\"amount\":1.50,"
                          "\"at\":1794812400500000,\"text\":\"t\",\"from\":\"x\"} \r"),
                     REASON_NONE);
    assert_text(ID, "a-1");
    assert_int_equal(slots[KIND].number, 2);
    assert_true(slots[AMOUNT].decimal == 15 && slots[AMOUNT].scale == 1);
    assert_int_equal(slots[AT].number, 1794812400500000);
    assert_text(WORDS, "t");
    assert_text(FROM, "x");
}

static void what_is_absent_stays_empty_or_takes_its_fallback(void **state)
{
    (void)state;
    assert_int_equal(json("{" HEAD ",\"text\":null}"), REASON_NONE);
    assert_int_equal(slots[WORDS].form, SLOT_EMPTY);
    assert_text(FROM, "nobody");
    assert_int_equal(json("{" HEAD ",\"words\":\"w\"}"), REASON_NONE);
    assert_text(WORDS, "w");
}

static void escapes_become_what_they_stand_for(void **state)
{
    (void)state;
    assert_int_equal(json("{" HEAD ",\"text\":\"a\\\"\\\\\\/\\n\\u00e9\\ud83d\\ude00z\","
                          "\"fr\\u006fm\":\"\\u0041\"}"),
                     REASON_NONE);
    assert_text(WORDS, "a\"\\/\n\xc3\xa9\xf0\x9f\x98\x80z");
    assert_text(FROM, "A");
}

static void a_line_that_is_no_object_is_malformed(void **state)
{
    static const char *const lines[] = {
        "",
        " ",
        "null",
        "[]",
        "{",
        "}",
        "{}x",
        "{" HEAD,
        "{" HEAD "}}",
        "{" HEAD ",}",
        "{" HEAD ",\"text\"}",
        "{" HEAD ",\"text\":}",
        "{" HEAD ",\"text\":'x'}",
        "{" HEAD ",\"text\":\"x}",
        "{" HEAD ",\"text\":\"\\x\"}",
        "{" HEAD ",\"text\":\"\\u12g4\"}",
        "{" HEAD ",\"text\":\"\\ud83d\"}",
        "{" HEAD ",\"text\":\"\\ude00\"}",
        "{" HEAD ",\"text\":\"\x01\"}",
        "{" HEAD ",\"text\":\"\xc3\x28\"}",
        "{" HEAD ",\"text\":\"\xed\xa0\x80\"}",
        "{" HEAD ",\"note\":01}",
        "{" HEAD ",\"note\":1.}",
        "{" HEAD ",\"note\":+1}",
        "{" HEAD ",\"note\":tru}",
        "{" HEAD ",\"note\":[1,]}",
        "{" HEAD ",\"note\":{\"a\"}}",
        "{" HEAD ",text:\"x\"}",
        "{" HEAD " \"text\":\"x\"}",
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(lines); i++)
        assert_int_equal(json(lines[i]), REASON_LINE_MALFORMED);
}

static void a_cut_line_is_malformed_wherever_it_is_cut(void **state)
{
    const char *whole = "{" HEAD ",\"text\":\"a\\u00e9b\",\"note\":{\"x\":[1,2.5e3,true,null]}}";
    size_t size = strlen(whole);

    (void)state;
    assert_int_equal(json(whole), REASON_NONE);
    for (size_t i = 0; i < size; i++) {
        char *cut = malloc(i + 1); /* so that a sanitizer sees a read behind the end */

        assert_non_null(cut);
        memcpy(cut, whole, i);
        assert_int_equal(json_line_read(reader, &set, (struct text){cut, i}, slots),
                         REASON_LINE_MALFORMED);
        free(cut);
    }
}

static void a_misspelt_name_refuses_the_line(void **state)
{
    (void)state;
    assert_int_equal(json("{" HEAD ",\"txet\":\"x\"}"), REASON_FIELD_UNKNOWN);
    assert_int_equal(json("{" HEAD ",\"Text\":\"x\"}"), REASON_FIELD_UNKNOWN);
    assert_int_equal(json("{" HEAD ",\"note\":\"known, not read\"}"), REASON_NONE);
    assert_int_equal(csv("id,kind,amount,at,txet", "a,UP,1,7,x"), REASON_FIELD_UNKNOWN);
}

static void a_name_twice_refuses_the_line(void **state)
{
    (void)state;
    assert_int_equal(json("{" HEAD ",\"amount\":\"9\"}"), REASON_FIELD_UNREADABLE);
    assert_int_equal(json("{" HEAD ",\"text\":\"a\",\"words\":\"b\"}"), REASON_FIELD_UNREADABLE);
    assert_int_equal(json("{" HEAD ",\"note\":1,\"note\":2}"), REASON_FIELD_UNREADABLE);
    assert_int_equal(json("{" HEAD ",\"text\":null,\"text\":null}"), REASON_FIELD_UNREADABLE);
    assert_int_equal(csv("id,kind,amount,at,amount", "a,UP,1,7,2"), REASON_FIELD_UNREADABLE);
}

static void a_value_of_another_type_is_unreadable(void **state)
{
    static const char *const lines[] = {
        "{\"id\":1,\"kind\":\"UP\",\"amount\":1,\"at\":7}",
        "{\"id\":\"a\",\"kind\":\"SIDEWAYS\",\"amount\":1,\"at\":7}",
        "{\"id\":\"a\",\"kind\":1,\"amount\":1,\"at\":7}",
        "{\"id\":\"a\",\"kind\":\"UP\",\"amount\":1e2,\"at\":7}",
        "{\"id\":\"a\",\"kind\":\"UP\",\"amount\":true,\"at\":7}",
        "{\"id\":\"a\",\"kind\":\"UP\",\"amount\":[1],\"at\":7}",
        "{\"id\":\"a\",\"kind\":\"UP\",\"amount\":1,\"at\":7.5}",
        "{\"id\":\"a\",\"kind\":\"UP\",\"amount\":1}",
        "{\"id\":null,\"kind\":\"UP\",\"amount\":1,\"at\":7}",
        "{}",
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(lines); i++)
        assert_int_equal(json(lines[i]), REASON_FIELD_UNREADABLE);
}

static void the_worst_of_a_line_gives_the_reason(void **state)
{
    (void)state;
    assert_int_equal(json("{\"id\":1,\"txet\":2}"), REASON_FIELD_UNKNOWN);
    assert_int_equal(json("{\"id\":1,\"txet\":2"), REASON_LINE_MALFORMED);
    assert_int_equal(csv("id,txet", "a"), REASON_LINE_MALFORMED);
}

static char *nested(size_t depth)
{
    char *line = calloc(1, 2 * depth + 128);
    size_t at = (size_t)snprintf(line, 128, "{" HEAD ",\"note\":");

    memset(line + at, '[', depth);
    memset(line + at + depth, ']', depth);
    line[at + 2 * depth] = '}';
    return line;
}

static void depth_and_names_have_a_ceiling(void **state)
{
    char many[2048] = "{" HEAD;
    char *line = nested(LINE_DEPTH_MAX);

    (void)state;
    assert_int_equal(json(line), REASON_NONE);
    free(line);
    line = nested(LINE_DEPTH_MAX + 1);
    assert_int_equal(json(line), REASON_LINE_MALFORMED);
    free(line);
    line = nested(400000); /* no stack for that */
    assert_int_equal(json(line), REASON_LINE_MALFORMED);
    free(line);
    for (int i = 0; i < LINE_FIELD_MAX; i++)
        snprintf(many + strlen(many), sizeof many - strlen(many), ",\"n%d\":1", i);
    strncat(many, "}", sizeof many - strlen(many) - 1);
    assert_int_equal(json(many), REASON_LINE_MALFORMED);
}

/* ---- CSV ---- */

static void a_row_fills_the_slots_by_the_names_of_its_header(void **state)
{
    (void)state;
    assert_int_equal(csv("at,\"id\",note,amount,kind,text\r",
                         "2026-11-16T07:00:00Z,\"a,\"\"1\"\"\",x,10.50,UP,\r"),
                     REASON_NONE);
    assert_text(ID, "a,\"1\"");
    assert_int_equal(slots[KIND].number, 1);
    assert_true(slots[AMOUNT].decimal == 105 && slots[AMOUNT].scale == 1);
    assert_int_equal(slots[AT].number, 1794812400000000);
    assert_int_equal(slots[WORDS].form, SLOT_EMPTY);
    assert_text(FROM, "nobody");
}

static void an_empty_required_field_is_no_value(void **state)
{
    (void)state;
    assert_int_equal(csv("id,kind,amount,at", ",UP,1,7"), REASON_NONE);
    assert_text(ID, ""); /* the event's own check names it: event_id_invalid */
    assert_int_equal(csv("id,kind,amount,at", "a,UP,,7"), REASON_FIELD_UNREADABLE);
    assert_int_equal(csv("id,kind,amount,at", "a,,1,7"), REASON_FIELD_UNREADABLE);
    assert_int_equal(csv("id,kind,amount", "a,UP,1"), REASON_FIELD_UNREADABLE);
}

static void a_row_of_another_shape_is_malformed(void **state)
{
    static const char *const lines[] = {
        "",           "a,UP,1",        "a,UP,1,7,",  "a,UP,1,7,8",  "\"a,UP,1,7",
        "a,U\"P,1,7", "\"a\"b,UP,1,7", "a,UP,1,\"7", "\xff,UP,1,7",
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(lines); i++)
        assert_int_equal(csv("id,kind,amount,at", lines[i]), REASON_LINE_MALFORMED);
    assert_int_equal(csv("id,\"kind", "a,UP"), REASON_LINE_MALFORMED);
}

static void another_header_is_read_anew(void **state)
{
    (void)state;
    assert_int_equal(csv("id,kind,amount,at", "a,UP,1,7"), REASON_NONE);
    assert_int_equal(csv("kind,id,amount,at", "UP,b,1,7"), REASON_NONE);
    assert_text(ID, "b");
    assert_int_equal(csv("id,kind,amount,at", "c,UP,1,7"), REASON_NONE);
    assert_text(ID, "c");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_decimal_is_exact_or_refused),
        cmocka_unit_test(an_instant_is_one_point_or_refused),
        cmocka_unit_test(an_object_fills_the_slots),
        cmocka_unit_test(what_is_absent_stays_empty_or_takes_its_fallback),
        cmocka_unit_test(escapes_become_what_they_stand_for),
        cmocka_unit_test(a_line_that_is_no_object_is_malformed),
        cmocka_unit_test(a_cut_line_is_malformed_wherever_it_is_cut),
        cmocka_unit_test(a_misspelt_name_refuses_the_line),
        cmocka_unit_test(a_name_twice_refuses_the_line),
        cmocka_unit_test(a_value_of_another_type_is_unreadable),
        cmocka_unit_test(the_worst_of_a_line_gives_the_reason),
        cmocka_unit_test(depth_and_names_have_a_ceiling),
        cmocka_unit_test(a_row_fills_the_slots_by_the_names_of_its_header),
        cmocka_unit_test(an_empty_required_field_is_no_value),
        cmocka_unit_test(a_row_of_another_shape_is_malformed),
        cmocka_unit_test(another_header_is_read_anew),
    };

    return cmocka_run_group_tests(tests, reader_make, reader_drop);
}
