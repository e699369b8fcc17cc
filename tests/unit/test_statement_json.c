/*
 * test_statement_json.c - the canonical JSON of a statement: keys, order, escapes.
 */
#include "statement_fixture.h"

static const char small[] = ":20:ST0301\n:25:EXAMKENA/0011223344\n:28C:61/1\n"
                            ":60F:C260228KES1250000,00\n"
                            ":61:2602300301D350000,NTRFSW0007//FT2606A1\n:86:window \"17\"\\\n"
                            ":62F:C260301KES900000,00\n";

/* The whole object, byte for byte: readers rely on the order of the keys. */
static const char expected[] =
    "{\"format\":\"mt940\",\"version\":null,\"message_id\":\"ST0301\",\"statement_id\":\"61/1\","
    "\"sequence_number\":\"61\",\"page\":1,\"last_page\":null,\"account\":{\"id\":\"0011223344\","
    "\"scheme\":null,\"currency\":\"KES\",\"name\":null,\"servicer_bic\":\"EXAMKENA\","
    "\"owner_bic\":null},\"created\":null,\"period\":{\"from\":\"2026-02-28\","
    "\"to\":\"2026-03-01\"},\"opening_balance\":{\"type\":\"OPBD\",\"subtype\":null,"
    "\"amount\":\"1250000.00\",\"currency\":\"KES\",\"date\":\"2026-02-28\"},"
    "\"closing_balance\":{\"type\":\"CLBD\",\"subtype\":null,\"amount\":\"900000.00\","
    "\"currency\":\"KES\",\"date\":\"2026-03-01\"},\"available_balances\":[],"
    "\"other_balances\":[],\"totals\":null,\"information\":null,\"entries\":[{\"position\":1,"
    "\"value_date\":\"2026-02-28\",\"booking_date\":\"2026-03-01\",\"booking_time\":null,"
    "\"amount\":\"-350000.00\",\"currency\":\"KES\",\"status\":\"BOOK\",\"reversal\":false,"
    "\"transaction_code\":{\"domain\":null,\"family\":null,\"subfamily\":null,"
    "\"proprietary\":null,\"issuer\":null,\"swift_type\":\"NTRF\"},\"references\":{"
    "\"servicer_reference\":\"FT2606A1\",\"customer_reference\":\"SW0007\","
    "\"entry_reference\":null,\"message_id\":null,\"payment_information_id\":null,"
    "\"instruction_id\":null,\"end_to_end_id\":null,\"transaction_id\":null,\"uetr\":null,"
    "\"mandate_id\":null,\"clearing_reference\":null},\"counterparty\":{\"name\":null,"
    "\"account\":null,\"agent\":null},\"remittance\":{\"unstructured\":[\"window \\\"17\\\"\\\\\"],"
    "\"structured\":[]},\"charges\":[],\"original\":null,\"return_reason\":null,"
    "\"information\":null,\"details\":[],\"raw\":\":61:2602300301D350000,NTRFSW0007//FT2606A1\\n"
    ":86:window \\\"17\\\"\\\\\"}],\"findings\":[{\"code\":\"date_adjusted\","
    "\"severity\":\"warning\",\"position\":{\"entry\":1,\"line\":5},"
    "\"text\":\"value date 2026-02-30 read as 2026-02-28\"}]}\n";

static void keys_stand_in_their_order(void **state)
{
    (void)state;
    assert_string_equal(read_all(small), expected);
}

static void same_bytes_give_same_bytes(void **state)
{
    static char first[ANSWER_SIZE];

    (void)state;
    memcpy(first, read_all(small), sizeof first);
    assert_string_equal(read_all(small), first);
}

static void rule_60_zero_is_a_value(void **state)
{
    (void)state;
    read_all(":20:R\n:25:1\n:60F:D260301KES0,\n:62F:D260301KES0,\n");
    assert_int_equal(count_of("\"amount\":\"0.00\""), 2);
    has_not("\"-0");
}

static void indented_json_differs_in_blanks_only(void **state)
{
    struct json_indent indent = {0};
    struct buffer out;
    size_t at = 0;
    bool in_string = false;

    (void)state;
    buffer_init(&out, ANSWER_SIZE);
    for (size_t i = 0; i < sizeof expected - 2; i++)
        statement_json_indent(&indent, (struct text){expected + i, 1}, &out);
    for (size_t i = 0; i < out.size; i++) {
        if (!in_string && (out.data[i] == ' ' || out.data[i] == '\n'))
            continue;
        assert_int_equal(out.data[i], expected[at++]);
        if (in_string && out.data[i] == '\\')
            assert_int_equal(out.data[++i], expected[at++]);
        else if (out.data[i] == '"')
            in_string = !in_string;
    }
    assert_int_equal(at, sizeof expected - 2);
    assert_non_null(memmem(out.data, out.size, "\n  \"format\": \"mt940\",\n", 22));
    buffer_done(&out);
}

static void finding_names_and_severities(void **state)
{
    (void)state;
    for (enum finding_code code = FINDING_NONE + 1; code < FINDING_COUNT; code++) {
        assert_true(strlen(finding_name(code)) > 4);
        assert_true(!finding_is_refusal(code) || finding_severity(code) == SEVERITY_ERROR);
    }
    assert_string_equal(finding_name(FINDING_TAG_UNKNOWN), "tag_unknown");
    assert_int_equal(finding_severity(FINDING_TAG_UNKNOWN), SEVERITY_INFO);
    assert_int_equal(finding_severity(FINDING_CLOSING_MISSING), SEVERITY_ERROR);
    assert_int_equal(finding_severity(FINDING_BALANCE_MISMATCH), SEVERITY_WARNING);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_stand_in_their_order),
        cmocka_unit_test(same_bytes_give_same_bytes),
        cmocka_unit_test(rule_60_zero_is_a_value),
        cmocka_unit_test(indented_json_differs_in_blanks_only),
        cmocka_unit_test(finding_names_and_severities),
    };

    return cmocka_run_group_tests_name("statement_json", tests, NULL, NULL);
}
