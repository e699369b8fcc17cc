/*
 * test_payment_xml.c - the bytes of payment files, and what banks answer.
 *
 * Whether files are valid by their schemas, tests/scenarios/relay asks another validator than ours.
 */
#include "codec/iso20022/payment_reply.h"
#include "codec/iso20022/payment_xml.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static const struct bank_profile profile = {
    .message = MESSAGE_PACS_009_08,
    .own_name = {"We", 2},
    .own_bic = {"EXAMKENX", 8},
    .settlement_method = {"INDA", 4},
    .uetr = true,
};

static struct payment_order order(unsigned char last, int64_t minor)
{
    struct payment_order one = {
        .end_to_end_id = TEXT("0123456789abcdef0123456789abcdef"),
        .amount_minor = minor,
        .creditor_code = TEXT("EXAMNG01"),
        .creditor_name = TEXT("Bank & <Sons>"),
        .creditor_account = TEXT("0000000107"),
        .remittance = TEXT("KES-NGN 2026-03-01 window 1"),
    };

    one.instruction_id.bytes[15] = last;
    return one;
}

/* The document of these orders, terminated; the caller frees it. */
static char *document_of(const struct bank_profile *of, const struct payment_order *orders,
                         size_t count, const char *code)
{
    struct payment_file file = {
        .profile = of,
        .settlement_date = date_of(2026, 3, 1),
        .created_us = INT64_C(1772359200123456), /* 2026-03-01T10:00:00.123456Z */
        .servicer_bic = TEXT("EXAMUS33"),
        .own_account = TEXT("0000000101"),
        .orders = orders,
        .order_count = count,
    };
    struct buffer out;

    assert_true(currency_parse(text_of(code), &file.currency));
    assert_true(payment_file_sum(&file));
    buffer_init(&out, 1024 * 1024);
    payment_xml_write(&file, &out);
    assert_false(buffer_failed(&out));
    buffer_byte(&out, '\0');
    return out.data;
}

static size_t count_of(const char *text, const char *part)
{
    size_t count = 0;

    for (const char *at = strstr(text, part); at != NULL; at = strstr(at + 1, part))
        count++;
    return count;
}

static void assert_holds(const char *text, const char *part, size_t times)
{
    if (count_of(text, part) != times)
        fail_msg("%zu times, expected %zu: %s in\n%s", count_of(text, part), times, part, text);
}

static void test_rule_67_count_and_sum_of_a_file(void **state)
{
    const struct payment_order orders[] = {order(1, 1), order(2, 123456)};
    char *text = document_of(&profile, orders, 2, "KES");

    (void)state;
    assert_holds(text, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n", 1);
    assert_holds(text, "<NbOfTxs>2</NbOfTxs>", 1);
    assert_holds(text, "<CtrlSum>1234.57</CtrlSum>", 1);
    assert_holds(text, "<TtlIntrBkSttlmAmt Ccy=\"KES\">1234.57</TtlIntrBkSttlmAmt>", 1);
    assert_holds(text, "<IntrBkSttlmAmt Ccy=\"KES\">0.01</IntrBkSttlmAmt>", 1);
    assert_holds(text, "<CdtTrfTxInf>", 2);
    assert_holds(text, "</CdtTrfTxInf>", 2);
    assert_holds(text, "<CreDtTm>2026-03-01T10:00:00Z</CreDtTm>", 1);
    free(text);
}

static void test_rule_67_decimals_are_the_currency_s(void **state)
{
    const struct payment_order one = order(1, 1234);
    char *none = document_of(&profile, &one, 1, "XOF");
    char *three = document_of(&profile, &one, 1, "TND");

    (void)state;
    assert_holds(none, "Ccy=\"XOF\">1234<", 2);
    assert_holds(three, "Ccy=\"TND\">1.234<", 2);
    free(none);
    free(three);
}

static void test_rule_67_every_group_of_pain_has_its_sums(void **state)
{
    const struct payment_order orders[] = {order(1, 1), order(2, 2)};
    struct bank_profile pain = profile;
    char *text;

    (void)state;
    pain.message = MESSAGE_PAIN_001_03;
    text = document_of(&pain, orders, 2, "KES");
    assert_holds(text, "<NbOfTxs>2</NbOfTxs>", 2);
    assert_holds(text, "<CtrlSum>0.03</CtrlSum>", 2);
    assert_holds(text, "<PmtInf>", 1);
    assert_holds(text, "</PmtInf>", 1);
    assert_holds(text, "<CdtTrfTxInf>", 2);
    free(text);
}

static void test_rule_68_optional_elements_are_the_profile_s(void **state)
{
    struct payment_order one = order(1, 1);
    struct bank_profile without = profile;
    char *text = document_of(&profile, &one, 1, "KES");

    (void)state;
    assert_holds(text, "<UETR>", 1);
    assert_holds(text, "urn:iso:std:iso:20022:tech:xsd:pacs.009.001.08", 1);
    assert_holds(text, "<Nm>Bank + .Sons.</Nm>", 1); /* 66 */
    assert_holds(text, "<Id>EXAMNG01</Id>", 1);      /* it has no BIC */
    free(text);
    without.uetr = false;
    one.creditor_bic = TEXT("EXAMNGLA");
    text = document_of(&without, &one, 1, "KES");
    assert_holds(text, "<UETR>", 0);
    assert_holds(text, "<BICFI>EXAMNGLA</BICFI>", 1);
    assert_holds(text, "<Id>EXAMNG01</Id>", 0);
    free(text);
}

static void test_the_same_file_gives_the_same_bytes(void **state)
{
    const struct payment_order one = order(1, 1);
    char *first = document_of(&profile, &one, 1, "KES");
    char *second = document_of(&profile, &one, 1, "KES");

    (void)state;
    assert_string_equal(first, second);
    free(first);
    free(second);
}

/* ---- answers ---- */

static struct arena arena;
static struct error error;

static enum status reply_read(const char *text, struct payment_reply *reply)
{
    arena_reset(&arena);
    return payment_reply_read(text_of(text), &arena, &error, reply);
}

static struct bank_profile customers_profile(void)
{
    struct bank_profile one = profile;

    one.message = MESSAGE_PACS_008_08;
    one.charge_bearer = TEXT("SHAR");
    return one;
}

static const struct customer customer = {
    .debtor = {{"Wanjiku & N\xc7\x8e", 13}, {"KE00 12", 7}, {"KE", 2}, {"Nairobi", 7}},
    .creditor = {{"Chukwu", 6}, {"GB33BUKB20201555555555", 22}, {"NG", 2}, {"", 0}},
    .purpose = {"SALA", 4},
};

static struct payment_order customers_order(unsigned char last)
{
    struct payment_order one = order(last, 1234);

    one.customer = &customer;
    one.debtor_code = TEXT("EXAMKE02");
    one.debtor_name = TEXT("Mobile Money");
    one.debtor_bic = TEXT("");
    one.creditor_bic = TEXT("EXAMNGA1");
    one.remittance = TEXT("E2E-7");
    return one;
}

static void test_a_customer_s_payment_names_both_ends(void **state)
{
    struct bank_profile of = customers_profile();
    struct payment_order orders[] = {customers_order(1), customers_order(2)};
    char *text = document_of(&of, orders, 2, "KES");

    (void)state;
    assert_holds(text, "pacs.008.001.08\">\n\t<FIToFICstmrCdtTrf>", 1);
    assert_holds(text, "<NbOfTxs>2</NbOfTxs>", 1);
    assert_holds(text, "<CtrlSum>24.68</CtrlSum>", 1);
    assert_holds(text, "<ChrgBr>SHAR</ChrgBr>", 2);
    assert_holds(text, "<Nm>Wanjiku + Na</Nm>", 2); /* folded, never an entity */
    assert_holds(text, "<TwnNm>Nairobi</TwnNm>", 2);
    assert_holds(text, "<Ctry>KE</Ctry>", 2);
    assert_holds(text, "<Ctry>NG</Ctry>", 0); /* a country without its town is no address */
    assert_holds(text, "<Id>KE00 12</Id>", 2);
    assert_holds(text, "<IBAN>GB33BUKB20201555555555</IBAN>", 2);
    assert_holds(text, "<Id>EXAMKE02</Id>", 2); /* an agent without a BIC, by its code */
    assert_holds(text, "<Cd>SALA</Cd>", 2);
    assert_holds(text, "<Ustrd>E2E-7</Ustrd>", 2);
    assert_holds(text, "<SttlmAcct>", 1);
    free(text);
}

static void test_a_uetr_goes_on_unless_it_is_none(void **state)
{
    struct bank_profile of = customers_profile();
    struct payment_order one = customers_order(1);
    char *text;

    (void)state;
    one.has_uetr = true;
    assert_true(uuid_parse(TEXT("11111111-1111-4111-8111-111111111111"), &one.uetr));
    text = document_of(&of, &one, 1, "KES");
    assert_holds(text, "<UETR>11111111-1111-4111-8111-111111111111</UETR>", 1);
    free(text);
    assert_true(uuid_parse(TEXT("11111111-1111-7111-8111-111111111111"), &one.uetr));
    text = document_of(&of, &one, 1, "KES");
    assert_holds(text, "11111111-1111-7111", 0); /* no schema takes it: ours instead */
    assert_holds(text, "<UETR>", 1);
    free(text);
}

static void test_what_a_schema_refuses_names_nobody(void **state)
{
    const char *folder = getenv("SAWA_SAMPLES") == NULL ? "../shared/data" : getenv("SAWA_SAMPLES");
    char schemas[512];
    enum status status;

    (void)state;
    snprintf(schemas, sizeof schemas, "%s/xsd", folder);
    if (access(schemas, R_OK) != 0)
        skip(); /* the schemas lie with the samples; where they are absent .ci/run fails */
    status =
        payment_xml_check(TEXT(
                              "<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:pacs.008.001.08\">"
                              "<FIToFICstmrCdtTrf><GrpHdr><MsgId></MsgId><CreDtTm>Wanjiku</CreDtTm>"
                              "</GrpHdr></FIToFICstmrCdtTrf></Document>"),
                          MESSAGE_PACS_008_08, schemas, &error);
    assert_int_equal(status, REJECT);
    assert_non_null(strstr(error.detail, "MsgId"));
    assert_null(strstr(error.detail, "facet"));
    status = payment_xml_check(
        TEXT("<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:pacs.008.001.08\">"
             "<FIToFICstmrCdtTrf><GrpHdr><MsgId>1</MsgId><CreDtTm>Wanjiku</CreDtTm>"
             "</GrpHdr></FIToFICstmrCdtTrf></Document>"),
        MESSAGE_PACS_008_08, schemas, &error);
    assert_int_equal(status, REJECT);
    assert_null(strstr(error.detail, "Wanjiku"));
}

static void test_lines_of_a_pain_002(void **state)
{
    struct payment_reply reply;

    (void)state;
    assert_int_equal(
        reply_read("<a:Document xmlns:a='urn:x'><a:CstmrPmtStsRpt><a:GrpHdr><a:MsgId>R1</a:MsgId>"
                   "</a:GrpHdr><a:OrgnlGrpInfAndSts><a:OrgnlMsgId>M1</a:OrgnlMsgId>"
                   "<a:GrpSts>PART</a:GrpSts></a:OrgnlGrpInfAndSts><a:OrgnlPmtInfAndSts>"
                   "<a:OrgnlPmtInfId>M1</a:OrgnlPmtInfId><a:PmtInfSts>ACSP</a:PmtInfSts>"
                   "<a:TxInfAndSts><a:OrgnlEndToEndId> E1 </a:OrgnlEndToEndId>"
                   "<a:TxSts>RJCT</a:TxSts><a:StsRsnInf><a:Rsn><a:Prtry>X9</a:Prtry></a:Rsn>"
                   "<a:AddtlInf>no such account</a:AddtlInf></a:StsRsnInf></a:TxInfAndSts>"
                   "</a:OrgnlPmtInfAndSts></a:CstmrPmtStsRpt></a:Document>",
                   &reply),
        OK);
    assert_true(text_is(reply.message, "pain.002"));
    assert_true(text_is(reply.message_id, "R1"));
    assert_int_equal(reply.line_count, 3);
    assert_int_equal(reply.lines[0].level, REPLY_GROUP);
    assert_int_equal(reply.lines[1].level, REPLY_PAYMENT_INFORMATION);
    assert_int_equal(reply.lines[2].level, REPLY_TRANSACTION);
    assert_true(text_is(reply.lines[2].original_message_id, "M1"));
    assert_true(text_is(reply.lines[2].original_end_to_end_id, "E1"));
    assert_true(text_is(reply.lines[2].status, "RJCT"));
    assert_true(text_is(reply.lines[2].reason, "X9"));
    assert_true(text_is(reply.lines[2].information, "no such account"));
}

#define RETURN_TEXT                                                                                \
    "<a:Document xmlns:a='urn:x'><a:PmtRtr><a:GrpHdr><a:MsgId>R1</a:MsgId><a:IntrBkSttlmDt>"       \
    "2026-03-02</a:IntrBkSttlmDt></a:GrpHdr><a:OrgnlGrpInf><a:OrgnlMsgId>M1</a:OrgnlMsgId>"        \
    "</a:OrgnlGrpInf><a:TxInf><a:RtrId>B7</a:RtrId><a:OrgnlInstrId>I1</a:OrgnlInstrId>"            \
    "<a:OrgnlEndToEndId>E1</a:OrgnlEndToEndId><a:OrgnlTxId>T1</a:OrgnlTxId>"                       \
    "<a:OrgnlIntrBkSttlmAmt Ccy='KES'>5.00</a:OrgnlIntrBkSttlmAmt>"                                \
    "<a:RtrdIntrBkSttlmAmt Ccy='KES'>4.80</a:RtrdIntrBkSttlmAmt><a:RtrRsnInf><a:Rsn>"              \
    "<a:Cd>AC04</a:Cd></a:Rsn><a:AddtlInf>closed</a:AddtlInf></a:RtrRsnInf></a:TxInf><a:TxInf>"    \
    "<a:OrgnlGrpInf><a:OrgnlMsgId>M2</a:OrgnlMsgId></a:OrgnlGrpInf><a:OrgnlUETR>U2</a:OrgnlUETR>"  \
    "<a:RtrdIntrBkSttlmAmt Ccy='KES'>1.001</a:RtrdIntrBkSttlmAmt>"                                 \
    "<a:IntrBkSttlmDt>2026-03-03+03:00</a:IntrBkSttlmDt></a:TxInf></a:PmtRtr></a:Document>"

static void test_lines_of_a_pacs_004(void **state)
{
    struct payment_reply reply;
    const struct reply_line *line;

    (void)state;
    assert_int_equal(reply_read(RETURN_TEXT, &reply), OK);
    assert_true(text_is(reply.message, "pacs.004"));
    assert_true(text_is(reply.message_id, "R1"));
    assert_int_equal(reply.line_count, 2);
    line = &reply.lines[0];
    assert_int_equal(line->level, REPLY_TRANSACTION);
    assert_true(text_is(line->status, REPLY_RETURNED));
    assert_true(text_is(line->original_message_id, "M1"));
    assert_true(text_is(line->original_instruction_id, "I1"));
    assert_true(text_is(line->original_end_to_end_id, "E1"));
    assert_true(text_is(line->original_transaction_id, "T1"));
    assert_true(text_is(line->return_id, "B7"));
    assert_true(text_is(line->reason, "AC04"));
    assert_true(text_is(line->information, "closed"));
    assert_int_equal(line->returned_amount.minor, 480); /* what came back, not what was sent */
    assert_int_equal(line->returned_on, date_of(2026, 3, 2));
    line = &reply.lines[1];
    assert_true(text_is(line->original_message_id, "M2"));
    assert_true(text_is(line->original_uetr, "U2"));
    assert_int_equal(line->returned_amount.currency, CURRENCY_NONE); /* a third of a cent */
    assert_int_equal(line->returned_on, date_of(2026, 3, 3));
}

static void test_a_group_that_comes_back_says_of_no_payment_how_much(void **state)
{
    struct payment_reply reply;

    (void)state;
    assert_int_equal(reply_read("<PmtRtr><GrpHdr><GrpRtr>true</GrpRtr></GrpHdr><OrgnlGrpInf>"
                                "<OrgnlMsgId>M1</OrgnlMsgId></OrgnlGrpInf></PmtRtr>",
                                &reply),
                     OK);
    assert_int_equal(reply.line_count, 1);
    assert_int_equal(reply.lines[0].level, REPLY_GROUP);
    assert_true(text_is(reply.lines[0].status, REPLY_RETURNED));
    assert_true(text_is(reply.lines[0].original_message_id, "M1"));
    assert_int_equal(reply.lines[0].returned_amount.currency, CURRENCY_NONE);
    assert_int_equal(reply_read("<PmtRtr><GrpHdr><GrpRtr>false</GrpRtr></GrpHdr></PmtRtr>", &reply),
                     OK);
    assert_int_equal(reply.line_count, 0);
}

/* Cut behind each byte it is refused; with any byte turned over it is refused, or reads as lines
 * within their bounds. */
static void test_a_return_that_is_cut_or_damaged_anywhere(void **state)
{
    char text[] = RETURN_TEXT;
    struct payment_reply reply;

    (void)state;
    for (size_t size = 0; size < sizeof text - 1; size++) {
        arena_reset(&arena);
        assert_int_equal(payment_reply_read((struct text){text, size}, &arena, &error, &reply),
                         REJECT);
    }
    for (size_t i = 0; i < sizeof text - 1; i++) {
        text[i] ^= 0x15;
        arena_reset(&arena);
        if (payment_reply_read((struct text){text, sizeof text - 1}, &arena, &error, &reply) == OK)
            for (size_t j = 0; j < reply.line_count; j++) {
                assert_true(reply.lines[j].status.size > 0);
                assert_true(reply.lines[j].return_id.size <= 35);
                assert_true(reply.lines[j].returned_amount.minor >= 0);
            }
        text[i] ^= 0x15;
    }
}

static void test_what_is_no_answer_is_refused(void **state)
{
    static const char *const texts[] = {
        "",
        "MT103",
        "<a>",
        "<a></b>",
        "<Document><BkToCstmrStmt/></Document>",
        "<!DOCTYPE a><FIToFIPmtStsRpt/>",
        ("<a b='1' c='1' d='1' e='1' f='1' g='1' h='1' i='1' j='1' k='1' l='1' m='1' n='1' o='1'"
         " p='1' q='1' r='1'><FIToFIPmtStsRpt/></a>"),
        "<FIToFIPmtStsRpt>&b;</FIToFIPmtStsRpt>",
    };
    struct payment_reply reply;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(texts); i++)
        assert_int_equal(reply_read(texts[i], &reply), REJECT);
}

static int start(void **state)
{
    (void)state;
    arena_init(&arena, 64 * 1024, 64 * 1024 * 1024);
    return 0;
}

static int end(void **state)
{
    (void)state;
    arena_done(&arena);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rule_67_count_and_sum_of_a_file),
        cmocka_unit_test(test_rule_67_decimals_are_the_currency_s),
        cmocka_unit_test(test_rule_67_every_group_of_pain_has_its_sums),
        cmocka_unit_test(test_rule_68_optional_elements_are_the_profile_s),
        cmocka_unit_test(test_the_same_file_gives_the_same_bytes),
        cmocka_unit_test(test_a_customer_s_payment_names_both_ends),
        cmocka_unit_test(test_a_uetr_goes_on_unless_it_is_none),
        cmocka_unit_test(test_what_a_schema_refuses_names_nobody),
        cmocka_unit_test(test_lines_of_a_pain_002),
        cmocka_unit_test(test_lines_of_a_pacs_004),
        cmocka_unit_test(test_a_group_that_comes_back_says_of_no_payment_how_much),
        cmocka_unit_test(test_a_return_that_is_cut_or_damaged_anywhere),
        cmocka_unit_test(test_what_is_no_answer_is_refused),
    };

    return cmocka_run_group_tests(tests, start, end);
}
