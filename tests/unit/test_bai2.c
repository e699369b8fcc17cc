/*
 * test_bai2.c - BAI2, rule by rule (rules 55 to 59 of the statement formats).
 */
#include "statement_fixture.h"

#define FILE_HEAD "01,SENDER,RECEIVER,260302,0815,7,80,1,2/\n"
#define GROUP_HEAD "02,RECEIVER,122099999,1,260301,2359,KES,2/\n"
#define HEAD FILE_HEAD GROUP_HEAD

/* One account of so many records that sums up to sum, with its group and file. */
#define TAILS(sum, of_account, of_group, of_file)                                                  \
    "49," sum "," of_account "/\n98," sum ",1," of_group "/\n99," sum ",1," of_file "/\n"

static void a_small_file_whole(void **state)
{
    (void)state;
    read_all(HEAD "03,0123456789,,010,100000,,,015,95000,,/\n"
                  "16,195,2500,V,260304,1200,BANK1,CUST1,from a friend/\n"
                  "16,475,7500,,,CHQ 12/\n" TAILS("+205000", "4", "6", "8"));
    has("{\"format\":\"bai2\",\"version\":null,\"message_id\":\"7\",\"statement_id\":null,"
        "\"sequence_number\":null,\"page\":null");
    has("\"account\":{\"id\":\"0123456789\",\"scheme\":null,\"currency\":\"KES\"");
    has("\"created\":\"2026-03-02T08:15:00\","
        "\"period\":{\"from\":\"2026-03-01\",\"to\":\"2026-03-01\"}");
    has("\"opening_balance\":{\"type\":\"OPBD\",\"subtype\":null,\"amount\":\"1000.00\","
        "\"currency\":\"KES\",\"date\":\"2026-03-01\"}");
    has("\"closing_balance\":{\"type\":\"CLBD\",\"subtype\":null,\"amount\":\"950.00\"");
    has("{\"position\":1,\"value_date\":\"2026-03-04\",\"booking_date\":\"2026-03-01\","
        "\"booking_time\":null,\"amount\":\"25.00\",\"currency\":\"KES\",\"status\":\"BOOK\"");
    has("\"proprietary\":\"195\",\"issuer\":\"BAI2\"");
    has("\"servicer_reference\":\"BANK1\",\"customer_reference\":\"CUST1\"");
    has("\"unstructured\":[\"from a friend\"]");
    has("\"raw\":\"16,195,2500,V,260304,1200,BANK1,CUST1,from a friend/\"");
    has("\"value_date\":null,\"booking_date\":\"2026-03-01\",\"booking_time\":null,"
        "\"amount\":\"-75.00\"");
    has("\"customer_reference\":\"CHQ 12\"");
    has("\"findings\":[]");
}

static void rule_55_comma_and_slash_end_with_an_empty_field(void **state)
{
    (void)state;
    read_all(HEAD "03,1,,010,100,,,400,50,,/\n88,015,50,,,/\n"
                  "16,475,50,,,/\n16,890,,,,/\n" TAILS("250", "5", "7", "9"));
    has("\"opening_balance\":{\"type\":\"OPBD\",\"subtype\":null,\"amount\":\"1.00\"");
    has("\"closing_balance\":{\"type\":\"CLBD\",\"subtype\":null,\"amount\":\"0.50\"");
    has("\"totals\":{\"credit_count\":null,\"credit_amount\":null,\"debit_count\":null,"
        "\"debit_amount\":\"0.50\"}");
    has("\"servicer_reference\":null,\"customer_reference\":null");
    has("\"unstructured\":[]");
    assert_int_equal(count_of("\"position\":"), 1);
    has("\"findings\":[]");
}

static void rule_56_text_goes_on_as_often_as_it_likes(void **state)
{
    (void)state;
    read_all(HEAD "03,1,,010,100,,,015,200,,/\n"
                  "16,195,100,,B,C,first/\n88,second, with commas/\n88,/third/\n88,13/05/24\n"
                  "88,/\n" TAILS("400", "7", "9", "11"));
    has("\"unstructured\":[\"first\\nsecond, with commas\\n/third\\n13/05/24\"]");
    has("\"raw\":\"16,195,100,,B,C,first/\\n88,second, with commas/\\n88,/third/\\n88,13/05/24\\n"
        "88,/\"");
    has("\"findings\":[]");
}

static void rule_56_text_and_references_hold_slashes(void **state)
{
    (void)state;
    read_all(HEAD "03,1,,010,0,,,015,300,,/\n"
                  "16,195,100,,B/1,AB/GS/1,/REF/13/05/24 16,5/\n"
                  "16,195,200,,,,PAID 12/16,500,000 of 3/ 4\n" TAILS("600", "4", "6", "8"));
    has("\"servicer_reference\":\"B/1\",\"customer_reference\":\"AB/GS/1\"");
    has("\"unstructured\":[\"/REF/13/05/24 16,5\"]");
    has("\"unstructured\":[\"PAID 12/16,500,000 of 3/ 4\"]");
    assert_int_equal(count_of("\"position\":"), 2);
    has("\"findings\":[]");
}

static void rule_57_records_share_a_line(void **state)
{
    (void)state;
    read_all("01,S,R,260302,0815,7,80,1,2/   02,R,1,1,260301,,KES,2/03,1,,010,0,,,015,30,,/\n"
             "16,195,10,,,,ONE  PPD/ 16,195,20,,,,TWO             /\n"
             "88,     more/         49,60,5/  98,60,1,7/  99,60,1,9/");
    has("\"unstructured\":[\"ONE  PPD\"]");
    has("\"unstructured\":[\"TWO\\nmore\"]");
    has("\"raw\":\"16,195,10,,,,ONE  PPD/\"");
    has("\"findings\":[]");
}

/* Whether a slash is text depends on whether the text has begun, not on the line. */
static void rule_57_records_without_text_share_a_line(void **state)
{
    (void)state;
    read_all("01,S,R,260302,0815,7,,,2/02,R,1,1,260301,,KES,2/03,1,,010,0,,,015,25,,/"
             "16,195,10,Z,,VID/16,195,20,D,1,0,20,B1,,/16,495/88,5,Z,B2,C2,see 49,1/2\n"
             "49,60,6/98,60,1,8/99,60,1,10/\n");
    has("\"customer_reference\":\"VID\"");
    has("\"servicer_reference\":\"B1\",\"customer_reference\":null");
    has("\"unstructured\":[\"see 49,1/2\"]");
    has("\"findings\":[]");
}

static void rule_57_a_line_without_code_is_text(void **state)
{
    (void)state;
    read_all(HEAD "03,1,,010,0,,,015,30,,/\n16,195,30,,,,SETL 111\n16, Main Street\n49ers 3    /\n"
                  "88,more/\n" TAILS("60", "4", "6", "8"));
    has("\"unstructured\":[\"SETL 111\\n16, Main Street\\n49ers 3\\nmore\"]");
    has("\"findings\":[]");
}

static void rule_58_type_codes_are_cut_anywhere(void **state)
{
    (void)state;
    read_all(HEAD "03,1,UGX,010/\n88,-500,,,190/\n88,70,4,0,110/\n"
                  "88,70,15,D,3,0,20,1,30,3,20,072,9,,S,1,2,3,074/\n88,5,,V,260302,,015,-500,,/\n"
                  "49,-846,6/\n98,-846,1,8/\n99,-846,1,10/\n");
    has("\"opening_balance\":{\"type\":\"OPBD\",\"subtype\":null,\"amount\":\"-500\","
        "\"currency\":\"UGX\"");
    has("\"closing_balance\":{\"type\":\"CLBD\",\"subtype\":null,\"amount\":\"-500\"");
    has("{\"type\":\"190\",\"subtype\":null,\"amount\":\"70\"");
    has("{\"type\":\"110\",\"subtype\":null,\"amount\":\"70\"");
    has("{\"type\":\"072\",\"subtype\":null,\"amount\":\"9\"");
    has("{\"type\":\"074\",\"subtype\":null,\"amount\":\"5\"");
    has("\"findings\":[]");
}

static void rule_58_funds_have_fields_of_their_own(void **state)
{
    (void)state;
    read_all(HEAD "03,1,,010,0,,,015,700,,/\n16,115,100,S,10,20,70,B1,C1,t1/\n"
                  "16,115,100,V,260304,,B2,C2,t2/\n16,115,100,D,2,0,50/\n88,1,50,B3,C3/\n88,t3/\n"
                  "16,115,100,0,B4,C4,t4/\n16,115,100,1,B5,C5,t5/\n16,115,100,2,B6,C6,t6/\n"
                  "16,115,100,Z,B7,C7,t7/\n" TAILS("1400", "11", "13", "15"));
    for (char digit = '1'; digit <= '7'; digit++) {
        char wanted[] = "\"servicer_reference\":\"B?\",\"customer_reference\":\"C?\"";

        for (char *at = strchr(wanted, '?'); at != NULL; at = strchr(wanted, '?'))
            *at = digit;
        has(wanted);
    }
    assert_int_equal(count_of("\"unstructured\":[\"t"), 7);
    assert_int_equal(count_of("\"value_date\":\"2026-03-04\""), 1);
    has("\"findings\":[]");
    read_all(HEAD
             "03,1,,010,0,,,015,100,,/\n16,115,100,D,9999,B,C,t/\n" TAILS("200", "3", "5", "7"));
    has("\"code\":\"type_code_unknown\"");
}

static void rule_58_currency_of_account_group_or_dollar(void **state)
{
    (void)state;
    read_all(HEAD "03,1,XOF,015,5/\n49,5,2/\n03,2,,015,5/\n49,5,2/\n98,10,2,6/\n"
                  "02,R,1,1,260301,,,2/\n03,3,,015,5/\n49,5,2/\n98,5,1,4/\n99,15,2,12/\n");
    has("\"amount\":\"5\",\"currency\":\"XOF\"");
    has("\"amount\":\"0.05\",\"currency\":\"KES\"");
    has("\"amount\":\"0.05\",\"currency\":\"USD\"");
    assert_int_equal(count_of("\n"), 3);
}

static void rule_59_wrong_totals_and_counts(void **state)
{
    (void)state;
    read_all(HEAD "03,1,,010,0,,,015,0,,/\n49,7,3/\n98,7,1,4/\n99,7,1,6/\n");
    has("\"text\":\"sum of the account: 7 announced, 0 read\"");
    has("\"text\":\"records of the account: 3 announced, 2 read\"");
    assert_int_equal(count_of("\"code\":\"control_total_wrong\""), 2);
    read_all(HEAD "03,1,,010,0,,,015,0,,/\n49,0,2/\n98,1,2,5/\n99,0,3,7/\n");
    has("\"text\":\"sum of the group: 1 announced, 0 read\"");
    has("\"text\":\"accounts of the group: 2 announced, 1 read\"");
    has("\"text\":\"records of the group: 5 announced, 4 read\"");
    has("\"text\":\"sum of the file: 0 announced, 1 read\"");
    has("\"text\":\"groups of the file: 3 announced, 1 read\"");
    has("\"text\":\"records of the file: 7 announced, 6 read\"");
}

static void rule_59_what_stands_where_it_may_not(void **state)
{
    (void)state;
    read_all(HEAD "03,1,,010,0,,,015,0,,/\n49,0,2/\n16,195,5,,,,LOST/\n98,0,1,4/\n99,0,1,6/\n");
    has("\"code\":\"entry_unreadable\",\"severity\":\"error\"");
    has("'16,195,5,,,,LOST/' belongs to no record");
    read_all(HEAD "03,1,,010,0,,,015,0,,/\n99,0,1,6/\n88,late/\n");
    has("an account has no trailer (49)");
    has("a group has no trailer (98)");
    read_all("88,early/\n" HEAD "03,1,,010,0,,,015,0,,/\nnothing\n49,0,2/\n98,0,1,4/\n99,0,1,6/\n");
    has("\"code\":\"tag_unknown\"");
}

static void rule_59_direction_comes_from_the_type_code(void **state)
{
    static const char bytes[] =
        HEAD "03,1,,010,0,,,015,0,,/\n16,399,1,,,/\n16,400,1,,,/\n16,699,1,,,/\n16,930,1,,,/\n"
             "16,970,1,,,/\n16,910,1,,,/\n16,720,1,,,/\n16,142,-1,,,/\n16,142,1.50,,,/\n"
             "16,142,99999999999999999999,,,/\n" TAILS("5", "12", "14", "16");

    (void)state;
    read_all(bytes);
    assert_int_equal(count_of("\"amount\":\"0.01\""), 1);
    assert_int_equal(count_of("\"amount\":\"-0.01\""), 2);
    assert_int_equal(count_of("\"amount\":null"), 7);
    assert_int_equal(count_of("\"code\":\"type_code_unknown\""), 4);
    assert_int_equal(count_of("\"code\":\"amount_unreadable\",\"severity\":\"error\""), 7);
    read_as(bytes, "bai2-customised");
    assert_int_equal(count_of("\"amount\":\"0.01\""), 2);
    assert_int_equal(count_of("\"amount\":\"-0.01\""), 3);
    assert_int_equal(count_of("\"code\":\"type_code_unknown\""), 2);
}

static void a_group_that_is_no_update_waits_for_a_person(void **state)
{
    static char bytes[] =
        FILE_HEAD "02,R,1,?,260301,,KES,2/\n03,1,,015,5/\n49,5,2/\n98,5,1,4/\n99,5,1,6/\n";

    (void)state;
    for (const char *status = "234"; *status != '\0'; status++) {
        *strpbrk(bytes, "?234") = *status;
        read_all(bytes);
        has("\"code\":\"statement_replaced\",\"severity\":\"error\"");
    }
}

static void dates_are_read_adjusted_or_absent(void **state)
{
    (void)state;
    read_all("01,S,R,260302,2400,7,80,1,3/\n02,R,1,1,260230,,KES,2/\n03,1,,010,0,,,015,20,,/\n"
             "16,195,10,V,261301,,,,/\n16,195,10,V,,,,,/\n" TAILS("40", "4", "6", "8"));
    has("\"created\":\"2026-03-02\"");
    has("\"code\":\"version_unknown\"");
    has("\"text\":\"as-of date 2026-02-30 read as 2026-02-28\"");
    has("\"code\":\"date_impossible\",\"severity\":\"error\",\"position\":{\"entry\":1");
    assert_int_equal(count_of("\"value_date\":null"), 2);
}

static void text_that_is_no_amount_is_the_statements(void **state)
{
    (void)state;
    read_all(HEAD "03,1,,010,0,,,015,0,,/\n16,890,,,,,rates change on Monday/\n" TAILS("0", "3",
                                                                                       "5", "7"));
    has("\"information\":\"rates change on Monday\"");
    has("\"entries\":[],\"findings\":[]");
}

static void two_files_in_one(void **state)
{
    (void)state;
    read_all(HEAD "03,1,,015,5/\n49,5,2/\n98,5,1,4/\n99,5,1,6/\n" FILE_HEAD GROUP_HEAD
                  "03,2,,015,5/\n49,5,2/\n98,5,1,4/\n99,5,1,6/\n");
    assert_int_equal(count_of("\n"), 2);
    assert_int_equal(count_of("\"code\":\"opening_computed\""), 2);
    assert_int_equal(count_of("control_total"), 0);
    read_all(HEAD "03,1,,015,5/\n49,5,2/\n98,5,1,4/\n" FILE_HEAD);
    assert_string_equal(answer, "refused cut_short");
}

/* Only whole: up to the last digit of the file's trailer, its slash and line end may be missing. */
static void cut_anywhere_it_is_refused(void **state)
{
    static const char bytes[] = HEAD
        "03,0123456789,,010,100000,,,015,95000,,/\n16,195,2500,V,260304,1200,BANK1,CUST1,a/b/\n"
        "88,more/\n16,475,7500,,,CHQ 12/\n" TAILS("+205000", "5", "7", "9");

    (void)state;
    for (size_t size = 0; size < sizeof bytes - 3; size++) {
        read_cut((struct text){bytes, size}, &statement_limits_default, "default", 0, SIZE_MAX);
        if (strncmp(answer, "refused ", 8) != 0)
            print_message("read when cut at %zu\n", size);
        assert_memory_equal(answer, "refused ", 8);
    }
    for (size_t size = sizeof bytes - 3; size < sizeof bytes; size++) {
        read_cut((struct text){bytes, size}, &statement_limits_default, "default", 0, SIZE_MAX);
        has("\"findings\":[]");
    }
}

static void pieces_make_no_difference(void **state)
{
    (void)state;
    same_at_every_cut(HEAD "03,1,UGX,010/\n88,-500,,,190/\n88,70,4,0,015,-480,,/\n"
                           "16,195,10,,,,ONE  PPD/ 16,195,10,V,260304,,A,B/\r\n88,text/\r\n88,x\n"
                           "49,-890,8/\n98,-890,1,10/\n99,-890,1,12/\n");
}

static void limits_refuse_the_file(void **state)
{
    struct statement_limits limits = statement_limits_default;
    static char bytes[4000];
    size_t size =
        (size_t)snprintf(bytes, sizeof bytes, "%s", HEAD "03,1,,010,0/\n16,195,1,,,,a/\n");

    (void)state;
    limits.tag_size_max = 1000;
    while (size < 3000)
        size += (size_t)snprintf(bytes + size, sizeof bytes - size, "88,0123456789012345678/\n");
    read_cut((struct text){bytes, size}, &limits, "default", 0, SIZE_MAX);
    assert_string_equal(answer, "refused limit_exceeded");
    limits = statement_limits_default;
    limits.line_size_max = 30;
    read_cut((struct text){bytes, size}, &limits, "default", 0, SIZE_MAX);
    assert_string_equal(answer, "refused limit_exceeded");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_small_file_whole),
        cmocka_unit_test(rule_55_comma_and_slash_end_with_an_empty_field),
        cmocka_unit_test(rule_56_text_goes_on_as_often_as_it_likes),
        cmocka_unit_test(rule_56_text_and_references_hold_slashes),
        cmocka_unit_test(rule_57_records_share_a_line),
        cmocka_unit_test(rule_57_records_without_text_share_a_line),
        cmocka_unit_test(rule_57_a_line_without_code_is_text),
        cmocka_unit_test(rule_58_type_codes_are_cut_anywhere),
        cmocka_unit_test(rule_58_funds_have_fields_of_their_own),
        cmocka_unit_test(rule_58_currency_of_account_group_or_dollar),
        cmocka_unit_test(rule_59_wrong_totals_and_counts),
        cmocka_unit_test(rule_59_what_stands_where_it_may_not),
        cmocka_unit_test(rule_59_direction_comes_from_the_type_code),
        cmocka_unit_test(a_group_that_is_no_update_waits_for_a_person),
        cmocka_unit_test(dates_are_read_adjusted_or_absent),
        cmocka_unit_test(text_that_is_no_amount_is_the_statements),
        cmocka_unit_test(two_files_in_one),
        cmocka_unit_test(cut_anywhere_it_is_refused),
        cmocka_unit_test(pieces_make_no_difference),
        cmocka_unit_test(limits_refuse_the_file),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
