/*
 * test_transaction_kind.c - codes of every scheme in one vocabulary, named after the rules of
 * formats.md they belong to.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "domain/transaction_kind.h"

static void means(struct statement_code code, enum transaction_kind kind, bool is_return)
{
    struct transaction_meaning meaning = transaction_meaning_of(&code);

    assert_string_equal(transaction_kind_name(meaning.kind), transaction_kind_name(kind));
    assert_int_equal(meaning.is_return, is_return);
}

static struct statement_code iso(const char *domain, const char *family, const char *subfamily)
{
    return (struct statement_code){.domain = text_of(domain),
                                   .family = text_of(family),
                                   .subfamily = text_of(subfamily)};
}

static struct statement_code swift(const char *type)
{
    return (struct statement_code){.swift_type = text_of(type)};
}

static struct statement_code bank(const char *issuer, const char *proprietary)
{
    return (struct statement_code){.issuer = text_of(issuer), .proprietary = text_of(proprietary)};
}

static void rule_49_iso_codes_from_the_exact_to_the_general(void **state)
{
    (void)state;
    means(iso("PMNT", "RCDT", "ESCT"), KIND_CREDIT_TRANSFER, false);
    means(iso("PMNT", "RCDT", "XXXX"), KIND_CREDIT_TRANSFER, false); /* its family says it */
    means(iso("PMNT", "RCDT", "CHRG"), KIND_CHARGE, false);
    means(iso("PMNT", "CCRD", "POSD"), KIND_CARD, false);
    means(iso("PMNT", "CCRD", "CWDL"), KIND_CASH, false);
    means(iso("PMNT", "IDDT", "UPDD"), KIND_DIRECT_DEBIT, true);
    means(iso("CAMT", "ACCB", "ZABA"), KIND_BALANCING, false);
    means(iso("FORX", "SPOT", "OTHR"), KIND_FOREIGN_EXCHANGE, false);
    means(iso("PMNT", "OTHR", "OTHR"), KIND_UNKNOWN, false);
    means(iso("ZZZZ", "RCDT", "ESCT"), KIND_UNKNOWN, false);
    means((struct statement_code){.domain = {NULL, 0}}, KIND_UNKNOWN, false);
    means(bank("", "544"), KIND_UNKNOWN, false); /* a number without its scheme is none of ours */
    means(bank("DK", "NMSC+166+9310"), KIND_CREDIT_TRANSFER, false);
    means(bank("ZKA", "NRTI+109"), KIND_DIRECT_DEBIT, true);
    means(bank("ZKA", "XXXX+000+0000+000"), KIND_UNKNOWN, false);
}

static void rule_53_returns_are_told_from_payments(void **state)
{
    struct statement_facts facts = {.return_code = TEXT("AC04")};
    struct statement_facts silent = {.code = iso("PMNT", "RCDT", "RRTN")};
    struct statement_facts none = {.code = iso("PMNT", "RCDT", "ESCT")};

    (void)state;
    assert_true(transaction_is_return(&facts));
    assert_true(transaction_is_return(&silent));
    assert_false(transaction_is_return(&none));
    none.return_text = TEXT("account closed");
    assert_true(transaction_is_return(&none));
    assert_int_equal(return_reason_of(TEXT("AC04")), RETURN_ACCOUNT_CLOSED);
    assert_int_equal(return_reason_of(TEXT("AM04")), RETURN_FUNDS_MISSING);
    assert_int_equal(return_reason_of(TEXT("MS03")), RETURN_NOT_GIVEN);
    assert_int_equal(return_reason_of(TEXT("ac04")), RETURN_UNKNOWN);
    assert_int_equal(return_reason_of(TEXT("")), RETURN_UNKNOWN);
}

static void rule_23_swift_types(void **state)
{
    (void)state;
    means(swift("NTRF"), KIND_CREDIT_TRANSFER, false);
    means(swift("FTRF"), KIND_CREDIT_TRANSFER, false);
    means(swift("S103"), KIND_CREDIT_TRANSFER, false);
    means(swift("NCHG"), KIND_CHARGE, false);
    means(swift("NRTI"), KIND_UNKNOWN, true);
    means(swift("NMSC"), KIND_UNKNOWN, false);
    means(swift("S051"), KIND_UNKNOWN, false);
    means(swift("MCI0"), KIND_UNKNOWN, false);
    means(swift("X"), KIND_UNKNOWN, false);
    means(swift("TTRF"), KIND_UNKNOWN, false);
}

static void rule_20_gvc_goes_before_the_swift_type(void **state)
{
    struct statement_code code = bank("GVC", "105");

    (void)state;
    code.swift_type = TEXT("NTRF");
    means(code, KIND_DIRECT_DEBIT, false);
    code.proprietary = TEXT("109");
    means(code, KIND_DIRECT_DEBIT, true);
    code.proprietary = TEXT("999");
    means(code, KIND_CREDIT_TRANSFER, false);
    code.swift_type = TEXT("NRTI");
    code.proprietary = TEXT("166");
    means(code, KIND_CREDIT_TRANSFER, true); /* one of them says so */
}

static void rule_59_bai2_type_codes(void **state)
{
    (void)state;
    means(bank("BAI2", "195"), KIND_CREDIT_TRANSFER, false);
    means(bank("BAI2", "475"), KIND_CHEQUE, false);
    means(bank("BAI2", "555"), KIND_CHEQUE, true);
    means(bank("BAI2", "698"), KIND_CHARGE, false);
    means(bank("BAI2", "399"), KIND_UNKNOWN, false);
    means(bank("BAI2", "950"), KIND_UNKNOWN, false);
}

static void ofx_types(void **state)
{
    (void)state;
    means(bank("OFX", "SRVCHG"), KIND_CHARGE, false);
    means(bank("OFX", "DIRECTDEBIT"), KIND_DIRECT_DEBIT, false);
    means(bank("OFX", "CREDIT"), KIND_UNKNOWN, false);
    means(bank("mpesa", "INT"), KIND_UNKNOWN, false); /* another scheme's word */
}

static void raw_codes_stay_as_they_came(void **state)
{
    struct statement_code code = iso("PMNT", "RCDT", "ESCT");
    struct buffer out;

    (void)state;
    buffer_init(&out, 4096);
    transaction_code_raw(&code, &out);
    buffer_byte(&out, '|');
    code = bank("GVC", "166");
    code.swift_type = TEXT("NTRF");
    transaction_code_raw(&code, &out);
    buffer_byte(&out, '|');
    code = swift("NMSC");
    transaction_code_raw(&code, &out);
    buffer_byte(&out, '\0');
    assert_string_equal(out.data, "PMNT/RCDT/ESCT|GVC 166 NTRF|NMSC");
    buffer_done(&out);
}

static void every_word_has_a_name(void **state)
{
    (void)state;
    for (int kind = 0; kind < KIND_COUNT; kind++)
        assert_non_null(transaction_kind_name((enum transaction_kind)kind));
    for (int reason = 0; reason < RETURN_COUNT; reason++)
        assert_non_null(return_reason_name((enum return_reason)reason));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rule_49_iso_codes_from_the_exact_to_the_general),
        cmocka_unit_test(rule_53_returns_are_told_from_payments),
        cmocka_unit_test(rule_23_swift_types),
        cmocka_unit_test(rule_20_gvc_goes_before_the_swift_type),
        cmocka_unit_test(rule_59_bai2_type_codes),
        cmocka_unit_test(ofx_types),
        cmocka_unit_test(raw_codes_stay_as_they_came),
        cmocka_unit_test(every_word_has_a_name),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
