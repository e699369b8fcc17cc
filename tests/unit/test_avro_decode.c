/*
 * test_avro_decode.c - payments and FX events against avro-c: what it writes we read, field by
 * field; what is cut or flipped is a value or a reason, never a guess; each reason has its case.
 *
 * Scenario: 200,000 random payments, good ones only, are written by avro-c from a known truth and
 * read back by us. Then 100 of them are cut at every byte and flipped at every bit.
 */
#include "base/crypto.h"
#include "codec/avro/fx_decode.h"
#include "codec/avro/payment_decode.h"

#include "avro_oracle.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

enum { RECORD_COUNT = 200000, DAMAGED_COUNT = 100 };
enum {
    PAYMENT_SCHEMA = 1,
    FX_SCHEMA = 2,
    BROKEN_SCHEMA = 3,
    AWAY_SCHEMA = 4,
    NAMED_SCHEMA = 5,
    REFUND_SCHEMA = 6
};

#define AT_US INT64_C(1772323200000000) /* 2026-03-01 */

static enum status fetch(void *user, uint32_t schema_id, struct buffer *ret_text,
                         struct error *error)
{
    static char text[64 * 1024];
    int *fetches = user;

    (*fetches)++;
    switch (schema_id) {
    case PAYMENT_SCHEMA:
        buffer_append(ret_text, text,
                      oracle_file("schemas/avro/payment_event.avsc", text, sizeof text));
        return OK;
    case NAMED_SCHEMA:
        buffer_append(ret_text, text,
                      oracle_file("schemas/avro/payment_event_2.avsc", text, sizeof text));
        return OK;
    case REFUND_SCHEMA:
        buffer_append(ret_text, text,
                      oracle_file("schemas/avro/payment_event_3.avsc", text, sizeof text));
        return OK;
    case FX_SCHEMA:
        buffer_append(ret_text, text, oracle_file("schemas/avro/fx_event.avsc", text, sizeof text));
        return OK;
    case BROKEN_SCHEMA: buffer_string(ret_text, "{\"type\": \"record\"}"); return OK;
    case AWAY_SCHEMA: return error_set(error, RETRY, "away");
    default: return error_set(error, REJECT, "no such schema");
    }
}

static int fetch_count;
static const struct schema_source source = {fetch, &fetch_count};

/* What a payment is before it is encoded; amounts in units of 10^-5, the rate of 10^-10. */
struct truth {
    char event_id[141], uetr[37], lock_id[37];
    char corridor[36], debtor_agent[36], creditor_agent[36];
    char transaction_id[141], end_to_end_id[141];
    int kind, channel;
    int64_t instructed, settlement, fee, rate, acceptance_time;
    const char *instructed_currency, *settlement_currency, *fee_currency;
    bool has_uetr, has_lock, has_fee, has_rate;
    size_t padding;
};

static void random_uuid(uint64_t *random, char text[37])
{
    struct uuid uuid;

    for (size_t i = 0; i < sizeof uuid.bytes; i++)
        uuid.bytes[i] = (unsigned char)oracle_below(random, 256);
    uuid_format(&uuid, text);
}

#define SET(field, value) ((void)text_copy(text_of(value), (field), sizeof(field)))

/* 1 to 35 characters; sometimes not all of them ASCII. */
static void random_text(uint64_t *random, char *text)
{
    static const char *const characters[] = {"a", "Z", "0", "-", " ", "~", "/",
                                             "e", "é", "ß", "€", "ọ", "𐍈", "_"};
    size_t ascii_only = oracle_below(random, 4) != 0 ? 8 : COUNT_OF(characters);

    text[0] = '\0';
    for (uint64_t left = 1 + oracle_below(random, 35); left > 0; left--) {
        const char *character = characters[oracle_below(random, ascii_only)];

        memcpy(text, character, strlen(character) + 1); /* room for 35 of 4 bytes */
        text += strlen(character);
    }
}

/* More than zero and exact in a currency of so many decimals. */
static int64_t random_amount(uint64_t *random, int decimals)
{
    static const int64_t units[] = {100000, 10000, 1000, 100};
    int64_t top = INT64_C(999999999999999999) / units[decimals];

    if (oracle_below(random, 8) != 0)
        top = 100000000;
    return (1 + (int64_t)oracle_below(random, (uint64_t)top)) * units[decimals];
}

static const struct {
    const char *code;
    int decimals;
} currencies[] = {{"KES", 2}, {"NGN", 2}, {"UGX", 0}, {"XOF", 0}, {"TND", 3}, {"EUR", 2}};

static size_t random_currency(uint64_t *random)
{
    return oracle_below(random, COUNT_OF(currencies));
}

static struct truth random_truth(uint64_t *random)
{
    struct truth truth = {0};
    size_t instructed = random_currency(random);
    size_t settlement = random_currency(random);
    size_t fee = random_currency(random);

    if (oracle_below(random, 4) != 0)
        random_uuid(random, truth.event_id);
    else
        random_text(random, truth.event_id);
    random_uuid(random, truth.uetr);
    random_uuid(random, truth.lock_id);
    SET(truth.corridor, oracle_below(random, 2) != 0 ? "KES-NGN" : "ZAR-ZMW");
    snprintf(truth.debtor_agent, sizeof truth.debtor_agent, "KE%03d",
             (int)oracle_below(random, 200));
    snprintf(truth.creditor_agent, sizeof truth.creditor_agent, "NG%03d",
             (int)oracle_below(random, 200));
    random_text(random, truth.transaction_id);
    random_text(random, truth.end_to_end_id);
    truth.kind = (int)oracle_below(random, 3);
    truth.channel = (int)oracle_below(random, 5);
    truth.instructed_currency = currencies[instructed].code;
    truth.instructed = random_amount(random, currencies[instructed].decimals);
    truth.settlement_currency = currencies[settlement].code;
    truth.settlement = random_amount(random, currencies[settlement].decimals);
    truth.fee_currency = currencies[fee].code;
    truth.fee = oracle_below(random, 4) == 0 ? 0 : random_amount(random, currencies[fee].decimals);
    truth.rate = 1 + (int64_t)oracle_below(random, INT64_MAX);
    truth.acceptance_time =
        INT64_C(946684800000000) + (int64_t)oracle_below(random, UINT64_C(3155760000000000));
    truth.has_uetr = oracle_below(random, 2) != 0;
    truth.has_lock = oracle_below(random, 2) != 0;
    truth.has_fee = oracle_below(random, 2) != 0;
    truth.has_rate = oracle_below(random, 2) != 0;
    truth.padding = oracle_below(random, 8) == 0 ? oracle_below(random, 6) : 0;
    return truth;
}

static void set_text(struct oracle *oracle, const char *name, const char *text)
{
    oracle_set_text(oracle_field(oracle, name), text_of(text));
}

static void set_optional_text(struct oracle *oracle, const char *name, bool has, const char *text)
{
    avro_value_t branch = oracle_branch(oracle, name, has);

    if (has)
        oracle_set_text(branch, text_of(text));
}

static void set_symbol(struct oracle *oracle, const char *name, int symbol)
{
    avro_value_t field = oracle_field(oracle, name);

    assert_int_equal(avro_value_set_enum(&field, symbol), 0);
}

static void set_long(struct oracle *oracle, const char *name, int64_t value)
{
    avro_value_t field = oracle_field(oracle, name);

    assert_int_equal(avro_value_set_long(&field, value), 0);
}

/* Of the schema that is open in the oracle. */
static struct text encode_by(struct oracle *oracle, uint32_t schema_id, const struct truth *truth,
                             char *bytes)
{
    avro_value_t branch;

    set_text(oracle, "event_id", truth->event_id);
    set_symbol(oracle, "kind", truth->kind);
    set_text(oracle, "corridor", truth->corridor);
    set_text(oracle, "debtor_agent", truth->debtor_agent);
    set_text(oracle, "creditor_agent", truth->creditor_agent);
    set_text(oracle, "transaction_id", truth->transaction_id);
    set_text(oracle, "end_to_end_id", truth->end_to_end_id);
    set_optional_text(oracle, "uetr", truth->has_uetr, truth->uetr);
    set_symbol(oracle, "channel", truth->channel);
    oracle_set_decimal(oracle_field(oracle, "instructed_amount"), truth->instructed,
                       truth->padding);
    set_text(oracle, "instructed_currency", truth->instructed_currency);
    oracle_set_decimal(oracle_field(oracle, "settlement_amount"), truth->settlement,
                       truth->padding);
    set_text(oracle, "settlement_currency", truth->settlement_currency);
    branch = oracle_branch(oracle, "rate", truth->has_rate);
    if (truth->has_rate)
        oracle_set_decimal(branch, truth->rate, truth->padding);
    set_optional_text(oracle, "lock_id", truth->has_lock, truth->lock_id);
    branch = oracle_branch(oracle, "fee_amount", truth->has_fee);
    if (truth->has_fee)
        oracle_set_decimal(branch, truth->fee, truth->padding);
    set_optional_text(oracle, "fee_currency", truth->has_fee, truth->fee_currency);
    set_long(oracle, "acceptance_time", truth->acceptance_time);
    set_optional_text(oracle, "debtor_account", truth->has_fee, "KE00 1234");
    set_optional_text(oracle, "creditor_account", truth->has_lock, "NG00 5678");
    return oracle_encode(oracle, schema_id, bytes);
}

static struct text encode(struct oracle *oracle, const struct truth *truth,
                          char bytes[ORACLE_RECORD_MAX])
{
    return encode_by(oracle, PAYMENT_SCHEMA, truth, bytes);
}

static int decimals_of(const char *code)
{
    for (size_t i = 0; i < COUNT_OF(currencies); i++)
        if (strcmp(code, currencies[i].code) == 0)
            return currencies[i].decimals;
    assert(false);
    return 0;
}

static void assert_amount(struct amount amount, int64_t units, const char *code)
{
    static const int64_t divisors[] = {100000, 10000, 1000, 100};
    char got[CURRENCY_CODE_SIZE];

    currency_code(amount.currency, got);
    assert_string_equal(got, code);
    assert_int_equal(amount.minor, units / divisors[decimals_of(code)]);
}

static void assert_uuid(const struct uuid *uuid, const char *text)
{
    char got[UUID_TEXT_SIZE];

    uuid_format(uuid, got);
    assert_string_equal(got, text);
}

static void assert_event_id(const struct payment *payment, const char *text)
{
    struct uuid expected;
    bool is_text = !uuid_parse(text_of(text), &expected);

    if (is_text)
        expected = uuid_of_name(text_of(text));
    assert_int_equal(payment->event_id_is_text, is_text);
    assert_int_equal(uuid_compare(&payment->event_id, &expected), 0);
}

static void assert_payment(const struct payment *payment, const struct truth *truth)
{
    bool has_fee = truth->has_fee && truth->fee > 0;

    assert_event_id(payment, truth->event_id);
    assert_int_equal(payment->kind, truth->kind + 1);
    assert_int_equal(payment->channel, truth->channel + 1);
    assert_true(text_is(payment->corridor, truth->corridor));
    assert_true(text_is(payment->debtor_agent, truth->debtor_agent));
    assert_true(text_is(payment->creditor_agent, truth->creditor_agent));
    assert_true(text_is(payment->transaction_id, truth->transaction_id));
    assert_true(text_is(payment->end_to_end_id, truth->end_to_end_id));
    assert_int_equal(payment->has_uetr, truth->has_uetr);
    if (truth->has_uetr)
        assert_uuid(&payment->uetr, truth->uetr);
    assert_int_equal(payment->has_lock, truth->has_lock);
    if (truth->has_lock)
        assert_uuid(&payment->lock_id, truth->lock_id);
    assert_amount(payment->instructed_amount, truth->instructed, truth->instructed_currency);
    assert_amount(payment->settlement_amount, truth->settlement, truth->settlement_currency);
    assert_int_equal(payment->has_fee, has_fee);
    if (has_fee)
        assert_amount(payment->fee, truth->fee, truth->fee_currency);
    assert_int_equal(payment->rate, truth->has_rate ? truth->rate : 0);
    assert_int_equal(payment->acceptance_time_us, truth->acceptance_time);
}

static void test_random_payments(void **state)
{
    uint64_t random = oracle_seed(20260301);
    struct codec_context *context = codec_context_new(&source);
    struct oracle oracle;
    char bytes[ORACLE_RECORD_MAX];

    (void)state;
    fetch_count = 0;
    oracle_open(&oracle, "schemas/avro/payment_event.avsc");
    for (int i = 0; i < RECORD_COUNT; i++) {
        struct truth truth = random_truth(&random);
        struct text value = encode(&oracle, &truth, bytes);
        struct payment payment;
        enum reason reason;
        struct error error;

        assert_int_equal(payment_decode(context, value, &payment, &reason, &error), OK);
        assert_payment(&payment, &truth);
    }
    assert_int_equal(fetch_count, 1);
    oracle_close(&oracle);
    codec_context_free(context);
}

static const char *const party_names[] = {"debtor_name",   "debtor_country",   "debtor_town",
                                          "creditor_name", "creditor_country", "creditor_town",
                                          "purpose"};

/* The second version says who pays whom, if its writer does; the rest, and the digests, are those
 * of the first. */
static void test_the_second_version_names_both_ends(void **state)
{
    uint64_t random = oracle_seed(20260303);
    struct codec_context *context = codec_context_new(&source);
    struct oracle first;
    struct oracle second;
    char bytes[ORACLE_RECORD_MAX];

    (void)state;
    oracle_open(&first, "schemas/avro/payment_event.avsc");
    oracle_open(&second, "schemas/avro/payment_event_2.avsc");
    for (int i = 0; i < 2000; i++) {
        struct truth truth = random_truth(&random);
        bool named = oracle_below(&random, 2) == 1;
        struct payment before;
        struct payment after;
        enum reason reason;
        struct error error;

        assert_int_equal(payment_decode(context, encode(&first, &truth, bytes), &before, &reason,
                                        &error),
                         OK);
        assert_int_equal(before.customer.debtor.name.size, 0);
        for (size_t k = 0; k < COUNT_OF(party_names); k++)
            set_optional_text(&second, party_names[k], named, party_names[k]);
        assert_int_equal(payment_decode(context, encode_by(&second, NAMED_SCHEMA, &truth, bytes),
                                        &after, &reason, &error),
                         OK);
        assert_payment(&after, &truth);
        assert_true(uuid_compare(&before.content_digest, &after.content_digest) == 0);
        assert_true(text_is(after.customer.debtor.name, named ? "debtor_name" : ""));
        assert_true(text_is(after.customer.creditor.town, named ? "creditor_town" : ""));
        assert_true(text_is(after.customer.purpose, named ? "purpose" : ""));
        assert_true(text_is(after.customer.debtor.account, truth.has_fee ? "KE00 1234" : ""));
    }
    oracle_close(&first);
    oracle_close(&second);
    codec_context_free(context);
}

static struct payment refund(struct oracle *oracle, struct codec_context *context,
                             const struct truth *truth, const char *return_id, enum reason expected)
{
    char bytes[ORACLE_RECORD_MAX];
    struct payment payment = {0};
    enum reason reason = REASON_NONE;
    struct error error;
    struct text value;

    for (size_t k = 0; k < COUNT_OF(party_names); k++)
        set_optional_text(oracle, party_names[k], false, NULL);
    set_optional_text(oracle, "return_id", return_id != NULL, return_id);
    value = encode_by(oracle, REFUND_SCHEMA, truth, bytes);
    assert_int_equal(payment_decode(context, value, &payment, &reason, &error),
                     expected == REASON_NONE ? OK : REJECT);
    assert_int_equal(reason, expected);
    assert_true(expected != REASON_NONE ||
                text_is(payment.return_id, return_id == NULL ? "" : return_id));
    return payment;
}

/* With an id of its own a refund is another transfer than one with another id, or none. */
static void test_the_third_version_tells_refunds_apart(void **state)
{
    uint64_t random = oracle_seed(20261128);
    struct codec_context *context = codec_context_new(&source);
    struct truth truth = random_truth(&random);
    struct oracle first;
    struct oracle third;
    char bytes[ORACLE_RECORD_MAX];
    struct payment plain = {0}, none, one, again, other;
    enum reason reason;
    struct error error;

    (void)state;
    oracle_open(&first, "schemas/avro/payment_event.avsc");
    oracle_open(&third, "schemas/avro/payment_event_3.avsc");
    truth.kind = PAYMENT_REFUNDED - 1;
    assert_int_equal(payment_decode(context, encode(&first, &truth, bytes), &plain, &reason,
                                    &error),
                     OK);
    none = refund(&third, context, &truth, NULL, REASON_NONE);
    one = refund(&third, context, &truth, "R1", REASON_NONE);
    again = refund(&third, context, &truth, "R1", REASON_NONE);
    other = refund(&third, context, &truth, "R2", REASON_NONE);
    assert_memory_equal(&none.transfer_id, &plain.transfer_id, sizeof(struct uuid));
    assert_memory_equal(&none.content_digest, &plain.content_digest, sizeof(struct uuid));
    assert_memory_equal(&one.transfer_id, &again.transfer_id, sizeof(struct uuid));
    assert_memory_equal(&one.content_digest, &again.content_digest, sizeof(struct uuid));
    assert_memory_not_equal(&one.transfer_id, &none.transfer_id, sizeof(struct uuid));
    assert_memory_not_equal(&one.content_digest, &none.content_digest, sizeof(struct uuid));
    assert_memory_not_equal(&one.transfer_id, &other.transfer_id, sizeof(struct uuid));
    assert_memory_not_equal(&one.content_digest, &other.content_digest, sizeof(struct uuid));
    refund(&third, context, &truth, "", REASON_TEXT_INVALID);
    refund(&third, context, &truth, "123456789012345678901234567890123456", REASON_TEXT_INVALID);
    for (truth.kind = 0; truth.kind < PAYMENT_REFUNDED - 1; truth.kind++)
        refund(&third, context, &truth, "R1", REASON_RETURN_ID_UNEXPECTED);
    oracle_close(&first);
    oracle_close(&third);
    codec_context_free(context);
}

/* In memory of its very size, so that a read beyond it is seen. */
static enum status decode_exact(struct codec_context *context, struct text value,
                                enum reason *ret_reason)
{
    char *exact = malloc(value.size + 1);
    struct payment payment;
    struct error error;
    enum status status;

    assert_non_null(exact);
    memcpy(exact + 1, value.data, value.size);
    status =
        payment_decode(context, (struct text){exact + 1, value.size}, &payment, ret_reason, &error);
    free(exact);
    return status;
}

static void assert_every_cut_is_refused(struct codec_context *context, struct text value)
{
    for (size_t size = 0; size < value.size; size++) {
        enum reason reason = REASON_NONE;

        assert_int_equal(decode_exact(context, (struct text){value.data, size}, &reason), REJECT);
        assert_int_equal(reason, size < ORACLE_HEAD ? REASON_FRAME_UNKNOWN : REASON_AVRO_MALFORMED);
    }
}

/* What we take, avro-c takes too, to the last byte. */
static void assert_every_flip_is_answered(struct codec_context *context, struct oracle *oracle,
                                          struct text value, char *bytes)
{
    for (size_t bit = ORACLE_HEAD * 8; bit < value.size * 8; bit++) {
        enum reason reason = REASON_NONE;
        enum status status;

        bytes[bit / 8] = (char)(bytes[bit / 8] ^ 1 << bit % 8);
        status = decode_exact(context, value, &reason);
        if (status == OK)
            assert_true(oracle_reads(oracle, value));
        else
            assert_true(status == REJECT && reason > REASON_NONE && reason < REASON_COUNT);
        bytes[bit / 8] = (char)(bytes[bit / 8] ^ 1 << bit % 8);
    }
}

static void test_damaged_payments(void **state)
{
    uint64_t random = oracle_seed(20260302);
    struct codec_context *context = codec_context_new(&source);
    struct oracle oracle;
    char bytes[ORACLE_RECORD_MAX];

    (void)state;
    oracle_open(&oracle, "schemas/avro/payment_event.avsc");
    for (int i = 0; i < DAMAGED_COUNT; i++) {
        struct truth truth = random_truth(&random);
        struct text value = encode(&oracle, &truth, bytes);

        assert_every_cut_is_refused(context, value);
        assert_every_flip_is_answered(context, &oracle, value, bytes);
    }
    oracle_close(&oracle);
    codec_context_free(context);
}

static struct truth plain_truth(void)
{
    return (struct truth){.event_id = "0195e2a0-0000-7000-8000-000000000001",
                          .uetr = "97ed4827-7b6f-4491-a06f-b548d5a7512d",
                          .lock_id = "97ed4827-7b6f-4491-a06f-b548d5a7512e",
                          .corridor = "KES-NGN",
                          .debtor_agent = "KE001",
                          .creditor_agent = "NG001",
                          .transaction_id = "T-1",
                          .end_to_end_id = "NOTPROVIDED",
                          .instructed = 10000000,
                          .settlement = 112500000,
                          .fee = 100000,
                          .rate = INT64_C(112500000000),
                          .instructed_currency = "KES",
                          .settlement_currency = "NGN",
                          .fee_currency = "KES",
                          .acceptance_time = AT_US,
                          .has_uetr = true,
                          .has_lock = true,
                          .has_fee = true,
                          .has_rate = true};
}

struct bench {
    struct codec_context *context;
    struct oracle oracle;
    char bytes[ORACLE_RECORD_MAX];
};

static void bench_open(struct bench *bench, const char *path)
{
    bench->context = codec_context_new(&source);
    oracle_open(&bench->oracle, path);
}

static void bench_close(struct bench *bench)
{
    oracle_close(&bench->oracle);
    codec_context_free(bench->context);
}

static enum reason payment_reason(struct bench *bench, const struct truth *truth)
{
    enum reason reason = REASON_NONE;
    enum status status =
        decode_exact(bench->context, encode(&bench->oracle, truth, bench->bytes), &reason);

    assert_int_equal(status, reason == REASON_NONE ? OK : REJECT);
    return reason;
}

#define ASSERT_REASON(expected, change)                                                            \
    do {                                                                                           \
        struct truth truth = plain_truth();                                                        \
        change;                                                                                    \
        assert_int_equal(payment_reason(&bench, &truth), (expected));                              \
    } while (0)

static void test_reason_of_each_text(void **state)
{
    static const char long_text[] = "123456789012345678901234567890123456";
    struct bench bench;

    (void)state;
    bench_open(&bench, "schemas/avro/payment_event.avsc");
    ASSERT_REASON(REASON_NONE, (void)0);
    ASSERT_REASON(REASON_TEXT_INVALID, truth.corridor[0] = '\0');
    ASSERT_REASON(REASON_TEXT_INVALID, SET(truth.transaction_id, long_text));
    ASSERT_REASON(REASON_NONE, memcpy(truth.transaction_id, long_text, 35));
    ASSERT_REASON(REASON_TEXT_INVALID, SET(truth.end_to_end_id, "a\nb"));
    ASSERT_REASON(REASON_TEXT_INVALID, SET(truth.end_to_end_id, "a\x7f"));
    ASSERT_REASON(REASON_TEXT_INVALID, SET(truth.end_to_end_id, "a\xc2\x9b"));
    ASSERT_REASON(REASON_NONE, SET(truth.end_to_end_id, "a\xc2\xa0"));
    ASSERT_REASON(REASON_TEXT_INVALID, SET(truth.debtor_agent, "\xff"));
    ASSERT_REASON(REASON_TEXT_INVALID, SET(truth.creditor_agent, "\xed\xa0\x80"));
    ASSERT_REASON(REASON_TEXT_INVALID, SET(truth.lock_id, "no uuid"));
    ASSERT_REASON(REASON_NONE, truth.has_lock = false);
    ASSERT_REASON(REASON_EVENT_ID_INVALID, truth.event_id[0] = '\0');
    ASSERT_REASON(REASON_NONE, memset(truth.event_id, 'x', 64));
    ASSERT_REASON(REASON_TEXT_INVALID, SET(truth.event_id, "a\tb"));
    ASSERT_REASON(REASON_UETR_INVALID, SET(truth.uetr, "97ed4827"));
    ASSERT_REASON(REASON_UETR_INVALID, truth.uetr[0] = '\0');
    bench_close(&bench);
}

static void test_reason_of_each_figure(void **state)
{
    struct bench bench;

    (void)state;
    bench_open(&bench, "schemas/avro/payment_event.avsc");
    ASSERT_REASON(REASON_CURRENCY_UNKNOWN, truth.instructed_currency = "XXX");
    ASSERT_REASON(REASON_CURRENCY_UNKNOWN, truth.settlement_currency = "ngn");
    ASSERT_REASON(REASON_CURRENCY_UNKNOWN, truth.settlement_currency = "");
    ASSERT_REASON(REASON_CURRENCY_UNKNOWN, truth.settlement_currency = "ZMK");
    ASSERT_REASON(REASON_CURRENCY_UNKNOWN, truth.fee_currency = "KE");
    ASSERT_REASON(REASON_AMOUNT_UNREADABLE, truth.instructed = 10000001);
    ASSERT_REASON(REASON_AMOUNT_UNREADABLE, truth.settlement_currency = "UGX"; truth.settlement++);
    ASSERT_REASON(REASON_AMOUNT_UNREADABLE, truth.settlement = INT64_C(1000000000000000000));
    ASSERT_REASON(REASON_AMOUNT_NOT_POSITIVE, truth.settlement = 0);
    ASSERT_REASON(REASON_AMOUNT_NOT_POSITIVE, truth.instructed = -100000);
    ASSERT_REASON(REASON_AMOUNT_NOT_POSITIVE, truth.fee = -100000);
    ASSERT_REASON(REASON_NONE, truth.fee = 0; truth.fee_currency = "??");
    ASSERT_REASON(REASON_RATE_INVALID, truth.rate = 0);
    ASSERT_REASON(REASON_RATE_INVALID, truth.rate = -1);
    ASSERT_REASON(REASON_NONE, truth.has_rate = false);
    ASSERT_REASON(REASON_TIME_OUT_OF_RANGE, truth.acceptance_time = INT64_C(946684799999999));
    ASSERT_REASON(REASON_NONE, truth.acceptance_time = INT64_C(946684800000000));
    ASSERT_REASON(REASON_NONE, truth.acceptance_time = INT64_C(4102444799999999));
    ASSERT_REASON(REASON_TIME_OUT_OF_RANGE, truth.acceptance_time = INT64_C(4102444800000000));
    bench_close(&bench);
}

/* The first reason in the order of reason.h wins, not the first field. */
static void test_precedence(void **state)
{
    struct bench bench;

    (void)state;
    bench_open(&bench, "schemas/avro/payment_event.avsc");
    ASSERT_REASON(REASON_TEXT_INVALID, truth.event_id[0] = '\0'; truth.end_to_end_id[0] = '\0');
    ASSERT_REASON(REASON_EVENT_ID_INVALID, truth.event_id[0] = '\0'; truth.uetr[0] = '\0');
    ASSERT_REASON(REASON_CURRENCY_UNKNOWN, truth.instructed = -1; truth.fee_currency = "??");
    ASSERT_REASON(REASON_AMOUNT_UNREADABLE, truth.instructed = 0; truth.fee = 1);
    ASSERT_REASON(REASON_AMOUNT_NOT_POSITIVE, truth.instructed = 0; truth.rate = 0);
    ASSERT_REASON(REASON_RATE_INVALID, truth.rate = 0; truth.acceptance_time = 0);
    bench_close(&bench);
}

static struct uuid first_half(const struct digest *digest)
{
    struct uuid uuid;

    memcpy(uuid.bytes, digest->bytes, sizeof uuid.bytes);
    return uuid;
}

/* Spelled out: if this test fails, old digests no longer meet new ones. */
static void test_digests_are_for_ever(void **state)
{
    static const char transfer[] = "\0\005KE001\0\003T-1\0\011COMPLETED"
                                   "\0\010\0\0\0\0\0\0\x50\x21";
    static const char content[] = "\001\0\020\x01\x95\xe2\xa0\0\0\x70\0\x80\0\0\0\0\0\0\x01"
                                  "\0\011COMPLETED\0\007KES-NGN\0\005KE001\0\005NG001\0\003T-1"
                                  "\0\013NOTPROVIDED\xff\xff\0\006WALLET"
                                  "\0\010\0\0\0\0\0\0\x27\x10\0\003KES"
                                  "\0\010\0\0\0\0\0\1\xb7\x74\0\003NGN"
                                  "\0\010\0\0\0\0\0\0\0\x64\0\003KES"
                                  "\xff\xff\xff\xff\0\010\0\6\x4b\xed\x1f\x98\0\0";
    struct truth truth = plain_truth();
    struct bench bench;
    struct payment payment;
    enum reason reason;
    struct error error;
    struct digest digest;
    struct uuid expected;

    (void)state;
    bench_open(&bench, "schemas/avro/payment_event.avsc");
    truth.has_uetr = truth.has_lock = truth.has_rate = false;
    truth.acceptance_time = INT64_C(0x00064bed1f980000);
    assert_int_equal(payment_decode(bench.context, encode(&bench.oracle, &truth, bench.bytes),
                                    &payment, &reason, &error),
                     OK);
    digest = sha256((struct text){transfer, sizeof transfer - 1});
    expected = first_half(&digest);
    assert_memory_equal(&payment.transfer_id, &expected, 16);
    digest = sha256((struct text){content, sizeof content - 1});
    expected = first_half(&digest);
    assert_memory_equal(&payment.content_digest, &expected, 16);
    bench_close(&bench);
}

/* The same payment written with padded decimals and other accounts has the same digests. */
static void test_digest_is_of_the_content(void **state)
{
    struct truth truth = plain_truth();
    struct payment left;
    struct payment right;
    struct bench bench;
    enum reason reason;
    struct error error;

    (void)state;
    bench_open(&bench, "schemas/avro/payment_event.avsc");
    assert_int_equal(payment_decode(bench.context, encode(&bench.oracle, &truth, bench.bytes),
                                    &left, &reason, &error),
                     OK);
    truth.padding = 3;
    assert_int_equal(payment_decode(bench.context, encode(&bench.oracle, &truth, bench.bytes),
                                    &right, &reason, &error),
                     OK);
    assert_int_equal(uuid_compare(&left.content_digest, &right.content_digest), 0);
    truth.settlement += 1000;
    assert_int_equal(payment_decode(bench.context, encode(&bench.oracle, &truth, bench.bytes),
                                    &right, &reason, &error),
                     OK);
    assert_int_not_equal(uuid_compare(&left.content_digest, &right.content_digest), 0);
    assert_int_equal(uuid_compare(&left.transfer_id, &right.transfer_id), 0);
    bench_close(&bench);
}

static void test_schema_answers(void **state)
{
    static const char unknown[] = "\0\0\0\0\011x";
    static const char broken[] = "\0\0\0\0\3x";
    static const char away[] = "\0\0\0\0\4x";
    static const char other[] = "\0\0\0\0\2x";
    struct codec_context *context = codec_context_new(&source);
    enum reason reason = REASON_NONE;

    (void)state;
    assert_int_equal(decode_exact(context, TEXT(unknown), &reason), REJECT);
    assert_int_equal(reason, REASON_SCHEMA_UNKNOWN);
    assert_int_equal(decode_exact(context, TEXT(broken), &reason), REJECT);
    assert_int_equal(reason, REASON_SCHEMA_UNREADABLE);
    assert_int_equal(decode_exact(context, TEXT(other), &reason), REJECT);
    assert_int_equal(reason, REASON_SCHEMA_UNREADABLE);
    fetch_count = 0;
    reason = REASON_NONE;
    assert_int_equal(decode_exact(context, TEXT(away), &reason), RETRY);
    assert_int_equal(decode_exact(context, TEXT(away), &reason), RETRY);
    assert_int_equal(reason, REASON_NONE);
    assert_int_equal(fetch_count, 2);
    codec_context_free(context);
}

/* What a failed allocation leaves of a text, once; then the whole of it. */
static enum status fetch_starved(void *user, uint32_t schema_id, struct buffer *ret_text,
                                 struct error *error)
{
    int *fetches = user;

    if (*fetches > 0)
        return fetch(user, schema_id, ret_text, error);
    (*fetches)++;
    buffer_string(ret_text, "{\"type\": \"rec");
    errno = ENOMEM;
    return OK;
}

/* Bug: a worker that was out of memory for a moment parked every later record of the schema. */
static void test_no_memory_is_no_verdict(void **state)
{
    static const char payment[] = "\0\0\0\0\1x";
    int fetches = 0;
    const struct schema_source starved = {fetch_starved, &fetches};
    struct codec_context *context = codec_context_new(&starved);
    enum reason reason = REASON_NONE;

    (void)state;
    assert_int_equal(decode_exact(context, TEXT(payment), &reason), FATAL);
    assert_int_equal(reason, REASON_NONE);
    assert_int_equal(decode_exact(context, TEXT(payment), &reason),
                     REJECT); /* read: x is no payment */
    assert_int_not_equal(reason, REASON_SCHEMA_UNREADABLE);
    assert_int_equal(fetches, 2);
    codec_context_free(context);
}

/* More ids than a context keeps: the oldest go, and come back when met again. */
static enum status fetch_any(void *user, uint32_t schema_id, struct buffer *ret_text,
                             struct error *error)
{
    (void)schema_id;
    return fetch(user, PAYMENT_SCHEMA, ret_text, error);
}

static void test_many_schemas(void **state)
{
    const struct schema_source any = {fetch_any, &fetch_count};
    struct codec_context *context = codec_context_new(&any);
    const struct plan *plan;
    enum reason reason;
    struct error error;

    (void)state;
    fetch_count = 0;
    for (uint32_t round = 0; round < 2; round++)
        for (uint32_t id = 0; id < 300; id++)
            assert_int_equal(codec_plan(context, id, EVENT_PAYMENT, &plan, &reason, &error), OK);
    assert_int_equal(fetch_count, 600);
    assert_int_equal(codec_plan(context, 299, EVENT_PAYMENT, &plan, &reason, &error), OK);
    assert_int_equal(fetch_count, 600);
    codec_context_free(context);
}

struct fx_truth {
    int kind;
    const char *event_id, *source, *corridor, *base, *quote, *lock_id;
    int64_t rate, notional, from, until;
};

static const struct fx_truth lock_truth = {1,
                                           "lock-1",
                                           "desk",
                                           "KES-NGN",
                                           "KES",
                                           "NGN",
                                           "97ed4827-7b6f-4491-a06f-b548d5a7512d",
                                           112500000000,
                                           5000000,
                                           AT_US,
                                           AT_US + 1};

static struct text encode_fx(struct bench *bench, const struct fx_truth *truth)
{
    struct oracle *oracle = &bench->oracle;
    avro_value_t branch;

    set_text(oracle, "event_id", truth->event_id);
    set_symbol(oracle, "kind", truth->kind);
    set_text(oracle, "source", truth->source);
    set_optional_text(oracle, "corridor", truth->corridor != NULL, truth->corridor);
    set_text(oracle, "base_currency", truth->base);
    set_text(oracle, "quote_currency", truth->quote);
    oracle_set_decimal(oracle_field(oracle, "rate"), truth->rate, 0);
    set_optional_text(oracle, "lock_id", truth->lock_id != NULL, truth->lock_id);
    branch = oracle_branch(oracle, "notional_amount", truth->notional != 0);
    if (truth->notional != 0)
        oracle_set_decimal(branch, truth->notional, 0);
    set_long(oracle, "valid_from", truth->from);
    set_long(oracle, "valid_until", truth->until);
    return oracle_encode(oracle, FX_SCHEMA, bench->bytes);
}

static enum reason fx_reason(struct bench *bench, const struct fx_truth *truth,
                             struct fx_event *ret_event)
{
    enum reason reason = REASON_NONE;
    struct error error;
    enum status status =
        fx_decode(bench->context, encode_fx(bench, truth), ret_event, &reason, &error);

    assert_int_equal(status, reason == REASON_NONE ? OK : REJECT);
    return reason;
}

static void test_fx_lock(void **state)
{
    struct bench bench;
    struct fx_event event;

    (void)state;
    bench_open(&bench, "schemas/avro/fx_event.avsc");
    assert_int_equal(fx_reason(&bench, &lock_truth, &event), REASON_NONE);
    assert_true(event.event_id_is_text);
    assert_int_equal(event.kind, FX_LOCK);
    assert_true(text_is(event.source, "desk"));
    assert_true(text_is(event.corridor, "KES-NGN"));
    assert_int_equal(event.base_currency, CURRENCY('K', 'E', 'S'));
    assert_int_equal(event.quote_currency, CURRENCY('N', 'G', 'N'));
    assert_int_equal(event.rate, 112500000000);
    assert_true(event.has_lock && event.has_notional);
    assert_uuid(&event.lock_id, lock_truth.lock_id);
    assert_int_equal(event.notional.minor, 5000);
    assert_int_equal(event.valid_until_us - event.valid_from_us, 1);
    bench_close(&bench);
}

#define ASSERT_FX(expected, change)                                                                \
    do {                                                                                           \
        struct fx_truth truth = lock_truth;                                                        \
        change;                                                                                    \
        assert_int_equal(fx_reason(&bench, &truth, &event), (expected));                           \
    } while (0)

static void test_reason_of_each_fx_field(void **state)
{
    struct bench bench;
    struct fx_event event;

    (void)state;
    bench_open(&bench, "schemas/avro/fx_event.avsc");
    ASSERT_FX(REASON_NONE, truth.kind = 0; truth.corridor = truth.lock_id = NULL;
              truth.notional = 0);
    ASSERT_FX(REASON_TEXT_INVALID, truth.source = "");
    ASSERT_FX(REASON_TEXT_INVALID, truth.corridor = NULL);
    ASSERT_FX(REASON_TEXT_INVALID, truth.lock_id = NULL);
    ASSERT_FX(REASON_TEXT_INVALID, truth.lock_id = "x");
    ASSERT_FX(REASON_EVENT_ID_INVALID, truth.event_id = "");
    ASSERT_FX(REASON_CURRENCY_UNKNOWN, truth.base = "ABC");
    ASSERT_FX(REASON_AMOUNT_UNREADABLE, truth.notional = 1);
    ASSERT_FX(REASON_AMOUNT_NOT_POSITIVE, truth.notional = 0);
    ASSERT_FX(REASON_AMOUNT_NOT_POSITIVE, truth.notional = -5000000);
    ASSERT_FX(REASON_RATE_INVALID, truth.rate = 0);
    ASSERT_FX(REASON_RATE_INVALID, truth.quote = "KES");
    ASSERT_FX(REASON_TIME_OUT_OF_RANGE, truth.until = truth.from);
    bench_close(&bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_random_payments),
        cmocka_unit_test(test_the_second_version_names_both_ends),
        cmocka_unit_test(test_the_third_version_tells_refunds_apart),
        cmocka_unit_test(test_damaged_payments),
        cmocka_unit_test(test_reason_of_each_text),
        cmocka_unit_test(test_reason_of_each_figure),
        cmocka_unit_test(test_precedence),
        cmocka_unit_test(test_digests_are_for_ever),
        cmocka_unit_test(test_digest_is_of_the_content),
        cmocka_unit_test(test_schema_answers),
        cmocka_unit_test(test_no_memory_is_no_verdict),
        cmocka_unit_test(test_many_schemas),
        cmocka_unit_test(test_fx_lock),
        cmocka_unit_test(test_reason_of_each_fx_field),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
