/*
 * test_text.c - borrowed bytes: numbers are exact or refused, UTF-8 is well-formed or not.
 */
#include "base/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static void reads_every_int64(void **state)
{
    static const int64_t numbers[] = {0, 1, -1, 9, 10, -10, INT64_MAX, INT64_MIN, INT64_MAX - 1};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(numbers); i++) {
        char digits[32];
        int64_t value = 17;

        snprintf(digits, sizeof digits, "%lld", (long long)numbers[i]);
        assert_true(text_to_int64(text_of(digits), &value));
        assert_true(value == numbers[i]);
    }
}

static void refuses_what_is_no_int64(void **state)
{
    static const char *const wrong[] = {"",
                                        "-",
                                        "+1",
                                        " 1",
                                        "1 ",
                                        "1.0",
                                        "0x1",
                                        "1e3",
                                        "--1",
                                        "9223372036854775808",
                                        "1-",
                                        "٣",
                                        "-9223372036854775809",
                                        "99999999999999999999999999999"};
    int64_t value = 17;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        assert_false(text_to_int64(text_of(wrong[i]), &value));
        assert_int_equal(value, 17);
    }
    assert_false(text_to_int64((struct text){"1\0002", 3}, &value));
}

static void orders_bytewise(void **state)
{
    (void)state;
    assert_true(text_compare(TEXT("a"), TEXT("b")) < 0);
    assert_true(text_compare(TEXT("a"), TEXT("ab")) < 0);
    assert_true(text_compare(TEXT("\xff"), TEXT("a")) > 0);
    assert_true(text_compare(TEXT(""), (struct text){NULL, 0}) == 0);
    assert_true(text_equal((struct text){NULL, 0}, TEXT("")));
    assert_false(text_equal(TEXT("a"), TEXT("A")));
}

static void trims_blanks_only_at_the_ends(void **state)
{
    (void)state;
    assert_true(text_is(text_trim(TEXT(" \t a b \r\n")), "a b"));
    assert_true(text_is(text_trim(TEXT(" \n ")), ""));
    assert_true(text_is(text_trim(TEXT("")), ""));
    assert_true(string_has_words(" a "));
    assert_false(string_has_words(" \n "));
    assert_false(string_has_words(NULL));
}

static void parts_are_never_longer_than_the_whole(void **state)
{
    struct text rest = TEXT("a,,bc");

    (void)state;
    assert_true(text_is(text_from(TEXT("abc"), 1), "bc"));
    assert_int_equal(text_from(TEXT("abc"), 4).size, 0);
    assert_int_equal(text_from((struct text){NULL, 0}, 1).size, 0);
    assert_true(text_is(text_first(TEXT("abc"), 2), "ab"));
    assert_true(text_is(text_first(TEXT("abc"), 4), "abc"));
    assert_true(text_is(text_cut(TEXT("ab\xe2\x82\xac"), 5), "ab\xe2\x82\xac"));
    assert_true(text_is(text_cut(TEXT("ab\xe2\x82\xac"), 4), "ab"));
    assert_true(text_is(text_cut(TEXT("ab\xe2\x82\xac"), 1), "a"));
    assert_int_equal(text_cut(TEXT("\x82\x82"), 1).size, 0);
    assert_true(text_is(text_take(&rest, ','), "a"));
    assert_true(text_is(text_take(&rest, ','), ""));
    assert_true(text_is(text_take(&rest, ','), "bc"));
    assert_int_equal(rest.size, 0);
    assert_int_equal(text_take(&rest, ',').size, 0);
    assert_true(text_has_digits(TEXT("12x"), 2));
    assert_false(text_has_digits(TEXT("12x"), 3));
    assert_false(text_has_digits(TEXT("12"), 3));
}

static void a_copy_is_cut_and_says_so(void **state)
{
    char room[4] = "xxx";

    (void)state;
    assert_true(text_copy(TEXT("KES"), room, sizeof room));
    assert_string_equal(room, "KES");
    assert_false(text_copy(TEXT("KESX"), room, sizeof room));
    assert_string_equal(room, "KES");
    assert_true(text_copy(TEXT(""), room, 1));
    assert_string_equal(room, "");
}

static void utf8_is_the_shortest_form_without_surrogates(void **state)
{
    static const char *const good[] = {"",
                                       "abc",
                                       "é",
                                       "₦",
                                       "𝒜",
                                       "\xef\xbf\xbf",
                                       "\xf4\x8f\xbf\xbf",
                                       "\xed\x9f\xbf",
                                       "\xee\x80\x80",
                                       "\x7f"};
    static const char *const bad[] = {"\x80",
                                      "\xc0\xaf",
                                      "\xc1\xbf",
                                      "\xe0\x80\xaf",
                                      "\xe0\x9f\xbf",
                                      "\xed\xa0\x80",
                                      "\xed\xbf\xbf",
                                      "\xf0\x8f\xbf\xbf",
                                      "\xf4\x90\x80\x80",
                                      "\xf5\x80\x80\x80",
                                      "\xc3",
                                      "\xe2\x82",
                                      "\xf0\x9f\x92",
                                      "a\xff",
                                      "\xc3\x28"};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(good); i++)
        assert_true(text_is_utf8(text_of(good[i])));
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        assert_false(text_is_utf8(text_of(bad[i])));
}

static void counts_edits_up_to_a_limit(void **state)
{
    (void)state;
    assert_int_equal(text_distance(TEXT("close"), TEXT("close"), 3), 0);
    assert_int_equal(text_distance(TEXT("close"), TEXT("closed"), 3), 1);
    assert_int_equal(text_distance(TEXT("cut_of"), TEXT("cut_off"), 3), 1);
    assert_int_equal(text_distance(TEXT("kitten"), TEXT("sitting"), 3), 3);
    assert_true(text_distance(TEXT("abcdef"), TEXT("zzzzzzzz"), 2) > 2);
    assert_int_equal(text_distance(TEXT(""), TEXT("ab"), 3), 2);
}

static void what_is_shown_steers_no_terminal(void **state)
{
    char shown[8];

    (void)state;
    text_show(TEXT("a\033[2J\n"), shown, sizeof shown);
    assert_string_equal(shown, "a?[2J?");
    text_show(TEXT("1234567890"), shown, sizeof shown);
    assert_string_equal(shown, "1234567");
    text_show(TEXT("123456\xc3\xa9"), shown, sizeof shown); /* no half character */
    assert_string_equal(shown, "123456");
    text_show(TEXT(""), shown, sizeof shown);
    assert_string_equal(shown, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_shown_steers_no_terminal),
        cmocka_unit_test(reads_every_int64),
        cmocka_unit_test(refuses_what_is_no_int64),
        cmocka_unit_test(orders_bytewise),
        cmocka_unit_test(trims_blanks_only_at_the_ends),
        cmocka_unit_test(parts_are_never_longer_than_the_whole),
        cmocka_unit_test(a_copy_is_cut_and_says_so),
        cmocka_unit_test(utf8_is_the_shortest_form_without_surrogates),
        cmocka_unit_test(counts_edits_up_to_a_limit),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
