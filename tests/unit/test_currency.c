/*
 * test_currency.c - the tables: currencies by code, reasons by name.
 */
#include "domain/currency.h"
#include "domain/reason.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

/* Facts of ISO 4217 that are easy to get wrong. */
static void scales_are_those_of_iso_4217(void **state)
{
    static const struct {
        const char *code;
        int scale;
        bool retired;
    } rows[] = {
        {"KES", 2, false}, {"NGN", 2, false}, {"UGX", 0, false}, {"XOF", 0, false},
        {"XAF", 0, false}, {"RWF", 0, false}, {"BIF", 0, false}, {"DJF", 0, false},
        {"GNF", 0, false}, {"KMF", 0, false}, {"TND", 3, false}, {"LYD", 3, false},
        {"MGA", 2, false}, {"MRU", 2, false}, {"JPY", 0, false}, {"KWD", 3, false},
        {"MRO", 2, true},  {"STD", 2, true},  {"SLL", 2, true},  {"ZMK", 2, true},
        {"ZWL", 2, true},  {"DEM", 2, true},  {"EUR", 2, false}, {"ZWG", 2, false},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        currency found = CURRENCY_NONE;
        char code[CURRENCY_CODE_SIZE];

        assert_true(currency_parse(text_of(rows[i].code), &found));
        assert_int_equal(currency_scale(found), rows[i].scale);
        assert_int_equal(currency_is_retired(found), rows[i].retired);
        currency_code(found, code);
        assert_string_equal(code, rows[i].code);
    }
}

/* The search finds a row only if the table is in order: try all codes there can be. */
static void the_table_is_in_order(void **state)
{
    size_t known = 0;

    (void)state;
    for (int i = 0; i < 26 * 26 * 26; i++) {
        char code[] = {(char)('A' + i / 676), (char)('A' + i / 26 % 26), (char)('A' + i % 26), 0};
        currency found = CURRENCY_NONE;

        if (!currency_parse(text_of(code), &found))
            continue;
        assert_true(found == CURRENCY(code[0], code[1], code[2]));
        known++;
    }
    assert_int_equal(known, 113);
}

static void other_codes_are_refused(void **state)
{
    static const char *const rows[] = {"", "KE", "KESS", "kes", "Kes", "ABC", "XXX", "K\xC3S"};
    currency found = CURRENCY_NONE;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        assert_false(currency_parse(text_of(rows[i]), &found));
    assert_int_equal(found, CURRENCY_NONE);
}

static void every_reason_has_a_name_of_its_own(void **state)
{
    (void)state;
    for (int i = 0; i < REASON_COUNT; i++) {
        const struct reason_entry *entry = reason_entry((enum reason)i);

        assert_true(strspn(entry->name, "abcdefghijklmnopqrstuvwxyz_") == strlen(entry->name));
        assert_true(entry->meaning[0] != '\0' && entry->remedy[0] != '\0');
        for (int j = 0; j < i; j++)
            assert_string_not_equal(entry->name, reason_name((enum reason)j));
    }
    assert_string_equal(reason_name(REASON_SAME_ID_DIFFERENT_CONTENT), "same_id_different_content");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(scales_are_those_of_iso_4217),
        cmocka_unit_test(the_table_is_in_order),
        cmocka_unit_test(other_codes_are_refused),
        cmocka_unit_test(every_reason_has_a_name_of_its_own),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
